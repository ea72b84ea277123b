"""Alerts in Slack's Block Kit, for an incoming webhook (https://docs.slack.dev/reference/block-kit/blocks).

A header takes 150 characters of plain text, a section's text 3,000, a message 50 blocks.
"""

from __future__ import annotations

from typing import Any, Final

from workers.monitoring.channels.notice import Message, Notice
from workers.monitoring.channels.words import Words, language, shown_facts

_HEADER_CHARS: Final = 150
_SECTION_CHARS: Final = 2_900
_MOST_IN_A_DIGEST: Final = 40
_SIGNS: Final = {"info": ":information_source:", "warning": ":warning:", "critical": ":rotating_light:"}


def slack_message(message: Message) -> dict[str, Any]:
    """The JSON to post."""
    words = language(message)
    if len(message.notices) == 1:
        blocks = _blocks(words, message.notices[0])
    else:
        lines = [_line(words, notice) for notice in message.notices[:_MOST_IN_A_DIGEST]]
        blocks = [_header(words.subject(message)), *(_section(line) for line in lines)]
    return {"text": _escaped(words.subject(message))[:_SECTION_CHARS], "blocks": blocks}


def _blocks(words: Words, notice: Notice) -> list[dict[str, Any]]:
    facts = " · ".join(f"{label}: {value}" for label, value in shown_facts(words, notice))
    blocks = [
        _header(words.headline(notice)),
        _section(f"{_sign(notice)} {_escaped(words.title(notice))}"),
        {"type": "context", "elements": [{"type": "mrkdwn", "text": _escaped(facts)[:_SECTION_CHARS]}]},
    ]
    if notice.url:
        button = {"type": "button", "text": {"type": "plain_text", "text": words.open_page}, "url": notice.url}
        blocks.append({"type": "actions", "elements": [button]})
    return blocks


def _line(words: Words, notice: Notice) -> str:
    title = _escaped(f"{words.headline(notice)}: {words.title(notice)}")
    return f"{_sign(notice)} " + (f"<{_escaped(notice.url)}|{title.replace('|', '¦')}>" if notice.url else title)


def _sign(notice: Notice) -> str:
    return ":white_check_mark:" if notice.transition == "resolved" else _SIGNS[notice.severity]


def _header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text[:_HEADER_CHARS], "emoji": True}}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:_SECTION_CHARS]}}


def _escaped(text: str) -> str:
    """Slack's three control characters, so that no title becomes a mention or a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
