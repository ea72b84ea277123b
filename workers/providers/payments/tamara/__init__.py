"""Tamara: `connector` makes the calls, `requests` builds their bodies, `objects` translates what they answer, `errors`
what they refuse, `events` verifies and reads webhooks."""

from workers.providers.payments.tamara.connector import TamaraConnector

__all__ = ["TamaraConnector"]
