"""No card's number and no security code comes to rest in the hub, whichever way it comes in.

The real hub: PostgREST, the Supabase function under Deno, an ingress and a worker in processes of their own, and the
twin of a gateway that tells what it should not. After each attack the whole database and all logs are searched.
"""

import itertools
import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode
from uuid import UUID

import httpx
import pytest
from psycopg.types.json import Jsonb
from wasl.sealing import PublicKey, seal_credential

from tests.rls.conftest import furnish
from tests.rls.samples import Home, insert, sample
from tests.support.callers import Caller, Workspace, add_providers, new_workspace, remove_providers, service
from tests.support.card_data import CODE, CODE_NAMES, NUMBERS, find_card_data, found_in, spellings
from tests.support.gateways.telr import GATEWAY as TELR
from tests.support.shipments import ABROAD, CUSTOMS, ITEM, PARCEL, RECIPIENT, SENDER
from tests.support.webhooks import an_event, an_intent, signature, unique
from tests.support.workplace import CARD, Row, Workplace, until
from workers.providers.payments.telr.events import check_value
from workers.store.credentials import PostgresCredentials
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import new_key

NUMBER = NUMBERS["Visa"]
WEBHOOK_SECRET = "whsec_for_the_search_of_card_numbers"


@dataclass
class Hub:
    """The whole hub, with an organization in it that takes payments by Stripe's twin."""

    workplace: Workplace
    workspace: Workspace
    http: httpx.AsyncClient
    ingress: str
    connection_id: UUID
    path: str
    logs: list[Path]
    home: Home

    @property
    def owner(self) -> Caller:
        return self.workspace.owner

    @property
    def service(self) -> Caller:
        return service(self.workplace.stack, self.http)

    async def assert_clean(self) -> None:
        """Search everything."""
        url = self.workplace.stack.admin_database_url
        assert await find_card_data(url, [*self.logs, self.workplace.stack.directory / "logs"]) == {}

    async def post(self, to: str, body: bytes, *, query: str = "", **headers: str) -> httpx.Response:
        """A webhook of Stripe's, rightly signed. :param to: ``ingress`` or ``function``."""
        base = self.ingress if to == "ingress" else self.workplace.stack.url
        raw = {name.encode(): value.encode() for name, value in headers.items()}
        raw |= {b"stripe-signature": signature(body, WEBHOOK_SECRET).encode(), b"content-type": b"application/json"}
        return await self.http.post(f"{base}{self.path}?{query}", content=body, headers=raw)

    async def events(self) -> list[Row]:
        """The webhooks that have been kept."""
        query = "select * from public.webhook_events where connection_id = %s order by received_at, id"
        return await self.workplace.all(query, self.connection_id)

    async def settled(self, count: int) -> list[Row]:
        """The same, once there are so many and all are processed."""

        async def done() -> list[Row] | None:
            events = await self.events()
            return events if len(events) >= count and all(each["processed_at"] for each in events) else None

        return list(await until(done))


@pytest.fixture(scope="module")
async def hub(workplace: Workplace, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Hub]:
    """The hub, at work."""
    directory = tmp_path_factory.mktemp("hub")
    stack = workplace.stack
    async with AsyncExitStack() as life:
        http = await life.enter_async_context(
            httpx.AsyncClient(base_url=stack.url, headers={"apikey": stack.publishable_key}, timeout=30)
        )
        await add_providers(workplace.database)
        life.push_async_callback(remove_providers, workplace.database)
        workspace = await new_workspace(stack, http, workplace.database)
        home = await furnish(workspace)
        # Its rows refer to a gateway that nothing stands behind; what workers do is done through Stripe's twin.
        await workplace.database.execute(
            "update public.integration_connections set environment = 'live' where organization_id = %s", [workspace.id]
        )
        organization_id = UUID(workspace.id)
        await new_key(
            KeyringFile(workplace.keyring), PostgresCredentials(workplace.pool), organization_id=organization_id
        )
        connection_id = await connect(workplace, organization_id)
        endpoint = await workspace.owner.call("create_webhook_endpoint", connection_id=str(connection_id))
        ingress, ingress_log = await life.enter_async_context(workplace.ingress_process(directory, log_level="debug"))
        worker = await life.enter_async_context(workplace.worker_process(directory, log_level="debug"))
        yield Hub(
            workplace,
            workspace,
            http,
            ingress,
            connection_id,
            endpoint["path"],
            [ingress_log, worker.log],
            home,
        )


async def connect(workplace: Workplace, organization_id: UUID) -> UUID:
    """A connection to Stripe's twin whose webhooks can be verified."""
    connection_id = await workplace.connect_stripe(organization_id)
    await seal(workplace, organization_id, connection_id, webhook_secret=WEBHOOK_SECRET)
    return connection_id


async def seal(workplace: Workplace, organization_id: UUID, connection_id: UUID, **credentials: str) -> None:
    """Seal credentials and store them."""
    key = await workplace.one(
        "select id, public_key from public.encryption_keys where organization_id = %s and state = 'active'"
        " order by created_at desc limit 1",
        organization_id,
    )
    public = PublicKey.from_base64url(key["id"], key["public_key"])
    sealed = [
        dict(seal_credential(public, organization_id, connection_id, name, value))
        for name, value in credentials.items()
    ]
    await workplace.call("set_credentials", connection_id=connection_id, credentials=Jsonb(sealed))


# What clients send.

ARGUMENTS_QUERY = """
    select p.proname as function, a.name as argument, t.typname as type
    from pg_proc p, unnest(p.proargnames, p.proargtypes::oid[]) with ordinality as a (name, type, place)
    join pg_type t on t.oid = a.type
    where p.pronamespace = 'public'::regnamespace
      and t.typname in ('text', '_text', 'json', 'jsonb', 'bytea', 'varchar') and a.place <= p.pronargs
    order by 1, a.place
"""

Given = Callable[[Hub], Awaitable[Row]]


async def _organization(hub: Hub, **others: Any) -> Row:
    return {"organization_id": hub.workspace.id, **others}


MONEY = {"amount": "99.00", "currency": "AED"}
ORDER: Row = {
    **MONEY,
    "reference": "order-1",
    "description": "Shoes",
    "customer": {"name": "Amal", "email": "amal@example.ae", "phone": "+971500000001", "reference": "c-1"},
    "metadata": {"order": "1"},
    "return_url": "https://shop.example/back",
    "cancel_url": "https://shop.example/away",
    "method": "card",
    "country": "AE",
    "locale": "ar",
    "billing_address": {"line1": "1", "line2": "2", "city": "Dubai", "state": "Dubai", "country": "AE"},
    "shipping_address": {"line1": "1", "city": "Dubai", "postal_code": "0", "country": "AE"},
    "items": [
        {
            "name": "Shoes",
            "unit_amount": "99.00",
            "reference": "sku",
            "category": "c",
            "image_url": "https://shop.example/i",
            "product_url": "https://shop.example/p",
        }
    ],
}


async def _payment(hub: Hub, **others: Any) -> Row:
    """A payment that is authorized and in part captured: to all that can be done to one."""
    row = await hub.owner.call(
        "create_payment", **ORDER, connection_id=str(hub.connection_id), organization_id=hub.workspace.id
    )
    await hub.workplace.finished(UUID(row["id"]))
    state = "update public.payments set status = %s, amount_authorized = 99, amount_captured = %s where id = %s"
    await hub.workplace.database.execute(state, [others.pop("status"), others.pop("captured"), row["id"]])
    return {"payment_id": row["id"], **others}


async def _new(hub: Hub, table: str, argument: str, *, columns: Row | None = None, **others: Any) -> Row:
    row = await insert(hub.workplace.database, table, sample(table, hub.home) | (columns or {}))
    return {argument: str(row["id"]), **others}


async def _shipment(hub: Hub, *, error: str = "", **others: Any) -> Row:
    """A shipment that its carrier has taken; with an error, one that was given up for it."""
    row = await insert(
        hub.workplace.database,
        "shipments",
        sample("shipments", hub.home)
        | {
            "connection_id": hub.home.carrier_id,
            "environment": "live",
            "origin": {name: SENDER[name] for name in ("city", "emirate", "country")},
            "destination": {name: RECIPIENT[name] for name in ("city", "country")},
            "parcels": [PARCEL],
        }
        | ({} if error else {"status": "created", "tracking_number": unique("awb")}),
    )
    parties = Jsonb({"sender": SENDER, "recipient": RECIPIENT})
    keep = "select private.keep_parties(%s, 'shipment', %s, %s)"
    await hub.workplace.database.execute(keep, [row["organization_id"], row["id"], parties])
    if error:
        await _given_up(hub, "shipment.create", row["id"], error)
    return {"shipment_id": str(row["id"]), **others}


async def _labelled(hub: Hub, **others: Any) -> Row:
    shipment = await _shipment(hub)
    document = sample("shipment_documents", hub.home) | {"shipment_id": shipment["shipment_id"]}
    await insert(hub.workplace.database, "shipment_documents", document)
    return {"shipment_ids": [shipment["shipment_id"]], **others}


async def _parcel(hub: Hub) -> Row:
    row = await insert(hub.workplace.database, "shipments", sample("shipments", hub.home))
    return {"token": row["tracking_token"]}


async def _set_member(hub: Hub) -> Row:
    somebody = await hub.workspace.member("viewer")
    return {"organization_id": hub.workspace.id, "email": somebody.email, "role": "developer"}


async def _set_channel_secrets(hub: Hub) -> Row:
    kind = {"kind": "slack", "target": None}
    row = await insert(hub.workplace.database, "alert_channels", sample("alert_channels", hub.home) | kind)
    sealed = (await _set_credentials(hub))["credentials"][0] | {"name": "url", "hint": "hooks.example"}
    return {"channel_id": str(row["id"]), "credentials": [sealed]}


async def _set_credentials(hub: Hub) -> Row:
    key = await hub.workplace.one(
        "select id from public.encryption_keys where organization_id = %s and state = 'active'"
        " order by created_at desc limit 1",
        hub.workspace.id,
    )
    credential = {"name": "secret_key", "ciphertext": "A" * 64, "key_id": key["id"], "hint": "…1234"}
    return {"connection_id": hub.home.gateway_id, "credentials": [credential]}


async def _signing_secret(hub: Hub) -> Row:
    sealed = (await _set_credentials(hub))["credentials"][0]
    subscription = await insert(
        hub.workplace.database, "webhook_subscriptions", sample("webhook_subscriptions", hub.home)
    )
    secret = {"ciphertext": sealed["ciphertext"], "key_id": sealed["key_id"]}
    return {"subscription_id": str(subscription["id"]), "secret": secret}


async def _api_key(hub: Hub) -> Row:
    key = await hub.owner.call("create_api_key", name="Key", scopes=["*"], organization_id=hub.workspace.id)
    return {"api_key": key["api_key"]}


async def _link(hub: Hub) -> Row:
    arguments = {**MONEY, "reference": "r", "single_use": False, "connection_id": str(hub.connection_id)}
    row = await hub.owner.call("create_payment_link", **arguments, organization_id=hub.workspace.id)
    return {"token": row["token"], "page_url": "https://hub.example/pay"}


FORM: Row = {
    "fields": [
        {"name": "email", "type": "email", "label": "Your e-mail", "required": True, "maps_to": "email"},
        {"name": "size", "type": "choice", "choices": ["40", "41"]},
        {"name": "wish", "type": "text"},
    ],
    "purpose": "marketing_email",
    "consent_text": "Yes, write to me.",
    "text_version": "1",
    "allowed_origins": ["https://shop.example"],
    "redirect_url": "https://shop.example/thanks",
}


async def _form(hub: Hub) -> Row:
    """A form that takes as much as is tried here."""
    limits = {"most_per_minute": 10000, "most_per_visitor_minute": 1000}
    row: Row = await hub.owner.call(
        "create_lead_form", organization_id=hub.workspace.id, name=unique("f"), **FORM, **limits
    )
    return row


async def _submission(hub: Hub) -> Row:
    context = {
        **{"ip_hash": "abc", "origin": "https://shop.example", "page": "https://shop.example/a"},
        **{"referrer": "https://a.example/", "user_agent": "Mozilla/5.0", "client_id": "GA1.1", "elapsed_ms": 5000},
        "query": {"utm_source": "google"},
    }
    answers = {"email": "amal@example.ae", "size": "40", "wish": "Red ones", "consent": "true"}
    return {"token": (await _form(hub))["token"], "answers": answers, "context": context}


async def _token_of_form(hub: Hub) -> Row:
    return {"token": (await _form(hub))["token"]}


async def _confirmation(hub: Hub) -> Row:
    form, token = await _form(hub), unique("t")
    lead = await insert(hub.workplace.database, "leads", sample("leads", hub.home))
    await hub.workplace.database.execute(
        "insert into private.lead_confirmations (token_hash, lead_id, form_id)"
        " values (extensions.digest(%s, 'sha256'), %s, %s)",
        [token, lead["id"], form["id"]],
    )
    return {"token": token}


DEFINITION: Row = {
    "events": ["payment.succeeded"],
    "conditions": [{"any": [{"field": "data.reference", "op": "in", "value": ["a", "b"]}]}],
    "actions": [
        {
            "kind": "lead.upsert",
            "with": {"email": "{{data.customer.email}}", "attributes": {"size": "40"}, "tags": ["bought"]},
            "when": [{"field": "data.method", "op": "eq", "value": "card"}],
        }
    ],
}


async def _webhook(hub: Hub) -> Row:
    token, source = hub.path.rpartition("/")[2], "203.0.113.9"
    return {"token": token, "headers": {"a": "b"}, "query": "", "body": "", "source_address": source}


SHIPMENT: Row = {
    "sender": SENDER
    | {"line2": "2", "area": "Al Quoz 3", "state": "Dubai", "postal_code": "0", "makani": "1234567890"},
    "recipient": ABROAD | {"email": "layla@example.sa", "tax_number": "300123456700003"},
    "parcels": [PARCEL | {"reference": "box", "description": "Shoes"}],
    "contents": "goods",
    "description": "Shoes",
    "customs": CUSTOMS
    | {"items": [ITEM | {"hs_code": "640399", "sku": "S-1"}], "invoice_number": "INV-1", "invoice_date": "2026-11-23"},
    "cash_on_delivery_amount": "99.00",
    "declared_value": "99.00",
    "insured_value": "50.00",
    "currency": "AED",
}
DRIVER: Row = {"location": "Reception", "instructions": "Gate 2", "parcels": 1, "weight_kg": 1.5}


async def _pickup(hub: Hub) -> Row:
    ready_at = (datetime.now(UTC) + timedelta(days=1)).replace(hour=8)
    times = {"ready_at": ready_at.isoformat(), "closes_at": (ready_at + timedelta(hours=3)).isoformat()}
    return {"connection_id": hub.home.carrier_id, **times, **DRIVER, "place": SENDER, "idempotency_key": unique("k")}


async def _posts(hub: Hub) -> Row:
    """A draft on two accounts, of which one shows the link and the other the picture."""
    pages = [
        str(
            (await insert(hub.workplace.database, "social_media_accounts", sample("social_media_accounts", hub.home)))[
                "id"
            ]
        )
        for _ in range(2)
    ]
    return {
        "account_ids": pages,
        "text": "New",
        "media": [{"url": "https://cdn.example/a.jpg", "kind": "image", "alt_text": "Shoes"}],
        "link": {"url": "https://shop.example/", "title": "Shop", "description": "Shoes"},
        "format": "post",
        "first_comment": "First!",
        "variants": {
            pages[0]: {"media": [], "text": "Own", "first_comment": "Own"},
            pages[1]: {"link": None, "format": "post"},
        },
        "scheduled_at": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        "time_zone": "Asia/Dubai",
        "draft": True,
        "idempotency_key": unique("k"),
    }


async def _post(hub: Hub, *, columns: Row | None = None, error: str = "", **others: Any) -> Row:
    """A post, a draft by default; with an error, one that was given up for it."""
    database = hub.workplace.database
    row = await insert(database, "social_posts", sample("social_posts", hub.home) | {"text": "Hi"} | (columns or {}))
    if error:
        await _given_up(hub, "post.publish", row["id"], error)
    return {"post_id": str(row["id"]), **others}


async def _published(hub: Hub, **others: Any) -> Row:
    return await _post(hub, columns={"status": "published", "provider_post_id": unique("p")}, **others)


async def _given_up(hub: Hub, kind: str, subject_id: UUID, error: str) -> None:
    """An operation that was given up for an error."""
    facts = {"kind": kind, "subject_id": subject_id, "status": "dead", "finished_at": "now"}
    operation = await insert(hub.workplace.database, "operations", sample("operations", hub.home) | facts)
    await hub.workplace.database.execute(
        "insert into private.dead_jobs (id, kind, organization_id, payload, attempt, last_error, created_at)"
        " values (%s, %s, %s, '{}', 1, %s, now())",
        [operation["id"], kind, hub.workspace.id, Jsonb({"code": error})],
    )


async def _step(hub: Hub, **others: Any) -> Row:
    """A step of a request of its own, which somebody has to do."""
    request = await insert(hub.workplace.database, "data_subject_requests", sample("data_subject_requests", hub.home))
    columns = {"request_id": request["id"], "status": "by_person"}
    return await _new(hub, "data_subject_steps", "step_id", columns=columns, **others)


async def _commented(hub: Hub, **others: Any) -> Row:
    post = await _published(hub)
    return await _new(hub, "social_comments", "comment_id", columns={"post_id": post["post_id"]}, **others)


async def _consent(hub: Hub) -> Row:
    """Somebody who comes back from a provider."""
    operation = await hub.owner.call("start_oauth", connection_id=hub.home.network_id)
    state = unique("s")
    await hub.workplace.database.execute(
        "select private.keep_oauth_state(%s, sha256(%s), 'https://hub.example/callback')",
        [operation["id"], state.encode()],
    )
    return {"state": state, "code": "c0de", "error": "access_denied"}


# A call of each function that is carried out, so that what is refused is refused for what was put into it.
CALLS: dict[str, Given] = {
    "cancel_payment": lambda hub: _payment(
        hub, status="authorized", captured=0, reason="duplicate", idempotency_key=unique("k")
    ),
    "capture_payment": lambda hub: _payment(
        hub, status="authorized", captured=0, amount="1.00", idempotency_key=unique("k")
    ),
    "refund_payment": lambda hub: _payment(
        hub, status="captured", captured=99, amount="1.00", reason="late", idempotency_key=unique("k")
    ),
    "create_api_key": lambda hub: _organization(hub, name="Key", scopes=["*"]),
    "capture_lead": _submission,
    "confirm_lead": _confirmation,
    "create_lead_form": lambda hub: _organization(hub, **FORM, name=unique("f")),
    "dry_run_automation": lambda hub: _organization(
        hub,
        definition=DEFINITION,
        event={"type": "payment.succeeded", "source": "worker", "data": {"reference": "a", "customer": {"name": "b"}}},
    ),
    "find_leads": lambda hub: _organization(hub, email="amal@example.ae", phone="+971501234567"),
    "lead_form": _token_of_form,
    "record_consent": lambda hub: _new(
        hub, "leads", "lead_id", purpose="marketing_email", state="given", source="phone", text_version="1"
    ),
    **dict.fromkeys(
        ("usage", "latency", "traffic_errors"),
        lambda hub: _organization(
            hub,
            since="2026-11-01",
            zoom="day",
            breakdown=["provider"],
            provider_key="stripe",
            operation="create_payment",
        ),
    ),
    "costs": lambda hub: _organization(hub, since="2026-11-01", zoom="day", provider_key="stripe"),
    "uptime": lambda hub: _organization(hub, since="2026-11-01", zoom="day"),
    "health_history": lambda hub: _organization(
        hub, connection_id=str(hub.connection_id), since="2026-11-01", zoom="day"
    ),
    "reset_sync": lambda hub: _nothing(connection_id=hub.home.tool_id, stream="deals"),
    "run_sync": lambda hub: _nothing(connection_id=hub.home.tool_id, stream="deals"),
    "save_automation": lambda hub: _organization(
        hub, name="Buyers", description="Keeps whoever buys", definition=DEFINITION
    ),
    "set_lead_sync": lambda hub: _nothing(
        connection_id=hub.home.tool_id, mapping={"size": "SHOE"}, purpose="marketing_email", tags=["vip"]
    ),
    "set_sync": lambda hub: _nothing(connection_id=hub.home.tool_id, stream="deals", every_minutes=30),
    "track_event": lambda hub: _organization(
        hub,
        **MONEY,
        name="purchase",
        properties={"coupon": "EID"},
        client_id="GA1.1",
        user_id="u-1",
        session_id="s-1",
        email="amal@example.ae",
        reference="order-1",
        items=[{"id": "sku", "name": "Shoes", "price": "99.00"}],
        consent={"user_data": True},
        idempotency_key=unique("k"),
    ),
    "update_lead_form": lambda hub: _new(hub, "lead_forms", "form_id", **FORM, name=unique("f")),
    "upsert_lead": lambda hub: _organization(
        hub,
        email="amal@example.ae",
        phone="+971500000001",
        first_name="Amal",
        last_name="Saleh",
        company="Souk",
        language="ar",
        country="AE",
        source="api",
        consents=[{"purpose": "marketing_email", "state": "given", "text_version": "1", "given_at": "2026-11-23"}],
        attribution={"utm_source": "google", "landing_page": "https://shop.example/a"},
        attributes={"size": "40"},
        tags=["vip"],
        untags=["new"],
        idempotency_key=unique("k"),
    ),
    "create_connection": lambda hub: _organization(
        hub, provider="probe_gateway", name=unique("c"), settings={"account": "a"}
    ),
    "create_organization": lambda hub: _nothing(
        name="Shop", slug=uuid.uuid4().hex, country="AE", time_zone="Asia/Dubai"
    ),
    "create_payment": lambda hub: _organization(
        hub, **ORDER, connection_id=str(hub.connection_id), capture_method="automatic", idempotency_key=unique("k")
    ),
    "create_payment_link": lambda hub: _organization(
        hub, **ORDER, connection_id=str(hub.connection_id), capture_method="automatic", idempotency_key=unique("k")
    ),
    "create_subject_request": lambda hub: _organization(
        hub,
        kind="correction",
        email="amal@example.ae",
        phone="+971500000001",
        changes={"first_name": "Amal", "email": "amaal@example.ae", "country": "AE", "language": "ar"},
        identity_check="Passport seen",
        note="By letter",
    ),
    "complete_subject_step": lambda hub: _step(hub, note="Done"),
    "extend_subject_request": lambda hub: _new(hub, "data_subject_requests", "request_id", reason="Many papers"),
    "refuse_subject_request": lambda hub: _new(hub, "data_subject_requests", "request_id", reason="Not them"),
    "set_retention": lambda hub: _organization(hub, data_class="contacts", keep_days=30),
    "preview_retention": lambda hub: _organization(hub, data_class="contacts", keep_days=30),
    "create_shipment": lambda hub: _organization(
        hub,
        **SHIPMENT,
        reference="order-1",
        service="P",
        instructions="Ring twice",
        label_format="pdf",
        metadata={"order": "1"},
        connection_id=hub.home.carrier_id,
        idempotency_key=unique("k"),
    ),
    "comment_on_post": lambda hub: _published(hub, text="Thanks", idempotency_key=unique("k")),
    "delete_post": lambda hub: _published(hub, idempotency_key=unique("k")),
    "edit_post": lambda hub: _published(hub, text="Hello", idempotency_key=unique("k")),
    "finish_oauth": _consent,
    "publish_draft": lambda hub: _post(
        hub, scheduled_at=(datetime.now(UTC) + timedelta(days=1)).isoformat(), time_zone="Asia/Dubai"
    ),
    "publish_post": _posts,
    "reply_to_comment": lambda hub: _commented(hub, text="Thanks", idempotency_key=unique("k")),
    "resolve_post": lambda hub: _post(
        hub, columns={"status": "publishing"}, error="outcome_unknown", provider_post_id="page_1"
    ),
    "start_oauth": lambda hub: _nothing(
        connection_id=hub.home.network_id, scopes=["posts"], return_url="https://shop.example/back"
    ),
    "update_post": lambda hub: _post(
        hub,
        text="Hello",
        media=[{"url": "https://cdn.example/a.jpg", "kind": "image", "alt_text": "Shoes"}],
        link={},
        format="post",
        first_comment="First!",
        scheduled_at=(datetime.now(UTC) + timedelta(days=1)).isoformat(),
        time_zone="Asia/Dubai",
    ),
    "cancel_shipment": lambda hub: _shipment(hub, idempotency_key=unique("k")),
    "check_delivery_address": lambda hub: _nothing(
        connection_id=hub.home.carrier_id, place={"city": "Hatta", "country": "AE"}, direction="delivery"
    ),
    "create_webhook_endpoint": lambda hub: _nothing(connection_id=hub.home.gateway_id, description="Here"),
    "delete_payment_method": lambda hub: _new(hub, "payment_methods", "payment_method_id", idempotency_key=unique("k")),
    "dismiss_payment_difference": lambda hub: _new(hub, "payment_differences", "difference_id", note="Known"),
    "exchange_api_key": _api_key,
    "ingest_webhook": _webhook,
    "open_payment_link": _link,
    "print_labels": lambda hub: _labelled(hub, idempotency_key=unique("k")),
    "quote_shipment": lambda hub: _organization(
        hub, **SHIPMENT, connection_ids=[hub.home.carrier_id], idempotency_key=unique("k")
    ),
    "reconcile_payments": lambda hub: _nothing(connection_id=str(hub.connection_id), idempotency_key=unique("k")),
    "record_shipment_event": lambda hub: _shipment(
        hub, status="exception", description="Nobody there", place="Dubai", detail="attempt_failed"
    ),
    "replay_webhook_deliveries": lambda hub: _nothing(
        subscription_id=hub.home.subscription_id,
        since="2026-11-01T00:00:00Z",
        filter={"status": ["dead"], "event_types": ["payment.*"]},
        idempotency_key=unique("k"),
    ),
    "resolve_shipment": lambda hub: _shipment(hub, error="outcome_unknown", tracking_number="AWB1"),
    "return_shipment": lambda hub: _shipment(
        hub, parcels=[PARCEL], service="R", reason="Too small", idempotency_key=unique("k")
    ),
    "rotate_webhook_secret": _signing_secret,
    "route_payment": lambda hub: _organization(
        hub, **MONEY, method="card", country="AE", capture_method="automatic", environment="sandbox"
    ),
    "schedule_pickup": _pickup,
    "set_alert_channel_secrets": _set_channel_secrets,
    "set_credentials": _set_credentials,
    "set_member": _set_member,
    "set_payment_policy": lambda hub: _organization(
        hub,
        cases=[
            {
                "name": "Large",
                "when": {"currencies": ["AED"], "countries": ["AE"], "methods": ["card"], "minimum_amount": "1"},
                "rule": "priority",
                "connections": [str(hub.connection_id)],
            }
        ],
    ),
    "set_shipping_location": lambda hub: _organization(hub, name="Shop", address=SENDER),
    "track_parcel": _parcel,
    "update_connection": lambda hub: _nothing(
        connection_id=hub.home.gateway_id, name=unique("c"), settings={"account": "a"}
    ),
}
FOR_SERVICES = {
    "capture_lead",
    "confirm_lead",
    "exchange_api_key",
    "finish_oauth",
    "ingest_webhook",
    "lead_form",
    "open_payment_link",
}
# What a browser tells beside the answers is left out where it holds one.
LEFT_OUT = {("capture_lead", "context"), ("ingest_webhook", "source_address")}
# A hint keeps eight characters at most. What is merely looked up may be anything. A carrier's number is its own, even
# if it passes for a card's; likewise a network's, and the address of a file or page.
MAY_PASS = {
    ("set_credentials", "hint"),
    ("find_leads", "email"),
    ("find_leads", "phone"),
    ("ingest_webhook", "body"),
    ("resolve_shipment", "tracking_number"),
    ("resolve_post", "provider_post_id"),
    ("publish_post", "url"),
    ("update_post", "url"),
    *(
        (name, what)
        for name in ("usage", "latency", "traffic_errors", "costs")
        for what in ("provider_key", "operation")
    ),
}


async def _nothing(**arguments: Any) -> Row:
    return arguments


def poisoned(value: Any, poison: Any) -> Iterator[tuple[str, Any]]:
    """An argument with poison in the place of each of its texts, and beside them; with the last name on the way."""
    yield "", poison
    if isinstance(value, dict):
        for name, each in value.items():
            yield from ((inner or name, {**value, name: bad}) for inner, bad in poisoned(each, poison))
        yield "a name", {**value, str(poison): "x"}
        yield "beside", {**value, "note": poison}
        yield "deep", {**value, "a": {"b": [poison]}}
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from ((inner, [*value[:place], bad, *value[place + 1 :]]) for inner, bad in poisoned(each, poison))
        yield "beside", [*value, poison]


async def arguments_of(hub: Hub) -> dict[str, list[str]]:
    """All arguments of the public functions that can hold words, as the catalog has them."""
    found: dict[str, list[str]] = {}
    for row in await hub.workplace.all(ARGUMENTS_QUERY):
        found.setdefault(row["function"], []).append(row["argument"])
    return found


@pytest.mark.parametrize("text", [*spellings(NUMBER).values(), *(f'"{name}": "{CODE}"' for name in CODE_NAMES)])
def test_the_search_would_find_it(text: str) -> None:
    as_kept = [text, json.dumps(text), quote(text), f"\\\\x{text.encode().hex()}", text.encode().decode("latin-1")]
    assert all(found_in(each.encode()) for each in as_kept)
    assert not found_in(b'****4242\t4242\t4242\t"cvc_check": "pass"\t2026-11-23 12:00:00')


async def test_every_word_that_a_client_can_send_is_known_here(hub: Hub) -> None:
    arguments = await arguments_of(hub)
    assert arguments.keys() == CALLS.keys()
    for function, names in arguments.items():
        given = await CALLS[function](hub)
        allowed = {"create_payment": {"payment_method"}}.get(function, set())
        assert set(names) <= given.keys() | allowed, function


def attacks(base: Any) -> Iterator[tuple[str, Any]]:
    """What is tried with an argument: a number in some spelling and a security code at each place in it."""
    written, named = itertools.cycle(spellings(NUMBER).values()), itertools.cycle(CODE_NAMES)
    for turn in range(2 if isinstance(base, str) else 1):
        places = enumerate(poisoned(base, HERE))
        for place, _ in places:
            number = in_a_link if turn else next(written)
            code = f"{next(named)}: {CODE}"
            yield from (list(poisoned(base, poison))[place] for poison in (number, code))
    if isinstance(base, str):
        yield from (("", text) for text in spellings(NUMBER).values())
    else:
        yield from poisoned(base, int(NUMBER))
    if isinstance(base, dict):
        yield from ((name, {**base, name: CODE}) for name in CODE_NAMES)


def is_refusal(answer: httpx.Response) -> bool:
    """Whether a webhook was answered for with a refusal, which is an answer and no error (`ingest_webhook`)."""
    told = answer.json() if answer.content else None
    return isinstance(told, dict) and told.get("code") == "card_number_refused"


HERE = "x"
in_a_link = f"https://a.example/?n={quote('4242 4242 4242 4242')}"


@pytest.mark.parametrize("function", CALLS)
async def test_no_function_takes_a_card_number_or_a_security_code(hub: Hub, function: str) -> None:
    caller = hub.service if function in FOR_SERVICES else hub.owner
    given = await CALLS[function](hub)
    taken, quoted = [], []
    for argument in (await arguments_of(hub))[function]:
        base = given.get(argument, "")
        for where, bad in attacks(base):
            # Of the wrong type it does not even reach the function: see docs/security.md.
            if type(bad) is not type(base) or (function, where or argument) in MAY_PASS:
                continue
            answer = await caller.request("POST", f"rpc/{function}", json={**given, argument: bad})
            assert answer.status_code < 500, answer.text
            if answer.is_success and not is_refusal(answer) and (function, argument) not in LEFT_OUT:
                taken.append((argument, where, bad))
            elif any(text in answer.text for text in spellings(NUMBER).values()):
                quoted.append((argument, where, answer.text))
    assert (taken, quoted) == ([], [])
    answer = await caller.request("POST", f"rpc/{function}", json=given)
    assert answer.is_success, f"without them it is carried out: {answer.text}"
    await hub.assert_clean()


# What clients write into tables themselves.

COLUMNS_QUERY = """
    select r.role, c.relname as "table", a.attname as "column", t.typname as type
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    join pg_type t on t.oid = a.atttypid
    cross join unnest(array['authenticated', 'service_role']) as r (role)
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and t.typname in ('text', '_text', 'json', 'jsonb', 'varchar', '_varchar')
      and (has_column_privilege(r.role, c.oid, a.attnum, 'update')
           or has_column_privilege(r.role, c.oid, a.attnum, 'insert'))
    order by 1, 2, 3
"""


def in_column(kind: str, text: str) -> Any:
    """A text as a column of a type takes it."""
    return [text] if kind.startswith("_") else {"account": text} if kind.startswith("json") else text


async def test_no_table_takes_one_from_a_client_directly(hub: Hub) -> None:
    standing = {"organizations", "payment_providers", "shipping_providers", "integration_providers", "privacy_settings"}
    taken, columns = [], await hub.workplace.all(COLUMNS_QUERY)
    assert {each["table"] for each in columns} >= standing | {"alert_channels", "webhook_endpoints"}
    for table in {each["table"] for each in columns} - standing:
        await insert(hub.workplace.database, table, sample(table, hub.home))
    for each, text in zip(columns, itertools.cycle([*spellings(NUMBER).values(), f"cvv: {CODE}"]), strict=False):
        table, column = each["table"], each["column"]
        caller = hub.owner if each["role"] == "authenticated" else hub.service
        rows = {"organizations": "id", "integration_providers": "key"}.get(table, "organization_id")
        path = f"{table}?{rows}=eq.{'probe_gateway' if rows == 'key' else hub.workspace.id}"
        answer = await caller.request("PATCH", path, json={column: in_column(each["type"], text)})
        if answer.json().get("code") not in ("card_number_refused", "security_code_refused"):
            # Some columns can be written only when a row is made.
            row = {**sample(table, hub.home), column: in_column(each["type"], text)}
            answer = await caller.request("POST", table, json=row)
            taken += [] if answer.json().get("code") in ("card_number_refused", "security_code_refused") else [each]
    assert taken == []
    await hub.assert_clean()


# What providers send by themselves.


def event(**subject: Any) -> bytes:
    """A rightly formed event of Stripe's."""
    return an_event("charge.updated", {"id": unique("ch"), "object": "charge", **subject})


def webhook_bodies() -> dict[str, bytes]:
    """Events with a number or code somewhere."""
    bodies = {f"a description, {how}": event(description=f"Card {text}.") for how, text in spellings(NUMBER).items()}
    bodies |= {
        f"{brand}, in nested metadata": event(metadata={"a": [{"b": {"c": number}}]})
        for brand, number in NUMBERS.items()
    }
    bodies |= {
        "unescaped Arabic digits": event(note="PLACE").replace(
            b"PLACE", spellings(NUMBER)["in Arabic digits"].encode()
        ),
        "a JSON number": event(number=int(NUMBER)),
        "a JSON number with a fraction": event(number="PLACE").replace(b'"PLACE"', f"{NUMBER}.0".encode()),
        "beside an expiry": event(note=f"{NUMBER} 12/30 {CODE}"),
        "in front of it": event(note=f"12/30 {NUMBER}"),
        "a field's name": event(**{NUMBER: True}),
        "a link": event(receipt_url=f"https://a.example/?card={quote('4242 4242 4242 4242')}&a=1"),
        "JSON in a text": event(raw=json.dumps({"card": {"number": NUMBER, "cvc": CODE}})),
        "a form in a text": event(raw=urlencode({"card[number]": "4242 4242 4242 4242", "card[cvc]": CODE})),
        "a name that comes twice": event().replace(b'{"id"', f'{{"cvv":"{CODE}","cvv":"","id"'.encode(), 1),
        "the event's id": an_event("charge.updated", {}, id=f"evt {NUMBER} {uuid.uuid4()}"),
        "the event's type": an_event(f"charge.updated {NUMBER}", {}),
    }
    bodies |= {f"{name} with a text": event(card={name: CODE}) for name in CODE_NAMES}
    bodies |= {f"{name} with a number": event(card={name: int(CODE)}) for name in CODE_NAMES}
    return bodies


async def test_what_a_verified_webhook_has_of_it_is_masked_and_the_rest_is_processed(hub: Hub) -> None:
    bodies = webhook_bodies()
    before = len(await hub.events())
    for what, body in bodies.items():
        assert (await hub.post("ingress", body)).json() == {"status": "accepted"}, what
        assert (await hub.post("ingress", body)).json() == {"status": "duplicate"}, what
    clean = event(payment_method_details={"card": {"last4": "4242", "checks": {"cvc_check": "pass"}}})
    for header in (NUMBER, "4242 4242 4242 4242", spellings(NUMBER)["in Arabic digits"], f"cvv={CODE}"):
        assert (await hub.post("ingress", event(), **{"x-note": header})).status_code == 200
        query = f"n={quote(header)}&cvv={CODE}"
        assert (await hub.post("ingress", event(), query=query)).status_code == 200
    assert (await hub.post("ingress", event(), **{"x-cvv": CODE, NUMBER: "x"})).status_code == 200
    assert (await hub.post("ingress", clean)).status_code == 200
    events = (await hub.settled(before + len(bodies) + 10))[before:]
    assert {each["status"] for each in events} == {"ignored"}
    assert events[-1]["body"] == clean, "what holds none is kept byte for byte"
    assert all(json.loads(each["body"])["object"] == "event" for each in events)
    assert any(b"****4242" in each["body"] for each in events)
    await hub.assert_clean()


async def test_a_webhook_that_holds_one_still_moves_its_payment(hub: Hub) -> None:
    page = {"payment_method": None, "return_url": "https://shop.example/", "connection_id": hub.connection_id}
    row = await hub.workplace.payment(UUID(hub.workspace.id), **page)
    await hub.workplace.finished(row["id"])
    intent = an_intent(metadata={"wasl_payment_id": str(row["id"]), "note": NUMBER}, description=f"cvv {CODE}")
    assert (await hub.post("ingress", an_event("payment_intent.succeeded", intent))).status_code == 200

    async def captured() -> bool:
        return bool((await hub.workplace.payment_row(row["id"]))["status"] == "captured")

    await until(captured)
    await hub.assert_clean()


async def test_forms_are_masked_too_where_nothing_was_signed_but_a_few_fields(hub: Hub) -> None:
    told = {"tran_store": TELR.settings["store_id"], "tran_ref": "1", "tran_type": "Sale", "tran_status": "A"}
    told |= {"tran_desc": f"paid with {NUMBER}"}
    told |= {"tran_check": check_value(WEBHOOK_SECRET, told).decode()}
    more = {"note": "4242 4242 4242 4242", "card[cvc]": CODE, "cvv": CODE, "more": "a b"}
    path = await telr_path(hub)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = await hub.http.post(f"{hub.ingress}{path}", content=urlencode(told | more).encode(), headers=headers)
    assert answer.status_code == 200, answer.text
    row = await hub.workplace.one("select * from public.webhook_events where provider_key = 'telr'")
    shown = told | {
        "tran_desc": "paid with ****4242",
        "note": "****4242",
        "card[cvc]": "***",
        "cvv": "***",
        "more": "a b",
    }
    assert row["verified"]
    assert dict(parse_qsl(row["body"].decode())) == shown
    await hub.assert_clean()


async def telr_path(hub: Hub) -> str:
    """Where a gateway sends that signs little."""
    connection = await hub.owner.call(
        "create_connection", provider="telr", settings=TELR.settings, organization_id=hub.workspace.id
    )
    credentials = {**TELR.account(), "webhook_secret": WEBHOOK_SECRET}
    await seal(hub.workplace, UUID(hub.workspace.id), UUID(connection["id"]), **credentials)
    endpoint = await hub.owner.call("create_webhook_endpoint", connection_id=connection["id"])
    return str(endpoint["path"])


async def test_what_cannot_be_verified_at_once_is_not_taken(hub: Hub) -> None:
    before = len(await hub.events())
    bodies = webhook_bodies() | {
        "a form": urlencode({"card": "4242 4242 4242 4242"}).encode(),
        "a form's code": urlencode({"card[cvc]": CODE}).encode(),
        "parts": f'--b\r\nContent-Disposition: form-data; name="cvv"\r\n\r\n{CODE}\r\n--b--'.encode(),
        "bytes that are no text": b"\xff" + NUMBER.encode() + b"\x00",
        "XML": f"<card><cvv>{CODE}</cvv></card>".encode(),
    }
    taken = {what for what, body in bodies.items() if (await hub.post("function", body)).status_code != 422}
    for header in (NUMBER, spellings(NUMBER)["in Arabic digits"], f"cvv={CODE}"):
        taken |= {header} if (await hub.post("function", event(), **{"x-note": header})).status_code != 422 else set()
        query = f"n={quote(header)}"
        taken |= {query} if (await hub.post("function", event(), query=query)).status_code != 422 else set()
    assert taken == set()
    assert len(await hub.events()) == before
    clean = event(payment_method_details={"card": {"last4": "4242", "checks": {"cvc_check": "pass"}}})
    assert (await hub.post("function", clean)).status_code == 200
    await hub.assert_clean()


# What providers answer.

INTENT = {"method": "POST", "path": "/v1/payment_intents"}
ERROR: Row = {"message": f"The card {NUMBER} (cvv: {CODE}) was declined.", "param": NUMBER}


@pytest.mark.parametrize(
    ("card", "patch"),
    [
        (CARD, {"id": NUMBER}),
        (CARD, {"latest_charge": NUMBER, "client_secret": f"{NUMBER}_secret_1", "description": NUMBER}),
        (CARD, {"status": "requires_payment_method", "last_payment_error": {**ERROR, "decline_code": NUMBER}}),
        (CARD, {"next_action": {"type": NUMBER, "redirect_to_url": {"url": f"https://a.example/{NUMBER}"}}}),
        (CARD, {"status": NUMBER, "cvv": CODE, "card": {"cvc": int(CODE), "number": int(NUMBER)}}),
        (CARD, {"metadata": {"a": spellings(NUMBER)["in Arabic digits"], "cvv_code": CODE}}),
        (CARD, {"currency": NUMBER}),
        ("pm_card_chargeDeclined", {"error": {**ERROR, "type": "card_error", "code": NUMBER, "decline_code": NUMBER}}),
        ("pm_card_chargeDeclined", {"error": {**ERROR, "type": "invalid_request_error", "code": NUMBER}}),
        ("pm_card_chargeDeclined", {"error": {**ERROR, "type": NUMBER, "request_log_url": NUMBER}}),
    ],
)
async def test_a_gateway_that_tells_one_is_not_repeated(hub: Hub, card: str, patch: Row) -> None:
    await hub.workplace.plan_fault("patched", match=INTENT, patch=patch)
    row = await hub.workplace.payment(UUID(hub.workspace.id), payment_method=card, connection_id=hub.connection_id)
    query = "select count(*) as n from public.integration_logs where operation_id = %s and operation = 'create_payment'"
    operation = await hub.workplace.operation(row["id"])

    async def recorded() -> bool:
        return bool((await hub.workplace.one(query, operation["id"]))["n"])

    await until(recorded)
    await hub.assert_clean()
