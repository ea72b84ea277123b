"""What automations can do, each action through the twins of the tools that take it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.offices import Office
from tests.support.tools import google_analytics, hubspot, mailchimp
from tests.support.tools.base import Tool
from workers.operations.marketing.actions import ACTIONS, act
from workers.providers.errors import InvalidRequest, NotFound, NotSupported

TOOLS = {each.key: each for each in (google_analytics.TOOL, hubspot.TOOL, mailchimp.TOOL)}
EMAIL = "ayesha@example.ae"


async def done(office: Office, connection_id: UUID, kind: str, **given: Any) -> dict[str, Any]:
    async with office.dashboard(connection_id) as tool:
        return dict(await act(kind, tool, given))


async def found(office: Office, connection_id: UUID, email: str = EMAIL) -> Any:
    async with office.dashboard(connection_id) as tool:
        return await tool.find_contact(email)


async def test_the_database_knows_the_same_actions(office: Office) -> None:
    for kind in ACTIONS:
        row = await office.hub.one("select private.capabilities_for(%s) as needed", kind)
        assert row["needed"], kind


@pytest.mark.parametrize("tool", [hubspot.TOOL, mailchimp.TOOL], ids=["hubspot", "mailchimp"])
async def test_a_contact_is_kept_once(office: Office, tool: Tool) -> None:
    connection_id = await office.connect(tool)
    given = {"email": EMAIL, "first_name": "Ayesha", "last_name": "", "company": None, "consent": "subscribed"}
    first = await done(office, connection_id, "contact.upsert", **given)
    again = await done(office, connection_id, "contact.upsert", **{**given, "first_name": "", "last_name": "Al Ali"})
    assert first["provider_contact_id"] == again["provider_contact_id"]
    contact = await found(office, connection_id)
    assert (contact.first_name, contact.last_name, contact.consent) == ("Ayesha", "Al Ali", "subscribed")


@pytest.mark.parametrize("tool", [hubspot.TOOL, mailchimp.TOOL], ids=["hubspot", "mailchimp"])
async def test_tags_are_set_and_taken_away(office: Office, tool: Tool) -> None:
    connection_id = await office.connect(tool)
    await done(office, connection_id, "contact.upsert", email=EMAIL, consent="none")
    assert await done(office, connection_id, "contact.tag", email=EMAIL, tags=["buyer", "", "vip"]) == {
        "tags": ["buyer", "vip"]
    }
    await done(office, connection_id, "contact.tag", email=EMAIL, tags=["vip"], untags=["buyer"])
    assert await tags_of(office, connection_id) == ["vip"]


@pytest.mark.parametrize("tool", [hubspot.TOOL, mailchimp.TOOL], ids=["hubspot", "mailchimp"])
async def test_who_is_to_be_tagged_and_is_not_there_is_made_first(office: Office, tool: Tool) -> None:
    connection_id = await office.connect(tool)
    assert await done(office, connection_id, "contact.tag", email=EMAIL, untags=["buyer"]) == {}
    with pytest.raises(NotFound):
        await found(office, connection_id)
    await done(office, connection_id, "contact.tag", email=EMAIL, tags=["buyer"])
    assert await tags_of(office, connection_id) == ["buyer"]
    assert (await found(office, connection_id)).consent != "subscribed"


async def tags_of(office: Office, connection_id: UUID) -> list[str]:
    """A contact's tags, at the twin."""
    if office.keys[connection_id] == "mailchimp":
        return list((await found(office, connection_id)).tags)
    portals = (await office.state(connection_id))["portals"]
    portal_id = str((await office.ask(connection_id, "GET", "/account-info/v3/details"))["portalId"])
    return [each.removeprefix("Wasl: ") for each in portals[portal_id]["contacts"][EMAIL]["lists"] if "Wasl" in each]


async def test_what_a_contact_did_is_noted(office: Office) -> None:
    connection_id = await office.connect(mailchimp.TOOL)
    email = f"{uuid4().hex}@example.ae"
    await done(office, connection_id, "contact.upsert", email=email, consent="subscribed")
    event = {"email": email, "name": "order_delivered", "properties": {"order": "A-1", "stars": 5}}
    assert await done(office, connection_id, "contact.event", **event) == {}
    contact = (await office.state(connection_id))["contacts"][email]
    assert [(each["name"], each["properties"]) for each in contact["events"]] == [
        ("order_delivered", {"order": "A-1", "stars": "5"})
    ]


async def test_a_deal_of_the_same_reference_is_the_same(office: Office) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    given = {"reference": "order-1", "name": "Order 1", "amount": "99.50", "currency": "AED", "email": "", "stage": ""}
    first = await done(office, connection_id, "deal.upsert", **given)
    again = await done(office, connection_id, "deal.upsert", **{**given, "won": True})
    assert first["provider_deal_id"] == again["provider_deal_id"]
    async with office.dashboard(connection_id) as tool:
        (deal,) = (await tool.list_deals(since=None, cursor=None)).deals
    assert (deal.reference, deal.name, deal.is_won, str(deal.amount)) == ("order-1", "Order 1", True, "99.50")


async def test_a_deal_without_an_amount_has_none(office: Office) -> None:
    connection_id = await office.connect(hubspot.TOOL)
    given = {"reference": "order-1", "name": "Order 1", "amount": "", "currency": ""}
    assert (await done(office, connection_id, "deal.upsert", **given))["provider_deal_id"]


async def test_an_event_is_counted(office: Office) -> None:
    connection_id = await office.connect(google_analytics.TOOL)
    user, number = f"user-{uuid4().hex}", f"order-{uuid4().hex}"
    given = {"name": "purchase", "user_id": user, "client_id": "", "reference": number, "properties": {"size": "S"}}
    await done(office, connection_id, "event.track", **given, amount="10.50", currency="AED")
    answer = await office.hub.sandbox.get("/_state", params={"provider": "google_analytics", "payment_id": user})
    ((event,),) = answer.json()["clients"].values()
    assert (event["name"], event["params"]["value"], event["params"]["transaction_id"]) == ("purchase", 10.5, number)
    assert event["params"]["size"] == "S"


@pytest.mark.parametrize(
    ("key", "kind", "given", "field"),
    [
        ("hubspot", "contact.upsert", {"email": "nobody"}, "email"),
        ("hubspot", "contact.upsert", {"email": EMAIL, "consent": "perhaps"}, "consent"),
        ("hubspot", "contact.upsert", {"email": EMAIL, "unknown": "x"}, "unknown"),
        ("hubspot", "contact.upsert", {"email": ""}, ""),
        ("hubspot", "contact.tag", {"email": "", "tags": ["a"]}, "email"),
        ("hubspot", "contact.tag", {"email": EMAIL, "tags": "vip"}, "tags"),
        ("mailchimp", "contact.event", {"email": EMAIL, "name": "Order Delivered"}, "name"),
        ("mailchimp", "contact.event", {"email": EMAIL, "name": "ok", "properties": ["x"]}, "properties"),
        ("mailchimp", "contact.event", {"name": "order_delivered"}, "email"),
        ("hubspot", "deal.upsert", {"reference": "1", "name": "D", "amount": "5"}, "currency"),
        ("hubspot", "deal.upsert", {"reference": "1", "name": "D", "amount": "much", "currency": "AED"}, "amount"),
        ("hubspot", "deal.upsert", {"reference": "1", "name": "D", "amount": "5", "currency": "XXQ"}, "currency"),
        ("hubspot", "deal.upsert", {"reference": "", "name": "D"}, "reference"),
        ("google_analytics", "event.track", {"name": "", "user_id": "u"}, "name"),
        ("google_analytics", "event.track", {"name": "x", "user_id": "u", "items": ["y"]}, "items"),
        ("google_analytics", "event.track", {"name": "x", "user_id": "u", "properties": "y"}, "properties"),
        ("google_analytics", "event.track", {"name": "x", "user_id": "u", "consent": "yes"}, "consent"),
        ("google_analytics", "event.track", {"name": "x", "user_id": "u", "amount": "1"}, "currency"),
    ],
)
async def test_what_cannot_be_done_is_refused_by_its_field(
    office: Office, key: str, kind: str, given: dict[str, Any], field: str
) -> None:
    connection_id = await office.connect(TOOLS[key])
    with pytest.raises(InvalidRequest) as refused:
        await done(office, connection_id, kind, **given)
    assert field in f"{refused.value.field} {refused.value.message}"


@pytest.mark.parametrize(
    ("key", "kind", "given"),
    [
        ("google_analytics", "contact.upsert", {"email": EMAIL}),
        ("mailchimp", "deal.upsert", {"reference": "1", "name": "D"}),
        ("hubspot", "event.track", {"name": "x", "user_id": "u"}),
        ("hubspot", "contact.event", {"email": EMAIL, "name": "delivered"}),
    ],
)
async def test_a_tool_that_has_no_such_thing_says_so(
    office: Office, key: str, kind: str, given: dict[str, Any]
) -> None:
    connection_id = await office.connect(TOOLS[key])
    with pytest.raises(NotSupported):
        await done(office, connection_id, kind, **given)


async def test_who_is_unknown_to_the_tool_did_nothing_there(office: Office) -> None:
    connection_id = await office.connect(mailchimp.TOOL)
    with pytest.raises(NotFound):
        await done(office, connection_id, "contact.event", email="unknown@example.ae", name="order_delivered")
