"""Aramex's answers in Wasl's words, as recorded from live accounts in public integrations."""

from typing import Any

import httpx
import pytest

from tests.providers.shipping.aramex.builders import (
    AWB,
    LABEL_URL,
    PDF,
    Wire,
    aramex,
    created,
    existing,
    label_file,
    rate,
    refused,
    tracked,
    update,
)
from tests.support.carriers.parcels import ABU_DHABI, DUBAI, domestic, question, tomorrow
from workers.providers.errors import InvalidRequest, OutcomeUnknown, Unavailable
from workers.providers.shipping.models import AddressCheckRequest, LabelFormat, PickupRequest, ShipmentResult

# What TrackShipments really answered of one parcel, the newest first (a Tunisian account, September 2026).
DELIVERED = (
    update("SH239", "Shipment charges paid", "/Date(1788968880000+0200)/"),
    update("SH005", "Delivered", "/Date(1788954720000+0200)/", Comments="Y Delivered by (a driver)"),
    update("SH003", "Out for Delivery", "/Date(1788937680000+0200)/"),
    update("SH008", "Shipment on Hold", "/Date(1788858660000+0200)/"),
    update("SH033", "Attempted Delivery - Awaiting Correct Delivery Address", "/Date(1788854880000+0200)/"),
    update("SH003", "Out for Delivery", "/Date(1788850200000+0200)/"),
    update("SH001", "Under processing at operations facility", "/Date(1788243540000+0200)/"),
    update("SH022", "Departed Operations facility – In Transit", "/Date(1788181260000+0200)/"),
    update("SH047", "Received at Origin Facility", "/Date(1788180600000+0200)/"),
    update("SH014", "Record created.", "/Date(1787768160000+0200)/"),
)
RETURNED = (
    update("SH069", "Returned to Shipper", "/Date(1789130700000+0200)/", Comments="Rtn HAWB 50919594574"),
    update("SH498", "Customer Contact Attempts Completed - Pending Return to Shipper", "/Date(1789114860000+0200)/"),
    update(
        "SH033",
        "Attempted Delivery - Payment was Declined by Consignee / Awaiting Shipper Instructions",
        "/Date(1789049580000+0200)/",
    ),
    update("SH003", "Out for Delivery", "/Date(1789024320000+0200)/"),
    update("SH294", "On Hold - Attempting to Contact Customer / No Answer on Phone", "/Date(1788959700000+0200)/"),
    update("SH022", "Departed Operations facility – In Transit", "/Date(1788823620000+0200)/"),
    update("SH014", "Record created.", "/Date(1788521400000+0200)/"),
)


async def bought(*answers: Any, **request: Any) -> ShipmentResult:
    return await aramex(Wire(*answers)).create_shipment(domestic(**request))


async def test_a_shipment_has_its_number_its_label_and_what_later_calls_need() -> None:
    made = await bought(created(), label_file())
    assert (made.tracking_number, made.status, made.service, made.cost) == (AWB, "created", "ONP", None)
    assert made.provider_data == {"product_group": "DOM", "origin_entity": "DXB"}
    assert made.tracking_url and AWB in made.tracking_url
    (label,) = made.documents
    assert (label.kind, label.format, label.content, label.tracking_number) == ("label", "pdf", PDF, AWB)


@pytest.mark.parametrize(
    "contents", [list(PDF), "JVBERi0xLjQgYSBsYWJlbA=="], ids=["numbers-of-dotnet", "base64-of-the-schema"]
)
async def test_a_label_in_the_answer_is_read_either_way(contents: Any) -> None:
    made = await bought(created(ShipmentLabel={"LabelURL": "", "LabelFileContents": contents}))
    assert made.documents[0].content == PDF


async def test_what_the_chosen_rate_said_is_the_cost() -> None:
    wire = Wire(rate(), rate(), created(), label_file())
    connector = aramex(wire)
    (first, _) = await connector.get_rates(question(domestic()))
    made = await connector.create_shipment(domestic(service="ONP", rate_data=first.provider_data))
    assert made.cost == first.total
    other = await bought(created(), label_file(), service="SMP", rate_data=first.provider_data)
    assert other.cost is None, "another product's price"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404, text="<html>gone</html>"),
        httpx.Response(200, text="<html>please log in</html>"),
        httpx.ReadTimeout("slow"),
    ],
    ids=["gone", "a-page", "timeout"],
)
async def test_a_shipment_stands_without_its_label(answer: Any) -> None:
    made = await bought(created(), answer)
    assert (made.tracking_number, made.documents) == (AWB, ())


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("http://www.dev.aramex.net/content/rpt_cache/1.pdf", "https://www.dev.aramex.net/content/rpt_cache/1.pdf"),
        ("https://evil.example/1.pdf", None),
        ("https://aramex.net.evil.example/1.pdf", None),
        ("https://evilaramex.net/1.pdf", None),
        ("https://user@ws.aramex.net/1.pdf", None),
        ("http://127.0.0.1/latest/meta-data", None),
        ("file:///etc/passwd", None),
        ("not an address", None),
    ],
)
async def test_labels_are_fetched_from_aramex_alone(url: str, asked: str | None) -> None:
    wire = Wire(created(ShipmentLabel={"LabelURL": url}), label_file())
    made = await aramex(wire).create_shipment(domestic())
    assert [str(request.url) for request in wire.requests[1:]] == ([asked] if asked else [])
    assert len(made.documents) == bool(asked)


async def test_an_invoice_that_aramex_made_comes_along() -> None:
    attachments = [{"Name": "CommercialInvoice.pdf", "Type": 0, "Url": LABEL_URL}]
    made = await bought(created(ShipmentAttachments=attachments), label_file(), label_file(b"%PDF-1.4 an invoice"))
    assert [document.kind for document in made.documents] == ["label", "commercial_invoice"]


@pytest.mark.parametrize(
    "changes",
    [{"ID": None}, {"ID": ""}, {"ForeignHAWB": "SOMEBODYELSES"}],
    ids=["no-number", "empty-number", "another-shipment"],
)
async def test_an_answer_that_does_not_tell_is_unknown(changes: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        await bought(created(**changes))


async def test_a_label_that_is_none_is_no_answer() -> None:
    wire = Wire({"HasErrors": False, "ShipmentLabel": None})
    with pytest.raises(Unavailable):
        await aramex(wire).get_documents(existing(), LabelFormat.PDF)


# Prices.


async def test_a_price_is_told_with_its_tax_and_parts() -> None:
    (price,) = await aramex(Wire(rate())).get_rates(question(domestic(), services=("ONP",)))
    assert (price.service, price.service_name, price.level) == ("ONP", "Overnight (Parcel)", "next_day")
    assert (str(price.total), str(price.tax)) == ("AED 45.15", "AED 2.15")
    assert [(each.name, str(each.money)) for each in price.charges] == [
        ("Amount", "AED 38.40"),
        ("OtherAmount1", "AED 4.60"),
    ]


@pytest.mark.parametrize(("value", "shown"), [(1004.7399999999999, "AED 1004.74"), (45, "AED 45.00")])
async def test_a_double_is_rounded_to_the_currency(value: float, shown: str) -> None:
    (price,) = await aramex(Wire(rate(value, RateDetails=None))).get_rates(question(domestic(), services=("ONP",)))
    assert (str(price.total), price.tax, price.charges) == (shown, None, ())


async def test_a_refused_product_is_left_out_and_all_refused_is_an_error() -> None:
    no = refused("ERR61", "ShipmentDetails - Product type is not available for your account")
    (price,) = await aramex(Wire(no, rate())).get_rates(question(domestic()))
    assert price.service in ("ONP", "SMP")
    with pytest.raises(InvalidRequest) as error:
        await aramex(Wire(no, no)).get_rates(question(domestic()))
    assert (error.value.field, error.value.provider_code) == ("service", "ERR61")
    with pytest.raises(Unavailable):
        await aramex(Wire(no, httpx.ReadTimeout("slow"))).get_rates(question(domestic()))


async def test_a_price_of_nothing_is_none_and_an_unknown_currency_no_answer() -> None:
    assert await aramex(Wire(rate(0.0))).get_rates(question(domestic(), services=("ONP",))) == ()
    assert await aramex(Wire(rate(TotalAmount=None))).get_rates(question(domestic(), services=("ONP",))) == ()
    odd = rate(TotalAmount={"CurrencyCode": "XXZ", "Value": 1.0})
    with pytest.raises(Unavailable):
        await aramex(Wire(odd)).get_rates(question(domestic(), services=("ONP",)))


# Tracking.


async def test_a_parcel_that_arrived_after_a_failed_attempt() -> None:
    (seen,) = await aramex(Wire(tracked(*DELIVERED))).track_shipments([existing()])
    assert (seen.status, seen.detail, seen.provider_status) == ("delivered", None, "SH005")
    assert f"{seen.delivered_at:%Y-%m-%dT%H:%M:%SZ}" == "2026-09-09T11:52:00Z"
    assert [(event.code, event.status, event.detail) for event in seen.events] == [
        ("SH014", "created", None),
        ("SH047", "picked_up", None),
        ("SH022", "in_transit", None),
        ("SH001", "in_transit", None),
        ("SH003", "out_for_delivery", None),
        ("SH033", "exception", "attempt_failed"),
        ("SH008", "exception", "on_hold"),
        ("SH003", "out_for_delivery", None),
        ("SH005", "delivered", None),
        ("SH239", None, None),
    ]
    assert seen.events[-2].description == "Delivered (Y Delivered by (a driver))"
    assert seen.events[-2].place == "Dubai, United Arab Emirates"


async def test_a_parcel_that_nobody_paid_for_went_back() -> None:
    (seen,) = await aramex(Wire(tracked(*RETURNED))).track_shipments([existing()])
    assert (seen.status, seen.provider_status, seen.delivered_at) == ("returned", "SH069", None)
    (before,) = await aramex(Wire(tracked(*RETURNED[1:]))).track_shipments([existing()])
    assert (before.status, before.detail) == ("exception", "return_in_progress")


@pytest.mark.parametrize(
    "results",
    [
        [{"Key": AWB, "Value": list(DELIVERED)}],
        [{"Key": AWB, "Value": {"TrackingResult": list(DELIVERED)}}],
        {AWB: list(DELIVERED)},
        {"KeyValueOfstringArrayOfTrackingResultmFAkxlpY": {"Key": AWB, "Value": {"TrackingResult": list(DELIVERED)}}},
        {"KeyValueOfstringArrayOfTrackingResultmFAkxlpY": [{"Key": AWB, "Value": list(DELIVERED)}]},
    ],
    ids=["json", "inner-xml", "map", "xml", "xml-list"],
)
async def test_every_nesting_that_was_seen_is_read(results: Any) -> None:
    answer = {"HasErrors": False, "TrackingResults": results, "NonExistingWaybills": {"string": []}}
    (seen,) = await aramex(Wire(answer)).track_shipments([existing()])
    assert (seen.status, len(seen.events)) == ("delivered", 10)


async def test_one_number_does_not_spoil_the_others() -> None:
    answer = tracked(*DELIVERED, missing=("2",))
    answer["TrackingResults"].append({"Key": "3", "Value": [update("SH014", "Record created.", "yesterday")]})
    seen = await aramex(Wire(answer)).track_shipments([existing("2"), existing("3"), existing()])
    assert [(each.tracking_number, each.found, each.status) for each in seen] == [
        ("2", False, None),
        ("3", True, None),
        (AWB, True, "delivered"),
    ]
    assert seen[1].message


async def test_a_time_without_offset_is_gulf_time() -> None:
    answer = tracked(update("SH014", "Record created.", "2026-02-03T14:00:00"))
    (seen,) = await aramex(Wire(answer)).track_shipments([existing()])
    assert f"{seen.events[0].occurred_at:%H:%M %Z}" == "10:00 UTC"


# Pickups and addresses.


async def test_a_pickup_is_called_off_by_its_guid_and_known_by_its_number() -> None:
    answer = {"HasErrors": False, "ProcessedPickup": {"ID": "M61Z100", "GUID": "4e29b471-0ed8-4ba8-ac0f-fc3f8cbeb2a1"}}
    request = PickupRequest(
        pickup_id=existing().shipment_id,
        place=DUBAI,
        ready_at=tomorrow(6),
        closes_at=tomorrow(12),
        parcels=2,
        weight_kg="2.4",
        shipments=(existing(),),
    )
    wire = Wire(answer)
    accepted = await aramex(wire).schedule_pickup(request)
    assert accepted.provider_pickup_id == "4e29b471-0ed8-4ba8-ac0f-fc3f8cbeb2a1"
    assert (accepted.message, accepted.provider_data) == ("Aramex's pickup M61Z100", {"number": "M61Z100"})
    pickup = wire.bodies[0]["Pickup"]
    assert pickup["ExistingShipments"] == [{"Number": AWB, "OriginEntity": "DXB", "ProductGroup": "DOM"}]
    assert (pickup["Status"], pickup["PickupLocation"]) == ("Ready", "Reception")


async def test_aramex_may_suggest_how_to_write_an_address() -> None:
    address = {"Line1": "Villa 12", "City": "Abu Dhabi", "CountryCode": "AE", "PostCode": ""}
    answer = refused("ERR52", "Address - City name is invalid (Abudabi)", SuggestedAddresses=[address])
    check = await aramex(Wire(answer)).check_address(AddressCheckRequest(place=ABU_DHABI))
    assert (check.serviceable, check.suggestions[0].city) == (False, "Abu Dhabi")
