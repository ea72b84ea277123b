"""What clients ask of workers about subscriptions: to check one, to test one, to replay its deliveries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import orjson

from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Outcome
from workers.store.deliveries import PostgresDeliveries, SubscriptionRow
from workers.tracing import Tracing
from workers.webhooks.conditions import ConditionFault, check_conditions
from workers.webhooks.receivers import Receivers
from workers.webhooks.signing import SecretFault, Signers, signed_headers

_DELETED: Final = {"code": "not_found", "message": "What the operation was about has been deleted."}
_BATCH: Final = 200


class SubscriptionHandlers:
    """Handles ``subscription.check``, ``subscription.test`` and ``delivery.replay``."""

    def __init__(self, store: PostgresDeliveries, signers: Signers, receivers: Receivers, tracing: Tracing) -> None:
        self._store = store
        self._signers = signers
        self._receivers = receivers
        self._tracing = tracing

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {
            "subscription.check": Handler(self.check),
            "subscription.test": Handler(self.test),
            "delivery.replay": Handler(self.replay),
        }

    async def check(self, job: Job) -> Outcome:
        """Look at what the database cannot judge, and switch off what can never work."""
        row = await self._row(job)
        if row is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        fault = await self._fault(row)
        if fault is None:
            return Done()
        await self._store.disable(row.subscription_id, fault)
        return Done(EndStatus.FAILED, error={"code": "invalid_subscription", **fault})

    async def test(self, job: Job) -> Outcome:
        """Send one ping, be the subscription enabled or not, and tell what was answered."""
        row = await self._row(job)
        if row is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        try:
            signers = await self._signers.of(row)
        except SecretFault as fault:
            return Done(EndStatus.FAILED, error={"code": "invalid_secret", "message": str(fault), "field": "secret"})
        body = _ping(job, row)
        headers = signed_headers(signers, str(job.id), body, self._tracing.traceparent())
        answer = await self._receivers.post(row.url, body, headers)
        result = {
            "delivered": answer.error is None,
            "http_status": answer.http_status,
            "duration_ms": answer.duration_ms,
            "response": answer.response,
        }
        if answer.error is None:
            return Done(result=result)
        return Done(EndStatus.FAILED, result=result, error={**answer.error, "http_status": answer.http_status})

    async def replay(self, job: Job) -> Outcome:
        """Have deliveries of a span of time sent anew, batch by batch; each is one transaction with how far it is."""
        while (more := await self._store.replay_batch(job.id, job.claim_id, _BATCH)) is not None:
            if not more:
                return Done(result=await self._store.replay_progress(job.id))
        return Done(EndStatus.CANCELLED, result=await self._store.replay_progress(job.id))

    async def _row(self, job: Job) -> SubscriptionRow | None:
        subscription_id = await self._store.subject(job.id)
        return None if subscription_id is None else await self._store.subscription(subscription_id)

    async def _fault(self, row: SubscriptionRow) -> dict[str, str] | None:
        if (reason := self._receivers.why_refused(row.url)) is not None:
            return {"field": "url", "message": f"Nothing can be sent there: {reason}."}
        try:
            check_conditions(row.conditions)
            await self._signers.of(row)
        except ConditionFault as fault:
            return {"field": fault.field, "message": fault.message}
        except SecretFault as fault:
            return {"field": "secret", "message": str(fault)}
        return None


def _ping(job: Job, row: SubscriptionRow) -> str:
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    message = {
        "id": str(job.id),
        "type": "ping",
        "timestamp": now,
        "organization_id": str(row.organization_id),
        "data": {"subscription_id": str(row.subscription_id)},
    }
    return orjson.dumps(message).decode()
