"""Mailchimp: `connector` makes the calls, by way of `client`; `requests` writes their bodies, `members` those of many
contacts; `objects` translates what they answer; `paging` reads lists that change meanwhile; `events` verifies and reads
webhooks."""

from workers.providers.marketing.mailchimp.connector import MailchimpConnector

__all__ = ["MailchimpConnector"]
