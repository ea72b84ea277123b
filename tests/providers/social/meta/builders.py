"""Connections to Meta's networks, and what is asked of them, for tests."""

import json
import uuid
from typing import Any
from urllib.parse import parse_qsl

import httpx

from workers.providers.registry import open_connector
from workers.providers.social.facebook import FacebookConnector
from workers.providers.social.instagram import InstagramConnector
from workers.providers.social.models import (
    Account,
    CommentRequest,
    ExistingComment,
    ExistingPost,
    PostRequest,
)

SECRET, TOKEN, APP = "unit-test-secret", "tok-demo-1", "4242"
PROOF = "233bb7ba8f7385f0c8cee6925114e6aba96a4768bbe42feb73747df5333d9511"
"""Of that token under that secret."""
PAGE_TOKEN = "page-token-of-the-unit-tests"
CREDENTIALS = {"client_id": APP, "client_secret": SECRET, "access_token": TOKEN}
PAGE, POST, ACCOUNT, MEDIA = "1001", "1001_2002", "17841400000000001", "3003"
PICTURE = {"url": "https://media.example/a.jpg"}
FILM = {"url": "https://media.example/a.mp4", "kind": "video"}
AT = "2026-11-29T10:00:00+0000"


class Wire:
    """Records requests; answers with what the test put there, else with an empty object.

    An answer is a JSON body, sent with 200, a pair of status and body, a response, an exception, or a function that
    makes one of these of the request. :param page_token: what pages' own tokens are asked for with, if not by the test.
    """

    def __init__(self, *answers: Any, page_token: str | None = PAGE_TOKEN) -> None:
        self.requests: list[httpx.Request] = []
        self.answers = list(answers)
        self.page_token = page_token

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.page_token and request.url.params.get("fields") == "access_token":
            return httpx.Response(200, json={"access_token": self.page_token, "id": PAGE})
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else {}
        answer = answer(request) if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return httpx.Response(status, json=body)

    @property
    def form(self) -> dict[str, str]:
        """The last request's form."""
        return dict(parse_qsl(self.requests[-1].content.decode(), strict_parsing=True))

    @property
    def query(self) -> dict[str, str]:
        """The last request's query, without the proof."""
        return {name: value for name, value in self.requests[-1].url.params.items() if name != "appsecret_proof"}

    @property
    def lines(self) -> list[str]:
        """Method and path of every request, below the version."""
        return [f"{each.method} {each.url.path.removeprefix('/v25.0')}" for each in self.requests]


def facebook(wire: Any, **connection: Any) -> FacebookConnector:
    """A connection to Facebook whose answers are the test's."""
    connector = open_connector("facebook", **_connection(wire, connection))
    assert isinstance(connector, FacebookConnector)
    return connector


def instagram(wire: Any, **connection: Any) -> InstagramConnector:
    """A connection to Instagram whose answers are the test's."""
    connector = open_connector("instagram", **_connection(wire, connection))
    assert isinstance(connector, InstagramConnector)
    return connector


def _connection(wire: Any, connection: dict[str, Any]) -> dict[str, Any]:
    transport = wire if isinstance(wire, httpx.AsyncBaseTransport) else httpx.MockTransport(wire)
    return {"credentials": CREDENTIALS, "transport": transport, **connection}


def a_page() -> Account:
    """A Facebook Page."""
    return Account.model_validate({"id": PAGE, "kind": "page"})


def an_account() -> Account:
    """A professional account."""
    return Account.model_validate({"id": ACCOUNT, "kind": "business"})


def a_post(account: Account | None = None, **changes: Any) -> PostRequest:
    """A text on a page."""
    given = {"post_id": uuid.uuid4(), "account": account or a_page(), "text": "مرحبا & welcome", **changes}
    return PostRequest.model_validate(given)


def a_picture(**changes: Any) -> PostRequest:
    """A picture with a caption on Instagram."""
    return a_post(**{"account": an_account(), "media": [PICTURE], **changes})


def existing(post: str = POST, account: Account | None = None) -> ExistingPost:
    """A post that is there."""
    return ExistingPost(account=account or a_page(), provider_post_id=post)


def a_comment(post: ExistingPost | None = None, **changes: Any) -> CommentRequest:
    """A comment on a post."""
    given = {"comment_id": uuid.uuid4(), "post": post or existing(), "text": "شكرا", **changes}
    return CommentRequest.model_validate(given)


def existing_comment(comment: str = "2002_77", post: ExistingPost | None = None) -> ExistingComment:
    """A comment that is there."""
    return ExistingComment(post=post or existing(), provider_comment_id=comment)


def refusal(code: int, subcode: int | None = None, message: str = "No.", status: int = 400, **more: Any) -> Any:
    """An error as the Graph API answers it."""
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "trace-1", **more}
    return status, {"error": error | ({"error_subcode": subcode} if subcode is not None else {})}


MISSING = refusal(100, 33, "Unsupported get request.")
DONE = {"success": True}


def page_of(*items: Any, after: str | None = None) -> dict[str, Any]:
    """A page of an edge."""
    paging = {"cursors": {"before": "b", "after": after or "last"}}
    return {"data": list(items), "paging": paging | ({"next": "https://graph.facebook.com/x"} if after else {})}


def delivery(about: str, field: str, value: dict[str, Any], account: str = PAGE) -> bytes:
    """A webhook's body in ASCII, as Meta sends it."""
    change = {"id": account, "time": 1767225600, "changes": [{"field": field, "value": value}]}
    return json.dumps({"object": about, "entry": [change]}).encode("ascii")
