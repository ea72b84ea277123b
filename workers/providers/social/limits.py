"""What is wrong with a post, by its network's limits: told before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from workers.providers.manifest import MediaLimits, PostLimits, SocialFacts
from workers.providers.social.models import Media, MediaKind, PostRequest

_HASHTAG: Final = re.compile(r"(?<![\w#&])#\w+")


@dataclass(frozen=True, slots=True)
class PostProblem:
    """One reason why a network would not take a post.

    :param field: such as ``text`` or ``media.0``.
    """

    field: str
    code: str
    message: str

    def as_dict(self) -> dict[str, str]:
        """As clients see it."""
        return {"field": self.field, "code": self.code, "message": self.message}


def problems_of(post: PostRequest, network: str, facts: SocialFacts) -> list[PostProblem]:
    """Everything that is wrong with a post. What is not known of a file yet is not judged.

    :param network: its name, for the messages.
    """
    limits = next((each for each in facts.formats if each.format is post.format), None)
    if limits is None:
        known = ", ".join(each.format.value for each in facts.formats)
        return [PostProblem("format", "unknown_format", f"{network} has no {post.format.value}; it has: {known}.")]
    return [*_of_text(post, network, limits), *_of_media(post, network, limits)]


def _of_text(post: PostRequest, network: str, limits: PostLimits) -> Iterator[PostProblem]:
    length, tags = len(post.text), len(_HASHTAG.findall(post.text))
    if length > limits.longest_text:
        message = f"{network} takes {limits.longest_text} characters; the text has {length}."
        yield PostProblem("text", "text_too_long", message)
    if limits.most_hashtags is not None and tags > limits.most_hashtags:
        message = f"{network} takes {limits.most_hashtags} hashtags; the text has {tags}."
        yield PostProblem("text", "too_many_hashtags", message)
    if post.link is not None and not limits.links:
        message = f"{network} shows no link in a {limits.format.value}: put it into the text."
        yield PostProblem("link", "link_not_shown", message)
    if post.link is not None and limits.links and post.media:
        message = f"{network} shows either a link or media: put the link into the text."
        yield PostProblem("link", "link_with_media", message)


def _of_media(post: PostRequest, network: str, limits: PostLimits) -> Iterator[PostProblem]:
    if limits.needs_media and not post.media:
        message = f"{network} takes no {limits.format.value} without a picture or film."
        yield PostProblem("media", "media_needed", message)
    kinds = {each.kind for each in post.media}
    if len(kinds) > 1 and not limits.mixes_media:
        yield PostProblem("media", "mixed_media", f"{network} takes either pictures or films in one post.")
    for kind, allowed in ((MediaKind.IMAGE, limits.images), (MediaKind.VIDEO, limits.videos)):
        of_kind = [(place, each) for place, each in enumerate(post.media) if each.kind is kind]
        if not of_kind:
            continue
        if allowed is None:
            yield PostProblem("media", "media_not_taken", f"{network} takes no {kind.value} in this form.")
            continue
        if len(of_kind) > allowed.most:
            message = f"{network} takes {allowed.most} of kind {kind.value} in one post, not {len(of_kind)}."
            yield PostProblem("media", "too_many_media", message)
        for place, each in of_kind:
            yield from _of_file(f"media.{place}", each, network, allowed)


def _of_file(field: str, media: Media, network: str, limits: MediaLimits) -> Iterator[PostProblem]:
    if media.content_type is not None and media.content_type not in limits.types:
        message = f"{network} takes {', '.join(limits.types)}, not {media.content_type}."
        yield PostProblem(field, "media_type", message)
    if _above(media.bytes, limits.most_bytes):
        message = f"{network} takes {limits.most_bytes} bytes at most; the file has {media.bytes}."
        yield PostProblem(field, "media_too_large", message)
    if _above(media.seconds, limits.most_seconds):
        message = f"{network} takes {limits.most_seconds:g} seconds at most; the film runs {media.seconds:g}."
        yield PostProblem(field, "media_too_long", message)
    if _above(limits.least_seconds, media.seconds):
        message = f"{network} takes {limits.least_seconds:g} seconds at least; the film runs {media.seconds:g}."
        yield PostProblem(field, "media_too_short", message)
    if media.width is None or media.height is None:
        return
    if _above(limits.least_width, media.width):
        message = f"{network} takes a width of {limits.least_width} pixels at least, not {media.width}."
        yield PostProblem(field, "media_too_small", message)
    if _above(media.width * media.height, limits.most_pixels):
        message = f"{network} takes {limits.most_pixels} pixels at most, not {media.width * media.height}."
        yield PostProblem(field, "media_too_large", message)
    ratio = media.width / media.height
    if _above(limits.least_ratio, ratio) or _above(ratio, limits.most_ratio):
        shapes = f"{limits.least_ratio} to {limits.most_ratio}"
        message = f"{network} takes shapes (width by height) from {shapes}, not {ratio:.2f}."
        yield PostProblem(field, "media_ratio", message)


def _above(value: float | None, most: float | None) -> bool:
    return value is not None and most is not None and value > most
