"""Leads: taken to the tools that keep contacts, asked to confirm, fetched from the forms of networks."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, Protocol
from uuid import UUID

import structlog
from pydantic import ValidationError

from workers.monitoring.health import OpensConnectors
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Later, Outcome
from workers.operations.marketing.captured import facts_of
from workers.operations.pacing import put_off
from workers.operations.sending import Renew
from workers.operations.sync.steps import SECONDS_PER_ATTEMPT, run_steps
from workers.providers.base import Connector, require
from workers.providers.capabilities import CapturesLeads, ForgetsContacts, KeepsContacts
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RefusedForNow,
)
from workers.providers.marketing.models import ContactOutcome, ContactRequest, MailConsent
from workers.providers.social.models import CapturedLead
from workers.store.connections import PostgresConnections, mark_needs_attention
from workers.store.leads import LeadToPush, PostgresLeads, keep_provider_lead
from workers.store.pool import Connection

_log = structlog.get_logger(__name__)
_OF_THE_CALL: Final = (RefusedForNow, OutcomeUnknown, AuthenticationFailed)
"""What says nothing of the contacts that were sent."""


class SendsConfirmations(Protocol):
    """Writes to people who have to confirm. See `workers.mail`."""

    async def send_confirmation(self, facts: Mapping[str, Any], token: str) -> None:
        """Send it. :raises RefusedForNow: not now. :raises InvalidRequest: it cannot be sent at all."""


def contact_of(lead: LeadToPush) -> ContactRequest:
    """A lead as a tool is to have it.

    :raises pydantic.ValidationError: no tool could take it.
    """
    told = {**lead.attributes, "language": lead.language, "country": lead.country}
    tags = tuple(dict.fromkeys([*lead.marks, *lead.tags]))
    return ContactRequest(
        key=str(lead.lead_id),
        email=lead.email,
        phone=lead.phone,
        first_name=lead.first_name,
        last_name=lead.last_name,
        company=lead.company,
        consent=MailConsent(lead.consent),
        fields={theirs: value for ours, theirs in lead.mapping.items() if (value := told.get(ours)) is not None},
        tags=tags,
        untags=tuple(tag for tag in lead.untags if tag not in tags),
    )


class LeadHandlers:
    """Handles ``lead.push``, ``lead.confirm`` and ``lead.fetch``."""

    def __init__(
        self,
        leads: PostgresLeads,
        connections: PostgresConnections,
        connectors: OpensConnectors,
        mail: SendsConfirmations,
        *,
        renew: Renew,
        seconds: float = SECONDS_PER_ATTEMPT,
    ) -> None:
        self._leads = leads
        self._connections = connections
        self._connectors = connectors
        self._mail = mail
        self._renew = renew
        self._seconds = seconds

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {
            "lead.push": Handler(self.push),
            "lead.confirm": Handler(self.confirm),
            "lead.fetch": Handler(self.fetch),
        }

    async def push(self, job: Job) -> Outcome:
        """Take leads to a tool, as many in one call as it takes: ``{connection_id}``. To take one there again changes
        nothing, so what was sent without an answer is sent again."""
        connection_id = UUID(job.payload["connection_id"])
        row = await self._connections.load(connection_id)
        if row is None:
            return Done()
        try:
            connector = await self._connectors.open(row, None)
            if not await run_steps(partial(self._push_batch, connector), connection_id, seconds=self._seconds):
                return Later(after_seconds=0.0, counted=False)
        except (RefusedForNow, OutcomeUnknown) as refusal:
            return put_off(job, refusal) or Done()
        except ProviderError as error:
            return await self._ended(job, connection_id, error)
        return Done()

    async def confirm(self, job: Job) -> Outcome:
        """Ask a lead to confirm: ``{lead_id, form_id}``. The token is in the mail only; here its hash is kept."""
        token = f"lc_{secrets.token_urlsafe(32)}"
        digest = hashlib.sha256(token.encode()).digest()
        lead_id, form_id = UUID(job.payload["lead_id"]), UUID(job.payload["form_id"])
        facts = await self._leads.keep_confirmation(lead_id, form_id, digest)
        if facts is None:
            return Done()
        try:
            await self._mail.send_confirmation(facts, token)
        except ProviderError as error:
            _log.warning("a confirmation could not be sent", lead_id=str(lead_id), code=error.code)
            await self._leads.drop_confirmation(digest)
            if isinstance(error, InvalidRequest) and error.field == "email":  # nobody can be written to there, ever
                return Done(EndStatus.FAILED, error=error.as_dict())
            return Later(error.as_dict())
        return Done()

    async def fetch(self, job: Job) -> Outcome:
        """Fetch what somebody filled in at a network: ``{connection_id, provider_lead_id}``."""
        connection_id = UUID(job.payload["connection_id"])
        row = await self._connections.load(connection_id)
        if row is None:
            return Done()
        try:
            connector = await self._connectors.open(row, None)
            lead = await require(connector, CapturesLeads, "get_lead").get_lead(job.payload["provider_lead_id"])
        except NotFound:
            return Done()
        except ProviderError as error:
            return put_off(job, error) or await self._ended(job, connection_id, error)
        return Done(effect=partial(_keep, connection_id, lead))

    async def _push_batch(self, connector: Connector[Any, Any], connection_id: UUID) -> UUID | None:
        keeper = require(connector, KeepsContacts, "upsert_contacts")
        facts = connector.manifest.marketing
        batch = await self._leads.to_push(connection_id, facts.contact_batch if facts else 1)
        if not batch:
            return None
        outcomes = [await _forgotten(connector, lead) for lead in batch if lead.forget]
        outcomes += await _kept(keeper, [lead for lead in batch if not lead.forget])
        await self._leads.note_pushes(connection_id, outcomes)
        return connection_id

    async def _ended(self, job: Job, connection_id: UUID, error: ProviderError) -> Outcome:
        shown = error.as_dict()
        _log.warning("leads could not be synchronized", connection_id=str(connection_id), **shown)
        if not isinstance(error, AuthenticationFailed):
            return Done()
        if await self._renew(connection_id) and (later := put_off(job, error)) is not None:
            return later
        return Done(effect=lambda held: mark_needs_attention(held, connection_id, shown))


async def _kept(keeper: KeepsContacts, leads: Sequence[LeadToPush]) -> list[dict[str, Any]]:
    """What became of leads: those that no tool could take are not sent. Where a tool refuses a call as a whole, its
    leads are put off with growing pauses, and those behind them have their turn."""
    outcomes, contacts, sent = [], [], []
    for lead in leads:
        try:
            contacts.append(contact_of(lead))
            sent.append(lead)
        except ValidationError as error:
            fault = InvalidRequest.from_validation(error, provider="", operation="upsert_contacts")
            outcomes.append(_outcome(lead, error=fault.as_dict()))
    if contacts:
        try:
            told = {each.key: each for each in await keeper.upsert_contacts(contacts)}
        except _OF_THE_CALL:
            raise
        except ProviderError as error:
            return outcomes + [_outcome(lead, error=error.as_dict(), retryable=True) for lead in sent]
        outcomes += [_of_contact(lead, told.get(str(lead.lead_id))) for lead in sent]
    return outcomes


async def _forgotten(connector: Connector[Any, Any], lead: LeadToPush) -> dict[str, Any]:
    """Have a person forgotten where the tool can do that."""
    try:
        if lead.email is not None:
            await require(connector, ForgetsContacts, "forget_contact").forget_contact(lead.email)
    except (RefusedForNow, AuthenticationFailed):
        raise
    except ProviderError as error:
        return _outcome(lead, error=error.as_dict(), retryable=isinstance(error, OutcomeUnknown))
    return _outcome(lead)


def _of_contact(lead: LeadToPush, told: ContactOutcome | None) -> dict[str, Any]:
    if told is None:
        silent = {"code": "unavailable", "message": "The tool did not say what became of this contact."}
        return _outcome(lead, error=silent, retryable=True)
    return _outcome(lead, told.provider_contact_id, told.error, retryable=told.retryable)


def _outcome(
    lead: LeadToPush,
    provider_contact_id: str | None = None,
    error: Mapping[str, Any] | None = None,
    *,
    retryable: bool = False,
) -> dict[str, Any]:
    return {
        "lead_id": str(lead.lead_id),
        "version": lead.version,
        "settings": lead.settings,
        "provider_contact_id": provider_contact_id,
        "error": error,
        "retryable": retryable,
    }


async def _keep(connection_id: UUID, lead: CapturedLead, connection: Connection) -> None:
    kept = await keep_provider_lead(connection, connection_id, facts_of(lead))
    if error := kept.get("error"):
        _log.warning("a lead of a network's form was not kept", connection_id=str(connection_id), code=error["code"])
