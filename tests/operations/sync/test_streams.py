"""What the streams of every tool and network bring, from the twin to the rows."""

import importlib
import pkgutil
from datetime import UTC, datetime
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import pytest

import tests.support.networks
import tests.support.tools
from tests.support.networks import linkedin
from tests.support.networks.base import Network
from tests.support.offices import Office
from tests.support.tools import hubspot, mailchimp
from tests.support.tools.base import Tool
from tests.support.workplace import Row
from workers.providers.capabilities import KeepsContacts, KeepsDeals, ListsAudiences, ListsCampaigns, ListsPosts
from workers.providers.marketing.models import ContactRequest, DealRequest
from workers.providers.money import Money
from workers.providers.registry import CONNECTORS
from workers.providers.social.models import Account, PostRequest

pytestmark = pytest.mark.usefixtures("worker", "no_faults")


def every(package: ModuleType, name: str) -> dict[str, Any]:
    """What the modules of a package have by a name, by their own names."""
    names = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
    modules = {each: importlib.import_module(f"{package.__name__}.{each}") for each in names}
    return {each: getattr(module, name) for each, module in modules.items() if hasattr(module, name)}


TOOLS: dict[str, Tool] = every(tests.support.tools, "TOOL")
NETWORKS: dict[str, Network] = every(tests.support.networks, "NETWORK")


def that(capability: type) -> list[str]:
    """The tools that can do something."""
    return [key for key in TOOLS if issubclass(CONNECTORS[key], capability)]


async def rows(office: Office, table: str, connection_id: UUID, order: str = "name") -> list[Row]:
    query = f"select * from public.{table} where connection_id = %s order by {order}"
    return await office.hub.all(query, connection_id)


def contact(email: str, **facts: Any) -> ContactRequest:
    return ContactRequest.model_validate({"key": email, "email": email, "consent": "none", **facts})


async def test_a_connection_has_the_streams_that_its_provider_can_fill(office: Office) -> None:
    capabilities: dict[str, type] = {
        "contacts": KeepsContacts,
        "audiences": ListsAudiences,
        "campaigns": ListsCampaigns,
        "deals": KeepsDeals,
        "posts": ListsPosts,
    }
    for key, tool in {**TOOLS, **NETWORKS}.items():
        connection_id = await office.connect(tool)
        streams = await rows(office, "sync_streams", connection_id, "stream")
        expected = sorted(name for name, kind in capabilities.items() if issubclass(CONNECTORS[key], kind))
        assert [each["stream"] for each in streams] == expected, key
        assert [each["stream"] for each in streams if not each["enabled"]] == [
            each for each in expected if each == "contacts"
        ]


@pytest.mark.parametrize("key", that(KeepsContacts))
async def test_contacts_become_leads(office: Office, key: str) -> None:
    connection_id = await office.connect(TOOLS[key])
    async with office.dashboard(connection_id) as tool:
        ayesha = contact(
            "Ayesha@example.ae", first_name="Ayesha", last_name="Al Mansoori", company="Souk", tags=("vip",)
        )
        outcomes = await tool.upsert_contacts([ayesha, contact("omar@example.ae", first_name="عمر")])
        assert [each.error for each in outcomes] == [None, None]
    await office.synchronize(connection_id, direction="pull")
    stream = await office.read(connection_id, "contacts")
    assert (stream["status"], stream["read"], stream["changed"], stream["last_error"]) == ("idle", 2, 2, None)
    leads = {each["email"].lower(): each for each in await office.leads()}
    assert leads.keys() == {"ayesha@example.ae", "omar@example.ae"}
    found = leads["ayesha@example.ae"]
    assert (found["first_name"], found["last_name"], found["company"]) == ("Ayesha", "Al Mansoori", "Souk")
    assert (found["source"], found["status"]) == (f"provider:{key}", "active")
    assert leads["omar@example.ae"]["first_name"] == "عمر"
    assert [each["type"] for each in await office.events("lead.%")] == ["lead.captured"] * 2
    assert (await office.link(found, connection_id))["status"] == "synced"


@pytest.mark.parametrize("key", that(KeepsContacts))
async def test_a_second_reading_brings_what_changed_and_nothing_twice(office: Office, key: str) -> None:
    connection_id = await office.connect(TOOLS[key])
    await office.synchronize(connection_id, direction="pull")
    async with office.dashboard(connection_id) as tool:
        await tool.upsert_contacts([contact("one@example.ae"), contact("two@example.ae")])
        await office.read(connection_id, "contacts")
        again = await office.read(connection_id, "contacts")
        assert (again["run_mode"], again["changed"]) == ("incremental", 0)
        await tool.upsert_contacts([contact("two@example.ae", first_name="Two"), contact("three@example.ae")])
        changed = await office.read(connection_id, "contacts")
    assert changed["changed"] == 2
    named = {each["email"]: each["first_name"] for each in await office.leads()}
    assert named == {"one@example.ae": None, "two@example.ae": "Two", "three@example.ae": None}
    assert len(await office.events("lead.captured")) == 3


@pytest.mark.parametrize("key", that(KeepsContacts))
async def test_further_fields_become_attributes_by_the_mapping(office: Office, key: str) -> None:
    theirs = {"hubspot": "city", "mailchimp": "CITY"}[key]
    connection_id = await office.connect(TOOLS[key])
    if key == "mailchimp":
        audience = mailchimp.TOOL.settings["audience_id"]
        await office.control(connection_id, f"merge-fields/{audience}", tag="CITY", name="City", type="text")
    await office.synchronize(connection_id, direction="pull", mapping={"town": theirs})
    async with office.dashboard(connection_id) as tool:
        await tool.upsert_contacts([contact("one@example.ae", fields={theirs: "Al Ain"}), contact("two@example.ae")])
    await office.read(connection_id, "contacts")
    attributes = {each["email"]: each["attributes"] for each in await office.leads()}
    assert attributes == {"one@example.ae": {"town": "Al Ain"}, "two@example.ae": {}}


@pytest.mark.parametrize("key", that(ListsAudiences))
async def test_audiences(office: Office, key: str) -> None:
    connection_id = await office.connect(TOOLS[key])
    stream = await office.read(connection_id, "audiences")
    found = await rows(office, "marketing_audiences", connection_id)
    names = {"hubspot": ["All contacts"], "mailchimp": ["Customers", "Newsletter"]}[key]
    assert [each["name"] for each in found] == names
    assert [each["members"] for each in found] == [0] * len(names)
    assert (stream["status"], stream["changed"]) == ("idle", len(names))
    async with office.dashboard(connection_id) as tool:
        await tool.upsert_contacts([contact("one@example.ae", consent="subscribed")])
    again = await office.read(connection_id, "audiences")
    assert again["changed"] == 1
    assert (await rows(office, "marketing_audiences", connection_id))[0]["members"] == 1


@pytest.mark.parametrize("key", that(ListsCampaigns))
async def test_campaigns_and_how_they_do(office: Office, key: str) -> None:
    connection_id = await office.connect(TOOLS[key])
    await office.read(connection_id, "campaigns")
    sent = [each for each in await rows(office, "marketing_campaigns", connection_id) if each["status"] == "sent"]
    assert len(sent) == 1
    assert sent[0]["sent_at"] is not None
    figures = await office.hub.all(
        "select * from public.marketing_campaign_figures where campaign_id = %s", sent[0]["id"]
    )
    assert [each["opens"] for each in figures] == [sent[0]["opens"]]
    assert await office.events("campaign.sent") == []  # it is history
    name = await another_campaign_is_sent(office, connection_id, key)
    await office.read(connection_id, "campaigns")
    (told,) = await office.events("campaign.sent")
    assert told["data"]["name"] == name
    again = await office.read(connection_id, "campaigns")
    assert again["changed"] == 0
    assert len(await office.events("campaign.sent")) == 1


async def another_campaign_is_sent(office: Office, connection_id: UUID, key: str) -> str:
    if key == "hubspot":
        counters = {"sent": 20, "open": 5}
        await office.control(
            connection_id, "emails", name="Summer", state="PUBLISHED", subject="Hot", counters=counters
        )
        return "Summer"
    facts = {"title": "Summer", "subject": "Hot", "status": "sent", "opens": 5, "emails": 20}
    await office.control(connection_id, "campaigns", **facts)
    return "Summer"


@pytest.mark.parametrize("key", that(KeepsDeals))
async def test_deals(office: Office, key: str) -> None:
    connection_id = await office.connect(TOOLS[key])
    await office.read(connection_id, "deals")
    async with office.dashboard(connection_id) as tool:
        facts = {"reference": "order-1", "name": "Order 1", "money": Money.of("99.50", "AED")}
        await tool.upsert_deal(DealRequest.model_validate(facts))
        await office.read(connection_id, "deals")
        (deal,) = await rows(office, "marketing_deals", connection_id)
        told = (deal["name"], deal["reference"], str(deal["amount"]), deal["currency"], deal["is_won"])
        assert told == ("Order 1", "order-1", "99.50", "AED", False)
        assert await office.events("deal.won") == []
        await tool.upsert_deal(DealRequest.model_validate({**facts, "won": True}))
        await office.read(connection_id, "deals")
    (won,) = await office.events("deal.won")
    assert (won["data"]["reference"], won["data"]["amount"], won["data"]["currency"]) == ("order-1", "99.50", "AED")
    await office.control(connection_id, "deal", reference="order-1", archived=True)
    await office.read(connection_id, "deals", full=True)
    assert [each["removed_at"] is None for each in await rows(office, "marketing_deals", connection_id)] == [False]


async def test_posts_of_all_accounts_in_use(office: Office) -> None:
    connection_id = await office.connect(linkedin.NETWORK)
    accounts = await office.use_accounts(connection_id)
    texts = {}
    async with office.dashboard(connection_id) as network:
        for each in accounts:
            account = Account(id=each["provider_account_id"], kind=each["kind"])
            texts[each["id"]] = f"From {each['name']}"
            await network.publish_post(PostRequest(post_id=uuid4(), account=account, text=texts[each["id"]]), {})
    stream = await office.read(connection_id, "posts")
    assert (stream["status"], stream["last_error"], stream["read"]) == ("idle", None, len(accounts))
    query = "select * from public.social_posts where organization_id = %s"
    posts = await office.hub.all(query, office.organization_id)
    assert {each["account_id"]: each["text"] for each in posts} == texts
    assert (await office.read(connection_id, "posts"))["changed"] == 0
    assert len(await office.hub.all(query, office.organization_id)) == len(accounts)


async def test_a_stream_is_read_when_its_time_has_come(office: Office) -> None:
    connection_id = await office.connect(mailchimp.TOOL)
    due = "update public.sync_streams set next_run_at = now() where connection_id = %s and stream = 'audiences'"
    await office.hub.database.execute(due, [connection_id])
    await office.due_streams_are_read()
    await office.jobs_done("sync.run")
    stream = await office.stream(connection_id, "audiences")
    assert (stream["status"], stream["read"]) == ("idle", 2)
    assert stream["next_run_at"] > datetime.now(UTC)
    assert (await office.stream(connection_id, "campaigns"))["run_id"] is None


async def test_one_that_cannot_be_read_says_why_and_does_not_hold_up_the_others(office: Office) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    await office.control(connection_id, "answer", status=400, times=1)
    failed = await office.read(connection_id, "audiences")
    assert (failed["status"], failed["last_error"]["code"]) == ("failed", "invalid_request")
    assert (await office.read(connection_id, "campaigns"))["status"] == "idle"
    assert (await office.read(connection_id, "audiences"))["status"] == "idle"
