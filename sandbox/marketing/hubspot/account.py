"""What one HubSpot account holds beside its records: preferences, pipelines, e-mails, forms."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sandbox.marketing.hubspot.errors import error, invalid, missing
from sandbox.marketing.hubspot.lists import ALL_CONTACTS, Lists
from sandbox.marketing.hubspot.records import Answer, Record, Records, iso
from sandbox.marketing.hubspot.schema import Schema, company_schema, contact_schema, deal_schema

FORM_ID = "5f2c1d3e-8a41-4b6f-9c0d-1e2f3a4b5c6d"
SUBSCRIPTION_ID = 7001
_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled", "0.2", "false"),
    ("contractsent", "Contract Sent", "0.9", "false"),
    ("closedwon", "Closed Won", "1.0", "true"),
    ("closedlost", "Closed Lost", "0.0", "true"),
)
PIPELINES = (("default", "Sales Pipeline", _STAGES),)
_STATUS_FIELDS = {"channel", "statusState", "subscriptionId", "legalBasis", "legalBasisExplanation"}
_SUBMISSION_FIELDS = {"fields", "context", "submittedAt", "legalConsentOptions", "skipValidation"}


@dataclass
class Account:
    """One account ("portal").

    :param now_ms: the time in milliseconds since 1970.
    :param publish: sends events to the account's webhook.
    """

    portal_id: int
    now_ms: Callable[[], int]
    publish: Callable[[Account, list[dict[str, Any]]], None]
    webhook: dict[str, Any] | None = None
    statuses: dict[str, dict[int, str]] = field(default_factory=dict)
    emails: list[dict[str, Any]] = field(default_factory=list)
    submissions: list[dict[str, Any]] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    answers: list[tuple[int, str | None]] = field(default_factory=list)
    retired: set[str] = field(default_factory=set)
    calls: int = 0
    _events: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._numbers = count(1001)
        self._event_numbers = count(1)
        self.contacts = self._records("contacts", "0-1", "lastmodifieddate", Schema(contact_schema()))
        self.deals = self._records("deals", "0-3", "hs_lastmodifieddate", Schema(deal_schema()))
        self.companies = self._records("companies", "0-2", "hs_lastmodifieddate", Schema(company_schema()))
        self.deals.rule = _check_stage
        self.lists = Lists(self.contacts, self._numbers, self.now_ms)
        self.lists.new(ALL_CONTACTS, "DYNAMIC")
        figures = {"sent": 10, "open": 4}
        self.add_email({"name": "Welcome", "state": "PUBLISHED", "subject": "مرحبا", "counters": figures})

    def records(self, kind: str) -> Records:
        """Those of a kind, by its name or number."""
        kinds = (self.contacts, self.deals, self.companies)
        found = next((each for each in kinds if kind in (each.kind, each.kind_id)), None)
        if found is None:
            raise invalid(f"Unable to infer object type from: {kind}")
        return found

    def _records(self, kind: str, kind_id: str, stamp: str, schema: Schema) -> Records:
        def tell(what: str, record: Record, name: str | None, value: str | None) -> None:
            self._note(kind, what, record, name, value)

        return Records(kind, kind_id, stamp, schema, self.now_ms, self._numbers, tell)

    # Webhooks.

    def _note(self, kind: str, what: str, record: Record, name: str | None, value: str | None) -> None:
        subject = {"contacts": "contact", "deals": "deal", "companies": "company"}[kind]
        event = {
            "eventId": next(self._event_numbers),
            "subscriptionId": 3000 + len(what),
            "portalId": self.portal_id,
            "appId": (self.webhook or {}).get("app_id", 0),
            "occurredAt": self.now_ms(),
            "subscriptionType": f"{subject}.{what}",
            "attemptNumber": 0,
            "objectId": int(record.id),
            "changeSource": "INTEGRATION",
        }
        self._events.append({**event, "propertyName": name, "propertyValue": value} if name else event)

    def flush(self) -> None:
        """Send what has happened, at most 100 events at a time."""
        events, self._events = self._events, []
        if self.webhook is not None:
            for first in range(0, len(events), 100):
                self.publish(self, events[first : first + 100])

    # Account, properties, pipelines.

    def details(self) -> Answer:
        """GET /account-info/v3/details"""
        return 200, {
            "portalId": self.portal_id,
            "accountType": "DEVELOPER_TEST",
            "timeZone": "Asia/Dubai",
            "companyCurrency": "AED",
            "additionalCurrencies": ["USD"],
            "utcOffset": "+04:00",
            "utcOffsetMilliseconds": 14_400_000,
            "uiDomain": "app.hubspot.com",
            "dataHostingLocation": "na1",
        }

    def pipelines(self) -> Answer:
        """GET /crm/v3/pipelines/deals"""
        times = {"createdAt": iso(0), "updatedAt": iso(0), "archived": False}
        return 200, {
            "results": [
                {
                    "id": way,
                    "label": label,
                    "displayOrder": place,
                    **times,
                    "stages": [
                        {
                            "id": stage,
                            "label": name,
                            "displayOrder": order,
                            "metadata": {"isClosed": closed, "probability": probability},
                            **times,
                        }
                        for order, (stage, name, probability, closed) in enumerate(stages)
                    ],
                }
                for place, (way, label, stages) in enumerate(PIPELINES)
            ]
        }

    # Associations.

    def associate(self, deal_id: str, contact_id: str) -> Answer:
        """PUT /crm/v4/objects/0-3/{id}/associations/default/0-1/{id}"""
        deal, contact = self.deals.find(None, deal_id), self.contacts.find(None, contact_id)
        if deal is None or contact is None:
            raise missing()
        if contact.id not in deal.contacts:
            deal.contacts.append(contact.id)
        now = iso(self.now_ms())
        pairs = [(deal.id, contact.id, 3), (contact.id, deal.id, 4)]
        results = [
            {
                "from": {"id": first},
                "to": {"id": second},
                "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind},
            }
            for first, second, kind in pairs
        ]
        return 200, {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}

    def associations(self, body: Any) -> Answer:
        """POST /crm/v4/associations/0-3/0-1/batch/read; only those that have any are told."""
        now = iso(self.now_ms())
        results = []
        for each in body["inputs"]:
            deal = self.deals.find(None, str(each["id"]))
            if deal is not None and deal.contacts:
                types = [{"category": "HUBSPOT_DEFINED", "typeId": 3}]
                to = [{"toObjectId": contact, "associationTypes": types} for contact in deal.contacts]
                results.append({"from": {"id": deal.id}, "to": to})
        return 200, {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}

    # Preferences.

    def opt_out(self, email: str, query: dict[str, str]) -> Answer:
        """POST /communication-preferences/v4/statuses/{email}/unsubscribe-all"""
        if query.get("channel") != "EMAIL":
            raise invalid("channel must be EMAIL")
        self.statuses.setdefault(email.lower(), {})[SUBSCRIPTION_ID] = "UNSUBSCRIBED"
        self._mark(email, "true")
        return self._told(email, SUBSCRIPTION_ID, "UNSUBSCRIBE_FROM_ALL_OCCURRED")

    def set_status(self, email: str, body: Any) -> Answer:
        """POST /communication-preferences/v4/statuses/{email}"""
        if not isinstance(body, dict) or not {"channel", "statusState", "subscriptionId"} <= body.keys():
            raise invalid("channel, statusState and subscriptionId are required")
        if body.keys() - _STATUS_FIELDS or type(body["subscriptionId"]) is not int:
            raise invalid("Invalid input JSON on line 1")
        if body["subscriptionId"] != SUBSCRIPTION_ID:
            raise missing("There is no subscription of this number.")
        known = self.statuses.setdefault(email.lower(), {})
        before = known.get(SUBSCRIPTION_ID)
        known[SUBSCRIPTION_ID] = body["statusState"]
        if body["statusState"] == "SUBSCRIBED":
            self._mark(email, "")
        reason = "RESUBSCRIBE_OCCURRED" if before == "UNSUBSCRIBED" else "REQUESTED_CHANGE_OCCURRED"
        return self._told(email, SUBSCRIPTION_ID, reason)

    def _mark(self, email: str, value: str) -> None:
        record = self.contacts.find("email", email)
        if record is not None:
            self.contacts.put(record, {"hs_email_optout": value}, inside=True)

    def _told(self, email: str, subscription: int, reason: str) -> Answer:
        now = iso(self.now_ms())
        status = {
            "channel": "EMAIL",
            "source": "API",
            "status": self.statuses[email.lower()][subscription],
            "subscriberIdString": email,
            "subscriptionId": subscription,
            "subscriptionName": "Marketing Information",
            "setStatusSuccessReason": reason,
            "timestamp": now,
        }
        return 200, {"status": "COMPLETE", "results": [status], "startedAt": now, "completedAt": now}

    # E-mails and forms.

    def add_email(self, given: dict[str, Any]) -> dict[str, Any]:
        """A marketing e-mail; of a known name, that one changed."""
        now = iso(self.now_ms())
        given = dict(given)
        counters = given.pop("counters", None)
        found = next((each for each in self.emails if each["name"] == given["name"]), None)
        if found is None:
            found = {"id": str(next(self._numbers)), "isAb": False, "createdAt": now, "type": "BATCH_EMAIL"}
            self.emails.append(found)
        found.update({"archived": False, "updatedAt": now, **given})
        if found["state"] == "PUBLISHED":
            found.setdefault("publishedAt", now)
        if counters is not None:
            found["stats"] = {"counters": counters, "deviceBreakdown": {}, "qualifierStats": {}, "ratios": {}}
        return found

    def list_emails(self, query: dict[str, str]) -> Answer:
        """GET /marketing/v3/emails"""
        limit, first = int(query.get("limit", "10")), int(query.get("after") or 0)
        if not 0 < limit <= 100:
            raise invalid("limit must be between 1 and 100")
        since = query.get("updatedAfter", "").replace("+00:00", "Z")
        found = [each for each in self.emails if not since or each["updatedAt"] > since]
        page = found[first : first + limit]
        if query.get("includeStats") != "true":
            page = [{name: value for name, value in each.items() if name != "stats"} for each in page]
        answer: dict[str, Any] = {"total": len(found), "results": page}
        if first + limit < len(found):
            answer["paging"] = {"next": {"after": str(first + limit)}}
        return 200, answer

    def submit(self, portal_id: str, form_id: str, body: Any) -> Answer:
        """POST /submissions/v3/integration/secure/submit/{portal}/{form}"""
        if portal_id != str(self.portal_id) or form_id != FORM_ID:
            raise error(404, "OBJECT_NOT_FOUND", f"No form found with portal {portal_id} and guid {form_id}")
        if not isinstance(body, dict) or body.keys() - _SUBMISSION_FIELDS or not body.get("fields"):
            raise invalid("The request is not valid")
        values = {each["name"]: each["value"] for each in body["fields"]}
        if not values.get("email"):
            message = "Error in 'fields'. Required field 'email' is missing"
            raise invalid(f"The request is not valid: {message}", errors=[{"message": message}])
        self.contacts.put(self.contacts.find("email", values["email"]), values)
        self.submissions.append({"id": str(uuid.uuid4()), "form_id": form_id, **body})
        return 200, {"inlineMessage": "Thanks for submitting the form."}

    def state(self, subject_id: str | None) -> dict[str, Any]:
        """What it holds, by what each is known by."""

        def shown(record: Record) -> dict[str, Any]:
            kept = {**record.properties, "id": record.id, "archived": record.archived_ms is not None}
            tags = sorted(each.name for each in self.lists.known.values() if record.id in each.members)
            return {**kept, "lists": tags, "contacts": list(record.contacts)}

        def keyed(records: Records, *names: str) -> dict[str, Any]:
            found = {}
            for record in records.records.values():
                key = next((record.properties[name] for name in names if record.properties.get(name)), record.id)
                if subject_id in (None, key, record.id):
                    found[key] = shown(record)
            return found

        unique = [name for name, known in self.deals.schema.properties.items() if known.unique]
        return {
            "contacts": keyed(self.contacts, "email"),
            "deals": keyed(self.deals, *unique),
            "companies": keyed(self.companies, "domain"),
            "statuses": {
                email: {str(number): state for number, state in known.items()}
                for email, known in self.statuses.items()
                if subject_id in (None, email)
            },
            "submissions": list(self.submissions),
        }


def _check_stage(properties: dict[str, str], record: Record | None) -> None:
    """A new deal needs a name and a stage; stages belong to their pipeline; a stage says whether it is closed."""
    before = record.properties if record else {}
    if record is None and not {"dealname", "dealstage"} <= properties.keys():
        raise invalid("Required properties were not set: dealname, dealstage")
    way = properties.get("pipeline") or before.get("pipeline") or PIPELINES[0][0]
    stages = next((stages for known, _, stages in PIPELINES if known == way), None)
    if stages is None:
        raise invalid(f"{way} is not a valid pipeline ID")
    wanted = properties.get("dealstage")
    stage = next((each for each in stages if each[0] == wanted), None)
    if wanted is not None and stage is None:
        raise invalid(f"{wanted} is not a valid stage ID in the pipeline: {way}")
    if stage is not None:
        properties |= {"pipeline": way, "hs_is_closed": stage[3]}
        properties["hs_is_closed_won"] = "true" if float(stage[2]) >= 1 else "false"
