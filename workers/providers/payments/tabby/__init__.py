"""Tabby: `connector` makes the calls, `requests` builds their bodies, `objects` translates what they answer, `events`
verifies and reads webhooks."""

from workers.providers.payments.tabby.connector import TabbyConnector

__all__ = ["TabbyConnector"]
