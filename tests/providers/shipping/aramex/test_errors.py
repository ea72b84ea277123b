"""Aramex's errors: inside answers of 200, at the top or at the shipment, and as pages of HTML."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.providers.shipping.aramex.builders import AWB, CREDENTIALS, Wire, aramex, created, existing, refused
from tests.support.carriers.parcels import domestic
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.shipping.models import AddressCheckRequest, ExistingPickup

LOGIN = refused("ERR01", "ClientInfo - Invalid username or password")
# A real answer: nothing at the top, the reason at the shipment.
NAMELESS = {
    "HasErrors": True,
    "Notifications": [],
    "Shipments": [
        {"HasErrors": True, "ID": None, "Notifications": [{"Code": "ERR48", "Message": "Consignee name is required"}]}
    ],
}

LIKE_XML = {"HasErrors": "true", "Notifications": {"Notification": {"Code": "E", "Message": "No"}}}


def page(status: int, text: str) -> httpx.Response:
    """A page of .NET's."""
    return httpx.Response(status, html=f"<html><head><title>Request Error</title></head><body>{text}</body></html>")


async def create(answer: Any) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        await aramex(Wire(answer)).create_shipment(domestic())
    return raised.value


@pytest.mark.parametrize(
    ("answer", "kind", "code", "field"),
    [
        (LOGIN, AuthenticationFailed, "ERR01", None),
        (refused("ERR75", "Failed to login"), AuthenticationFailed, "ERR75", None),
        (NAMELESS, InvalidRequest, "ERR48", "recipient.name"),
        (refused("ERR52", "Shipper - City name is invalid (Dubay)"), InvalidRequest, "ERR52", "sender.city"),
        (refused("ERR06", "Consignee - Zip Code is invalid"), InvalidRequest, "ERR06", "recipient.postal_code"),
        (refused("ERR01", "Invalid consignee phone number"), InvalidRequest, "ERR01", "recipient.phone"),
        (refused("ERR20", "International service is not available"), InvalidRequest, "ERR20", None),
        (refused("ERR30", "Too many requests, slow down"), RateLimited, "ERR30", None),
        (refused("ERR31", "An internal error occurred"), OutcomeUnknown, "ERR31", None),
        (
            {"HasErrors": "true", "Notifications": {"Notification": {"Code": "E", "Message": "No"}}},
            InvalidRequest,
            "E",
            None,
        ),
        ({"HasErrors": True}, InvalidRequest, None, None),
    ],
    ids=[
        "login",
        "login-75",
        "shipment",
        "city",
        "zip",
        "phone",
        "international",
        "throttled",
        "broken",
        "xml",
        "bare",
    ],
)
async def test_errors_inside_an_answer_of_200(
    answer: Any, kind: type[ProviderError], code: str | None, field: str | None
) -> None:
    error = await create(answer)
    assert (type(error), error.provider_code) == (kind, code)
    assert getattr(error, "field", None) == field


async def test_a_number_beside_an_error_is_never_taken_for_a_refusal() -> None:
    answer = created(HasErrors=True, Notifications=[{"Code": "ERR90", "Message": "Label could not be generated"}])
    error = await create(answer)
    assert type(error) is OutcomeUnknown
    assert AWB in error.message


async def test_a_reference_that_was_used_before_is_no_refusal_either() -> None:
    answer = refused("ERR69", "ForeignHAWB - already exists")
    assert type(await create(answer)) is OutcomeUnknown


@pytest.mark.parametrize(
    ("answer", "write", "read"),
    [
        (page(400, "There was an error deserializing the object of type"), InvalidRequest, InvalidRequest),
        (page(400, "The server encountered an error processing the request."), OutcomeUnknown, InvalidRequest),
        (page(500, "The server encountered an error"), OutcomeUnknown, Unavailable),
        (httpx.Response(503, text="Service Unavailable"), OutcomeUnknown, Unavailable),
        (page(200, "We will be right back"), OutcomeUnknown, Unavailable),
        (httpx.Response(200, text="<ShipmentCreationResponse/>"), OutcomeUnknown, Unavailable),
        (httpx.Response(200, json=[]), OutcomeUnknown, Unavailable),
        (httpx.ReadTimeout("slow"), OutcomeUnknown, Unavailable),
        (httpx.ConnectError("down"), Unavailable, Unavailable),
    ],
    ids=["unread", "failed-within", "500", "503", "page", "xml", "list", "timeout", "never-sent"],
)
async def test_what_is_not_aramexs_word(answer: Any, write: type[ProviderError], read: type[ProviderError]) -> None:
    assert type(await create(answer)) is write
    with pytest.raises(ProviderError) as raised:
        await aramex(Wire(answer)).track_shipments([existing()])
    assert type(raised.value) is read


async def test_nothing_secret_or_of_a_page_is_told() -> None:
    echo = f"ClientInfo - user {CREDENTIALS['user_name']} with {CREDENTIALS['password']} is unknown"
    told = str((await create(refused("ERR01", echo))).as_dict())
    assert not any(secret in told for secret in CREDENTIALS.values())
    assert "stack trace" not in str((await create(page(500, "stack trace"))).as_dict())


async def test_a_lost_shipment_stays_unknown() -> None:
    wire = Wire()
    with pytest.raises(OutcomeUnknown, match=domestic().own_reference):
        await aramex(wire).find_shipment(domestic(), attempted_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert wire.requests == []


async def test_a_pickup_that_is_off_already_is_no_error_but_another_is() -> None:
    pickup = ExistingPickup(
        pickup_id=existing().shipment_id, provider_pickup_id="a-guid", ready_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    await aramex(Wire(refused("ERR84", "Pickup is already cancelled"))).cancel_pickup(pickup)
    with pytest.raises(InvalidRequest):
        await aramex(Wire(refused("ERR85", "Pickup cannot be cancelled, the courier is on the way"))).cancel_pickup(
            pickup
        )


async def test_a_login_that_fails_is_no_wrong_address() -> None:
    with pytest.raises(AuthenticationFailed):
        await aramex(Wire(LOGIN)).check_address(AddressCheckRequest(place=domestic().recipient))


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        (({"HasErrors": False}, {"HasErrors": False}), "ok"),
        (({"HasErrors": False}, refused("ERR61", "Product type is not available")), "ok"),
        (({"HasErrors": False}, refused("ERR02", "ClientInfo - Invalid account pin")), "authentication_failed"),
        ((LOGIN,), "authentication_failed"),
        ((httpx.ReadTimeout("slow"),), "unavailable"),
        ((page(200, "soon"),), "unavailable"),
    ],
    ids=["ok", "no-such-product", "wrong-pin", "wrong-login", "timeout", "page"],
)
async def test_health_tells_wrong_credentials_from_a_carrier_that_is_down(answers: Any, code: str) -> None:
    assert (await aramex(Wire(*answers)).check_health()).code == code


async def test_outside_the_emirates_only_the_login_is_tried() -> None:
    wire = Wire({"HasErrors": False})
    settings = {"account_entity": "AMM", "account_country_code": "JO"}
    assert (await aramex(wire, settings=settings).check_health()).ok
    assert wire.paths == ["Tracking/TrackShipments"]
