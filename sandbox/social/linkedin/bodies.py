"""Reading what is sent as strictly as LinkedIn's documentation is written: Rest.li's queries, posts, comments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from sandbox.social.linkedin.errors import invalid

LONGEST_TEXT, LONGEST_COMMENT, MOST_IMAGES = 3000, 1250, 20
_ELEMENT = re.compile(
    r"\\(.)|\{hashtag\|\\#\|((?:\\.|[^|{}\\])+)\}|@\[((?:\\.|[^\]\\])*)\]\(urn:li:\w+:[\w-]+\)|([^\\<>~_|\[\]*(){}@])",
    re.DOTALL,
)
_POST_KEYS = {
    "author",
    "commentary",
    "visibility",
    "distribution",
    "content",
    "lifecycleState",
    "isReshareDisabledByAuthor",
}

Object = dict[str, Any]


def read_query(raw: bytes) -> dict[str, str]:
    """A query by name, still encoded: Rest.li's syntax must not be, and what is in it must."""
    pairs = (pair.partition("=") for pair in raw.decode("ascii").split("&") if pair)
    query = {name: value for name, _, value in pairs}
    for name, value in query.items():
        if value.lower().startswith(("list%28", "%28")) or "urn:" in value:
            raise invalid(f"Invalid query parameter: {name}")
    return query


def urn_of(query: Mapping[str, str], name: str) -> str:
    """A parameter that is a URN."""
    value = unquote(query.get(name, ""))
    if not value.startswith("urn:li:"):
        raise invalid(f"Query parameter {name} is required")
    return value


def list_of(query: Mapping[str, str], name: str) -> list[str]:
    """A parameter that is a list of URNs; empty where it is not given."""
    if name not in query:
        return []
    found = re.fullmatch(r"List\(([^()]*)\)", query[name])
    if found is None:
        raise invalid(f"Query parameter {name} is no list")
    return [unquote(each) for each in found[1].split(",") if each]


def day_of(query: Mapping[str, str]) -> tuple[int, int] | None:
    """The time interval that is asked for, in milliseconds; None: all the time."""
    if "timeIntervals" not in query:
        return None
    pattern = r"\(timeRange:\(start:(\d{13}),end:(\d{13})\),timeGranularityType:(?:DAY|MONTH)\)"
    found = re.fullmatch(pattern, query["timeIntervals"])
    if found is None or int(found[1]) >= int(found[2]):
        raise invalid("Invalid timeIntervals")
    return int(found[1]), int(found[2])


def page_of(query: Mapping[str, str]) -> tuple[int, int]:
    """Where a page begins, and how long it is."""
    start, count = query.get("start", "0"), query.get("count", "10")
    if not start.isdigit() or not count.isdigit() or not 1 <= int(count) <= 100:
        raise invalid("Invalid start or count")
    return int(start), int(count)


def shown(commentary: str) -> str:
    """A text in the little format as people see it: cut off where a reserved character stands unescaped."""
    parts, place = [], 0
    while place < len(commentary):
        element = _ELEMENT.match(commentary, place)
        if element is None:
            break
        escaped, tag, mention, plain = element.groups()
        parts.append(
            f"#{shown(tag)}" if tag is not None else shown(mention) if mention is not None else escaped or plain
        )
        place = element.end()
    return "".join(parts)


def read_post(body: Any) -> Object:
    """The body of POST /posts."""
    if not isinstance(body, dict) or set(body) - _POST_KEYS:
        raise invalid("Unrecognized fields in the post", "/")
    for name, allowed in (("visibility", {"PUBLIC", "CONNECTIONS"}), ("lifecycleState", {"PUBLISHED"})):
        if body.get(name) not in allowed:
            raise invalid(f"{name} is invalid", name)
    if not isinstance(body.get("distribution"), dict) or body["distribution"].get("feedDistribution") != "MAIN_FEED":
        raise invalid("distribution is required", "distribution")
    check_text(body.get("commentary"), LONGEST_TEXT)
    content = body.get("content", {})
    if not isinstance(content, dict) or len(content) > 1 or set(content) - {"media", "multiImage", "article"}:
        raise invalid("content has to be one of media, multiImage and article", "content")
    if not content and not body["commentary"].strip():
        raise invalid("commentary is required", "commentary")
    article = content.get("article")
    if article is not None and not (_is_url(article.get("source")) and article.get("title")):
        raise invalid("An article needs a source and a title", "content/article")
    images = content.get("multiImage", {}).get("images")
    if images is not None and not 2 <= len(images) <= MOST_IMAGES:
        raise invalid("multiImage takes 2 to 20 images", "content/multiImage")
    return body


def media_of(content: Mapping[str, Any]) -> list[str]:
    """The files of a post's content."""
    if "media" in content:
        return [content["media"]["id"]]
    return [each["id"] for each in content.get("multiImage", {}).get("images", ())]


def read_patch(body: Any) -> str:
    """The body of a partial update: the new text."""
    changes = body.get("patch", {}).get("$set") if isinstance(body, dict) else None
    if not isinstance(changes, dict) or set(changes) != {"commentary"} or set(body) != {"patch"}:
        raise invalid("Only the commentary can be changed here", "patch")
    check_text(changes["commentary"], LONGEST_TEXT)
    return str(changes["commentary"])


def read_comment(body: Any, target: str) -> Object:
    """The body of POST /socialActions/{target}/comments."""
    if not isinstance(body, dict) or set(body) - {"actor", "object", "message", "parentComment"}:
        raise invalid("Unrecognized fields in the comment", "/")
    if not isinstance(body.get("message"), dict) or not body["message"].get("text") or not body.get("object"):
        raise invalid("message and object are required", "message")
    if len(body["message"]["text"]) > LONGEST_COMMENT:
        raise invalid("The comment is too long", "message")
    if target.startswith("urn:li:comment:") and body.get("parentComment") != target:
        raise invalid("parentComment does not match the address", "parentComment")
    return body


def check_text(text: Any, longest: int) -> None:
    """That it is one, and not too long."""
    if not isinstance(text, str):
        raise invalid("commentary is required", "commentary")
    if len(shown(text)) > longest:
        raise invalid(f"commentary is longer than {longest} characters", "commentary")


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"https?://\S+", value) is not None
