"""Naqel Express."""

from tests.providers.shipping.naqel.builders import new_account
from tests.support.carriers.base import Carrier

CALL = "POST /XMLShippingService.asmx"
"""Every operation's: which it is stands in the envelope."""

CARRIER = Carrier(
    key="naqel",
    account=new_account,
    create_call=CALL,
    track_call=CALL,
)
