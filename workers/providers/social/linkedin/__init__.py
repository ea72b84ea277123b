"""LinkedIn: `connector` publishes, with `accounts`, `uploads`, `comments` and `measures` beside it, all upon `wire`;
`requests` writes what is sent, `text` the posts' own format, `objects` translates what is answered, `paging` walks
lists, `events` verifies and reads webhooks."""

from workers.providers.social.linkedin.connector import LinkedInConnector

__all__ = ["LinkedInConnector"]
