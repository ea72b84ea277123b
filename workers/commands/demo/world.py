"""What the steps of the demo share."""

import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from wasl import AsyncWasl, Connection, NewWebhookEndpoint, Payment, WebhookEvent

from workers.commands.demo.sandbox import Sandbox
from workers.commands.demo.seed import Login
from workers.commands.demo.settings import DemoSettings


@dataclass
class World:
    """The running hub, and what has been made on it so far.

    Attributes:
        hub: the demo user's client.
        stranger: another user's.
        stripe_key: the secret key of a Stripe account that only this demo uses.
        hidden: every secret that was used, by a name that tells them apart; the hub holds none of them in the clear.
        connection: the Stripe connection of this demo; `endpoint` is where Stripe sends its webhooks.
        payment: the payment of AED 99.00; `event` is the webhook that says that it succeeded.
    """

    settings: DemoSettings
    login: Login
    hub: AsyncWasl
    stranger: AsyncWasl
    sandbox: Sandbox
    stripe_key: str = field(default_factory=lambda: f"sk_test_{secrets.token_hex(20)}", repr=False)
    hidden: dict[str, str] = field(default_factory=dict, repr=False)
    connection: Connection = field(init=False, repr=False)
    endpoint: NewWebhookEndpoint = field(init=False, repr=False)
    payment: Payment = field(init=False, repr=False)
    event: WebhookEvent = field(init=False, repr=False)

    def client(self, **options: Any) -> AsyncWasl:
        """Return another client of the same hub; whoever asks for it closes it."""
        return AsyncWasl(self.settings.url, self.settings.publishable_key, **options)


@contextlib.asynccontextmanager
async def open_world(settings: DemoSettings, login: Login) -> AsyncIterator[World]:
    """Open the clients that the demo needs."""
    async with (
        AsyncWasl(settings.url, settings.publishable_key) as hub,
        AsyncWasl(settings.url, settings.publishable_key) as stranger,
        Sandbox(settings.sandbox_url) as sandbox,
    ):
        world = World(settings, login, hub, stranger, sandbox)
        world.hidden |= {"stripe key": world.stripe_key, "demo password": login.password}
        yield world
