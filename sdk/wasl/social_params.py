"""What calls about social media take as dicts: their keys, for readers and for type checkers."""

from typing import Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict

PostFormat: TypeAlias = Literal["post", "reel", "story"]


class MediaParams(TypedDict):
    """A picture or film, where everybody can fetch it.

    Attributes:
        url: https. The hub looks at the file before anything is published, and finds its size and shape by itself.
        alt_text: what it shows, for those who do not see it.
    """

    url: str
    kind: NotRequired[Literal["image", "video"]]
    alt_text: NotRequired[str | None]


class LinkParams(TypedDict):
    """A page that a post leads to. LinkedIn does not read it by itself: give it a title."""

    url: str
    title: NotRequired[str | None]
    description: NotRequired[str | None]


class PostVariant(TypedDict, total=False):
    """What is different on one account or network; the rest is as for all."""

    text: str
    media: list[MediaParams]
    link: LinkParams | None
    format: PostFormat
    first_comment: str | None
