"""The demo's user, organization and sandbox connections, made where they are missing."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from wasl import AsyncWasl, AuthenticationError, Conflict, Connection

from workers.commands.demo.carriers import seed_carriers
from workers.commands.demo.networks import seed_networks
from workers.commands.demo.sandbox import Sandbox
from workers.commands.demo.settings import DemoSettings
from workers.commands.demo.tools import seed_tools

LOGIN_FILE = "demo.json"
ORGANIZATION = "Demo Trading LLC"
CONNECTION = "Stripe sandbox"
SANDBOX_SECRET_KEY = "sk_test_demo_trading_llc"  # noqa: S105 -- the sandbox makes an account of any such name


@dataclass(frozen=True)
class Login:
    """Who the demo's user is, and where the sandbox sends that user's webhooks."""

    email: str
    password: str = field(repr=False)
    organization: str
    webhook_url: str | None = field(default=None, repr=False)

    @classmethod
    def new(cls, email: str = "demo@wasl.example") -> "Login":
        """Return a login with a random password."""
        return cls(email, secrets.token_urlsafe(12), ORGANIZATION)

    @classmethod
    def load(cls, directory: Path) -> "Login | None":
        """Return the login kept in a state directory, if there is one."""
        try:
            return cls(**json.loads((directory / LOGIN_FILE).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def save(self, directory: Path) -> None:
        """Keep the login in a state directory, for its owner's eyes only."""
        directory.mkdir(parents=True, exist_ok=True)
        draft = directory / f"{LOGIN_FILE}.draft"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=2)
        draft.replace(directory / LOGIN_FILE)


async def seed(settings: DemoSettings) -> Login:
    """Make what is missing of the demo, and return its login. To do it again changes nothing."""
    async with AsyncWasl(settings.url, settings.publishable_key) as hub, Sandbox(settings.sandbox_url) as sandbox:
        login = await _sign_in(hub, Login.load(settings.state_directory) or Login.new())
        login.save(settings.state_directory)
        organization_id = await _organization_id(hub)
        await seed_carriers(hub, organization_id)
        await seed_networks(hub, organization_id)
        await seed_tools(hub, organization_id)
        connection = await _connection(hub, organization_id)
        login = replace(login, webhook_url=await _webhooks(hub, sandbox, connection, login.webhook_url))
        login.save(settings.state_directory)
    return login


async def _sign_in(hub: AsyncWasl, login: Login) -> Login:
    """Sign in, or sign up; under another address if somebody else has this one."""
    try:
        await hub.sign_in(login.email, login.password)
        return login
    except AuthenticationError:
        pass
    try:
        await hub.sign_up(login.email, login.password)
    except Conflict:
        login = Login.new(f"demo-{secrets.token_hex(4)}@wasl.example")
        await hub.sign_up(login.email, login.password)
    return login


async def _organization_id(hub: AsyncWasl) -> str:
    async for organization in hub.organizations.list():
        if organization.name == ORGANIZATION:
            return str(organization.id)
    return str((await hub.organizations.create(ORGANIZATION)).id)


async def _connection(hub: AsyncWasl, organization_id: str) -> Connection:
    async for connection in hub.connections.list(provider="stripe", organization_id=organization_id):
        if connection.name == CONNECTION:
            return connection
    return await hub.connections.create("stripe", name=CONNECTION, organization_id=organization_id)


async def _webhooks(hub: AsyncWasl, sandbox: Sandbox, connection: Connection, url: str | None) -> str:
    """Have the sandbox send its webhooks to the connection; it forgets where to, each time it starts."""
    if url is None:
        endpoint = await hub.connections.create_webhook_endpoint(connection.id, description="The sandbox's Stripe")
        url = endpoint.url
    if url not in await sandbox.webhook_urls(SANDBOX_SECRET_KEY):
        secret = await sandbox.register_webhook(SANDBOX_SECRET_KEY, url)
        credentials = {"secret_key": SANDBOX_SECRET_KEY, "webhook_secret": secret}
        await hub.connections.set_credentials(connection.id, credentials)
    return url
