"""Secrets are nowhere in the clear: not in the database, not in a log, whatever is done with them, rightly or wrongly.

The real hub (PostgREST, the functions under Deno, an ingress and a worker that logs all there is) works for a company
whose every secret is a canary: made for this test, so that wherever one stands, it has leaked. After each test every
table and every log is searched for each of them, as it is and in base64, hexadecimal, URL-encoded and as JSON has it.
"""

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest
import wasl
from wasl import AsyncWasl

import tests.support.carriers
import tests.support.gateways
import tests.support.tools
from tests.support.leaks import SHORTEST_SECRET, assert_no_leaks, find_leaks
from tests.support.webhooks import an_event, signature
from tests.support.workplace import CARD, Workplace, until
from workers.providers.manifest import form_fields
from workers.providers.registry import CONNECTORS
from workers.store.credentials import PostgresCredentials
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import new_key

REFERENCE = "order-of-the-search-for-secrets"
INTENT = {"method": "POST", "path": "/v1/payment_intents"}

IDENTIFIERS = {("aps", "merchant_identifier"), ("imile", "customer_id")}
"""Sealed like credentials, but the names of accounts: they stand in the requests that are kept, and open nothing."""


def accounts() -> list[Any]:
    """Every gateway, carrier and tool that has a twin."""
    rooms = (tests.support.gateways, tests.support.carriers, tests.support.tools)
    names = [f"{room.__name__}.{module.name}" for room in rooms for module in iter_modules(room.__path__)]
    members = [getattr(import_module(name), kind, None) for name in names for kind in ("GATEWAY", "CARRIER", "TOOL")]
    return [each for each in members if each is not None]


@dataclass
class Company:
    """A company at work: its clients, and every secret of its, by name."""

    workplace: Workplace
    hub: AsyncWasl
    http: httpx.AsyncClient
    organization_id: UUID
    ingress: str
    logs: list[Path]
    hidden: dict[str, str] = field(repr=False)

    async def assert_clean(self) -> None:
        """Search everything for every secret so far."""
        url = self.workplace.stack.admin_database_url
        assert_no_leaks(await find_leaks(url, self.hidden, self.logs))

    def canary(self, name: str) -> str:
        """A new secret, which is searched for in the end."""
        self.hidden[name] = f"canary+{secrets.token_urlsafe(24)}/="
        return self.hidden[name]

    async def connect(self, provider: str, credentials: dict[str, str], **options: Any) -> UUID:
        """A connection whose secrets are searched for."""
        fields = {each.name: each for each in form_fields(CONNECTORS[provider].credentials_model)}
        for name, value in credentials.items():
            if fields[name].secret and len(value) >= SHORTEST_SECRET and (provider, name) not in IDENTIFIERS:
                self.hidden[f"{provider}'s {name}"] = value
        made = await self.hub.connections.create(provider, name=f"{provider} {uuid4().hex[:6]}", **options)
        await self.hub.connections.set_credentials(made.id, credentials)
        return made.id


@pytest.fixture
def company(everybody: Company) -> Company:
    """The company, with no secret yet that a test looks for."""
    return replace(everybody, hidden={})


@pytest.fixture(scope="module")
async def everybody(workplace: Workplace, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Company]:
    """The company, and the hub at work; its secrets are those that all tests use."""
    directory, stack = tmp_path_factory.mktemp("hub"), workplace.stack
    async with AsyncExitStack() as life:
        hub = await life.enter_async_context(AsyncWasl(stack.url, stack.publishable_key))
        http = await life.enter_async_context(httpx.AsyncClient(timeout=30))
        password = f"canary {secrets.token_urlsafe(24)}"
        await hub.sign_up(f"{uuid4().hex}@example.com", password)
        organization = await hub.organizations.create("Canary Trading LLC")
        await new_key(
            KeyringFile(workplace.keyring), PostgresCredentials(workplace.pool), organization_id=organization.id
        )
        ingress, ingress_log = await life.enter_async_context(workplace.ingress_process(directory, log_level="debug"))
        worker = await life.enter_async_context(workplace.worker_process(directory, log_level="debug"))
        hidden = {"password": password, "secret key": stack.secret_key}
        hidden |= {f"password of {name}": _password(url) for name, url in _logins(workplace).items()}
        hidden |= {f"private key {number}": key for number, key in enumerate(_private_keys(workplace.keyring))}
        logs = [ingress_log, worker.log, stack.directory / "logs"]
        yield Company(workplace, hub, http, organization.id, ingress, logs, hidden)


def _logins(workplace: Workplace) -> dict[str, str]:
    return {"workers": workplace.stack.worker_database_url, "the owner": workplace.stack.database_url}


def _password(url: str) -> str:
    return unquote(urlsplit(url).password or "")


def _private_keys(keyring: Path) -> list[str]:
    return [each["private_key"] for each in json.loads(keyring.read_text())["keys"] if each.get("private_key")]


async def test_every_provider_is_called_with_secrets(company: Company, everybody: Company) -> None:
    company.hidden |= everybody.hidden
    for account in accounts():
        connection_id = await company.connect(account.key, account.account(), settings=dict(account.settings))
        try:
            await company.hub.connections.test(connection_id, wait=60)
        except wasl.OperationFailed as failed:  # some twins know no cheap check
            assert failed.code != "internal_error", account.key
    calls = await company.workplace.one(
        "select count(distinct provider_key) as providers from public.integration_logs where organization_id = %s",
        company.organization_id,
    )
    assert calls["providers"] >= 15
    assert len(company.hidden) >= 30
    await company.assert_clean()


async def test_a_gateway_that_repeats_a_secret_is_not_repeated(company: Company) -> None:
    key = f"sk_test_{secrets.token_hex(20)}"
    connection_id = await company.connect("stripe", {"secret_key": key})
    echoes = {"message": f"Invalid API Key provided: {key}", "code": key, "doc_url": f"https://x.example/?key={key}"}
    for patch in ({"description": key, "client_secret": f"{key}_secret"}, {"error": echoes}):
        await company.workplace.plan_fault("patched", match=INTENT, patch=patch)
        card = CARD if "error" not in patch else "pm_card_chargeDeclined"
        payment = await company.hub.payments.create(
            amount="99.00", currency="AED", reference=REFERENCE, connection_id=connection_id, payment_method=card
        )
        await company.workplace.finished(payment.id)
    await company.assert_clean()
    url = company.workplace.stack.admin_database_url
    assert await find_leaks(url, {"reference": REFERENCE}), "the search looks at what was done here"


async def test_webhooks_leave_no_secret_behind(company: Company) -> None:
    secret = company.canary("webhook secret")
    connection_id = await company.connect("stripe", {"secret_key": "sk_test_webhooks", "webhook_secret": secret})
    company.hidden.pop("stripe's secret_key")
    endpoint = await company.hub.connections.create_webhook_endpoint(connection_id)
    company.hidden["webhook token"] = endpoint.token
    body = an_event("charge.updated", {"id": "ch_1", "object": "charge"})
    right = signature(body, secret)
    shown = {"authorization": f"Bearer {secret}", "x-webhook-secret": secret, "cookie": f"s={secret}"}
    path = urlsplit(endpoint.url).path
    for base in (company.ingress, company.workplace.stack.url):
        for headers, status in (
            ({"stripe-signature": right, **shown}, 200),
            ({"stripe-signature": f"t=1,v1={secret}", **shown}, None),
            (shown, None),
        ):
            answer = await company.http.post(f"{base}{path}?secret={secret}", content=body, headers=headers)
            assert answer.status_code in (200, 401) if status is None else answer.status_code == status
    await company.hub.webhook_endpoints.update(endpoint.id, rate_per_second=0.01, rate_burst=1)
    await company.hub.webhook_endpoints.update(endpoint.id, allowed_networks=["203.0.113.0/24"])
    for base in (company.ingress, company.workplace.stack.url):
        await company.http.post(f"{base}{path}?secret={secret}", content=body, headers={**shown, "x-key": secret})

    async def settled() -> bool:
        events = company.hub.webhook_events.list(endpoint_id=endpoint.id)
        return {event.status async for event in events} == {"ignored", "duplicate", "refused"}

    await until(settled)
    await company.assert_clean()


async def test_keys_of_machines_are_shown_once(company: Company) -> None:
    connection_id = await company.connect("stripe", {"secret_key": f"sk_test_{secrets.token_hex(20)}"})
    made = await company.hub.api_keys.create("Till", ["*"])
    company.hidden["API key"] = made.api_key
    stack = company.workplace.stack
    async with AsyncWasl(stack.url, stack.publishable_key, api_key=made.api_key) as till:
        assert (await till.connections.get(connection_id)).id == connection_id
    token = f"{stack.url}/functions/v1/token"
    for given in (made.api_key + "x", made.api_key[:-1], made.api_key.upper()):
        form = {"grant_type": "client_credentials", "client_secret": given}
        assert (await company.http.post(token, data=form)).status_code in (400, 401)
    await company.http.get(f"{token}?client_secret={made.api_key}")
    bearer = {"apikey": stack.publishable_key, "authorization": f"Bearer {made.api_key}"}
    assert (await company.http.get(f"{stack.url}/rest/v1/api_keys", headers=bearer)).status_code == 401
    await company.assert_clean()


async def test_a_secret_in_a_wrong_place_is_not_kept(company: Company) -> None:
    secret, stack = company.canary("secret in a wrong place"), company.workplace.stack
    connection_id = await company.connect("stripe", {"secret_key": f"sk_test_{secrets.token_hex(20)}"})
    token = await company.hub._api.session.access_token()
    bearer = {"apikey": stack.publishable_key, "authorization": f"Bearer {token}"}
    own: dict[str, Any] = {"connection_id": str(connection_id)}
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("set_credentials", {**own, "credentials": {"secret_key": secret}}),
        ("set_credentials", {**own, "credentials": [{"name": "secret_key", "value": secret}]}),
        ("create_connection", {"provider": "stripe", "settings": {"secret_key": secret}}),
        ("update_connection", {**own, "settings": {"secret_key": secret}}),
    ]
    for function, arguments in wrong:
        answer = await company.http.post(f"{stack.url}/rest/v1/rpc/{function}", json=arguments, headers=bearer)
        assert 400 <= answer.status_code < 500, (function, answer.text)
    signing_in = {"email": "nobody@example.com", "password": secret}
    answer = await company.http.post(
        f"{stack.url}/auth/v1/token?grant_type=password", json=signing_in, headers={"apikey": stack.publishable_key}
    )
    assert answer.status_code == 400
    await company.assert_clean()
