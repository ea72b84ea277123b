"""Unified requests out of the rows of posts and comments."""

from __future__ import annotations

from workers.providers.errors import InvalidRequest
from workers.providers.social.models import (
    Account,
    AccountKind,
    CommentRequest,
    ExistingComment,
    ExistingPost,
    Link,
    Media,
    PostFormat,
    PostRequest,
)
from workers.store.social import AccountRow, CommentWork, MeasuredPost, PostWork

_ShapedByAccount = PostWork | CommentWork | MeasuredPost | AccountRow


def account_of(work: _ShapedByAccount) -> Account:
    """The account that it is done as."""
    return Account(id=work.provider_account_id, kind=AccountKind(work.account_kind))


def media_of(work: PostWork) -> tuple[Media, ...]:
    """The post's files, with what is known of them."""
    return tuple(Media.model_validate(each) for each in work.media)


def post_request(work: PostWork) -> PostRequest:
    """What is asked of the network.

    :raises pydantic.ValidationError: it cannot be sent as it stands.
    """
    return PostRequest(
        post_id=work.post_id,
        account=account_of(work),
        text=work.text,
        media=media_of(work),
        link=Link.model_validate(work.link) if work.link else None,
        format=PostFormat(work.format),
    )


def existing_post(work: PostWork | CommentWork | MeasuredPost) -> ExistingPost:
    """The post as the network knows it.

    :raises InvalidRequest: it is not published.
    """
    if work.provider_post_id is None:
        raise InvalidRequest("The post is not published.", field="post_id")
    return ExistingPost(
        account=account_of(work), provider_post_id=work.provider_post_id, format=PostFormat(work.format)
    )


def comment_request(work: CommentWork) -> CommentRequest:
    """What is asked of the network. :raises InvalidRequest: the post is not published."""
    return CommentRequest(
        comment_id=work.comment_id,
        post=existing_post(work),
        parent_id=work.provider_parent_id,
        text=work.text,
    )


def existing_comment(work: CommentWork) -> ExistingComment:
    """The comment as the network knows it. :raises InvalidRequest: it is not there."""
    if work.provider_comment_id is None:
        raise InvalidRequest("The comment is not published.", field="comment_id")
    return ExistingComment(post=existing_post(work), provider_comment_id=work.provider_comment_id)
