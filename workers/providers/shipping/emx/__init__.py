"""EMX, Emirates Post's courier: `connector` makes the calls, `requests` writes them, `objects` translates what is
answered, `places` knows its ids of cities, `statuses` its words, `errors` its refusals."""

from workers.providers.shipping.emx.connector import EMXConnector

__all__ = ["EMXConnector"]
