"""PayPal: `connector` makes the calls, `objects` translates what they answer, `events` verifies and reads webhooks."""

from workers.providers.payments.paypal.connector import PayPalConnector

__all__ = ["PayPalConnector"]
