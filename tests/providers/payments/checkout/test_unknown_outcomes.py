"""An unknown outcome is settled by asking: the list, then the same POST again. Nothing is ever charged twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_checkout, a_refund, now
from tests.providers.payments.checkout.builders import (
    ACT,
    PAY,
    a_token_payment,
    action,
    checkout,
    payment,
)
from workers.providers.errors import AuthenticationFailed, Declined, OutcomeUnknown, ProviderError, Unavailable
from workers.providers.money import Money
from workers.providers.payments.checkout import connector as module
from workers.providers.payments.checkout.objects import refund_reference

A_MOMENT_AGO = timedelta(seconds=2)
A_WHILE_AGO = timedelta(minutes=5)
LONG_AGO = timedelta(hours=30)


class Provider:
    """Lists and reads what the test says, and answers POSTs with one answer."""

    def __init__(
        self, listed: list[dict[str, Any]], post: httpx.Response | Callable[[], httpx.Response] | None = None
    ) -> None:
        self.listed = listed
        self.post = post
        self.posts: list[httpx.Request] = []
        self.lists: list[httpx.Request] = []
        self.actions: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.posts.append(request)
            assert self.post is not None, "no POST was to be sent"
            return self.post if isinstance(self.post, httpx.Response) else self.post()
        if request.url.path.endswith("/actions"):
            return httpx.Response(200, json=self.actions)
        if request.url.path == "/payments":
            self.lists.append(request)
            limit, skip = (int(request.url.params[name]) for name in ("limit", "skip"))
            return httpx.Response(200, json={"data": self.listed[skip : skip + limit]})
        found = next(each for each in self.listed if request.url.path.endswith(each["id"]))
        return httpx.Response(200, json=found)


def ours(request: Any, status: str = "Authorized", **changes: Any) -> dict[str, Any]:
    return payment(status, metadata={"wasl_payment_id": str(request.payment_id)}, **changes)


def made(request: Any) -> httpx.Response:
    return httpx.Response(201, json=ours(request))


async def test_a_payment_that_was_made_is_found_by_its_reference_and_our_id() -> None:
    request = a_token_payment()
    wire = Provider([payment(id="pay_another"), ours(request)])
    found = await checkout(wire).find_payment(request, attempted_at=now() - A_MOMENT_AGO)
    assert found is not None
    assert (found.provider_payment_id, found.payment_id) == (PAY, request.payment_id)
    assert wire.lists[0].url.params["reference"] == "order-1001"
    assert not wire.posts


async def test_one_that_was_declined_settles_it_but_one_that_went_well_goes_before() -> None:
    request = a_token_payment()
    wire = Provider([ours(request, "Declined")])
    wire.actions = [action("Authorization", approved=False, response_code="20051")]
    with pytest.raises(Declined) as declined:
        await checkout(wire).find_payment(request, attempted_at=now())
    assert declined.value.decline_code == "insufficient_funds"
    both = Provider([ours(request, "Declined", id="pay_declined"), ours(request)])
    both.actions = wire.actions
    found = await checkout(both).find_payment(request, attempted_at=now())
    assert found is not None
    assert found.provider_payment_id == PAY


async def test_one_that_is_not_listed_is_sent_again_under_the_same_key_after_a_while() -> None:
    request = a_token_payment()
    wire = Provider([], made(request))
    found = await checkout(wire).find_payment(request, attempted_at=now() - A_WHILE_AGO)
    assert found is not None
    assert found.status == "authorized"
    assert [post.headers["Cko-Idempotency-Key"] for post in wire.posts] == [request.idempotency_key]


async def test_too_soon_an_empty_list_proves_nothing() -> None:
    for attempted_at in (now() - A_MOMENT_AGO, now() - timedelta(hours=23, seconds=5)):
        with pytest.raises(OutcomeUnknown, match="too soon"):
            await checkout(Provider([])).find_payment(a_token_payment(), attempted_at=attempted_at)


async def test_after_a_day_nothing_is_sent_and_what_is_not_listed_was_not_made() -> None:
    wire = Provider([])
    assert await checkout(wire).find_payment(a_token_payment(), attempted_at=now() - LONG_AGO) is None
    request = a_token_payment()
    found = await checkout(Provider([ours(request)])).find_payment(request, attempted_at=now() - LONG_AGO)
    assert found is not None


async def test_a_page_whose_address_never_arrived_cannot_be_paid() -> None:
    request = a_checkout()
    assert await checkout(Provider([])).find_payment(request, attempted_at=now()) is None
    found = await checkout(Provider([ours(request)])).find_payment(request, attempted_at=now())
    assert found is not None, "should one have been paid after all, it is not made again"


async def test_every_page_of_the_list_is_read() -> None:
    request = a_token_payment()
    wire = Provider([*(payment(id=f"pay_{number}") for number in range(150)), ours(request)])
    assert await checkout(wire).find_payment(request, attempted_at=now())
    assert [each.url.params["skip"] for each in wire.lists] == ["0", "100"]


async def test_a_list_without_end_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PAGES", 1)
    wire = Provider([payment(id=f"pay_{number}") for number in range(150)])
    with pytest.raises(OutcomeUnknown, match="there are more"):
        await checkout(wire).find_payment(a_token_payment(), attempted_at=now() - LONG_AGO)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(409, json={"error_codes": ["payment_request_conflict"]}), OutcomeUnknown),
        (httpx.Response(500), OutcomeUnknown),
        (httpx.Response(503), OutcomeUnknown),
        (httpx.Response(401), AuthenticationFailed),
    ],
)
async def test_while_it_cannot_be_asked_the_outcome_stays_unknown(
    answer: httpx.Response, kind: type[ProviderError]
) -> None:
    with pytest.raises(kind):
        await checkout(Provider([], answer)).find_payment(a_token_payment(), attempted_at=now() - A_WHILE_AGO)
    with pytest.raises(Unavailable):
        await checkout(lambda _: httpx.Response(500)).find_payment(a_token_payment(), attempted_at=now())


@pytest.mark.parametrize("by", ["metadata", "reference"])
async def test_a_refund_is_found_among_the_actions_of_its_payment(by: str) -> None:
    request = a_refund(PAY, money=Money.of("10.50", "AED"))
    mark = (
        {"metadata": {"wasl_refund_id": str(request.refund_id)}}
        if by == "metadata"
        else {"reference": refund_reference(request.refund_id)}
    )
    wire = Provider([payment("Captured")])
    wire.actions = [action("Refund", id="act_other"), action("Refund", amount=1050, **mark), action("Capture")]
    found = await checkout(wire).find_refund(request, attempted_at=now())
    assert found is not None
    assert (found.provider_refund_id, found.status) == (f"{PAY}:{ACT}", "succeeded")


async def test_a_refund_that_is_not_there_is_asked_for_again_under_the_same_key() -> None:
    request = a_refund(PAY, money=Money.of("10.50", "AED"))
    wire = Provider([payment("Captured")], httpx.Response(202, json={"action_id": ACT}))
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await checkout(wire).find_refund(request, attempted_at=now())
    found = await checkout(wire).find_refund(request, attempted_at=now() - A_WHILE_AGO)
    assert found is not None
    assert found.status == "pending"
    assert [post.headers["Cko-Idempotency-Key"] for post in wire.posts] == [request.idempotency_key]
    assert await checkout(Provider([payment("Captured")])).find_refund(request, attempted_at=now() - LONG_AGO) is None


@pytest.mark.parametrize(
    "body", [{"id": PAY}, {"status": "Authorized"}, {"id": PAY, "status": "Authorized", "currency": "XXX"}, []]
)
async def test_a_payment_whose_answer_is_unusable_is_unknown_not_failed(body: Any) -> None:
    with pytest.raises(OutcomeUnknown):
        await checkout(lambda _: httpx.Response(201, json=body)).create_payment(a_token_payment())
