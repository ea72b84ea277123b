"""What HubSpot answers, in Wasl's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from workers.providers.marketing.hubspot.manifest import HubSpotSettings
from workers.providers.marketing.hubspot.requests import CONSENT_BASIS, FURTHER_ADDRESSES
from workers.providers.marketing.models import (
    AudienceResult,
    CampaignResult,
    CompanyResult,
    ContactResult,
    DealResult,
    FieldResult,
    MailConsent,
)
from workers.providers.oauth import TokenFacts, TokenGrant, expiry

CONTACT_PROPERTIES: Final = (
    "email", "phone", "firstname", "lastname", "company", "hs_email_optout", "hs_email_hard_bounce_reason_enum",
    "hs_legal_basis", "lastmodifieddate",
)  # fmt: skip
DEAL_PROPERTIES: Final = (
    "dealname", "amount", "deal_currency_code", "dealstage", "pipeline", "hs_is_closed", "hs_is_closed_won",
    "hs_lastmodifieddate",
)  # fmt: skip
# What HubSpot answers along with whatever was asked for.
_UNASKED: Final = frozenset(
    {"createdate", "hs_object_id", "lastmodifieddate", "hs_lastmodifieddate", FURTHER_ADDRESSES}
)
_SENDING: Final = ("PRE_PROCESSING", "PROCESSING")

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a pipeline. :param probability: that a deal in it is won; 1 of a closed one means that it is."""

    id: str
    label: str
    is_closed: bool
    probability: float

    @property
    def is_won(self) -> bool:
        return self.is_closed and self.probability >= 1


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A way that deals take. :param stages: in their order."""

    id: str
    label: str
    stages: tuple[Stage, ...]


# Access.


def token_grant(body: Mapping[str, Any]) -> TokenGrant:
    """Access that a code or a renewal brought."""
    credentials = {"access_token": str(body["access_token"])}
    if body.get("refresh_token"):
        credentials["refresh_token"] = str(body["refresh_token"])
    hub_id = body.get("hub_id")
    facts = TokenFacts(
        scopes=_scopes(body.get("scopes")), expires_at=expiry(body["expires_in"]), subject_id=_text(hub_id)
    )
    settings = {"portal_id": str(hub_id)} if hub_id is not None else {}
    return TokenGrant(credentials, facts, settings, refreshable="refresh_token" in credentials)


def token_facts(body: Mapping[str, Any]) -> TokenFacts | None:
    """What introspection says of an access token; None when it is good for nothing."""
    if body["active"] is not True:
        return None
    return TokenFacts(
        scopes=_scopes(body["scopes"]),
        expires_at=expiry(body["expires_in"]),
        subject_id=str(body["hub_id"]),
        subject_name=_text(body.get("hub_domain")),
    )


def private_app_facts(body: Mapping[str, Any]) -> TokenFacts:
    """What HubSpot says of a private app's token, which does not run out."""
    return TokenFacts(scopes=_scopes(body["scopes"]), subject_id=str(body["hubId"]))


def _scopes(value: Any) -> tuple[str, ...] | None:
    return tuple(sorted({str(scope) for scope in value})) if isinstance(value, list) else None


# Records.


def records(body: Mapping[str, Any]) -> list[Record]:
    """The records of an answer."""
    found = body["results"]
    if not all(isinstance(each["properties"], dict) and each["id"] for each in found):
        raise ValueError("not records")
    return list(found)


def contact(record: Record, settings: HubSpotSettings, *, deleted: bool = False) -> ContactResult:
    """A contact."""
    properties = record["properties"]
    known = {*CONTACT_PROPERTIES, *_UNASKED, opt_out_property(settings)}
    return ContactResult(
        provider_contact_id=str(record["id"]),
        email=_text(properties.get("email")),
        phone=_text(properties.get("phone")),
        first_name=_text(properties.get("firstname")),
        last_name=_text(properties.get("lastname")),
        company=_text(properties.get("company")),
        consent=consent(properties, settings),
        fields={name: str(value) for name, value in properties.items() if name not in known and value is not None},
        updated_at=_updated(record, "lastmodifieddate"),
        deleted=deleted or record.get("archived") is True,
    )


def further_addresses(record: Record) -> set[str]:
    """A contact's addresses beside its first one."""
    return set(str(record["properties"].get(FURTHER_ADDRESSES) or "").lower().split(";"))


def contact_properties(settings: HubSpotSettings) -> tuple[str, ...]:
    """What is read of a contact."""
    opt_out = opt_out_property(settings)
    return (*CONTACT_PROPERTIES, *((opt_out,) if opt_out else ()), *settings.further_fields)


def opt_out_property(settings: HubSpotSettings) -> str | None:
    """Where HubSpot notes that somebody wants none of the connection's subscription."""
    return f"hs_email_optout_{settings.subscription_type_id}" if settings.subscription_type_id else None


def consent(properties: Mapping[str, Any], settings: HubSpotSettings) -> MailConsent | None:
    """Whether a contact may be written to; None where HubSpot's properties do not tell."""
    if has_withdrawn(properties, settings):
        return MailConsent.UNSUBSCRIBED
    if properties.get("hs_email_hard_bounce_reason_enum"):
        return MailConsent.BOUNCED
    bases = str(properties.get("hs_legal_basis") or "").split(";")
    return MailConsent.SUBSCRIBED if CONSENT_BASIS in bases else None


def has_withdrawn(properties: Mapping[str, Any], settings: HubSpotSettings) -> bool:
    """Whether a contact wants no marketing e-mail at all, or none of the connection's subscription."""
    opt_out = opt_out_property(settings)
    return "true" in (properties.get("hs_email_optout"), properties.get(opt_out) if opt_out else None)


def field(body: Mapping[str, Any]) -> FieldResult:
    """A property of contacts."""
    kept_by_hubspot = (body.get("modificationMetadata") or {}).get("readOnlyValue") is True
    return FieldResult(
        name=str(body["name"]),
        label=str(body["label"]),
        type=str(body["type"]),
        read_only=kept_by_hubspot or body.get("calculated") is True,
        choices=tuple(str(option["value"]) for option in body.get("options") or () if option.get("hidden") is not True),
    )


def pipelines(body: Mapping[str, Any]) -> list[Pipeline]:
    """The pipelines in use, in their order."""
    found = sorted(body["results"], key=lambda each: each["displayOrder"])
    return [_pipeline(each) for each in found if not each["archived"]]


def _pipeline(body: Mapping[str, Any]) -> Pipeline:
    stages = sorted(body["stages"], key=lambda each: each["displayOrder"])
    return Pipeline(
        str(body["id"]),
        str(body["label"]),
        tuple(
            Stage(
                str(stage["id"]),
                str(stage["label"]),
                str(stage["metadata"].get("isClosed")).lower() == "true",
                float(stage["metadata"].get("probability") or 0),
            )
            for stage in stages
            if not stage["archived"]
        ),
    )


def deal(
    record: Record,
    ways: Sequence[Pipeline],
    reference_property: str,
    contact_ids: Sequence[str] = (),
    *,
    deleted: bool = False,
) -> DealResult:
    """A deal. :param ways: to tell its pipeline and stage by name."""
    properties = record["properties"]
    way = next((each for each in ways if each.id == properties.get("pipeline")), None)
    stage = next((each for each in way.stages if each.id == properties.get("dealstage")), None) if way else None
    return DealResult(
        provider_deal_id=str(record["id"]),
        name=str(properties.get("dealname") or ""),
        reference=_text(properties.get(reference_property)),
        amount=_decimal(properties.get("amount")),
        currency=_text(properties.get("deal_currency_code")),
        stage=stage.label if stage else _text(properties.get("dealstage")),
        pipeline=way.label if way else _text(properties.get("pipeline")),
        is_closed=stage.is_closed if stage else _flag(properties.get("hs_is_closed")),
        is_won=stage.is_won if stage else _flag(properties.get("hs_is_closed_won")),
        contact_ids=tuple(dict.fromkeys(contact_ids)),
        updated_at=_updated(record, "hs_lastmodifieddate"),
        deleted=deleted or record.get("archived") is True,
    )


def contact_ids(record: Record) -> list[str]:
    """The contacts of a deal as a list shows them."""
    found = ((record.get("associations") or {}).get("contacts") or {}).get("results") or ()
    return [str(each["id"]) for each in found]


def contacts_by_deal(body: Mapping[str, Any]) -> dict[str, list[str]]:
    """The contacts of deals as their associations tell them."""
    return {str(each["from"]["id"]): [str(to["toObjectId"]) for to in each["to"]] for each in body["results"]}


def company(record: Record) -> CompanyResult:
    """A company."""
    properties = record["properties"]
    return CompanyResult(
        provider_company_id=str(record["id"]),
        name=_text(properties.get("name")),
        domain=_text(properties.get("domain")),
    )


# Lists and e-mails.


def audience(body: Mapping[str, Any]) -> AudienceResult:
    """A list of contacts."""
    size = body.get("size", (body.get("additionalProperties") or {}).get("hs_list_size"))
    return AudienceResult(
        provider_audience_id=str(body["listId"]),
        name=str(body["name"]),
        members=None if size is None else int(size),
        updated_at=_time(body.get("updatedAt")),
    )


def campaign(body: Mapping[str, Any], now: datetime) -> CampaignResult:
    """A marketing e-mail with its figures. HubSpot counts people, not times, of opens and clicks."""
    counters = (body.get("stats") or {}).get("counters") or {}
    lists = ((body.get("to") or {}).get("contactIlsLists") or {}).get("include") or []
    state = str(body.get("state") or "")
    published = _time(body.get("publishedAt")) or _time(body.get("publishDate"))
    status = campaign_status(state, published, now)
    return CampaignResult(
        provider_campaign_id=str(body["id"]),
        name=str(body.get("name") or ""),
        status=status,
        provider_status=state,
        subject=_text(body.get("subject")),
        audience_id=str(lists[0]) if len(lists) == 1 else None,
        sent_at=published if status == "sent" else None,
        updated_at=_time(body.get("updatedAt")),
        recipients=counters.get("sent"),
        unique_opens=counters.get("open"),
        unique_clicks=counters.get("click"),
        bounces=counters.get("bounce"),
        unsubscribes=counters.get("unsubscribed"),
        complaints=counters.get("spamreport"),
    )


def campaign_status(state: str, published: datetime | None, now: datetime) -> str:
    """An e-mail's state in Wasl's words. Automated ones are sent for as long as their workflow runs."""
    if "DRAFT" in state or state in ("AGENT_GENERATED", "PAGE_STUB", ""):
        return "draft"
    if state == "SCHEDULED" or (state == "PUBLISHED_OR_SCHEDULED" and published is not None and published > now):
        return "scheduled"
    if state in _SENDING or state.startswith("AUTOMATED"):
        return "sending"
    return "cancelled" if state == "ERROR" else "sent"


def _updated(record: Record, stamp: str) -> datetime | None:
    return _time(record["properties"].get(stamp)) or _time(record.get("updatedAt"))


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str) or not value:
        return None
    moment = datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _decimal(value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _flag(value: Any) -> bool | None:
    return {"true": True, "false": False}.get(str(value).lower())


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)
