"""Connections to LinkedIn, and its objects, for tests."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.providers.builders import Respond
from workers.providers.registry import open_connector
from workers.providers.social.linkedin import LinkedInConnector
from workers.providers.social.models import Account, CommentRequest, ExistingPost, Media, PostRequest

TOKEN = "an-access-token-of-the-unit-tests"
APP = {"client_id": "an-app-of-the-unit-tests", "client_secret": "unit-test-secret"}
PAGE = Account.model_validate({"id": "urn:li:organization:5005", "kind": "organization"})
MEMBER = Account.model_validate({"id": "urn:li:person:AbC_12", "kind": "member"})
POST = "urn:li:share:7100000000000000001"
FILM = "urn:li:ugcPost:7100000000000000002"
COMMENT = "urn:li:comment:(urn:li:activity:7100000000000000003,7100000000000000004)"
EMPTY: dict[str, Any] = {"elements": [], "paging": {"start": 0, "count": 25, "links": []}}
A_MOMENT_AGO = timedelta(seconds=2)
A_WHILE_AGO = timedelta(minutes=5)


def linkedin(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> LinkedInConnector:
    """A connection to LinkedIn whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", {"access_token": TOKEN})
    connector = open_connector("linkedin", transport=transport, **connection)
    assert isinstance(connector, LinkedInConnector)
    return connector


class Wire:
    """Records requests; answers with what the test put there, else with 404.

    An answer is a JSON body, sent with 200, a pair of status and body, a response, or an exception.
    """

    def __init__(self, *answers: Any) -> None:
        self.requests: list[httpx.Request] = []
        self.answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else GONE
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return httpx.Response(status, json=body)

    @property
    def body(self) -> dict[str, Any]:
        """The last request's body."""
        sent: dict[str, Any] = json.loads(self.requests[-1].content)
        return sent

    @property
    def lines(self) -> list[str]:
        """Method and address of every request, as they were written."""
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.requests]


class Reader:
    """Reads a file that the test gives, and notes which bytes were asked for."""

    def __init__(self, content: bytes = b"\x89PNG") -> None:
        self.content = content
        self.asked: list[tuple[int, int | None]] = []

    async def read(self, media: Media, first: int = 0, last: int | None = None) -> bytes:
        self.asked.append((first, last))
        return self.content[first : None if last is None else last + 1]


def refusal(status: int, message: str = "No.", **more: Any) -> tuple[int, dict[str, Any]]:
    """An error of the REST API."""
    return status, {"status": status, "message": message, **more}


def duplicate_of(urn: str) -> tuple[int, dict[str, Any]]:
    """The refusal of a text that LinkedIn has already."""
    prefix = "com.linkedin.content.common.exception.BadRequestResponseException"
    fault = {"description": "Duplicate post is detected", "input": {}, "code": "DUPLICATE_POST"}
    return refusal(422, f"{prefix}: Content is a duplicate of {urn}", errorDetails={"inputErrors": [fault]})


GONE = refusal(404, "Could not find entity", code="NOT_FOUND")
FORBIDDEN = refusal(403, "Not enough permissions to access: x.GET.20260701", serviceErrorCode=100)


def made(urn: str = POST) -> httpx.Response:
    """The answer to a new post."""
    return httpx.Response(201, headers={"x-restli-id": urn})


def page(*elements: dict[str, Any]) -> dict[str, Any]:
    """A page of a finder."""
    return {**EMPTY, "elements": list(elements)}


def now() -> datetime:
    return datetime.now(UTC)


def ms(moment: datetime | None = None) -> int:
    """A time as LinkedIn writes it."""
    return int((moment or now()).timestamp() * 1000)


def a_post(**changes: Any) -> PostRequest:
    """A post of a text on a page."""
    given: dict[str, Any] = {"post_id": uuid.uuid4(), "account": PAGE, "text": "New branch in Dubai"}
    return PostRequest.model_validate({**given, **changes})


def a_film(size: int = 10, **changes: Any) -> dict[str, Any]:
    """A film's facts."""
    facts = {"url": "https://media.example/a.mp4", "kind": "video", "content_type": "video/mp4", "bytes": size}
    return {**facts, "seconds": 10, **changes}


def a_comment(**changes: Any) -> CommentRequest:
    """A comment of a page's below its post."""
    given: dict[str, Any] = {"comment_id": uuid.uuid4(), "post": existing(), "text": "شكراً (جداً)"}
    return CommentRequest.model_validate({**given, **changes})


def existing(urn: str = POST, account: Account = PAGE) -> ExistingPost:
    """A post that is there."""
    return ExistingPost(account=account, provider_post_id=urn)


def shown(urn: str = POST, **changes: Any) -> dict[str, Any]:
    """A post as GET shows it; a change to None leaves the field out."""
    post = {
        "id": urn,
        "author": PAGE.id,
        "commentary": "New branch in Dubai",
        "visibility": "PUBLIC",
        "lifecycleState": "PUBLISHED",
        "createdAt": ms(),
        "publishedAt": ms(),
        "lastModifiedAt": ms(),
        **changes,
    }
    return {name: value for name, value in post.items() if value is not None}


def said(urn: str = COMMENT, **changes: Any) -> dict[str, Any]:
    """A comment as a list shows it."""
    comment = {
        "id": urn.rpartition(",")[2].rstrip(")"),
        "commentUrn": urn,
        "actor": "urn:li:person:somebody",
        "object": "urn:li:activity:7100000000000000003",
        "message": {"attributes": [], "text": "Great!"},
        "created": {"actor": "urn:li:person:somebody", "time": ms()},
    }
    return {**comment, **changes}
