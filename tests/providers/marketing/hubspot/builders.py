"""Connections to HubSpot, and its objects, for tests."""

import json
import uuid
from typing import Any

import httpx

from tests.providers.builders import Respond
from workers.providers.marketing.hubspot import HubSpotConnector
from workers.providers.marketing.models import ContactRequest, DealRequest
from workers.providers.registry import open_connector

TOKEN = "pat-na1-of-the-unit-tests"
APP = {"client_id": "client-of-the-unit-tests", "client_secret": "secret-of-the-unit-tests"}
TIMES = {"createdAt": "2026-11-01T08:00:00.000Z", "updatedAt": "2026-11-02T08:00:00.000Z", "archived": False}
BATCH = {
    "status": "COMPLETE",
    "startedAt": "2026-11-02T08:00:00.000Z",
    "completedAt": "2026-11-02T08:00:00.100Z",
}


def new_token() -> str:
    """A pasted token of an account that nobody has used."""
    return f"sandbox_{uuid.uuid4().hex}"


def hubspot(respond: Respond | httpx.AsyncBaseTransport, **connection: Any) -> HubSpotConnector:
    """A connection to HubSpot whose answers are the test's."""
    transport = respond if isinstance(respond, httpx.AsyncBaseTransport) else httpx.MockTransport(respond)
    connection.setdefault("credentials", {"access_token": TOKEN})
    connector = open_connector("hubspot", transport=transport, **connection)
    assert isinstance(connector, HubSpotConnector)
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
        answer = self.answers.pop(0) if self.answers else fault(404, "OBJECT_NOT_FOUND", "resource not found")
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return httpx.Response(status, json=body)

    @property
    def body(self) -> Any:
        """The last request's body."""
        return self.bodies[-1]

    @property
    def bodies(self) -> list[Any]:
        """Every request's body; None where there is none."""
        return [json.loads(request.content) if request.content else None for request in self.requests]

    @property
    def lines(self) -> list[str]:
        """Method and path of every request."""
        return [f"{request.method} {request.url.path}" for request in self.requests]


def fault(status: int, category: str, message: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """An error as HubSpot answers it."""
    correlation = "a43683b0-5717-4ceb-80b4-104d02915d8c"
    body = {"status": "error", "message": message, "correlationId": correlation, "category": category, **more}
    return status, body


def wrong_property(name: str, code: str = "PROPERTY_DOESNT_EXIST") -> str:
    """How HubSpot says that a property is wrong."""
    said = f'Property "{name}" does not exist'
    listed = [{"isValid": False, "message": said, "error": code, "name": name, "portalId": 62515}]
    return f"Property values were not valid: {json.dumps(listed)}"


def kept(record_id: str, email: str, trace: str | None = None, *, new: bool = True, **more: str) -> dict[str, Any]:
    """A contact as an upsert answers it."""
    shown = {"id": record_id, "properties": {"email": email, **more}, "new": new, **TIMES}
    return {**shown, "objectWriteTraceId": trace} if trace else shown


def batch(*results: dict[str, Any], errors: list[dict[str, Any]] | None = None) -> Any:
    """A batch's answer: 207 where there are errors."""
    body = {**BATCH, "results": list(results)}
    return (207, {**body, "numErrors": len(errors), "errors": errors}) if errors else body


def batch_error(category: str, message: str, trace: str | None, **context: list[str]) -> dict[str, Any]:
    """One error within a batch's answer."""
    traced = {"objectWriteTraceId": [trace]} if trace else {}
    return {"status": "error", "category": category, "message": message, "context": {**traced, **context}}


def found(*records: dict[str, Any], after: str | None = None, total: int | None = None) -> dict[str, Any]:
    """A page of records."""
    body: dict[str, Any] = {"results": list(records)}
    body |= {"paging": {"next": {"after": after}}} if after else {}
    return {**body, "total": total} if total is not None else body


def record(record_id: str, **properties: Any) -> dict[str, Any]:
    """A record as reading shows it."""
    return {"id": record_id, "properties": properties, **TIMES}


def pipelines() -> dict[str, Any]:
    """One pipeline of four stages, of which HubSpot lists the last one first."""
    stages = [
        ("closedlost", "Closed Lost", "true", "0.0", 3),
        ("closedwon", "Closed Won", "true", "1.0", 2),
        ("new", "New", "false", "0.2", 0),
        ("agreed", "Agreed", "false", "0.9", 1),
    ]
    listed = [
        {
            "id": stage,
            "label": label,
            "displayOrder": place,
            "metadata": {"isClosed": closed, "probability": probability},
            **TIMES,
        }
        for stage, label, closed, probability, place in stages
    ]
    return {"results": [{"id": "default", "label": "Sales Pipeline", "displayOrder": 0, "stages": listed, **TIMES}]}


def a_contact(**changes: Any) -> ContactRequest:
    """A contact with an e-mail address."""
    return ContactRequest.model_validate({"key": "1", "email": "omar@example.ae", **changes})


def a_deal(**changes: Any) -> DealRequest:
    """A deal of AED 99.00 without a contact."""
    money = {"amount": "99.00", "currency": "AED"}
    return DealRequest.model_validate({"reference": "payment-1", "name": "Order 1001", "money": money, **changes})
