"""How Naqel's refusals are understood, and what stays unknown."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import now
from tests.providers.shipping.naqel.builders import (
    CLIENT,
    PASSWORD,
    WAYBILL_NO,
    Wire,
    driver,
    existing,
    fault,
    naqel,
    parcel,
    refused,
    traced,
    wrong,
)
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.registry import open_connector
from workers.providers.shipping.models import LabelFormat
from workers.transport.redaction import redact_body


async def test_a_refusal_comes_with_a_good_status() -> None:
    with pytest.raises(InvalidRequest) as raised:
        await naqel(Wire(refused("The city code is wrong"))).create_shipment(parcel())
    assert raised.value.message == "Naqel: The city code is wrong"
    with pytest.raises(InvalidRequest):
        await naqel(Wire(refused("No driver", "CreateBooking"))).schedule_pickup(driver())


async def test_a_refusal_without_words_is_one() -> None:
    with pytest.raises(InvalidRequest, match="Naqel refused the request"):
        await naqel(Wire(refused(None))).create_shipment(parcel())


async def test_an_error_that_comes_with_a_number_may_have_come_after_the_waybill() -> None:
    with pytest.raises(OutcomeUnknown):
        await naqel(Wire(refused("The label was not printed", number=WAYBILL_NO))).create_shipment(parcel())


@pytest.mark.parametrize(
    "message",
    ["Wrong client ID or password", "Invalid Client", "Client info is not found", "Unauthorized", "Wrong login"],
)
async def test_a_wrong_login_is_told_by_its_words(message: str) -> None:
    with pytest.raises(AuthenticationFailed):
        await naqel(Wire(refused(message))).create_shipment(parcel())
    with pytest.raises(AuthenticationFailed):
        await naqel(Wire(traced(wrong(message, "0")))).track_shipments([existing()])
    report = await naqel(Wire(traced(wrong(message, "0")))).check_health()
    assert (report.ok, report.code) == (False, "authentication_failed")


async def test_health_is_a_waybill_that_does_not_exist() -> None:
    assert (await naqel(Wire(traced(wrong("Waybill number is not found", "10000")))).check_health()).ok
    assert (await naqel(Wire(traced())).check_health()).ok
    assert (await naqel(Wire((503, b""))).check_health()).code == "unavailable"


@pytest.mark.parametrize(
    "answer",
    [
        (500, b""),
        (503, b"Busy"),
        httpx.ReadTimeout("late"),
        httpx.RemoteProtocolError("cut"),
        fault("Server", "Login failed for user 'infotrack'"),
    ],
    ids=["500", "503", "timeout", "cut", "a fault of the server"],
)
async def test_a_waybill_without_an_answer_may_have_been_made(answer: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await naqel(Wire(answer)).create_shipment(parcel())


async def test_a_waybill_that_could_not_be_read_was_not_made() -> None:
    with pytest.raises(InvalidRequest, match="unable to read"):
        await naqel(Wire(fault("Client", "Server was unable to read request."))).create_shipment(parcel())


async def test_a_waybill_that_never_left_was_not_made() -> None:
    with pytest.raises(Unavailable):
        await naqel(Wire(httpx.ConnectError("no route"))).create_shipment(parcel())


async def test_what_cannot_be_looked_up_stays_unknown() -> None:
    wire = Wire()
    with pytest.raises(OutcomeUnknown, match="ORD-1001"):
        await naqel(wire).find_shipment(parcel(), attempted_at=now() - timedelta(days=1))
    assert wire.requests == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((502, b"<html>"), Unavailable),
        ((429, b""), RateLimited),
        ((401, b""), AuthenticationFailed),
        (fault("Server", "Timeout expired"), Unavailable),
        ((200, fault("Server", "Timeout expired")[1]), Unavailable),
    ],
    ids=["502", "429", "401", "a fault", "a fault with 200"],
)
async def test_a_question_that_fails_is_no_news(answer: Any, error: type[ProviderError]) -> None:
    for ask in ("track_shipments", "get_documents"):
        arguments: tuple[Any, ...] = ([existing()],) if ask == "track_shipments" else (existing(), LabelFormat.PDF)
        with pytest.raises(ProviderError) as raised:
            await getattr(naqel(Wire(answer)), ask)(*arguments)
        assert type(raised.value) is error


async def test_the_password_is_never_told() -> None:
    wire = Wire(refused(f"Wrong password: {PASSWORD}"))
    with pytest.raises(AuthenticationFailed) as raised:
        await naqel(wire).create_shipment(parcel())
    assert PASSWORD not in str(raised.value.as_dict())
    kept = redact_body(wire.requests[0].content, "text/xml; charset=utf-8", type(naqel(wire)).sensitive_fields)
    assert kept is not None
    assert PASSWORD not in kept
    assert CLIENT not in kept
    assert "CreateWaybill" in kept


@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({"client_id": "mine", "password": PASSWORD}, "credentials.client_id"),
        ({"client_id": CLIENT, "password": "x"}, "credentials.password"),
        ({"client_id": CLIENT}, "credentials.password"),
    ],
)
def test_credentials_that_cannot_be_right_are_refused_by_name(credentials: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        open_connector("naqel", credentials=credentials)
    assert raised.value.field == field
