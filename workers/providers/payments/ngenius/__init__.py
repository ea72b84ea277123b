"""N-Genius Online: `connector` makes the calls, `objects` translates what they answer, `links` finds where to send the
next one, `requests` writes orders, `events` verifies and reads webhooks."""

from workers.providers.payments.ngenius.connector import NGeniusConnector

__all__ = ["NGeniusConnector"]
