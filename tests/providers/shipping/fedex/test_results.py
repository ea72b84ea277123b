"""What FedEx answers, in Wasl's words."""

import base64
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.providers.shipping.fedex.wire import (
    NUMBER,
    PDF_BASE64,
    Wire,
    bought,
    existing,
    fedex,
    refusal,
)
from tests.support.carriers.parcels import BOX, DUBAI, LONDON, PHONE_CASES, domestic, international, question
from workers.providers.errors import InvalidRequest, OutcomeUnknown, Unavailable
from workers.providers.money import Money
from workers.providers.shipping.models import (
    AddressCheckRequest,
    Charge,
    DocumentKind,
    ExistingPickup,
    Incoterm,
    LabelFormat,
    ServiceLevel,
    ShipmentStatus,
)

# Amounts, types and shape of an answer that karrioapi/karrio recorded (modules/connectors/fedex/tests, test_rate.py).
RATED: dict[str, Any] = {
    "serviceType": "INTERNATIONAL_FIRST",
    "serviceName": "FedEx International First",
    "ratedShipmentDetails": [
        {
            "rateType": kind,
            "totalBaseCharge": base,
            "totalNetCharge": net,
            "totalVatCharge": 0.0,
            "totalNetChargeWithDutiesAndTaxes": net,
            "currency": currency,
            "shipmentRateDetail": {
                "surCharges": [{"type": "FUEL", "description": "Fuel Surcharge", "amount": round(net - base, 2)}],
                "currency": currency,
            },
        }
        for kind, base, net, currency in (
            ("ACCOUNT", 403.2, 445.54, "DHS"),
            ("LIST", 503.2, 545.54, "DHS"),
            ("PREFERRED_INCENTIVE", 308.71, 341.13, "USD"),
            ("PREFERRED_CURRENCY", 308.71, 341.13, "USD"),
        )
    ],
    "operationalDetail": {"transitTime": "THREE_DAYS"},
    "commit": {"dateDetail": {"dayOfWeek": "THU", "dayCxsFormat": "2026-11-26T10:30:00"}},
}


def rated(*kinds: str, **changes: Any) -> dict[str, Any]:
    """An answer with the prices of these types."""
    details = [each for each in RATED["ratedShipmentDetails"] if each["rateType"] in kinds]
    return {"output": {"rateReplyDetails": [{**RATED, "ratedShipmentDetails": details, **changes}]}}


# Prices.


@pytest.mark.parametrize(
    ("kinds", "total"),
    [
        (("ACCOUNT", "LIST", "PREFERRED_INCENTIVE", "PREFERRED_CURRENCY"), Money.of("341.13", "USD")),
        (("LIST", "ACCOUNT"), Money.of("445.54", "AED")),
        (("LIST",), Money.of("545.54", "AED")),
    ],
    ids=["preferred currency", "account", "list"],
)
async def test_of_several_prices_one_counts(kinds: tuple[str, ...], total: Money) -> None:
    (rate,) = await fedex(Wire(rated(*kinds))).get_rates(question(international(), currency="USD"))
    assert rate.total == total


async def test_a_price_comes_in_its_parts_with_the_days_it_takes() -> None:
    (rate,) = await fedex(Wire(rated("ACCOUNT"))).get_rates(question(international(DUBAI.model_copy())))
    assert (rate.service, rate.level, rate.transit_days) == ("INTERNATIONAL_FIRST", ServiceLevel.EXPRESS, 3)
    assert rate.charges == (
        Charge(name="Base charge", money=Money.of("403.20", "AED")),
        Charge(name="Fuel Surcharge", money=Money.of("42.34", "AED")),
    )
    assert rate.tax is None
    assert rate.estimated_delivery_at == datetime(2026, 11, 26, 6, 30, tzinfo=UTC)


async def test_a_local_time_of_a_place_whose_zone_is_not_known_is_left_out() -> None:
    japan = LONDON.model_copy(update={"country": "JP"})
    (rate,) = await fedex(Wire(rated("ACCOUNT"))).get_rates(question(international(japan)))
    assert rate.estimated_delivery_at is None


async def test_the_sender_who_pays_duties_is_told_them() -> None:
    answer = rated("ACCOUNT")
    priced = answer["output"]["rateReplyDetails"][0]["ratedShipmentDetails"][0]
    answer["output"]["rateReplyDetails"][0]["ratedShipmentDetails"][0] = {
        **priced,
        "totalNetChargeWithDutiesAndTaxes": 500.0,
    }
    paid = international(customs=PHONE_CASES.model_copy(update={"incoterm": Incoterm.DDP}))
    (rate,) = await fedex(Wire(answer)).get_rates(question(paid))
    assert rate.total == Money.of("500.00", "AED")
    (rate,) = await fedex(Wire(answer)).get_rates(question(international()))
    assert rate.total == Money.of("445.54", "AED")


async def test_only_the_services_that_were_asked_for_are_told() -> None:
    request = question(international(), services=("FEDEX_INTERNATIONAL_PRIORITY", "INTERNATIONAL_ECONOMY"))
    assert await fedex(Wire(rated("ACCOUNT"))).get_rates(request) == ()


async def test_a_route_that_fedex_does_not_serve_has_no_prices() -> None:
    answer = httpx.Response(400, json=refusal("FEDEXSERVICE.NOT.AVAILABLE"))
    assert await fedex(Wire(answer)).get_rates(question(international())) == ()


@pytest.mark.parametrize(
    "answer",
    [{}, {"output": None}, rated("CURRENT"), rated("ACCOUNT", serviceType=None), [7]],
    ids=["empty", "no output", "unknown type", "no service", "list"],
)
async def test_prices_of_another_shape_are_no_usable_answer(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await fedex(Wire(answer)).get_rates(question(international()))


@pytest.mark.parametrize(("theirs", "ours"), [("DHS", "AED"), ("UKL", "GBP"), ("KUD", "KWD"), ("USD", "USD")])
async def test_fedexs_currency_codes_are_read(theirs: str, ours: str) -> None:
    answer = rated("ACCOUNT")
    (priced,) = answer["output"]["rateReplyDetails"][0]["ratedShipmentDetails"]
    answer["output"]["rateReplyDetails"][0]["ratedShipmentDetails"] = [{**priced, "currency": theirs}]
    (rate,) = await fedex(Wire(answer)).get_rates(question(international()))
    assert (rate.total.currency, rate.total.amount) == (ours, Decimal("445.54"))


# Shipments.


async def test_a_shipment_comes_with_its_label_and_what_it_costs() -> None:
    made = await fedex(Wire(bought())).create_shipment(international())
    assert (made.tracking_number, made.parcel_tracking_numbers, made.status) == (NUMBER, (), ShipmentStatus.CREATED)
    assert made.cost == Money.of("234.57", "AED")
    assert made.tracking_url == f"https://www.fedex.com/fedextrack/?trknbr={NUMBER}"
    (label,) = made.documents
    assert (label.kind, label.format, label.tracking_number) == (DocumentKind.LABEL, LabelFormat.PDF, NUMBER)
    assert label.content == base64.b64decode(PDF_BASE64)


async def test_a_shipment_of_several_parcels_has_a_number_and_a_label_for_each() -> None:
    zpl = base64.b64encode(b"^XA^FDx^FS^XZ").decode()
    pieces = [
        {
            "trackingNumber": number,
            "packageDocuments": [{"contentType": "LABEL", "encodedLabel": zpl}],
        }
        for number in (NUMBER, "794953535011")
    ]
    invoice = {"contentType": "COMMERCIAL_INVOICE", "encodedLabel": PDF_BASE64}
    answer = bought(pieceResponses=pieces, shipmentDocuments=[invoice])
    made = await fedex(Wire(answer)).create_shipment(domestic(parcels=(BOX, BOX)))
    assert made.parcel_tracking_numbers == (NUMBER, "794953535011")
    assert [(each.kind, each.format, each.tracking_number) for each in made.documents] == [
        (DocumentKind.LABEL, LabelFormat.ZPL, NUMBER),
        (DocumentKind.LABEL, LabelFormat.ZPL, "794953535011"),
        (DocumentKind.COMMERCIAL_INVOICE, LabelFormat.PDF, None),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"output": {"jobId": "89sxxxxx233ae24ff31xxxxx"}},
        bought(masterTrackingNumber=None, pieceResponses=None),
        httpx.Response(200, text="<html>"),
        httpx.Response(204),
    ],
    ids=["empty", "asynchronous", "no number", "html", "nothing"],
)
async def test_a_shipment_of_another_shape_is_no_usable_answer(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await fedex(Wire(answer)).create_shipment(international())


@pytest.mark.parametrize(
    "odd",
    [
        {"pieceResponses": [{"trackingNumber": NUMBER, "packageDocuments": [{"encodedLabel": "no Base64!"}]}]},
        {"completedShipmentDetail": {"shipmentRating": {"shipmentRateDetails": ["no price"]}}},
    ],
    ids=["label", "price"],
)
async def test_a_shipment_with_a_number_is_bought_whatever_else_cannot_be_read(odd: dict[str, Any]) -> None:
    made = await fedex(Wire(bought(**odd))).create_shipment(international())
    assert made.tracking_number == bought()["output"]["transactionShipments"][0]["masterTrackingNumber"]


async def test_errors_beside_a_shipment_leave_it_unknown() -> None:
    answer = {**bought(), "errors": [{"code": "LABEL.ERROR", "message": "The label could not be drawn"}]}
    with pytest.raises(OutcomeUnknown):
        await fedex(Wire(answer)).create_shipment(international())


async def test_a_cancellation_that_fedex_did_not_make_is_a_refusal() -> None:
    answer = {"output": {"cancelledShipment": False, "cancelledHistory": False, "message": "Already tendered"}}
    with pytest.raises(InvalidRequest, match="Already tendered") as raised:
        await fedex(Wire(answer)).cancel_shipment(existing())
    assert raised.value.field == "tracking_number"


@pytest.mark.parametrize(
    "code",
    [
        "CANCELSHIPMENT.TRACKINGNUMBER.DELETED",
        "MASTERTRACKINGID.TRACKINGNUMBER.CANCELLED",
        "SHIPMENT.CANCELEDWITHOUTPICKUP.SUCCESS",
    ],
)
async def test_what_is_cancelled_already_is_no_error(code: str) -> None:
    await fedex(Wire(httpx.Response(400, json=refusal(code)))).cancel_shipment(existing())


async def test_what_cannot_be_cancelled_any_more_is_one() -> None:
    with pytest.raises(InvalidRequest):
        answer = httpx.Response(400, json=refusal("TRACKINGIDS.TRACKINGNUMBER.CLOSED"))
        await fedex(Wire(answer)).cancel_shipment(existing())


@pytest.mark.parametrize("answer", [{}, {"output": {}}, {"output": {"cancelledShipment": "yes"}}], ids=str)
async def test_a_cancellation_of_another_shape_is_unknown(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await fedex(Wire(answer)).cancel_shipment(existing())


# Tracking.


async def test_a_pickup_that_is_called_off_already_is_no_error() -> None:
    wire = Wire(httpx.Response(400, json=refusal("DUPLICATE.REQUEST.CANCEL")))
    pickup = ExistingPickup(
        pickup_id=existing().shipment_id, provider_pickup_id="7", ready_at=datetime(2026, 11, 24, 6, tzinfo=UTC)
    )
    await fedex(wire).cancel_pickup(pickup)
    assert wire.body["scheduledDate"] == "2026-11-24"


async def test_a_place_is_served_when_there_are_services() -> None:
    options = [
        {"serviceType": {"key": key, "displayText": key}, "packageType": {"key": package}}
        for key in ("FEDEX_INTERNATIONAL_PRIORITY", "INTERNATIONAL_ECONOMY")
        for package in ("YOUR_PACKAGING", "FEDEX_PAK")
    ]
    check = await fedex(Wire({"output": {"packageOptions": options}})).check_address(AddressCheckRequest(place=LONDON))
    assert (check.serviceable, check.services) == (True, ("FEDEX_INTERNATIONAL_PRIORITY", "INTERNATIONAL_ECONOMY"))


@pytest.mark.parametrize(
    "answer",
    [{"output": {"packageOptions": []}}, httpx.Response(400, json=refusal("SERVICE.LOCATION.UNAVAILABLE"))],
    ids=["none", "refused"],
)
async def test_a_place_without_services_is_not(answer: Any) -> None:
    assert (await fedex(Wire(answer)).check_address(AddressCheckRequest(place=LONDON))).serviceable is False
