"""DHL Express."""

import uuid

from tests.support.carriers.base import Carrier


def account() -> dict[str, str]:
    return {"api_key": f"key-{uuid.uuid4().hex}", "api_secret": "a-secret-of-the-sandbox"}


CARRIER = Carrier(
    key="dhl_express",
    account=account,
    create_call="POST /shipments",
    rate_call="POST /rates",
    track_call="GET /shipments/*/tracking",
    settings={"account_number": "400000001"},
    international={},
)
