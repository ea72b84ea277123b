"""How an alert reads in each channel: in the receiver's shape and language, and never as markup or a mention."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from workers.monitoring.channels.email import alert_mails
from workers.monitoring.channels.notice import Message, Notice
from workers.monitoring.channels.slack import slack_message
from workers.monitoring.channels.teams import teams_message
from workers.monitoring.channels.webhook import signed_headers, webhook_body

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ALERT_ID = UUID("0197c2f0-0000-7000-8000-000000000002")
PAGE = f"https://hub.example/alerts/{ALERT_ID}"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EVIL = "<!channel> [x](http://evil.example) <script>alert(1)</script> & *bold*"
RULE = {"subject": "Stripe", "value": 35.5, "threshold": 20, "window_minutes": 10}


def a_notice(**changes: Any) -> Notice:
    """A connection that is down."""
    facts: dict[str, Any] = {
        "transition": "opened",
        "alert_id": ALERT_ID,
        "kind": "connection.down",
        "severity": "critical",
        "status": "open",
        "title": "Stripe is down",
        "first_seen_at": NOON,
        "last_seen_at": NOON,
        "connection_name": "Stripe",
        "url": PAGE,
    }
    return Notice(**{**facts, **changes})


def a_message(*notices: Notice, language: str | None = None) -> Message:
    """What the souk is told."""
    message_id = UUID("0197c2f0-0000-7000-8000-000000000001")
    return Message(message_id, UUID(int=1), "Souk", notices or (a_notice(),), NOON, language)


def in_slack(message: Message) -> str:
    return json.dumps(slack_message(message), ensure_ascii=False)


def in_teams(message: Message) -> str:
    return json.dumps(teams_message(message), ensure_ascii=False)


class TestMail:
    def test_it_is_in_both_languages_as_text_and_html(self) -> None:
        [mail] = alert_mails(a_message(), "ops@example.ae")

        assert (mail.to, mail.language) == ("ops@example.ae", "en, ar")
        assert mail.subject == "Souk: Alert (critical): Stripe is down"
        for text in ("Alert (critical)", "تنبيه (حرج)", "اتصال معطل: Stripe is down", "2026-11-23 12:00 UTC", PAGE):
            assert text in mail.text
            assert text in mail.html
        assert '<div lang="ar" dir="rtl">' in mail.html

    def test_a_rules_alert_is_written_anew_in_arabic(self) -> None:
        [mail] = alert_mails(a_message(a_notice(kind="rule.error_rate", detail=RULE), language="ar"), "a@example.ae")

        assert mail.subject == "Souk: تنبيه (حرج): Stripe: فشل 35.5٪ من الطلبات"
        assert not re.search("Alert|Since|Open", mail.text)

    def test_each_address_gets_its_own_and_the_same_again(self) -> None:
        first, second = alert_mails(a_message(), "a@example.ae, b@example.ae")

        assert (first.to, second.to) == ("a@example.ae", "b@example.ae")
        assert first.id != second.id
        assert [first.id] == [mail.id for mail in alert_mails(a_message(), "a@example.ae")]

    def test_many_go_into_one(self) -> None:
        [mail] = alert_mails(a_message(a_notice(), a_notice(title="Tap is down")), "a@example.ae")

        assert mail.subject == "Souk: 2 notices"
        assert "Stripe is down" in mail.text
        assert "Tap is down" in mail.text

    def test_no_title_becomes_markup(self) -> None:
        [mail] = alert_mails(a_message(a_notice(title=EVIL, connection_name=EVIL)), "a@example.ae")

        tags = {tag.split(" ")[0].strip("<>/") for tag in re.findall(r"<[^>]*>", mail.html)}
        assert tags <= {"!doctype", "meta", "div", "p", "strong", "br", "a", "hr"}


class TestWebhook:
    def test_it_is_signed_as_standard_webhooks_are(self) -> None:
        message = a_message(a_notice(transition="resolved", status="resolved", resolved_at=NOON))
        body = webhook_body(message)
        headers = dict(signed_headers(message, body, SECRET))

        told = Webhook(SECRET).verify(body, headers)

        assert headers["webhook-id"] == str(message.id)
        assert (told["type"], told["timestamp"]) == ("alert.resolved", "2026-11-23T12:00:00+00:00")
        alert = told["data"]["alert"]
        assert (alert["id"], alert["kind"], alert["severity"]) == (str(ALERT_ID), "connection.down", "critical")
        assert (alert["url"], alert["resolved_at"]) == (PAGE, "2026-11-23T12:00:00+00:00")
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(body.replace(b"down", b"up"), headers)

    def test_many_are_a_digest(self) -> None:
        told = json.loads(webhook_body(a_message(a_notice(), a_notice(title="Tap is down"))))

        assert told["type"] == "alert.digest"
        assert [alert["title"] for alert in told["data"]["alerts"]] == ["Stripe is down", "Tap is down"]

    def test_a_secret_that_is_none_is_not_repeated(self) -> None:
        with pytest.raises(ValueError, match="not base64") as error:
            signed_headers(a_message(), b"{}", "whsec_#")
        assert "#" not in str(error.value)


class TestSlack:
    def test_it_has_a_header_the_title_facts_and_a_link(self) -> None:
        told = slack_message(a_message())

        assert [block["type"] for block in told["blocks"]] == ["header", "section", "context", "actions"]
        header, section, context, actions = told["blocks"]
        assert header["text"] == {"type": "plain_text", "text": "Alert (critical)", "emoji": True}
        assert section["text"] == {"type": "mrkdwn", "text": ":rotating_light: Stripe is down"}
        assert context["elements"][0]["text"] == "Connection: Stripe · Since: 2026-11-23 12:00 UTC"
        assert actions["elements"][0]["url"] == PAGE
        assert told["text"] == "Souk: Alert (critical): Stripe is down"

    def test_a_digest_keeps_within_fifty_blocks(self) -> None:
        told = slack_message(a_message(*(a_notice(title=f"{n} " + "x" * 5000) for n in range(60))))

        assert len(told["blocks"]) <= 50
        assert all(len(block["text"]["text"]) <= 3000 for block in told["blocks"])

    def test_no_title_mentions_anybody(self) -> None:
        for message in (a_message(a_notice(title=EVIL)), a_message(a_notice(title=EVIL), a_notice(title=EVIL))):
            texts = [block["text"]["text"] for block in slack_message(message)["blocks"] if block["type"] == "section"]
            assert texts
            assert not any("<!channel>" in text or "<script" in text for text in texts)
            assert "<!channel>" not in slack_message(message)["text"]


class TestTeams:
    def test_it_is_a_message_with_one_adaptive_card(self) -> None:
        told = teams_message(a_message())

        [attachment] = told["attachments"]
        assert (told["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
        card = attachment["content"]
        assert (card["type"], card["version"], card["rtl"]) == ("AdaptiveCard", "1.4", False)
        assert [part["type"] for part in card["body"]] == ["TextBlock", "TextBlock", "FactSet"]
        assert card["body"][0]["color"] == "Attention"
        assert card["actions"] == [{"type": "Action.OpenUrl", "title": "Open in the hub", "url": PAGE}]

    def test_arabic_is_written_from_the_right(self) -> None:
        card = teams_message(a_message(language="ar"))["attachments"][0]["content"]

        assert card["rtl"]
        assert card["body"][0]["text"] == r"تنبيه \(حرج\)"

    def test_a_digest_keeps_within_28_kb(self) -> None:
        told = in_teams(a_message(*(a_notice(title="ن" * 5000) for _ in range(50))))

        assert len(told.encode()) < 28_000

    def test_no_title_becomes_a_link(self) -> None:
        assert "](http" not in json.loads(in_teams(a_message(a_notice(title=EVIL))))["attachments"][0]["content"][
            "body"
        ][1]["text"].replace("\\]", "").replace("\\(", "")


@pytest.mark.parametrize("shown", [in_slack, in_teams])
def test_a_hub_without_an_address_has_no_link(shown: Any) -> None:
    assert "http" not in shown(a_message(a_notice(url=None))).replace("http://adaptivecards.io", "")


@pytest.mark.parametrize(
    "transition", ["opened", "worsened", "reminded", "escalated", "acknowledged", "resolved", "test"]
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_transition_has_its_words(transition: str, language: str) -> None:
    message = a_message(a_notice(transition=transition), language=language)

    assert alert_mails(message, "a@example.ae")[0].subject
    assert in_slack(message)
    assert in_teams(message)
