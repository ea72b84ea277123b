"""Jeebly."""

from tests.providers.shipping.jeebly.builders import new_keys
from tests.support.carriers.base import Carrier

CARRIER = Carrier(
    key="jeebly",
    account=new_keys,
    create_call="POST /customer/create_shipment",
    track_call="POST /customer/track_shipment",
)
