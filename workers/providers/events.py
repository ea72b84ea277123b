"""Webhooks as providers send them, and the canonical events they are translated to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from workers.providers.models import Output
from workers.providers.payments.models import DisputeResult, PaymentResult, PayoutResult, RefundResult
from workers.providers.shipping.models import TrackingResult


@dataclass(frozen=True, slots=True)
class SigningCertificate:
    """A certificate as its provider serves it.

    :param chain: in PEM, the signer's own certificate first.
    :param roots: in PEM, what to trust instead of the public roots; only a sandbox twin has such.
    """

    chain: bytes
    roots: bytes | None = None


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """One delivery, exactly as it arrived.

    :param headers: header names in lower case.
    :param body: the bytes as sent; nothing has parsed or re-encoded them.
    :param received_at: when it arrived, with time zone; signatures are judged by it, so a stored delivery can be
        verified later.
    :param tolerance_seconds: how far a signed time may lie from that, where the endpoint has a wish of its own.
    :param certificate: what it is signed with, for providers of which `capabilities.SignsWithCertificates` holds.
    """

    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    query: Mapping[str, str] = field(default_factory=dict)
    tolerance_seconds: int | None = None
    certificate: SigningCertificate | None = None


@dataclass(frozen=True, slots=True)
class VerifiedWebhook:
    """A delivery whose sender is proved.

    :param event_id: the provider's id of the event, for deduplication; None where the provider has none (then the
        hash of the body serves).
    :param event_type: the provider's own name of the event.
    :param content_signed: False where the proof does not cover the body (a static header): its contents are only a
        hint then, to be asked back from the provider before anything moves.
    """

    event_id: str | None
    event_type: str
    content_signed: bool = True


@dataclass(frozen=True, slots=True)
class ChallengeAnswer:
    """How to answer a provider that checks the address before it sends anything."""

    status: int
    body: bytes
    content_type: str = "text/plain"


class CanonicalEvent(Output):
    """Something that happened at a provider, in Wasl's words.

    Events come late, twice and in any order: whoever applies them decides by the state machine, never by arrival.

    :param type: such as ``payment.succeeded``; see `payments.models.PaymentEventType`.
    :param occurred_at: when it happened, by the provider's clock.
    :param provider_type: the provider's own name of it.
    :param provider_event_id: the provider's id of the delivery it came in.
    :param payment_id: Wasl's own payment id as the provider gave it back, likewise ``refund_id``.
    :param provider_payment_id: the provider's id of the payment concerned, likewise ``provider_refund_id``.
    :param payment: the payment's state at that moment, as far as the event tells it.
    :param tracking: the parcel concerned, and what has happened to it, as far as the event tells it.
    :param provider_account_id: the social account concerned, likewise ``provider_post_id``: the network is asked about
        it.
    :param provider_lead_id: what somebody filled in at the provider, to be fetched there.
    :param stream: which of the connection's streams (``contacts`` …) has news, to be read there.
    :param withdrawn_email: whose consent to marketing mail was withdrawn there, so that it holds here at once.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset(
        {"provider_event_id", "provider_account_id", "provider_post_id", "provider_lead_id"}
    )

    type: str
    occurred_at: datetime
    provider_type: str
    provider_event_id: str | None = None
    payment_id: UUID | None = None
    refund_id: UUID | None = None
    provider_payment_id: str | None = None
    provider_refund_id: str | None = None
    payment: PaymentResult | None = None
    refund: RefundResult | None = None
    dispute: DisputeResult | None = None
    payout: PayoutResult | None = None
    tracking: TrackingResult | None = None
    provider_account_id: str | None = None
    provider_post_id: str | None = None
    provider_lead_id: str | None = None
    stream: str | None = None
    withdrawn_email: str | None = None
