"""Stripe: `connector` makes the calls, `objects` translates what they answer, `events` verifies and reads webhooks."""

from workers.providers.payments.stripe.connector import StripeConnector

__all__ = ["StripeConnector"]
