"""Facebook Pages: `connector` has the operations, `publishing` those that bring a post out, `pages` acts as a page,
`requests` says what is sent, `objects` translates what is answered, `events` reads webhooks."""

from workers.providers.social.facebook.connector import FacebookConnector

__all__ = ["FacebookConnector"]
