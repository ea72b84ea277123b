"""Naqel Express: `connector` makes the calls, `requests` writes their envelopes, `objects` translates what is answered,
`places` has its codes of cities, `statuses` its event codes, `errors` its refusals."""

from workers.providers.shipping.naqel.connector import NaqelConnector

__all__ = ["NaqelConnector"]
