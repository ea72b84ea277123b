"""Shops: organizations with one connected gateway each, a sandbox whose webhooks reach the hub's own ingress, and what
payers and people at the gateway's dashboard do there."""

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import httpx
from psycopg.types.json import Jsonb
from wasl.sealing import PublicKey, seal_credential

from sandbox.app import create_app
from sandbox.server import serving
from tests.support.gateways.base import Gateway
from tests.support.workplace import Row, Workplace, until
from workers.providers.payments.models import PaymentResult
from workers.providers.registry import CONNECTORS, open_connector
from workers.runtime import open_runtime
from workers.store.payments import PostgresPayments
from workers.webhooks.server import open_ingress

HUB = "https://hub.example"
SECRET = "a-long-secret-of-our-own-for-webhooks"


@dataclass
class Shop:
    """An organization with one gateway.

    :param hub: the workplace, with the sandbox that the gateway's twin is in.
    :param gateway: how the twin is used.
    """

    hub: Workplace
    gateway: Gateway
    organization_id: UUID
    connection_id: UUID
    account: dict[str, str]
    credentials: dict[str, str] = field(default_factory=dict)

    # What the shop asks of the hub.

    async def payment(self, amount: str = "99.00", **arguments: Any) -> Row:
        """A payment on the gateway's page, once the page is open."""
        needs = {name: Jsonb(value) for name, value in self.gateway.payment.items()}
        page = {"payment_method": None, "return_url": "https://shop.example/back"}
        payment = await self.hub.payment(
            self.organization_id,
            amount,
            **{"currency": self.gateway.currency, "connection_id": self.connection_id, **page, **needs, **arguments},
        )
        assert (await self.hub.finished(payment["id"]))["status"] == "succeeded"
        return await self.now(payment)

    async def now(self, payment: Row) -> Row:
        """The payment as it stands."""
        return await self.hub.payment_row(payment["id"])

    async def reaches(self, payment: Row, status: str) -> Row:
        """The payment once it has a status."""

        async def reached() -> Row | None:
            row = await self.now(payment)
            return row if row["status"] == status else None

        found: Row = await until(reached)
        return found

    async def operations(self, payment: Row, kind: str) -> list[Row]:
        """The operations of a kind about a payment, oldest first."""
        query = "select * from public.operations where subject_id = %s and kind = %s order by created_at, id"
        return await self.hub.all(query, payment["id"], kind)

    async def look(self, payment: Row) -> Row | None:
        """The next look at a payment that is planned; None when none is."""
        query = """
            select l.*, round(extract(epoch from l.due_at - clock_timestamp()) / 60)::integer as minutes
            from private.payment_looks l where l.payment_id = %s"""
        rows = await self.hub.all(query, payment["id"])
        return rows[0] if rows else None

    async def time_passes(self, payment: Row) -> None:
        """The next look at the payment is due, and the clock has struck."""
        await self.becomes_due(payment)
        await PostgresPayments(self.hub.pool, safe_seconds=1).enqueue_due_looks()

    async def becomes_due(self, payment: Row) -> None:
        """The next look at the payment is due."""
        query = "update private.payment_looks set due_at = now() where payment_id = %s"
        await self.hub.database.execute(query, [payment["id"]])

    # What happens at the gateway.

    async def pay(self, payment: Row) -> None:
        """The payer pays on the page."""
        seen = SimpleNamespace(**{name: payment[name] for name in ("checkout_url", "provider_payment_id")})
        await self.gateway.pay(self.hub.sandbox, self.url, self.account, cast(PaymentResult, seen))

    async def charges(self, payment: Row) -> int:
        """How often the payer's money has been reserved or taken."""
        return self.gateway.charges(await self.state(payment))

    async def state(self, payment: Row) -> Row:
        """What the twin holds of a payment."""
        query = {"provider": self.gateway.key, "payment_id": str(payment["id"])}
        held: Row = (await self.hub.sandbox.get("/_state", params=query)).json()
        return held

    async def lose_webhooks(self, count: int = 1000) -> None:
        """Nothing the gateway tells arrives any more."""
        await self.fault("webhook_lost", times=count)

    async def fault(self, kind: str, call: str | None = None, **details: Any) -> None:
        """Plan a fault. :param call: the requests that it meets, such as ``GET /v1/payments/*``."""
        if call:
            method, path = call.split(" ")
            details["match"] = {"method": method, "path": path}
        planned = await self.hub.sandbox.post("/_faults", json={"provider": self.gateway.key, "kind": kind, **details})
        assert planned.status_code == 201, planned.text

    async def faults_are_over(self) -> None:
        """Everything works again."""
        await self.hub.sandbox.delete("/_faults")

    @property
    def url(self) -> str:
        """The twin's URL."""
        return f"{str(self.hub.sandbox.base_url).rstrip('/')}/{self.gateway.key}"

    @asynccontextmanager
    async def dashboard(self) -> AsyncIterator[Any]:
        """A connector of the merchant's own: what is done with it is done behind the hub's back."""
        transport = httpx.AsyncHTTPTransport(verify=False)
        settings, base_url = self.gateway.settings, self.url
        connector = open_connector(
            self.gateway.key, credentials=self.account, settings=settings, base_url=base_url, transport=transport
        )
        async with connector:
            yield connector

    async def ask(self, method: str, path: str, *, ok: bool = True, **request: Any) -> Any:
        """A request to the twin."""
        answer = await self.hub.sandbox.request(method, f"/{self.gateway.key}{path}", **request)
        assert answer.is_success or not ok, answer.text
        return answer.json()

    async def set_credentials(self, **credentials: str) -> None:
        """Seal and store credentials of the connection."""
        key = await self.hub.one(
            "select id, public_key from public.encryption_keys where organization_id = %s and state = 'active'",
            self.organization_id,
        )
        public = PublicKey.from_base64url(key["id"], key["public_key"])
        sealed = [
            dict(seal_credential(public, self.organization_id, self.connection_id, name, value))
            for name, value in credentials.items()
        ]
        await self.hub.call("set_credentials", connection_id=self.connection_id, credentials=Jsonb(sealed))
        self.credentials |= credentials


class Street:
    """Where shops are opened. :param hub: the workplace with this street's sandbox."""

    def __init__(self, hub: Workplace) -> None:
        self.hub = hub

    async def shop(self, key: str, **settings: Any) -> Shop:
        """A shop with a new account of a gateway, whose webhooks come in. The hub's own limit does not slow it."""
        gateway: Gateway = importlib.import_module(f"tests.support.gateways.{key}").GATEWAY
        organization_id = await self.hub.organization()
        row = await self.hub.call(
            "create_connection",
            organization_id=organization_id,
            provider=key,
            settings=Jsonb({**gateway.settings, **settings}),
        )
        shop = Shop(self.hub, gateway, organization_id, row["id"], gateway.account())
        await shop.set_credentials(**shop.account)
        endpoint = await self.hub.call("create_webhook_endpoint", connection_id=row["id"])
        if key in _REGISTER:
            path = endpoint["create_webhook_endpoint"]["path"]
            await shop.set_credentials(**await _REGISTER[key](shop, f"{HUB}{path}"))
        limits = "update public.rate_limits set capacity = 1000, refill_per_second = 1000 where connection_id = %s"
        await self.hub.database.execute(limits, [row["id"]])
        return shop


@asynccontextmanager
async def open_street(workplace: Workplace) -> AsyncIterator[Street]:
    """A street on a workplace's stack: a sandbox of its own, and the ingress that its webhooks go to."""
    way = _WayIn()
    await workplace.organization()  # whose key is the first in the keyring
    async with AsyncExitStack() as life:
        app = create_app(webhook_transport=way, retry_pauses_seconds=(0.02, 0.05))
        url = await life.enter_async_context(serving(app))
        client = httpx.AsyncClient(base_url=url, timeout=30, verify=False)
        hub = replace(workplace, sandbox=await life.enter_async_context(client))
        settings = hub.settings()
        runtime = await life.enter_async_context(open_runtime(settings, name="ingress under test"))
        ingress = open_ingress(runtime.pool, runtime.vault, sandbox_url=settings.sandbox_url, remember_seconds=0)
        way.to = httpx.ASGITransport(app=await life.enter_async_context(ingress))  # type: ignore[arg-type]
        yield Street(hub)


class _WayIn(httpx.AsyncBaseTransport):
    """From the sandbox to the ingress, as if it were reached at `HUB`."""

    to: httpx.AsyncBaseTransport | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.to is None:
            raise httpx.ConnectError("the ingress is not up", request=request)
        return await self.to.handle_async_request(request)


# How each gateway is told where its webhooks go: the credentials that follow from it.


async def _at_stripe(shop: Shop, url: str) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {shop.account['secret_key']}"}
    made = await shop.ask("POST", "/v1/webhook_endpoints", headers=headers, data={"url": url, "enabled_events[0]": "*"})
    return {"webhook_secret": made["secret"]}


async def _at_paypal(shop: Shop, url: str) -> dict[str, str]:
    whose = (shop.account["client_id"], shop.account["client_secret"])
    token = await shop.ask("POST", "/v1/oauth2/token", auth=whose, data={"grant_type": "client_credentials"})
    described = CONNECTORS["paypal"].manifest.webhook
    assert described is not None
    wanted = {"url": url, "event_types": [{"name": name} for name in described.events]}
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    made = await shop.ask("POST", "/v1/notifications/webhooks", headers=headers, json=wanted)
    return {"webhook_id": made["id"]}


async def _at_tabby(shop: Shop, url: str) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {shop.account['secret_key']}", "X-Merchant-Code": "AE"}
    header = {"title": "X-Wasl-Webhook-Secret", "value": SECRET}
    await shop.ask("POST", "/api/v1/webhooks", headers=headers, json={"url": url, "header": header})
    return {"webhook_secret": SECRET}


async def _at_tamara(shop: Shop, url: str) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {shop.account['api_token']}"}
    await shop.ask("POST", "/_test/account", headers=headers, json={"notification_token": SECRET})
    return {"notification_token": SECRET, "webhook_url": url}


async def _at_ngenius(shop: Shop, url: str) -> dict[str, str]:
    headers = {"Authorization": f"Basic {shop.account['api_key']}"}
    webhook = {"url": url, "header_key": "X-Wasl-Webhook-Secret", "header_value": SECRET}
    await shop.ask("POST", "/_test/webhooks", headers=headers, json=webhook)
    return {"webhook_secret": SECRET}


async def _at_telr(shop: Shop, url: str) -> dict[str, str]:
    await shop.ask("POST", f"/_test/{shop.gateway.settings['store_id']}/webhook", json={"url": url, "secret": SECRET})
    return {"webhook_secret": SECRET}


async def _at_tap(shop: Shop, url: str) -> dict[str, str]:
    return {"webhook_url": url}


_REGISTER: Mapping[str, Callable[[Shop, str], Awaitable[dict[str, str]]]] = {
    "stripe": _at_stripe,
    "paypal": _at_paypal,
    "tabby": _at_tabby,
    "tamara": _at_tamara,
    "ngenius": _at_ngenius,
    "telr": _at_telr,
    "tap": _at_tap,
}
