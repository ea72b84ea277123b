"""PayTabs (PT2): `connector` makes the calls, `transactions` reads what they answer, `objects` tells a payment from its
transactions, `requests` writes what is sent, `events` verifies and reads notifications."""

from workers.providers.payments.paytabs.connector import PayTabsConnector

__all__ = ["PayTabsConnector"]
