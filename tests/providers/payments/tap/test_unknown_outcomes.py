"""An unknown outcome is settled by asking: the list, then the same POST again. Nothing is ever charged twice."""

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_refund, now
from tests.providers.payments.tap.builders import (
    AUTH,
    CARD,
    CHG,
    PAGE,
    RE,
    SAVED,
    a_page,
    a_token_payment,
    authorization,
    charge,
    new_token,
    opened,
    page_of,
    refund,
    refused,
    tap,
)
from workers.providers.errors import (
    AuthenticationFailed,
    Declined,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    Unavailable,
)
from workers.providers.money import Money
from workers.providers.payments.tap import lists as module

A_MOMENT_AGO = timedelta(seconds=2)
A_WHILE_AGO = timedelta(minutes=5)
LONG_AGO = timedelta(hours=30)


class Provider:
    """Lists and reads what the test says, and answers further POSTs with one answer."""

    def __init__(self, listed: list[dict[str, Any]], post: Any = None, *refunds: dict[str, Any]) -> None:
        self.listed, self.post, self.refunds = listed, post, refunds
        self.posts: list[httpx.Request] = []
        self.lists: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v2")
        if path == "/refunds/list":
            return httpx.Response(200, json=page_of(*self.refunds, name="refunds"))
        if path.endswith("/list"):
            asked = json.loads(request.content)
            self.lists.append({**asked, "path": path})
            ids = [each["id"] for each in self.listed]
            begin = ids.index(asked["starting_after"]) + 1 if "starting_after" in asked else 0
            size = int(asked["limit"])
            more = begin + size < len(ids)
            return httpx.Response(200, json=page_of(*self.listed[begin : begin + size], more=more))
        if path == "/tokens":
            return httpx.Response(200, json={"id": new_token()})
        if request.method == "POST":
            self.posts.append(request)
            assert self.post is not None, "no POST was to be sent"
            return self.post if isinstance(self.post, httpx.Response) else httpx.Response(200, json=self.post)
        found = next(each for each in self.listed if path.endswith(each["id"]))
        return httpx.Response(200, json=found)


def ours(request: Any, status: str = "CAPTURED", code: str = "000", **changes: Any) -> dict[str, Any]:
    return charge(status, code, metadata={"wasl_payment_id": str(request.payment_id)}, **changes)


@pytest.mark.parametrize("by", ["metadata", "reference"])
async def test_a_payment_that_was_made_is_found_by_our_id(by: str) -> None:
    request = a_token_payment()
    mark = (
        {"wasl_payment_id": str(request.payment_id)} if by == "metadata" else {"transaction": str(request.payment_id)}
    )
    wire = Provider([charge(id="chg_another"), {**charge(), by: mark}])
    found = await tap(wire).find_payment(request, attempted_at=now() - A_MOMENT_AGO)
    assert found is not None
    assert (found.provider_payment_id, found.status) == (CHG, "captured")
    assert not wire.posts


async def test_the_list_begins_shortly_before_the_attempt() -> None:
    request, attempted_at = a_token_payment(), now() - A_WHILE_AGO
    wire = Provider([ours(request)])
    await tap(wire).find_payment(request, attempted_at=attempted_at)
    span = wire.lists[0]["period"]["date"]
    assert span["from"] < attempted_at.timestamp() * 1000 < now().timestamp() * 1000 < span["to"]
    assert wire.lists[0]["path"] == "/charges/list"


async def test_a_reservation_is_looked_for_among_reservations() -> None:
    request = a_token_payment(capture_method="manual")
    wire = Provider([authorization(metadata={"wasl_payment_id": str(request.payment_id)})])
    found = await tap(wire).find_payment(request, attempted_at=now())
    assert found is not None
    assert (found.provider_payment_id, found.status) == (AUTH, "authorized")
    assert wire.lists[0]["path"] == "/authorize/list"


async def test_a_capture_is_not_taken_for_the_payment_itself() -> None:
    request = a_token_payment()
    wire = Provider([ours(request, source={"id": AUTH})])
    assert await tap(wire).find_payment(request, attempted_at=now() - LONG_AGO) is None


async def test_one_that_was_declined_settles_it_but_one_that_went_well_goes_before() -> None:
    request = a_token_payment()
    declined = ours(request, "DECLINED", "505", id="chg_declined")
    with pytest.raises(Declined) as raised:
        await tap(Provider([declined])).find_payment(request, attempted_at=now())
    assert (raised.value.decline_code, raised.value.provider_payment_id) == ("insufficient_funds", "chg_declined")
    found = await tap(Provider([declined, ours(request)])).find_payment(request, attempted_at=now())
    assert found is not None
    assert found.provider_payment_id == CHG


async def test_one_that_is_not_listed_is_sent_again_under_the_same_key_after_a_while() -> None:
    request = a_token_payment()
    wire = Provider([], ours(request))
    found = await tap(wire).find_payment(request, attempted_at=now() - A_WHILE_AGO)
    assert found is not None
    assert found.status == "captured"
    assert [json.loads(each.content)["reference"]["idempotent"] for each in wire.posts] == [request.idempotency_key]


async def test_too_soon_an_empty_list_proves_nothing() -> None:
    for attempted_at in (now() - A_MOMENT_AGO, now() - timedelta(hours=23, seconds=5)):
        with pytest.raises(OutcomeUnknown, match="too soon"):
            await tap(Provider([])).find_payment(a_token_payment(), attempted_at=attempted_at)


async def test_after_a_day_nothing_is_sent_and_what_is_not_listed_was_not_made() -> None:
    for request in (a_token_payment(), a_page()):
        assert await tap(Provider([])).find_payment(request, attempted_at=now() - LONG_AGO) is None
        found = await tap(Provider([ours(request)])).find_payment(request, attempted_at=now() - LONG_AGO)
        assert found is not None


async def test_a_page_is_asked_for_again_at_once_since_a_lost_one_cannot_be_paid() -> None:
    request = a_page()
    wire = Provider([], opened())
    found = await tap(wire).find_payment(request, attempted_at=now())
    assert found is not None
    assert (found.status, found.checkout_url) == ("requires_action", PAGE)
    assert len(wire.posts) == 1


async def test_a_page_that_is_listed_without_its_address_gets_it_under_the_same_key() -> None:
    request = a_page()
    listed = ours(request, "INITIATED", "100", transaction={"created": "1698392202943"})
    wire = Provider([listed], opened())
    found = await tap(wire).find_payment(request, attempted_at=now())
    assert found is not None
    assert found.checkout_url == PAGE
    late = await tap(Provider([listed])).find_payment(request, attempted_at=now() - LONG_AGO)
    assert late is not None
    assert late.status == "created"


async def test_a_page_that_ran_out_is_found_as_such() -> None:
    request = a_page()
    found = await tap(Provider([ours(request, "ABANDONED", "301")])).find_payment(request, attempted_at=now())
    assert found is not None
    assert found.status == "expired"


async def test_a_token_that_is_used_although_nothing_is_listed_leaves_it_unknown() -> None:
    request = a_token_payment()
    with pytest.raises(OutcomeUnknown, match="is used"):
        await tap(Provider([], refused("1126"))).find_payment(request, attempted_at=now() - A_WHILE_AGO)
    with pytest.raises(InvalidRequest):
        await tap(Provider([], refused("1125"))).find_payment(request, attempted_at=now() - A_WHILE_AGO)


async def test_a_saved_card_is_sent_again_with_another_token_and_the_same_key() -> None:
    request = a_token_payment(payment_method=CARD, payment_method_data=SAVED)
    wire = Provider([], ours(request))
    assert await tap(wire).find_payment(request, attempted_at=now() - A_WHILE_AGO)
    sent = json.loads(wire.posts[0].content)
    assert (sent["source"]["id"][:4], sent["reference"]["idempotent"]) == ("tok_", request.idempotency_key)


async def test_every_page_of_the_list_is_read() -> None:
    request = a_token_payment()
    wire = Provider([*(charge(id=f"chg_{number}") for number in range(120)), ours(request)])
    assert await tap(wire).find_payment(request, attempted_at=now())
    assert [each.get("starting_after") for each in wire.lists] == [None, "chg_49", "chg_99"]


async def test_a_list_without_end_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAGES", 1)
    wire = Provider([charge(id=f"chg_{number}") for number in range(60)])
    with pytest.raises(OutcomeUnknown, match="there are more"):
        await tap(wire).find_payment(a_token_payment(), attempted_at=now() - LONG_AGO)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(409), OutcomeUnknown),
        (httpx.Response(500), OutcomeUnknown),
        (httpx.Response(503), OutcomeUnknown),
        (refused("2107", 401), AuthenticationFailed),
    ],
)
async def test_while_it_cannot_be_asked_the_outcome_stays_unknown(
    answer: httpx.Response, kind: type[ProviderError]
) -> None:
    with pytest.raises(kind):
        await tap(Provider([], answer)).find_payment(a_token_payment(), attempted_at=now() - A_WHILE_AGO)


@pytest.mark.parametrize("body", [{"charges": "none"}, {}, [], {"charges": [{}]}, {"charges": [], "refunds": []}])
async def test_an_answer_that_is_no_list_proves_nothing(body: Any) -> None:
    with pytest.raises(Unavailable):
        wire = tap(lambda _: httpx.Response(200, json=body))
        await wire.find_payment(a_token_payment(), attempted_at=now())


async def test_an_empty_list_may_be_left_out() -> None:
    wire = tap(lambda _: httpx.Response(200, json={"object": "list", "count": 0, "has_more": False}))
    assert await wire.find_payment(a_token_payment(), attempted_at=now() - LONG_AGO) is None


@pytest.mark.parametrize("by", ["metadata", "reference"])
async def test_a_refund_is_found_among_those_of_its_charge(by: str) -> None:
    request = a_refund(CHG, money=Money.of("30.00", "AED"))
    mark = {"wasl_refund_id": str(request.refund_id)} if by == "metadata" else {"merchant": str(request.refund_id)}
    wire = Provider([], None, refund(id="re_other"), {**refund(), by: mark})
    found = await tap(wire).find_refund(request, attempted_at=now())
    assert found is not None
    assert (found.provider_refund_id, found.status) == (RE, "succeeded")


async def test_a_refund_that_is_not_there_is_asked_for_again_under_the_same_key() -> None:
    request = a_refund(CHG, money=Money.of("30.00", "AED"))
    wire = Provider([], refund("PENDING", "100"))
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await tap(wire).find_refund(request, attempted_at=now())
    found = await tap(wire).find_refund(request, attempted_at=now() - A_WHILE_AGO)
    assert found is not None
    assert found.status == "pending"
    assert [json.loads(each.content)["reference"]["idempotent"] for each in wire.posts] == [request.idempotency_key]
    assert await tap(Provider([])).find_refund(request, attempted_at=now() - LONG_AGO) is None


@pytest.mark.parametrize("body", [{"id": CHG}, {"status": "CAPTURED"}, charge(currency="XXZ"), [], {"errors": []}])
async def test_a_payment_whose_answer_is_unusable_is_unknown_not_failed(body: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await tap(lambda _: httpx.Response(200, json=body)).create_payment(a_token_payment())
