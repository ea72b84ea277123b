"""The arguments of calls about social media as they go over the wire; shared by both colours."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wasl._arguments import Converter, converted, ids, listed, part
from wasl._requests import given, id_text, mapping, text


def social_arguments(**arguments: Any) -> dict[str, Any]:
    """Return the arguments of a call about posts or comments. What is None takes the hub's default.

    Raises:
        TypeError: one is of another type; the message names it.
        InvalidRequest: an identifier is no UUID; `field` names it.
    """
    return converted(given(**arguments), _POST)


def _when(time: datetime | str, field: str) -> str:
    """A moment, or, without a time zone, what a clock on the wall shows."""
    if isinstance(time, datetime):
        return time.isoformat()
    if not isinstance(time, str):
        raise TypeError(f"{field} must be a datetime or a str, not {type(time).__name__}")
    return time


def _media(media: Sequence[Mapping[str, Any]], field: str) -> list[dict[str, Any]]:
    return [part(each, f"{field}.{place}", {}) for place, each in enumerate(listed(media, field))]


def _link(link: Mapping[str, Any], field: str) -> dict[str, Any]:
    return part(link, field, {})


def _variants(variants: Mapping[str, Mapping[str, Any]], field: str) -> dict[str, Any]:
    known = mapping(variants, field)
    return {
        str(name): converted(mapping(each, f"{field}.{name}"), _VARIANT, f"{field}.{name}.")
        for name, each in known.items()
    }


def _unless_none(convert: Converter) -> Converter:
    """In a variant None is said: there is none on this account."""
    return lambda value, field: None if value is None else convert(value, field)


_VARIANT: Mapping[str, Converter] = {
    "media": _unless_none(_media),
    "link": _unless_none(_link),
    "text": text,
    "first_comment": _unless_none(text),
}
_POST: Mapping[str, Converter] = {
    **dict.fromkeys(("post_id", "comment_id", "connection_id"), id_text),
    "account_ids": ids,
    "media": _media,
    "link": _link,
    "variants": _variants,
    "scheduled_at": _when,
    **dict.fromkeys(("text", "first_comment", "provider_post_id"), text),
}
