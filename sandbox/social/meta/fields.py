"""Reading ``fields=id,comments.limit(0){id}`` and picking those of a node; lists in pages."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.social.meta.errors import bad_parameter

Node = dict[str, Any]
_NAME = re.compile(r"[a-z_0-9]+")
_MODIFIER = re.compile(r"\.([a-z_]+)\(([^()]*)\)")
MOST_PER_PAGE = 100


@dataclass
class Asked:
    """One field: its modifiers, and the fields asked of what is below it."""

    modifiers: dict[str, str] = field(default_factory=dict)
    below: dict[str, Asked] = field(default_factory=dict)


def read_fields(text: str) -> dict[str, Asked]:
    """What is asked for, by name."""
    asked, rest = _read(text)
    if rest:
        raise bad_parameter(f"Syntax error in fields near '{rest[:20]}'")
    return asked


def _read(text: str) -> tuple[dict[str, Asked], str]:
    found: dict[str, Asked] = {}
    while name := _NAME.match(text):
        text, one = text[name.end() :], Asked()
        while modifier := _MODIFIER.match(text):
            one.modifiers[modifier[1]] = modifier[2]
            text = text[modifier.end() :]
        if text.startswith("{"):
            one.below, text = _read(text[1:])
            if not text.startswith("}"):
                raise bad_parameter("Syntax error in fields: a brace is not closed")
            text = text[1:]
        found[name[0]] = one
        if not text.startswith(","):
            break
        text = text[1:]
    return found, text


def pick(shown: Mapping[str, Any], asked: Mapping[str, Asked], kind: str, usual: Sequence[str] = ("id",)) -> Node:
    """The fields that were asked for; those with nothing in them are left out, as Meta does.

    :param shown: every field the node has; a callable is given what is asked of it.
    :param usual: what is shown when nothing is asked for.
    """
    wanted = {**{"id": Asked()}, **(asked or {name: Asked() for name in usual})}
    found: Node = {}
    for name, one in wanted.items():
        if name not in shown:
            text = f"Tried accessing nonexisting field ({name}) on node type ({kind})"
            raise bad_parameter(text)
        value = shown[name](one) if callable(shown[name]) else shown[name]
        if value is not None:
            found[name] = _cut(value, one)
    return found


def _cut(value: Any, one: Asked) -> Any:
    if isinstance(value, dict) and one.below and not ({"data", "summary"} & value.keys()):
        return {name: value[name] for name in one.below if name in value}
    return value


def page_of(
    items: Sequence[Node], parameters: Mapping[str, str], show: Callable[[Node], Node], *, usual_limit: int = 25
) -> Node:
    """One page of items, in their order. A cursor names the item that the page before ended with, so that what is added
    in front meanwhile moves nothing."""
    since, until = moment_of(parameters.get("since")), moment_of(parameters.get("until"))
    kept = [item for item in items if (since or 0) <= item.get("at", 0) and (until is None or item["at"] < until)]
    limit = min(int(parameters.get("limit") or usual_limit), MOST_PER_PAGE)
    start, after = 0, parameters.get("after")
    if after:
        last = base64.urlsafe_b64decode(after.encode()).decode()
        start = next((place + 1 for place, item in enumerate(kept) if item["id"] == last), 0)
    shown = kept[start : start + limit]
    answer: Node = {"data": [show(item) for item in shown]}
    if shown:
        before, last = cursor(shown[0]["id"]), cursor(shown[-1]["id"])
        answer["paging"] = {"cursors": {"before": before, "after": last}}
        if start + limit < len(kept):
            answer["paging"]["next"] = f"https://graph.facebook.com/next?after={last}"
    return answer


def cursor(item_id: str) -> str:
    """Where the page after an item begins."""
    return base64.urlsafe_b64encode(item_id.encode()).decode()


def moment_of(text: str | None) -> float | None:
    """A time in a query: seconds since 1970."""
    try:
        return float(text) if text else None
    except ValueError:
        raise bad_parameter("since and until must be Unix timestamps") from None


def written(at: float) -> str:
    """A time as Meta writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def is_true(text: str | None, usual: bool = False) -> bool:
    """A boolean parameter."""
    return usual if text is None else text.lower() in ("true", "1")
