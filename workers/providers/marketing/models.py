"""The unified marketing model: contacts and their consent, deals, campaigns, events, reports.

Times are aware and UTC. The enumerations' values are those of the database and of the client's surface.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from workers.providers.models import Input, Output, ShortText, Text
from workers.providers.money import Money

ProviderId = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\s/?#]+$")]
"""A tool's own id, which goes into paths."""
Email = Annotated[str, StringConstraints(pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$", max_length=254)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""In E.164."""
Tag = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class MailConsent(StrEnum):
    """Whether a contact may be sent marketing mail."""

    SUBSCRIBED = "subscribed"
    PENDING = "pending"
    """They have to confirm first; the tool asks them where it can."""
    UNSUBSCRIBED = "unsubscribed"
    NONE = "none"
    """They were never asked: known, and not written to."""
    BOUNCED = "bounced"
    """Their address does not work."""


class ContactRequest(Input):
    """A contact as the hub wants the tool to have it. What is None is left as it is there.

    :param key: tells the contacts of one call apart in their outcomes.
    :param consent: may a tool write to them; one that has withdrawn is never subscribed again by this.
    :param fields: further fields, by the tool's own names. :param tags: to add; ``untags`` to take away.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"phone", "fields"})

    key: ShortText
    email: Email | None = None
    phone: Phone | None = None
    first_name: ShortText | None = None
    last_name: ShortText | None = None
    company: ShortText | None = None
    consent: MailConsent | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    tags: tuple[Tag, ...] = ()
    untags: tuple[Tag, ...] = ()

    @model_validator(mode="after")
    def _can_be_reached(self) -> ContactRequest:
        if self.email is None and self.phone is None:
            raise ValueError("a contact needs an email or a phone")
        return self


class ContactOutcome(Output):
    """What became of one contact of a call.

    :param error: why it was not taken, None when it was: {code, message, field}; ``retryable`` when later it may be.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_contact_id"})

    key: str
    provider_contact_id: str | None = None
    created: bool | None = None
    error: dict[str, Any] | None = None
    retryable: bool = False


class ContactResult(Output):
    """A contact as the tool has it.

    :param fields: every further field, by the tool's own names, as text.
    :param deleted: the tool has it no more, or only archived.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_contact_id", "phone", "fields"})

    provider_contact_id: str
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    consent: MailConsent | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    tags: tuple[str, ...] | None = None
    updated_at: AwareDatetime | None = None
    deleted: bool = False


class ContactPage(Output):
    """A page of contacts. :param next_cursor: None after the last. :param total: of all pages, if the tool says."""

    contacts: tuple[ContactResult, ...]
    next_cursor: str | None = None
    total: int | None = None


class FieldResult(Output):
    """A field that the tool keeps of a contact, for mapping. :param name: by which it is written."""

    name: str
    label: str
    type: str
    read_only: bool = False
    choices: tuple[str, ...] = ()


class AudienceResult(Output):
    """A list of contacts that campaigns go to."""

    provider_audience_id: str
    name: str
    members: int | None = None
    updated_at: AwareDatetime | None = None


class AudiencePage(Output):
    """A page of audiences. :param next_cursor: None after the last."""

    audiences: tuple[AudienceResult, ...]
    next_cursor: str | None = None
    total: int | None = None


class CampaignResult(Output):
    """A campaign and how it does. What the tool does not tell is None, never 0.

    :param status: in Wasl's words: draft, scheduled, sending, sent, paused, cancelled.
    :param provider_status: in the tool's.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_campaign_id"})

    provider_campaign_id: str
    name: str
    status: str
    provider_status: str
    subject: str | None = None
    audience_id: str | None = None
    sent_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None
    recipients: int | None = None
    opens: int | None = None
    unique_opens: int | None = None
    clicks: int | None = None
    unique_clicks: int | None = None
    bounces: int | None = None
    unsubscribes: int | None = None
    complaints: int | None = None
    revenue: Money | None = None


class CampaignPage(Output):
    """A page of campaigns. :param next_cursor: None after the last."""

    campaigns: tuple[CampaignResult, ...]
    next_cursor: str | None = None
    total: int | None = None


class DealRequest(Input):
    """A deal with a contact.

    :param reference: the hub's own, such as a payment's id: the same one again is the same deal.
    :param stage: by the tool's own name; None: the first, or the one that means won where ``won`` says so.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_contact_id", "fields"})

    reference: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    name: Text
    money: Money | None = None
    stage: ShortText | None = None
    pipeline: ShortText | None = None
    won: bool = False
    closes_at: date | None = None
    email: Email | None = None
    provider_contact_id: ProviderId | None = None
    fields: dict[str, str] = Field(default_factory=dict)


class DealResult(Output):
    """A deal as the tool has it."""

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_deal_id", "reference", "contact_ids", "fields"})

    provider_deal_id: str
    name: str
    reference: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    stage: str | None = None
    pipeline: str | None = None
    is_closed: bool | None = None
    is_won: bool | None = None
    contact_ids: tuple[str, ...] = ()
    updated_at: AwareDatetime | None = None
    deleted: bool = False


class DealPage(Output):
    """A page of deals. :param next_cursor: None after the last."""

    deals: tuple[DealResult, ...]
    next_cursor: str | None = None
    total: int | None = None


class CompanyRequest(Input):
    """A company. The same domain again is the same company."""

    name: ShortText
    domain: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+\.[a-z]{2,}$", max_length=253)] | None = None
    phone: Phone | None = None
    city: ShortText | None = None
    country: ShortText | None = None
    fields: dict[str, str] = Field(default_factory=dict)

    identifiers: ClassVar[frozenset[str]] = frozenset({"phone", "fields"})


class CompanyResult(Output):
    """A company as the tool has it."""

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_company_id"})

    provider_company_id: str
    name: str | None = None
    domain: str | None = None


class ContactEvent(Input):
    """Something that a contact did, told to a tool that keeps contacts, where it can start what is automated there."""

    email: Email
    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,29}$")]
    properties: dict[str, str] = Field(default_factory=dict)
    occurred_at: AwareDatetime | None = None


class FormSubmission(Input):
    """Answers to a form of the tool's own.

    :param page_url: where the form was shown. :param consent_text: what the person agreed to, if anything.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"fields", "page_url"})

    form_id: ProviderId
    fields: dict[str, str]
    page_url: str | None = None
    page_name: ShortText | None = None
    consent_text: Text | None = None
    submitted_at: AwareDatetime | None = None


class Item(Input):
    """A thing that was bought or looked at."""

    id: ShortText
    name: ShortText
    price: Decimal | None = None
    quantity: int = Field(default=1, ge=1)


class AdConsent(Input):
    """What a visitor agreed to, for advertising. None: not known, and not said."""

    user_data: bool | None = None
    personalization: bool | None = None


class TrackedEvent(Input):
    """Something that a visitor or customer did, to be measured.

    :param client_id: the browser's id in the analytics tool (of its cookie); ``user_id`` the merchant's own.
    :param reference: with which the tool tells a repeat, such as the order's number of a purchase.
    :param session_id: the tool's session it belongs to.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"client_id", "session_id", "user_id", "reference"})

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
    client_id: ShortText | None = None
    user_id: ShortText | None = None
    session_id: ShortText | None = None
    occurred_at: AwareDatetime
    money: Money | None = None
    reference: ShortText | None = None
    items: tuple[Item, ...] = Field(default=(), max_length=200)
    properties: dict[str, str | int | float] = Field(default_factory=dict)
    consent: AdConsent | None = None


class EventProblem(Output):
    """What a tool would not take of an event. :param event: its place in the call, from 0."""

    event: int | None = None
    field: str | None = None
    code: str
    message: str


class ReportRequest(Input):
    """A question to an analytics tool; days are of the property's own time zone.

    :param dimensions: by the tool's names, likewise ``metrics``. :param filters: dimension -> the one value wanted.
    """

    since: date
    until: date
    metrics: tuple[ShortText, ...] = Field(min_length=1, max_length=10)
    dimensions: tuple[ShortText, ...] = Field(default=(), max_length=9)
    filters: dict[str, str] = Field(default_factory=dict)
    limit: int = Field(default=10_000, ge=1, le=100_000)
    offset: int = Field(default=0, ge=0)


class Report(Output):
    """An answer: one row of texts for each combination of the dimensions, their values first, then the metrics'.

    :param quota: what is left of the tool's quotas, by its names.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"rows", "columns"})

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    time_zone: str | None = None
    currency: str | None = None
    is_sampled: bool = False
    quota: dict[str, int] = Field(default_factory=dict)
