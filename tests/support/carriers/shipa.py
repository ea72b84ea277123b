"""Shipa Delivery, within the Emirates."""

import uuid

from tests.support.carriers.base import Carrier


def account() -> dict[str, str]:
    return {"api_key": uuid.uuid4().hex}


CARRIER = Carrier(
    key="shipa",
    account=account,
    create_call="POST /orders",
    track_call="GET /orders/*/story",
)
