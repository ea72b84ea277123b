"""Deliveries by hand: numbers, labels and nothing that could fail."""

import uuid
from datetime import UTC, datetime
from typing import Any

import httpx
import pypdfium2
import pytest
import zxingcpp

from tests.support.carriers.parcels import (
    ABU_DHABI,
    BOX,
    DUBAI,
    SHIPMENT_ID,
    cash,
    domestic,
    international,
)
from workers.providers.base import require
from workers.providers.capabilities import (
    CancelsShipments,
    PrintsLabels,
    QuotesRates,
    SchedulesPickups,
    TracksShipments,
)
from workers.providers.errors import InvalidRequest, NotSupported
from workers.providers.registry import open_connector
from workers.providers.shipping.manual import ManualConnector
from workers.providers.shipping.models import ExistingShipment, ShipmentRequest, ShipmentResult


class NoNetwork(httpx.AsyncBaseTransport):
    """Fails whoever makes a call."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"a call to {request.url}")


def manual(**settings: Any) -> ManualConnector:
    """A connection to nobody."""
    connector = open_connector("manual", credentials={}, settings=settings, transport=NoNetwork())
    assert isinstance(connector, ManualConnector)
    return connector


def pages(made: ShipmentResult) -> list[tuple[str, str]]:
    """Of each page of the label: what a scanner reads, and the text."""
    (label,) = made.documents
    document = pypdfium2.PdfDocument(label.content)
    return [
        (zxingcpp.read_barcodes(page.render(scale=4).to_pil())[0].text, page.get_textpage().get_text_range())
        for page in document
    ]


async def test_a_shipment_gets_a_number_and_a_label_for_each_parcel() -> None:
    connector = manual(carrier_name="Fast Riders", phone="+971 50 123 4567")
    recipient = ABU_DHABI.model_copy(update={"city": "Al Ain", "makani": "12345 67890"})
    request = domestic(recipient=recipient, parcels=(BOX, BOX), cash_on_delivery=cash(), instructions="Ring twice")
    made = await connector.create_shipment(request)
    assert (made.status, made.cost, made.tracking_url) == ("created", None, None)
    assert made.tracking_number.startswith("WSL")
    assert [code for code, _ in pages(made)] == [made.tracking_number] * 2
    text = pages(made)[1][1]
    for said in (
        *("Fast Riders", "+971501234567", "Piece 2 of 2, 1.2 kg", "CASH TO COLLECT: AED 150.00", "Ring twice"),
        *("To: Omar Ali", "Villa 12, Khalifa City", "Al Ain, Abu Dhabi, AE", "Makani 12345 67890", "Ref: ORD-1001"),
    ):
        assert said in text


async def test_asked_again_or_asked_what_became_of_it_it_is_the_same() -> None:
    request = domestic()
    first, second = [await manual().create_shipment(request) for _ in range(2)]
    found = await manual().find_shipment(request, attempted_at=datetime.now(UTC))
    assert first == second == found
    assert first.tracking_number == "WSL3GWMR445VQFU"


async def test_other_shipments_have_other_numbers() -> None:
    made = [await manual().create_shipment(domestic(shipment_id=uuid.UUID(int=number))) for number in range(50)]
    assert len({each.tracking_number for each in made}) == 50


async def test_the_couriers_own_number_is_taken_and_shown_on_their_page() -> None:
    connector = manual(tracking_url="https://courier.example/track/{tracking_number}?lang=en")
    made = await connector.create_shipment(domestic(rate_data={"tracking_number": "FR/2026-17"}))
    assert made.tracking_number == "FR/2026-17"
    assert made.tracking_url == "https://courier.example/track/FR%2F2026-17?lang=en"
    assert pages(made)[0][0] == "FR/2026-17"


async def test_a_return_says_that_it_is_one() -> None:
    request = domestic(sender=ABU_DHABI, recipient=DUBAI, is_return=True)
    made = await manual().create_return(request)
    assert "RETURN" in pages(made)[0][1]
    assert made == await manual().find_shipment(request, attempted_at=datetime.now(UTC))


async def test_an_arabic_name_does_not_break_the_label() -> None:
    made = await manual().create_shipment(domestic(recipient=ABU_DHABI.model_copy(update={"name": "محمد علي"})))
    assert "To: Mhmd Aly" in pages(made)[0][1]


async def test_calling_it_off_always_works() -> None:
    shipment = ExistingShipment(shipment_id=SHIPMENT_ID, tracking_number="WSL1")
    await manual().cancel_shipment(shipment)
    await require(manual(), CancelsShipments, "cancel_shipment").cancel_shipment(shipment)
    assert (await manual().check_health()).ok


@pytest.mark.parametrize(
    ("request_of", "field"),
    [
        (domestic(label_format="zpl"), "label_format"),
        (international(), "recipient.country"),
        (domestic(rate_data={"tracking_number": "with a space"}), "rate_data.tracking_number"),
        (domestic(rate_data={"tracking_number": "W" * 27}), "rate_data.tracking_number"),
        (domestic(sender=DUBAI.model_copy(update={"line1": "W" * 2000})), "sender.line1"),
        (domestic(recipient=ABU_DHABI.model_copy(update={"line2": "W" * 2000})), "recipient.line1"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_what_cannot_be_carried_or_drawn_is_refused_by_field(request_of: ShipmentRequest, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await manual().create_shipment(request_of)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("capability", "operation"),
    [
        (TracksShipments, "track_shipments"),
        (QuotesRates, "get_rates"),
        (SchedulesPickups, "schedule_pickup"),
        (PrintsLabels, "get_documents"),
    ],
)
def test_what_people_do_is_not_there(capability: type, operation: str) -> None:
    with pytest.raises(NotSupported):
        require(manual(), capability, operation)


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"tracking_url": "https://courier.example/track"}, "settings.tracking_url"),
        ({"tracking_url": "https://courier.example/{number}/{tracking_number}"}, "settings.tracking_url"),
        ({"tracking_url": "javascript:alert('{tracking_number}')"}, "settings.tracking_url"),
        ({"phone": "0501234567"}, "settings.phone"),
        ({"number_prefix": "way too long"}, "settings.number_prefix"),
        ({"carrier_name": ""}, "settings.carrier_name"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(settings: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        manual(**settings)
    assert refused.value.field == field
