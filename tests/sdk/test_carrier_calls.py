"""Calls about how carriers are used: drivers, manifests, agreed prices, places to ship from."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
import wasl
from wasl import NotFound, Parcel, Party, TariffLine

from tests.support.hubs import AnyHub, FakeHub, collect, done
from tests.support.sdk_rows import operation_row, row, will_be_carried_out

VILLA: Party = {"name": "Omar", "phone": "+971501110002", "line1": "Villa 12", "city": "Abu Dhabi", "country": "AE"}
BOX: Parcel = {"weight_kg": "1.2"}
LINE: TariffLine = {"service": "ND", "level": "next_day", "base_amount": "15.00", "currency": "AED"}
NOON_IN_DUBAI = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=4)))
SOME_ID = str(UUID(int=7))


# Drivers and manifests.


async def test_a_driver_is_sent_for_so_many_parcels(hub: AnyHub, server: FakeHub) -> None:
    connection_id = uuid4()
    server.will_answer(row(wasl.Pickup, weight_kg="7.5"))
    pickup = await done(
        hub.shipments.pickups.schedule(
            connection_id,
            ready_at=NOON_IN_DUBAI,
            closes_at=NOON_IN_DUBAI + timedelta(hours=4),
            parcels=3,
            weight_kg=Decimal("7.5"),
            place=VILLA,
        )
    )
    assert pickup.weight_kg == Decimal("7.5")
    key = server.last_body["idempotency_key"]
    assert server.last_body == {
        "connection_id": str(connection_id),
        "ready_at": "2026-11-23T12:00:00+04:00",
        "closes_at": "2026-11-23T16:00:00+04:00",
        "parcels": 3,
        "weight_kg": "7.5",
        "place": VILLA,
        "idempotency_key": key,
    }


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"parcels": "3"}, "parcels must be an int, not str"),
        ({"parcels": [BOX]}, "parcels must be an int, not list"),
        ({"parcels": 3, "weight_kg": 7.5}, "weight_kg must be .* not float"),
        ({"shipment_ids": SOME_ID}, "shipment_ids must be a list, not str"),
        ({"place": "Dubai"}, "place must be a dict, not str"),
    ],
    ids=["text", "list", "float", "id", "place"],
)
async def test_a_pickup_of_another_type_is_refused_by_name(hub: AnyHub, given: dict[str, Any], complaint: str) -> None:
    times = {"ready_at": NOON_IN_DUBAI, "closes_at": NOON_IN_DUBAI}
    with pytest.raises(TypeError, match=f"^{complaint}"):
        await done(hub.shipments.pickups.schedule(uuid4(), **times, **given))


async def test_pickups_are_filtered_and_called_off(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(wasl.Pickup, status="scheduled")])
    [pickup] = await collect(hub.shipments.pickups.list(status="scheduled"))
    assert server.last.url.params["status"] == "eq.scheduled"
    server.will_answer(row(wasl.Pickup, status="scheduled"))
    await done(hub.shipments.pickups.cancel(pickup.id))
    assert server.last_body == {"pickup_id": str(pickup.id)}


async def test_a_manifest_comes_back_once_its_list_is_drawn(hub: AnyHub, server: FakeHub) -> None:
    connection_id, shipment_id = uuid4(), uuid4()
    found = row(wasl.Manifest, shipments=1)
    operation = operation_row(kind="manifest.create", subject_id=found["id"])
    server.will_answer(found)
    server.will_answer([operation])
    server.will_answer([operation | {"status": "succeeded"}])
    manifest = await done(hub.shipments.close_manifest(connection_id, [shipment_id]))
    assert manifest.shipments == 1
    body = f'{{"connection_id":"{connection_id}","shipment_ids":["{shipment_id}"]}}'
    assert server.requests[0].content == body.encode()
    server.will_answer([row(wasl.ShipmentDocument, kind="manifest")])
    [paper] = await done(hub.shipments.manifest_documents(manifest.id))
    assert (paper.kind, server.last.url.params["manifest_id"]) == ("manifest", f"eq.{manifest.id}")


# Carriers and locations.


async def test_agreed_prices_go_out_as_decimal_strings(hub: AnyHub, server: FakeHub) -> None:
    connection_id = uuid4()
    line = {**LINE, "base_kg": 5, "step_amount": Decimal("2.00"), "emirates": ("dubai",), "name": None}
    server.will_answer([row(wasl.Carrier, tariff=[LINE], maximum_weight_kg="30.000")])
    carrier = await done(
        hub.shipments.carriers.set(
            connection_id, tariff=[line], priority=10, maximum_weight_kg=Decimal("30"), minimum_weight_kg=None
        )
    )
    assert (carrier.tariff[0]["base_amount"], carrier.maximum_weight_kg) == ("15.00", Decimal("30.000"))
    assert (server.last.method, server.last.url.path) == ("PATCH", "/rest/v1/shipping_providers")
    assert server.last.url.params["connection_id"] == f"eq.{connection_id}"
    assert server.last_body == {
        "tariff": [{**LINE, "base_kg": "5", "step_amount": "2.00", "emirates": ["dubai"]}],
        "priority": 10,
        "maximum_weight_kg": "30",
        "minimum_weight_kg": None,
    }


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"tariff": [{**LINE, "base_amount": 15.0}]}, r"tariff\.0\.base_amount must be .* not float"),
        ({"tariff": [LINE, {**LINE, "cash_amount": 3.0}]}, r"tariff\.1\.cash_amount must be .* not float"),
        ({"tariff": [{**LINE, "countries": "AE"}]}, r"tariff\.0\.countries must be a list, not str"),
        ({"tariff": [{**LINE, "transit_days": "1"}]}, r"tariff\.0\.transit_days must be an int, not str"),
        ({"tariff": LINE}, "tariff must be a list, not dict"),
        ({"maximum_weight_kg": 30.0}, "maximum_weight_kg must be .* not float"),
        ({"levels": "express"}, "levels must be a list, not str"),
        ({"emirates": "dubai"}, "emirates must be a list, not str"),
        ({"colour": "blue"}, "a carrier's connection has no 'colour'"),
    ],
)
async def test_a_change_of_another_type_is_refused_by_name(
    hub: AnyHub, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(TypeError, match=f"^{complaint}"):
        await done(hub.shipments.carriers.set(uuid4(), **changes))


async def test_a_carrier_that_one_may_not_change_is_not_found(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([])
    with pytest.raises(NotFound, match="no carrier"):
        await done(hub.shipments.carriers.set(uuid4(), enabled=False))


async def test_a_carrier_says_whether_it_serves_a_place(hub: AnyHub, server: FakeHub) -> None:
    will_be_carried_out(server, result={"serviceable": True, "suggestions": [{"city": "ABU DHABI"}], "services": ["P"]})
    check = await done(hub.shipments.carriers.check_address(uuid4(), {**VILLA, "line2": None}, direction="delivery"))
    assert (check.serviceable, check.suggestions[0]["city"], check.services) == (True, "ABU DHABI", ("P",))
    assert b"line2" not in server.requests[0].content


async def test_where_is_shipped_from_is_kept(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(row(wasl.ShippingLocation, name="Warehouse", address=VILLA, is_default=True))
    location = await done(hub.shipments.locations.set("Warehouse", VILLA, is_default=True))
    assert (location.address["line1"], location.is_default) == ("Villa 12", True)
    assert server.last_body == {"name": "Warehouse", "address": VILLA, "is_default": True}
    server.will_answer([row(wasl.ShippingLocation, name="Warehouse")])
    assert [each.name for each in await done(hub.shipments.locations.list())] == ["Warehouse"]
