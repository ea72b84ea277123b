"""Contacts: what is sent for them, and what becomes of each."""

import httpx
import pytest

from tests.providers.marketing.hubspot.builders import (
    Wire,
    a_contact,
    batch,
    batch_error,
    fault,
    found,
    hubspot,
    kept,
    record,
    wrong_property,
)
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    RateLimited,
)

UPSERT = "POST /crm/v3/objects/contacts/batch/upsert"
READ = "POST /crm/v3/objects/contacts/batch/read"


async def test_contacts_are_kept_by_their_lower_case_address_in_one_call() -> None:
    wire = Wire(batch(kept("11", "omar@example.ae", "0"), kept("12", "sara@example.ae", "1", new=False)))
    outcomes = await hubspot(wire).upsert_contacts(
        [
            a_contact(key="a", email="Omar@Example.ae", first_name="عمر", phone="+971501112222"),
            a_contact(key="b", email="sara@example.ae", last_name="Ali", company="Acme", fields={"city": "دبي"}),
        ]
    )
    assert wire.lines == [UPSERT]
    assert wire.body["inputs"] == [
        {
            "id": "omar@example.ae",
            "idProperty": "email",
            "objectWriteTraceId": "0",
            "properties": {"email": "omar@example.ae", "firstname": "عمر", "phone": "+971501112222"},
        },
        {
            "id": "sara@example.ae",
            "idProperty": "email",
            "objectWriteTraceId": "1",
            "properties": {"city": "دبي", "email": "sara@example.ae", "lastname": "Ali", "company": "Acme"},
        },
    ]
    assert [(each.key, each.provider_contact_id, each.created) for each in outcomes] == [
        ("a", "11", True),
        ("b", "12", False),
    ]


async def test_a_contact_with_only_a_phone_is_refused_without_spoiling_the_others() -> None:
    wire = Wire(batch(kept("11", "omar@example.ae", "1")))
    phone = a_contact(key="p", email=None, phone="+971501112222")
    refused, taken = await hubspot(wire).upsert_contacts([phone, a_contact()])
    assert refused.error is not None
    assert (refused.error["field"], refused.retryable, taken.provider_contact_id) == ("email", False, "11")
    assert "only a phone" in refused.error["message"]


async def test_only_phones_need_no_call() -> None:
    wire = Wire()
    (refused,) = await hubspot(wire).upsert_contacts([a_contact(email=None, phone="+971501112222")])
    assert refused.error and not wire.requests


async def test_more_than_a_hundred_are_refused_before_anything_is_sent() -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as raised:
        await hubspot(wire).upsert_contacts([a_contact(email=f"{n}@example.ae") for n in range(101)])
    assert raised.value.field == "contacts"
    assert not wire.requests


async def test_a_partial_failure_is_told_of_the_contact_that_failed() -> None:
    errors = [batch_error("VALIDATION_ERROR", wrong_property("nope"), "1"), batch_error("RATE_LIMITS", "later", "2")]
    wire = Wire(batch(kept("11", "a@example.ae", "0"), errors=errors))
    contacts = [a_contact(key=key, email=f"{key}@example.ae") for key in "abc"]
    taken, wrong, later = await hubspot(wire).upsert_contacts(contacts)
    assert (taken.provider_contact_id, taken.error) == ("11", None)
    assert wrong.error == {
        "code": "invalid_request",
        "message": 'Property "nope" does not exist',
        "field": "fields.nope",
    }
    assert not wrong.retryable
    assert later.retryable


@pytest.mark.parametrize(
    "error",
    [
        batch_error("CONFLICT", "Contact already exists. Existing ID: 77", "0"),
        batch_error("CONFLICT", "exists", "0", existingId=["77"]),
    ],
    ids=["in words", "in the context"],
)
async def test_a_contact_that_is_there_under_another_key_is_changed_by_its_id(error: dict[str, object]) -> None:
    wire = Wire(batch(errors=[error]), record("77", email="omar@new.example.ae"))
    (outcome,) = await hubspot(wire).upsert_contacts([a_contact(first_name="Omar")])
    assert wire.lines == [UPSERT, "PATCH /crm/v3/objects/contacts/77"]
    assert wire.body == {"properties": {"firstname": "Omar"}}
    assert (outcome.provider_contact_id, outcome.created, outcome.error) == ("77", False, None)


async def test_a_conflict_of_the_whole_call_is_settled_likewise() -> None:
    wire = Wire(fault(409, "CONFLICT", "Contact already exists. Existing ID: 77"), record("77"))
    (outcome,) = await hubspot(wire).upsert_contacts([a_contact()])
    assert outcome.provider_contact_id == "77"


async def test_what_is_refused_as_a_whole_for_a_property_is_sent_again_without_those_that_have_it() -> None:
    wire = Wire(fault(400, "VALIDATION_ERROR", wrong_property("nope")), batch(kept("11", "a@example.ae", "0")))
    contacts = [a_contact(key="a", email="a@example.ae")]
    contacts += [a_contact(key=key, email=f"{key}@example.ae", fields={"nope": "1"}) for key in "bc"]
    taken, *wrong = await hubspot(wire).upsert_contacts(contacts)
    assert taken.provider_contact_id == "11"
    assert [each.error and each.error["field"] for each in wrong] == ["fields.nope", "fields.nope"]
    assert wire.lines == [UPSERT, UPSERT]


async def test_what_is_refused_as_a_whole_for_no_named_reason_is_sent_in_parts() -> None:
    refused = fault(400, "VALIDATION_ERROR", "Email address b@example.ae is invalid")
    taken_a, taken_c = batch(kept("11", "a@example.ae", "0")), batch(kept("13", "c@example.ae", "2"))
    wire = Wire(refused, taken_a, refused, refused, taken_c)
    outcomes = await hubspot(wire).upsert_contacts([a_contact(key=key, email=f"{key}@example.ae") for key in "abc"])
    sent = ["".join(each["id"][0] for each in body["inputs"]) for body in wire.bodies]
    assert sent == ["abc", "a", "bc", "b", "c"]
    assert [each.provider_contact_id for each in outcomes] == ["11", None, "13"]
    assert outcomes[1].error is not None
    assert not outcomes[1].retryable


async def test_what_breaks_off_between_parts_leaves_the_rest_for_later() -> None:
    refused = fault(400, "VALIDATION_ERROR", "one of them is wrong")
    wire = Wire(refused, batch(kept("11", "a@example.ae", "0")), fault(503, "UNAVAILABLE", "later"))
    outcomes = await hubspot(wire).upsert_contacts([a_contact(key=key, email=f"{key}@example.ae") for key in "abc"])
    assert [each.provider_contact_id for each in outcomes] == ["11", None, None]
    assert [each.retryable for each in outcomes] == [False, True, True]


async def test_a_contact_that_the_answer_leaves_out_may_be_kept_or_not() -> None:
    wire = Wire(batch(kept("11", "a@example.ae", "0")))
    contacts = [a_contact(key=key, email=f"{key}@example.ae") for key in "ab"]
    _, untold = await hubspot(wire).upsert_contacts(contacts)
    assert untold.error is not None
    assert (untold.error["code"], untold.retryable) == ("outcome_unknown", True)


async def test_nothing_taken_is_an_error_of_the_whole_call() -> None:
    connector = hubspot(Wire(fault(429, "RATE_LIMITS", "limit", policyName="DAILY")))
    with pytest.raises(RateLimited):
        await connector.upsert_contacts([a_contact()])
    with pytest.raises(OutcomeUnknown):
        await hubspot(Wire(httpx.ReadTimeout("late"))).upsert_contacts([a_contact()])


async def test_without_access_nothing_is_sent() -> None:
    wire = Wire()
    with pytest.raises(AuthenticationFailed, match="connect it first"):
        await hubspot(wire, credentials={}).upsert_contacts([a_contact()])
    assert not wire.requests


# Consent.


async def test_consent_is_a_legal_basis_and_a_subscription() -> None:
    wire = Wire(found(), batch(kept("11", "omar@example.ae", "0")), batch())
    connector = hubspot(wire, settings={"subscription_type_id": "7001"})
    (outcome,) = await connector.upsert_contacts([a_contact(email="Omar+1@example.ae", consent="subscribed")])
    assert outcome.error is None
    assert wire.lines == [READ, UPSERT, "POST /communication-preferences/v4/statuses/omar+1@example.ae"]
    kept_as = wire.bodies[1]["inputs"][0]["properties"]
    assert kept_as["hs_legal_basis"] == ";Freely given consent from contact"
    assert wire.body == {
        "channel": "EMAIL",
        "statusState": "SUBSCRIBED",
        "subscriptionId": 7001,
        "legalBasis": "CONSENT_WITH_NOTICE",
        "legalBasisExplanation": "The contact agreed to marketing e-mail, as recorded by the merchant.",
    }


async def test_without_a_subscription_type_only_the_basis_is_noted_and_that_can_be_switched_off() -> None:
    wire = Wire(found(), batch(kept("11", "omar@example.ae", "0")))
    await hubspot(wire).upsert_contacts([a_contact(consent="subscribed")])
    assert wire.body["inputs"][0]["properties"]["hs_legal_basis"]
    wire = Wire(found(), batch(kept("11", "omar@example.ae", "0")))
    await hubspot(wire, settings={"record_legal_basis": False}).upsert_contacts([a_contact(consent="subscribed")])
    assert wire.lines == [READ, UPSERT]
    assert "hs_legal_basis" not in wire.body["inputs"][0]["properties"]


@pytest.mark.parametrize("opted_out", ["hs_email_optout", "hs_email_optout_7001"])
async def test_who_opted_out_in_hubspot_is_not_subscribed_again(opted_out: str) -> None:
    wire = Wire(
        found(record("11", email="omar@example.ae", **{opted_out: "true"})), batch(kept("11", "omar@example.ae", "0"))
    )
    connector = hubspot(wire, settings={"subscription_type_id": "7001"})
    await connector.upsert_contacts([a_contact(consent="subscribed")])
    assert wire.lines == [READ, UPSERT]
    assert "hs_legal_basis" not in wire.body["inputs"][0]["properties"]


async def test_a_withdrawal_is_noted_even_of_a_contact_that_is_refused() -> None:
    wire = Wire(found(), fault(400, "VALIDATION_ERROR", "no"), batch())
    (outcome,) = await hubspot(wire).upsert_contacts([a_contact(consent="unsubscribed")])
    assert wire.lines[-1] == "POST /communication-preferences/v4/statuses/omar@example.ae/unsubscribe-all"
    assert wire.requests[-1].url.query == b"channel=EMAIL"
    assert outcome.error is not None


async def test_a_withdrawal_that_hubspot_has_is_not_noted_again() -> None:
    there = found(record("11", email="omar@example.ae", hs_email_optout="true"))
    wire = Wire(there, batch(kept("11", "omar@example.ae", "0", new=False)))
    await hubspot(wire).upsert_contacts([a_contact(consent="unsubscribed")])
    assert wire.lines == [READ, UPSERT]


async def test_consent_that_cannot_be_noted_is_an_error_beside_the_id() -> None:
    scopes = [{"message": "x", "context": {"requiredGranularScopes": ["communication_preferences.read_write"]}}]
    wire = Wire(found(), batch(kept("11", "omar@example.ae", "0")), fault(403, "MISSING_SCOPES", "no", errors=scopes))
    (outcome,) = await hubspot(wire).upsert_contacts([a_contact(consent="unsubscribed")])
    assert outcome.provider_contact_id == "11"
    assert outcome.error is not None
    assert "communication_preferences.read_write" in outcome.error["message"]
    assert not outcome.retryable


@pytest.mark.parametrize("consent", ["pending", "none", "bounced"])
async def test_nothing_is_said_of_other_states_of_consent(consent: str) -> None:
    wire = Wire(batch(kept("11", "omar@example.ae", "0")))
    await hubspot(wire, settings={"subscription_type_id": "7001"}).upsert_contacts([a_contact(consent=consent)])
    assert wire.lines == [UPSERT]
    assert wire.body["inputs"][0]["properties"] == {"email": "omar@example.ae"}


@pytest.mark.parametrize(
    ("properties", "consent"),
    [
        ({"hs_email_optout": "true", "hs_legal_basis": "Freely given consent from contact"}, "unsubscribed"),
        ({"hs_email_optout_7001": "true"}, "unsubscribed"),
        ({"hs_email_hard_bounce_reason_enum": "UNKNOWN_USER"}, "bounced"),
        ({"hs_legal_basis": "Not applicable;Freely given consent from contact"}, "subscribed"),
        ({"hs_legal_basis": "Legitimate interest – existing customer", "hs_email_optout": "false"}, None),
        ({}, None),
    ],
)
async def test_consent_is_read_from_properties(properties: dict[str, str], consent: str | None) -> None:
    wire = Wire(found(record("11", email="omar@example.ae", **properties)))
    read = await hubspot(wire, settings={"subscription_type_id": "7001"}).find_contact("Omar@example.ae")
    assert read.consent == consent
    assert wire.body["inputs"] == [{"id": "omar@example.ae"}]
    assert "hs_email_optout_7001" in wire.body["properties"]


# Tags.


def a_list(kind: str = "MANUAL") -> dict[str, object]:
    return {"list": {"listId": "5", "name": "Wasl: vip", "processingType": kind}}


async def test_tags_are_static_lists_made_when_first_needed_and_changed_once_for_all() -> None:
    missing = fault(404, "OBJECT_NOT_FOUND", "List does not exist")
    upserted = batch(kept("11", "a@example.ae", "0"), kept("12", "b@example.ae", "1"))
    wire = Wire(upserted, missing, a_list(), {"recordsIdsAdded": ["11", "12"]}, missing)
    contacts = [
        a_contact(key="a", email="a@example.ae", tags=("vip/gold",), untags=("old",)),
        a_contact(key="b", email="b@example.ae", tags=("vip/gold",)),
    ]
    outcomes = await hubspot(wire).upsert_contacts(contacts)
    assert not any(each.error for each in outcomes)
    assert wire.lines[1:] == [
        "GET /crm/v3/lists/object-type-id/0-1/name/Wasl: vip/gold",
        "POST /crm/v3/lists",
        "PUT /crm/v3/lists/5/memberships/add",
        "GET /crm/v3/lists/object-type-id/0-1/name/Wasl: old",
    ]
    assert wire.requests[1].url.raw_path.endswith(b"/name/Wasl%3A%20vip%2Fgold")
    assert wire.bodies[3] == ["11", "12"]


async def test_a_list_that_somebody_made_meanwhile_is_taken() -> None:
    wire = Wire(found(record("11")), fault(404, "OBJECT_NOT_FOUND", "no"), fault(400, "VALIDATION_ERROR", "in use"))
    wire.answers += [a_list(), {"recordsIdsAdded": ["11"]}]
    await hubspot(wire).tag_contact("omar@example.ae", ["vip"], [])
    assert wire.lines[-1] == "PUT /crm/v3/lists/5/memberships/add"


async def test_an_active_list_of_a_tags_name_is_told() -> None:
    wire = Wire(found(record("11")), a_list("DYNAMIC"))
    with pytest.raises(InvalidRequest) as raised:
        await hubspot(wire).tag_contact("omar@example.ae", ["vip"], [])
    assert raised.value.field == "tags"


async def test_only_a_contact_that_is_there_can_be_tagged() -> None:
    with pytest.raises(NotFound):
        await hubspot(Wire(found())).tag_contact("omar@example.ae", ["vip"], [])


# Finding and forgetting.


async def test_a_contact_has_its_further_fields() -> None:
    shown = record("11", email="omar@example.ae", firstname="عمر", jobtitle="Buyer", createdate="2026", city=None)
    read = await hubspot(Wire(found(shown))).find_contact("omar@example.ae")
    assert (read.first_name, read.fields) == ("عمر", {"jobtitle": "Buyer"})
    assert read.updated_at is not None
    with pytest.raises(NotFound):
        await hubspot(Wire(batch(errors=[batch_error("OBJECT_NOT_FOUND", "no", None)]))).find_contact("x@example.ae")


SEARCH = "POST /crm/v3/objects/contacts/search"
ERASE = "POST /crm/v3/objects/contacts/gdpr-delete"


async def test_a_forgotten_contact_is_erased_archived_or_under_a_further_address() -> None:
    others = found(
        record("7", hs_additional_emails="o@example.ae;omar@example.ae"), record("8", hs_additional_emails="x")
    )
    wire = Wire(found(record("9")), found(record("11")), others, (204, None), (204, None), (204, None))
    await hubspot(wire).forget_contact("Omar@example.ae")
    assert wire.lines == [READ, READ, SEARCH, ERASE, ERASE, ERASE]
    assert [request.url.query for request in wire.requests[:2]] == [b"archived=true", b""]
    assert [body["objectId"] for body in wire.bodies[3:]] == ["9", "11", "7"]


async def test_an_address_that_nobody_has_is_not_blocked_by_forgetting_it() -> None:
    wire = Wire(found(), found(), found())
    await hubspot(wire).forget_contact("nobody@example.ae")
    assert wire.lines == [READ, READ, SEARCH]


async def test_who_was_erased_meanwhile_is_forgotten() -> None:
    wire = Wire(found(), found(record("11")), found(), fault(404, "OBJECT_NOT_FOUND", "no"))
    await hubspot(wire).forget_contact("omar@example.ae")
    assert wire.lines[-1] == ERASE


async def test_a_contact_is_found_by_a_further_address() -> None:
    wire = Wire(found(), found(record("7", email="omar@example.ae", hs_additional_emails="o@example.ae"), total=1))
    read = await hubspot(wire).find_contact("O@example.ae")
    assert (read.provider_contact_id, read.email, read.fields) == ("7", "omar@example.ae", {})
    wanted = {"propertyName": "hs_additional_emails", "operator": "CONTAINS_TOKEN", "value": "o@example.ae"}
    assert wire.body["filterGroups"] == [{"filters": [wanted]}]


async def test_fields_are_the_properties_in_use() -> None:
    listed = {
        "results": [
            {"name": "city", "label": "City", "type": "string", "options": [], "archived": False},
            {"name": "old", "label": "Old", "type": "string", "archived": True},
            {
                "name": "stage",
                "label": "Stage",
                "type": "enumeration",
                "modificationMetadata": {"readOnlyValue": True},
                "options": [{"value": "lead", "hidden": False}, {"value": "gone", "hidden": True}],
            },
        ]
    }
    city, stage = await hubspot(Wire(listed)).list_fields()
    assert (city.name, city.read_only, stage.read_only, stage.choices) == ("city", False, True, ("lead",))
