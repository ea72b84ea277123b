"""Deals, companies, forms, lists and e-mails."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.providers.marketing.hubspot.builders import (
    BATCH,
    Wire,
    a_deal,
    batch,
    batch_error,
    fault,
    found,
    hubspot,
    pipelines,
    record,
)
from workers.providers.errors import InvalidRequest, OutcomeUnknown
from workers.providers.marketing.models import CompanyRequest, FormSubmission

UPSERTED = {**BATCH, "results": [{**record("31", dealname="Order 1001"), "new": True}]}
LOOK, KEEP = "POST /crm/v3/objects/0-3/batch/read", "POST /crm/v3/objects/0-3/batch/upsert"
WAYS = "GET /crm/v3/pipelines/0-3"
FORM = "5f2c1d3e-8a41-4b6f-9c0d-1e2f3a4b5c6d"


def sent(wire: Wire, line: str = KEEP) -> dict[str, str]:
    properties: dict[str, str] = wire.bodies[wire.lines.index(line)]["inputs"][0]["properties"]
    return properties


async def test_a_new_deal_is_kept_by_its_reference_in_the_first_open_stage_and_tied_to_its_contact() -> None:
    wire = Wire(pipelines(), found(record("11")), found(), UPSERTED, batch())
    kept = await hubspot(wire).upsert_deal(a_deal(email="omar@example.ae", closes_at="2026-12-31", fields={"vat": "5"}))
    assert wire.lines == [
        WAYS,
        "POST /crm/v3/objects/contacts/batch/read",
        LOOK,
        KEEP,
        "PUT /crm/v4/objects/0-3/31/associations/default/0-1/11",
    ]
    assert wire.bodies[3]["inputs"][0] == {
        "id": "payment-1",
        "idProperty": "wasl_reference",
        "objectWriteTraceId": "0",
        "properties": {
            "vat": "5",
            "dealname": "Order 1001",
            "amount": "99.00",
            "deal_currency_code": "AED",
            "closedate": "2026-12-31T00:00:00Z",
            "wasl_reference": "payment-1",
            "pipeline": "default",
            "dealstage": "new",
        },
    }
    assert (kept.provider_deal_id, kept.stage, kept.is_won, kept.contact_ids) == ("31", "New", False, ("11",))
    assert (kept.reference, str(kept.amount), kept.currency) == ("payment-1", "99.00", "AED")


@pytest.mark.parametrize(
    ("existing", "changes", "stage"),
    [
        (None, {"won": True}, "closedwon"),
        (None, {"stage": "AGREED"}, "agreed"),
        (None, {"stage": "agreed", "pipeline": "sales pipeline"}, "agreed"),
        ("agreed", {}, None),
        ("agreed", {"pipeline": "Sales Pipeline"}, None),
        ("agreed", {"won": True}, "closedwon"),
        ("agreed", {"stage": "New", "won": True}, "new"),
    ],
)
async def test_the_stage_of_a_deal(existing: str | None, changes: dict[str, Any], stage: str | None) -> None:
    there = [record("31", pipeline="default", dealstage=existing, wasl_reference="payment-1")] if existing else []
    wire = Wire(pipelines(), found(*there), UPSERTED)
    kept = await hubspot(wire).upsert_deal(a_deal(**changes))
    assert sent(wire).get("dealstage") == stage
    assert kept.stage == {"closedwon": "Closed Won", "agreed": "Agreed", "new": "New"}[stage or existing or ""]
    assert kept.is_won is (stage == "closedwon")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"stage": "Nope"}, "stage"), ({"pipeline": "Nope"}, "pipeline"), ({"email": "x@y.ae"}, "email")],
)
async def test_what_a_deal_cannot_be_put_into_is_told_before_it_is_written(changes: dict[str, str], field: str) -> None:
    wire = Wire(pipelines(), found(), found())
    with pytest.raises(InvalidRequest) as raised:
        await hubspot(wire).upsert_deal(a_deal(**changes))
    assert raised.value.field == field
    assert KEEP not in wire.lines


async def test_the_property_of_references_is_made_when_first_needed() -> None:
    no_property = fault(400, "VALIDATION_ERROR", "Property wasl_reference does not exist")
    wire = Wire(pipelines(), no_property, fault(404, "OBJECT_NOT_FOUND", "no"), (201, {"name": "x"}), UPSERTED)
    await hubspot(wire).upsert_deal(a_deal())
    made = "POST /crm/v3/properties/0-3"
    assert wire.lines == [WAYS, LOOK, "GET /crm/v3/properties/0-3/wasl_reference", made, KEEP]
    body = wire.bodies[3]
    assert (body["name"], body["hasUniqueValue"], body["groupName"], body["type"], body["fieldType"]) == (
        "wasl_reference",
        True,
        "dealinformation",
        "string",
        "text",
    )


async def test_a_property_without_unique_values_is_told_by_the_settings_name() -> None:
    refused = fault(400, "VALIDATION_ERROR", "Unable to perform update/upsert by non-unique 0-3 property dealname")
    wire = Wire(pipelines(), refused, {"name": "order_no", "hasUniqueValue": False})
    with pytest.raises(InvalidRequest) as raised:
        await hubspot(wire, settings={"deal_reference_property": "order_no"}).upsert_deal(a_deal())
    assert raised.value.field == "settings.deal_reference_property"


async def test_a_deal_that_is_refused_within_a_good_answer_is_refused() -> None:
    wrong = batch_error("VALIDATION_ERROR", "XYZ is no currency of this account", "0")
    with pytest.raises(InvalidRequest, match="no currency"):
        await hubspot(Wire(pipelines(), found(), batch(errors=[wrong]))).upsert_deal(a_deal())
    with pytest.raises(OutcomeUnknown):
        await hubspot(Wire(pipelines(), found(), batch())).upsert_deal(a_deal())


ACME = CompanyRequest(name="Acme", domain="acme.ae", city="دبي")


async def test_a_company_is_found_by_its_domain_and_changed() -> None:
    wire = Wire(found(record("51", domain="acme.ae"), total=1), record("51", name="Acme", domain="acme.ae"))
    kept = await hubspot(wire).upsert_company(ACME)
    assert wire.lines == ["POST /crm/v3/objects/companies/search", "PATCH /crm/v3/objects/companies/51"]
    assert wire.body == {"properties": {"name": "Acme", "domain": "acme.ae", "city": "دبي"}}
    assert (kept.provider_company_id, kept.domain) == ("51", "acme.ae")


async def test_a_company_that_search_does_not_find_is_kept_by_a_unique_property() -> None:
    refused = fault(400, "VALIDATION_ERROR", "Property wasl_domain does not exist")
    kept = {**BATCH, "results": [{**record("51"), "new": True}]}
    wire = Wire(found(total=0), refused, fault(404, "OBJECT_NOT_FOUND", "no"), (201, {}), kept)
    company = await hubspot(wire).upsert_company(ACME)
    keep = "POST /crm/v3/objects/companies/batch/upsert"
    assert wire.lines[1:] == [
        keep,
        "GET /crm/v3/properties/companies/wasl_domain",
        "POST /crm/v3/properties/companies",
        keep,
    ]
    assert (wire.body["inputs"][0]["id"], wire.body["inputs"][0]["idProperty"]) == ("acme.ae", "wasl_domain")
    assert sent(wire, keep)["wasl_domain"] == "acme.ae"
    assert (company.provider_company_id, company.name) == ("51", "Acme")


async def test_a_company_needs_a_domain() -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as raised:
        await hubspot(wire).upsert_company(CompanyRequest(name="Acme"))
    assert raised.value.field == "domain"
    assert not wire.requests


# Forms.


async def test_a_form_is_submitted_at_its_own_host_with_what_was_agreed_to() -> None:
    wire = Wire({"portalId": 62515}, {"inlineMessage": "Thanks"})
    submission = FormSubmission(
        form_id=FORM,
        fields={"email": "omar@example.ae", "city": "دبي"},
        page_url="https://shop.example/ar",
        page_name="تواصل",
        consent_text="نعم",
        submitted_at=datetime(2026, 11, 1, 8, tzinfo=UTC),
    )
    await hubspot(wire, settings={"subscription_type_id": "7001"}).submit_form(submission)
    request = wire.requests[-1]
    assert str(request.url) == f"https://api.hsforms.com/submissions/v3/integration/secure/submit/62515/{FORM}"
    assert request.headers["authorization"].startswith("Bearer ")
    assert wire.body == {
        "fields": [
            {"objectTypeId": "0-1", "name": "email", "value": "omar@example.ae"},
            {"objectTypeId": "0-1", "name": "city", "value": "دبي"},
        ],
        "submittedAt": "1793520000000",
        "context": {"pageUri": "https://shop.example/ar", "pageName": "تواصل"},
        "legalConsentOptions": {
            "consent": {
                "consentToProcess": True,
                "text": "نعم",
                "communications": [{"value": True, "subscriptionTypeId": 7001, "text": "نعم"}],
            }
        },
    }


async def test_a_form_needs_no_question_where_the_account_is_known_and_is_never_sent_again() -> None:
    wire = Wire(httpx.ReadTimeout("late"))
    with pytest.raises(OutcomeUnknown):
        await hubspot(wire, settings={"portal_id": "7"}).submit_form(
            FormSubmission(form_id=FORM, fields={"email": "a"})
        )
    assert wire.lines == [f"POST /submissions/v3/integration/secure/submit/7/{FORM}"]
    assert wire.body == {"fields": [{"objectTypeId": "0-1", "name": "email", "value": "a"}]}
    assert wire.requests[0].extensions["wasl"]["retryable"] is False


async def test_a_form_needs_answers() -> None:
    with pytest.raises(InvalidRequest) as raised:
        await hubspot(Wire()).submit_form(FormSubmission(form_id=FORM, fields={}))
    assert raised.value.field == "fields"


# Lists and e-mails.


async def test_lists_are_read_with_a_small_overlap() -> None:
    def lists(first: int, number: int, *, more: bool) -> dict[str, Any]:
        shown = [
            {"listId": str(each), "name": f"List {each}", "additionalProperties": {"hs_list_size": "7"}}
            for each in range(first, first + number)
        ]
        return {"lists": shown, "hasMore": more, "offset": first + number, "total": 130}

    wire = Wire(lists(0, 100, more=True), lists(90, 40, more=False))
    connector = hubspot(wire)
    first = await connector.list_audiences(cursor=None)
    second = await connector.list_audiences(cursor=first.next_cursor)
    assert [body["offset"] for body in wire.bodies] == [0, 90]
    assert (first.audiences[0].members, first.total, second.next_cursor) == (7, 130, None)
    with pytest.raises(InvalidRequest):
        await connector.list_audiences(cursor="-1")


async def test_emails_come_oldest_first_with_their_figures() -> None:
    email = {
        "id": "91",
        "name": "Eid",
        "subject": "عيد مبارك",
        "state": "PUBLISHED",
        "publishedAt": "2026-11-01T08:00:00Z",
        "updatedAt": "2026-11-02T08:00:00Z",
        "to": {"contactIlsLists": {"include": ["5"]}},
        "stats": {"counters": {"sent": 9, "open": 4, "click": 2, "bounce": 1, "unsubscribed": 0, "spamreport": 0}},
    }
    draft = {"id": "92", "name": "Next", "state": "DRAFT"}
    wire = Wire(found(email, draft, after="2", total=3), found(total=3))
    connector = hubspot(wire)
    first = await connector.list_campaigns(since=datetime(2026, 11, 1, tzinfo=UTC), cursor=None)
    await connector.list_campaigns(since=None, cursor=first.next_cursor)
    queries = [dict(request.url.params) for request in wire.requests]
    asked = {"limit": "100", "sort": "createdAt", "includeStats": "true", "updatedAfter": "2026-11-01T00:00:00Z"}
    assert queries == [asked, {**asked, "after": "2"}]
    sent_one, unsent = first.campaigns
    assert (sent_one.status, sent_one.audience_id, sent_one.subject) == ("sent", "5", "عيد مبارك")
    assert (sent_one.recipients, sent_one.unique_opens, sent_one.unique_clicks, sent_one.opens) == (9, 4, 2, None)
    assert (sent_one.bounces, sent_one.unsubscribes, sent_one.complaints) == (1, 0, 0)
    assert (unsent.status, unsent.sent_at, unsent.recipients) == ("draft", None, None)


@pytest.mark.parametrize(
    ("state", "published", "status"),
    [
        ("DRAFT_AB", None, "draft"),
        ("AUTOMATED_DRAFT", None, "draft"),
        ("AGENT_GENERATED", None, "draft"),
        ("SCHEDULED", None, "scheduled"),
        ("PUBLISHED_OR_SCHEDULED", "2999-01-01T00:00:00Z", "scheduled"),
        ("PUBLISHED_OR_SCHEDULED", "2026-01-01T00:00:00Z", "sent"),
        ("PROCESSING", None, "sending"),
        ("AUTOMATED", None, "sending"),
        ("PUBLISHED_AB", None, "sent"),
        ("ERROR", None, "cancelled"),
    ],
)
async def test_states_of_emails(state: str, published: str | None, status: str) -> None:
    email = {"id": "91", "name": "x", "state": state, "publishDate": published}
    page = await hubspot(Wire(found(email, total=1))).list_campaigns(since=None, cursor=None)
    assert (page.campaigns[0].status, page.campaigns[0].provider_status) == (status, state)
