"""FedEx: `connector` makes the calls; `requests`, `customs`, `parties` and `inquiries` write their bodies; `objects`
and `tracking` translate what they answer; `events` verifies and reads webhooks."""

from workers.providers.shipping.fedex.connector import FedExConnector

__all__ = ["FedExConnector"]
