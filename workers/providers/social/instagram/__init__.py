"""Instagram: `connector` has the operations, `publishing` those that bring a post out, `login` Instagram's own login,
`requests` says what is sent, `objects` translates what is answered, `events` reads webhooks."""

from workers.providers.social.instagram.connector import InstagramConnector

__all__ = ["InstagramConnector"]
