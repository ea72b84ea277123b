"""Workflows that send webhooks, and Checkout.com's signature."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import orjson

from sandbox.deliveries import Deliveries, Delivery
from sandbox.payments.checkout.account import Account, Object, new_id
from sandbox.payments.checkout.errors import CheckoutError, not_found


def create_workflow(account: Account, body: Any) -> Object:
    """POST /workflows: conditions of type ``event`` and actions of type ``webhook`` are understood."""
    actions = body.get("actions") if isinstance(body, dict) else None
    if not isinstance(actions, list) or not actions:
        raise CheckoutError(422, "actions_required")
    workflow: Object = {**body, "id": new_id("wf")}
    account.workflows[workflow["id"]] = workflow
    return {"id": workflow["id"], "_links": {"self": {"href": f"{account.api_url}/workflows/{workflow['id']}"}}}


def delete_workflow(account: Account, workflow_id: str) -> None:
    """DELETE /workflows/{id}"""
    if account.workflows.pop(workflow_id, None) is None:
        raise not_found()


def publish(account: Account, event: Object, deliveries: Deliveries) -> None:
    """Send an event by every workflow that wants it."""
    body = orjson.dumps(event)
    for workflow in account.workflows.values():
        if not _wants(workflow, event["type"]):
            continue
        for action in workflow["actions"]:
            key = (action.get("signature") or {}).get("key", "")
            deliveries.send(
                Delivery(
                    provider="checkout",
                    event_id=event["id"],
                    event_type=event["type"],
                    url=action["url"],
                    body=body,
                    sign=lambda signed, key=key: sign(signed, key),  # type: ignore[misc]
                )
            )


def sign(body: bytes, key: str) -> Mapping[str, str]:
    """The header that proves Checkout.com sent it."""
    return {"cko-signature": hmac.new(key.encode(), body, hashlib.sha256).hexdigest()} if key else {}


def _wants(workflow: Object, event_type: str) -> bool:
    conditions = [each for each in workflow.get("conditions") or [] if each.get("type") == "event"]
    return all(any(event_type in names for names in each["events"].values()) for each in conditions)
