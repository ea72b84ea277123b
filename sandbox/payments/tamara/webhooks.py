"""Tamara's notifications and the token that they carry."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import orjson

from sandbox.deliveries import Deliveries, Delivery
from sandbox.payments.tamara.account import Account, Order

TOKEN_SECONDS = 900


def publish(account: Account, order: Order, event: str, data: Any, deliveries: Deliveries) -> None:
    """Tell every webhook that wants the event; an approval is also told to the payment's own address."""
    about = {
        "order_id": order.id,
        "order_reference_id": order.reference,
        "order_number": order.request.get("order_number", order.reference),
    }
    for webhook in account.webhooks.values():
        if webhook.type == "order" and event in webhook.events:
            body = {**about, "event_type": event, "data": data}
            _send(account, event, webhook.url, body, webhook.headers, deliveries)
    own = order.request["merchant_url"].get("notification")
    if own and event == "order_approved":
        _send(account, event, own, {**about, "order_status": "approved", "data": data}, {}, deliveries)


def _send(
    account: Account, event: str, url: str, content: Any, headers: Mapping[str, str], deliveries: Deliveries
) -> None:
    body = orjson.dumps(content)

    def token_for(signed: bytes) -> str:
        """A token of this moment; a delivery that is to be forged asks for another body's."""
        return token(account.notification_token if signed == body else "guessed", account.now())

    def sign(signed: bytes) -> Mapping[str, str]:
        return {**headers, "authorization": f"Bearer {token_for(signed)}"}

    def sign_query(signed: bytes) -> Mapping[str, str]:
        return {"tamaraToken": token_for(signed)}

    event_id = f"{content['order_id']}:{event}"
    deliveries.send(Delivery("tamara", event_id, event, url, body, sign, sign_query=sign_query))


def token(key: str, now: float) -> str:
    """A JSON Web Token as Tamara makes them: HS256, 15 minutes."""
    claims = {"exp": int(now) + TOKEN_SECONDS, "iat": int(now), "iss": "Tamara"}
    signed = b".".join(_encode(orjson.dumps(part)) for part in ({"typ": "JWT", "alg": "HS256"}, claims))
    return b".".join((signed, _encode(hmac.new(key.encode(), signed, hashlib.sha256).digest()))).decode("ascii")


def _encode(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")
