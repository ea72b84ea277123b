"""Calls about shipments: what goes out for what is given, what is refused before anything goes out, what comes back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import wasl
from wasl import InvalidRequest, NotFound, OperationFailed, Parcel, Party, PermissionDenied, Rate
from wasl.shipment_params import Customs

from tests.support.hubs import AnyHub, FakeHub, collect, done
from tests.support.sdk_rows import MOMENT, operation_row, quote_row, row, shipment_row, will_be_carried_out

NewClient = Callable[..., AnyHub]
VILLA: Party = {"name": "Omar", "phone": "+971501110002", "line1": "Villa 12", "city": "Abu Dhabi", "country": "AE"}
BOX: Parcel = {"weight_kg": "1.2", "length_cm": 30}
ORDER: dict[str, Any] = {"reference": "order-1", "recipient": VILLA, "parcels": [BOX]}
QUESTION: dict[str, Any] = {"recipient": {"city": "Abu Dhabi", "country": "AE"}, "parcels": [BOX]}
CUSTOMS: Customs = {
    "items": [{"description": "Cases", "unit_value": Decimal("80.00"), "weight_kg": "0.4", "origin_country": "CN"}],
    "currency": "AED",
}
NOON_IN_DUBAI = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=4)))
LINK = {"url": "https://hub.example/files/x", "expires_at": MOMENT, "document_id": str(uuid4())}


# Prices.


async def test_a_quote_says_what_is_asked_and_no_more(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(quote_row())
    quote = await done(hub.shipments.quote(**QUESTION, wait=None))
    assert server.last.url.path == "/rest/v1/rpc/quote_shipment"
    assert server.last.url.params["select"] == "*,asked"
    key = server.last_body["idempotency_key"]
    assert server.last_body == {
        "recipient": {"city": "Abu Dhabi", "country": "AE"},
        "parcels": [{"weight_kg": "1.2", "length_cm": "30"}],
        "idempotency_key": key,
    }
    assert (quote.status, quote.rates, quote.best) == ("pending", (), None)


async def test_a_quote_that_is_waited_for_has_its_rates_the_best_first(hub: AnyHub, server: FakeHub) -> None:
    failure = {"connection_id": str(uuid4()), "provider": "aramex", "code": "deadline_exceeded", "message": "Late."}
    found = quote_row(status="ready", failures=[failure])
    charge = {"name": "Fuel", "amount": "2.70", "currency": "AED"}
    server.will_answer(found | {"status": "pending"})
    server.will_answer([operation_row(kind="shipment.quote", status="succeeded")])
    server.will_answer([found])
    server.will_answer([row(Rate, rank=1, amount="27.75", charges=[charge]), row(Rate, rank=2, amount="47.40")])
    quote = await done(hub.shipments.quote(**QUESTION))
    assert [(rate.rank, rate.amount) for rate in quote.rates] == [(1, Decimal("27.75")), (2, Decimal("47.40"))]
    assert quote.best is not None and quote.best.charges[0].amount == Decimal("2.70")
    assert (quote.failures[0].provider, quote.failures[0].code) == ("aramex", "deadline_exceeded")
    asked, looked, read, rates = server.requests
    assert looked.url.params["idempotency_key"].removeprefix("eq.").encode() in asked.content
    assert "rates" not in read.url.params["select"].split(",")
    assert (rates.url.params["quote_id"], rates.url.params["order"]) == (f"eq.{found['id']}", "rank.asc")


async def test_everything_that_a_price_depends_on_goes_out(hub: AnyHub, server: FakeHub) -> None:
    connection_id = uuid4()
    server.will_answer(quote_row())
    await done(
        hub.shipments.quote(
            **QUESTION,
            sender={"city": "Dubai", "country": "AE", "latitude": 25.134, "postal_code": None},
            ships_at=NOON_IN_DUBAI,
            customs=CUSTOMS,
            cash_on_delivery_amount=Decimal("150.00"),
            declared_value=150,
            rank_by="speed",
            levels=("same_day", "next_day"),
            connection_ids=(connection_id,),
            deadline_seconds=2.5,
            wait=None,
        )
    )
    assert (
        server.last_body.items()
        >= {
            "sender": {"city": "Dubai", "country": "AE", "latitude": 25.134},
            "ships_at": "2026-11-23T12:00:00+04:00",
            "customs": {**CUSTOMS, "items": [{**CUSTOMS["items"][0], "unit_value": "80.00"}]},
            "cash_on_delivery_amount": "150.00",
            "declared_value": "150",
            "rank_by": "speed",
            "levels": ["same_day", "next_day"],
            "connection_ids": [str(connection_id)],
            "deadline_seconds": 2.5,
        }.items()
    )


async def test_rates_are_filtered(hub: AnyHub, server: FakeHub) -> None:
    quote_id = uuid4()
    server.will_answer([row(Rate, tax="1.32", transit_days=1)])
    [rate] = await collect(hub.rates.list(quote_id=quote_id, created_after=NOON_IN_DUBAI))
    assert (rate.tax, rate.transit_days) == (Decimal("1.32"), 1)
    assert server.last.url.path == "/rest/v1/shipment_rates"
    assert server.last.url.params["quote_id"] == f"eq.{quote_id}"
    server.will_answer([row(Rate)])
    assert (await done(hub.rates.get(uuid4()))).amount == Decimal("99.00")


# Labels.


async def test_a_rate_is_bought_by_its_id(hub: AnyHub, server: FakeHub) -> None:
    rate_id = uuid4()
    server.will_answer(shipment_row())
    shipment = await done(hub.shipments.create(reference="order-1", rate_id=rate_id, recipient=VILLA))
    assert (shipment.status, shipment.tracking_number) == ("pending", None)
    assert server.last.url.path == "/rest/v1/rpc/create_shipment"
    assert server.last.url.params["select"] == "*,instructions,recipient,sender,signed_by"
    key = server.last_body["idempotency_key"]
    assert server.last_body == {
        **{"reference": "order-1", "rate_id": str(rate_id), "recipient": VILLA},
        "idempotency_key": key,
    }


async def test_a_shipment_that_is_waited_for_comes_back_as_it_became(hub: AnyHub, server: FakeHub) -> None:
    found = shipment_row()
    server.will_answer(found)
    server.will_answer([operation_row(kind="shipment.create", status="succeeded")])
    server.will_answer(
        [
            found
            | {"status": "created", "tracking_number": "794", "cost": "27.75", "recipient": VILLA, "parcels": [BOX]}
            | {"estimated_delivery_at": MOMENT}
        ]
    )
    shipment = await done(hub.shipments.create(**ORDER, idempotency_key="mine", wait=5))
    assert (shipment.status, shipment.tracking_number, shipment.cost) == ("created", "794", Decimal("27.75"))
    assert (shipment.recipient["city"], shipment.parcels[0]["weight_kg"]) == ("Abu Dhabi", "1.2")
    assert shipment.estimated_delivery_at is not None and shipment.estimated_delivery_at.utcoffset() == timedelta(0)
    assert server.requests[1].url.params["idempotency_key"] == "eq.mine"


async def test_what_a_carrier_refuses_names_the_argument(hub: AnyHub, server: FakeHub) -> None:
    error = {"code": "invalid_request", "message": "No such service.", "field": "service", "provider": "fedex"}
    server.will_answer(shipment_row())
    server.will_answer([operation_row(status="failed", error=error)])
    with pytest.raises(OperationFailed) as raised:
        await done(hub.shipments.create(**ORDER, service="NOPE", wait=5))
    assert (raised.value.code, raised.value.field) == ("invalid_request", "service")


@pytest.mark.parametrize(
    ("argument", "value", "complaint"),
    [
        ("parcels", [BOX, {"weight_kg": 1.2}], r"parcels\.1\.weight_kg must be a str, Decimal or int .* not float"),
        ("parcels", [{**BOX, "height_cm": 30.5}], r"parcels\.0\.height_cm must be .* not float"),
        ("parcels", [{**BOX, "weight_kg": True}], r"parcels\.0\.weight_kg must be .* not bool"),
        ("parcels", BOX, "parcels must be a list, not dict"),
        ("parcels", "1.2", "parcels must be a list, not str"),
        ("parcels", ["1.2"], r"parcels\.0 must be a dict, not str"),
        ("parcels", 1, "parcels must be a list, not int"),
        ("recipient", "Villa 12", "recipient must be a dict, not str"),
        ("sender", [VILLA], "sender must be a dict, not list"),
        ("cash_on_delivery_amount", 150.0, "cash_on_delivery_amount must be .* not float"),
        ("declared_value", 150.0, "declared_value must be .* not float"),
        ("insured_value", 150.0, "insured_value must be .* not float"),
        ("customs", [CUSTOMS], "customs must be a dict, not list"),
        ("customs", {**CUSTOMS, "items": CUSTOMS["items"][0]}, r"customs\.items must be a list, not dict"),
        ("customs", {"items": [{"unit_value": 80.0}]}, r"customs\.items\.0\.unit_value must be .* not float"),
        ("customs", {"items": [{"weight_kg": 0.4}]}, r"customs\.items\.0\.weight_kg must be .* not float"),
        ("customs", {"items": [{"quantity": "3"}]}, r"customs\.items\.0\.quantity must be an int, not str"),
        ("ships_at", "2026-12-01T09:00:00Z", "ships_at must be a datetime with a time zone, not str"),
        ("ships_at", date(2026, 12, 1), "ships_at must be a datetime with a time zone, not date"),
    ],
)
@pytest.mark.parametrize("call", ["create", "quote"])
async def test_what_is_of_another_type_is_refused_by_name(
    hub: AnyHub, call: str, argument: str, value: Any, complaint: str
) -> None:
    given = (ORDER if call == "create" else QUESTION) | {argument: value}
    with pytest.raises(TypeError, match=f"^{complaint}"):
        await done(getattr(hub.shipments, call)(**given))


@pytest.mark.parametrize(
    ("complaint", "call"),
    [
        ("levels must be a list", lambda hub: hub.shipments.quote(**QUESTION, levels="express")),
        ("connection_ids must be a list", lambda hub: hub.shipments.quote(**QUESTION, connection_ids=str(uuid4()))),
        ("shipment_ids must be a list", lambda hub: hub.shipments.labels(str(uuid4()))),
        ("shipment_ids must be a list", lambda hub: hub.shipments.close_manifest(uuid4(), str(uuid4()))),
        (r"metadata\.n must be a str", lambda hub: hub.shipments.create(**ORDER, metadata={"n": 1})),
        ("tracking_token must be a str", lambda hub: hub.shipments.parcel(None)),
        ("place must be a dict", lambda hub: hub.shipments.carriers.check_address(uuid4(), "Dubai")),
        ("address must be a dict", lambda hub: hub.shipments.locations.set("Office", "Dubai")),
    ],
)
async def test_a_text_in_place_of_something_else_is_refused_by_name(
    hub: AnyHub, complaint: str, call: Callable[[AnyHub], Any]
) -> None:
    with pytest.raises(TypeError, match=f"^{complaint}"):
        await done(call(hub))


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("ships_at", lambda hub, moment: hub.shipments.create(**ORDER, ships_at=moment)),
        ("ships_at", lambda hub, moment: hub.shipments.quote(**QUESTION, ships_at=moment)),
        ("occurred_at", lambda hub, moment: hub.shipments.record_event(uuid4(), "delivered", occurred_at=moment)),
        ("ready_at", lambda hub, moment: hub.shipments.pickups.schedule(uuid4(), ready_at=moment, closes_at=moment)),
        ("created_before", lambda hub, moment: collect(hub.shipments.list(created_before=moment))),
        ("created_after", lambda hub, moment: collect(hub.rates.list(created_after=moment))),
    ],
)
async def test_a_moment_without_a_zone_is_refused_by_name(hub: AnyHub, field: str, call: Callable[..., Any]) -> None:
    with pytest.raises(InvalidRequest) as error:
        await done(call(hub, datetime(2026, 11, 23, 12)))
    assert (error.value.code, error.value.field) == (f"invalid_{field}", field)


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("rate_id", lambda hub: hub.shipments.create(**ORDER, rate_id="best")),
        ("connection_id", lambda hub: hub.shipments.create(**ORDER, connection_id="fedex")),
        ("connection_ids", lambda hub: hub.shipments.quote(**QUESTION, connection_ids=["fedex"])),
        ("shipment_ids", lambda hub: hub.shipments.labels(["order-1"])),
        ("shipment_id", lambda hub: hub.shipments.label("order-1")),
        ("shipment_id", lambda hub: hub.shipments.get("order-1")),
        ("shipment_id", lambda hub: hub.shipments.track("order-1")),
        ("shipment_id", lambda hub: hub.shipments.events("order-1")),
        ("shipment_id", lambda hub: hub.shipments.cancel("order-1")),
        ("document_id", lambda hub: hub.shipments.link("order-1")),
        ("pickup_id", lambda hub: hub.shipments.pickups.cancel("order-1")),
        ("connection_id", lambda hub: hub.shipments.carriers.set("fedex", enabled=False)),
    ],
)
async def test_an_identifier_that_is_no_uuid_is_refused_by_name(
    hub: AnyHub, field: str, call: Callable[[AnyHub], Any]
) -> None:
    with pytest.raises(InvalidRequest, match=f"^{field} must be a UUID") as error:
        await done(call(hub))
    assert error.value.field == field


async def test_a_client_for_one_organization_ships_for_that_one(new_client: NewClient, server: FakeHub) -> None:
    mine = uuid4()
    server.will_answer(shipment_row())
    await done(new_client(access_token="t", organization_id=mine).shipments.create(**ORDER))
    assert server.last_body["organization_id"] == str(mine)


async def test_the_way_back_is_bought_for_a_shipment(hub: AnyHub, server: FakeHub) -> None:
    first = uuid4()
    server.will_answer(shipment_row(return_of=str(first)))
    back = await done(hub.shipments.return_(first, reason="Too small"))
    assert back.return_of == first
    assert server.last.url.path == "/rest/v1/rpc/return_shipment"
    assert server.last_body.items() >= {"shipment_id": str(first), "reason": "Too small"}.items()


async def test_what_is_cancelled_already_is_not_waited_for(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(shipment_row(status="cancelled"))
    assert (await done(hub.shipments.cancel(uuid4(), wait=5))).status == "cancelled"


async def test_a_label_is_a_link_that_expires(hub: AnyHub, server: FakeHub) -> None:
    shipment_id = uuid4()
    will_be_carried_out(server, result={**LINK, "labels": 1})
    link = await done(hub.shipments.label(shipment_id))
    assert (link.url, link.labels) == (LINK["url"], 1)
    assert link.expires_at == datetime.fromisoformat(MOMENT)
    asked, _ = server.requests
    assert asked.url.path == "/rest/v1/rpc/print_labels"
    assert asked.content == f'{{"shipment_ids":["{shipment_id}"]}}'.encode()


async def test_labels_go_into_one_file_in_their_order(hub: AnyHub, server: FakeHub) -> None:
    shipment_ids = [uuid4(), uuid4()]
    will_be_carried_out(server, result={**LINK, "labels": 2})
    assert (await done(hub.shipments.labels(tuple(shipment_ids)))).labels == 2
    assert server.requests[0].content == f'{{"shipment_ids":["{shipment_ids[0]}","{shipment_ids[1]}"]}}'.encode()


async def test_a_paper_is_had_by_its_link(hub: AnyHub, server: FakeHub) -> None:
    shipment_id = uuid4()
    server.will_answer([row(wasl.ShipmentDocument, kind="label", format="pdf")])
    [document] = await done(hub.shipments.documents(shipment_id))
    assert (document.kind, document.format) == ("label", "pdf")
    assert server.last.url.params["shipment_id"] == f"eq.{shipment_id}"
    will_be_carried_out(server, result=LINK)
    assert (await done(hub.shipments.link(document.id))).labels is None
    assert server.requests[1].content == f'{{"document_id":"{document.id}"}}'.encode()


# Following parcels.


async def test_anybody_follows_a_parcel_without_signing_in(new_client: NewClient, server: FakeHub) -> None:
    event = {"occurred_at": MOMENT, "status": "picked_up", "place": "Dubai"}
    told = {"carrier": "FedEx", "tracking_number": "794", "status": "in_transit", "events": [event]}
    for client in (new_client(), new_client(access_token="token-1")):
        server.will_answer(told)
        parcel = await done(client.shipments.parcel("shp_x"))
        assert (parcel.carrier, parcel.status, parcel.events[0].place) == ("FedEx", "in_transit", "Dubai")
        assert "authorization" not in server.last.headers
        assert server.last_body == {"token": "shp_x"}
    server.will_answer({"code": "parcel_not_found", "message": "There is no such parcel.", "details": "token"}, 404)
    with pytest.raises(NotFound):
        await done(new_client().shipments.parcel("shp_y"))


async def test_a_carrier_is_asked_at_once(hub: AnyHub, server: FakeHub) -> None:
    shipment_id = uuid4()
    server.will_answer(shipment_row(status="in_transit"))
    assert (await done(hub.shipments.track(shipment_id))).status == "in_transit"
    assert server.last.url.path == "/rest/v1/rpc/track_shipment"
    assert server.last_body == {"shipment_id": str(shipment_id)}


async def test_events_come_in_the_order_in_which_they_happened(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(wasl.ShipmentEvent, status="picked_up"), row(wasl.ShipmentEvent, status=None)])
    picked_up, unknown = await done(hub.shipments.events(uuid4()))
    assert (picked_up.status, unknown.status) == ("picked_up", None)
    assert server.last.url.params["order"] == "occurred_at.asc,id.asc"


async def test_what_an_own_rider_did_is_recorded(hub: AnyHub, server: FakeHub) -> None:
    shipment_id = uuid4()
    server.will_answer(shipment_row(status="delivered"))
    await done(hub.shipments.record_event(shipment_id, "delivered", place="Abu Dhabi", occurred_at=NOON_IN_DUBAI))
    assert server.last.url.path == "/rest/v1/rpc/record_shipment_event"
    assert server.last_body == {
        **{"shipment_id": str(shipment_id), "status": "delivered", "place": "Abu Dhabi"},
        "occurred_at": "2026-11-23T12:00:00+04:00",
    }


@pytest.mark.parametrize("number", ["794", None])
async def test_a_person_says_what_became_of_a_label(hub: AnyHub, server: FakeHub, number: str | None) -> None:
    shipment_id = uuid4()
    server.will_answer(shipment_row(tracking_number=number))
    await done(hub.shipments.resolve(shipment_id, number))
    assert server.last.url.path == "/rest/v1/rpc/resolve_shipment"
    assert server.last_body == {"shipment_id": str(shipment_id)} | ({"tracking_number": number} if number else {})


async def test_who_took_it_is_told(hub: AnyHub, server: FakeHub) -> None:
    will_be_carried_out(server, result={"signed_by": "N. Ali", "delivered_at": MOMENT, "papers": 1})
    proof = await done(hub.shipments.prove_delivery(uuid4()))
    assert (proof.signed_by, proof.papers) == ("N. Ali", 1)


async def test_shipments_are_filtered(hub: AnyHub, server: FakeHub) -> None:
    connection_id = uuid4()
    server.will_answer([shipment_row(status="exception", detail="customs_hold")])
    [shipment] = await collect(
        hub.shipments.list(status=["exception", "returned"], connection_id=connection_id, created_after=NOON_IN_DUBAI)
    )
    assert shipment.detail == "customs_hold"
    assert server.last.url.params["status"] == "in.(exception,returned)"
    assert server.last.url.params["connection_id"] == f"eq.{connection_id}"
    assert server.last.url.params["created_at"] == "gt.2026-11-23T12:00:00+04:00"


@pytest.mark.parametrize("resource", ["shipments", "shipments.pickups", "shipments.carriers", "rates"])
async def test_one_that_is_not_there_is_not_found(hub: AnyHub, server: FakeHub, resource: str) -> None:
    server.will_answer([])
    where: Any = hub
    for name in resource.split("."):
        where = getattr(where, name)
    with pytest.raises(NotFound):
        await done(where.get(uuid4()))


async def test_who_may_not_see_operations_is_told_so_when_waiting(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(shipment_row())
    server.will_answer([])
    with pytest.raises(PermissionDenied, match="operations:read") as error:
        await done(hub.shipments.create(**ORDER, wait=5))
    assert error.value.field == "wait"
