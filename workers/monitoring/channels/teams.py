"""Alerts as an Adaptive Card, for a workflow of Microsoft Teams that posts what its webhook receives.

The workflow "Post to a channel when a webhook request is received" takes a message whose ``attachments`` are cards, of
at most 28 KB (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook).
"""

from __future__ import annotations

import re
from typing import Any, Final

from workers.monitoring.channels.notice import Message, Notice
from workers.monitoring.channels.words import Words, language, shown_facts

_TEXT_CHARS: Final = 400
_MOST_IN_A_DIGEST: Final = 25
_COLOURS: Final = {"info": "Accent", "warning": "Warning", "critical": "Attention"}
_MARKUP: Final = re.compile(r"([\\`*_\[\]()#+!|~<>-])")


def teams_message(message: Message) -> dict[str, Any]:
    """The JSON to post."""
    words = language(message)
    if len(message.notices) == 1:
        (notice,) = message.notices
        body = _notice(words, notice)
    else:
        body = [_text(words.subject(message), size="Medium", weight="Bolder")]
        for notice in message.notices[:_MOST_IN_A_DIGEST]:
            body.append(_text(f"{words.headline(notice)}: {words.title(notice)}", color=_colour(notice)))
    card: dict[str, Any] = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "rtl": words.direction == "rtl",
        "fallbackText": words.subject(message)[:_TEXT_CHARS],
        "body": body,
        "msteams": {"width": "Full"},
    }
    url = message.notices[0].url
    if url and len(message.notices) == 1:
        card["actions"] = [{"type": "Action.OpenUrl", "title": words.open_page, "url": url}]
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _notice(words: Words, notice: Notice) -> list[dict[str, Any]]:
    facts = [{"title": label, "value": value[:_TEXT_CHARS]} for label, value in shown_facts(words, notice)]
    return [
        _text(words.headline(notice), size="Medium", weight="Bolder", color=_colour(notice)),
        _text(words.title(notice)),
        {"type": "FactSet", "facts": facts},
    ]


def _colour(notice: Notice) -> str:
    return "Good" if notice.transition == "resolved" else _COLOURS[notice.severity]


def _text(text: str, **look: str) -> dict[str, Any]:
    """A text block; what is Markdown in it is shown as it stands."""
    return {"type": "TextBlock", "text": _MARKUP.sub(r"\\\1", text[:_TEXT_CHARS]), "wrap": True, **look}
