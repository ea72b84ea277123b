"""Tap Payments: `connector` makes the calls, `requests` builds their bodies, `objects` translates what they answer,
`events` verifies and reads webhooks."""

from workers.providers.payments.tap.connector import TapConnector

__all__ = ["TapConnector"]
