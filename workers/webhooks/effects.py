"""What a canonical event changes: payments, their refunds and disputes; shipments; and what it makes us ask about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from workers.operations.news import dispute_news, payment_news, payout_news, refund_news
from workers.operations.shipping.news import tracking_news
from workers.providers.events import CanonicalEvent
from workers.providers.money import Money
from workers.providers.payments.models import DisputeResult, PaymentEventType
from workers.providers.shipping.models import TrackingResult
from workers.store.webhooks import EventTransaction, PaymentRow

_DISPUTE_NEWS: Final[Mapping[str, Mapping[str, str]]] = {
    PaymentEventType.DISPUTE_OPENED: {"status": "disputed"},
    PaymentEventType.DISPUTE_LOST: {"status": "disputed"},
    PaymentEventType.DISPUTE_WON: {"status": "captured", "dispute": "won"},
    PaymentEventType.DISPUTE_CLOSED: {"status": "captured", "dispute": "closed"},
}
"""A dispute moves the payment when it is opened and when it ends; between that it only tells how it stands."""

_DISPUTE_STATUSES: Final[Mapping[str, str]] = {
    PaymentEventType.DISPUTE_WON: "won",
    PaymentEventType.DISPUTE_LOST: "lost",
    PaymentEventType.DISPUTE_CLOSED: "closed",
}


class EventFault(Exception):
    """The event cannot be applied as it stands. :param code: stable, for whoever looks at the event."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class PaymentUnderWay(Exception):
    """The event may be about a payment of which the provider's id is not known yet."""


async def apply(
    transaction: EventTransaction, event: CanonicalEvent, connection_id: UUID, *, is_believed: bool, may_wait: bool
) -> bool:
    """Apply one canonical event.

    :param connection_id: whose webhook it came by.
    :param is_believed: False when nobody signed the contents: then they only make us ask the provider.
    :param may_wait: whether the event may be put off for a payment that is just being made.
    :returns: whether it was about something of ours.
    :raises PaymentUnderWay: it should be tried again in a moment.
    :raises EventFault: it contradicts what is known of the payment.
    """
    if event.provider_post_id or event.provider_lead_id or event.stream or event.withdrawn_email:
        return await _ask_back(transaction, event, is_believed=is_believed)
    if event.tracking is not None:
        return await _apply_tracking(transaction, event.tracking, is_believed=is_believed)
    if event.payout is not None:
        if is_believed:  # else there is nothing to ask back about
            await transaction.apply_payout_news(payout_news(event.payout, occurred_at=event.occurred_at))
        return is_believed
    payment = await transaction.find_payment(event.payment_id, _provider_ids(event))
    if payment is None:
        if may_wait and event.payment_id is None and await transaction.is_payment_under_way():
            raise PaymentUnderWay
        return False
    if not is_believed or not (event.payment or event.refund or event.dispute):
        await transaction.ask_about_payment(payment.id)
        return True
    if event.payment:
        _check_currency(payment, event.payment.money)
        news = payment_news(event.payment, connection_id=connection_id, occurred_at=event.occurred_at)
        await transaction.apply_payment_news(payment.id, news)
    if event.refund:
        _check_currency(payment, event.refund.money)
        news = refund_news(event.refund, occurred_at=event.occurred_at)
        await transaction.apply_refund_news(payment.id, event.refund_id, news)
    if event.dispute:
        status = _DISPUTE_STATUSES.get(event.type, "open")
        await transaction.apply_dispute_news(
            payment.id, dispute_news(event.dispute, status, occurred_at=event.occurred_at)
        )
        await transaction.apply_payment_news(payment.id, _dispute_news(event, event.dispute))
    return True


async def _ask_back(transaction: EventTransaction, event: CanonicalEvent, *, is_believed: bool) -> bool:
    """What networks and tools tell is partial, and only makes us ask; but that somebody withdrew their consent holds at
    once, if it is believed."""
    concerned = False
    if event.withdrawn_email and is_believed:
        concerned |= await transaction.withdraw_consent(event.withdrawn_email)
    if event.stream:
        concerned |= await transaction.stream_has_news(event.stream)
    if event.provider_post_id:
        concerned |= await transaction.post_has_news(event.provider_account_id, event.provider_post_id)
    if event.provider_lead_id:
        await transaction.fetch_lead(event.provider_lead_id)
        concerned = True
    return concerned


async def _apply_tracking(transaction: EventTransaction, tracking: TrackingResult, *, is_believed: bool) -> bool:
    shipments = await transaction.find_shipments(tracking.tracking_number)
    for shipment_id in shipments:
        if is_believed and tracking.events:
            await transaction.apply_shipment_news(shipment_id, tracking_news(tracking))
        else:
            await transaction.ask_about_shipment(shipment_id)
    return bool(shipments)


def _provider_ids(event: CanonicalEvent) -> list[str]:
    known = [event.provider_payment_id, event.payment.provider_session_id if event.payment else None]
    return [each for each in known if each]


def _check_currency(payment: PaymentRow, money: Money) -> None:
    if money.currency != payment.currency:
        raise EventFault("currency_mismatch", f"The payment is in {payment.currency}, the event in {money.currency}.")


def _dispute_news(event: CanonicalEvent, dispute: DisputeResult) -> dict[str, Any]:
    return {
        **_DISPUTE_NEWS.get(event.type, {}),
        "occurred_at": event.occurred_at.isoformat(),
        "provider_data": {"dispute": dispute.provider_dispute_id, "dispute_status": dispute.provider_status},
    }
