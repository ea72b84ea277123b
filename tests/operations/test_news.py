"""What a provider said, in the words of the state machine; what it did not say is left out."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from workers.operations.news import failed_payment_news, failed_refund_news, payment_news, refund_news
from workers.providers.errors import Declined, InvalidRequest
from workers.providers.money import Money
from workers.providers.payments.models import (
    Decline,
    DeclineReason,
    NextAction,
    PaymentResult,
    PaymentStatus,
    RefundResult,
    RefundStatus,
)

MONEY = Money.of("99.00", "AED")


def test_a_fact_that_was_not_told_is_left_out() -> None:
    bare = PaymentResult(
        provider_payment_id="pi_1", status=PaymentStatus.PROCESSING, provider_status="processing", money=MONEY
    )
    assert payment_news(bare) == {
        "status": "processing", "provider_status": "processing", "provider_payment_id": "pi_1"
    }  # fmt: skip


def test_everything_that_was_told_is_passed_on() -> None:
    full = PaymentResult(
        provider_payment_id="pi_1",
        provider_session_id="cs_1",
        status=PaymentStatus.REQUIRES_ACTION,
        provider_status="open",
        money=MONEY,
        amount_authorized=Decimal("99.00"),
        amount_captured=Decimal("1E+1"),
        checkout_url="https://pay.example/1",
        client_secret="pi_1_secret_2",
        next_action=NextAction(type="redirect", url="https://pay.example/1"),
        decline=Decline(reason=DeclineReason.CARD_EXPIRED, code="expired_card", message="Your card has expired."),
        provider_data={"charge": "ch_1"},
    )
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    news = payment_news(full, connection_id=UUID(int=7), occurred_at=moment)
    assert news["provider_session_id"] == "cs_1"
    assert (news["amount_authorized"], news["amount_captured"]) == ("99.00", "10")
    assert news["next_action"] == {"type": "redirect", "url": "https://pay.example/1"}
    assert news["failure"] == {"code": "expired_card", "reason": "card_expired", "message": "Your card has expired."}
    assert (news["connection_id"], news["occurred_at"]) == (str(UUID(int=7)), "2026-01-02T03:04:05+00:00")
    assert "pi_1_secret_2" not in str(news)


def test_a_decline_keeps_the_payment_that_was_declined() -> None:
    error = Declined("No.", decline_code="card_expired", provider_payment_id="pi_1", provider_code="expired_card")
    assert failed_payment_news(error, connection_id=UUID(int=7)) == {
        "status": "failed",
        "provider_payment_id": "pi_1",
        "connection_id": str(UUID(int=7)),
        "failure": {"code": "expired_card", "reason": "card_expired", "message": "No."},
    }


def test_a_refusal_is_a_failure_too() -> None:
    news = failed_payment_news(InvalidRequest("amount: is too small", field="amount"))
    assert news == {"status": "failed", "failure": {"reason": "invalid_request", "message": "amount: is too small"}}


def test_refunds() -> None:
    result = RefundResult(
        provider_refund_id="re_1", status=RefundStatus.PENDING, provider_status="pending", money=Money.of("1.5", "KWD")
    )
    assert refund_news(result) == {"status": "pending", "provider_refund_id": "re_1", "amount": "1.500"}
    assert failed_refund_news(InvalidRequest("No.", provider_code="charge_already_refunded")) == {
        "status": "failed",
        "failure": {"code": "charge_already_refunded", "message": "No."},
    }
