"""What is known of leads lies sealed: who sees it, how leads are found by it, and what erasing leaves."""

from urllib.parse import urlencode

import psycopg
import pytest

from tests.support.callers import LEAD, Caller, Refusal, Row, Workspace
from tests.support.leads import find_leads, leads_of

AMAL: Row = {
    "email": "Amal@Example.ae",
    "phone": "+971501234567",
    "first_name": "Amal",
    "last_name": "Saleh",
    "company": "Souk Trading",
    "attributes": {"size": "forty-one"},
}
CLEAR = ("amal", "501234567", "saleh", "souk", "forty-one")
WRITTEN = """
    select to_jsonb(l)::text || to_jsonb(a)::text || to_jsonb(v)::text
    from leads l join private.lead_addresses a on a.lead_id = l.id join private.personal_values v on v.subject_id = l.id
    where l.id = %s"""
ASKED = "select coalesce(string_agg(to_jsonb(o)::text, ''), '') from operations o where o.organization_id = %s"
OPENED = "select private.unseal(%s, %s)"
SEALED = "select sealed from private.personal_values where subject_id = %s"


def known(row: Row) -> Row:
    return {name: row[name] for name in AMAL}


async def test_no_table_holds_it_in_the_clear(workspace: Workspace) -> None:
    lead = await workspace.lead(**AMAL, idempotency_key="k")
    written = (await workspace.one(WRITTEN, [lead["id"]])) + (await workspace.one(ASKED, [workspace.id]))
    assert [word for word in CLEAR if word in written.lower()] == []
    assert known(lead) == AMAL


async def test_who_may_read_a_lead_sees_it_where_it_is_named(workspace: Workspace) -> None:
    await workspace.lead(**AMAL)
    for caller in (await workspace.member("viewer"), await workspace.api_key("leads:read")):
        [named] = await leads_of(caller)
        assert known(named) == AMAL
        [unnamed] = await caller.rows("leads")
        assert not unnamed.keys() & AMAL.keys()


async def test_a_row_of_ones_own_making_opens_nothing(workspace: Workspace, other: Caller) -> None:
    lead = await workspace.lead(**AMAL)
    forged = {"id": lead["id"], "organization_id": lead["organization_id"]}
    for caller in (other, await workspace.api_key("payments:read")):
        for name in AMAL:
            answer = await caller.request("POST", f"rpc/{name}", json={"lead": forged})
            assert not answer.is_success or answer.json() is None, name
        assert await leads_of(caller, f"id=eq.{lead['id']}") == []


class TestFinding:
    @pytest.mark.parametrize(
        "asked",
        [
            {"email": " amal@EXAMPLE.ae "},
            {"phone": "+971 50 123 4567"},
            {"email": "amal@example.ae", "phone": "+971501234567"},
        ],
    )
    async def test_by_whatever_spelling(self, workspace: Workspace, asked: Row) -> None:
        lead = await workspace.lead(**AMAL)
        await workspace.lead(email="omar@example.ae", phone="+971501234568")
        viewer = await workspace.member("viewer")
        assert await find_leads(viewer, **asked, organization_id=workspace.id) == [lead]
        answer = await viewer.request("GET", f"rpc/find_leads?{LEAD}&{urlencode(asked)}")
        assert answer.json() == [lead]

    async def test_all_who_have_a_phone(self, workspace: Workspace) -> None:
        leads = [await workspace.lead(email=email, phone="+971501234567") for email in ("a@b.ae", "c@d.ae")]
        assert {each["id"] for each in await find_leads(workspace.owner, phone="+971501234567")} == {
            each["id"] for each in leads
        }
        assert await find_leads(workspace.owner, phone="+971501234567", email="e@f.ae") == []

    async def test_nobody_is_found_by_strangers(self, workspace: Workspace, other: Caller) -> None:
        await workspace.lead(**AMAL)
        for caller in (other, await workspace.api_key("payments:read")):
            assert await find_leads(caller, email=AMAL["email"]) == []
            refusal = await caller.refused("find_leads", email=AMAL["email"], organization_id=workspace.id)
            assert refusal == Refusal(403, "forbidden", "organization_id")

    async def test_an_address_is_asked_for(self, workspace: Workspace) -> None:
        assert await workspace.owner.refused("find_leads", email=" ") == Refusal(400, "address_required", "email")

    async def test_an_address_that_was_given_up_finds_nobody(self, workspace: Workspace) -> None:
        phone = AMAL["phone"]
        lead = await workspace.lead(phone=phone)
        named = await workspace.lead(phone=phone, email="amal@example.ae")
        await workspace.lead(phone="+971500000009", email="amal@example.ae")
        assert named["id"] == lead["id"]
        assert await find_leads(workspace.owner, phone=phone) == []
        assert [each["id"] for each in await find_leads(workspace.owner, phone="+971500000009")] == [lead["id"]]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ('{"email": "nobody"}', "email"),
        ('{"email": "a@b.ae", "phone": "050"}', "phone"),
        ('{"email": "a@b.ae", "attributes": []}', "attributes"),
        ('{"first_name": "Amal"}', "address"),
    ],
)
async def test_what_is_none_of_a_leads_is_never_written(workspace: Workspace, facts: str, field: str) -> None:
    lead = await workspace.lead()
    with pytest.raises(psycopg.errors.CheckViolation) as refusal:
        await workspace.one("select private.keep_known(%s, %s, %s)", [workspace.id, lead["id"], facts])
    assert (refusal.value.diag.column_name, "nobody" in str(refusal.value)) == (field, False)


async def test_two_leads_never_have_one_address(workspace: Workspace) -> None:
    await workspace.lead(email="amal@example.ae")
    other = await workspace.lead()
    with pytest.raises(psycopg.errors.UniqueViolation):
        await workspace.one(
            "select private.keep_known(%s, %s, %s)", [workspace.id, other["id"], '{"email": "AMAL@example.ae"}']
        )


class TestErasing:
    async def test_a_copy_of_what_was_sealed_opens_no_more(self, workspace: Workspace) -> None:
        lead = await workspace.lead(**AMAL)
        copy = await workspace.one(SEALED, [lead["id"]])
        assert (await workspace.one(OPENED, [lead["id"], copy]))["first_name"] == "Amal"

        gone = await workspace.owner.call(f"delete_lead?{LEAD}", lead_id=lead["id"])

        assert known(gone) == dict.fromkeys(AMAL) | {"attributes": {}}
        assert await workspace.one(OPENED, [lead["id"], copy]) is None
        assert await find_leads(workspace.owner, email=AMAL["email"]) == []
        for table, column in (
            ("personal_values", "subject_id"),
            ("lead_addresses", "lead_id"),
            ("subject_keys", "subject_id"),
        ):
            assert await workspace.all(f"select 1 from private.{table} where {column} = %s", [lead["id"]]) == []

    async def test_a_key_that_is_brought_back_opens_what_a_backup_has(self, workspace: Workspace) -> None:
        lead = await workspace.lead(**AMAL)
        key = await workspace.one("select key from private.subject_keys where subject_id = %s", [lead["id"]])
        await workspace.database.execute("delete from private.subject_keys where subject_id = %s", [lead["id"]])
        [closed] = await leads_of(workspace.owner)
        assert known(closed) == dict.fromkeys(AMAL) | {"attributes": {}}
        await workspace.database.execute(
            "insert into private.subject_keys (subject_id, organization_id, key) values (%s, %s, %s)",
            [lead["id"], workspace.id, key],
        )
        assert await leads_of(workspace.owner) == [lead]

    async def test_who_was_merged_leaves_nothing_but_the_key_that_evidence_needs(self, workspace: Workspace) -> None:
        stays = await workspace.lead(email="amal@example.ae")
        goes, witness = [await workspace.lead(phone=phone) for phone in ("+971500000001", "+971500000002")]
        proof = """select private.put_consent(l, 'news', 'given', 'form:a', evidence => '{"page": "https://a.example/"}')
            from leads l where l.id = %s"""
        await workspace.one(proof, [witness["id"]])
        for phone in (goes["phone"], witness["phone"]):
            await workspace.lead(email="amal@example.ae", phone=phone)

        left = "select subject_id::text from private.{} where organization_id = %s"
        sealed = {row["subject_id"] for row in await workspace.all(left.format("personal_values"), [workspace.id])}
        keys = {row["subject_id"] for row in await workspace.all(left.format("subject_keys"), [workspace.id])}
        assert (sealed, keys) == ({stays["id"]}, {stays["id"], witness["id"]})
