"""Ziina: `connector` makes the calls, `requests` writes their bodies, `objects` translates what they answer, `events`
verifies and reads webhooks."""

from workers.providers.payments.ziina.connector import ZiinaConnector

__all__ = ["ZiinaConnector"]
