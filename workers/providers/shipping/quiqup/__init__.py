"""Quiqup: `connector` makes the calls, `requests` writes their bodies, `objects` translates what they answer,
`statuses` knows its states, `errors` its refusals."""

from workers.providers.shipping.quiqup.connector import QuiqupConnector

__all__ = ["QuiqupConnector"]
