"""The step of the demo in which a gateway is down and the next one takes the payment."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Final

from wasl import Connection, Payment, PolicyCase

from workers.commands.demo.scenario import Facts, expect
from workers.commands.demo.waiting import WAIT_SECONDS, until
from workers.commands.demo.world import World

AMOUNT: Final = Decimal("250.00")
CURRENCY: Final = "AED"


async def fail_over(world: World) -> Facts:
    """AED 250.00 go by a route whose first gateway is down, and end succeeded at the second, with the reason shown."""
    async with _checkout_connected(world) as checkout, _route(world, checkout):
        routing = world.hub.payments.routing
        planned = await routing.try_route(amount=AMOUNT, currency=CURRENCY, wait=WAIT_SECONDS)
        expect(planned.chosen.provider == "checkout", f"The dry run chose {planned.chosen.provider}.")
        async with world.sandbox.outage("checkout", "POST", "/hosted-payments"):
            payment = await world.hub.payments.create(
                amount=AMOUNT,
                currency=CURRENCY,
                reference=f"demo-{secrets.token_hex(4)}",
                return_url="https://shop.example/thanks",
                wait=WAIT_SECONDS,
            )
        expect(payment.connection_id == world.connection.id, "The second gateway did not take over.")
        expect(payment.checkout_url is not None, "There is no page to pay on.")
        await world.sandbox.pay(str(payment.checkout_url))
        payment = await until(lambda: _captured(world, payment), "the payment to be captured")
        operation = await anext(world.hub.operations.list(subject_id=payment.id, kind="payment.create", limit=1))
        why = operation.why
        expect(why["rule"] == "failover", f"The operation gives {why['rule']} as the rule.")
        charges = await world.sandbox.charges(payment.id)
        expect([charge["amount"] for charge in charges] == [25000], f"Stripe's books hold {len(charges)} charges.")
    return {"payment": payment.status, "charges": len(charges), "why": why["reason"]}


@asynccontextmanager
async def _checkout_connected(world: World) -> AsyncIterator[Connection]:
    """A connection to Checkout.com's twin, for as long as the step takes."""
    connections = world.hub.connections
    connection = await connections.create("checkout", name=f"Demo Checkout.com {secrets.token_hex(4)}")
    world.hidden["checkout key"] = secret_key = f"sk_sbox_{''.join(secrets.choice('abcdefgh') for _ in range(27))}"
    await connections.set_credentials(connection.id, {"secret_key": secret_key})
    try:
        yield connection
    finally:
        await connections.disconnect(connection.id)


@asynccontextmanager
async def _route(world: World, first: Connection) -> AsyncIterator[None]:
    """A policy by which Checkout.com comes first and Stripe second; afterwards it is again what it was."""
    routing, whose = world.hub.payments.routing, world.connection.organization_id
    before = await routing.policy("sandbox", organization_id=whose)
    case: PolicyCase = {
        "name": "the demo",
        "when": {"currencies": [CURRENCY], "minimum_amount": AMOUNT, "maximum_amount": AMOUNT},
        "connections": [first.id, world.connection.id],
        "exclusive": True,
    }
    await routing.set_policy("sandbox", cases=[case], organization_id=whose)
    try:
        yield
    finally:
        kept = (before.rule, before.cases, before.failover) if before else ("priority", [], True)
        rule, cases, failover = kept
        await routing.set_policy("sandbox", rule=rule, cases=cases, failover=failover, organization_id=whose)


async def _captured(world: World, payment: Payment) -> Payment | None:
    found = await world.hub.payments.get(payment.id)
    return found if found.status == "captured" else None
