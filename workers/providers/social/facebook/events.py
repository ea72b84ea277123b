"""Facebook's webhooks in Wasl's words: hints, after which the page is asked."""

from __future__ import annotations

from collections.abc import Iterator

from workers.providers.events import CanonicalEvent
from workers.providers.social.meta.webhooks import Change, changes


def parse(body: bytes) -> list[CanonicalEvent]:
    """What a verified delivery says of pages. :raises MalformedPayload: not in Meta's format."""
    return [event for change in changes(body, "page") for event in _events(change)]


def _events(change: Change) -> Iterator[CanonicalEvent]:
    if change.field == "leadgen" and (lead := change.value.get("leadgen_id")):
        yield CanonicalEvent(
            type="lead.captured",
            occurred_at=change.at,
            provider_type="leadgen",
            provider_account_id=change.account_id,
            provider_lead_id=str(lead),
        )
    if change.field == "feed" and (post := change.value.get("post_id")):
        item, verb = str(change.value.get("item")), str(change.value.get("verb"))
        said = item == "comment" and verb == "add"
        yield CanonicalEvent(
            type="social.comment_created" if said else "social.post_changed",
            occurred_at=change.at,
            provider_type=f"feed.{item}.{verb}",
            provider_account_id=change.account_id,
            provider_post_id=str(post),
        )
