"""The properties that an account's records have, and what values they take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.marketing.hubspot.errors import HubSpotError, error, invalid, wrong_properties

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}")
BASES = (
    "Legitimate interest – prospect/lead",
    "Legitimate interest – existing customer",
    "Legitimate interest - other",
    "Performance of a contract",
    "Freely given consent from contact",
    "Not applicable",
)
_STAGES = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "other")
_CREATE_FIELDS = frozenset(
    {"name", "label", "type", "fieldType", "groupName", "hasUniqueValue", "description", "options", "displayOrder",
     "hidden", "formField"}
)  # fmt: skip


@dataclass
class Property:
    """One property."""

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    group: str = ""
    choices: tuple[str, ...] = ()
    read_only: bool = False
    unique: bool = False

    def show(self) -> dict[str, Any]:
        """As the properties API shows it."""
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "groupName": self.group,
            "description": "",
            "options": [
                {"label": choice, "value": choice, "displayOrder": place, "hidden": False}
                for place, choice in enumerate(self.choices)
            ],
            "displayOrder": -1,
            "calculated": False,
            "externalOptions": False,
            "hasUniqueValue": self.unique,
            "hidden": False,
            "hubspotDefined": self.group != "",
            "modificationMetadata": {
                "archivable": True,
                "readOnlyDefinition": False,
                "readOnlyValue": self.read_only,
            },
            "formField": True,
            "archived": False,
        }


def _texts(group: str, **labels: str) -> list[Property]:
    return [Property(name, label, group=group) for name, label in labels.items()]


def _kept(group: str, *names: str) -> list[Property]:
    kinds = {name: "datetime" if name.endswith("date") else "string" for name in names}
    return [Property(name, name, kind, "date", group, read_only=True) for name, kind in kinds.items()]


def contact_schema() -> dict[str, Property]:
    """Contacts'."""
    group = "contactinformation"
    listed = [
        *_texts(group, email="Email", phone="Phone Number", firstname="First Name", lastname="Last Name"),
        *_texts(group, company="Company Name", jobtitle="Job Title", city="City", country="Country/Region"),
        Property("lifecyclestage", "Lifecycle Stage", "enumeration", "radio", group, _STAGES),
        Property("hs_lead_status", "Lead Status", "enumeration", "radio", group, ("NEW", "OPEN", "CONNECTED")),
        Property("hs_legal_basis", "Legal basis", "enumeration", "checkbox", group, BASES),
        Property("hs_email_optout", "Unsubscribed from all email", "bool", "booleancheckbox", group, read_only=True),
        *_kept(
            group,
            "hs_email_hard_bounce_reason_enum",
            "hs_additional_emails",
            "createdate",
            "lastmodifieddate",
            "hs_object_id",
        ),
    ]
    found = {each.name: each for each in listed}
    found["email"].unique = True
    return found


def deal_schema() -> dict[str, Property]:
    """Deals'. Stages and pipelines are checked against the account's."""
    group = "dealinformation"
    listed = [
        *_texts(group, dealname="Deal Name", dealstage="Deal Stage", pipeline="Pipeline", description="Description"),
        Property("deal_currency_code", "Currency", "enumeration", "select", group, ("AED", "USD", "EUR", "SAR", "KWD")),
        Property("amount", "Amount", "number", "number", group),
        Property("closedate", "Close Date", "datetime", "date", group),
        *_kept(group, "hs_is_closed", "hs_is_closed_won", "createdate", "hs_lastmodifieddate", "hs_object_id"),
    ]
    return {each.name: each for each in listed}


def company_schema() -> dict[str, Property]:
    """Companies'."""
    group = "companyinformation"
    listed = [
        *_texts(group, name="Company name", domain="Company Domain Name", phone="Phone Number", city="City"),
        *_texts(group, country="Country/Region", industry="Industry"),
        *_kept(group, "createdate", "hs_lastmodifieddate", "hs_object_id"),
    ]
    return {each.name: each for each in listed}


@dataclass
class Schema:
    """What one kind of records has."""

    properties: dict[str, Property] = field(default_factory=dict)

    def create(self, body: Any) -> Property:
        """POST /crm/v3/properties/{kind}"""
        if not isinstance(body, dict) or not {"name", "label", "type", "fieldType", "groupName"} <= body.keys():
            raise invalid("Invalid input JSON: name, label, type, fieldType and groupName are required")
        if unknown := body.keys() - _CREATE_FIELDS:
            raise invalid(f"Invalid input JSON: unknown field {sorted(unknown)[0]}")
        name = body["name"]
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise invalid(f"The property name {name} is not valid")
        if name in self.properties:
            raise error(409, "OBJECT_ALREADY_EXISTS", f"A property named '{name}' already exists.")
        made = Property(name, str(body["label"]), body["type"], body["fieldType"], body["groupName"])
        made.unique = body.get("hasUniqueValue") is True
        self.properties[name] = made
        return made

    def checked(self, given: Any, before: Mapping[str, str], *, inside: bool = False) -> dict[str, str]:
        """Values as they are kept. :param before: those that are there. :param inside: HubSpot itself sets them.

        :raises HubSpotError: some are wrong.
        """
        if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
            raise invalid("Invalid input JSON: properties must be an object of strings")
        faults = [fault for name, value in given.items() if (fault := self._fault(name, value, inside=inside))]
        if faults:
            raise wrong_properties(faults)
        return {name: self._kept(name, value, before.get(name, "")) for name, value in given.items()}

    def refuse_unless_unique(self, name: str, kind_id: str) -> None:
        """:raises HubSpotError: records cannot be told by this property."""
        if name not in self.properties:
            raise wrong_properties([(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')])
        if not self.properties[name].unique:
            raise invalid(f"Unable to perform update/upsert by non-unique {kind_id} property {name}")

    def _fault(self, name: str, value: str, *, inside: bool) -> tuple[str, str, str] | None:
        known = self.properties.get(name)
        if known is None:
            return name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist'
        if known.read_only and not inside:
            return name, "READ_ONLY_VALUE", f'Property "{name}" is read-only'
        if name == "email" and not _EMAIL.fullmatch(value):
            return name, "INVALID_EMAIL", f"Email address {value} is invalid"
        if known.choices and value and not set(value.strip(";").split(";")) <= set(known.choices):
            return name, "INVALID_OPTION", f"{value} was not one of the allowed options: {', '.join(known.choices)}"
        if known.type == "number" and value and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            return name, "INVALID_NUMBER", f"{value} was not a valid number"
        if known.type == "datetime" and value and not _is_time(value):
            return name, "INVALID_DATE", f"{value} was not a valid date"
        return None

    def _kept(self, name: str, value: str, before: str) -> str:
        if name in ("email", "domain"):
            return value.lower()
        if self.properties[name].field_type == "checkbox" and value.startswith(";"):
            return ";".join(dict.fromkeys(choice for choice in f"{before}{value}".split(";") if choice))
        return value


def _is_time(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return value.isdigit()
    return True


__all__ = ["BASES", "HubSpotError", "Property", "Schema", "company_schema", "contact_schema", "deal_schema"]
