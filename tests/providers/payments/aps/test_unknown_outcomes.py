"""Unknown outcomes are settled by asking; nobody is charged or refunded twice."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.providers.builders import a_capture, a_refund, now
from tests.providers.payments.aps.wire import (
    ID,
    NOT_FOUND,
    REFERENCE,
    Wire,
    a_charge,
    a_link,
    a_link_request,
    a_status,
    aps,
    charged,
)
from workers.providers.errors import AuthenticationFailed, Declined, OutcomeUnknown, Unavailable
from workers.providers.money import Money

LONG_AGO = timedelta(minutes=10)


def aed(amount: str) -> Money:
    return Money.of(amount, "AED")


async def test_in_place_of_a_lost_link_another_is_opened() -> None:
    wire, request = Wire(a_link()), a_link_request()
    found = await aps(wire).find_payment(request, attempted_at=now() - timedelta(seconds=120))
    assert found is not None
    assert found.checkout_url is not None
    sent = wire.bodies[0]["merchant_reference"]
    assert sent in (f"{request.payment_id.hex}-120", f"{request.payment_id.hex}-121")
    assert len(sent) <= 40
    assert found.payment_id == request.payment_id
    assert found.provider_payment_id == f"{sent}/AED/9900"


async def test_a_reference_fits_however_long_it_took() -> None:
    wire, request = Wire(a_link()), a_link_request()
    await aps(wire).find_payment(request, attempted_at=now() - timedelta(days=1000))
    assert len(wire.bodies[0]["merchant_reference"]) == 40


@pytest.mark.parametrize(("code", "status"), [("14000", "captured"), ("19000", "processing"), ("08000", "cancelled")])
async def test_a_charge_is_found_by_its_reference(code: str, status: str) -> None:
    wire, request = Wire(a_status(code)), a_charge()
    found = await aps(wire).find_payment(request, attempted_at=now())
    assert found is not None
    assert (found.status, found.payment_id) == (status, request.payment_id)
    assert wire.commands == ["CHECK_STATUS"]
    assert wire.bodies[0]["merchant_reference"] == str(request.payment_id)


async def test_a_declined_charge_is_settled() -> None:
    request = a_charge()
    with pytest.raises(Declined) as declined:
        await aps(Wire(a_status("13029"))).find_payment(request, attempted_at=now())
    assert declined.value.decline_code == "insufficient_funds"
    assert declined.value.provider_payment_id == f"{request.payment_id}/AED/9900"


async def test_soon_after_the_attempt_nothing_is_proved() -> None:
    wire = Wire(NOT_FOUND)
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await aps(wire).find_payment(a_charge(), attempted_at=now() - timedelta(minutes=1))
    assert wire.commands == ["CHECK_STATUS"]


async def test_what_never_arrived_is_sent_again_under_the_same_reference() -> None:
    wire, request = Wire(NOT_FOUND, charged()), a_charge()
    found = await aps(wire).find_payment(request, attempted_at=now() - LONG_AGO)
    assert found is not None
    assert found.status == "captured"
    assert wire.commands == ["CHECK_STATUS", "PURCHASE"]
    assert {body["merchant_reference"] for body in wire.bodies} == {str(request.payment_id)}


@pytest.mark.parametrize("code", ["00007", "00047", "00066", "00784"])
async def test_a_duplicate_stays_unknown_and_charges_nobody(code: str) -> None:
    with pytest.raises(OutcomeUnknown):
        await aps(Wire(NOT_FOUND, charged(code))).find_payment(a_charge(), attempted_at=now() - LONG_AGO)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(500), Unavailable),
        (httpx.ReadTimeout("late"), Unavailable),
        (httpx.Response(404, json={"message": "Not Found"}), Unavailable),  # no word of APS's
        (httpx.Response(400, text="<html>"), Unavailable),
        ({"response_code": "00002"}, Unavailable),  # the question was wrong, not the charge
        ({"response_code": "00006"}, Unavailable),
        ({"response_code": "00008"}, AuthenticationFailed),
    ],
)
async def test_a_question_that_fails_settles_nothing(answer: Any, error: type[Exception]) -> None:
    wire = Wire(answer)
    with pytest.raises(error):
        await aps(wire).find_payment(a_charge(), attempted_at=now() - LONG_AGO)
    assert wire.commands == ["CHECK_STATUS"], "nothing is sent on a guess"


# Refunds.


async def test_everything_given_back_means_that_it_was_made() -> None:
    wire, request = Wire(a_status("06000", 9900, 9900, 9900)), a_refund(ID, money=aed("99.00"))
    found = await aps(wire).find_refund(request, attempted_at=now())
    assert found is not None
    assert (found.status, found.refund_id, str(found.money)) == ("succeeded", request.refund_id, "AED 99.00")
    assert wire.commands == ["CHECK_STATUS"]


@pytest.mark.parametrize("refunded", [0, 999])
async def test_less_given_back_than_asked_means_that_it_was_not_made(refunded: int) -> None:
    answer, request = a_status("06000", 9900, 9900, refunded), a_refund(ID, money=aed("10.00"))
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await aps(Wire(answer)).find_refund(request, attempted_at=now())
    assert await aps(Wire(answer)).find_refund(request, attempted_at=now() - LONG_AGO) is None


async def test_a_refund_of_all_that_left_something_was_not_made() -> None:
    answer = a_status("06000", 9900, 9900, 1000)
    assert await aps(Wire(answer)).find_refund(a_refund(ID), attempted_at=now() - LONG_AGO) is None


async def test_everything_given_back_proves_nothing_of_a_part() -> None:
    wire = Wire(a_status("06000", 9900, 9900, 9900), {"response_code": "07048"})
    with pytest.raises(OutcomeUnknown):
        await aps(wire).find_refund(a_refund(ID, money=aed("10.00")), attempted_at=now() - LONG_AGO)


@pytest.mark.parametrize("refunded", [1000, 9900])
async def test_a_duplicate_refund_was_made(refunded: int) -> None:
    wire = Wire(a_status("06000", 9900, 9900, refunded), {"response_code": "07007"})
    request = a_refund(ID, money=aed("10.00"))
    found = await aps(wire).find_refund(request, attempted_at=now())
    assert found is not None
    assert (found.status, found.provider_refund_id) == ("succeeded", f"{REFERENCE}/AED/1000/{request.refund_id}")
    assert wire.bodies[1]["maintenance_reference"] == str(request.refund_id)


async def test_another_refund_does_not_pass_for_ours() -> None:
    wire = Wire(a_status("06000", 9900, 9900, 1000), {"response_code": "06000"})
    found = await aps(wire).find_refund(a_refund(ID, money=aed("10.00")), attempted_at=now())
    assert found is not None
    assert found.status == "succeeded"
    assert wire.commands == ["CHECK_STATUS", "REFUND"]


@pytest.mark.parametrize("code", ["07048", "00034", "07006", "07784"])
async def test_a_refusal_that_proves_nothing_stays_unknown(code: str) -> None:
    wire = Wire(a_status("06000", 9900, 9900, 5000), {"response_code": code})
    with pytest.raises(OutcomeUnknown):
        await aps(wire).find_refund(a_refund(ID, money=aed("50.00")), attempted_at=now() - LONG_AGO)


async def test_what_was_done_but_cannot_be_read_is_unknown() -> None:
    wire = Wire({"response_code": "04000"}, httpx.Response(503))
    with pytest.raises(OutcomeUnknown, match="done"):
        await aps(wire).capture_payment(a_capture(ID, money=aed("99.00")))
