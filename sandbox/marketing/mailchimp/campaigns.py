"""Campaigns of an account, with their reports."""

from __future__ import annotations

import secrets

from sandbox.marketing.mailchimp.account import Account
from sandbox.marketing.mailchimp.fields import Object, iso


def add_campaign(account: Account, given: Object) -> Object:
    """A campaign, with a report when it was sent. :param given: see the control in the package's text."""
    number, sent = secrets.token_hex(5), given.get("status") == "sent"
    audience = account.audience(given.get("list", next(iter(account.audiences))))
    made_at = float(given.get("made_at", account.now()))
    sent_at = float(given.get("sent_at", made_at)) if sent else None
    campaign = {
        "id": number,
        "type": "regular",
        "create_time": iso(made_at),
        "send_time": iso(sent_at),
        "status": given.get("status", "save"),
        "emails_sent": given.get("emails", 0) if sent else 0,
        "recipients": {"list_id": audience.id, "recipient_count": len(audience.members)},
        "settings": {"title": given.get("title", ""), "subject_line": given.get("subject", "")},
    }
    account.campaigns[number] = campaign
    if sent:
        campaign["report_summary"], account.reports[number] = _figures(campaign, given)
        data = {"id": number, "subject": given.get("subject", ""), "status": "sent", "list_id": audience.id}
        account.publish(account, audience, "campaign", "admin", data)
    return campaign


def _figures(campaign: Object, given: Object) -> tuple[Object, Object]:
    """The summary in the campaign, and the report."""
    opens, unique_opens = given.get("opens", 0), given.get("unique_opens", 0)
    clicks, unique_clicks = given.get("clicks", 0), given.get("unique_clicks", 0)
    revenue = float(given.get("revenue", 0))
    summary = {"opens": opens, "unique_opens": unique_opens, "clicks": clicks, "subscriber_clicks": unique_clicks}
    report = {
        "id": campaign["id"],
        "campaign_title": campaign["settings"]["title"],
        "type": "regular",
        "list_id": campaign["recipients"]["list_id"],
        "emails_sent": campaign["emails_sent"],
        "abuse_reports": given.get("complaints", 0),
        "unsubscribed": given.get("unsubscribes", 0),
        "send_time": campaign["send_time"],
        "bounces": {"hard_bounces": given.get("bounces", 0), "soft_bounces": 0, "syntax_errors": 0},
        "opens": {"opens_total": opens, "unique_opens": unique_opens},
        "clicks": {"clicks_total": clicks, "unique_clicks": unique_clicks, "unique_subscriber_clicks": unique_clicks},
        "ecommerce": {"total_orders": 1, "total_revenue": revenue, "currency_code": given.get("currency", "AED")},
    }
    return summary, report
