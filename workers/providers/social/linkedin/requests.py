"""What is sent to LinkedIn: addresses in Rest.li's writing, and bodies.

Facts: Microsoft's pages *Posts API*, *MultiImage API*, *Comments API*, *Images API*, *Videos API*. URNs are
percent-encoded in paths and queries; the parentheses and commas of ``List(…)`` and records must not be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

from workers.providers.social.limits import problems_of
from workers.providers.social.linkedin.manifest import MANIFEST
from workers.providers.social.linkedin.text import little
from workers.providers.social.models import Account, AccountKind, MediaKind, PostRequest

POST_URN: Final = re.compile(r"urn:li:(share|ugcPost):[0-9A-Za-z_-]{1,64}")
COMMENT_URN: Final = re.compile(r"urn:li:comment:\((urn:li:\w+:[\w-]+),([0-9A-Za-z_-]{1,64})\)")
_AUTHORS: Final[Mapping[AccountKind, re.Pattern[str]]] = {
    AccountKind.ORGANIZATION: re.compile(r"urn:li:organization:[0-9]{1,20}"),
    AccountKind.MEMBER: re.compile(r"urn:li:person:[\w-]{1,64}"),
}
_TITLE_CHARS: Final = 400


def encoded(urn: str) -> str:
    """A URN as part of an address."""
    return quote(urn, safe="")


def listed(urns: Iterable[str]) -> str:
    """URNs as Rest.li's list."""
    return f"List({','.join(encoded(urn) for urn in urns)})"


def day_interval(day: date) -> str:
    """One day of UTC as Rest.li's record."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    first, last = milliseconds(begin), milliseconds(begin + timedelta(days=1))
    return f"(timeRange:(start:{first},end:{last}),timeGranularityType:DAY)"


def milliseconds(moment: datetime) -> int:
    """A time as LinkedIn writes it."""
    return int(moment.timestamp() * 1000)


def unknown_account(account: Account) -> str | None:
    """What is wrong with an account; None when it is one of LinkedIn's."""
    pattern = _AUTHORS.get(account.kind)
    if pattern is None:
        return f"LinkedIn has no account of kind {account.kind.value}"
    return None if pattern.fullmatch(account.id) else f"is not the URN of a LinkedIn {account.kind.value}"


def fault(request: PostRequest) -> tuple[str, str] | None:
    """What LinkedIn cannot take of a post: the field and why."""
    assert MANIFEST.social is not None
    if wrong := unknown_account(request.account):
        return "account.id", wrong
    problem = next(iter(problems_of(request, MANIFEST.name, MANIFEST.social)), None)
    if problem is not None:
        return problem.field, problem.message
    sized = ((place, each) for place, each in enumerate(request.media) if each.kind is MediaKind.VIDEO)
    unsized = next((place for place, each in sized if not each.bytes), None)
    return None if unsized is None else (f"media.{unsized}", "LinkedIn has to be told the size of a film")


def media_name(place: int) -> str:
    """Under which name a file's URN is kept between the steps of a preparation."""
    return f"media.{place}"


def media_urns(request: PostRequest, prepared: Mapping[str, str]) -> list[str]:
    """The files of a post at LinkedIn. :raises KeyError: one is not there yet."""
    return [prepared[media_name(place)] for place in range(len(request.media))]


def post_body(request: PostRequest, prepared: Mapping[str, str]) -> dict[str, Any]:
    """A post that is shown at once."""
    body: dict[str, Any] = {
        "author": request.account.id,
        "commentary": little(request.text),
        "visibility": "PUBLIC",
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    if content := _content(request, media_urns(request, prepared)):
        body["content"] = content
    return body


def edit_body(text: str) -> dict[str, Any]:
    """Another text."""
    return {"patch": {"$set": {"commentary": little(text)}}}


def comment_body(actor: str, post_urn: str, text: str, parent: str | None) -> dict[str, Any]:
    """A comment, or an answer to one."""
    body: dict[str, Any] = {"actor": actor, "object": post_urn, "message": {"text": text}}
    return body if parent is None else {**body, "parentComment": parent}


def _content(request: PostRequest, urns: list[str]) -> dict[str, Any] | None:
    described = [
        {"id": urn, **({"altText": media.alt_text} if media.alt_text and media.kind is MediaKind.IMAGE else {})}
        for urn, media in zip(urns, request.media, strict=True)
    ]
    if len(described) > 1:
        return {"multiImage": {"images": described}}
    if described:
        return {"media": described[0]}
    link = request.link
    if link is None:
        return None
    # LinkedIn does not read the page; without a title it would show none.
    title = link.title or (urlsplit(link.url).hostname or link.url)[:_TITLE_CHARS]
    return {
        "article": {
            "source": link.url,
            "title": title,
            **({"description": link.description} if link.description else {}),
        }
    }
