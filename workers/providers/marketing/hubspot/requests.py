"""The bodies that HubSpot's calls take, and what it would refuse in them.

Facts from HubSpot's specifications; of properties, forms and companies, which those at hand do not describe, from its
reference (https://developers.hubspot.com/docs/api-reference). Values of properties are texts; a value that begins with
a semicolon is added to those of a property with several choices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlencode

from workers.providers.marketing.hubspot.manifest import HubSpotSettings
from workers.providers.marketing.hubspot.paging import milliseconds
from workers.providers.marketing.models import CompanyRequest, ContactRequest, DealRequest, FormSubmission

CONTACTS: Final = "contacts"
DEALS: Final = "0-3"
COMPANIES: Final = "companies"
CONTACT_TYPE: Final = "0-1"
LISTS: Final = "/crm/v3/lists"
PREFERENCES: Final = "/communication-preferences/v4/statuses"
FURTHER_ADDRESSES: Final = "hs_additional_emails"
CONSENT_BASIS: Final = "Freely given consent from contact"
"""A choice of the property ``hs_legal_basis``."""
_EXPLANATION: Final = "The contact agreed to marketing e-mail, as recorded by the merchant."
_GROUPS: Final[Mapping[str, str]] = {DEALS: "dealinformation", COMPANIES: "companyinformation"}
_LABELS: Final[Mapping[str, str]] = {DEALS: "Wasl reference", COMPANIES: "Wasl domain"}


def contact_properties(contact: ContactRequest, *, consented: bool) -> dict[str, str]:
    """A contact's properties. :param consented: whether its consent is to be noted as the legal basis."""
    own = {
        "email": address(contact.email or ""),
        "phone": contact.phone,
        "firstname": contact.first_name,
        "lastname": contact.last_name,
        "company": contact.company,
        "hs_legal_basis": f";{CONSENT_BASIS}" if consented else None,
    }
    return {**contact.fields, **_told(own)}


def address(email: str) -> str:
    """An e-mail address as HubSpot keeps it."""
    return email.lower()


def upsert(records: Iterable[tuple[str, str, Mapping[str, str]]], id_property: str) -> dict[str, Any]:
    """Records to keep. :param records: what tells each in the answer, the value it is known by, its properties."""
    return {
        "inputs": [
            {"id": known_by, "idProperty": id_property, "objectWriteTraceId": trace, "properties": dict(properties)}
            for trace, known_by, properties in records
        ]
    }


def batch_read(ids: Sequence[str], id_property: str, properties: Sequence[str]) -> dict[str, Any]:
    """A question for records by a property with unique values, or by their ids (``hs_object_id``)."""
    return {
        "inputs": [{"id": each} for each in ids],
        "idProperty": id_property,
        "properties": list(properties),
        "propertiesWithHistory": [],
    }


def deal_properties(deal: DealRequest, reference_property: str, place: Mapping[str, str]) -> dict[str, str]:
    """A deal's properties. :param place: its pipeline and stage, where they are to be set."""
    own = {
        "dealname": deal.name,
        "amount": f"{deal.money.amount:f}" if deal.money else None,
        "deal_currency_code": deal.money.currency if deal.money else None,
        "closedate": f"{deal.closes_at.isoformat()}T00:00:00Z" if deal.closes_at else None,
        reference_property: deal.reference,
        **place,
    }
    return {**deal.fields, **_told(own)}


def company_properties(company: CompanyRequest) -> dict[str, str]:
    """A company's properties."""
    own = {name: getattr(company, name) for name in ("name", "domain", "phone", "city", "country")}
    return {**company.fields, **_told(own)}


def company_search(domain: str) -> dict[str, Any]:
    """A question for the companies of a domain, the oldest first."""
    return _search("domain", "EQ", domain, ["name", "domain"], 1)


def further_address_search(email: str, properties: Sequence[str]) -> dict[str, Any]:
    """A question for contacts that have an address beside their first one; their words are compared, so more may be
    found than have it."""
    return _search(FURTHER_ADDRESSES, "CONTAINS_TOKEN", address(email), [*properties, FURTHER_ADDRESSES], 10)


def _search(name: str, operator: str, value: str, properties: Sequence[str], limit: int) -> dict[str, Any]:
    return {
        "filterGroups": [{"filters": [{"propertyName": name, "operator": operator, "value": value}]}],
        "sorts": ["createdate"],
        "properties": list(properties),
        "limit": limit,
        "after": "0",
    }


def unique_property(kind: str, name: str) -> dict[str, Any]:
    """A property to know records again by."""
    return {
        "name": name,
        "label": _LABELS[kind],
        "type": "string",
        "fieldType": "text",
        "groupName": _GROUPS[kind],
        "hasUniqueValue": True,
        "description": "Kept by Wasl, which knows the record again by it.",
    }


def subscribed(subscription_type_id: str) -> dict[str, Any]:
    """A contact's consent to one kind of e-mail."""
    return {
        "channel": "EMAIL",
        "statusState": "SUBSCRIBED",
        "subscriptionId": int(subscription_type_id),
        "legalBasis": "CONSENT_WITH_NOTICE",
        "legalBasisExplanation": _EXPLANATION,
    }


def preferences_path(email: str, tail: str = "") -> str:
    """Where an address's preferences lie."""
    return f"{PREFERENCES}/{quote(address(email), safe='@')}{tail}"


def list_path(name: str) -> str:
    """Where a list of contacts lies by its name."""
    return f"{LISTS}/object-type-id/{CONTACT_TYPE}/name/{quote(name, safe='')}"


def new_list(name: str) -> dict[str, Any]:
    """A list that only its members' comings and goings change."""
    return {"name": name, "objectTypeId": CONTACT_TYPE, "processingType": "MANUAL"}


def submission(given: FormSubmission, settings: HubSpotSettings) -> dict[str, Any]:
    """Answers to a form."""
    fields = [{"objectTypeId": CONTACT_TYPE, "name": name, "value": value} for name, value in given.fields.items()]
    context = _told({"pageUri": given.page_url, "pageName": given.page_name})
    body: dict[str, Any] = {"fields": fields}
    if context:
        body["context"] = context
    if given.submitted_at:
        body["submittedAt"] = str(milliseconds(given.submitted_at))
    if given.consent_text:
        communications = []
        if settings.subscription_type_id:
            agreed = {"value": True, "subscriptionTypeId": int(settings.subscription_type_id)}
            communications = [{**agreed, "text": given.consent_text}]
        consent = {"consentToProcess": True, "text": given.consent_text, "communications": communications}
        body["legalConsentOptions"] = {"consent": consent}
    return body


def form(fields: Mapping[str, str]) -> str:
    """A form of OAuth's."""
    return urlencode(fields)


def _told(fields: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value is not None}
