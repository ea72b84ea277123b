"""Checkout.com: `connector` makes the calls, `requests` builds their bodies, `objects` translates what they answer,
`events` verifies and reads webhooks."""

from workers.providers.payments.checkout.connector import CheckoutConnector

__all__ = ["CheckoutConnector"]
