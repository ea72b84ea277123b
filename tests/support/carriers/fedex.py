"""FedEx's twin, for the suites that run over every carrier."""

import uuid

from tests.support.carriers.base import Carrier


def account() -> dict[str, str]:
    """Keys of a new account."""
    return {"client_id": f"l7{uuid.uuid4().hex}", "client_secret": uuid.uuid4().hex}


CARRIER = Carrier(
    key="fedex",
    account=account,
    create_call="POST /ship/v1/shipments",
    rate_call="POST /rate/v1/rates/quotes",
    track_call="POST /track/v1/trackingnumbers",
    settings={"account_number": "700000001"},
    international={},
)
