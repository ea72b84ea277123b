"""An unknown outcome is settled by asking: the same POST again, then the list. Nothing is ever charged twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_checkout, a_payment, a_refund, now, stripe
from workers.providers.errors import AuthenticationFailed, Declined, InvalidRequest, OutcomeUnknown
from workers.providers.payments.models import PaymentRequest

LONG_AGO = timedelta(hours=30)
A_MOMENT_AGO = timedelta(seconds=2)
A_WHILE_AGO = timedelta(minutes=5)


def an_intent(request: PaymentRequest, **changes: Any) -> dict[str, Any]:
    intent = {
        "id": "pi_1",
        "amount": 9900,
        "amount_received": 9900,
        "currency": "aed",
        "status": "succeeded",
        "metadata": {"wasl_payment_id": str(request.payment_id)},
    }
    return {**intent, **changes}


def a_page(*items: Any, has_more: bool = False) -> dict[str, Any]:
    return {"object": "list", "data": list(items), "has_more": has_more, "url": "/v1/payment_intents"}


class Stripe:
    """Answers POSTs and lists as the test says, and keeps them; what is listed can be read."""

    def __init__(self, post: httpx.Response | Callable[[], Any], *pages: dict[str, Any]) -> None:
        self.post = post
        self.pages = list(pages)
        self.objects = {item["id"]: item for page in pages for item in page["data"]}
        self.posts: list[httpx.Request] = []
        self.lists: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.posts.append(request)
            return self.post if isinstance(self.post, httpx.Response) else self.post()
        if "limit" in request.url.params:
            self.lists.append(request)
            return httpx.Response(200, json=self.pages.pop(0))
        return httpx.Response(200, json=self.objects[request.url.path.rsplit("/", 1)[1]])


def never(*_: Any) -> httpx.Response:
    raise AssertionError("no POST was to be sent")


REPLAYED = {"Idempotent-Replayed": "true"}
KEPT_500 = httpx.Response(500, json={"error": {"type": "api_error", "message": "Oops."}}, headers=REPLAYED)
FRESH_500 = httpx.Response(500, json={"error": {"type": "api_error", "message": "Oops."}})
OTHER_PARAMETERS = httpx.Response(400, json={"error": {"type": "idempotency_error", "message": "Other parameters."}})


async def test_within_a_day_the_same_post_is_sent_again_under_the_same_key() -> None:
    request = a_payment()
    wire = Stripe(httpx.Response(200, json=an_intent(request)))
    found = await stripe(wire).find_payment(request, attempted_at=now() - A_MOMENT_AGO)
    assert found is not None
    assert found.status == "captured"
    assert [post.headers["Idempotency-Key"] for post in wire.posts] == [request.idempotency_key]
    assert not wire.lists


async def test_a_kept_decline_settles_it() -> None:
    body = {"error": {"type": "card_error", "code": "card_declined", "message": "Declined."}}
    with pytest.raises(Declined):
        await stripe(Stripe(httpx.Response(402, json=body))).find_payment(a_payment(), attempted_at=now())


@pytest.mark.parametrize("kept", [KEPT_500, OTHER_PARAMETERS])
async def test_where_the_kept_answer_is_useless_the_list_is_asked(kept: httpx.Response) -> None:
    request = a_payment()
    wire = Stripe(kept, a_page(an_intent(request, id="pi_other", metadata={}), an_intent(request)))
    found = await stripe(wire).find_payment(request, attempted_at=now() - A_MOMENT_AGO)
    assert found is not None
    assert found.provider_payment_id == "pi_1"


async def test_after_a_day_no_post_is_sent() -> None:
    request = a_payment()
    wire = Stripe(never, a_page(an_intent(request)))
    found = await stripe(wire).find_payment(request, attempted_at=now() - LONG_AGO)
    assert found is not None
    assert found.status == "captured"
    query = wire.lists[0].url.params
    attempted = (now() - LONG_AGO).timestamp()
    assert int(query["created[gte]"]) < attempted < int(query["created[lte]"])
    assert query["limit"] == "100"


async def test_a_hosted_payment_is_looked_for_among_the_sessions() -> None:
    request = a_checkout()
    session = {
        "id": "cs_test_1",
        "amount_total": 9900,
        "currency": "aed",
        "status": "open",
        "payment_status": "unpaid",
        "url": "https://checkout.stripe.com/c/pay/cs_test_1",
        "metadata": {"wasl_payment_id": str(request.payment_id)},
    }
    wire = Stripe(never, a_page(session))
    found = await stripe(wire).find_payment(request, attempted_at=now() - LONG_AGO)
    assert wire.lists[0].url.path == "/v1/checkout/sessions"
    assert found is not None
    assert found.checkout_url


async def test_every_page_of_the_list_is_read() -> None:
    request = a_payment()
    pages = [
        a_page({"id": "pi_9", "metadata": {}}, {"id": "pi_8", "metadata": None}, has_more=True),
        a_page(an_intent(request)),
    ]
    wire = Stripe(never, *pages)
    assert await stripe(wire).find_payment(request, attempted_at=now() - LONG_AGO)
    assert [page.url.params.get("starting_after") for page in wire.lists] == [None, "pi_8"]


async def test_after_a_day_a_payment_that_is_not_listed_was_not_made() -> None:
    assert await stripe(Stripe(never, a_page())).find_payment(a_payment(), attempted_at=now() - LONG_AGO) is None


@pytest.mark.parametrize("kept", [KEPT_500, OTHER_PARAMETERS])
async def test_where_a_key_can_lead_to_nothing_any_more_a_second_one_is_used(kept: httpx.Response) -> None:
    request = a_payment()
    answers = [kept, httpx.Response(200, json=an_intent(request))]
    wire = Stripe(lambda: answers.pop(0), a_page())
    found = await stripe(wire).find_payment(request, attempted_at=now() - A_WHILE_AGO)
    assert found is not None
    assert found.status == "captured"
    keys = [post.headers["Idempotency-Key"] for post in wire.posts]
    assert keys == [request.idempotency_key, f"{request.idempotency_key}:2"]
    assert wire.posts[0].content == wire.posts[1].content


async def test_where_the_second_key_failed_too_the_outcome_stays_unknown() -> None:
    with pytest.raises(OutcomeUnknown):
        await stripe(Stripe(KEPT_500, a_page())).find_payment(a_payment(), attempted_at=now() - A_WHILE_AGO)


async def test_too_soon_after_a_500_an_empty_list_proves_nothing() -> None:
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await stripe(Stripe(KEPT_500, a_page())).find_payment(a_payment(), attempted_at=now() - A_MOMENT_AGO)


async def test_the_list_is_not_believed_until_the_last_possible_try_has_settled() -> None:
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await stripe(Stripe(never, a_page())).find_payment(a_payment(), attempted_at=now() - timedelta(hours=23))


async def test_a_list_without_end_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.providers.payments.stripe.connector.MAX_PAGES", 2)
    page = a_page({"id": "pi_9", "metadata": {}}, has_more=True)
    wire = Stripe(never, page, page)
    with pytest.raises(OutcomeUnknown, match="there are more"):
        await stripe(wire).find_payment(a_payment(), attempted_at=now() - LONG_AGO)


async def test_while_stripe_cannot_be_asked_the_outcome_stays_unknown() -> None:
    def hang_up() -> httpx.Response:
        raise httpx.ReadError("reset")

    unsettled: list[tuple[Any, type[Exception]]] = [
        (hang_up, OutcomeUnknown),
        (httpx.Response(409, json={"error": {"code": "idempotency_key_in_use"}}), OutcomeUnknown),
        (FRESH_500, OutcomeUnknown),
        (httpx.Response(504, text="Gateway Timeout"), OutcomeUnknown),
        (httpx.Response(503, json={}), OutcomeUnknown),
        (httpx.Response(401, json={}), AuthenticationFailed),
    ]
    for answer, expected in unsettled:
        wire = Stripe(answer)
        with pytest.raises(expected):
            await stripe(wire).find_payment(a_payment(), attempted_at=now() - A_MOMENT_AGO)
        assert not wire.lists


async def test_a_refusal_settles_it() -> None:
    answer = httpx.Response(400, json={"error": {"type": "invalid_request_error", "param": "amount", "message": "No."}})
    with pytest.raises(InvalidRequest):
        await stripe(Stripe(answer)).find_payment(a_payment(), attempted_at=now())


async def test_refunds_are_settled_the_same_way() -> None:
    request = a_refund("pi_1")
    refund = {
        "id": "re_1",
        "amount": 1050,
        "currency": "aed",
        "status": "succeeded",
        "payment_intent": "pi_1",
        "metadata": {"wasl_refund_id": str(request.refund_id)},
    }
    again = Stripe(httpx.Response(200, json=refund))
    found = await stripe(again).find_refund(request, attempted_at=now())
    assert found is not None
    assert found.refund_id == request.refund_id
    assert again.posts[0].headers["Idempotency-Key"] == request.idempotency_key

    listed = Stripe(KEPT_500, a_page({"id": "re_0", "metadata": {}}, refund))
    found = await stripe(listed).find_refund(request, attempted_at=now())
    assert found is not None
    assert found.provider_refund_id == "re_1"
    assert listed.lists[0].url.params["payment_intent"] == "pi_1"

    absent = Stripe(never, a_page())
    assert await stripe(absent).find_refund(request, attempted_at=now() - LONG_AGO) is None
