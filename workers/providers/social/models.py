"""The unified social model: what every network is asked, and what every network answers.

Times are aware and UTC. The enumerations' values are those of the database and of the client's surface.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from workers.providers.models import Input, Output, ShortText


class AccountKind(StrEnum):
    """What an account is at its network."""

    PAGE = "page"
    """A Facebook Page."""
    BUSINESS = "business"
    """A professional Instagram account."""
    ORGANIZATION = "organization"
    """A company's page on LinkedIn."""
    MEMBER = "member"
    """A person's profile on LinkedIn."""


class PostFormat(StrEnum):
    """In which form a network shows a post."""

    POST = "post"
    REEL = "reel"
    STORY = "story"


class MediaKind(StrEnum):
    """What a file shows."""

    IMAGE = "image"
    VIDEO = "video"


HttpsUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2048)]
ProviderId = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[^\s/?#]+$")]
"""A network's own id, which goes into paths."""


class Media(Input):
    """A picture or a film of a post.

    :param url: where everybody can fetch it; most networks do that themselves.
    :param alt_text: what it shows, for those who do not see it.
    :param content_type: such as ``image/jpeg``; likewise what follows, it is known once the hub has looked at the file.
    :param bytes: its size. :param seconds: how long a film runs.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"url"})

    url: HttpsUrl
    kind: MediaKind = MediaKind.IMAGE
    alt_text: Annotated[str, StringConstraints(max_length=1000)] | None = None
    content_type: ShortText | None = None
    bytes: int | None = Field(default=None, ge=0)
    width: int | None = Field(default=None, ge=1)
    height: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, ge=0)


class Link(Input):
    """A page that a post leads to. Networks that do not read it themselves show the title and description given."""

    identifiers: ClassVar[frozenset[str]] = frozenset({"url"})

    url: HttpsUrl
    title: Annotated[str, StringConstraints(max_length=400)] | None = None
    description: Annotated[str, StringConstraints(max_length=4000)] | None = None


class Account(Input):
    """The account that something is done as.

    :param id: the network's own id.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"id"})

    id: ProviderId
    kind: AccountKind


class PostRequest(Input):
    """A post on one account."""

    post_id: UUID
    account: Account
    text: Annotated[str, StringConstraints(max_length=65_000)] = ""
    media: tuple[Media, ...] = Field(default=(), max_length=20)
    link: Link | None = None
    format: PostFormat = PostFormat.POST

    @model_validator(mode="after")
    def _says_something(self) -> PostRequest:
        if not (self.text.strip() or self.media or self.link):
            raise ValueError("a post needs a text, a link or media")
        return self


class PostPreparation(Output):
    """How far a post has come before it is published: its files are at the network, nobody sees them yet.

    :param ready: whether `PublishesPosts.publish_post` may be called now.
    :param data: what the next step needs, kept between steps; ids of the network's, never a secret.
    :param wait_seconds: when not ready: how long to wait before asking again.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"data"})

    ready: bool
    data: dict[str, str] = Field(default_factory=dict)
    wait_seconds: float = 0.0


class ExistingPost(Input):
    """A post that is there."""

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_post_id"})

    account: Account
    provider_post_id: ProviderId
    format: PostFormat = PostFormat.POST


class PostEdit(Input):
    """Another text for a post that is there."""

    post: ExistingPost
    text: Annotated[str, StringConstraints(min_length=1, max_length=65_000)]


class PostResult(Output):
    """A post as its network has it.

    :param permalink: where people see it; it may be known only later.
    :param published_at: when it appeared.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_post_id", "permalink"})

    provider_post_id: str
    permalink: str | None = None
    text: str | None = None
    published_at: AwareDatetime | None = None


class PostPage(Output):
    """A page of an account's posts, the newest first. :param next_cursor: None after the last."""

    posts: tuple[PostResult, ...]
    next_cursor: str | None = None


class AccountResult(Output):
    """An account that the login may work with.

    :param can_publish: whether the login's role at the network lets it post.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_account_id", "picture_url"})

    provider_account_id: str
    kind: AccountKind
    name: str
    handle: str | None = None
    picture_url: str | None = None
    followers: int | None = None
    can_publish: bool = True


class AccountMetrics(Output):
    """An account's audience. What a network does not tell is None, never 0.

    :param day: of the figures that are per day: ``reach``, ``views`` and ``engagements``.
    """

    day: date
    followers: int | None = None
    reach: int | None = None
    views: int | None = None
    engagements: int | None = None


class Engagement(Output):
    """How a post does, counted from its beginning. What a network does not tell is None, never 0.

    :param views: how often it was shown; networks called that impressions.
    :param reach: how many people saw it.
    :param reactions: likes and their kin; ``reactions_by_type`` by the network's own names.
    :param found: False where the network has no such post any more.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_post_id"})

    provider_post_id: str
    found: bool = True
    views: int | None = None
    reach: int | None = None
    reactions: int | None = None
    comments: int | None = None
    shares: int | None = None
    clicks: int | None = None
    saves: int | None = None
    video_views: int | None = None
    reactions_by_type: dict[str, int] = Field(default_factory=dict)


class CommentRequest(Input):
    """A comment of the account's own, on its post or in answer to a comment.

    :param parent_id: the network's id of the comment it answers.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"parent_id"})

    comment_id: UUID
    post: ExistingPost
    parent_id: ProviderId | None = None
    text: Annotated[str, StringConstraints(min_length=1, max_length=8000)]


class CommentResult(Output):
    """A comment as its network has it.

    :param author_name: None where the network does not tell; likewise ``author_id``.
    :param is_ours: whether the account itself wrote it.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_comment_id", "parent_id", "author_id"})

    provider_comment_id: str
    parent_id: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    text: str
    created_at: AwareDatetime
    is_ours: bool = False
    is_hidden: bool = False
    likes: int | None = None


class CommentPage(Output):
    """A page of a post's comments, answers included. :param next_cursor: None after the last."""

    comments: tuple[CommentResult, ...]
    next_cursor: str | None = None


class ExistingComment(Input):
    """A comment that is there."""

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_comment_id"})

    post: ExistingPost
    provider_comment_id: ProviderId


class CapturedLead(Output):
    """Somebody who filled in a network's own form.

    :param answers: by the form's names of the questions.
    """

    identifiers: ClassVar[frozenset[str]] = frozenset({"provider_lead_id", "form_id", "answers"})

    provider_lead_id: str
    form_id: str | None = None
    created_at: AwareDatetime
    answers: dict[str, str]
