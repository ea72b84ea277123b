"""What Mailchimp answers, in Wasl's words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from workers.providers.marketing.models import (
    AudienceResult,
    CampaignResult,
    ContactResult,
    FieldResult,
    MailConsent,
)
from workers.providers.money import CURRENCY_DECIMALS, Money
from workers.providers.oauth import TokenFacts, TokenGrant

CONSENTS: Final[Mapping[str, MailConsent]] = {
    "subscribed": MailConsent.SUBSCRIBED,
    "pending": MailConsent.PENDING,
    "unsubscribed": MailConsent.UNSUBSCRIBED,
    "cleaned": MailConsent.BOUNCED,
    "transactional": MailConsent.NONE,
}
"""Of a member's statuses; ``archived`` is none: it says nothing of what the person wants."""
CAMPAIGN_STATUSES: Final[Mapping[str, str]] = {
    "save": "draft",
    "schedule": "scheduled",
    "sending": "sending",
    "sent": "sent",
    "paused": "paused",
    "canceling": "cancelled",
    "canceled": "cancelled",
    "archived": "sent",
}
DATA_CENTER: Final = r"[a-z]{2}[0-9]{1,3}"
"""The name of a data centre, which is the first part of its address."""
OURS: Final[Mapping[str, str]] = {
    "FNAME": "first_name",
    "LNAME": "last_name",
    "PHONE": "phone",
    "COMPANY": "company",
}
"""Merge fields that have a name of ours."""
_PHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")


def grant_from_answers(token: str, metadata: Mapping[str, Any]) -> TokenGrant:
    """The access that a consent brought, with the data centre of the account. It does not run out.

    :raises ValueError: the data centre is none.
    """
    data_center = _text(metadata["dc"])
    if not re.fullmatch(DATA_CENTER, data_center):
        raise ValueError("not a data centre")
    return TokenGrant(
        credentials={"access_token": token},
        settings={"data_center": data_center},
        facts=TokenFacts(subject_id=str(metadata["user_id"]), subject_name=metadata.get("accountname") or None),
    )


def contact_from_member(member: Mapping[str, Any]) -> ContactResult:
    """A member of an audience. A phone that is not written internationally stays among the further fields."""
    merged = {name: _plain(value) for name, value in (member.get("merge_fields") or {}).items()}
    ours = {OURS[name]: value for name, value in merged.items() if name in OURS and value}
    if "phone" in ours and not _PHONE.fullmatch(ours["phone"]):
        del ours["phone"]
    tags = member.get("tags")
    return ContactResult(
        provider_contact_id=_text(member["id"]),
        email=member.get("email_address") or None,
        **ours,
        consent=CONSENTS.get(_text(member["status"])),
        fields={name: value for name, value in merged.items() if value and OURS.get(name) not in ours},
        tags=None if tags is None else tuple(_text(tag["name"]) for tag in tags),
        updated_at=moment(member.get("last_changed")),
        deleted=member["status"] == "archived",
    )


def field_from_merge_field(field: Mapping[str, Any]) -> FieldResult:
    """A merge field of an audience."""
    choices = (field.get("options") or {}).get("choices") or ()
    return FieldResult(
        name=_text(field["tag"]), label=_text(field["name"]), type=_text(field["type"]), choices=tuple(choices)
    )


def audience_from_list(audience: Mapping[str, Any]) -> AudienceResult:
    """An audience. It tells no time of its last change."""
    return AudienceResult(
        provider_audience_id=_text(audience["id"]),
        name=_text(audience["name"]),
        members=(audience.get("stats") or {}).get("member_count"),
    )


def campaign_from_answers(campaign: Mapping[str, Any], report: Mapping[str, Any] | None) -> CampaignResult:
    """A campaign. :param report: of one that was sent; without it, the campaign's own summary has fewer figures."""
    settings, recipients = campaign.get("settings") or {}, campaign.get("recipients") or {}
    summary, told = campaign.get("report_summary") or {}, report or {}
    opens, clicks, bounces = told.get("opens") or {}, told.get("clicks") or {}, told.get("bounces") or {}
    said = _text(campaign["status"])
    sent_at = moment(campaign.get("send_time")) if said in ("sending", "sent", "archived") else None
    emails = campaign.get("emails_sent")
    return CampaignResult(
        provider_campaign_id=_text(campaign["id"]),
        name=settings.get("title") or settings.get("subject_line") or _text(campaign["id"]),
        status=CAMPAIGN_STATUSES.get(said, "draft"),
        provider_status=said,
        subject=settings.get("subject_line") or None,
        audience_id=recipients.get("list_id") or None,
        sent_at=sent_at,
        recipients=emails if sent_at else recipients.get("recipient_count"),
        opens=opens.get("opens_total", summary.get("opens")),
        unique_opens=opens.get("unique_opens", summary.get("unique_opens")),
        clicks=clicks.get("clicks_total", summary.get("clicks")),
        unique_clicks=clicks.get("unique_subscriber_clicks", summary.get("subscriber_clicks")),
        bounces=sum(bounces.values()) if bounces else None,
        unsubscribes=told.get("unsubscribed"),
        complaints=told.get("abuse_reports"),
        revenue=_revenue(told.get("ecommerce") or {}),
    )


def moment(text: Any) -> datetime | None:
    """A time in ISO 8601; None where there is none, which Mailchimp writes as an empty text."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def known_moment(text: Any) -> datetime:
    """The same of a time that has to be there. :raises ValueError: it is not."""
    found = moment(text)
    if found is None:
        raise ValueError("no time")
    return found


def _revenue(figures: Mapping[str, Any]) -> Money | None:
    currency, total = figures.get("currency_code"), figures.get("total_revenue")
    if total is None or currency not in CURRENCY_DECIMALS:
        return None
    step = Decimal(1).scaleb(-CURRENCY_DECIMALS[currency])
    return Money(amount=Decimal(str(total)).quantize(step), currency=currency)


def _plain(value: Any) -> str:
    """A merge field's value as text; an address's parts in one line."""
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part)
    return "" if value is None else str(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value
