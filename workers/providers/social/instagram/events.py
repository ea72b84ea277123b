"""Instagram's webhooks in Wasl's words: hints, after which the account is asked.

A comment on a part of an album names that part and not the album. What is in ``story_insights`` (sent when a story
ends) is not carried on: the event only says which story to look at, whose figures can be read for 24 hours.
"""

from __future__ import annotations

from collections.abc import Iterator

from workers.providers.events import CanonicalEvent
from workers.providers.social.meta.webhooks import Change, changes

_COMMENTS = frozenset({"comments", "live_comments"})


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a verified delivery says of accounts. :raises MalformedPayload: not in Meta's format."""
    return [event for change in changes(body, "instagram") for event in _events(change)]


def _events(change: Change) -> Iterator[CanonicalEvent]:
    value = change.value
    media = value.get("media_id") or (value.get("media") or {}).get("id")
    if not media or change.field not in (*_COMMENTS, "mentions", "story_insights"):
        return
    said = change.field in _COMMENTS or (change.field == "mentions" and bool(value.get("comment_id")))
    yield CanonicalEvent(
        type="social.comment_created" if said else "social.post_changed",
        occurred_at=change.at,
        provider_type=change.field,
        provider_account_id=change.account_id,
        provider_post_id=str(media),
    )
