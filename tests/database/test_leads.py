"""Leads: one for each person, what they agreed to, and how they are forgotten."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.callers import LEAD, Caller, Refusal, Row, Workspace

GIVEN = {"purpose": "marketing_email", "text_version": "2026-11"}
UTM = {"utm_source": "google", "landing_page": "https://shop.example/a", "client_id": "GA1.1"}


def types(events: list[Row]) -> list[str]:
    return [event["type"] for event in events]


async def consents(workspace: Workspace, lead: Row) -> list[Row]:
    return await workspace.owner.rows(f"lead_consents?lead_id=eq.{lead['id']}&order=occurred_at,id")


async def test_a_new_lead_is_kept_as_told(workspace: Workspace) -> None:
    lead = await workspace.lead(
        email=" Amal@Example.ae ",
        phone="+971500000001",
        first_name="Amal",
        language="ar",
        country="AE",
        consents=[GIVEN],
        attribution=UTM,
        attributes={"size": "40"},
        tags=["vip", "shoes", "vip"],
    )

    told = {name: lead[name] for name in ("email", "first_name", "source", "status", "attributes", "tags")}
    assert told == {
        "email": "Amal@Example.ae",
        "first_name": "Amal",
        "source": "api",
        "status": "active",
        "attributes": {"size": "40"},
        "tags": ["shoes", "vip"],
    }
    assert lead["attribution"] == UTM
    [consent] = await consents(workspace, lead)
    assert (consent["purpose"], consent["state"], consent["text_version"]) == ("marketing_email", "given", "2026-11")
    [event] = await workspace.events(lead["id"])
    assert (event["type"], event["subject_type"]) == ("lead.captured", "lead")
    assert event["data"]["email"] == "Amal@Example.ae"
    assert event["data"]["consents"] == {"marketing_email": "given"}


async def test_whoever_is_known_is_found_and_what_is_left_out_stays(workspace: Workspace) -> None:
    first = await workspace.lead(email="amal@example.ae", first_name="Amal", attributes={"size": "40", "city": "Dubai"})
    second = await workspace.lead(
        email="AMAL@example.ae", last_name="Saleh", attributes={"size": "41", "city": None}, tags=["vip"]
    )

    assert second["id"] == first["id"]
    assert (second["email"], second["first_name"], second["last_name"]) == ("amal@example.ae", "Amal", "Saleh")
    assert second["attributes"] == {"size": "41"}
    assert second["version"] == first["version"] + 1
    assert types(await workspace.events(first["id"])) == ["lead.captured", "lead.updated"]


async def test_what_tells_nothing_new_is_no_change(workspace: Workspace) -> None:
    facts: dict[str, Any] = {"email": "amal@example.ae", "first_name": "Amal", "tags": ["vip"], "consents": [GIVEN]}
    first = await workspace.lead(**facts)
    again = await workspace.lead(**facts)

    assert again["version"] == first["version"]
    assert len(await consents(workspace, first)) == 1
    assert types(await workspace.events(first["id"])) == ["lead.captured"]


async def test_tags_are_added_and_taken_away(workspace: Workspace) -> None:
    await workspace.lead(email="amal@example.ae", tags=["a", "b"])
    lead = await workspace.lead(email="amal@example.ae", tags=["c"], untags=["a", "unheard"])
    assert lead["tags"] == ["b", "c"]


async def test_the_first_touch_stays_and_the_last_one_is_beside_it(workspace: Workspace) -> None:
    email = "amal@example.ae"
    await workspace.lead(email=email, attribution={"utm_source": "google", "referrer": "https://google.com/"})
    await workspace.lead(email=email, attribution={"utm_source": "meta", "fbclid": "1"})
    lead = await workspace.lead(email=email, attribution={"utm_source": "mail"})
    assert lead["attribution"] == {
        "utm_source": "google",
        "referrer": "https://google.com/",
        "last_utm_source": "mail",
    }


class TestWhoIsWho:
    async def test_by_phone_where_there_is_no_email(self, workspace: Workspace) -> None:
        first = await workspace.lead(phone="+971500000001")
        again = await workspace.lead(phone="+971500000001", first_name="Amal")
        assert again["id"] == first["id"]

    async def test_one_found_by_phone_that_gets_an_email_keeps_its_row(self, workspace: Workspace) -> None:
        first = await workspace.lead(phone="+971500000001")
        named = await workspace.lead(phone="+971500000001", email="amal@example.ae")
        by_phone = await workspace.lead(phone="+971500000001", first_name="Amal")
        assert named["id"] == by_phone["id"] == first["id"]

    async def test_two_addresses_with_one_phone_are_two_people(self, workspace: Workspace) -> None:
        one = await workspace.lead(phone="+971500000001", email="amal@example.ae")
        other = await workspace.lead(phone="+971500000001", email="omar@example.ae")
        assert other["id"] != one["id"]

    @pytest.mark.parametrize("phone_first", [True, False])
    async def test_two_that_turn_out_to_be_one_are_merged_into_the_older(
        self, workspace: Workspace, phone_first: bool
    ) -> None:
        by_phone = {"phone": "+971500000001", "first_name": "Amal", "tags": ["a"], "attributes": {"size": "40"}}
        by_email = {"email": "amal@example.ae", "company": "Souk", "tags": ["b"], "consents": [GIVEN]}
        older, newer = (by_phone, by_email) if phone_first else (by_email, by_phone)
        stays = await workspace.lead(**older)
        goes = await workspace.lead(**newer)

        merged = await workspace.lead(phone="+971500000001", email="amal@example.ae")

        assert merged["id"] == stays["id"]
        assert (merged["first_name"], merged["company"], merged["tags"]) == ("Amal", "Souk", ["a", "b"])
        assert merged["attributes"] == {"size": "40"}
        assert [each["state"] for each in await consents(workspace, merged)] == ["given"]
        assert await workspace.owner.rows(f"leads?id=eq.{goes['id']}") == []
        told = types(await workspace.events(stays["id"]))
        assert told.count("lead.captured") == 2
        audited = "select detail from public.audit_log where target_id = %s and action = 'lead.merged'"
        assert await workspace.one(audited, [stays["id"]]) == {"merged_lead_id": goes["id"]}

    async def test_the_same_person_told_of_at_once_is_one(self, workspace: Workspace) -> None:
        arguments = {"email": "amal@example.ae", "phone": "+971500000001"}
        leads = await asyncio.gather(*(workspace.lead(**arguments, tags=[str(n)]) for n in range(5)))
        assert len({lead["id"] for lead in leads}) == 1
        [lead] = await workspace.owner.rows(f"leads?id=eq.{leads[0]['id']}")
        assert lead["tags"] == ["0", "1", "2", "3", "4"]

    async def test_organizations_do_not_share_people(self, workspace: Workspace, other: Caller) -> None:
        mine = await workspace.lead(email="amal@example.ae")
        theirs = await other.call("upsert_lead", email="amal@example.ae")
        assert theirs["id"] != mine["id"]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"email": None}, "email"),
        ({"email": "nobody"}, "email"),
        ({"phone": "0501234567"}, "phone"),
        ({"first_name": "x" * 256}, "first_name"),
        ({"language": "Arabic"}, "language"),
        ({"country": "UAE"}, "country"),
        ({"source": "x" * 151}, "source"),
        ({"consents": {}}, "consents"),
        ({"consents": [{"purpose": "Marketing"}]}, "consents.0.purpose"),
        ({"consents": [GIVEN, {"purpose": "sms", "state": "maybe"}]}, "consents.1.state"),
        ({"consents": [{"purpose": "sms", "given_at": "2999-01-01T00:00:00Z"}]}, "consents.0.given_at"),
        ({"consents": [{"purpose": "sms", "given_at": "yesterday-ish"}]}, "consents.0.given_at"),
        ({"consents": [{"purpose": "sms", "email": "a@b.example"}]}, "consents.0.email"),
        ({"attribution": {"utm_colour": "red"}}, "attribution.utm_colour"),
        ({"attributes": {"size": 40}}, "attributes.size"),
        ({"attributes": {"email": "a@b.example"}}, "attributes.email"),
        ({"attributes": {"shoe size": "40"}}, "attributes.shoe size"),
        ({"tags": [""]}, "tags.0"),
        ({"untags": ["a", "x" * 101]}, "untags.1"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_its_name(
    shop: Workspace, arguments: dict[str, Any], field: str
) -> None:
    refusal = await shop.owner.refused("upsert_lead", **{"email": "amal@example.ae"} | arguments)
    assert (refusal.status, refusal.field) == (400, field)


async def test_a_repeat_by_the_key_answers_the_first_and_keeps_no_address(workspace: Workspace) -> None:
    first = await workspace.lead(email="amal@example.ae", tags=["a"], idempotency_key="k")
    await workspace.lead(email="amal@example.ae", tags=["b"])
    again = await workspace.lead(email="amal@example.ae", tags=["a"], idempotency_key="k")
    assert (again["id"], again["tags"]) == (first["id"], ["a", "b"])
    assert await workspace.owner.refused("upsert_lead", email="omar@example.ae", idempotency_key="k") == Refusal(
        409, "idempotency_key_reused", "idempotency_key"
    )
    kept = "select to_jsonb(o)::text from public.operations o where o.organization_id = %s and o.idempotency_key = 'k'"
    assert "amal" not in await workspace.one(kept, [workspace.id])


class TestConsent:
    async def test_the_latest_counts_by_when_it_was_said(self, workspace: Workspace) -> None:
        lead = await workspace.lead(consents=[GIVEN])
        current = "select private.lead_consent(%s, 'marketing_email')"
        developer = await workspace.member("developer")

        withdrawn = await developer.call(
            "record_consent", lead_id=lead["id"], purpose="marketing_email", state="withdrawn", source="phone"
        )
        assert (withdrawn["state"], withdrawn["created_by"]) == ("withdrawn", f"user:{developer.user_id}")
        assert await workspace.one(current, [lead["id"]]) == "withdrawn"

        earlier = (datetime.now(UTC) - timedelta(days=1)).isoformat()
        await developer.call(
            "record_consent", lead_id=lead["id"], purpose="marketing_email", state="given", occurred_at=earlier
        )
        assert await workspace.one(current, [lead["id"]]) == "withdrawn"
        assert types(await workspace.events(lead["id"])) == ["lead.captured", "lead.consent_withdrawn"]

    async def test_withdrawing_by_the_lead_is_told_too(self, workspace: Workspace) -> None:
        lead = await workspace.lead(consents=[GIVEN])
        await workspace.lead(email=lead["email"], consents=[{"purpose": "marketing_email", "state": "withdrawn"}])
        told = (await workspace.events(lead["id"]))[-1]
        assert (told["type"], told["data"]["purpose"]) == ("lead.consent_withdrawn", "marketing_email")

    async def test_a_change_of_consent_is_to_be_synchronized(self, workspace: Workspace) -> None:
        lead = await workspace.lead()
        await workspace.owner.call("record_consent", lead_id=lead["id"], purpose="marketing_email", state="given")
        [after] = await workspace.owner.rows(f"leads?id=eq.{lead['id']}")
        assert after["version"] == lead["version"] + 1

    async def test_what_was_said_cannot_be_rewritten(self, workspace: Workspace) -> None:
        lead = await workspace.lead(consents=[GIVEN])
        with pytest.raises(Exception, match="append-only"):
            await workspace.database.execute(
                "update public.lead_consents set state = 'withdrawn' where lead_id = %s", [lead["id"]]
            )

    @pytest.mark.parametrize(
        ("arguments", "field"),
        [({"state": "maybe"}, "state"), ({"purpose": ""}, "purpose"), ({"occurred_at": "2999-01-01"}, "occurred_at")],
    )
    async def test_what_makes_no_sense_is_refused(
        self, workspace: Workspace, arguments: dict[str, str], field: str
    ) -> None:
        lead = await workspace.lead()
        asked = {"lead_id": lead["id"], "purpose": "sms", "state": "given"} | arguments
        refusal = await workspace.owner.refused("record_consent", **asked)
        assert (refusal.status, refusal.field) == (400, field)


class TestForgetting:
    async def test_name_and_address_are_erased_and_consent_stays_on_record(self, workspace: Workspace) -> None:
        lead = await workspace.lead(
            email="amal@example.ae", first_name="Amal", attributes={"size": "40"}, consents=[GIVEN], tags=["vip"]
        )
        gone = await workspace.owner.call(f"delete_lead?{LEAD}", lead_id=lead["id"])

        assert gone["status"] == "deleted"
        assert [gone[each] for each in ("email", "phone", "first_name", "attributes", "tags")] == [
            *(None, None, None),
            {},
            [],
        ]
        assert len(await consents(workspace, lead)) == 1
        told = await workspace.all("select data from public.events where subject_id = %s", [lead["id"]])
        assert "amal" not in str(told).lower()
        assert await workspace.owner.call(f"delete_lead?{LEAD}", lead_id=lead["id"]) == gone

    async def test_the_same_address_is_somebody_new_after_that(self, workspace: Workspace) -> None:
        lead = await workspace.lead(email="amal@example.ae")
        await workspace.owner.call("delete_lead", lead_id=lead["id"])
        assert (await workspace.lead(email="amal@example.ae"))["id"] != lead["id"]
        refusal = await workspace.owner.refused(
            "record_consent", lead_id=lead["id"], purpose="marketing_email", state="given"
        )
        assert refusal == Refusal(409, "lead_deleted", "lead_id")


async def test_who_may_write(workspace: Workspace, other: Caller) -> None:
    lead = await workspace.lead()
    missing = Refusal(404, "lead_not_found", "lead_id")
    for caller in (await workspace.member("viewer"), await workspace.api_key("leads:read"), other):
        assert await caller.refused("delete_lead", lead_id=lead["id"]) == missing
    key = await workspace.api_key("leads:write")
    assert (await key.call("upsert_lead", email=lead["email"], tags=["x"]))["id"] == lead["id"]
    assert (await key.call("delete_lead", lead_id=lead["id"]))["status"] == "deleted"
