"""HubSpot: `connector` is made of `wire` (calls, errors, access), `contacts` and `deals`; `requests` writes bodies,
`objects` translates answers, `paging` reads on from where a page ended, `events` verifies and reads webhooks."""

from workers.providers.marketing.hubspot.connector import HubSpotConnector

__all__ = ["HubSpotConnector"]
