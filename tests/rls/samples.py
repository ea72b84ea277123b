"""A row of every table, for one organization."""

import itertools
import string
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from tests.support.callers import CARRIER, GATEWAY, Database, Row

JSON_LISTS = ("parcels", "credential_fields", "settings_fields", "fields")
"""Columns whose lists are JSON and no arrays."""


@dataclass(frozen=True)
class Home:
    """The identifiers in one organization that rows refer to."""

    organization_id: str
    api_key_id: str
    gateway_id: str
    carrier_id: str
    network_id: str
    tool_id: str
    endpoint_id: str
    subscription_id: str
    account_id: str
    post_id: str
    payment_id: str
    shipment_id: str
    quote_id: str
    reconciliation_id: str
    lead_id: str
    campaign_id: str
    stream_id: str
    automation_id: str
    run_id: str
    channel_id: str
    alert_id: str
    notification_id: str
    subject_request_id: str
    incident_id: str
    key_id: str
    strangers: list[str]
    """Users who are no members, one for each membership that is tried."""
    quotas: list[str]
    """Kinds of quota, one for each row that is tried."""
    checks: Iterator[str]
    """What a synthetic check tries: one thing for the row that stays, others in turn for those that come and go."""


def word() -> str:
    """Something unique."""
    return f"w{uuid.uuid4().hex[:16]}"


def digest() -> str:
    """Some hash, as PostgREST takes bytes."""
    return "\\x" + uuid.uuid4().hex * 2


NOW = "2026-11-23T12:00:00Z"
COUNTRIES = map("".join, itertools.product(string.ascii_uppercase, repeat=2))
"""One that no row has had yet."""
THIS_HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0).isoformat()


# What a client or worker would write; organization_id is added where the table has it.
SAMPLES: dict[str, Callable[[Home], Row]] = {
    "alert_channels": lambda home: {"name": word(), "kind": "email", "target": "ops@example.com"},
    "alert_escalations": lambda home: {
        "channel_id": home.channel_id,
        "after_minutes": 1 + uuid.uuid4().int % 10000,
    },
    "alert_events": lambda home: {"alert_id": home.alert_id, "type": "opened", "actor": "worker"},
    "alert_notifications": lambda home: {
        "alert_id": home.alert_id,
        "channel_id": home.channel_id,
        "transition": f"reminded.{uuid.uuid4().int % 10**9}",
        "severity": "info",
        "status": "sent",
    },
    "alert_reads": lambda home: {"notification_id": home.notification_id, "user_id": home.strangers.pop()},
    "alert_rules": lambda home: {"name": word(), "metric": "error_rate"},
    "alerts": lambda home: {"kind": "connection.down", "group_key": word(), "severity": "info", "title": "Down"},
    "api_credentials": lambda home: {
        "connection_id": home.gateway_id,
        "name": word(),
        "fingerprint": "0" * 64,
        "key_id": home.key_id,
    },
    "api_key_usage": lambda home: {"api_key_id": home.api_key_id, "day": f"{2000 + uuid.uuid4().int % 7000}-11-23"},
    "api_keys": lambda home: {"name": word(), "key_hash": digest(), "hint": "wasl_abcd", "scopes": ["*"]},
    "audit_log": lambda home: {
        "sequence": uuid.uuid4().int % 10**15,
        "actor_type": "user",
        "action": "a.b",
        "target_type": "a",
        "target_id": "a",
        "hash": digest(),
    },
    "connection_grants": lambda home: {"connection_id": home.gateway_id, "scopes": ["posts"]},
    "data_breaches": lambda home: {"title": word(), "known_at": NOW},
    "data_subject_requests": lambda home: {
        "kind": "access",
        "jurisdiction": "uae",
        "subject_indexes": "{00}",
        "received_at": NOW,
        "due_at": NOW,
        "created_by": "service",
    },
    "data_subject_steps": lambda home: {
        "request_id": home.subject_request_id,
        "position": uuid.uuid4().int % 10**9,
        "place": "public.leads",
        "action": "erase",
    },
    "data_transfers": lambda home: {
        "provider_key": GATEWAY,
        "country": next(COUNTRIES),
        "basis": "contract_clauses",
        "source": "The contract",
        "reviewed_on": "2026-11-23",
    },
    "automation_runs": lambda home: {
        "automation_id": home.automation_id,
        "version": 1,
        "event_id": str(uuid.uuid4()),
        "event_type": "lead.captured",
        "event_created_at": NOW,
    },
    "automation_steps": lambda home: {
        "run_id": home.run_id,
        "position": uuid.uuid4().int % 30000,
        "kind": "lead.upsert",
        "due_at": NOW,
    },
    "automation_versions": lambda home: {
        "automation_id": home.automation_id,
        "version": uuid.uuid4().int % 10**9,
        "definition": {},
        "created_by": "service",
    },
    "automations": lambda home: {
        "name": word(),
        "definition": {
            "events": ["lead.captured"],
            "actions": [{"kind": "lead.upsert", "with": {"email": "{{data.email}}"}}],
        },
        "events": ["lead.captured"],
        "created_by": "service",
    },
    "encryption_keys": lambda home: {"id": word(), "public_key": "A" * 43, "state": "retired"},
    "events": lambda home: {
        "created_at": "now",
        "type": "payment.succeeded",
        "source": "worker",
        "occurred_at": NOW,
    },
    "health_changes": lambda home: {"connection_id": home.gateway_id, "state": "up", "began_at": NOW},
    "health_incident_entries": lambda home: {
        "incident_id": home.incident_id,
        "kind": "opened",
        "state": "down",
        "message": "It is down.",
    },
    "health_incidents": lambda home: {
        "connection_id": home.gateway_id,
        "provider_key": GATEWAY,
        "state": "up",
        "worst_state": "down",
        "source": "checks",
        "title": "It was down",
        "closed_at": NOW,
    },
    "integration_analytics": lambda home: {
        "connection_id": home.gateway_id,
        "environment": "sandbox",
        "provider_key": GATEWAY,
        "source": "call",
        "operation": word(),
        "hour": THIS_HOUR,
    },
    "integration_analytics_daily": lambda home: {
        "environment": "sandbox",
        "provider_key": GATEWAY,
        "source": "call",
        "operation": word(),
        "day": "2026-11-23",
    },
    "integration_connections": lambda home: {"provider_key": GATEWAY, "name": word(), "environment": "sandbox"},
    "integration_health": lambda home: {"connection_id": home.gateway_id, "state": "up"},
    "integration_logs": lambda home: {
        "occurred_at": "now",
        "connection_id": home.gateway_id,
        "provider_key": GATEWAY,
        "operation": "create_payment",
        "method": "POST",
        "url": "https://gateway.example",
        "outcome": "ok",
        "duration_ms": 1,
    },
    "integration_providers": lambda home: {
        "key": word(),
        "name": "P",
        "category": "marketing",
        "description": "",
        "countries": [],
        "currencies": [],
        "capabilities": [],
        "auth_scheme": "bearer",
        "credential_fields": [],
        "settings_fields": [],
        "rate_limits": {each: {"capacity": 1, "refill_per_second": 1} for each in ("sandbox", "live")},
        "sandbox_base_url": "",
        "live_base_url": "",
        "documentation_url": "",
        "enabled": False,
    },
    "lead_consents": lambda home: {
        "lead_id": home.lead_id,
        "purpose": "marketing_email",
        "state": "given",
        "source": "api",
        "created_by": "service",
    },
    "lead_forms": lambda home: {
        "name": word(),
        "fields": [{"name": "email", "type": "email", "required": True}],
        "created_by": "service",
    },
    "lead_links": lambda home: {"lead_id": home.lead_id, "connection_id": home.tool_id},
    "lead_syncs": lambda home: {"connection_id": home.tool_id},
    "leads": lambda home: {"source": "form"},
    "legal_holds": lambda home: {"data_class": "contacts", "reason": word()},
    "marketing_audiences": lambda home: {
        "connection_id": home.tool_id,
        "provider_audience_id": word(),
        "name": "Everybody",
    },
    "marketing_campaign_figures": lambda home: {"campaign_id": home.campaign_id, "day": "2026-11-23"},
    "marketing_campaigns": lambda home: {
        "connection_id": home.tool_id,
        "provider_campaign_id": word(),
        "name": "Eid",
        "status": "draft",
        "provider_status": "DRAFT",
    },
    "marketing_deals": lambda home: {"connection_id": home.tool_id, "provider_deal_id": word(), "name": "Shoes"},
    "maintenance_windows": lambda home: {"name": word(), "starts_at": NOW, "ends_at": "2026-11-23T13:00:00Z"},
    "operations": lambda home: {"kind": "connection.test"},
    "organization_members": lambda home: {"user_id": home.strangers.pop(), "role": "viewer"},
    "organization_quotas": lambda home: {"name": home.quotas.pop()},
    "organizations": lambda home: {"name": "Another", "slug": word()},
    "payment_differences": lambda home: {
        "connection_id": home.gateway_id,
        "reconciliation_id": home.reconciliation_id,
        "provider_payment_id": word(),
        "kind": "status",
    },
    "payment_disputes": lambda home: {
        "payment_id": home.payment_id,
        "connection_id": home.gateway_id,
        "provider_dispute_id": word(),
        "provider_status": "needs_response",
        "amount": "1.00",
        "currency": "AED",
        "told_at": NOW,
    },
    "payment_events": lambda home: {
        "payment_id": home.payment_id,
        "occurred_at": NOW,
        "type": "payment.captured",
        "to_status": "captured",
        "source": "webhook",
    },
    "payment_links": lambda home: {
        "environment": "sandbox",
        "token": word(),
        "amount": "1.00",
        "currency": "AED",
        "reference": "r",
        "input": {"amount": "1.00", "currency": "AED", "reference": "r", "customer": {}, "metadata": {}, "items": []},
        "single_use": True,
        "created_by": "service",
    },
    "payment_methods": lambda home: {"connection_id": home.gateway_id, "environment": "sandbox", "type": "card"},
    "payment_policies": lambda home: {"environment": "sandbox", "updated_by": "service"},
    "payment_reconciliations": lambda home: {
        "connection_id": home.gateway_id,
        "since": NOW,
        "until": "2026-11-24T12:00:00Z",
        "status": "finished",
    },
    "payment_providers": lambda home: {"connection_id": home.carrier_id},
    "payment_refunds": lambda home: {
        "payment_id": home.payment_id,
        "amount": "1.00",
        "currency": "AED",
        "created_by": "service",
    },
    "payments": lambda home: {
        "environment": "sandbox",
        "reference": word(),
        "amount": "1.00",
        "currency": "AED",
        "created_by": "service",
    },
    "payouts": lambda home: {
        "connection_id": home.gateway_id,
        "provider_payout_id": word(),
        "status": "paid",
        "provider_status": "paid",
        "amount": "1.00",
        "currency": "AED",
        "told_at": NOW,
    },
    "pickups": lambda home: {
        "environment": "sandbox",
        "connection_id": home.carrier_id,
        "place": {},
        "ready_at": NOW,
        "closes_at": "2026-11-23T16:00:00Z",
        "parcels": 1,
        "weight_kg": "1.5",
        "created_by": "service",
    },
    "privacy_settings": lambda home: {"jurisdiction": "uae"},
    "processing_purposes": lambda home: {"key": word(), "title": "News", "lawful_basis": "consent"},
    "retention_periods": lambda home: {"data_class": "public", "keep_days": 30},
    "retention_runs": lambda home: {"day": "2026-11-23", "table_name": word(), "data_class": "contacts", "rows": 1},
    "provider_status": lambda home: {"provider_key": GATEWAY, "indicator": "none", "description": "All is well"},
    "rate_limits": lambda home: {
        "connection_id": home.carrier_id,
        "capacity": 1,
        "refill_per_second": 1,
        "tokens": 1,
    },
    "shipment_documents": lambda home: {
        "shipment_id": home.shipment_id,
        "kind": "label",
        "format": "pdf",
        "path": word(),
        "sha256": uuid.uuid4().hex * 2,
        "bytes": 1,
    },
    "shipment_events": lambda home: {
        "shipment_id": home.shipment_id,
        "occurred_at": NOW,
        "provider_code": word(),
        "status": "created",
        "source": "poll",
    },
    "shipment_quotes": lambda home: {
        "environment": "sandbox",
        "request": {"sender": {}, "recipient": {}},
        "created_by": "service",
    },
    "shipment_rates": lambda home: {
        "quote_id": home.quote_id,
        "connection_id": home.carrier_id,
        "provider_key": CARRIER,
        "rank": uuid.uuid4().int % 30000,
        "service": "P",
        "service_name": "Priority",
        "level": "express",
        "amount": "20.00",
        "currency": "AED",
        "source": "carrier",
    },
    "shipments": lambda home: {
        "environment": "sandbox",
        "reference": word(),
        "origin": {},
        "destination": {},
        "parcels": [],
        "ships_at": NOW,
        "description": "Goods",
        "currency": "AED",
        "created_by": "service",
    },
    "shipping_locations": lambda home: {"name": word(), "address": {}},
    "shipping_manifests": lambda home: {
        "environment": "sandbox",
        "connection_id": home.carrier_id,
        "shipments": 1,
        "created_by": "service",
    },
    "shipping_providers": lambda home: {"connection_id": home.gateway_id},
    "social_account_metrics": lambda home: {
        "account_id": home.account_id,
        "day": f"{2000 + uuid.uuid4().int % 7000}-11-23",
        "followers": 1,
    },
    "social_comments": lambda home: {
        "post_id": home.post_id,
        "provider_comment_id": word(),
        "text": "Nice",
        "status": "seen",
        "created_by": "worker",
    },
    "social_engagement": lambda home: {"post_id": home.post_id, "views": 1},
    "social_media_accounts": lambda home: {
        "connection_id": home.network_id,
        "provider_account_id": word(),
        "kind": "page",
        "name": "Page",
        "enabled": True,
    },
    "social_posts": lambda home: {"account_id": home.account_id, "created_by": "service"},
    "sync_runs": lambda home: {"id": str(uuid.uuid4()), "stream_id": home.stream_id, "mode": "full", "started_at": NOW},
    "sync_streams": lambda home: {"connection_id": home.tool_id, "stream": "posts", "every_minutes": 60},
    "synthetic_checks": lambda home: {"connection_id": home.tool_id, "capability": next(home.checks)},
    "webhook_deliveries": lambda home: {
        "created_at": "now",
        "status": "delivered",
        "subscription_id": home.subscription_id,
        "event_id": str(uuid.uuid4()),
        "event_type": "payment.captured",
        "payload": {},
    },
    "webhook_delivery_attempts": lambda home: {
        "created_at": "now",
        "subscription_id": home.subscription_id,
        "delivery_id": str(uuid.uuid4()),
        "number": 1,
        "duration_ms": 12,
    },
    "webhook_endpoints": lambda home: {
        "connection_id": home.gateway_id,
        "token_hash": digest(),
        "token_hint": "wh_abcd",
    },
    "webhook_events": lambda home: {
        "id": str(uuid.uuid4()),
        "received_at": "now",
        "connection_id": home.gateway_id,
        "endpoint_id": home.endpoint_id,
        "provider_key": GATEWAY,
        "verified": True,
        "headers": {},
        "body": "\\x00",
        "body_bytes": 1,
    },
    "webhook_requests": lambda home: {
        "connection_id": home.gateway_id,
        "endpoint_id": home.endpoint_id,
        "received_at": NOW,
        "reason": "rate_limited",
        "http_status": 429,
        "method": "POST",
    },
    "webhook_subscriptions": lambda home: {"name": word(), "url": "https://app.example", "event_types": ["*"]},
}

# What a client tries to change, to what it is by default or harmlessly.
CHANGES: dict[str, Row] = {
    "alert_channels": {"minimum_severity": "warning"},
    "alert_escalations": {"minimum_severity": "warning"},
    "alert_rules": {"severity": "info"},
    "api_keys": {"name": "Changed"},
    "data_breaches": {"title": "Changed"},
    "data_transfers": {"source": "Changed"},
    "encryption_keys": {"state": "active"},
    "integration_connections": {"name": word()},
    "integration_providers": {"description": "changed"},
    "maintenance_windows": {"enabled": False},
    "legal_holds": {"reason": "Changed"},
    "organization_members": {"role": "viewer"},
    "organization_quotas": {"most": 5},
    "organizations": {"name": "Changed"},
    "payment_providers": {"priority": 7},
    "privacy_settings": {"answer_days": 30},
    "processing_purposes": {"title": "Changed"},
    "provider_status": {"description": "changed"},
    "rate_limits": {"capacity": 2},
    "shipping_providers": {"priority": 7},
    "social_media_accounts": {"enabled": False},
    "synthetic_checks": {"enabled": False},
    "webhook_endpoints": {"description": "changed"},
    "webhook_subscriptions": {"enabled": False},
}


def owner_column(table: str) -> str | None:
    """The column that says whose a row is; None for the catalog, which is everybody's."""
    return {"organizations": "id", "integration_providers": None, "provider_status": None}.get(table, "organization_id")


def sample(table: str, home: Home) -> Row:
    """A new row of a table for an organization."""
    row = SAMPLES[table](home)
    if owner_column(table) == "organization_id":
        row["organization_id"] = home.organization_id
    return row


async def insert(database: Database, table: str, row: Row) -> Row:
    """Write a row as the owner of the database; returns it whole."""
    values: list[Any] = [
        Jsonb(value) if isinstance(value, dict) or (column in JSON_LISTS and isinstance(value, list)) else value
        for column, value in row.items()
    ]
    query = sql.SQL("insert into public.{} ({}) values ({}) returning *").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
    )
    written = await (await database.execute(query, values)).fetchone()
    assert written is not None
    return written
