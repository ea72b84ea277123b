"""Connections to Mailchimp, and its objects, for tests."""

import json
import uuid
from typing import Any

import httpx

from tests.providers.builders import Respond
from workers.providers.marketing.mailchimp import MailchimpConnector
from workers.providers.marketing.models import ContactRequest
from workers.providers.registry import open_connector

KEY = "0123456789abcdef0123456789abcdef-us21"
TOKEN = "an-oauth-token-of-the-unit-tests"
AUDIENCE = "a1b2c3d4e5"
SARA = "sara@shop.ae"
FIELDS = {
    "merge_fields": [
        {"merge_id": 1, "tag": "FNAME", "name": "First Name", "type": "text", "options": {"size": 25}},
        {"merge_id": 2, "tag": "LNAME", "name": "Last Name", "type": "text", "options": {"size": 25}},
        {"merge_id": 3, "tag": "PHONE", "name": "Phone", "type": "phone", "options": {"phone_format": "none"}},
        {"merge_id": 4, "tag": "SIZE", "name": "Size", "type": "dropdown", "options": {"choices": ["S", "M"]}},
        {"merge_id": 5, "tag": "ADDRESS", "name": "Address", "type": "address", "options": {"default_country": 164}},
    ],
    "list_id": AUDIENCE,
    "total_items": 5,
}


def new_key() -> str:
    """An API key for the twin that nobody has used."""
    return f"sandbox_{uuid.uuid4().hex}-us21"


def mailchimp(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> MailchimpConnector:
    """A connection to Mailchimp whose answers are the test's; jobs are looked at without a pause."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", {"access_token": KEY})
    connection.setdefault("settings", {"audience_id": AUDIENCE})
    connector = open_connector("mailchimp", transport=transport, **connection)
    assert isinstance(connector, MailchimpConnector)
    connector.pauses_seconds = (0.0, 0.0, 0.0)  # type: ignore[misc]
    return connector


def a_contact(email: str | None = SARA, **changes: Any) -> ContactRequest:
    """Somebody who wants mail."""
    given: dict[str, Any] = {"key": str(email), "email": email, "consent": "subscribed"}
    return ContactRequest.model_validate({**given, **changes})


class Wire:
    """Records requests; answers with what the test put there, else that there is no such thing.

    An answer is a JSON body, sent with 200, a pair of status and body, a response, or an exception.
    """

    def __init__(self, *answers: Any) -> None:
        self.requests: list[httpx.Request] = []
        self.answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if self.answers else NOT_FOUND
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return httpx.Response(status, json=body) if body is not None else httpx.Response(status)

    def body(self, place: int = -1) -> dict[str, Any]:
        """A request's body; the last one's by default."""
        sent: dict[str, Any] = json.loads(self.requests[place].content)
        return sent

    @property
    def lines(self) -> list[str]:
        """Method and path of every request, below the version."""
        return [f"{request.method} {request.url.path.removeprefix('/3.0')}" for request in self.requests]


def problem(status: int, title: str, detail: str = "No.", *errors: tuple[str, str]) -> tuple[int, dict[str, Any]]:
    """A refusal."""
    body: dict[str, Any] = {
        "type": "https://mailchimp.com/developer/marketing/docs/errors/",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": "995c5cb0-3280-4a6e-808b-3b096d0bb219",
    }
    if errors:
        body["errors"] = [{"field": field, "message": message} for field, message in errors]
    return status, body


NOT_FOUND = problem(404, "Resource Not Found", "The requested resource could not be found.")


def member(email: str = SARA, status: str = "subscribed", **changes: Any) -> dict[str, Any]:
    """A member as answers show one."""
    return {
        "id": "acb079ea933aba3aaed08a20d3596a1d",
        "email_address": email,
        "status": status,
        "merge_fields": {"FNAME": "سارة", "LNAME": "Khan", "PHONE": "+971501234567", "SIZE": "M", "BIRTHDAY": ""},
        "tags": [{"id": 1, "name": "VIP"}],
        "last_changed": "2026-11-02T08:00:05+00:00",
        "list_id": AUDIENCE,
        **changes,
    }


def written(new: tuple[str, ...] = (), updated: tuple[str, ...] = (), *errors: dict[str, str]) -> dict[str, Any]:
    """The answer to a call with many members."""
    return {
        "new_members": [member(email) for email in new],
        "updated_members": [member(email) for email in updated],
        "errors": list(errors),
        "total_created": len(new),
        "total_updated": len(updated),
        "error_count": len(errors),
    }


def refused(email: str, error: str, code: str = "ERROR_GENERIC", **more: str) -> dict[str, str]:
    """What such an answer says of one."""
    return {"email_address": email, "error": error, "error_code": code, **more}


def exists(email: str) -> dict[str, str]:
    """That one is there already."""
    return refused(email, f"{email} is already a list member", "ERROR_CONTACT_EXISTS")
