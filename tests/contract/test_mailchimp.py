"""Mailchimp's connector and its twin against Mailchimp's own specification (3.0.55, by subjects).

The login host is not described there, nor is what Mailchimp has answered about signing since 2026.
"""

import json
import re
import uuid
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator

from sandbox.app import create_app
from tests.contract.claims import assert_claimed
from tests.contract.openapi import as_json_schema
from tests.providers.marketing.mailchimp.builders import AUDIENCE, a_contact, mailchimp, new_key
from workers.providers.errors import ProviderError
from workers.providers.marketing.mailchimp import MailchimpConnector
from workers.providers.marketing.mailchimp.events import EVENT_TYPES, SIGNATURE_HEADER, TOLERANCE_SECONDS
from workers.providers.marketing.mailchimp.objects import CAMPAIGN_STATUSES, CONSENTS
from workers.providers.marketing.mailchimp.requests import STATUSES
from workers.providers.marketing.models import ContactEvent
from workers.providers.oauth import CodeExchange

Json = Any
URL = "http://127.0.0.1/mailchimp"
_LIST, _MEMBER = "/lists/{list_id}", "/lists/{list_id}/members/{subscriber_hash}"
WHERE = {
    "/ping": "pings",
    "/lists": "lists",
    _LIST: "list-id",
    f"{_LIST}/merge-fields": "merge",
    f"{_LIST}/webhooks": "webhooks",
    f"{_LIST}/members": "members",
    _MEMBER: "members",
    f"{_MEMBER}/tags": "members",
    f"{_MEMBER}/actions/delete-permanent": "members",
    f"{_MEMBER}/events": "events",
    "/campaigns": "campaigns",
    "/reports": "reports",
    "/batches": "batches",
    "/batches/{batch_id}": "batches",
}
"""Which file has which path."""


class Published:
    """The paths of the specification that are used here; its files are large, so no more of them is read."""

    def __init__(self, folder: Path) -> None:
        self._paths = {path: _read(folder / f"mailchimp-{name}-api-openapi.yml", path) for path, name in WHERE.items()}

    def operation(self, method: str, path: str) -> dict[str, Json]:
        """The operation that a request is. :raises AssertionError: there is none."""
        for template, operations in self._paths.items():
            pattern = re.sub(r"\{[a-z_]+\}", "[^/]+", template)
            if re.fullmatch(pattern, path) and method.lower() in operations:
                return cast("dict[str, Json]", operations[method.lower()])
        raise AssertionError(f"{method} {path} is not in the published document")

    def faults_of_request(self, request: httpx.Request, path: str) -> list[str]:
        """What is wrong with a request's body and query."""
        operation = self.operation(request.method, path)
        parameters = operation.get("parameters", [])
        body = next((each["schema"] for each in parameters if each["in"] == "body"), None)
        faults = [] if body is None else _faults(_strict(body), json.loads(request.content))
        if body is None and request.content:
            faults.append("has a body")
        known = {each["name"]: each for each in parameters if each["in"] == "query"}
        for name, text in request.url.params.multi_items():
            if name not in known:
                faults.append(f"{name} is not published")
            elif text not in known[name].get("enum", [text]):
                faults.append(f"{name} is none of its values")
            elif known[name]["type"] == "integer" and int(text) > known[name].get("maximum", int(text)):
                faults.append(f"{name} is too large")
        return faults

    def faults_of_answer(self, response: httpx.Response, path: str) -> list[str]:
        """What is wrong with an answer."""
        answers = self.operation(response.request.method, path)["responses"]
        schema = (answers.get(str(response.status_code)) or answers["default"]).get("schema")
        if schema is None:
            return [] if not response.content else ["has a body"]
        return _faults(schema, response.json())

    def enum(self, method: str, path: str, *names: str) -> set[str]:
        """The values of a field of an answer."""
        found = self.operation(method, path)["responses"]["200"]["schema"]
        for name in names:
            found = found.get("items", found)["properties"][name]
        return set(found["enum"])


def _read(file: Path, path: str) -> dict[str, Json]:
    lines = iter(file.read_text(encoding="utf-8").splitlines(keepends=True))
    block = list(_block(lines, f"  {path}:\n"))
    assert block, f"{file.name} has no {path}"
    found: dict[str, Json] = yaml.load("".join(block), Loader=yaml.CSafeLoader)
    return found


def _block(lines: Iterator[str], head: str) -> Iterator[str]:
    for line in lines:
        if line == head:
            break
    for line in lines:
        if not line.startswith("   "):
            return
        yield line


def _faults(schema: Json, value: Json) -> list[str]:
    validator = Draft202012Validator(as_json_schema(schema))
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


def _strict(schema: Json) -> Json:
    """The schema of a body with no room for fields that are not in it."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: _strict(part) for name, part in schema.items()}
    if isinstance(strict.get("properties"), dict) and "additionalProperties" not in strict:
        strict["additionalProperties"] = False
    return strict


class Recorded(httpx.AsyncBaseTransport):
    """The twin in process; keeps every answer."""

    def __init__(self) -> None:
        self.inner = httpx.ASGITransport(create_app(httpx.MockTransport(lambda _: httpx.Response(200))))
        self.answers: list[httpx.Response] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        await response.aread()
        await request.aread()
        response.request = request
        self.answers.append(response)
        return response

    @property
    def described(self) -> list[tuple[str, httpx.Response]]:
        """The answers that the specification is about, by the path below the version."""
        paths = [(answer.request.url.path.removeprefix("/mailchimp"), answer) for answer in self.answers]
        return [(path, answer) for path, answer in paths if not path.startswith(("/_test", "/login"))]


@pytest.fixture(scope="module")
def published(specs: Path) -> Published:
    return Published(specs / "mailchimp")


@pytest.fixture(scope="module")
def published_events(specs: Path) -> dict[str, Json]:
    text = (specs / "mailchimp" / "mailchimp-marketing-webhooks-asyncapi.yml").read_text(encoding="utf-8")
    document: dict[str, Json] = yaml.load(text, Loader=yaml.CSafeLoader)
    return document


@pytest.fixture(scope="module")
async def twin(specs: Path) -> Recorded:
    """Everything that the connector can ask, and what the twin answered; refusals among it."""
    twin, key = Recorded(), new_key()
    app = {"client_id": "app", "client_secret": "secret"}
    connector = mailchimp(twin, base_url=URL, credentials={"access_token": key, **app})
    stranger = mailchimp(twin, base_url=URL, credentials={"access_token": "an-invalid-token", **app})
    nowhere = mailchimp(twin, base_url=URL, credentials={"access_token": key}, settings={"audience_id": "none"})
    async with httpx.AsyncClient(transport=twin, auth=("any", key)) as http:
        for call in _calls(connector, stranger, nowhere):
            try:
                await call()
            except ProviderError:
                continue
        await http.post(f"{URL}/lists/{AUDIENCE}/webhooks", json=_webhook())
    return twin


def _webhook() -> dict[str, Json]:
    """What the setup of a webhook asks for."""
    webhook = MailchimpConnector.manifest.webhook
    assert webhook is not None
    line = webhook.setup.replace("{webhook_url}", "https://hub.example/webhooks/x")
    body: dict[str, Json] = json.loads(line.partition("-d '")[2].partition("'")[0])
    return body


def _calls(
    connector: MailchimpConnector, stranger: MailchimpConnector, nowhere: MailchimpConnector
) -> Iterator[Callable[[], Awaitable[Any]]]:
    many = [f"{uuid.uuid4().hex}@shop.ae" for _ in range(5)]
    told: dict[str, Any] = {"first_name": "سارة", "phone": "+971501234567", "fields": {"COMPANY": "Souk"}}
    event = {"email": many[0], "name": "purchased", "properties": {"order": "1"}, "occurred_at": datetime.now(UTC)}
    since = datetime(2026, 1, 1, tzinfo=UTC)
    last = {"consent": "unsubscribed", "tags": ["B"], "untags": ["A"]}
    yield lambda: connector.upsert_contacts([a_contact(many[0], **told)])
    yield lambda: connector.upsert_contacts([a_contact(email, **told, tags=["A"]) for email in many])
    yield lambda: connector.upsert_contacts([a_contact(many[1], **last)])
    yield lambda: connector.upsert_contacts([a_contact("nobody@nowhere.invalid")])
    yield lambda: connector.upsert_contacts([a_contact("nobody@nowhere.invalid"), a_contact(many[2])])
    yield lambda: connector.find_contact(many[0])
    yield lambda: connector.tag_contact(many[0], ["A"], ["B"])
    yield lambda: connector.note_contact_event(ContactEvent.model_validate(event))
    yield lambda: connector.list_contacts(since=since, cursor=None)
    yield lambda: connector.list_fields()
    yield lambda: connector.list_audiences(cursor=None)
    yield lambda: connector.list_campaigns(since=since, cursor=None)
    yield lambda: connector.forget_contact(many[4])
    yield lambda: connector.check_health()
    yield lambda: connector.exchange_code(CodeExchange("no-code", "https://hub.example"))
    yield lambda: stranger.check_health()
    yield lambda: nowhere.upsert_contacts([a_contact(many[0])])
    yield lambda: connector.find_contact("nobody@shop.ae")


def test_every_request_is_valid(published: Published, twin: Recorded) -> None:
    for path, answer in twin.described:
        assert not published.faults_of_request(answer.request, path), f"{answer.request.method} {path}"
    requests = [answer.request for _, answer in twin.described if "wasl" in answer.request.extensions]
    assert_claimed("mailchimp", requests)


def test_every_answer_of_the_twin_is_valid(published: Published, twin: Recorded) -> None:
    for path, answer in twin.described:
        assert not published.faults_of_answer(answer, path), f"{answer.request.method} {path}: {answer.status_code}"
    assert {200, 204, 400, 401, 404} <= {answer.status_code for _, answer in twin.described}


def test_every_path_is_asked(twin: Recorded) -> None:
    asked = {path for path, _ in twin.described}
    templates = {path: re.sub(r"\{[a-z_]+\}", "[^/]+", path) for path in WHERE}
    assert {path for path, pattern in templates.items() if any(re.fullmatch(pattern, each) for each in asked)} == set(
        WHERE
    )


@pytest.mark.parametrize(
    ("method", "path", "wrong"),
    [
        ("PUT", f"/lists/{AUDIENCE}/members/x", {"email_address": "a@b.ae"}),
        ("PUT", f"/lists/{AUDIENCE}/members/x", {"email_address": "a@b.ae", "status_if_new": "archived"}),
        ("PUT", f"/lists/{AUDIENCE}/members/x", {"email_address": "a@b.ae", "status_if_new": "pending", "x": 1}),
        ("POST", f"/lists/{AUDIENCE}", {"members": [{"email_address": "a@b.ae", "status_if_new": "pending"}]}),
        ("POST", f"/lists/{AUDIENCE}", {"update_existing": True}),
        ("POST", f"/lists/{AUDIENCE}/members/x/tags", {"tags": [{"name": "A"}]}),
        ("POST", f"/lists/{AUDIENCE}/members/x/events", {"properties": {"a": "b"}}),
        ("POST", "/batches", {"operations": [{"method": "POST"}]}),
    ],
)
def test_the_check_notices_a_wrong_body(published: Published, method: str, path: str, wrong: Json) -> None:
    request = httpx.Request(method, f"{URL}{path}", json=wrong)
    assert published.faults_of_request(request, path)


def test_the_check_notices_wrong_queries_paths_and_answers(published: Published) -> None:
    for query in ({"limit": "5"}, {"count": "1001"}, {"status": "gone"}):
        request = httpx.Request("GET", f"{URL}/lists/{AUDIENCE}/members", params=query)
        assert published.faults_of_request(request, f"/lists/{AUDIENCE}/members"), query
    with pytest.raises(AssertionError):
        published.operation("PUT", "/ping")
    ping = httpx.Request("GET", f"{URL}/ping")
    assert published.faults_of_answer(httpx.Response(200, json={"health_status": 1}, request=ping), "/ping")
    assert published.faults_of_answer(httpx.Response(401, json={"title": "API Key Invalid"}, request=ping), "/ping")


def test_the_connector_knows_every_status(published: Published) -> None:
    known = published.enum("GET", "/lists/x/members/y", "status")
    assert known == {*CONSENTS, "archived"}
    assert set(STATUSES.values()) == set(CONSENTS)
    assert published.enum("GET", "/campaigns", "campaigns", "status") == set(CAMPAIGN_STATUSES)


def test_the_webhooks_are_those_of_the_guide(published_events: dict[str, Json]) -> None:
    names = {message["name"] for message in published_events["components"]["messages"].values()}
    assert names == set(EVENT_TYPES)
    signature = published_events["channels"]["/"]["x-signature"]
    assert (signature["header"], signature["algorithm"]) == (SIGNATURE_HEADER, "HMAC-SHA256")
    assert signature["tolerance_seconds"] == TOLERANCE_SECONDS
