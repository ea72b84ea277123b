"""What J&T's answers mean, all of them HTTP 200; and how an unknown outcome is settled: nothing is booked twice."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import now
from tests.providers.shipping.jt.builders import (
    CREDENTIALS,
    ORDER,
    SAMPLE,
    WAYBILL,
    bad,
    booked,
    contents,
    existing,
    good,
    jt,
    scan,
    traced,
)
from tests.support.carrier_wire import Wire
from tests.support.carriers.parcels import domestic
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.shipping.jt.statuses import DOCUMENTED, NAMES, REPORTED, meaning
from workers.providers.shipping.models import LabelFormat, TrackingResult

LOST = httpx.ReadTimeout("no answer")
A_MOMENT_AGO, A_WHILE_AGO = timedelta(seconds=2), timedelta(minutes=5)
FOUND = good([{"txlogisticId": ORDER, "billCode": WAYBILL, "expressType": "EZ", "orderStatus": 100}])


async def track(data: Any, **connection: Any) -> TrackingResult:
    """How one shipment stands by an answer."""
    (result,) = await jt(Wire(good(data)), **connection).track_shipments([existing()])
    return result


async def test_a_booking_is_known_by_its_waybill() -> None:
    made = await jt(Wire(booked())).create_shipment(domestic())
    assert (made.tracking_number, made.provider_shipment_id, made.status, made.service) == (
        WAYBILL,
        ORDER,
        "created",
        "EZ",
    )
    assert (made.documents, made.provider_data) == ((), {"sorting_code": "20,J01-01,000"})


async def test_a_label_is_a_file_in_base64() -> None:
    content = b"%PDF-1.4 label"
    answer = good({"billCode": WAYBILL, "base64EncodeContent": base64.b64encode(content).decode()})
    (label,) = await jt(Wire(answer)).get_documents(existing(), LabelFormat.PDF)
    assert (label.format, label.content, label.tracking_number) == ("pdf", content, WAYBILL)


@pytest.mark.parametrize(
    "data", [None, {}, {"base64EncodeContent": "bm9uZQ=="}, {"urlContent": "https://files.example/label.pdf"}]
)
async def test_what_is_no_label_is_none(data: Any) -> None:
    with pytest.raises(Unavailable):
        await jt(Wire(good(data))).get_documents(existing(), LabelFormat.PDF)


async def test_tracking_as_the_platforms_sample_shows_it() -> None:
    result = await track([SAMPLE], settings={"market": "EG"})
    assert [event.status for event in result.events] == [
        "picked_up",
        "in_transit",
        "in_transit",
        "out_for_delivery",
        "delivered",
    ]
    assert (result.status, result.provider_status, result.events[0].place) == ("delivered", "Signing scan", "Zagazig")
    assert result.delivered_at == datetime(2022, 3, 9, 10, 26, 25, tzinfo=UTC), "Cairo's time"
    assert "15912345678" not in result.model_dump_json(), "the driver's number is nobody's business"


async def test_times_are_the_markets() -> None:
    for market, hour in (("AE", 8), ("SA", 9), ("EG", 10)):
        (event,) = (
            await track([traced(scan("Pickup scan", "2022-03-09 12:00:00"))], settings={"market": market})
        ).events
        assert event.occurred_at == datetime(2022, 3, 9, hour, tzinfo=UTC)


async def test_many_are_answered_in_their_order_and_one_that_is_missing_spoils_nothing() -> None:
    other = "UEG000000190252"
    wire = Wire(good([traced(number=other), SAMPLE]))
    results = await jt(wire).track_shipments([existing(), existing("UEG000000000000"), existing(other)])
    assert [(each.found, each.status) for each in results] == [(True, "delivered"), (False, None), (True, None)]
    assert len(wire.requests) == 1


async def test_one_that_is_refused_does_not_spoil_the_others() -> None:
    wire = Wire(bad("145003100", "Illegal waybill number"), good([SAMPLE]), bad("145003100", "Illegal waybill number"))
    known, illegal = await jt(wire).track_shipments([existing(), existing("UEG000000000000")])
    assert (known.status, illegal.found, illegal.message) == ("delivered", False, "J&T: Illegal waybill number")


@pytest.mark.parametrize("answer", [good({}), good([{}]), good("text"), {}, [], "text", "<html>", good([traced({})])])
async def test_an_answer_in_another_shape_says_nothing(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await jt(Wire(answer)).track_shipments([existing()])


def test_every_documented_number_and_name_has_its_meaning() -> None:
    assert set(DOCUMENTED) == {str(number) for number in range(1, 16)}
    assert not DOCUMENTED.keys() & REPORTED.keys()
    assert all(meaning("99", name.upper()) == told for name, told in NAMES.items())
    assert all(meaning(code, None) == told for code, told in {**DOCUMENTED, **REPORTED}.items())


@pytest.mark.parametrize(
    ("code", "name", "status", "detail"),
    [
        ("10", None, None, None),  # signed for here, picked up there
        ("10", "Signing for express mail", "delivered", None),
        ("10", "Pickup scan", "picked_up", None),
        ("13", None, "returned", None),
        ("14", None, "exception", "return_in_progress"),
        ("94", None, "out_for_delivery", None),
        ("999", "Shipment on hold", "exception", "on_hold"),
        (None, "???", None, None),
    ],
)
def test_a_name_decides_before_a_number(code: str | None, name: str | None, status: Any, detail: Any) -> None:
    assert meaning(code, name) == (status, detail)


@pytest.mark.parametrize(
    ("answer", "kind", "field"),
    [
        (bad("145003030"), AuthenticationFailed, None),
        (bad(145003031), AuthenticationFailed, None),
        (bad("0", "API account has no interface permissions"), AuthenticationFailed, None),
        (bad("145003050"), InvalidRequest, None),
        (bad("145003064"), InvalidRequest, None),  # the address, not an order
        (bad("145003061"), InvalidRequest, None),
        (bad("145003083"), InvalidRequest, "sender"),
        (bad("145003084"), InvalidRequest, "recipient"),
        (bad("145003092"), InvalidRequest, "parcels"),
        (bad("145003112"), InvalidRequest, "cash_on_delivery"),
        (bad("145003113"), InvalidRequest, "settings.pay_type"),
        (bad("145005500"), InvalidRequest, "insured_value"),
        (bad("145003041"), InvalidRequest, None),
        (bad("145003040"), OutcomeUnknown, None),
        (bad("145005000"), OutcomeUnknown, None),
        ((429, None), RateLimited, None),
        ((500, None), OutcomeUnknown, None),
        ((503, None), OutcomeUnknown, None),
        (LOST, OutcomeUnknown, None),
        (httpx.ConnectError("refused"), Unavailable, None),
        ({}, OutcomeUnknown, None),
        ([], OutcomeUnknown, None),
        ("<html>", OutcomeUnknown, None),
        (good(), OutcomeUnknown, None),
        (booked(billCode=None), OutcomeUnknown, None),
        (booked(txlogisticId="ANOTHER"), OutcomeUnknown, None),
    ],
)
async def test_a_booking_that_did_not_work_says_what_is_certain(
    answer: Any, kind: type[ProviderError], field: str | None
) -> None:
    with pytest.raises(ProviderError) as raised:
        await jt(Wire(answer)).create_shipment(domestic())
    assert type(raised.value) is kind
    assert getattr(raised.value, "field", None) == field


async def test_credentials_that_are_echoed_are_not_shown() -> None:
    with pytest.raises(ProviderError) as raised:
        await jt(Wire(bad("145003050", f"bad {CREDENTIALS['private_key']}"))).create_shipment(domestic())
    assert CREDENTIALS["private_key"] not in raised.value.message
    assert raised.value.provider_code == "145003050"


@pytest.mark.parametrize("code", ["145003101", 145003101, "145002001"])
async def test_a_shipment_that_is_booked_already_is_answered_and_not_booked_again(code: Any) -> None:
    wire = Wire(bad(code, "Customer order number already exists"), FOUND)
    made = await jt(wire).create_shipment(domestic())
    assert (made.tracking_number, made.provider_shipment_id) == (WAYBILL, ORDER)
    assert [line.rsplit("/", 1)[1] for line in wire.lines] == ["addOrder", "getOrders"]
    asked = contents(wire)[1]
    assert (asked["command"], asked["serialNumber"]) == (1, [ORDER])


@pytest.mark.parametrize("answer", [LOST, good([]), bad("0", "API account has no interface permissions"), good({})])
async def test_one_that_is_booked_already_but_cannot_be_found_is_unknown(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown, match="booked before"):
        await jt(Wire(bad("145003101"), answer)).create_shipment(domestic())


async def test_a_lost_booking_is_found_by_our_number() -> None:
    wire = Wire(LOST, FOUND)
    connector = jt(wire)
    with pytest.raises(OutcomeUnknown):
        await connector.create_shipment(domestic())
    found = await connector.find_shipment(domestic(), attempted_at=now() - A_MOMENT_AGO)
    assert found is not None
    assert (found.tracking_number, found.service, found.status) == (WAYBILL, "EZ", "created")


@pytest.mark.parametrize(("told", "status"), [(100, "created"), ("103", "picked_up"), ("104", "cancelled")])
async def test_what_is_found_says_how_it_stands(told: Any, status: str) -> None:
    answer = good([{"txlogisticId": ORDER, "billCode": WAYBILL, "orderStatus": told}])
    found = await jt(Wire(answer)).find_shipment(domestic(), attempted_at=now())
    assert found is not None
    assert found.status == status


@pytest.mark.parametrize("absent", [good([]), bad("145003064", "Data not found")])
async def test_what_is_not_there_after_a_while_was_not_booked(absent: Any) -> None:
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await jt(Wire(absent)).find_shipment(domestic(), attempted_at=now() - A_MOMENT_AGO)
    assert await jt(Wire(absent)).find_shipment(domestic(), attempted_at=now() - A_WHILE_AGO) is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (bad("999001030", "waybillNos size must be between 1 and 1000"), Unavailable),
        (bad("145003031"), AuthenticationFailed),
        (good([{"txlogisticId": "ANOTHER", "billCode": WAYBILL}]), Unavailable),
        (good(), Unavailable),
        ((404, None), Unavailable),
        ((500, None), Unavailable),
        (LOST, Unavailable),
    ],
)
async def test_while_it_cannot_be_asked_about_a_booking_stays_unknown(answer: Any, kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        await jt(Wire(answer)).find_shipment(domestic(), attempted_at=now() - A_WHILE_AGO)


async def test_one_that_is_cancelled_already_is_no_error() -> None:
    for answer in (good({}), bad("145003202", "Cancelled status can not be modified")):
        await jt(Wire(answer)).cancel_shipment(existing())


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (bad("145003201", "Picked up status can not be modified"), InvalidRequest),
        (bad("145003064"), NotFound),
        ((500, None), OutcomeUnknown),
        (LOST, OutcomeUnknown),
    ],
)
async def test_a_cancellation_that_jt_does_not_confirm_is_none(answer: Any, kind: type[ProviderError]) -> None:
    with pytest.raises(kind):
        await jt(Wire(answer)).cancel_shipment(existing())


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (good(), "ok"),
        (bad("145003030"), "authentication_failed"),
        (bad("145003031"), "authentication_failed"),
        (bad("145005000"), "unavailable"),
        ((500, None), "unavailable"),
        (LOST, "unavailable"),
    ],
)
async def test_health_tells_wrong_credentials_from_a_carrier_that_is_down(answer: Any, code: str) -> None:
    wire = Wire(answer)
    report = await jt(wire).check_health()
    assert (report.ok, report.code) == (code == "ok", code)
    assert wire.lines == ["POST /webopenplatformapi/api/vip/checkCusPwd"]
