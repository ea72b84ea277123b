"""iMile's codes, and what they leave certain; an order's number is taken only once."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.shipping.imile.builders import MADE, NUMBER, existing, imile, no, now, ok
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
from workers.providers.shipping.imile.errors import FIELDS, classify
from workers.providers.shipping.models import LabelFormat

A_WHILE_AGO = timedelta(minutes=5)
LOST = httpx.ReadTimeout("no answer")
CREATE, REPRINT = "POST /client/order/v2/createOrder", "POST /client/order/reprintOrder"


@pytest.mark.parametrize(
    ("answer", "kind", "code", "field"),
    [
        (no("400", "bad"), InvalidRequest, "400", None),
        (no("401"), AuthenticationFailed, "401", None),
        (no(403), AuthenticationFailed, "403", None),
        (no("412"), RateLimited, "412", None),
        (no("405"), OutcomeUnknown, "405", None),
        (no("500"), OutcomeUnknown, "500", None),
        (no("40014"), OutcomeUnknown, "40014", None),
        (no("40025", "consignee city [Foo] not exist"), InvalidRequest, "40025", "recipient.city"),
        (no("40019"), InvalidRequest, "40019", "sender.phone"),
        (no("40028"), InvalidRequest, "40028", "recipient.area"),
        (no("99999"), InvalidRequest, "99999", None),
        (httpx.Response(500), OutcomeUnknown, None, None),
        (httpx.Response(503), OutcomeUnknown, None, None),
        (httpx.Response(429), RateLimited, None, None),
        ({"message": "no code"}, OutcomeUnknown, None, None),
        (httpx.Response(200, text="<html>"), OutcomeUnknown, None, None),
        (LOST, OutcomeUnknown, None, None),
        (httpx.ConnectError("refused"), Unavailable, None, None),
    ],
)
async def test_a_refused_order_says_what_is_certain(
    answer: Any, kind: type[ProviderError], code: str | None, field: str | None
) -> None:
    connector, wire = imile(answer)
    with pytest.raises(ProviderError) as raised:
        await connector.create_shipment(domestic())
    assert type(raised.value) is kind
    assert (raised.value.provider_code, getattr(raised.value, "field", None)) == (code, field)
    assert wire.lines == [CREATE]


@pytest.mark.parametrize("code", sorted(FIELDS))
def test_a_code_that_names_a_field_is_the_callers(code: str) -> None:
    assert classify(code, write=True) is InvalidRequest


async def test_a_number_that_is_taken_is_an_order_of_ours_that_was_made_before() -> None:
    request = domestic()
    connector, wire = imile(no("30001", "orderNo duplicate"), MADE)
    made = await connector.create_shipment(request)
    assert (made.tracking_number, len(made.documents)) == (NUMBER, 1)
    assert wire.lines == [CREATE, REPRINT]
    assert wire.body["param"] == {"orderCode": request.own_reference, "orderCodeType": "2"}


@pytest.mark.parametrize("answer", [LOST, no("40018"), no("500"), ok(None), no("400")])
async def test_a_number_that_is_taken_by_what_cannot_be_read_is_unknown(answer: Any) -> None:
    connector, _ = imile(no("30001"), answer)
    with pytest.raises(OutcomeUnknown, match="made before"):
        await connector.create_shipment(domestic())


async def test_a_lost_order_is_printed_again_by_our_number() -> None:
    request = domestic()
    connector, wire = imile(MADE)
    found = await connector.find_shipment(request, attempted_at=now())
    assert found is not None
    assert (found.tracking_number, len(found.documents)) == (NUMBER, 1)
    assert wire.body["param"] == {"orderCode": request.own_reference, "orderCodeType": "2"}


@pytest.mark.parametrize("code", ["40018", "22185"])
async def test_there_is_none_when_imile_says_so_a_minute_later(code: str) -> None:
    connector, _ = imile(no(code), no(code))
    assert await connector.find_shipment(domestic(), attempted_at=now() - A_WHILE_AGO) is None
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await connector.find_shipment(domestic(), attempted_at=now())


@pytest.mark.parametrize(
    "answer",
    [LOST, no("400"), no("404"), no("30001"), no("500"), no("40015"), ok({}), httpx.Response(404), httpx.Response(400)],
)
async def test_a_look_that_is_refused_settles_nothing(answer: Any) -> None:
    connector, _ = imile(answer)
    with pytest.raises(ProviderError) as unsettled:
        await connector.find_shipment(domestic(), attempted_at=now() - A_WHILE_AGO)
    assert not isinstance(unsettled.value, InvalidRequest | NotFound)


async def test_a_token_that_is_refused_while_looking_is_traded_once_more() -> None:
    connector, wire = imile(no("402"), MADE)
    assert await connector.find_shipment(domestic(), attempted_at=now()) is not None
    assert len(wire.tokens) == 2


@pytest.mark.parametrize("answer", [LOST, no("405"), no("501"), httpx.Response(502)])
async def test_a_failed_read_did_nothing(answer: Any) -> None:
    connector, _ = imile(answer)
    with pytest.raises(Unavailable):
        await connector.get_documents(existing(), LabelFormat.PDF)
