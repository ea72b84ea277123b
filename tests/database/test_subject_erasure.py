"""Erasing somebody: what goes, what stays and until when, what a person has to do, and how it is proved."""

import asyncio
import hashlib
import json

import psycopg
import pytest

from stack import Stack
from tests.support.callers import PAYER, Caller, Database, Refusal, Workspace
from tests.support.marketing import Tool, connect_tool
from tests.support.privacy import (
    EMAIL,
    GIVEN,
    PHONE,
    WHO,
    Worker,
    ask,
    begin,
    carry_out,
    lead_row,
    pay,
    request_row,
    steps,
    take,
)
from tests.support.shipments import RECIPIENT, WITH_PEOPLE


@pytest.fixture
async def tool(workspace: Workspace, worker: Worker) -> Tool:
    """A marketing tool's connection of the workspace."""
    return await connect_tool(workspace, worker)


async def test_everything_about_the_person_goes_and_nothing_about_others(
    workspace: Workspace, worker: Worker, database: Database
) -> None:
    lead = await workspace.lead(**WHO, first_name="Amal", consents=GIVEN, attributes={"size": "41"})
    other = await workspace.lead(email="omar@example.ae", first_name="Omar")
    old, new = await pay(workspace, database, years_ago=9), await pay(workspace, database)
    request = await ask(workspace, "erasure")

    assert await carry_out(worker, request) == "over"

    gone = await lead_row(workspace, lead)
    assert (gone["status"], gone["email"], gone["phone"], gone["first_name"]) == ("deleted", None, None, None)
    assert (await lead_row(workspace, other))["first_name"] == "Omar"
    for event in await workspace.events(lead["id"]):
        assert "email" not in event["data"]
        assert event["data"]["erased"] is True
    by_id = {row["id"]: row for row in await workspace.owner.rows(f"payments?select={PAYER}")}
    assert (by_id[old["id"]]["customer"], by_id[old["id"]]["description"], by_id[old["id"]]["amount"]) == (
        {},
        None,
        "99.00",
    )
    assert by_id[new["id"]]["customer"]["name"] == "Amal Saleh", "the books have to be kept"
    done = await steps(workspace, request)
    assert (done["public.leads"]["rows"], done["public.leads"]["kept"]) == (1, 0)
    assert (done["public.payments"]["rows"], done["public.payments"]["kept"]) == (1, 1)
    assert "47/2022" in done["public.payments"]["note"]
    assert (await request_row(workspace, request))["status"] == "completed"


async def test_what_had_to_stay_is_erased_once_it_need_not(
    workspace: Workspace, worker: Worker, database: Database
) -> None:
    payment = await pay(workspace, database)
    await carry_out(worker, await ask(workspace, "erasure"))
    await database.execute("update payments set created_at = now() - interval '9 years' where id = %s", [payment["id"]])
    await worker.execute("select private.erase_postponed(100)")
    now = f"payments?id=eq.{payment['id']}&select={PAYER}"
    [row] = await workspace.owner.rows(now)
    assert row["customer"] != {}, "not before its time"

    await database.execute("update private.postponed_erasures set due_at = now() where record_id = %s", [payment["id"]])
    await worker.execute("select private.erase_postponed(100)")

    [row] = await workspace.owner.rows(now)
    assert row["customer"] == {}
    left = "select count(*) from private.postponed_erasures where record_id = %s"
    assert await workspace.one(left, [payment["id"]]) == 0


async def test_a_parcel_keeps_its_address_until_it_is_delivered(
    workspace: Workspace, worker: Worker, database: Database
) -> None:
    await workspace.carrier()
    person = RECIPIENT | {"name": "Amal Saleh", "email": EMAIL}
    under_way, over = [await workspace.shipment(reference=name, recipient=person) for name in ("a", "b")]
    await database.execute("update shipments set status = 'delivered' where id = %s", [over["id"]])
    signed = 'select private.put_shipment_person(s, \'{"signed_by": "Amal"}\') from shipments s where s.id = %s'
    assert await workspace.one(signed, [over["id"]]) is True

    request = await ask(workspace, "erasure")
    await carry_out(worker, request)

    by_id = {row["id"]: row for row in await workspace.owner.rows(f"shipments?select={WITH_PEOPLE}")}
    assert by_id[under_way["id"]]["recipient"]["name"] == "Amal Saleh"
    assert set(by_id[over["id"]]["recipient"]) <= {"city", "emirate", "country"}
    assert (by_id[over["id"]]["signed_by"], by_id[over["id"]]["description"]) == (None, "[erased]")
    assert await workspace.one(signed, [over["id"]]) is False, "who was erased is not learned of again"
    assert (await steps(workspace, request))["public.shipments"]["kept"] == 1


async def test_a_legal_hold_keeps_all_of_its_class(workspace: Workspace, worker: Worker) -> None:
    lead = await workspace.lead(**WHO)
    hold = {"organization_id": workspace.id, "data_class": "contacts", "reason": "Claim 12/2026"}
    await workspace.owner.request("POST", "legal_holds", json=hold)

    request = await ask(workspace, "erasure")
    await carry_out(worker, request)

    assert (await lead_row(workspace, lead))["email"] == EMAIL
    step = (await steps(workspace, request))["public.leads"]
    assert (step["status"], step["kept"], step["note"]) == ("kept", 1, "A legal hold stands; erased once it ends.")


async def test_a_worker_that_dies_in_between_leaves_what_the_next_one_finishes(
    workspace: Workspace, worker: Worker
) -> None:
    leads = [await workspace.lead(phone=PHONE, email=f"amal{number}@example.ae") for number in range(5)]
    request = await ask(workspace, "erasure")
    await begin(worker, request)
    await take(worker, request, most=2)
    half = [row["status"] for row in await workspace.owner.rows("leads?order=id")]
    assert half.count("deleted") == 2

    assert await carry_out(worker, request, most=2) == "over"

    assert {(await lead_row(workspace, lead))["status"] for lead in leads} == {"deleted"}
    assert (await steps(workspace, request))["public.leads"]["rows"] == 5


async def test_the_keys_are_destroyed_and_what_they_sealed_opens_no_more(
    workspace: Workspace, worker: Worker, database: Database, server: Caller
) -> None:
    fields = [{"name": "email", "type": "email", "required": True}]
    consent = {"purpose": "marketing_email", "consent_text": "Yes, write to me", "text_version": "1"}
    form = await workspace.owner.call(
        "create_lead_form", organization_id=workspace.id, name="News", fields=fields, **consent
    )
    answers, context = {"email": EMAIL, "consent": "true"}, {"ip_hash": "abc", "page": "https://shop.example/amal"}
    await server.call("capture_lead", token=form["token"], answers=answers, context=context)
    [agreed] = await workspace.owner.rows("lead_consents")
    [evidence] = await workspace.all("select * from private.consent_evidence where consent_id = %s", [agreed["id"]])
    assert b"shop.example" not in evidence["sealed"]
    keys = "select count(*) from private.subject_keys where organization_id = %s"
    request = await ask(workspace, "erasure", phone="")
    assert await workspace.one(keys, [workspace.id]) == 2

    await carry_out(worker, request)

    assert await workspace.one(keys, [workspace.id]) == 0
    backup = await database.execute(
        "select private.unseal(%s, %s) as opened", [evidence["subject_id"], evidence["sealed"]]
    )
    assert await backup.fetchone() == {"opened": None}
    assert await workspace.owner.call("consent_evidence", consent_id=agreed["id"]) == {"form_id": form["id"]}
    assert await workspace.owner.call("subject_request_identity", request_id=request["id"]) == {}


async def test_a_tool_is_waited_for_and_then_nothing_opens_the_address(
    workspace: Workspace, worker: Worker, tool: Tool
) -> None:
    await tool.sync()
    lead = await workspace.lead(**WHO, consents=GIVEN)
    await tool.push()
    request = await ask(workspace, "erasure")

    assert await carry_out(worker, request) == "wait"
    [due] = await tool.due()
    assert (due["forget"], due["email"]) == (True, EMAIL)
    await tool.note({"lead_id": lead["id"], "version": due["version"]})
    assert (await take(worker, request))["state"] == "over"

    done = await steps(workspace, request)
    assert (done["provider:probe_tool"]["status"], done["provider:probe_tool"]["action"]) == ("done", "tell_tool")
    keys = "select count(*) from private.subject_keys where organization_id = %s"
    assert await workspace.one(keys, [workspace.id]) == 0


async def test_what_no_machine_can_do_waits_for_a_person(
    workspace: Workspace, worker: Worker, database: Database
) -> None:
    connection = await workspace.connection()
    payment = await pay(workspace, database)
    await database.execute(
        "update payments set connection_id = %s, provider_payment_id = 'pi_1' where id = %s",
        [connection["id"], payment["id"]],
    )
    request = await ask(workspace, "erasure")

    assert await carry_out(worker, request) == "over"

    assert (await request_row(workspace, request))["status"] == "awaiting_person"
    assert (await workspace.owner.call("subject_request_identity", request_id=request["id"]))["email"] == EMAIL
    step = (await steps(workspace, request))["provider:probe_gateway"]
    assert (step["status"], step["note"].split(":")[0]) == ("by_person", "1 payments")
    done = await workspace.owner.call(
        "complete_subject_step", step_id=step["id"], note="Asked on the 3rd, done on the 5th"
    )
    assert (done["status"], done["completed_by"]) == ("done", f"user:{workspace.owner.user_id}")
    assert (await request_row(workspace, request))["status"] == "completed"
    again = await workspace.owner.refused("complete_subject_step", step_id=step["id"])
    assert again == Refusal(409, "not_by_person", "step_id")


async def test_a_certificate_says_what_was_done_and_shows_when_it_is_altered(
    workspace: Workspace, worker: Worker, database: Database
) -> None:
    await workspace.lead(**WHO)
    request = await ask(workspace, "erasure", identity_check="Passport seen")
    early = await workspace.owner.refused("subject_certificate", request_id=request["id"])
    assert early == Refusal(409, "no_certificate", "request_id")
    await carry_out(worker, request)

    shown = await workspace.owner.call("subject_certificate", request_id=request["id"])

    assert shown["intact"] is True
    assert shown["certificate"]["identity_check"] == "Passport seen"
    assert {step["place"]: step["rows"] for step in shown["certificate"]["steps"]}["public.leads"] == 1
    assert EMAIL not in json.dumps(shown)
    text = await workspace.one("select certificate::text from data_subject_requests where id = %s", [request["id"]])
    assert shown["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    forge = """
        update data_subject_requests r
        set certificate = c, certificate_sha256 = encode(extensions.digest(c::text, 'sha256'), 'hex')
        from (select certificate || '{"kind": "access"}' as c from data_subject_requests where id = %(id)s) n
        where r.id = %(id)s
    """
    await database.execute(forge, {"id": request["id"]})
    assert (await workspace.owner.call("subject_certificate", request_id=request["id"]))["intact"] is False


async def test_two_who_carry_out_one_request_do_it_once(workspace: Workspace, worker: Worker, stack: Stack) -> None:
    await workspace.lead(**WHO)
    request = await ask(workspace, "erasure")
    async with await psycopg.AsyncConnection.connect(
        stack.worker_database_url, autocommit=True, row_factory=psycopg.rows.dict_row
    ) as second:
        await asyncio.gather(carry_out(worker, request), carry_out(second, request))

    lines = await workspace.owner.rows("audit_log?action=eq.privacy.completed")
    assert len(lines) == 1
    places = [row["place"] for row in await workspace.owner.rows("data_subject_steps")]
    assert len(places) == len(set(places))
