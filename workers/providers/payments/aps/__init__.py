"""Amazon Payment Services (PayFort): `connector` says what a payment takes, `calls` makes and judges the calls,
`requests` writes and `signature` signs them, `objects` translates what is answered, `codes` and `errors` know the five
digits of an answer, `events` verifies and reads webhooks."""

from workers.providers.payments.aps.connector import APSConnector

__all__ = ["APSConnector"]
