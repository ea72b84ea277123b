"""Leads: taken to the tools with the consent they came with, and brought up to what the tools tell."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.offices import Office
from tests.support.tools import hubspot, mailchimp
from tests.support.tools.base import Tool
from tests.support.workplace import until
from workers.operations.marketing.leads import contact_of
from workers.providers.errors import NotFound
from workers.store.leads import LeadToPush

pytestmark = pytest.mark.usefixtures("worker", "no_faults")

EMAIL = "ayesha@example.ae"
BOTH = pytest.mark.parametrize("tool", [hubspot.TOOL, mailchimp.TOOL], ids=["hubspot", "mailchimp"])


async def at(office: Office, connection_id: UUID, email: str = EMAIL) -> Any:
    """A contact as the tool has it; None: it has none."""
    async with office.dashboard(connection_id) as tool:
        try:
            found = await tool.find_contact(email)
        except NotFound:
            return None
        return None if found.deleted else found


# To the tools.


def a_lead(**facts: Any) -> LeadToPush:
    usual = {
        "lead_id": uuid4(),
        "version": 1,
        "forget": False,
        "email": EMAIL,
        "phone": None,
        "first_name": None,
        "last_name": None,
        "company": None,
        "language": "ar",
        "country": None,
        "attributes": {},
        "mapping": {},
        "tags": [],
        "marks": [],
        "untags": [],
        "consent": "none",
        "provider_contact_id": None,
        "settings": "",
    }
    return LeadToPush(**{**usual, **facts})


def test_a_contact_has_what_the_mapping_says_and_all_tags() -> None:
    lead = a_lead(
        attributes={"town": "Al Ain", "size": "S"},
        mapping={"town": "CITY", "language": "LANG", "missing": "X"},
        tags=["vip", "shop"],
        marks=["shop"],
        untags=["old", "shop"],
        country="AE",
    )
    contact = contact_of(lead)
    assert contact.key == str(lead.lead_id)
    assert contact.fields == {"CITY": "Al Ain", "LANG": "ar"}
    assert (contact.tags, contact.untags) == (("shop", "vip"), ("old",))


@BOTH
async def test_who_agreed_is_subscribed(office: Office, tool: Tool) -> None:
    connection_id = await office.connect(tool)
    await office.synchronize(connection_id, tags=["shop"])
    lead = await office.agreed(EMAIL, first_name="Ayesha", tags=["vip"])
    await office.pushed(connection_id)
    contact = await at(office, connection_id)
    assert (contact.first_name, contact.consent) == ("Ayesha", "subscribed")
    link = await office.link(lead, connection_id)
    assert (link["status"], link["error"], link["provider_contact_id"]) == ("synced", None, contact.provider_contact_id)
    if tool.key == "mailchimp":
        assert sorted(contact.tags) == ["shop", "vip"]
        await office.lead(email=EMAIL, untags=["vip"])
        await office.pushed(connection_id)
        assert list((await at(office, connection_id)).tags) == ["shop"]


async def test_a_mark_that_leads_no_longer_get_is_taken_away_there(office: Office) -> None:
    connection_id = await office.connect(mailchimp.TOOL)
    await office.synchronize(connection_id, tags=["web", "shop"])
    await office.agreed(EMAIL, tags=["vip"])
    await office.pushed(connection_id)
    await office.synchronize(connection_id, tags=["shop"])
    await office.pushed(connection_id)
    assert sorted((await at(office, connection_id)).tags) == ["shop", "vip"]


@BOTH
async def test_who_has_not_agreed_is_not_taken_there(office: Office, tool: Tool) -> None:
    connection_id = await office.connect(tool)
    await office.synchronize(connection_id)
    lead = await office.lead(email=EMAIL)
    await office.pushed(connection_id)
    assert (await office.link(lead, connection_id))["status"] == "skipped"
    assert await at(office, connection_id) is None
    await office.hub.call("record_consent", lead_id=lead["id"], purpose="marketing_email", state="given")
    await office.pushed(connection_id)
    assert (await at(office, connection_id)).consent == "subscribed"


@BOTH
async def test_where_consent_is_not_asked_for_they_are_there_and_not_written_to(office: Office, tool: Tool) -> None:
    connection_id = await office.connect(tool)
    await office.synchronize(connection_id, only_with_consent=False)
    await office.lead(email=EMAIL)
    await office.pushed(connection_id)
    assert (await at(office, connection_id)).consent != "subscribed"


@BOTH
async def test_who_withdraws_is_unsubscribed_there_and_never_subscribed_again(office: Office, tool: Tool) -> None:
    connection_id = await office.connect(tool)
    await office.synchronize(connection_id)
    lead = await office.agreed(EMAIL)
    await office.pushed(connection_id)
    await office.hub.call("record_consent", lead_id=lead["id"], purpose="marketing_email", state="withdrawn")
    await office.pushed(connection_id)
    assert (await at(office, connection_id)).consent == "unsubscribed"
    await office.lead(email=EMAIL, first_name="Ayesha")
    await office.pushed(connection_id)
    contact = await at(office, connection_id)
    assert (contact.first_name, contact.consent) == ("Ayesha", "unsubscribed")


@BOTH
async def test_who_unsubscribed_there_is_not_subscribed_by_us(office: Office, tool: Tool) -> None:
    connection_id = await office.connect(tool)
    await office.synchronize(connection_id, direction="both")
    lead = await office.agreed(EMAIL)
    await office.pushed(connection_id)
    await unsubscribes(office, connection_id)
    await office.read(connection_id, "contacts")
    assert await office.consent(lead) == "withdrawn"
    (told,) = await office.events("lead.consent_withdrawn")
    assert (told["subject_id"], told["data"]["purpose"]) == (lead["id"], "marketing_email")
    await office.agreed(EMAIL, first_name="Ayesha")  # whatever somebody says here
    await office.pushed(connection_id)
    assert (await at(office, connection_id)).consent == "unsubscribed"
    await office.read(connection_id, "contacts")
    assert await office.consent(lead) == "withdrawn"


async def unsubscribes(office: Office, connection_id: UUID, email: str = EMAIL) -> None:
    """Somebody follows the link in a mail of the tool's."""
    if office.keys[connection_id] == "hubspot":
        await office.control(connection_id, "contact", email=email, properties={"hs_email_optout": "true"})
    else:
        audience = mailchimp.TOOL.settings["audience_id"]
        await office.control(connection_id, f"members/{audience}/unsubscribe", email=email)


@BOTH
async def test_a_contact_that_is_refused_does_not_hold_up_the_others(office: Office, tool: Tool) -> None:
    connection_id = await office.connect(tool)
    await office.synchronize(connection_id, mapping={"stage": "lifecyclestage"} if tool.key == "hubspot" else {})
    wrong = {
        "hubspot": {"email": "wrong@example.ae", "attributes": {"stage": "no such stage"}},
        "mailchimp": {"email": "wrong@example.invalid"},
    }[tool.key]
    async with office.hub.database.transaction():
        refused = await office.agreed(wrong.pop("email"), **wrong)
        others = [await office.agreed(f"lead{number}@example.ae") for number in range(8)]
    await office.pushed(connection_id)
    for other in others:
        assert (await office.link(other, connection_id))["status"] == "synced"
    link = await office.link(refused, connection_id)
    assert (link["status"], link["next_try_at"], link["error"]["code"]) == ("failed", None, "invalid_request")
    (alert,) = await office.alerts("lead.not_synced")
    assert (alert["detail"]["leads"], alert["detail"]["lead_id"]) == (1, str(refused["id"]))
    await office.lead(email=refused["email"], first_name="Somebody")  # it is tried again when it changes
    await office.pushed(connection_id)
    assert (await office.link(refused, connection_id))["attempts"] == 1


async def test_who_has_only_a_phone_is_refused_with_a_reason(office: Office) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    await office.synchronize(connection_id, only_with_consent=False)
    lead = await office.lead(phone="+971501234567")
    await office.pushed(connection_id)
    link = await office.link(lead, connection_id)
    assert (link["status"], link["error"]["field"]) == ("failed", "email")


async def test_a_call_that_is_refused_as_a_whole_puts_its_leads_off_with_growing_pauses(office: Office) -> None:
    connection_id = await office.connect(mailchimp.TOOL, settings={"audience_id": "0000000000"})
    await office.synchronize(connection_id)
    lead = await office.agreed(EMAIL)
    await office.pushed(connection_id)
    first = await office.link(lead, connection_id)
    assert (first["status"], first["attempts"]) == ("failed", 1)
    await office.push_again(connection_id)
    await office.pushed(connection_id)
    second = await office.link(lead, connection_id)
    assert second["attempts"] == 2
    query = (
        "select extract(epoch from next_try_at - clock_timestamp()) as pause from public.lead_links where lead_id = %s"
    )
    assert 60 < (await office.hub.one(query, lead["id"]))["pause"] <= 120


@BOTH
async def test_a_limit_is_waited_for(office: Office, tool: Tool) -> None:
    connection_id = await office.connect(tool)
    await office.fault(connection_id, "rate_limited", "POST *", times=2, retry_after="0")
    await office.synchronize(connection_id)
    lead = await office.agreed(EMAIL)
    await office.pushed(connection_id)
    link = await office.link(lead, connection_id)
    assert (link["status"], link["attempts"]) == ("synced", 0)


@BOTH
async def test_who_is_deleted_is_forgotten_there(office: Office, tool: Tool) -> None:
    connection_id = await office.connect(tool)
    await office.synchronize(connection_id)
    lead = await office.agreed(EMAIL)
    await office.pushed(connection_id)
    await office.hub.call("delete_lead", lead_id=lead["id"])
    await office.pushed(connection_id)
    assert await at(office, connection_id) is None
    assert (await office.link(lead, connection_id))["status"] == "forgotten"
    assert await office.hub.all("select 1 from private.addresses_to_forget where lead_id = %s", lead["id"]) == []


async def test_who_is_deleted_is_forgotten_though_leads_are_no_longer_taken_there(office: Office) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    await office.synchronize(connection_id)
    lead = await office.agreed(EMAIL)
    await office.pushed(connection_id)
    await office.synchronize(connection_id, enabled=False)
    await office.hub.call("delete_lead", lead_id=lead["id"])
    await office.pushed(connection_id)
    assert await at(office, connection_id) is None
    assert (await office.link(lead, connection_id))["status"] == "forgotten"


async def test_a_lead_whose_settings_change_on_its_way_is_taken_there_by_the_new_ones(office: Office) -> None:
    connection_id = await office.connect(mailchimp.TOOL)
    await office.fault(connection_id, "late_answer", mailchimp.TOOL.upsert_call or "", seconds=0.5)
    await office.synchronize(connection_id, tags=["web"])
    await office.agreed(EMAIL)

    async def sent() -> bool:
        return await at(office, connection_id) is not None

    await until(sent)
    await office.synchronize(connection_id, tags=["shop"])
    await office.pushed(connection_id)
    assert list((await at(office, connection_id)).tags) == ["shop"]


async def test_a_lead_that_changes_on_its_way_is_taken_there_once_more(office: Office) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    await office.fault(connection_id, "late_answer", hubspot.TOOL.upsert_call or "", seconds=0.5)
    await office.synchronize(connection_id)
    lead = await office.agreed(EMAIL, first_name="Ayesha")

    async def sent() -> bool:
        return await at(office, connection_id) is not None

    await until(sent)
    await office.lead(email=EMAIL, first_name="Aisha")

    async def even() -> bool:
        link, row = await office.link(lead, connection_id), (await office.leads())[0]
        return bool(link["status"] == "synced" and link["pushed_version"] == row["version"])

    await until(even)
    assert (await at(office, connection_id)).first_name == "Aisha"


# And back.


@BOTH
async def test_what_we_wrote_and_read_back_changes_nothing(office: Office, tool: Tool) -> None:
    connection_id = await office.connect(tool)
    await office.synchronize(connection_id, direction="both", tags=["shop"])
    await office.agreed(EMAIL, first_name="Ayesha", last_name="Al Ali", company="Souk", tags=["vip"])
    await office.pushed(connection_id)
    before, told = await office.leads(), await office.events("lead.%")
    stream = await office.read(connection_id, "contacts", full=True)
    assert (stream["read"], stream["changed"], stream["removed"]) == (1, 0, 0)
    assert await office.leads() == before
    assert await office.events("lead.%") == told
    assert [each["tags"] for each in before] == [["vip"]]  # the mark is the tool's
    query = "select 1 from public.lead_links where connection_id = %s and next_try_at is not null"
    assert await office.hub.all(query, connection_id) == []


@pytest.mark.parametrize(("rule", "name"), [("hub", "Hub"), ("provider", "Tool"), ("newest", "Tool")])
async def test_conflicts_are_decided_by_the_rule(office: Office, rule: str, name: str) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    await office.synchronize(connection_id, direction="both", conflict_rule=rule)
    await office.agreed(EMAIL, first_name="Before")
    await office.pushed(connection_id)
    kept = "update private.jobs set run_at = now() + %s::interval where organization_id = %s and kind = 'lead.push'"
    async with office.hub.database.transaction():  # ours is not pushed before theirs is read
        await office.lead(email=EMAIL, first_name="Hub")
        await office.hub.database.execute(kept, ["1 hour", office.organization_id])
    await office.control(connection_id, "contact", email=EMAIL, properties={"firstname": "Tool"})
    await office.read(connection_id, "contacts", full=True)
    await office.hub.database.execute(kept, ["0", office.organization_id])
    await office.pushed(connection_id)
    assert (await office.leads())[0]["first_name"] == name
    assert (await at(office, connection_id)).first_name == name


async def test_who_is_gone_there_is_linked_no_more(office: Office) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    await office.synchronize(connection_id, direction="pull")
    await office.control(connection_id, "contact", email=EMAIL)
    await office.control(connection_id, "contact", email="other@example.ae")
    await office.read(connection_id, "contacts")
    await office.control(connection_id, "contact", email=EMAIL, archived=True)
    await office.read(connection_id, "contacts", full=True)
    query = "select l.email from public.lead_links k join public.leads l on l.id = k.lead_id where k.connection_id = %s"
    assert [each["email"] for each in await office.hub.all(query, connection_id)] == ["other@example.ae"]
    assert len(await office.leads()) == 2
