"""How contacts are written: what goes over the wire, and what becomes of each."""

import json
from typing import Any

import httpx
import pytest

from tests.providers.marketing.mailchimp.builders import (
    AUDIENCE,
    FIELDS,
    NOT_FOUND,
    Wire,
    a_contact,
    exists,
    mailchimp,
    member,
    problem,
    refused,
    written,
)
from workers.providers.errors import AuthenticationFailed, InvalidRequest, OutcomeUnknown, ProviderError
from workers.providers.marketing.mailchimp.requests import subscriber_hash
from workers.providers.marketing.models import ContactEvent, MailConsent

LISTS = {"lists": [{"id": "a1", "name": "العملاء"}, {"id": "b2", "name": "News"}], "total_items": 2}
PUT = f"PUT /lists/{AUDIENCE}/members/{{}}"


def test_the_known_vector_of_an_address() -> None:
    assert subscriber_hash("Fatima@Example.ae") == "acb079ea933aba3aaed08a20d3596a1d"
    assert subscriber_hash(" fatima@example.AE ") == subscriber_hash("Fatima@Example.ae")


async def test_one_contact_is_put_with_a_status_for_new_ones_only() -> None:
    wire = Wire(FIELDS, member())
    contact = a_contact(
        first_name="سارة", last_name="Khan", phone="+971501234567", company="Souk", fields={"SIZE": "M"}
    )
    (outcome,) = await mailchimp(wire).upsert_contacts([contact])
    hashed = subscriber_hash("sara@shop.ae")
    assert wire.lines == [f"GET /lists/{AUDIENCE}/merge-fields", PUT.format(hashed)]
    assert wire.requests[1].url.params["skip_merge_validation"] == "true"
    assert wire.body() == {
        "email_address": "sara@shop.ae",
        "status_if_new": "subscribed",
        "merge_fields": {"FNAME": "سارة", "LNAME": "Khan", "PHONE": "+971501234567", "SIZE": "M"},
    }, "there is no field for a company in this audience"
    assert (outcome.key, outcome.provider_contact_id, outcome.error) == ("sara@shop.ae", hashed, None)


@pytest.mark.parametrize(
    ("consent", "sent"),
    [
        ("subscribed", {"status_if_new": "subscribed"}),
        ("pending", {"status_if_new": "pending"}),
        ("none", {"status_if_new": "transactional"}),
        (None, {"status_if_new": "transactional"}),
        ("bounced", {"status_if_new": "cleaned"}),
        ("unsubscribed", {"status_if_new": "unsubscribed", "status": "unsubscribed"}),
    ],
)
async def test_a_status_is_sent_only_when_somebody_withdraws(consent: str | None, sent: dict[str, str]) -> None:
    wire = Wire(member())
    await mailchimp(wire).upsert_contacts([a_contact(consent=consent)])
    assert wire.lines == [PUT.format(subscriber_hash("sara@shop.ae"))], "no merge fields are needed"
    assert wire.body() == {"email_address": "sara@shop.ae", **sent}


async def test_a_field_that_the_audience_does_not_have_is_refused_before_anything_is_written() -> None:
    for name in ("HEIGHT", "ADDRESS"):
        wire = Wire(FIELDS)
        (outcome,) = await mailchimp(wire).upsert_contacts([a_contact(fields={name: "1"})])
        assert outcome.error is not None
        assert outcome.error["field"] == f"fields.{name}"
        assert wire.lines == [f"GET /lists/{AUDIENCE}/merge-fields"]


async def test_an_american_phone_field_is_spared_other_numbers() -> None:
    american = {"merge_fields": [{"tag": "PHONE", "name": "Phone", "type": "phone", "options": {"phone_format": "US"}}]}
    for phone, kept in (("+971501234567", False), ("+12125550100", True)):
        wire = Wire(american, member())
        await mailchimp(wire).upsert_contacts([a_contact(phone=phone)])
        assert ("merge_fields" in wire.body()) is kept


async def test_a_contact_without_an_address_is_its_own_outcome() -> None:
    wire = Wire(FIELDS)
    (outcome,) = await mailchimp(wire).upsert_contacts([a_contact(None, phone="+971501234567")])
    assert outcome.error is not None
    assert (outcome.error["field"], outcome.retryable) == ("email", False)
    assert wire.lines == [f"GET /lists/{AUDIENCE}/merge-fields"]


async def test_many_are_first_taken_as_new_ones_then_those_that_are_there_without_a_status() -> None:
    wire = Wire(
        written(("new@shop.ae",), (), exists("old@shop.ae"), exists('"gone@shop.ae"')),
        written((), ("old@shop.ae", "gone@shop.ae")),
    )
    contacts = [a_contact("old@shop.ae"), a_contact("new@shop.ae"), a_contact("Gone@shop.ae", consent="unsubscribed")]
    outcomes = await mailchimp(wire).upsert_contacts(contacts)
    assert wire.lines == [f"POST /lists/{AUDIENCE}"] * 2
    first, second = wire.body(0), wire.body(1)
    assert (first["update_existing"], second["update_existing"]) == (False, True)
    assert [each["status"] for each in first["members"]] == ["subscribed", "subscribed", "unsubscribed"]
    assert second["members"] == [
        {"email_address": "old@shop.ae"},
        {"email_address": "Gone@shop.ae", "status": "unsubscribed"},
    ], "nobody who is there is subscribed"
    assert [(each.key, each.created, each.error) for each in outcomes] == [
        ("old@shop.ae", False, None),
        ("new@shop.ae", True, None),
        ("Gone@shop.ae", False, None),
    ]


async def test_each_of_many_has_its_own_error() -> None:
    wire = Wire(
        written(
            ("fine@shop.ae",),
            (),
            refused("fake@shop.ae", "looks fake or invalid", field="email address", field_message="Try another."),
            refused("busy@shop.ae", "has signed up to a lot of lists very recently; we're not allowing more signups"),
        )
    )
    contacts = [a_contact(f"{name}@shop.ae") for name in ("fake", "fine", "busy")]
    fake, fine, busy = await mailchimp(wire).upsert_contacts(contacts)
    assert fake.error == {"code": "invalid_request", "message": "looks fake or invalid Try another.", "field": "email"}
    assert (fake.retryable, fine.error, busy.retryable) == (False, None, True)


async def test_whoever_is_passed_over_in_silence_is_written_alone() -> None:
    wire = Wire(written((), (), exists("a@shop.ae"), exists("b@shop.ae")), written((), ("a@shop.ae",)), member())
    outcomes = await mailchimp(wire).upsert_contacts([a_contact("a@shop.ae"), a_contact("b@shop.ae")])
    assert wire.lines[2:] == [PUT.format(subscriber_hash("b@shop.ae"))]
    assert [outcome.error for outcome in outcomes] == [None, None]


async def test_a_call_that_is_refused_for_one_is_made_again_for_the_others() -> None:
    faults = ("members.item:1.merge_fields.SIZE", "Data presented is not one of the accepted values")
    wire = Wire(FIELDS, problem(400, "Invalid Resource", "Look.", faults), written(("a@shop.ae", "c@shop.ae")))
    contacts = [a_contact(f"{name}@shop.ae", fields={"SIZE": "M"}) for name in "abc"]
    a, b, c = await mailchimp(wire).upsert_contacts(contacts)
    assert [each["email_address"] for each in wire.body(2)["members"]] == ["a@shop.ae", "c@shop.ae"]
    assert (a.error, c.error) == (None, None)
    assert b.error is not None
    assert b.error["field"] == "fields.SIZE"


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (problem(400, "Member In Compliance State", "is in a compliance state"), "consent"),
        (problem(400, "Forgotten Email Not Subscribed", "was permanently deleted"), "email"),
        (problem(400, "Invalid Resource", "No.", ("email_address", "This value should not be blank.")), "email"),
        (problem(400, "Invalid Resource", "No.", ("PHONE", "Too long")), "phone"),
    ],
)
async def test_what_is_wrong_with_one_contact_is_its_outcome(answer: Any, field: str) -> None:
    (outcome,) = await mailchimp(Wire(answer)).upsert_contacts([a_contact()])
    assert outcome.error is not None
    assert (outcome.error["code"], outcome.error["field"], outcome.retryable) == ("invalid_request", field, False)


async def test_an_error_before_anybody_was_taken_is_raised() -> None:
    contacts = [a_contact("a@shop.ae"), a_contact("b@shop.ae")]
    for few in (contacts[:1], contacts):
        with pytest.raises(AuthenticationFailed):
            await mailchimp(Wire(problem(401, "API Key Invalid"))).upsert_contacts(few)
        with pytest.raises(OutcomeUnknown):
            await mailchimp(Wire(httpx.ReadTimeout("late"))).upsert_contacts(few)


async def test_an_error_after_some_were_taken_is_the_outcome_of_the_others() -> None:
    wire = Wire(written(("a@shop.ae",), (), exists("b@shop.ae")), problem(429, "Too Many Requests"))
    a, b = await mailchimp(wire).upsert_contacts([a_contact("a@shop.ae"), a_contact("b@shop.ae")])
    assert a.error is None
    assert b.error is not None
    assert (b.error["code"], b.retryable) == ("rate_limited", True)


async def test_an_audience_that_is_not_chosen_or_not_there_is_named_with_those_there_are() -> None:
    for settings, answers in (({}, [LISTS]), ({"audience_id": "zz"}, [NOT_FOUND, LISTS])):
        with pytest.raises(InvalidRequest) as raised:
            await mailchimp(Wire(*answers), settings=settings).upsert_contacts([a_contact()])
        assert raised.value.field == "settings.audience_id"
        assert "a1 (العملاء), b2 (News)" in raised.value.message
    with pytest.raises(InvalidRequest) as raised:
        await mailchimp(Wire(LISTS), settings={}).list_fields()
    assert raised.value.field == "settings.audience_id"


async def test_more_than_a_call_takes_are_refused_before_it() -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest, match="more than 500"):
        await mailchimp(wire).upsert_contacts([a_contact(f"{number}@shop.ae") for number in range(501)])
    assert wire.lines == []


# Tags.


async def test_a_few_have_their_tags_set_one_by_one() -> None:
    wire = Wire(member(), (204, None))
    (outcome,) = await mailchimp(wire).upsert_contacts([a_contact(tags=["كبار العملاء"], untags=["Cold"])])
    assert wire.lines[1] == f"POST /lists/{AUDIENCE}/members/{subscriber_hash('sara@shop.ae')}/tags"
    assert wire.body() == {
        "tags": [{"name": "كبار العملاء", "status": "active"}, {"name": "Cold", "status": "inactive"}]
    }
    assert outcome.error is None


def tagged(count: int) -> list[Any]:
    return [a_contact(f"{number}@shop.ae", tags=["Eid"]) for number in range(count)]


ALL = tuple(f"{number}@shop.ae" for number in range(5))
STARTED = {"id": "job1", "status": "pending", "errored_operations": 0}


async def test_many_have_their_tags_set_by_a_job() -> None:
    wire = Wire(written(ALL), STARTED, {**STARTED, "status": "started"}, {**STARTED, "status": "finished"})
    outcomes = await mailchimp(wire).upsert_contacts(tagged(5))
    assert wire.lines[1:] == ["POST /batches", "GET /batches/job1", "GET /batches/job1"]
    operations = wire.body(1)["operations"]
    assert [operation["operation_id"] for operation in operations] == list(ALL)
    assert operations[0]["path"] == f"/lists/{AUDIENCE}/members/{subscriber_hash('0@shop.ae')}/tags"
    assert json.loads(operations[0]["body"]) == {"tags": [{"name": "Eid", "status": "active"}]}
    assert all(outcome.error is None for outcome in outcomes)


async def test_a_job_with_failures_is_done_again_one_by_one() -> None:
    failed = {**STARTED, "status": "finished", "errored_operations": 1}
    answers = [(204, None)] * 2 + [problem(400, "Invalid Resource", "No such tag.")] + [(204, None)] * 2
    wire = Wire(written(ALL), STARTED, failed, *answers)
    outcomes = await mailchimp(wire).upsert_contacts(tagged(5))
    assert [outcome.error is None for outcome in outcomes] == [True, True, False, True, True]
    assert outcomes[2].error is not None
    assert outcomes[2].error["field"] == "tags"


async def test_tags_that_may_not_be_set_yet_are_told() -> None:
    wire = Wire(written(ALL), problem(429, "Too Many Requests"))
    outcomes = await mailchimp(wire).upsert_contacts(tagged(5))
    assert {(outcome.error or {}).get("field") for outcome in outcomes} == {"tags"}
    assert all(outcome.retryable for outcome in outcomes)


async def test_one_whose_tags_cannot_be_set_is_kept_and_says_so() -> None:
    wire = Wire(member(), httpx.ReadTimeout("late"))
    (outcome,) = await mailchimp(wire).upsert_contacts([a_contact(tags=["VIP"])])
    assert outcome.error is not None
    assert (outcome.error["code"], outcome.error["field"], outcome.retryable) == ("outcome_unknown", "tags", True)


async def test_nothing_takes_longer_than_one_call_may() -> None:
    connector = mailchimp(Wire(written(ALL), STARTED))
    connector.most_seconds = 0.0
    outcomes = await connector.upsert_contacts(tagged(5))
    assert {(outcome.error or {}).get("code") for outcome in outcomes} == {"unavailable"}


async def test_tags_of_a_contact_can_be_changed_alone() -> None:
    wire = Wire((204, None))
    await mailchimp(wire).tag_contact("Sara@Shop.ae", ["VIP"], [])
    assert wire.lines == [f"POST /lists/{AUDIENCE}/members/{subscriber_hash('sara@shop.ae')}/tags"]
    await mailchimp(wire).tag_contact("sara@shop.ae", [], [])
    assert len(wire.lines) == 1, "nothing to change, nothing to ask"


# The rest of a contact's life.


async def test_to_find_one_tells_everything_of_it() -> None:
    found = await mailchimp(Wire(member())).find_contact("sara@shop.ae")
    assert (found.first_name, found.last_name, found.phone) == ("سارة", "Khan", "+971501234567")
    assert found.fields == {"SIZE": "M"}
    assert (found.tags, found.consent, found.deleted) == (("VIP",), MailConsent.SUBSCRIBED, False)
    assert str(found.updated_at) == "2026-11-02 08:00:05+00:00"


@pytest.mark.parametrize(
    ("status", "consent", "deleted"),
    [
        ("pending", "pending", False),
        ("unsubscribed", "unsubscribed", False),
        ("cleaned", "bounced", False),
        ("transactional", "none", False),
        ("archived", None, True),
    ],
)
async def test_statuses_in_our_words(status: str, consent: str | None, deleted: bool) -> None:
    found = await mailchimp(Wire(member(status=status))).find_contact("sara@shop.ae")
    assert (found.consent, found.deleted) == (consent, deleted)


async def test_a_phone_that_is_not_international_stays_a_field() -> None:
    odd = member(merge_fields={"PHONE": "050 123", "ADDRESS": {"addr1": "1 Street", "city": "Dubai", "zip": ""}})
    found = await mailchimp(Wire(odd)).find_contact("sara@shop.ae")
    assert (found.phone, found.fields) == (None, {"PHONE": "050 123", "ADDRESS": "1 Street, Dubai"})


async def test_to_forget_one_erases_them_in_every_audience() -> None:
    erased = f"/members/{subscriber_hash('sara@shop.ae')}/actions/delete-permanent"
    wire = Wire({"lists": [{"id": "b2"}, {"id": AUDIENCE}], "total_items": 2}, NOT_FOUND, (204, None))
    await mailchimp(wire).forget_contact("sara@shop.ae")
    assert wire.lines == ["GET /lists", f"POST /lists/{AUDIENCE}{erased}", f"POST /lists/b2{erased}"]
    assert wire.requests[0].url.params["email"] == "sara@shop.ae"


async def test_an_event_is_noted_and_never_sent_again_by_itself() -> None:
    given = {"email": "sara@shop.ae", "name": "purchased", "properties": {"order": "1001"}}
    wire = Wire((204, None))
    moment = "2026-11-02T12:00:00+04:00"
    await mailchimp(wire).note_contact_event(ContactEvent.model_validate({**given, "occurred_at": moment}))
    assert wire.lines == [f"POST /lists/{AUDIENCE}/members/{subscriber_hash('sara@shop.ae')}/events"]
    assert wire.body() == {
        "name": "purchased",
        "properties": {"order": "1001"},
        "occurred_at": "2026-11-02T08:00:00+00:00",
    }
    assert wire.requests[0].extensions["wasl"]["retryable"] is False


async def test_what_can_be_repeated_is_marked_so() -> None:
    wire = Wire(member(), (204, None), {"lists": [], "total_items": 0}, (204, None))
    connector = mailchimp(wire)
    await connector.upsert_contacts([a_contact()])
    await connector.tag_contact("sara@shop.ae", ["VIP"], [])
    await connector.forget_contact("sara@shop.ae")
    assert all(request.extensions["wasl"]["retryable"] for request in wire.requests)


async def test_no_answer_says_what_it_should() -> None:
    for answer in ({"members": "none"}, {"new_members": None, "updated_members": [], "errors": []}):
        with pytest.raises(ProviderError):
            await mailchimp(Wire(answer)).upsert_contacts([a_contact("a@shop.ae"), a_contact("b@shop.ae")])
