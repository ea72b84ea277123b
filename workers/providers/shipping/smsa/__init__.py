"""SMSA Express: `connector` makes the calls, `requests` writes their bodies, `objects` translates what they answer,
`statuses` its scan codes, `errors` its refusals."""

from workers.providers.shipping.smsa.connector import SMSAConnector

__all__ = ["SMSAConnector"]
