"""What suites over every social network know of each."""

from tests.support.networks.base import Network
from tests.support.networks.facebook import NETWORK as FACEBOOK
from tests.support.networks.instagram import NETWORK as INSTAGRAM
from tests.support.networks.linkedin import NETWORK as LINKEDIN

NETWORKS: dict[str, Network] = {each.key: each for each in (FACEBOOK, INSTAGRAM, LINKEDIN)}
