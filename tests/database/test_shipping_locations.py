"""Where an organization ships from."""

import asyncio

import pytest

from tests.support.callers import Caller, Refusal, Row, Workspace
from tests.support.shipments import ORDER, RECIPIENT, SENDER


async def names_of_defaults(workspace: Workspace) -> list[str]:
    """The names of the default locations."""
    rows = await workspace.owner.rows("shipping_locations?is_default=is.true&select=name")
    return [row["name"] for row in rows]


async def test_a_location_is_added_and_replaced_by_its_name(workspace: Workspace) -> None:
    first = await workspace.owner.call("set_shipping_location", name=" Shop ", address=SENDER, is_default=True)
    again = await workspace.owner.call("set_shipping_location", name="Shop", address=RECIPIENT, is_default=True)

    assert (first["name"], first["address"]) == ("Shop", SENDER)
    assert (again["id"], again["address"]) == (first["id"], RECIPIENT)
    lines = await workspace.owner.rows("audit_log?action=eq.shipping_location.set")
    assert [line["detail"] for line in lines] == [{"name": "Shop", "is_default": True}] * 2


async def test_there_is_one_default_at_most_however_many_are_set_at_once(workspace: Workspace) -> None:
    names = ["A", "B", "C", "D"]
    calls = (
        workspace.owner.call("set_shipping_location", name=name, address=SENDER, is_default=True) for name in names
    )
    await asyncio.gather(*calls)
    [default] = await names_of_defaults(workspace)
    await workspace.owner.call("set_shipping_location", name=default, address=SENDER)
    assert await names_of_defaults(workspace) == []


async def test_a_shipment_keeps_the_address_that_it_was_sent_from(workspace: Workspace) -> None:
    await workspace.carrier()
    shipment = await workspace.owner.call("create_shipment", **ORDER)
    [location] = await workspace.owner.rows("shipping_locations")

    deleted = await workspace.owner.call("delete_shipping_location", location_id=location["id"])

    assert deleted == location
    [row] = await workspace.owner.rows(f"shipments?id=eq.{shipment['id']}&select=sender")
    assert row == {"sender": SENDER}
    [line] = await workspace.owner.rows("audit_log?action=eq.shipping_location.deleted")
    assert line["target_id"] == location["id"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": " "}, "invalid_name", "name"),
        ({"name": None}, "invalid_name", "name"),
        ({"name": "x" * 101}, "invalid_name", "name"),
        ({"name": "4242 4242 4242 4242"}, "card_number_refused", "name"),
        ({"address": None}, "invalid_address", "address"),
        ({"address": {"city": "Dubai", "country": "AE"}}, "invalid_address", "address.name"),
    ],
)
async def test_what_is_said_of_a_location_is_checked(depot: Workspace, change: Row, code: str, field: str) -> None:
    arguments = {"name": "Shop", "address": SENDER} | change
    assert await depot.owner.refused("set_shipping_location", **arguments) == Refusal(400, code, field)


async def test_locations_of_others_are_not_there(depot: Workspace, other: Caller) -> None:
    [location] = await depot.owner.rows("shipping_locations?select=id")
    refusal = await other.refused("delete_shipping_location", location_id=location["id"])
    assert refusal == Refusal(404, "shipping_location_not_found", "location_id")
