"""Stripe as a sender of webhooks: its events, its signatures, and an endpoint of a workspace that it sends to."""

import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import psycopg
from wasl.sealing import PublicKey, encode_base64url, seal_credential

from stack import Stack
from tests.support.callers import new_person
from workers.operations.jobs import Done, Job, Outcome
from workers.vault.keyring import LocalKeyring
from workers.vault.keyring_document import KeyringDocument, KeyringEntry
from workers.webhooks.process import WebhookProcessor

Row = dict[str, Any]
Database = psycopg.AsyncConnection[Row]


def unique(prefix: str) -> str:
    """An id as Stripe makes them, used by no other test."""
    return f"{prefix}_{uuid.uuid4().hex[:24]}"


def signature(body: bytes, secret: str, *, at: float | None = None) -> str:
    """The value of Stripe's signature header (https://docs.stripe.com/webhooks/signature)."""
    timestamp = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


def an_intent(**changes: Any) -> dict[str, Any]:
    """A payment intent over AED 99.00 that succeeded."""
    return {
        "id": unique("pi"),
        "object": "payment_intent",
        "amount": 9900,
        "amount_received": 9900,
        "currency": "aed",
        "status": "succeeded",
        "metadata": {},
        "created": int(time.time()),
        **changes,
    }


def a_refund(intent: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A refund of AED 10.00 of a payment intent."""
    return {
        "id": unique("re"),
        "object": "refund",
        "amount": 1000,
        "currency": intent["currency"],
        "payment_intent": intent["id"],
        "balance_transaction": unique("txn"),
        "status": "succeeded",
        "metadata": {},
        "created": int(time.time()),
        **changes,
    }


def a_dispute(intent: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A dispute of a payment intent."""
    return {
        "id": unique("dp"),
        "object": "dispute",
        "amount": 9900,
        "currency": intent["currency"],
        "payment_intent": intent["id"],
        "reason": "fraudulent",
        "status": "needs_response",
        **changes,
    }


def an_event(type_: str, subject: dict[str, Any], **changes: Any) -> bytes:
    """An event's body."""
    event = {
        "id": unique("evt"),
        "object": "event",
        "api_version": "2026-06-24.dahlia",
        "created": int(time.time()),
        "type": type_,
        "data": {"object": subject},
        **changes,
    }
    return json.dumps(event).encode()


class TestKeyring(LocalKeyring):
    """The private keys of all test organizations; a key that is added later is found."""

    __test__ = False

    def __init__(self) -> None:
        self.entries: list[KeyringEntry] = []
        super().__init__(self.document)

    def document(self) -> KeyringDocument:
        """All keys so far."""
        return KeyringDocument(keys=tuple(self.entries))

    def new_key(self) -> PublicKey:
        """Make a key pair and keep its private half."""
        entry = KeyringEntry.generate(datetime.now(UTC))
        self.entries.append(entry)
        public_key = entry.public_key()
        assert public_key is not None
        return public_key


@dataclass
class Receiver:
    """An organization's connection to Stripe with an address for its webhooks, and what Stripe would send there."""

    http: httpx.AsyncClient
    database: Database
    secret_key: str
    owner_headers: dict[str, str]
    organization_id: str
    connection: Row
    key: PublicKey
    endpoint: Row
    secrets: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Where Stripe sends to."""
        return str(self.endpoint["path"])

    @property
    def secret(self) -> str:
        """The newest secret."""
        return self.secrets[-1]

    def headers(self, body: bytes, *, secret: str | None = None, at: float | None = None) -> dict[str, str]:
        """The headers of a delivery."""
        signed = signature(body, secret or self.secret, at=at)
        return {"stripe-signature": signed, "content-type": "application/json; charset=utf-8"}

    async def call(self, rpc: str, /, **arguments: Any) -> Any:
        """What an RPC answers the organization's owner."""
        return await _call(self.http, self.owner_headers, rpc, arguments)

    async def rows(self, path: str) -> list[Row]:
        """What the organization's owner sees."""
        answer = await self.http.get(f"/rest/v1/{path}", headers=self.owner_headers)
        assert answer.is_success, answer.text
        rows: list[Row] = answer.json()
        return rows

    async def set_secrets(self, *secrets: str) -> None:
        """Seal these and store them: several are valid at once during a rotation."""
        self.secrets = list(secrets)
        await self.set_credentials(webhook_secret="\n".join(secrets))

    async def set_credentials(self, **credentials: str) -> None:
        """Seal credentials and store them."""
        connection_id = self.connection["id"]
        sealed = [
            seal_credential(self.key, self.organization_id, connection_id, name, value)
            for name, value in credentials.items()
        ]
        await self.call("set_credentials", connection_id=connection_id, credentials=sealed)

    async def change(self, **columns: Any) -> None:
        """Change the endpoint as a developer does."""
        path = f"/rest/v1/webhook_endpoints?id=eq.{self.endpoint['id']}"
        answer = await self.http.patch(path, headers=self.owner_headers, json=columns)
        assert answer.is_success, answer.text

    async def events(self) -> list[Row]:
        """The events that have been kept, oldest first, bodies as bytes."""
        cursor = await self.database.execute(
            "select * from public.webhook_events where connection_id = %s order by received_at, id",
            [self.connection["id"]],
        )
        return await cursor.fetchall()

    async def only_event(self) -> Row:
        """The one event that has been kept."""
        (event,) = await self.events()
        return event

    async def counts(self) -> Row:
        """The endpoint's counters."""
        columns = "received_count,refused_count,last_received_at,last_refused_at,last_refusal"
        (row,) = await self.rows(f"webhook_endpoints?id=eq.{self.endpoint['id']}&select={columns}")
        return row

    async def jobs(self) -> list[Job]:
        """The jobs that wait for this organization's events, as a worker that claimed them would see them."""
        cursor = await self.database.execute(
            "select id, kind, organization_id, payload, run_at, attempt + 1 as attempt, max_attempts,"
            " cancel_requested, outcome_unknown, created_at"
            " from private.jobs where kind = 'webhook.process' and organization_id = %s order by created_at, id",
            [self.organization_id],
        )
        return [Job(claim_id=uuid.uuid4(), **row) for row in await cursor.fetchall()]

    async def process(self, processor: WebhookProcessor) -> list[Outcome]:
        """Process everything that waits, as a worker does."""
        outcomes = []
        for job in await self.jobs():
            outcome = await processor.process(job)
            outcomes.append(outcome)
            ended = isinstance(outcome, Done)
            statement = (
                "delete from private.jobs where id = %s"
                if ended
                else "update private.jobs set attempt = attempt + 1 where id = %s"
            )
            await self.database.execute(statement, [job.id])
        return outcomes

    async def payment(self, **columns: Any) -> Row:
        """A payment that this connection has begun."""
        row = await self.call(
            "create_payment",
            organization_id=self.organization_id,
            connection_id=self.connection["id"],
            amount="99.00",
            currency="AED",
            reference="order-1",
            return_url="https://shop.example/back",
        )
        if columns:
            assignments = ", ".join(f"{name} = %s" for name in columns)
            await self.database.execute(
                f"update public.payments set {assignments} where id = %s",
                [*columns.values(), row["id"]],
            )
        return await self.payment_now(row["id"])

    async def payment_now(self, payment_id: UUID | str) -> Row:
        """A payment as its owner sees it."""
        (row,) = await self.rows(f"payments?id=eq.{payment_id}")
        return row


async def new_receiver(stack: Stack, http: httpx.AsyncClient, database: Database, keyring: TestKeyring) -> Receiver:
    """A connection with a webhook secret, and an address for it, in an organization of its own."""
    owner = await new_person("owner", stack, http, database)
    headers = owner.headers
    organization_id = (await owner.call("create_organization", name="Shop"))["id"]
    key = keyring.new_key()
    await database.execute(
        "insert into public.encryption_keys (id, organization_id, algorithm, public_key) values (%s, %s, %s, %s)",
        [key.id, organization_id, key.algorithm, encode_base64url(key.data)],
    )
    connection = await _call(http, headers, "create_connection", {"provider": "stripe", "environment": "sandbox"})
    endpoint = await _call(http, headers, "create_webhook_endpoint", {"connection_id": connection["id"]})
    receiver = Receiver(http, database, stack.secret_key, headers, organization_id, connection, key, endpoint)
    await receiver.set_credentials(secret_key=f"sk_test_{uuid.uuid4().hex}")
    await receiver.set_secrets(f"whsec_{uuid.uuid4().hex}")
    return receiver


async def _call(http: httpx.AsyncClient, headers: dict[str, str], rpc: str, arguments: dict[str, Any]) -> Any:
    answer = await http.post(f"/rest/v1/rpc/{rpc}", headers=headers, json=arguments)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None
