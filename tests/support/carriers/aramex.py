"""Aramex and its twin."""

import uuid

from tests.support.carriers.base import Carrier

SERVICE = "/ShippingAPI.V2/{}/Service_1_0.svc/json/{}"


def account() -> dict[str, str]:
    """Credentials that nobody has used."""
    return {
        "user_name": f"{uuid.uuid4().hex}@shop.example",
        "password": "a-password-for-tests",
        "account_pin": "000111",
    }


CARRIER = Carrier(
    key="aramex",
    account=account,
    create_call=f"POST {SERVICE.format('Shipping', 'CreateShipments')}",
    rate_call=f"POST {SERVICE.format('RateCalculator', 'CalculateRate')}",
    track_call=f"POST {SERVICE.format('Tracking', 'TrackShipments')}",
    settings={"account_number": "60000001"},
    international={},
)
