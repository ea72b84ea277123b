# Made by `wasl sdk sync` from wasl/_async/comments.py: do not edit.
"""`hub.posts.comments`: what people say to posts, and the answers."""

from collections.abc import Iterator
from datetime import datetime

from wasl._requests import Id, call_key, id_text, optional_id
from wasl._social_arguments import social_arguments
from wasl._sync.api import Api
from wasl._sync.operations import Operations
from wasl.rows import CommentStatus
from wasl.social_models import Comment


class Comments:
    """Comments on posts of the organizations that the caller belongs to."""

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    def get(self, comment_id: Id) -> Comment:
        """Return one comment; raises NotFound."""
        return self._api.one(Comment, "social_comments", comment_id, "comment_id")

    def list(
        self,
        *,
        post_id: Id | None = None,
        status: CommentStatus | None = None,
        created_after: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Comment]:
        """Yield comments, newest first; pages are fetched as they are needed."""
        equal = {
            "post_id": optional_id(post_id, "post_id"),
            "status": status,
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Comment, "social_comments", equal, after=created_after, limit=limit)

    def create(
        self, post_id: Id, text: str, *, idempotency_key: str | None = None, wait: float | None = None
    ) -> Comment:
        """Comment on a post as its account.

        Raises:
            Conflict: the post is not published, or its network takes no comments by this way.
            OperationFailed, WaitTimeout: with `wait`: the network refused, or has not answered yet.
        """
        key = call_key(idempotency_key)
        arguments = social_arguments(post_id=post_id, text=text, idempotency_key=key)
        return self._settled(self._api.call(Comment, "comment_on_post", arguments), key, wait)

    def reply(
        self, comment_id: Id, text: str, *, idempotency_key: str | None = None, wait: float | None = None
    ) -> Comment:
        """Answer a comment as the account; raises as `create` does."""
        key = call_key(idempotency_key)
        arguments = social_arguments(comment_id=comment_id, text=text, idempotency_key=key)
        return self._settled(self._api.call(Comment, "reply_to_comment", arguments), key, wait)

    def hide(self, comment_id: Id, *, hidden: bool = True) -> Comment:
        """Hide a comment, or show it again; raises Conflict where the network cannot."""
        arguments = {"comment_id": id_text(comment_id, "comment_id"), "hidden": hidden}
        return self._api.call(Comment, "hide_comment", arguments, repeatable=True)

    def delete(self, comment_id: Id) -> Comment:
        """Take a comment away."""
        arguments = {"comment_id": id_text(comment_id, "comment_id")}
        return self._api.call(Comment, "delete_comment", arguments, repeatable=True)

    def _settled(self, comment: Comment, key: str, wait: float | None) -> Comment:
        if wait is None:
            return comment
        self._operations.wait_for_call(key, comment.organization_id, wait)
        return self.get(comment.id)
