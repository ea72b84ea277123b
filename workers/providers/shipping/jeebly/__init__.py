"""Jeebly: `connector` makes the calls, `requests` writes their bodies, `objects` translates what they answer,
`statuses` its words for where a parcel is, `errors` its refusals."""

from workers.providers.shipping.jeebly.connector import JeeblyConnector

__all__ = ["JeeblyConnector"]
