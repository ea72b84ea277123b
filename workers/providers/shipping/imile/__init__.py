"""iMile: `connector` makes the calls, `envelope` wraps and signs them, `requests` writes what is in them, `objects`
translates what they answer, `statuses` and `errors` know its codes."""

from workers.providers.shipping.imile.connector import IMileConnector

__all__ = ["IMileConnector"]
