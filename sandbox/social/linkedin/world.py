"""What one login sees of LinkedIn: its pages, posts, files and comments."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sandbox.social.linkedin.bodies import media_of, shown
from sandbox.social.linkedin.errors import LinkedInError, denied, duplicate, invalid, missing

POSTING_ROLES = {"ADMINISTRATOR", "CONTENT_ADMINISTRATOR", "DIRECT_SPONSORED_CONTENT_POSTER"}
PART_BYTES = 4 * 1024 * 1024

Object = dict[str, Any]


@dataclass
class Organization:
    """A page, and the login's role on it."""

    id: int
    name: str
    role: str
    state: str = "APPROVED"
    followers: int = 120
    page_views: int = 40

    @property
    def urn(self) -> str:
        return f"urn:li:organization:{self.id}"


@dataclass
class Upload:
    """A file: its parts as they arrive, by their first byte, and their ETags."""

    urn: str
    owner: str
    token: str
    ranges: list[tuple[int, int]]
    parts: dict[int, bytes] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    status: str = "WAITING_UPLOAD"
    looks: int = 0


@dataclass
class Post:
    """A post, and how it does."""

    urn: str
    activity: str
    body: Object
    created_at: int
    modified_at: int
    comments: list[Object] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)
    reactions: dict[str, int] = field(default_factory=dict)

    def shown(self) -> Object:
        """As GET shows it."""
        times = {"createdAt": self.created_at, "publishedAt": self.created_at, "lastModifiedAt": self.modified_at}
        return {"id": self.urn, **self.body, **times, "lifecycleStateInfo": {"isEditedByAuthor": False}}


@dataclass
class World:
    """Everything of one login.

    :param now: milliseconds since 1970. :param numbers: of everything that is made. :param publish: sends a
        notification.
    """

    login: str
    now: Callable[[], int]
    numbers: count[int]
    publish: Callable[[World, Object], None]
    organizations: dict[str, Organization] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    versions: set[str] = field(default_factory=lambda: {f"2026{month:02}" for month in range(1, 12)})
    development: bool = False
    refusals: int = 0
    lag_since: int | None = None
    video_looks: int = 1
    video_fails: bool = False
    part_bytes: int = PART_BYTES
    upload_host: str | None = None
    client_secret: str = ""
    webhook: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        for page in (
            Organization(5005, "Desert Bloom Trading", "ADMINISTRATOR"),
            Organization(5006, "Desert Bloom Cafés", "CONTENT_ADMINISTRATOR"),
        ):
            self.organizations[page.urn] = page

    @property
    def member(self) -> str:
        """The profile's URN."""
        return f"urn:li:person:{hashlib.sha256(self.login.encode()).hexdigest()[:10]}"

    # Who may do what.

    def require(self, scopes: tuple[str, ...], author: str, organization: str, person: str, resource: str) -> None:
        """That a call may act as, or see, an author: by scope and by role.

        :param organization: the scope for pages; ``person`` for the login's profile.
        """
        if author == self.member:
            if person not in scopes:
                raise denied(resource)
            return
        page = self.organizations.get(author)
        if page is None or page.state != "APPROVED" or page.role not in POSTING_ROLES:
            raise denied(resource)
        if organization not in scopes and organization == "w_organization_social":
            raise LinkedInError(400, "Organization permissions must be used when using organization as author")
        if organization not in scopes:
            raise denied(resource)

    # Files.

    def initialize(self, kind: str, owner: str, size: int) -> Upload:
        """Begin an upload."""
        parts = range(0, size, self.part_bytes) if kind == "video" else range(1)
        ranges = [(first, min(first + self.part_bytes, size) - 1) for first in parts]
        urn = f"urn:li:{kind}:C4E{next(self.numbers)}"
        upload = Upload(urn, owner, secrets.token_hex(8) if kind == "video" else "", ranges)
        self.uploads[urn] = upload
        return upload

    def store(self, urn: str, first: int, content: bytes) -> str:
        """A part arrives; its ETag."""
        upload = self.uploads.get(urn)
        wanted = next((each for each in upload.ranges if each[0] == first), None) if upload else None
        if upload is None or wanted is None or not content:
            raise LinkedInError(400, "No such upload")
        if ":video:" in urn and len(content) != wanted[1] - wanted[0] + 1:
            raise LinkedInError(400, f"The part has {len(content)} bytes, not those of the range")
        upload.parts[first] = content
        upload.tags[first] = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if ":image:" in urn:
            upload.status = "AVAILABLE"
        return upload.tags[first]

    def finalize(self, request: Object) -> None:
        """All parts of a film are there."""
        upload = self.uploads.get(str(request.get("video")))
        if upload is None or upload.token != request.get("uploadToken"):
            raise invalid("No such upload session")
        if request.get("uploadedPartIds") != [upload.tags.get(first) for first, _ in upload.ranges]:
            raise invalid("uploadedPartIds are not those of the parts, in their order")
        upload.status = "PROCESSING"

    def look(self, urn: str) -> Object:
        """How a film stands."""
        upload = self.uploads.get(urn)
        if upload is None:
            raise missing()
        if upload.status == "PROCESSING":
            upload.looks += 1
            if upload.looks > self.video_looks:
                upload.status = "PROCESSING_FAILED" if self.video_fails else "AVAILABLE"
        return {"id": urn, "owner": upload.owner, "status": upload.status}

    # Posts.

    def post(self, urn: str) -> Post:
        """:raises LinkedInError: there is none."""
        found = next((each for each in self.posts.values() if urn in (each.urn, each.activity)), None)
        if found is None:
            raise missing()
        return found

    def create(self, body: Object) -> Post:
        """Publish."""
        for urn in media_of(body.get("content", {})):
            upload = self.uploads.get(urn)
            if upload is None or upload.owner != body["author"] or upload.status != "AVAILABLE":
                raise invalid(f"{urn} is not available", "content/media")
        compared = ("author", "commentary", "content")
        for each in self.posts.values():
            if all(each.body.get(name) == body.get(name) for name in compared):
                raise duplicate(each.urn)
        number, now = next(self.numbers), self.now()
        kind = "ugcPost" if ":video:" in str(body.get("content")) else "share"
        post = Post(f"urn:li:{kind}:{number}", f"urn:li:activity:{number + 1}", body, now, now)
        next(self.numbers)
        self.posts[post.urn] = post
        return post

    def of_author(self, author: str, by: str) -> list[Post]:
        """An author's posts, the newest first, as far as the list has them."""
        found = [each for each in self.posts.values() if each.body["author"] == author]
        if self.lag_since is not None:
            found = [each for each in found if each.modified_at < self.lag_since]
        key = "created_at" if by == "CREATED" else "modified_at"
        return sorted(found, key=lambda each: (getattr(each, key), each.urn), reverse=True)

    # Comments.

    def comment(self, post: Post, actor: str, text: str, parent: str | None) -> Object:
        """Somebody comments."""
        if parent is not None:
            above = next((each for each in post.comments if each["commentUrn"] == parent), None)
            if above is None or "parentComment" in above:
                raise invalid("parentComment is not a comment of the first level", "parentComment")
        number, now = next(self.numbers), self.now()
        made = {
            "id": str(number),
            "commentUrn": f"urn:li:comment:({post.activity},{number})",
            "actor": actor,
            "object": post.activity,
            "message": {"attributes": [], "text": text},
            "created": {"actor": actor, "time": now},
            "lastModified": {"actor": actor, "time": now},
            **({"parentComment": parent} if parent else {}),
        }
        post.comments.append(made)
        self.notify(post, "ADMIN_COMMENT" if actor == post.body["author"] else "COMMENT")
        return made

    def comments_on(self, target: str) -> list[Object]:
        """What was said to a post or a comment, with what was answered counted."""
        thread = target.partition("(")[2].partition(",")[0] or target
        post = self.post(thread)
        parent = target if target.startswith("urn:li:comment:") else None
        answers = [each.get("parentComment") for each in post.comments]
        return [
            {**each, "commentsSummary": {"aggregatedTotalComments": answers.count(each["commentUrn"])}}
            if answers.count(each["commentUrn"])
            else each
            for each in post.comments
            if each.get("parentComment") == parent
        ]

    def notify(self, post: Post, action: str) -> None:
        """Tell the webhook what happened to a page's post."""
        if post.body["author"] in self.organizations:
            notification = {
                "notificationId": next(self.numbers),
                "organizationalEntity": post.body["author"],
                "action": action,
                "sourcePost": post.urn,
                "lastModifiedAt": self.now(),
                "subscriber": self.member,
            }
            self.publish(self, notification)

    def state(self) -> list[Object]:
        """Every post, as people see it."""
        return [
            {
                "id": each.urn,
                "login": self.login,
                "author": each.body["author"],
                "text": shown(each.body["commentary"]),
                "content": each.body.get("content"),
                "comments": [
                    {"id": said["commentUrn"], "actor": said["actor"], "text": said["message"]["text"]}
                    for said in each.comments
                ],
            }
            for each in self.posts.values()
        ]
