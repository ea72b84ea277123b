"""Events come late, twice and in any order. Whatever the order, a payment ends where the last of them left it."""

import uuid
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.webhooks import Receiver, a_dispute, a_refund, an_event, an_intent, unique
from workers.providers.payments.stripe import StripeConnector
from workers.store.pool import Connection, Pool
from workers.store.webhooks import EventTransaction, StoredEvent
from workers.webhooks.effects import apply

Step = tuple[int, str, dict[str, Any]]
"""The second in which it happened, the event's type, and its object."""

INTENT = "pi_of_this_payment"
_CAPTURED = {"status": "succeeded", "amount_received": 9900}
_OPEN = {"status": "requires_payment_method", "amount_received": 0}
_DECLINED = _OPEN | {"last_payment_error": {"code": "card_declined"}}
_ACTION = {"status": "requires_action", "amount_received": 0}
_PROCESSING = {"status": "processing", "amount_received": 0}
_HELD = {"status": "requires_capture", "amount_received": 0}
_CANCELED = {"status": "canceled", "amount_received": 0}


def intent(second: int, event: str, state: dict[str, Any]) -> Step:
    """Something that happened to the payment itself."""
    return second, f"payment_intent.{event}", state


def refund(second: int, event: str, number: int, state: str, amount: int = 1000) -> Step:
    """Something that happened to one of its refunds."""
    refund_id, transaction = f"re_{number}_{INTENT}", f"txn_{number}"
    facts = {"id": refund_id, "status": state, "amount": amount, "balance_transaction": transaction}
    return second, f"refund.{event}", facts


def dispute(second: int, event: str, state: str) -> Step:
    """Something that happened to its dispute."""
    return second, f"charge.dispute.{event}", {"id": "dp_1", "status": state}


LIVES: dict[str, tuple[list[Step], str]] = {
    "paid at once": (
        [intent(1, "created", _OPEN), intent(1, "succeeded", _CAPTURED)],
        "captured",
    ),
    "paid after 3-D Secure and a slow bank": (
        [
            intent(1, "created", _OPEN),
            intent(2, "requires_action", _ACTION),
            intent(9, "processing", _PROCESSING),
            intent(90, "succeeded", _CAPTURED),
        ],
        "captured",
    ),
    "declined, tried again, paid": (
        [
            intent(1, "created", _OPEN),
            intent(2, "payment_failed", _DECLINED),
            intent(20, "requires_action", _ACTION),
            intent(30, "payment_failed", _DECLINED),
            intent(40, "succeeded", _CAPTURED),
        ],
        "captured",
    ),
    "declined, tried again, declined": (
        [
            intent(1, "created", _OPEN),
            intent(2, "payment_failed", _DECLINED),
            intent(20, "requires_action", _ACTION),
            intent(30, "payment_failed", _DECLINED),
        ],
        "failed",
    ),
    "declined, and being tried again": (
        [
            intent(1, "created", _OPEN),
            intent(2, "payment_failed", _DECLINED),
            intent(20, "requires_action", _ACTION),
        ],
        "requires_action",
    ),
    "reserved and released": (
        [
            intent(1, "created", _OPEN),
            intent(2, "amount_capturable_updated", _HELD),
            intent(500, "canceled", _CANCELED),
        ],
        "cancelled",
    ),
    "reserved, captured, refunded in two parts": (
        [
            intent(2, "amount_capturable_updated", _HELD),
            intent(3, "succeeded", _CAPTURED),
            refund(50, "created", 1, "pending", 4900),
            refund(51, "updated", 1, "succeeded", 4900),
            refund(60, "created", 2, "succeeded", 5000),
        ],
        "refunded",
    ),
    "refunded in part, and the refund bounced": (
        [
            intent(2, "succeeded", _CAPTURED),
            refund(50, "created", 1, "succeeded"),
            refund(900, "failed", 1, "failed"),
        ],
        "captured",
    ),
    "disputed and lost": (
        [
            intent(2, "succeeded", _CAPTURED),
            dispute(100, "created", "needs_response"),
            dispute(200, "updated", "under_review"),
            dispute(300, "closed", "lost"),
        ],
        "disputed",
    ),
    "disputed and won": (
        [
            intent(2, "succeeded", _CAPTURED),
            dispute(100, "created", "needs_response"),
            dispute(200, "updated", "under_review"),
            dispute(300, "closed", "won"),
        ],
        "captured",
    ),
    "disputed within the second of the payment": (
        [intent(2, "succeeded", _CAPTURED), dispute(2, "created", "needs_response")],
        "disputed",
    ),
    "refunded in part, disputed, won": (
        [
            intent(2, "succeeded", _CAPTURED),
            refund(50, "created", 1, "succeeded"),
            dispute(100, "created", "needs_response"),
            dispute(300, "closed", "won"),
        ],
        "partially_refunded",
    ),
}


class Till:
    """One organization at which any number of payments are made."""

    def __init__(self, connection: Connection, receiver: Receiver) -> None:
        self.connection = connection
        self.receiver = receiver

    async def new_payment(self) -> UUID:
        """A payment over AED 99.00 that a worker has just sent to the provider."""
        row = await (
            await self.receiver.database.execute(
                "insert into public.payments (organization_id, environment, connection_id, reference, amount, currency,"
                " created_by) values (%s, 'sandbox', %s, 'order', 99.00, 'AED', 'service') returning id",
                [self.receiver.organization_id, self.receiver.connection["id"]],
            )
        ).fetchone()
        assert row is not None
        return UUID(str(row["id"]))

    async def hear(self, payment_id: UUID, step: Step, intent_id: str) -> None:
        """Apply one event, as the worker does."""
        body = _event_body(payment_id, step, intent_id)
        async with self.connection.transaction():
            for event in StripeConnector.parse_webhook(body):
                transaction = EventTransaction(self.connection, self._stored(body), settled=False)
                connection_id = UUID(self.receiver.connection["id"])
                assert await apply(transaction, event, connection_id, is_believed=True, may_wait=False)

    async def state(self, payment_id: UUID) -> dict[str, Any]:
        """Where the payment and its refunds stand."""
        cursor = await self.receiver.database.execute(
            "select p.status::text, p.amount_captured, p.amount_refunded, p.amount_authorized,"
            " (select array_agg(r.provider_refund_id || ' ' || r.status order by r.provider_refund_id)"
            "  from public.payment_refunds r where r.payment_id = p.id) as refunds"
            " from public.payments p where p.id = %s",
            [payment_id],
        )
        row = await cursor.fetchone()
        assert row is not None
        return row

    def _stored(self, body: bytes) -> StoredEvent:
        receiver = self.receiver
        return StoredEvent(
            id=uuid.uuid4(),
            received_at=datetime.now(UTC),
            organization_id=UUID(receiver.organization_id),
            connection_id=UUID(receiver.connection["id"]),
            endpoint_id=UUID(receiver.endpoint["id"]),
            provider_key="stripe",
            verified=True,
            status="received",
            provider_event_id=None,
            event_type=None,
            headers={},
            query="",
            body=body,
            environment="sandbox",
            settings={},
            credentials_version=1,
            record_only=False,
            ignored_event_types=[],
            tolerance_seconds=300,
        )


def _event_body(payment_id: UUID, step: Step, intent_id: str) -> bytes:
    second, event_type, facts = step
    metadata = {"wasl_payment_id": str(payment_id)}
    payment = an_intent(id=intent_id)
    if event_type.startswith("payment_intent."):
        subject = an_intent(**{"id": intent_id, "metadata": metadata} | facts)
    elif event_type.startswith("refund."):
        subject = a_refund(payment, **facts | {"id": facts["id"].replace(INTENT, intent_id), "metadata": metadata})
    else:
        subject = a_dispute(payment, **facts | {"metadata": metadata})
    return an_event(event_type, subject, created=1_790_000_000 + second)


@pytest.fixture(scope="module")
async def till(pool: Pool, make_receiver: Any) -> AsyncIterator[Till]:
    async with pool.connection() as connection:
        yield Till(connection, await make_receiver())


async def live(till: Till, steps: Sequence[Step]) -> list[dict[str, Any]]:
    """Let a new payment hear these events; returns its states."""
    payment_id, intent_id = await till.new_payment(), unique("pi")
    states = []
    for step in steps:
        await till.hear(payment_id, step, intent_id)
        states.append(await till.state(payment_id))
    return [_comparable(state, intent_id) for state in states]


def _comparable(state: dict[str, Any], intent_id: str) -> dict[str, Any]:
    refunds = [refund.replace(intent_id, INTENT) for refund in state["refunds"] or ()]
    return state | {"refunds": refunds}


@pytest.mark.parametrize("name", LIVES)
async def test_in_order_each_life_ends_as_it_should(till: Till, name: str) -> None:
    steps, end = LIVES[name]
    assert (await live(till, steps))[-1]["status"] == end


@pytest.mark.parametrize("name", LIVES)
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_in_any_order_and_repeated_each_life_ends_the_same(till: Till, name: str, data: st.DataObject) -> None:
    steps, _ = LIVES[name]
    shuffled = data.draw(st.permutations(steps))
    repeated = data.draw(st.lists(st.sampled_from(steps), max_size=4))
    states = await live(till, [*shuffled, *repeated])
    assert states[-1] == (await live(till, steps))[-1]
    for earlier, later in pairwise(states):
        for amount in ("amount_captured", "amount_authorized"):
            assert later[amount] >= earlier[amount]
