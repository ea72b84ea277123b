"""J&T Express: `connector` makes the calls, `signature` signs them, `requests` writes their contents, `objects`
translates what they answer, `statuses` its scans, `errors` its codes."""

from workers.providers.shipping.jt.connector import JTConnector

__all__ = ["JTConnector"]
