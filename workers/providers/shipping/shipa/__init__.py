"""Shipa Delivery: `connector` makes the calls, `requests` writes their bodies, `objects` translates what they answer,
`statuses` knows its events and codes, `errors` its refusals."""

from workers.providers.shipping.shipa.connector import ShipaConnector

__all__ = ["ShipaConnector"]
