"""The Python client of Wasl, the integrations hub: `Wasl`, and `AsyncWasl` for asyncio.

>>> from wasl import Wasl
>>> with Wasl("https://hub.example.com", "sb_publishable_...", api_key="wasl_...") as hub:
...     payment = hub.payments.create(amount="99.00", currency="AED", reference="order-1", return_url="https://...")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wasl._public import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:
        """Load all with the first name that is asked for: `wasl.sealing` and `wasl.webhooks` alone load in no time."""
        if name.startswith("_") and name != "__all__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module("wasl._public"), name)


def __dir__() -> list[str]:
    names: list[str] = import_module("wasl._public").__all__
    return names
