"""A carrier without an interface: the merchant's own riders, or a courier that is called by phone."""

from workers.providers.shipping.manual.connector import ManualConnector

__all__ = ["ManualConnector"]
