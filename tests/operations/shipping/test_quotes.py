"""Asking carriers for prices: all at once, as many as answer in time, the best first; and buying one of them."""

import time
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.operations.shipping.conftest import CARRIERS, OpensDesk, ended
from tests.support.desks import Desk
from tests.support.shipments import RECIPIENT
from tests.support.workplace import Row
from workers.providers.capabilities import QuotesRates
from workers.providers.registry import CONNECTORS

pytestmark = pytest.mark.usefixtures("no_faults", "worker")

QUOTING = [key for key in CARRIERS if issubclass(CONNECTORS[key], QuotesRates)]
NEXT_DAY: Row = {
    "service": "Next Day",
    "level": "next_day",
    "currency": "AED",
    "base_amount": "15.00",
    "base_kg": "1",
    "step_kg": "1",
    "step_amount": "2.00",
    "cash_amount": "3.00",
    "transit_days": 1,
}


def failures(quote: Row) -> dict[str, str]:
    """Why carriers have named no price, by their keys."""
    return {each["provider"]: each["code"] for each in quote["failures"]}


def by_price(quote: Row) -> list[Any]:
    return [rate["amount"] for rate in quote["rates"]]


@pytest.mark.parametrize("key", QUOTING)
async def test_a_rate_that_is_bought_gives_the_shipment_its_service_and_cost(open_desk: OpensDesk, key: str) -> None:
    desk = await open_desk(key)
    quote = await desk.quoted()
    assert (quote["status"], quote["failures"]) == ("ready", [])
    rate = quote["rates"][-1]
    assert (rate["connection_id"], rate["source"]) == (desk.first.connection_id, "carrier")

    shipment = await desk.shipped(rate_id=rate["id"], service=rate["service"])
    operation = await desk.hub.operation(shipment["id"], "shipment.create")
    assert (shipment["rate_id"], shipment["service"], shipment["level"]) == (rate["id"], rate["service"], rate["level"])
    assert (shipment["cost"], shipment["cost_currency"]) == (rate["amount"], rate["currency"])
    assert operation["why"]["rule"] == "named by the client"
    assert await desk.bought(shipment) == {key: 1}


async def test_a_rate_needs_only_what_its_quote_does_not_say(open_desk: OpensDesk) -> None:
    desk = await open_desk("fedex")
    quote = await desk.quoted()
    bought = await desk.hub.call(
        "create_shipment",
        organization_id=desk.organization_id,
        reference="order-1",
        rate_id=quote["rates"][0]["id"],
        recipient=Jsonb(RECIPIENT),
        sender=Jsonb({**quote["asked"]["sender"], "name": "Sara", "phone": "+971501110001"}),
    )
    assert (await ended(desk, bought))["status"] == "succeeded"
    assert (await desk.now(bought))["parcels"] == quote["request"]["parcels"]


async def test_a_rate_is_bought_once(open_desk: OpensDesk) -> None:
    desk = await open_desk("fedex")
    rate = (await desk.quoted())["rates"][0]
    first = await desk.shipped(rate_id=rate["id"])
    with pytest.raises(psycopg.ProgrammingError) as refused:
        await desk.order(rate_id=rate["id"])
    assert str(first["id"]) in str(refused.value)
    await desk.hub.call("cancel_shipment", shipment_id=first["id"])
    await ended(desk, first, "shipment.cancel")
    again = await desk.shipped(rate_id=rate["id"])
    assert again["id"] != first["id"]


@pytest.mark.parametrize("rank_by", ["price", "speed", "priority"])
async def test_the_best_comes_first(open_desk: OpensDesk, rank_by: str) -> None:
    desk = await open_desk("fedex", "dhl_express", "aramex", "imile")
    quote = await desk.quoted(rank_by=rank_by)
    rates = quote["rates"]
    assert [rate["rank"] for rate in rates] == [*range(1, len(rates) + 1)]
    assert {rate["connection_id"] for rate in rates} == {*desk.contracts}
    if rank_by == "price":
        assert by_price(quote) == sorted(by_price(quote))
    if rank_by == "priority":
        order = [*desk.contracts]
        places = [order.index(rate["connection_id"]) for rate in rates]
        assert places == sorted(places)
    if rank_by == "speed":
        told = [rate["estimated_delivery_at"] for rate in rates if rate["estimated_delivery_at"]]
        assert told == sorted(told)


async def test_who_names_no_price_is_told_of_with_the_reason(open_desk: OpensDesk) -> None:
    desk = await open_desk("fedex", "dhl_express", "aramex", "imile", "jeebly")
    fedex, dhl, aramex, imile, _ = (contract.carrier for contract in desk.contracts.values())
    assert fedex.rate_call
    assert dhl.rate_call
    assert aramex.rate_call
    await desk.fault("latency", fedex.rate_call, fedex, seconds=2)
    await desk.fault("server_error", dhl.rate_call, dhl, status=503, times=3)
    await desk.use(connection_of(desk, imile.key), countries=["GB"])
    began = time.monotonic()
    quote = await desk.quoted(deadline_seconds=Decimal("0.8"))
    assert time.monotonic() - began < 1.9, "it does not wait for the late one"
    assert failures(quote) == {
        "fedex": "deadline_exceeded",
        "dhl_express": "unavailable",
        "imile": "not_eligible",
        "jeebly": "no_prices",
    }
    (skipped,) = [each for each in quote["failures"] if each["provider"] == "imile"]
    assert skipped["message"] == "is not used for AE"
    assert {rate["provider_key"] for rate in quote["rates"]} == {"aramex"}


async def test_a_price_that_nobody_names_leaves_a_quote_without_rates(open_desk: OpensDesk) -> None:
    desk = await open_desk("jeebly")
    quote = await desk.quoted()
    assert (quote["status"], quote["rates"], failures(quote)) == ("ready", [], {"jeebly": "no_prices"})


async def test_only_the_carriers_and_levels_that_are_meant_are_asked(open_desk: OpensDesk) -> None:
    desk = await open_desk("fedex", "aramex", "imile")
    ids = [connection_of(desk, key) for key in ("aramex", "fedex")]
    quote = await desk.quoted(connection_ids=ids, levels=["same_day"])
    assert {(rate["provider_key"], rate["level"]) for rate in quote["rates"]} == {("aramex", "same_day")}
    assert failures(quote) == {"fedex": "no_service"}


async def test_a_tariff_stands_in_for_a_carrier_that_cannot_be_asked(open_desk: OpensDesk) -> None:
    desk = await open_desk("jeebly", "fedex")
    jeebly = connection_of(desk, "jeebly")
    await desk.use(jeebly, tariff=Jsonb([NEXT_DAY, {**NEXT_DAY, "service": "Sharjah", "emirates": ["sharjah"]}]))
    quote = await desk.quoted(
        parcels=Jsonb([{"weight_kg": "3.5"}]), cash_on_delivery_amount="150.00", connection_ids=[jeebly]
    )
    (rate,) = quote["rates"]
    assert (str(rate["amount"]), rate["currency"], rate["source"]) == ("24.00", "AED", "tariff")
    assert (rate["service"], rate["level"], rate["transit_days"]) == ("Next Day", "next_day", 1)
    assert [each["amount"] for each in rate["charges"]] == ["21.00", "3.00"]

    shipment = await desk.shipped(rate_id=rate["id"], cash_on_delivery_amount="150.00")
    assert await desk.bought(shipment) == {"jeebly": 1}
    assert (str(shipment["cost"]), shipment["cost_currency"]) == ("24.00", "AED")


async def test_the_cheapest_may_be_one_with_a_tariff(open_desk: OpensDesk) -> None:
    desk = await open_desk("fedex", "jeebly")
    await desk.use(connection_of(desk, "jeebly"), tariff=Jsonb([{**NEXT_DAY, "base_amount": "1.00"}]))
    shipment = await desk.shipped(rule="price")
    assert await desk.bought(shipment) == {"jeebly": 1}
    assert shipment["service"] == "Next Day"


def connection_of(desk: Desk, key: str) -> UUID:
    """The connection to a carrier."""
    (found,) = [each.connection_id for each in desk.contracts.values() if each.carrier.key == key]
    return found
