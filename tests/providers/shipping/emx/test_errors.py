"""How EMX's refusals are understood, and what stays unknown."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import now
from tests.providers.shipping.emx.builders import (
    PASSWORD,
    Wire,
    emx,
    existing,
    fault,
    parcel,
    priced,
    rate,
    refused,
    soap_refusal,
    tracked,
)
from tests.support.carriers.parcels import question
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.registry import open_connector
from workers.transport.redaction import redact_body, redact_headers


@pytest.mark.parametrize("success", [False, "false", "False", None, 0])
async def test_a_refusal_comes_with_a_good_status(success: Any) -> None:
    with pytest.raises(InvalidRequest) as raised:
        await emx(Wire(refused("ReceiverCity is not valid", success=success))).create_shipment(parcel())
    assert raised.value.message == "EMX: ReceiverCity is not valid"


@pytest.mark.parametrize(
    "message",
    ["Invalid Account or Password", "Authentication failed", "Unauthorized", "AccountNo is not valid", "Invalid login"],
)
async def test_a_wrong_login_is_told_by_its_words(message: str) -> None:
    with pytest.raises(AuthenticationFailed):
        await emx(Wire(refused(message))).create_shipment(parcel())
    report = await emx(Wire(refused(message, "RateCalculation"))).check_health()
    assert (report.ok, report.code) == (False, "authentication_failed")


async def test_a_refusal_that_names_an_air_waybill_may_have_come_after_it() -> None:
    answer = refused("City is not valid")
    answer["BookingResponse"]["AWBNumber"] = "1000000012345"
    with pytest.raises(OutcomeUnknown):
        await emx(Wire(answer)).create_shipment(parcel())


async def test_a_fault_of_the_server_leaves_a_booking_unknown_whatever_status_it_comes_with() -> None:
    with pytest.raises(OutcomeUnknown):
        await emx(Wire(fault("soap:Server", "Invalid account"))).create_shipment(parcel())


async def test_a_refusal_without_words_is_one() -> None:
    with pytest.raises(InvalidRequest, match="EMX refused the request"):
        await emx(Wire(refused(None))).create_shipment(parcel())


async def test_a_refused_price_names_its_reason() -> None:
    with pytest.raises(InvalidRequest, match="no rate"):
        await emx(Wire(refused("no rate for this route", "RateCalculation"))).get_rates(question(parcel()))


@pytest.mark.parametrize(
    "answer",
    [(500, b""), (503, b"Busy"), (520, b"<html>"), httpx.ReadTimeout("late"), httpx.RemoteProtocolError("cut"), b"{"],
    ids=["500", "503", "520", "timeout", "cut", "half an answer"],
)
async def test_a_booking_without_an_answer_may_have_been_made(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await emx(Wire(answer)).create_shipment(parcel())


async def test_a_booking_that_never_left_was_not_made() -> None:
    with pytest.raises(Unavailable):
        await emx(Wire(httpx.ConnectError("no route"))).create_shipment(parcel())


async def test_what_cannot_be_looked_up_stays_unknown() -> None:
    wire = Wire()
    with pytest.raises(OutcomeUnknown, match="ORD-1001"):
        await emx(wire).find_shipment(parcel(), attempted_at=now() - timedelta(days=1))
    assert wire.requests == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((520, b"<html>"), Unavailable),
        ((429, b""), RateLimited),
        ((401, b""), AuthenticationFailed),
        ((500, fault("soap:Server", "Internal Error")), Unavailable),
        (fault("env:Server", "OSB-380001: Internal Server Error"), Unavailable),
        ((500, fault("soap:Client", "Authentication failed")), AuthenticationFailed),
        (tracked(before=soap_refusal("Invalid account")), AuthenticationFailed),
    ],
    ids=["520", "429", "401", "a fault of the server", "the same with 200", "login", "login with 200"],
)
async def test_tracking_that_fails_is_no_news(answer: Any, error: type[ProviderError]) -> None:
    with pytest.raises(ProviderError) as raised:
        await emx(Wire(answer)).track_shipments([existing()])
    assert type(raised.value) is error


async def test_a_number_that_is_refused_is_not_found() -> None:
    (result,) = await emx(Wire(tracked(before=soap_refusal("AwbNo not found")))).track_shipments([existing()])
    assert (result.found, result.message) == (False, "EMX: AwbNo not found")


async def test_health_is_a_price_within_the_emirates() -> None:
    wire = Wire(priced(rate()))
    assert (await emx(wire).check_health()).ok
    assert (wire.lines, wire.fields()["Weight"]) == (["POST /ratecalculator/rest/CalculatePriceRate"], 1000)
    assert (await emx(Wire((520, b""))).check_health()).code == "unavailable"


async def test_the_password_is_never_told() -> None:
    wire = Wire(refused(f"no such password: {PASSWORD}"), tracked())
    with pytest.raises(AuthenticationFailed) as raised:
        await emx(wire).create_shipment(parcel())
    assert PASSWORD not in str(raised.value.as_dict())
    await emx(wire).track_shipments([existing()])
    sensitive = type(emx(wire)).sensitive_fields
    asked = wire.requests[1]
    kept = f"{redact_headers(asked.headers.raw, sensitive)}{redact_body(asked.content, 'text/xml', sensitive)}"
    assert PASSWORD not in kept
    assert "TrackShipmentByAwbNo" in kept


@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({"account_no": "C 1", "password": PASSWORD}, "credentials.account_no"),
        ({"account_no": "C100001", "password": "x"}, "credentials.password"),
        ({"account_no": "C100001"}, "credentials.password"),
    ],
)
def test_credentials_that_cannot_be_right_are_refused_by_name(credentials: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        open_connector("emx", credentials=credentials)
    assert raised.value.field == field
