"""Telr: `connector` makes the calls, `requests` writes them, `documents` fits text to what it carries, `objects` and
`ledger` translate orders and their transactions, `errors` and `declines` the refusals, `events` verifies and reads
webhooks."""

from workers.providers.payments.telr.connector import TelrConnector

__all__ = ["TelrConnector"]
