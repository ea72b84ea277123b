"""SMSA Express."""

from tests.providers.shipping.smsa.builders import new_key
from tests.support.carriers.base import Carrier
from workers.providers.money import Money


def account() -> dict[str, str]:
    return {"api_key": new_key()}


CARRIER = Carrier(
    key="smsa",
    account=account,
    create_call="POST /api/shipment/b2c/new",
    track_call="GET /api/track/single/*",
    domestic={"declared_value": Money.of("240.00", "AED")},
    international={},
)
