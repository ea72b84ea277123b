"""What Amazon Payment Services answers, in Wasl's words."""

import uuid
from typing import Any

import pytest

from tests.providers.builders import a_refund
from tests.providers.payments.aps.documented import MESSAGES, STATUSES
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
from workers.providers.errors import NotFound, OutcomeUnknown, Unavailable
from workers.providers.money import Money
from workers.providers.payments.aps.codes import (
    DECLINE_REASONS,
    OTHER_STATUSES,
    PAYMENT_STATUSES,
    decline,
    payment_status,
)
from workers.providers.payments.aps.objects import our_id
from workers.providers.payments.models import DeclineReason, PaymentStatus


async def status_of(*answers: Any) -> str:
    return (await aps(Wire(*answers)).get_payment(ID)).status


def test_every_documented_status_is_known() -> None:
    assert set(STATUSES) == PAYMENT_STATUSES.keys() | OTHER_STATUSES
    assert not PAYMENT_STATUSES.keys() & OTHER_STATUSES


@pytest.mark.parametrize("message", MESSAGES)
def test_no_message_makes_a_refusal_a_success(message: str) -> None:
    unpaid = {
        PaymentStatus.CREATED,
        PaymentStatus.REQUIRES_ACTION,
        PaymentStatus.PROCESSING,
        PaymentStatus.FAILED,
    }
    for status in ("00", "01", "03", "10", "13", "15", "19", "20", "40", "45", "99"):
        assert payment_status(status + message) in unpaid


def test_decline_reasons_are_of_documented_messages() -> None:
    assert DECLINE_REASONS.keys() <= set(MESSAGES)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("00000", "failed"),
        ("01000", "created"),
        ("01072", "failed"),
        ("02000", "authorized"),
        ("03666", "failed"),
        ("10000", "created"),
        ("10030", "failed"),
        ("13029", "failed"),
        ("14000", "captured"),
        ("15777", "processing"),
        ("19000", "processing"),
        ("19065", "requires_action"),
        ("20000", "processing"),
        ("20064", "requires_action"),
        ("40090", "processing"),
        ("44000", "processing"),
        ("45787", "failed"),
        # Uncertain messages say that nobody knows, whatever the status says.
        ("13006", "processing"),
        ("00006", "processing"),
        ("03784", "processing"),
        ("00007", "processing"),
        # What nobody documented is still under way.
        ("99000", "processing"),
    ],
)
def test_a_code_is_a_status(code: str, status: str) -> None:
    assert payment_status(code) == status


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (a_status("02000", 9900), "authorized"),
        (a_status("14000", 9900, 9900), "captured"),
        (a_status("14000", captured_amount=""), "captured"),
        (a_status("04000", 9900, 9900), "captured"),
        (a_status("04000", 9900, 4000), "partially_captured"),
        (a_status("05666", 9900), "authorized"),
        (a_status("06000", 9900, 9900, 1000), "partially_refunded"),
        (a_status("06000", 9900, 9900, 9900), "refunded"),
        (a_status("06000", refunded=1000, captured_amount=""), "partially_refunded"),
        (a_status("06000", refunded=9900, captured_amount=""), "refunded"),
        (a_status("07666", 9900, 9900), "captured"),
        (a_status("07666", 9900, 9900, 1000), "partially_refunded"),
        (a_status("08000", 9900), "cancelled"),
        (a_status("08000", 9900, 4000), "captured"),
        (a_status("09034", 9900), "authorized"),
        (a_status("13666"), "failed"),
        (a_status("99000"), "processing"),
        (a_status("99000", 9900, 9900), "processing"),
        (a_status("", transaction_code=None, transaction_status="14"), "captured"),
    ],
)
async def test_the_last_operation_and_the_totals_tell_the_status(answer: dict[str, Any], status: str) -> None:
    assert await status_of(answer) == status


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("Open", "requires_action"),
        ("Paid", "processing"),
        ("EXPIRED", "expired"),
        ("Closed", "cancelled"),
        ("Framed", "processing"),
    ],
)
async def test_a_link_without_a_payment_says_how_it_stands_itself(told: str, status: str) -> None:
    link = {"response_code": "12000", "payment_link_status": told, "payment_link_id": "14"}
    payment = await aps(Wire(NOT_FOUND, link)).get_payment(ID)
    assert (payment.status, payment.provider_status, payment.provider_session_id) == (status, told, "14")


async def test_what_is_neither_paid_nor_linked_is_not_there() -> None:
    with pytest.raises(NotFound):
        await aps(Wire(NOT_FOUND, {"response_code": "11149"})).get_payment(ID)
    with pytest.raises(NotFound):
        await aps(Wire({"response_code": "12036"}, {"response_code": "12036"})).get_payment(ID)


async def test_a_new_link() -> None:
    request = a_link_request()
    opened = await aps(Wire(a_link())).create_payment(request)
    assert opened.provider_payment_id == f"{request.payment_id}/AED/9900"
    assert opened.provider_session_id == "148708392700020346"
    assert opened.payment_id == request.payment_id
    assert (opened.status, opened.provider_status) == ("requires_action", "48000")
    assert opened.checkout_url == "https://checkout.payfort.com/dfc3d762"
    assert opened.next_action is not None
    assert (opened.next_action.type, opened.next_action.url) == ("redirect", opened.checkout_url)


async def test_a_charge_that_went_through() -> None:
    request = a_charge()
    paid = await aps(Wire(charged())).create_payment(request)
    assert paid.provider_payment_id == f"{request.payment_id}/AED/9900"
    assert (paid.status, paid.provider_status) == ("captured", "14000")
    assert (str(paid.amount_authorized), str(paid.amount_captured)) == ("99.00", "99.00")
    assert paid.provider_data == {"fort_id": "149295435400084008"}
    assert paid.saved_method is None


async def test_a_reservation() -> None:
    held = await aps(Wire(charged("02000"))).create_payment(a_charge(capture_method="manual"))
    assert (held.status, str(held.amount_authorized), held.amount_captured) == ("authorized", "99.00", None)


async def test_a_payer_is_sent_to_three_d_secure() -> None:
    bank = "https://sbcheckout.payfort.com/FortAPI/general/secure3ds?id=1"
    waiting = await aps(Wire(charged("20064", **{"3ds_url": bank}))).create_payment(a_charge())
    assert waiting.status == "requires_action"
    assert waiting.next_action is not None
    assert (waiting.next_action.type, waiting.next_action.url) == ("redirect", bank)


@pytest.mark.parametrize("code", ["15777", "19000", "20000", "40090"])
async def test_what_is_not_decided_is_processing(code: str) -> None:
    payment = await aps(Wire(charged(code))).create_payment(a_charge())
    assert (payment.status, payment.amount_captured) == ("processing", None)


async def test_a_saved_method() -> None:
    told = {
        "payment_option": "VISA",
        "card_number": "400555******0001",
        "expiry_date": "2905",
        "agreement_id": "A-17",
    }
    paid = await aps(Wire(charged(**told))).create_payment(a_charge(save_payment_method=True))
    saved = paid.saved_method
    assert saved is not None
    assert (saved.token, saved.type, saved.brand) == ("Op9Vmp", "card", "VISA")
    assert (saved.last_four, saved.expires) == ("0001", "2029-05")
    assert saved.provider_data == {"agreement_id": "A-17"}
    assert "400555" not in paid.model_dump_json()


async def test_a_saved_mada_card_with_less_told_of_it() -> None:
    told = {"payment_option": "MADA", "card_number": "****************", "expiry_date": "9913"}
    paid = await aps(Wire(charged(**told))).create_payment(a_charge(save_payment_method=True))
    assert paid.saved_method is not None
    assert (paid.saved_method.type, paid.saved_method.last_four, paid.saved_method.expires) == ("mada", None, None)


async def test_why_a_payment_failed() -> None:
    answer = a_status("13666", transaction_message="Transaction declined", acquirer_response_code="51")
    payment = await aps(Wire(answer)).get_payment(ID)
    assert payment.decline is not None
    assert payment.decline.reason is DeclineReason.INSUFFICIENT_FUNDS
    assert (payment.decline.code, payment.decline.message) == ("13666", "Transaction declined")


@pytest.mark.parametrize(
    ("code", "acquirer", "reason"),
    [
        ("13012", None, "card_expired"),
        ("13016", None, "invalid_card"),
        ("13029", None, "insufficient_funds"),
        ("13029", "05", "insufficient_funds"),
        ("03030", None, "authentication_failed"),
        ("13050", None, "limit_exceeded"),
        ("01072", None, "cancelled_by_payer"),
        ("13666", None, "do_not_honor"),
        ("13666", "54", "card_expired"),
        ("13666", "43", "card_blocked"),
        ("13666", "211", "incorrect_cvc"),
        ("13666", "failure(denied by risk)", "suspected_fraud"),
        ("13666", "94", "duplicate"),
        ("13666", "91", "issuer_unavailable"),
        ("13666", "what", "do_not_honor"),
        ("13785", None, "suspected_fraud"),
        ("45000", None, "authentication_failed"),
        ("13000", None, "other"),
        ("13999", None, "other"),
    ],
)
def test_decline_reasons(code: str, acquirer: str | None, reason: str) -> None:
    assert decline(code, "no", acquirer).reason == reason


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("06000", "succeeded", None),
        ("19000", "pending", None),
        ("15777", "pending", None),
        ("07666", "failed", "07666"),
    ],
)
async def test_a_refund(code: str, status: str, reason: str | None) -> None:
    request = a_refund(ID, money=Money.of("10.00", "AED"))
    refund = await aps(Wire({"response_code": code})).refund_payment(request)
    assert (refund.status, refund.provider_status, refund.failure_reason) == (status, code, reason)
    assert (refund.refund_id, refund.payment_id) == (request.refund_id, uuid.UUID(REFERENCE))
    assert (refund.provider_payment_id, str(refund.money)) == (ID, "AED 10.00")


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (a_status("06000", 9900, 9900, 1000), "succeeded"),
        (a_status("19000", 9900, 9900), "pending"),
        (a_status("07666", 9900, 9900), "failed"),
    ],
)
async def test_a_refund_is_read_from_the_totals(answer: dict[str, Any], status: str) -> None:
    refund_id = uuid.uuid4()
    known_as = f"{REFERENCE}/AED/1000/{refund_id}"
    refund = await aps(Wire(answer)).get_refund(known_as)
    assert (refund.status, refund.provider_refund_id, refund.refund_id) == (status, known_as, refund_id)
    assert str(refund.money) == "AED 10.00"


@pytest.mark.parametrize(
    ("reference", "is_ours"),
    [
        (REFERENCE, True),
        (REFERENCE.replace("-", ""), True),
        (f"{REFERENCE.replace('-', '')}-120", True),
        (f"{REFERENCE}-120x", False),
        ("ORD-2024-001", False),
        ("", False),
        (None, False),
    ],
)
def test_a_reference_of_ours(reference: str | None, is_ours: bool) -> None:
    assert our_id(reference) == (uuid.UUID(REFERENCE) if is_ours else None)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"response_code": "nope"},
        {"response_code": None},
        {"payment_link": "javascript:alert(1)"},
        {"payment_link": None},
        {"amount": "9901"},
        {"amount": "99.00"},
        {"currency": "XXZ"},
        {"currency": "USD"},
        {"merchant_reference": "another"},
    ],
)
async def test_an_answer_of_another_form_leaves_it_unknown(spoilt: dict[str, Any]) -> None:
    with pytest.raises(OutcomeUnknown):
        await aps(Wire(a_link(**spoilt))).create_payment(a_link_request())


@pytest.mark.parametrize(
    "spoilt", [{"captured_amount": "lots"}, {"transaction_code": "x"}, {"currency": "XXZ"}, {"merchant_reference": "y"}]
)
async def test_an_unreadable_answer_to_a_question_is_only_unavailable(spoilt: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        await aps(Wire(a_status("14000", 9900, 9900, **spoilt))).get_payment(ID)
