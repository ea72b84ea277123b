"""`wasl providers call` for each carrier against its twin: a price, a label that scanners read, the way to the door."""

import importlib
import json
import pkgutil
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support import carriers
from tests.support.carrier_wire import barcodes
from tests.support.carriers.base import Carrier
from tests.support.carriers.parcels import domestic, question
from tests.support.command_calls import Caller
from workers.providers.invoke import operations
from workers.providers.manifest import Category
from workers.providers.registry import CONNECTORS
from workers.providers.shipping.models import Document, DocumentKind

CARRIERS: dict[str, Carrier] = {
    module.name: importlib.import_module(f"{carriers.__name__}.{module.name}").CARRIER
    for module in pkgutil.iter_modules(carriers.__path__)
    if module.name not in ("base", "parcels")
}
WITHOUT_TWIN = {"manual"}
ROAD = ("picked_up", "in_transit", "out_for_delivery", "delivered")


def test_every_carrier_that_ships_is_among_them() -> None:
    shipping = {key: kind for key, kind in CONNECTORS.items() if kind.manifest.category is Category.SHIPPING}
    ships = {key for key, kind in shipping.items() if "create_shipment" in operations(kind)}
    assert CARRIERS.keys() == ships - WITHOUT_TWIN


@pytest.mark.parametrize("key", CARRIERS)
async def test_a_parcel_is_priced_labelled_and_followed_to_the_door(
    key: str, sandbox_url: str, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    carrier, url, offered = CARRIERS[key], f"{sandbox_url}/{key}", operations(CONNECTORS[key])
    account = carrier.account()
    call = Caller(key, account, carrier.settings, base_url=url, folder=tmp_path)
    request = domestic(shipment_id=uuid.uuid4(), service=carrier.service, **(carrier.domestic or {}))

    assert ("get_rates" in offered) == (carrier.rate_call is not None)
    if "get_rates" in offered:
        rates = await call("get_rates", question(request).model_dump_json())
        assert rates
        assert all(float(rate["total"]["amount"]) > 0 for rate in rates)

    made = await call("create_shipment", request.model_dump_json())
    names = ("tracking_number", "provider_shipment_id", "provider_data")
    shipment: dict[str, Any] = {"shipment_id": str(request.shipment_id), **{name: made[name] for name in names}}

    documents = made["documents"]
    if "get_documents" in offered:
        documents = await call("get_documents", json.dumps({"shipment": shipment, "label_format": "pdf"}))
    papers = [Document.model_validate_json(json.dumps(each)) for each in documents]
    printed = [code for each in papers if each.kind is DocumentKind.LABEL for code in barcodes(each.content)]
    assert printed
    assert set(printed) <= {made["tracking_number"], *made["parcel_tracking_numbers"]}

    for step in ROAD:
        await carrier.advance(http, url, account, made["tracking_number"], step)
        (stands,) = await call("track_shipments", json.dumps({"shipments": [shipment]}))
        assert (stands["tracking_number"], stands["status"]) == (made["tracking_number"], step)
    assert stands["delivered_at"]
