"""What follows from an event: the handler of jobs of kind ``webhook.process``.

An event is proved (if the ingress has not done that), translated by its connector into canonical events, and applied to
what it is about, all in one transaction with the event's own status. To do it again changes nothing: news are judged
by the state machine in the database, which late and repeated ones do not move.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
import structlog

from workers.operations.jobs import Done, Job, Later, Outcome
from workers.providers.certificates import Certificates, CertificateUnavailable
from workers.providers.errors import MalformedPayload, WebhookRejected
from workers.providers.events import CanonicalEvent, VerifiedWebhook, WebhookRequest
from workers.providers.registry import CONNECTORS
from workers.store.pool import UNAVAILABLE
from workers.store.webhooks import EndpointCount, EventTransaction, PostgresWebhooks, Settlement, StoredEvent
from workers.tracing import Tracing, following
from workers.vault.credentials import CredentialVault
from workers.webhooks.deliveries import decode_query, event_key, kept_headers, kept_query, kept_text, with_certificate
from workers.webhooks.effects import EventFault, PaymentUnderWay, apply
from workers.webhooks.endpoints import open_secrets
from workers.webhooks.filters import kept_status
from workers.webhooks.keeping import describe

_log = structlog.get_logger(__name__)
JOB_KIND: Final = "webhook.process"
_WAITS_FOR_PAYMENT: Final = 5
_WAIT_SECONDS: Final = 2.0


class Proof(NamedTuple):
    """What is known of an event once it is verified. :param headers: without any secret; likewise ``query``."""

    event_id: str | None
    event_type: str
    headers: Mapping[str, str]
    query: str


class WebhookProcessor:
    """Processes events.

    :param vault: opens the secrets of events that came through the Supabase function, which are yet to be verified.
    :param certificates: has those that some of them are signed with.
    """

    def __init__(
        self,
        store: PostgresWebhooks,
        vault: CredentialVault,
        certificates: Certificates,
        tracing: Tracing | None = None,
    ) -> None:
        self._tracing = tracing or Tracing()
        self._store = store
        self._vault = vault
        self._certificates = certificates

    async def process(self, job: Job) -> Outcome:
        """One attempt at the event that the job names: ``{event_id, received_at, replay?}``.

        :raises psycopg.Error: the database cannot now (`store.pool.UNAVAILABLE`); nothing happened.
        """
        event = await self._store.load_event(UUID(job.payload["event_id"]), job.payload["received_at"])
        if event is None or event.settled:
            return Done()
        try:
            replay = bool(job.payload.get("replay"))
            await self._settle(event, replay=replay, may_wait=job.attempt <= _WAITS_FOR_PAYMENT)
        except PaymentUnderWay:
            # Its create has not been answered yet, or the answer not been recorded: a matter of moments.
            return Later(_error("payment_under_way", "The payment is just being made."), after_seconds=_WAIT_SECONDS)
        except UNAVAILABLE:
            raise
        except Exception as error:
            return await self._failed(event, job, error)
        return Done()

    async def _settle(self, event: StoredEvent, *, replay: bool, may_wait: bool) -> None:
        proof = None
        if not event.verified:
            try:
                proof = await self._verify(event)
            except MalformedPayload:
                raise
            except WebhookRejected as rejection:
                await self._refuse(event, rejection)
                return
        provider_event_id = proof.event_id if proof else event.provider_event_id
        event_type = proof.event_type if proof else event.event_type
        # Whoever replays an event wants it acted on.
        kept = None if replay else kept_status(event.record_only, event.ignored_event_types, event_type)
        found: Sequence[CanonicalEvent] = [] if kept else _scheme(event).parse_webhook(event.body)
        async with self._store.settling(event) as transaction:
            if transaction.settled:
                return
            # The ingress has taken the key with the event. A replayed event may have been a repeat in its first life.
            if (proof or replay) and not await transaction.claim_key(event_key(provider_event_id, event.body)):
                status = "duplicate"
            elif kept:
                status = kept
            elif not await self._apply(transaction, event, found, may_wait=may_wait):
                status = "ignored"
            else:
                status = "processed"
            trace_id = await transaction.settle(
                Settlement(
                    status,
                    provider_event_id=kept_text(provider_event_id),
                    event_type=kept_text(proof.event_type) if proof else None,
                    headers=proof.headers if proof else None,
                    query=proof.query if proof else None,
                    canonical_types=[each.type for each in found],
                )
            )
        # Only now is it known in whose trace it belongs.
        with following(trace_id):
            arrived = event.received_at.timestamp()
            self._tracing.past(f"webhook {event.provider_key}", arrived, time.time(), {"wasl.status": status})
            _log.debug("webhook settled", event_id=str(event.id), status=status)

    async def _apply(
        self, transaction: EventTransaction, event: StoredEvent, found: Sequence[CanonicalEvent], *, may_wait: bool
    ) -> bool:
        """Apply what the event says; returns whether any of it concerned something of ours."""
        described = _scheme(event).manifest.webhook
        is_believed = described is not None and described.signs_content
        concerned = [
            await apply(transaction, each, event.connection_id, is_believed=is_believed, may_wait=may_wait)
            for each in found
        ]
        return any(concerned)

    async def _verify(self, event: StoredEvent) -> Proof:
        scheme = _scheme(event)
        secrets = await open_secrets(self._vault, scheme, event.connection_id, event.credentials_version)
        request = WebhookRequest(
            event.headers, event.body, event.received_at, decode_query(event.query), event.tolerance_seconds
        )
        try:
            request = await with_certificate(request, scheme, event.environment, self._certificates)
        except CertificateUnavailable as error:
            message = "The provider does not hand out the certificate that the event is signed with."
            raise EventFault("certificate_unavailable", message) from error
        verified: VerifiedWebhook = scheme.verify_webhook(request, secrets, event.settings)
        return Proof(
            verified.event_id,
            verified.event_type,
            kept_headers(event.headers, secrets),
            kept_query(event.query, secrets),
        )

    async def _refuse(self, event: StoredEvent, rejection: WebhookRejected) -> None:
        """Note that an event is not believed, and drop what it shows of a secret: it may be replayed with another."""
        secrets = await open_secrets(self._vault, _scheme(event), event.connection_id, event.credentials_version)
        async with self._store.settling(event) as transaction:
            if transaction.settled:
                return
            error = _error(rejection.code, str(rejection))
            headers, query = kept_headers(event.headers, secrets), kept_query(event.query, secrets)
            await transaction.settle(Settlement("refused", verified=False, headers=headers, query=query, error=error))
        refused = EndpointCount(event.endpoint_id, 0, None, 1, event.received_at, rejection.code)
        await self._store.count_deliveries([refused])
        _log.warning("webhook refused", event_id=str(event.id), reason=rejection.code)

    async def _failed(self, event: StoredEvent, job: Job, error: Exception) -> Later:
        """Note the attempt. The queue tries again with growing pauses, and raises an alert when it gives up."""
        if isinstance(error, EventFault | MalformedPayload):
            shown = _error(error.code, str(error))
        else:
            shown = _error("internal_error", type(error).__name__)
            # The traceback of a database error would quote the row, and with it whoever pays.
            described = {"reason": describe(error)} if isinstance(error, psycopg.Error) else {"exc_info": error}
            _log.error("an event could not be processed", event_id=str(event.id), attempt=job.attempt, **described)
        await self._store.fail_event(event, "dead" if job.attempt >= job.max_attempts else "failed", shown)
        return Later(shown)


def _scheme(event: StoredEvent) -> Any:
    """The connector class of the event's provider."""
    scheme = CONNECTORS.get(event.provider_key)
    if scheme is None:
        raise EventFault("unknown_provider", "This version of Wasl does not know the provider.")
    return scheme


def _error(code: str, message: str) -> Mapping[str, Any]:
    return {"code": code, "message": message}
