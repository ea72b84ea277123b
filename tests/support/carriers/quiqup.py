"""Quiqup, within the Emirates."""

import uuid

from tests.support.carriers.base import Carrier


def account() -> dict[str, str]:
    return {"client_id": f"{uuid.uuid4().hex}.apps.quiqup.com", "client_secret": uuid.uuid4().hex}


CARRIER = Carrier(
    key="quiqup",
    account=account,
    create_call="POST /orders",
    track_call="GET /orders/*",
)
