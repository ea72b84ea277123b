"""An unknown outcome is settled: a lost page by another one, everything else by what the cart lists."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_capture, a_checkout, a_refund, now
from tests.providers.payments.paytabs.wire import (
    PAGE,
    REF,
    REFUND_REF,
    Wire,
    a_charge,
    a_follow_up,
    a_page,
    a_result,
    a_token_payment,
    a_transaction,
    an_error,
    paytabs,
)
from workers.providers.errors import Declined, NotFound, OutcomeUnknown, ProviderError, Unavailable
from workers.providers.money import Money

TEN = Money.of("10.00", "AED")
LONG_AGO = timedelta(minutes=10)


async def test_a_lost_page_is_left_to_lie_and_another_opened_in_a_cart_of_its_own() -> None:
    request = a_checkout()
    wire = Wire()

    def answer(sent: httpx.Request) -> httpx.Response:
        wire.requests.append(sent)
        return httpx.Response(200, json=a_page(request, cart_id=wire.bodies[-1]["cart_id"]))

    found = await paytabs(answer).find_payment(request, attempted_at=now() - timedelta(seconds=90))
    assert found is not None
    assert (found.checkout_url, found.payment_id) == (PAGE, request.payment_id)
    assert wire.bodies[0]["cart_id"].startswith(f"{request.payment_id}-9")
    await paytabs(answer).find_payment(request, attempted_at=now() + timedelta(minutes=1))
    assert wire.bodies[1]["cart_id"] == f"{request.payment_id}-1"
    assert all(len(body["cart_id"]) <= 64 for body in wire.bodies)


@pytest.mark.parametrize(
    "answer",
    [
        a_page(redirect_url=None),
        a_page(redirect_url="javascript:alert(1)"),
        a_page(cart_amount="99.01"),
        a_page(cart_currency="USD"),
        a_page(cart_id="another"),
        a_page(tran_ref=None),
        {},
        [],
        httpx.Response(200, text="<html>"),
        httpx.Response(204),
    ],
    ids=str,
)
async def test_a_page_that_is_not_the_one_asked_for_is_no_usable_answer(answer: Any) -> None:
    request = a_checkout()
    if isinstance(answer, dict) and answer.get("cart_id") != "another":
        answer = {**answer, "cart_id": str(request.payment_id)}
    with pytest.raises(OutcomeUnknown):
        await paytabs(Wire(answer)).create_payment(request)


async def test_a_charge_is_found_by_its_cart() -> None:
    request = a_token_payment()
    wire = Wire([a_charge(request)])
    found = await paytabs(wire).find_payment(request, attempted_at=now())
    assert found is not None
    assert (found.status, found.payment_id) == ("captured", request.payment_id)
    assert wire.bodies == [{"profile_id": 47170, "cart_id": str(request.payment_id)}]


async def test_a_charge_that_was_declined_is_settled_as_such() -> None:
    request = a_token_payment()
    listed = [a_charge(request, payment_result=a_result("D", "300", "Not authorised"))]
    with pytest.raises(Declined) as raised:
        await paytabs(Wire(listed)).find_payment(request, attempted_at=now())
    assert raised.value.decline_code == "do_not_honor"


@pytest.mark.parametrize("nothing", [[], an_error(113, "Invalid transaction reference")], ids=str)
async def test_a_charge_that_is_not_listed_was_not_made_once_there_was_time_enough(nothing: Any) -> None:
    request = a_token_payment()
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await paytabs(Wire(nothing)).find_payment(request, attempted_at=now() - timedelta(minutes=4))
    wire = Wire(nothing)
    assert await paytabs(wire).find_payment(request, attempted_at=now() - LONG_AGO) is None
    assert len(wire.requests) == 1  # it is never sent again from here


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("slow"),
        httpx.Response(500),
        httpx.Response(200, text="{"),
        an_error(2, "Invalid request", 400),
        httpx.Response(404, text="<html>"),
    ],
)
async def test_while_paytabs_cannot_be_asked_nothing_is_settled(answer: Any) -> None:
    with pytest.raises(Unavailable):
        await paytabs(Wire(answer)).find_payment(a_token_payment(), attempted_at=now() - LONG_AGO)


@pytest.mark.parametrize("body", [{"message": "Not Found"}, {"message": "no Route matched"}], ids=str)
async def test_that_a_proxy_finds_nothing_is_no_proof(body: Any) -> None:
    """Else a charge that was made would be made again."""
    with pytest.raises(NotFound):
        await paytabs(Wire(httpx.Response(404, json=body))).find_payment(
            a_token_payment(), attempted_at=now() - LONG_AGO
        )


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("slow"),
        httpx.Response(204),
        httpx.Response(200, text="{"),
        a_follow_up("Capture", amount="98.00"),
        a_follow_up("Capture", tran_ref=REF),
        a_follow_up("Capture", previous_tran_ref="TST2530002372099"),
        a_follow_up("Capture", payment_result=None),
        an_error(4, "Duplicate Request", 409),
    ],
    ids=str,
)
async def test_a_capture_without_a_usable_answer_is_unknown(answer: Any) -> None:
    auth = a_transaction("Auth")
    with pytest.raises(OutcomeUnknown):
        await paytabs(Wire(auth, [auth], answer)).capture_payment(a_capture(REF))


@pytest.mark.parametrize("answer", [httpx.ReadTimeout("slow"), httpx.Response(500)])
async def test_before_the_write_a_failure_is_certain(answer: Any) -> None:
    for answers in ([answer], [a_transaction("Auth"), answer]):
        with pytest.raises(Unavailable):
            await paytabs(Wire(*answers)).capture_payment(a_capture(REF))


async def test_questions_may_be_repeated_by_the_transport_and_writes_never() -> None:
    seen: list[bool] = []
    auth = a_transaction("Auth")
    answers = iter([auth, [auth], a_follow_up("Capture")])

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append(request.extensions["wasl"]["retryable"])
        return httpx.Response(200, json=next(answers))

    await paytabs(respond).capture_payment(a_capture(REF))
    assert seen == [True, True, False]


async def test_a_lost_refund_is_known_by_its_description() -> None:
    sale, request = a_transaction(), a_refund(REF, money=TEN)
    mine = a_follow_up("Refund", "10.00", cart_description=f"Refund {request.refund_id} Broken")
    twin = a_follow_up("Refund", "10.00", tran_ref="TST2530002372090", cart_description="Refund of something")
    found = await paytabs(Wire(sale, [twin, mine, sale])).find_refund(request, attempted_at=now())
    assert found is not None
    assert (found.provider_refund_id, found.refund_id) == (REFUND_REF, request.refund_id)
    assert await paytabs(Wire(sale, [twin, sale])).find_refund(request, attempted_at=now() - LONG_AGO) is None


async def test_a_refund_that_failed_counts_only_where_no_other_was_made() -> None:
    sale, request = a_transaction(), a_refund(REF, money=TEN)
    described = f"Refund {request.refund_id}"
    failed = a_follow_up("Refund", "10.00", "D", tran_ref="TST2530002372090", cart_description=described)
    made = a_follow_up("Refund", "10.00", cart_description=described)
    found = await paytabs(Wire(sale, [failed, sale])).find_refund(request, attempted_at=now())
    assert found is not None
    assert found.status == "failed"
    found = await paytabs(Wire(sale, [failed, made, sale])).find_refund(request, attempted_at=now())
    assert found is not None
    assert (found.status, found.provider_refund_id) == ("succeeded", REFUND_REF)


async def test_too_soon_after_the_attempt_or_in_a_list_that_may_be_cut_absence_proves_nothing() -> None:
    sale, request = a_transaction(), a_refund(REF, money=TEN)
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await paytabs(Wire(sale, [sale])).find_refund(request, attempted_at=now())
    others = [a_follow_up("Refund", "1.00", tran_ref=f"TST25300023721{number:02d}") for number in range(19)]
    with pytest.raises(OutcomeUnknown, match="may be more"):
        await paytabs(Wire(sale, [*others, sale])).find_refund(request, attempted_at=now() - LONG_AGO)


@pytest.mark.parametrize(
    "answer", [httpx.ReadTimeout("slow"), httpx.Response(500), an_error(4, "Duplicate Request", 409)]
)
async def test_a_refund_without_an_answer_is_unknown(answer: Any) -> None:
    sale = a_transaction()
    with pytest.raises(OutcomeUnknown):
        await paytabs(Wire(sale, [sale], answer)).refund_payment(a_refund(REF))


@pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), httpx.Response(429)])
async def test_only_what_certainly_did_not_happen_is_refused_for_now(failure: Any) -> None:
    with pytest.raises(ProviderError) as raised:
        await paytabs(Wire(failure)).create_payment(a_token_payment())
    assert raised.value.retryable
