"""Comments below posts, and the answers to them.

Facts: Microsoft's page *Comments API*. A post's list has its first level; who answers to a comment is in the list of
that comment. There is no third level: who answers an answer answers the comment above it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import unquote

from workers.providers.base import Answer
from workers.providers.errors import NotFound, ProviderError
from workers.providers.social.linkedin.manifest import LONGEST_COMMENT
from workers.providers.social.linkedin.objects import comment_from, comment_text, has_answers
from workers.providers.social.linkedin.paging import COUNT, Item, Walk, read_cursor, write_cursor
from workers.providers.social.linkedin.requests import (
    COMMENT_URN,
    POST_URN,
    comment_body,
    encoded,
    milliseconds,
    unknown_account,
)
from workers.providers.social.linkedin.text import same
from workers.providers.social.linkedin.wire import LinkedInWire
from workers.providers.social.models import (
    CommentPage,
    CommentRequest,
    CommentResult,
    ExistingComment,
    ExistingPost,
)

_SKEW_SECONDS: Final = 60


class LinkedInComments(LinkedInWire):
    """Reads and writes comments."""

    async def list_comments(self, post: ExistingPost, *, cursor: str | None) -> CommentPage:
        """One page of a post's comments, or of the answers to one of them: a page has what was answered to in its
        cursor, and those answers follow it."""
        operation = "list_comments"
        self._require_post(operation, post)
        try:
            place = read_cursor(cursor)
            walk = Walk.read(place["walk"]) if place.get("walk") else None
            below = Walk.read(place.get("below") or {})
            answered = [str(each) for each in _listed(place.get("answered"))]
        except (ValueError, KeyError) as error:
            raise self._refuse(operation, "cursor", "is not one of this list's") from error
        actor = post.account.id
        if answered:
            found, further = await self._comments(operation, answered[0], below)
            comments = tuple(comment_from(each, actor, answered[0]) for each in found)
            rest = answered if further else answered[1:]
            following = {"walk": walk and walk.write(), "answered": rest, "below": further and further.write()}
            return CommentPage(comments=comments, next_cursor=write_cursor(following) if rest or walk else None)
        found, further = await self._comments(operation, post.provider_post_id, walk or Walk())
        comments = tuple(comment_from(each, actor) for each in found)
        answered = [each["commentUrn"] for each in found if has_answers(each)]
        following = {"walk": further and further.write(), "answered": answered}
        return CommentPage(comments=comments, next_cursor=write_cursor(following) if answered or further else None)

    async def create_comment(self, request: CommentRequest) -> CommentResult:
        """Comment on a post, or answer a comment there."""
        operation = "create_comment"
        self._require_post(operation, request.post)
        if len(request.text) > LONGEST_COMMENT:
            message = f"LinkedIn takes {LONGEST_COMMENT} characters; the text has {len(request.text)}"
            raise self._refuse(operation, "text", message)
        if request.parent_id is not None and not COMMENT_URN.fullmatch(request.parent_id):
            raise self._refuse(operation, "parent_id", "is not the URN of a comment")
        post, actor = request.post.provider_post_id, request.post.account.id
        body = comment_body(actor, post, request.text, request.parent_id)
        path = f"/socialActions/{encoded(request.parent_id or post)}/comments"
        answer = await self._rest(operation, "POST", path, body=body)
        return await self._created(answer, request)

    async def find_comment(self, request: CommentRequest, *, attempted_at: datetime) -> CommentResult | None:
        """Settle an unknown outcome of `create_comment`, by reading what the account has said there."""
        operation = "find_comment"
        self._require_post(operation, request.post)
        actor, earliest = request.post.account.id, attempted_at.timestamp() - _SKEW_SECONDS
        async for comment in self._all_comments(operation, request.parent_id or request.post.provider_post_id):
            found = comment_from(comment, actor, request.parent_id)
            is_it = found.is_ours and same(comment_text(comment), request.text)
            if is_it and found.created_at.timestamp() >= earliest:
                return found
        self._require_settled(operation, attempted_at)
        return None

    async def delete_comment(self, comment: ExistingComment) -> None:
        """Take a comment away. One that is gone is no error."""
        operation = "delete_comment"
        self._require_post(operation, comment.post)
        named = COMMENT_URN.fullmatch(comment.provider_comment_id)
        if named is None:
            raise self._refuse(operation, "provider_comment_id", "is not the URN of a comment")
        path = f"/socialActions/{encoded(comment.post.provider_post_id)}/comments/{encoded(named[2])}"
        try:
            await self._rest(operation, "DELETE", f"{path}?actor={encoded(comment.post.account.id)}", restli="DELETE")
        except NotFound:
            return

    def _require_post(self, operation: str, post: ExistingPost) -> None:
        if wrong := unknown_account(post.account):
            raise self._refuse(operation, "post.account.id", wrong)
        if not POST_URN.fullmatch(post.provider_post_id):
            raise self._refuse(operation, "provider_post_id", "is not the URN of a LinkedIn post")

    async def _created(self, answer: Answer, request: CommentRequest) -> CommentResult:
        """What was made. Its id is in the header, and its URN in the body, or else in the comment as it is read."""
        post, actor = request.post.provider_post_id, request.post.account.id
        told: Mapping[str, Any] = answer.body if isinstance(answer.body, dict) else {}
        number = unquote(answer.headers.get("x-restli-id") or str(told.get("id") or ""))
        if COMMENT_URN.fullmatch(number):
            told = {**told, "commentUrn": number}
        if not told.get("commentUrn") and number:
            try:
                read = await self._rest(
                    "list_comments", "GET", f"/socialActions/{encoded(post)}/comments/{encoded(number)}"
                )
                told = read.body if isinstance(read.body, dict) else {}
            except ProviderError:
                told = {}
        if not told.get("commentUrn") and number:
            told = {"commentUrn": f"urn:li:comment:({post},{number})"}
        now = milliseconds(datetime.now(UTC))
        asked: dict[str, Any] = {"actor": actor, "message": {"text": request.text}, "created": {"time": now}}
        whole = {**asked, **told}
        return self._parse(answer, lambda _: comment_from(whole, actor, request.parent_id))

    async def _comments(self, operation: str, urn: str, walk: Walk) -> tuple[list[Mapping[str, Any]], Walk | None]:
        """A page of what was said to a post or a comment, and where to go on."""
        going: Walk | None = walk
        while going is not None:
            query = f"start={going.offset}&count={COUNT}"
            answer = await self._rest(operation, "GET", f"/socialActions/{encoded(urn)}/comments?{query}")
            elements, items = self._parse(answer, _with_items)
            taken, going = going.turn(items)
            if elements[taken]:
                return elements[taken], going
        return [], None

    async def _all_comments(self, operation: str, urn: str) -> AsyncIterator[Mapping[str, Any]]:
        walk: Walk | None = Walk()
        while walk is not None:
            found, walk = await self._comments(operation, urn, walk)
            for each in found:
                yield each


def _with_items(body: Any) -> tuple[list[Mapping[str, Any]], list[Item]]:
    elements = list(body["elements"])
    for each in elements:
        comment_from(each, "")
    return elements, [Item(each["commentUrn"]) for each in elements]


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError("not a list")
    return value
