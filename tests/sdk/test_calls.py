"""How requests leave the client: as whom, with what, and how often."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest
from wasl import AuthenticationError, ConnectionFailed, InvalidRequest, Payment, RateLimited, ServerError
from wasl._row import selection_of

from tests.support.hubs import AnyHub, FakeHub, collect, done
from tests.support.sdk_rows import operation_row, payment_row

NewClient = Callable[..., AnyHub]
ORDER: dict[str, Any] = {
    "amount": "99.00",
    "currency": "AED",
    "reference": "order-1",
    "return_url": "https://shop.example",
}
UNAVAILABLE = httpx.Response(503, json={"code": "PGRST002", "message": "Could not query the database"})


async def test_a_request_says_who_asks_and_with_what(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(payment_row())
    await done(hub.payments.create(**ORDER))
    assert server.last.url.copy_with(query=None) == "https://hub.example/rest/v1/rpc/create_payment"
    assert server.last.headers["apikey"] == "sb_publishable_x"
    assert server.last.headers["authorization"] == "Bearer token-1"
    assert server.last.headers["x-client-info"].startswith("wasl-py/")


async def test_a_call_that_answers_with_a_row_asks_for_what_the_hub_computes(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(payment_row())
    await done(hub.payments.create(**ORDER))
    assert server.last.url.params["select"] == "*,billing_address,customer,shipping_address"
    server.will_answer(operation_row())
    await done(hub.operations.cancel(uuid4()))
    assert "select" not in server.last.url.params
    assert selection_of(list[Payment]) == "*,billing_address,customer,shipping_address"


async def test_every_call_begins_a_trace_of_its_own_that_its_repeats_continue(hub: AnyHub, server: FakeHub) -> None:
    server.will(UNAVAILABLE)
    server.will_answer(payment_row())
    server.will_answer(payment_row())
    await done(hub.payments.create(**ORDER))
    await done(hub.payments.create(**ORDER))
    first, again, second = (request.headers["traceparent"] for request in server.requests)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", first)
    assert first == again != second


async def test_what_is_left_out_is_left_to_the_hub(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(payment_row())
    await done(hub.payments.create(**ORDER))
    assert server.last_body.keys() == {*ORDER, "idempotency_key"}


@pytest.mark.parametrize(
    ("amount", "sent"),
    [("99.00", "99.00"), (Decimal("99.00"), "99.00"), (99, "99"), (Decimal("1E+3"), "1000"), ("-1", "-1")],
)
async def test_an_amount_goes_out_as_a_decimal_string(hub: AnyHub, server: FakeHub, amount: Any, sent: str) -> None:
    server.will_answer(payment_row())
    await done(hub.payments.create(**ORDER | {"amount": amount}))
    assert server.last_body["amount"] == sent


@pytest.mark.parametrize("amount", [99.0, True, b"99", None])
async def test_an_amount_of_another_type_is_refused_by_name(hub: AnyHub, amount: Any) -> None:
    with pytest.raises(TypeError, match=r"^amount must be a str, Decimal or int"):
        await done(hub.payments.create(**ORDER | {"amount": amount}))


@pytest.mark.parametrize("identifier", ["order-1", "", None, 7])
async def test_an_identifier_that_is_no_uuid_is_refused_by_name(hub: AnyHub, identifier: Any) -> None:
    with pytest.raises(InvalidRequest, match="payment_id must be a UUID") as error:
        await done(hub.payments.get(identifier))
    assert (error.value.code, error.value.field) == ("invalid_payment_id", "payment_id")


@pytest.mark.parametrize("facts", [{"price": Decimal("1")}, {"n": 1}, {"none": None}])
async def test_a_fact_that_is_no_text_is_refused_by_name(hub: AnyHub, facts: Any) -> None:
    [name] = facts
    with pytest.raises(TypeError, match=rf"^metadata\.{name} must be a str"):
        await done(hub.payments.create(**ORDER, metadata=facts))


async def test_a_redirection_is_an_answer_of_something_else(hub: AnyHub, server: FakeHub) -> None:
    server.will(httpx.Response(301, headers={"Location": "https://elsewhere.example"}))
    with pytest.raises(ServerError, match="a redirection"):
        await done(hub.payments.get(uuid4()))


async def test_a_time_without_a_zone_is_refused_by_name(hub: AnyHub) -> None:
    with pytest.raises(InvalidRequest) as error:
        await collect(hub.payments.list(created_after=datetime(2026, 1, 1)))
    assert error.value.field == "created_after"


async def test_a_client_for_one_organization_asks_for_that_one(new_client: NewClient, server: FakeHub) -> None:
    mine, other = uuid4(), uuid4()
    hub = new_client(access_token="t", organization_id=mine)
    server.will_answer(payment_row())
    server.will_answer(payment_row())
    server.will_answer([])
    await done(hub.payments.create(**ORDER))
    assert server.last_body["organization_id"] == str(mine)
    await done(hub.payments.create(**ORDER, organization_id=other))
    assert server.last_body["organization_id"] == str(other)
    await collect(hub.payments.list())
    assert server.last.url.params["organization_id"] == f"eq.{mine}"


async def test_filters_become_the_query(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([])
    moment = datetime(2026, 11, 23, 20, tzinfo=UTC)
    await collect(
        hub.payments.list(
            status=["captured", "refunded"],
            reference='a,"b"',
            currency="AED",
            created_after=moment - timedelta(days=1),
            created_before=moment,
            limit=7,
        )
    )
    params = server.last.url.params
    assert params["status"] == "in.(captured,refunded)"
    assert params["reference"] == 'eq.a,"b"'
    assert params.get_list("created_at") == ["gt.2026-11-22T20:00:00+00:00", "lt.2026-11-23T20:00:00+00:00"]
    assert (params["order"], params["limit"]) == ("created_at.desc,id.desc", "7")
    assert "provider_status" in params["select"].split(",")


async def test_a_listing_goes_on_where_the_last_page_ended(hub: AnyHub, server: FakeHub) -> None:
    first, last = [payment_row() for _ in range(100)], [payment_row() for _ in range(3)]
    server.will_answer(first)
    server.will_answer(last)
    found = await collect(hub.payments.list())
    assert [str(payment.id) for payment in found] == [row["id"] for row in first + last]
    moment = "2026-11-23T20:00:00.123456+00:00"
    assert server.last.url.params["created_at"] == f"lte.{moment}"
    assert server.last.url.params["or"] == f'(created_at.lt."{moment}",id.lt.{first[-1]["id"]})'


async def test_a_listing_fetches_no_more_than_its_limit(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([payment_row() for _ in range(100)])
    server.will_answer([payment_row() for _ in range(20)])
    assert len(await collect(hub.payments.list(limit=120))) == 120
    assert [request.url.params["limit"] for request in server.requests] == ["100", "20"]


async def test_a_listing_of_nothing_asks_nothing(hub: AnyHub, server: FakeHub) -> None:
    assert await collect(hub.payments.list(limit=0)) == []
    assert server.requests == []


async def test_a_read_is_tried_again_until_the_hub_is_back(hub: AnyHub, server: FakeHub) -> None:
    server.will(UNAVAILABLE, httpx.ReadError("reset"), httpx.ReadTimeout("slow"))
    server.will_answer([payment_row()])
    await done(hub.payments.get(uuid4()))
    assert len(server.requests) == 4
    assert all(0.1 <= pause <= 0.8 for pause in hub.pauses)  # type: ignore[union-attr]


async def test_a_read_is_given_up_in_the_end(hub: AnyHub, server: FakeHub) -> None:
    server.will(*[UNAVAILABLE] * 4)
    with pytest.raises(ServerError) as error:
        await done(hub.payments.get(uuid4()))
    assert (error.value.status, error.value.code, error.value.retryable) == (503, "PGRST002", True)


async def test_a_payment_is_tried_again_with_the_same_key(hub: AnyHub, server: FakeHub) -> None:
    server.will(httpx.ReadTimeout("slow"))
    server.will_answer(payment_row())
    await done(hub.payments.create(**ORDER))
    first, second = (request.content for request in server.requests)
    assert first == second


async def test_a_payment_whose_outcome_is_unknown_gives_its_key_back(hub: AnyHub, server: FakeHub) -> None:
    server.will(*[httpx.ReadTimeout("slow")] * 4)
    with pytest.raises(ConnectionFailed) as error:
        await done(hub.payments.create(**ORDER))
    assert error.value.code == "no_answer"
    assert error.value.idempotency_key == server.last_body["idempotency_key"]
    assert "same idempotency_key" in str(error.value)


async def test_a_write_without_a_key_is_never_sent_twice(hub: AnyHub, server: FakeHub) -> None:
    server.will(httpx.ReadTimeout("slow"))
    with pytest.raises(ConnectionFailed):
        await done(hub.connections.create("stripe"))
    server.will(UNAVAILABLE)
    with pytest.raises(ServerError):
        await done(hub.connections.create("stripe"))
    assert len(server.requests) == 2


async def test_a_write_that_never_left_is_sent_again(hub: AnyHub, server: FakeHub) -> None:
    server.will(*[httpx.ConnectError("refused")] * 4)
    with pytest.raises(ConnectionFailed) as error:
        await done(hub.connections.create("stripe"))
    assert error.value.code == "not_sent"
    assert len(server.requests) == 4


async def test_a_short_retry_after_is_waited_for(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer({"message": "slow down"}, 429, Retry_After="2")
    server.will_answer([payment_row()])
    await done(hub.payments.get(uuid4()))
    assert hub.pauses == [2.0]  # type: ignore[union-attr]


async def test_a_long_retry_after_is_told(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer({"message": "slow down"}, 429, Retry_After="60")
    with pytest.raises(RateLimited, match="slow down") as error:
        await done(hub.payments.get(uuid4()))
    assert error.value.retry_after == 60


async def test_a_refusal_is_final(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer({"code": "invalid_amount", "message": "No.", "details": "amount", "hint": None}, 400)
    with pytest.raises(InvalidRequest):
        await done(hub.payments.create(**ORDER))
    assert len(server.requests) == 1


async def test_a_token_that_was_given_is_not_renewed(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer({"code": "PGRST301", "message": "JWT expired"}, 401)
    with pytest.raises(AuthenticationError, match="JWT expired"):
        await done(hub.payments.get(uuid4()))


@pytest.mark.parametrize("answer", [httpx.Response(200, text="<html>"), httpx.Response(200, json=[{"id": "x"}])])
async def test_an_answer_that_makes_no_sense_is_the_hubs_fault(
    hub: AnyHub, server: FakeHub, answer: httpx.Response
) -> None:
    server.will(answer)
    with pytest.raises(ServerError, match="not understood") as error:
        await done(hub.payments.get(uuid4()))
    assert error.value.code == "unexpected_answer"


async def test_what_a_newer_hub_adds_is_no_trouble(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([payment_row(status="settled", colour="blue")])
    payment = await done(hub.payments.get(uuid4()))
    assert str(payment.status) == "settled"


async def test_a_row_reads_as_what_it_is(hub: AnyHub, server: FakeHub) -> None:
    row = payment_row(
        status="failed",
        failure={"code": "card_declined", "reason": "insufficient_funds", "message": "No."},
        metadata={"basket": "7"},
    )
    server.will_answer([row])
    payment = await done(hub.payments.get(row["id"]))
    assert (payment.amount, str(payment.amount)) == (Decimal("99.00"), "99.00")
    assert payment.created_at == datetime(2026, 11, 23, 20, 0, 0, 123456, tzinfo=UTC)
    assert payment.failure is not None and payment.failure.reason == "insufficient_funds"
    assert payment.metadata == {"basket": "7"}


async def test_a_number_from_an_older_postgrest_loses_nothing(hub: AnyHub, server: FakeHub) -> None:
    row = payment_row(amount="AMOUNT")
    text = httpx.Response(200, json=[row]).text.replace('"AMOUNT"', "99999999999.10")
    server.will(httpx.Response(200, text=text))
    assert str((await done(hub.payments.get(row["id"]))).amount) == "99999999999.10"
