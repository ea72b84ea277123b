"""EMX, Emirates Post's courier."""

from tests.providers.shipping.emx.builders import new_account
from tests.support.carriers.base import Carrier

CARRIER = Carrier(
    key="emx",
    account=new_account,
    create_call="POST /booking/rest/CreateBooking",
    rate_call="POST /ratecalculator/rest/CalculatePriceRate",
    track_call="POST /tracking",
    international={},
)
