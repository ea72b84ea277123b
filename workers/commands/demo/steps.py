"""What the demo shows, a function a step: each returns what was seen, and raises when that is not as expected."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from time import monotonic, perf_counter
from uuid import UUID

import httpx
from wasl import NewWebhookEndpoint, NotFound, Payment, WebhookEvent

from workers.commands.demo.doomed import DoomedWorker
from workers.commands.demo.marketing import capture_lead
from workers.commands.demo.routing import fail_over
from workers.commands.demo.scenario import Facts, Step, Unexpected, expect
from workers.commands.demo.shipping import ship
from workers.commands.demo.social import publish
from workers.commands.demo.waiting import LOOK_AGAIN_SECONDS, WAIT_SECONDS, until
from workers.commands.demo.world import World

TAKEOVER_SECONDS = 60.0
CATCH_ATTEMPTS = 50
AMOUNT, REFUND, CURRENCY = Decimal("99.00"), Decimal("20.00"), "AED"
CARD = "pm_card_visa"  # Stripe's own token of a test card


async def sign_in(world: World) -> Facts:
    """The demo user signs in and sees the organization."""
    await world.hub.sign_in(world.login.email, world.login.password)
    names = [organization.name async for organization in world.hub.organizations.list()]
    expect(world.login.organization in names, f"{world.login.email} does not belong to {world.login.organization}.")
    return {"user": world.login.email, "organization": world.login.organization}


async def connect_stripe(world: World) -> Facts:
    """A new connection; its credentials are sealed on this machine and nowhere readable afterwards."""
    connections = world.hub.connections
    connection = await connections.create("stripe", name=f"Demo {secrets.token_hex(4)}")
    world.endpoint = await connections.create_webhook_endpoint(connection.id, description="Made by the demo")
    webhook_secret = await world.sandbox.register_webhook(world.stripe_key, world.endpoint.url)
    world.hidden |= {"webhook secret": webhook_secret, "webhook token": world.endpoint.token}
    sealed = await connections.set_credentials(
        connection.id, {"secret_key": world.stripe_key, "webhook_secret": webhook_secret}
    )
    world.connection = await connections.get(connection.id)
    expect(world.connection.status == "active", f"The connection is {world.connection.status}.")
    expect({each.name for each in sealed} == {"secret_key", "webhook_secret"}, "Not all credentials were stored.")
    return {"connection": world.connection.name, "sealed to key": sealed[0].key_id, "credentials": len(sealed)}


async def test_connection(world: World) -> Facts:
    """A worker opens the credentials and asks Stripe whether they are right."""
    operation = await world.hub.connections.test(world.connection.id, wait=WAIT_SECONDS)
    connection = await world.hub.connections.get(world.connection.id)
    expect(connection.health_state == "up", f"The connection is {connection.health_state}.")
    return {"operation": operation.status, "health": connection.health_state}


async def take_payment(world: World) -> Facts:
    """A shop's backend takes AED 99.00 with an API key of its own."""
    expires_at = datetime.now(UTC) + timedelta(hours=1)
    scopes = ["payments:*", "operations:read"]
    key = await world.hub.api_keys.create(
        "Demo shop", scopes, expires_at=expires_at, organization_id=world.connection.organization_id
    )
    world.hidden["API key"] = key.api_key
    async with world.client(api_key=key.api_key) as shop:
        world.payment = await shop.payments.create(
            amount=AMOUNT,
            currency=CURRENCY,
            reference=f"demo-{secrets.token_hex(4)}",
            payment_method=CARD,
            connection_id=world.connection.id,
            wait=WAIT_SECONDS,
        )
    await world.hub.api_keys.revoke(key.id)
    charges = await world.sandbox.charges(world.payment.id)
    expect(len(charges) == 1, f"Stripe made {len(charges)} charges.")
    expect(charges[0]["amount"] == 9900, f"Stripe charged {charges[0]['amount']} fils.")
    return {"payment": str(world.payment.id), "amount": f"{CURRENCY} {world.payment.amount}", "charges": len(charges)}


async def see_webhook(world: World) -> Facts:
    """Stripe's signed webhook arrives, is verified and processed, and the payment is succeeded."""
    begun = perf_counter()
    world.event = await _processed_event(world, "payment_intent.succeeded")
    seconds = perf_counter() - begun
    world.payment = await world.hub.payments.get(world.payment.id)
    expect(world.event.verified, "The webhook was not verified.")
    expect("payment.succeeded" in world.event.canonical_types, f"It was read as {world.event.canonical_types}.")
    expect(world.payment.status == "captured", f"The payment is {world.payment.status}.")
    expect(world.payment.amount_captured == AMOUNT, f"{world.payment.amount_captured} were captured.")
    ledger = await world.hub.payments.events(world.payment.id)
    moved_by = [line.source for line in ledger if line.to_status == "captured" and line.applied]
    expect(len(moved_by) == 1, f"The payment was captured {len(moved_by)} times.")
    return {
        "payment": world.payment.status,
        "event": world.event.provider_event_id or "",
        "captured by": moved_by[0],
        "waited": f"{seconds * 1000:.0f} ms",
    }


async def refuse_forgery(world: World) -> Facts:
    """The same webhook for another amount, with a signature that does not fit, is refused and leaves no trace."""
    before = await _event_ids(world)
    headers, body = await _as_it_came(world)
    forged = body.replace(b"9900", b"9900000")
    expect(forged != body, "The webhook does not name the amount.")
    answer = await _post(world.endpoint, forged, headers)
    expect(answer.status_code == 401, f"The forged webhook was answered with {answer.status_code}.")
    unsigned = await _post(world.endpoint, forged, {"content-type": "application/json"})
    expect(unsigned.status_code == 401, f"The unsigned webhook was answered with {unsigned.status_code}.")
    expect(await _event_ids(world) == before, "A forged webhook was kept.")
    return {"forged": answer.status_code, "unsigned": unsigned.status_code}


async def recognize_repeat(world: World) -> Facts:
    """The true webhook, sent once more, is told from a new one and changes nothing."""
    before = await _event_ids(world)
    ledger = await world.hub.payments.events(world.payment.id)
    headers, body = await _as_it_came(world)
    answer = await _post(world.endpoint, body, headers)
    expect(answer.is_success, f"The repeated webhook was answered with {answer.status_code}.")
    told = str(answer.json().get("status"))
    expect(told == "duplicate", f"The repeated webhook was taken for {told}.")
    expect(await _event_ids(world) == before, "The repeated webhook was kept a second time.")
    expect(await world.hub.payments.events(world.payment.id) == ledger, "The repeated webhook moved the payment.")
    return {"repeated": answer.status_code, "told apart as": told}


async def refund_part(world: World) -> Facts:
    """Part of the money goes back."""
    refund = await world.hub.payments.refund(
        world.payment.id, REFUND, reason="requested_by_customer", wait=WAIT_SECONDS
    )
    payment = await world.hub.payments.get(world.payment.id)
    expect(refund.status == "succeeded", f"The refund is {refund.status}.")
    expect(payment.status == "partially_refunded", f"The payment is {payment.status}.")
    expect(payment.amount_refunded == REFUND, f"{payment.amount_refunded} were refunded.")
    [charge] = await world.sandbox.charges(payment.id)
    expect(charge["amount_refunded"] == 2000, f"Stripe refunded {charge['amount_refunded']} fils.")
    return {"refunded": f"{CURRENCY} {refund.amount}", "payment": payment.status}


async def show_stranger(world: World) -> Facts:
    """Another company signs up: it sees none of this and can touch none of it."""
    password = secrets.token_urlsafe(16)
    world.hidden["stranger's password"] = password
    stranger = world.stranger
    await stranger.sign_up(f"stranger-{secrets.token_hex(6)}@elsewhere.example", password)
    await stranger.organizations.create("Elsewhere LLC")
    seen: list[object] = [row async for row in stranger.payments.list()]
    seen += [row async for row in stranger.connections.list()]
    seen += [row async for row in stranger.operations.list()]
    seen += [row async for row in stranger.webhook_events.list()]
    seen += await stranger.payments.events(world.payment.id)
    expect(not seen, f"The stranger sees {len(seen)} rows.")
    refused = 0
    for attempt in (
        stranger.payments.get(world.payment.id),
        stranger.payments.refund(world.payment.id),
        stranger.connections.test(world.connection.id),
        stranger.webhook_events.replay([world.event.id]),
    ):
        try:
            await attempt
        except NotFound:
            refused += 1
    expect(refused == 4, f"Only {refused} of 4 attempts were refused.")
    return {"rows seen": len(seen), "attempts refused": refused}


async def survive_kill(world: World) -> Facts:
    """A worker is killed after Stripe has charged and before it knows: another completes it, charged once."""
    doomed = DoomedWorker(world.settings.environment, world.settings.sandbox_url)
    async with doomed.running():
        payment, key = await _pay_through(world, doomed)
        await until(lambda: _charged(world, payment.id), "the charge")
        begun = monotonic()
        await doomed.kill()
        operation = await world.hub.operations.wait_for_call(key, payment.organization_id, TAKEOVER_SECONDS)
        seconds = monotonic() - begun
    payment = await world.hub.payments.get(payment.id)
    charges = await world.sandbox.charges(payment.id)
    expect(payment.status == "captured", f"The payment is {payment.status}.")
    expect(operation.attempts > 1, "Nobody took it over.")
    expect(len(charges) == 1, f"Stripe made {len(charges)} charges.")
    taken_over_after = f"{seconds:.1f} s"
    facts: Facts = {"payment": payment.status, "attempts": operation.attempts, "charges": len(charges)}
    return facts | {"taken over after": taken_over_after}


async def hang_up(world: World) -> Facts:
    """The connection is cut, and its credentials are erased."""
    connection = await world.hub.connections.disconnect(world.connection.id)
    left = await world.hub.connections.credentials(world.connection.id)
    expect(connection.status == "disconnected", f"The connection is {connection.status}.")
    expect(not left, f"{len(left)} credentials are left.")
    return {"connection": connection.status, "credentials": len(left)}


STEPS: tuple[Step[World], ...] = (
    Step("sign_in", "Sign in", sign_in),
    Step("connect_stripe", "Connect Stripe, sealed on this machine", connect_stripe),
    Step("test_connection", "Test the connection", test_connection),
    Step("take_payment", "Take AED 99.00", take_payment),
    Step("webhook", "The signed webhook arrives", see_webhook),
    Step("forged_webhook", "A forged webhook is refused", refuse_forgery),
    Step("repeated_webhook", "A repeated webhook is recognized", recognize_repeat),
    Step("partial_refund", "Refund AED 20.00", refund_part),
    Step("failover", "A gateway is down: the next one takes it", fail_over),
    Step("ship", "Compare carriers, buy a label, follow it", ship),
    Step("publish", "Three networks consent; one post goes to all", publish),
    Step("lead", "A lead comes in by a form, to every tool", capture_lead),
    Step("stranger", "Another organization sees none of it", show_stranger),
    Step("killed_worker", "A worker is killed mid-payment", survive_kill),
    Step("disconnect", "Disconnect, credentials erased", hang_up),
)


async def _processed_event(world: World, event_type: str) -> WebhookEvent:
    """The webhook of that type for this connection, with its bytes, once a worker has processed it."""

    async def look() -> WebhookEvent | None:
        found = world.hub.webhook_events.list(
            connection_id=world.connection.id, event_type=event_type, status="processed", limit=1
        )
        async for event in found:
            return await world.hub.webhook_events.get(event.id)
        return None

    return await until(look, f"the webhook {event_type}")


async def _event_ids(world: World) -> set[UUID]:
    events = world.hub.webhook_events.list(connection_id=world.connection.id, event_type=world.event.event_type)
    return {event.id async for event in events}


async def _as_it_came(world: World) -> tuple[dict[str, str], bytes]:
    """The headers that count and the exact bytes of the webhook."""
    signature = world.event.headers.get("stripe-signature")
    if signature is None or world.event.body is None:
        raise Unexpected("The webhook was kept without its signature or its bytes.")
    return {"content-type": "application/json", "stripe-signature": str(signature)}, world.event.body


async def _post(endpoint: NewWebhookEndpoint, body: bytes, headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=WAIT_SECONDS) as http:
        return await http.post(endpoint.url, content=body, headers=headers)


async def _pay_through(world: World, doomed: DoomedWorker) -> tuple[Payment, str]:
    """Make payments until the doomed worker is the one that takes one; returns it and its idempotency key.

    Whoever is quicker gets a payment, so the other workers of the hub may carry out some first.
    """
    for _ in range(CATCH_ATTEMPTS):
        key = secrets.token_hex(16)
        payment = await world.hub.payments.create(
            amount=AMOUNT,
            currency=CURRENCY,
            reference=f"demo-{key[:8]}",
            payment_method=CARD,
            connection_id=world.connection.id,
            idempotency_key=key,
        )
        while not doomed.line.payment_sent.is_set():
            operation = await anext(world.hub.operations.list(subject_id=payment.id, limit=1))
            if operation.finished:
                break
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        if doomed.line.payment_sent.is_set():
            return payment, key
    raise Unexpected("The worker that is to be killed never got a payment.")


async def _charged(world: World, payment_id: UUID) -> bool | None:
    return bool(await world.sandbox.charges(payment_id)) or None
