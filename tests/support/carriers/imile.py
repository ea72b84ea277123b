"""iMile, within the Emirates and abroad."""

import secrets

from tests.support.carriers.base import Carrier


def account() -> dict[str, str]:
    return {"customer_id": f"C{secrets.token_hex(6)}", "api_key": secrets.token_urlsafe(32)}


CARRIER = Carrier(
    key="imile",
    account=account,
    create_call="POST /client/order/v2/createOrder",
    rate_call="POST /client/order/calShippingFee",
    track_call="POST /client/track/getOne",
    international={},
)
