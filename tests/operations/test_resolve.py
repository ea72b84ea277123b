"""Unknown outcomes of captures and cancellations: what the payment's own state tells."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from workers.operations import resolve
from workers.operations.jobs import Job
from workers.providers.errors import Declined, InvalidRequest, OutcomeUnknown, ProviderError
from workers.providers.money import Money
from workers.providers.payments.models import (
    CancelRequest,
    CaptureRequest,
    PaymentRequest,
    PaymentResult,
    PaymentStatus,
)
from workers.store.payments import PaymentWork

WORK = PaymentWork(
    operation_id=UUID(int=1),
    input={},
    payment_id=UUID(int=2),
    organization_id=UUID(int=3),
    environment="sandbox",
    connection_id=None,
    reference="order-1",
    amount=Decimal("99.00"),
    currency="AED",
    status="pending",
    capture_method="automatic",
    description=None,
    customer={},
    metadata={},
    return_url=None,
    cancel_url=None,
    provider_payment_id=None,
    provider_data={},
    amount_captured=Decimal(0),
    refund_id=None,
    refund_amount=None,
    refund_reason=None,
    cancel_requested=False,
)


EXISTING = {"payment_id": UUID(int=2), "provider_payment_id": "pi_1", "idempotency_key": "key"}
JOB = Job(
    UUID(int=1),
    UUID(int=9),
    "payment.create",
    UUID(int=3),
    {},
    datetime.now(UTC),
    2,
    12,
    False,
    True,
    datetime.now(UTC),
)
MARK = {"sent_to": str(UUID(int=5)), "sent_at": "2026-11-23T22:00:00.5+00:00"}


class Gateway:
    """A connector that knows one payment."""

    def __init__(
        self, status: PaymentStatus, captured: str | None = None, idempotency_hours: int | None = None
    ) -> None:
        self.manifest = SimpleNamespace(idempotency_hours=idempotency_hours)
        self.payment = PaymentResult(
            provider_payment_id="pi_1",
            status=status,
            provider_status=status.value,
            money=Money.of("99.00", "AED"),
            amount_captured=None if captured is None else Decimal(captured),
        )

    async def create_payment(self, request: PaymentRequest) -> PaymentResult:
        raise AssertionError("nothing is made while we ask")

    async def find_payment(self, request: PaymentRequest, *, attempted_at: datetime) -> PaymentResult | None:
        return self.payment

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        assert provider_payment_id == "pi_1"
        return self.payment


async def capture(
    status: PaymentStatus,
    captured: str | None = None,
    before: str = "0",
    *,
    part: str | None = None,
    age: timedelta = timedelta(seconds=2),
    idempotency_hours: int | None = None,
) -> PaymentResult | None:
    gateway: Any = Gateway(status, captured, idempotency_hours)
    request = CaptureRequest(**EXISTING, money=Money.of(part, "AED") if part else None)
    work = replace(WORK, amount_captured=Decimal(before))
    return await resolve.find_capture(gateway, request, work, datetime.now(UTC) - age)


async def cancellation(status: PaymentStatus) -> PaymentResult | None:
    gateway: Any = Gateway(status)
    return await resolve.find_cancellation(gateway, CancelRequest(**EXISTING))


class TestCapture:
    @pytest.mark.parametrize("captured", ["40.00", None])
    async def test_more_was_taken_than_before(self, captured: str | None) -> None:
        assert await capture(PaymentStatus.CAPTURED, captured) is not None

    async def test_still_only_reserved_it_may_be_sent(self) -> None:
        assert await capture(PaymentStatus.AUTHORIZED) is None

    async def test_as_much_as_before_the_next_part_may_be_sent(self) -> None:
        assert await capture(PaymentStatus.PARTIALLY_CAPTURED, "40.00", before="40.00") is None

    @pytest.mark.parametrize("status", [PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED])
    async def test_a_part_could_be_taken_twice_while_the_first_request_is_at_work(self, status: PaymentStatus) -> None:
        with pytest.raises(OutcomeUnknown, match="too soon"):
            await capture(status, "0", part="40.00")
        assert await capture(status, "0", part="40.00", age=timedelta(minutes=3)) is None

    async def test_a_gateway_that_knows_the_key_takes_it_once(self) -> None:
        assert await capture(PaymentStatus.AUTHORIZED, "0", part="40.00", idempotency_hours=24) is None

    async def test_whether_a_second_part_was_taken_is_not_guessed(self) -> None:
        with pytest.raises(OutcomeUnknown, match="does not tell how much"):
            await capture(PaymentStatus.PARTIALLY_CAPTURED, None, before="40.00", part="20.00")

    @pytest.mark.parametrize("status", [PaymentStatus.CANCELLED, PaymentStatus.EXPIRED, PaymentStatus.FAILED])
    async def test_too_late(self, status: PaymentStatus) -> None:
        with pytest.raises(InvalidRequest, match=f"no longer be captured: it is {status.value}"):
            await capture(status)


class TestCancellation:
    @pytest.mark.parametrize("status", [PaymentStatus.CANCELLED, PaymentStatus.EXPIRED])
    async def test_it_was_cancelled(self, status: PaymentStatus) -> None:
        assert await cancellation(status) is not None

    @pytest.mark.parametrize("status", [PaymentStatus.AUTHORIZED, PaymentStatus.REQUIRES_ACTION, PaymentStatus.FAILED])
    async def test_it_still_can_be(self, status: PaymentStatus) -> None:
        assert await cancellation(status) is None

    @pytest.mark.parametrize("status", [PaymentStatus.CAPTURED, PaymentStatus.REFUNDED, PaymentStatus.DISPUTED])
    async def test_too_late(self, status: PaymentStatus) -> None:
        with pytest.raises(InvalidRequest, match="no longer be cancelled"):
            await cancellation(status)


@pytest.mark.parametrize("refusal", [InvalidRequest("no such parameter"), Declined("payment required")])
async def test_a_refused_question_settles_nothing(refusal: ProviderError) -> None:
    class Mute(Gateway):
        async def get_payment(self, provider_payment_id: str) -> PaymentResult:
            raise refusal

    gateway: Any = Mute(PaymentStatus.AUTHORIZED)
    with pytest.raises(OutcomeUnknown, match="could not be looked at"):
        await resolve.find_capture(gateway, CaptureRequest(**EXISTING), WORK, datetime.now(UTC))
    with pytest.raises(OutcomeUnknown, match="could not be looked at"):
        await resolve.find_cancellation(gateway, CancelRequest(**EXISTING))


class TestTheMark:
    def test_whoever_takes_over_knows_where_to_ask_and_since_when(self) -> None:
        job = JOB._replace(payload=MARK)
        assert resolve.sent_to(job) == UUID(int=5)
        assert resolve.sent_at(job) == datetime(2026, 11, 23, 22, 0, 0, 500_000, tzinfo=UTC)

    def test_without_a_mark_nothing_was_sent(self) -> None:
        assert resolve.sent_to(JOB) is None

    def test_an_outcome_that_is_known_needs_no_asking(self) -> None:
        assert resolve.sent_to(JOB._replace(payload=MARK, outcome_unknown=False)) is None
