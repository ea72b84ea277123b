"""The unified social model: what a post, an edit and a comment have to be, before any network is asked."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from workers.providers.social.models import (
    Account,
    AccountResult,
    CommentRequest,
    CommentResult,
    Engagement,
    ExistingComment,
    ExistingPost,
    Link,
    Media,
    MediaKind,
    PostEdit,
    PostFormat,
    PostPreparation,
    PostRequest,
    PostResult,
)

ACCOUNT = {"id": "urn:li:organization:5005", "kind": "organization"}
# Passes for a card's number, as some ids of networks do.
CARD_LIKE = "4242424242424242"
PICTURE = {"url": "https://media.example/1.png"}
EXISTING = {"account": ACCOUNT, "provider_post_id": "17"}


def a_post(**changes: Any) -> PostRequest:
    return PostRequest.model_validate({"post_id": uuid.uuid4(), "account": ACCOUNT, "text": "Open", **changes})


def test_a_post_is_a_post_unless_it_is_said_to_be_something_else() -> None:
    post = a_post()
    assert (post.format, post.media, post.link) == (PostFormat.POST, (), None)
    assert Media.model_validate(PICTURE).kind is MediaKind.IMAGE


@pytest.mark.parametrize("changes", [{"media": [PICTURE]}, {"link": {"url": "https://example.ae"}}])
def test_a_post_may_do_without_a_text(changes: dict[str, Any]) -> None:
    assert a_post(text="", **changes).text == ""


@pytest.mark.parametrize("text", ["", "   ", "\n\t\u00a0"])
def test_a_post_says_something(text: str) -> None:
    with pytest.raises(ValidationError, match="a post needs a text, a link or media"):
        a_post(text=text)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "x" * 65_001}, "text"),
        ({"media": [PICTURE] * 21}, "media"),
        ({"media": [{"url": "ftp://media.example/1.png"}]}, "media.0.url"),
        ({"media": [{"url": "https://media.example/a b.png"}]}, "media.0.url"),
        ({"media": [{**PICTURE, "kind": "audio"}]}, "media.0.kind"),
        ({"media": [{**PICTURE, "bytes": -1}]}, "media.0.bytes"),
        ({"media": [{**PICTURE, "width": 0}]}, "media.0.width"),
        ({"media": [{**PICTURE, "alt_text": "x" * 1001}]}, "media.0.alt_text"),
        ({"link": {"url": "example.ae"}}, "link.url"),
        ({"link": {"url": "https://example.ae", "title": "x" * 401}}, "link.title"),
        ({"format": "tweet"}, "format"),
        ({"account": {"id": "a b", "kind": "page"}}, "account.id"),
        ({"account": {"id": "a/b", "kind": "page"}}, "account.id"),
        ({"account": {"id": "a?b", "kind": "page"}}, "account.id"),
        ({"account": {"id": "1", "kind": "group"}}, "account.kind"),
        ({"scheduled_at": "2026-12-01"}, "scheduled_at"),
    ],
)
def test_what_is_wrong_is_named_and_never_repeated(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        a_post(**changes)
    (fault,) = wrong.value.errors(include_input=False)
    assert ".".join(map(str, fault["loc"])) == field
    assert "input_value" not in str(wrong.value)


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (Account, {**ACCOUNT, "id": CARD_LIKE}),
        (ExistingPost, {**EXISTING, "provider_post_id": CARD_LIKE}),
        (ExistingComment, {"post": EXISTING, "provider_comment_id": CARD_LIKE}),
        (Media, {"url": f"https://media.example/{CARD_LIKE}.png"}),
        (Link, {"url": f"https://example.ae/{CARD_LIKE}"}),
        (CommentRequest, {"comment_id": uuid.UUID(int=1), "post": EXISTING, "parent_id": CARD_LIKE, "text": "Hi"}),
    ],
    ids=["account", "post", "comment", "media", "link", "parent"],
)
def test_ids_and_addresses_may_look_like_a_card(model: type[BaseModel], fields: dict[str, Any]) -> None:
    assert CARD_LIKE in model.model_validate(fields).model_dump_json()


@pytest.mark.parametrize(
    ("model", "fields"),
    [
        (PostEdit, {"post": EXISTING, "text": f"Pay {CARD_LIKE}"}),
        (CommentRequest, {"comment_id": uuid.UUID(int=1), "post": EXISTING, "text": f"Pay {CARD_LIKE}"}),
        (Link, {"url": "https://example.ae", "title": CARD_LIKE}),
    ],
    ids=["edit", "comment", "link"],
)
def test_texts_may_not(model: type[BaseModel], fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="payment card number"):
        model.model_validate(fields)
    with pytest.raises(ValidationError, match="payment card number"):
        a_post(text=f"Pay {CARD_LIKE}")


def test_an_edit_and_a_comment_have_a_text() -> None:
    for model, fields in ((PostEdit, {"post": EXISTING}),
                          (CommentRequest, {"comment_id": uuid.uuid4(), "post": EXISTING})):  # fmt: skip
        with pytest.raises(ValidationError):
            model.model_validate({**fields, "text": ""})


def test_answers_keep_ids_and_mask_what_people_wrote() -> None:
    post = PostResult(provider_post_id=CARD_LIKE, permalink=f"https://x.ae/{CARD_LIKE}", text=f"Pay {CARD_LIKE}")
    assert (post.provider_post_id, post.permalink) == (CARD_LIKE, f"https://x.ae/{CARD_LIKE}")
    assert post.text is not None
    assert CARD_LIKE not in post.text
    comment = CommentResult(
        provider_comment_id=CARD_LIKE, author_id=CARD_LIKE, text=f"My card {CARD_LIKE}", created_at=datetime.now(UTC)
    )
    assert (comment.provider_comment_id, comment.author_id) == (CARD_LIKE, CARD_LIKE)
    assert CARD_LIKE not in comment.text
    assert PostPreparation(ready=False, data={"media.0": CARD_LIKE}).data == {"media.0": CARD_LIKE}


def test_times_have_a_zone() -> None:
    with pytest.raises(ValidationError):
        PostResult(provider_post_id="1", published_at=datetime(2026, 11, 1))


def test_what_a_network_does_not_tell_is_none() -> None:
    engagement = Engagement(provider_post_id="1")
    told = engagement.model_dump(exclude={"provider_post_id", "found", "reactions_by_type"})
    assert (engagement.found, set(told.values()), engagement.reactions_by_type) == (True, {None}, {})
    account = AccountResult(provider_account_id="1", kind="page", name="Desert Bloom")
    assert (account.followers, account.handle, account.can_publish) == (None, None, True)


def test_what_was_said_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        a_post().text = "Closed"  # type: ignore[misc]
