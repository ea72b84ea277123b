"""Webhook endpoints and Stripe's signature."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from fnmatch import fnmatchcase

import orjson

from sandbox.deliveries import Deliveries, Delivery
from sandbox.payments.stripe.account import API_VERSION, Account, Object, new_id
from sandbox.payments.stripe.errors import StripeError, missing
from sandbox.payments.stripe.params import Params


def create_endpoint(account: Account, params: Params) -> Object:
    """POST /v1/webhook_endpoints; the answer is the only one that shows the secret."""
    url = params.required("url")
    enabled_events = params.texts("enabled_events")
    description, metadata = params.text("description"), params.metadata()
    api_version = params.text("api_version")
    params.done()
    if not url.startswith(("http://", "https://")):
        raise StripeError(400, "Invalid URL", code="url_invalid", param="url")
    if not enabled_events:
        raise StripeError(400, "Missing required param: enabled_events.", param="enabled_events")
    endpoint: Object = {
        "id": new_id("we_"),
        "object": "webhook_endpoint",
        "api_version": api_version or API_VERSION,
        "application": None,
        "created": account.seconds(),
        "description": description,
        "enabled_events": enabled_events,
        "livemode": False,
        "metadata": metadata,
        "status": "enabled",
        "url": url,
    }
    account.webhook_endpoints[endpoint["id"]] = endpoint
    return {**endpoint, "secret": roll_secret(account, endpoint["id"])}


def delete_endpoint(account: Account, endpoint_id: str) -> Object:
    """DELETE /v1/webhook_endpoints/{id}"""
    if account.webhook_endpoints.pop(endpoint_id, None) is None:
        raise missing("webhook endpoint", endpoint_id)
    account.webhook_secrets.pop(endpoint_id, None)
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


def roll_secret(account: Account, endpoint_id: str) -> str:
    """Give an endpoint a new secret; the last one stays valid beside it, as during a rotation."""
    secret = new_id("whsec_", 32)
    earlier = account.webhook_secrets.get(endpoint_id, [])
    account.webhook_secrets[endpoint_id] = [*earlier[-1:], secret]
    return secret


def publish(account: Account, event: Object, deliveries: Deliveries) -> None:
    """Send an event to every endpoint that wants it."""
    body = orjson.dumps(event, option=orjson.OPT_INDENT_2)
    for endpoint_id, endpoint in account.webhook_endpoints.items():
        if not any(fnmatchcase(event["type"], wanted) for wanted in endpoint["enabled_events"]):
            continue
        secrets = list(account.webhook_secrets[endpoint_id])
        deliveries.send(
            Delivery(
                provider="stripe",
                event_id=event["id"],
                event_type=event["type"],
                url=endpoint["url"],
                body=body,
                sign=lambda signed, secrets=secrets: sign(signed, secrets, account.seconds()),  # type: ignore[misc]
            )
        )


def sign(body: bytes, secrets: list[str], timestamp: int) -> Mapping[str, str]:
    """The header that proves Stripe sent it: one signature per valid secret."""
    signed = b"%d." % timestamp + body
    signatures = (hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets)
    return {"stripe-signature": ",".join([f"t={timestamp}", *(f"v1={signature}" for signature in signatures)])}
