"""J&T Express, in the Emirates."""

from tests.providers.shipping.jt.builders import new_credentials
from tests.support.carriers.base import Carrier

CARRIER = Carrier(
    key="jt",
    account=new_credentials,
    create_call="POST /order/addOrder",
    track_call="POST /logistics/trace",
)
