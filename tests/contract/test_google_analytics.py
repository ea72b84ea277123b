"""Google Analytics' connector and its twin against Google's own discovery document of the Data API (v1beta, October
2026), and against a third party's description of the Measurement Protocol, which Google describes in prose only.

That description has the validation server at another path than Google's pages and everybody else (``/collect/debug``);
what is sent there is compared with the body of ``/collect``. A discovery document does not tell errors.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from jsonschema import Draft202012Validator

from sandbox.app import create_app
from tests.contract.claims import assert_claimed
from tests.contract.openapi import OpenApi
from tests.providers.marketing.google_analytics.builders import (
    API_SECRET,
    COLLECTED,
    TOKEN,
    analytics,
    event,
    purchase,
    question,
    rows,
)
from tests.support.carrier_wire import Wire
from tests.support.tools.google_analytics import TOOL
from workers.providers.marketing.google_analytics.manifest import API_VERSION, MANIFEST
from workers.providers.marketing.google_analytics.service_account import SCOPE
from workers.providers.marketing.models import AdConsent, ReportRequest
from workers.providers.registry import open_connector


class Discovery:
    """A discovery document of Google's."""

    def __init__(self, path: Path) -> None:
        self.document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        self.schemas = {name: _json_schema(schema) for name, schema in self.document["schemas"].items()}

    def faults(self, name: str, value: Any) -> list[str]:
        """What is wrong with an object of a named schema; a field that it does not have is wrong."""
        whole = {"$ref": f"#/$defs/{name}", "$defs": self.schemas}
        return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(whole).iter_errors(value)]

    def method(self, request: httpx.Request, prefix: str = "/") -> dict[str, Any]:
        """The method that a request is. :raises AssertionError: there is none."""
        path = request.url.path.removeprefix(prefix)
        methods: dict[str, dict[str, Any]] = self.document["resources"]["properties"]["methods"]
        for method in methods.values():
            if path == method["flatPath"].replace("{propertiesId}", "123456789"):
                assert request.method == method["httpMethod"]
                assert not request.url.query
                return method
        raise AssertionError(f"{request.method} {path} is not in the published document")


def _json_schema(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_json_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if isinstance(schema.get("$ref"), str):
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    kept = {name: _json_schema(value) for name, value in schema.items() if name in ("type", "enum", "items")}
    if "properties" in schema:
        kept["properties"] = {name: _json_schema(each) for name, each in schema["properties"].items()}
        kept["additionalProperties"] = False
    if schema.get("format") == "int64":
        kept["pattern"] = "^-?[0-9]+$"
    return kept


@pytest.fixture(scope="module")
def published(specs: Path) -> Discovery:
    return Discovery(specs / "google-analytics" / "analyticsdata.v1beta.json")


@pytest.fixture(scope="module")
def protocol(specs: Path) -> OpenApi:
    return OpenApi(specs / "google-analytics" / "google-analytics-measurement-protocol.yaml")


def faults_of_events(protocol: OpenApi, request: httpx.Request) -> list[str]:
    """What is wrong with a request with events; a field that it does not have is wrong as well."""
    operation = protocol.operation("POST", "/collect")
    known = {parameter["name"] for parameter in operation["parameters"]}
    body = json.loads(request.content)
    fields = protocol.document["components"]["schemas"]["MeasurementPayload"]["properties"]
    query = {name for name, _ in parse_qsl(request.url.query.decode())}
    return [*protocol.faults_of_object("MeasurementPayload", body), *sorted({*query - known, *set(body) - set(fields)})]


@pytest.fixture(scope="module")
async def wire() -> Wire:
    """Every request that the connector can make."""
    made = Wire(*[COLLECTED] * 3, {}, rows(), rows(), {"metrics": []}, {}, token=TOKEN)
    connector = analytics(made)
    consent = AdConsent(user_data=True, personalization=False)
    await connector.send_events([purchase(consent=consent), event(user_id="u-1"), event(client_id=None, user_id="u-2")])
    await connector.check_events([purchase()])
    await connector.run_report(question())
    await connector.run_report(question(dimensions=(), filters={"eventName": "purchase", "date": "20261101"}))
    await connector.check_health()
    await analytics(made, {"api_secret": API_SECRET}).check_health()
    assert not made.answers
    return made


def _of_protocol(wire: Wire) -> list[httpx.Request]:
    return [request for request in wire.requests if request.url.host.endswith("google-analytics.com")]


def test_every_question_is_valid(published: Discovery, wire: Wire) -> None:
    events = _of_protocol(wire)
    asked = [request for request in wire.requests if request not in events]
    names = []
    for request in asked:
        method = published.method(request)
        names.append(method["id"])
        assert SCOPE in method["scopes"]
        assert str(request.url).startswith(published.document["rootUrl"])
        if "request" in method:
            assert not published.faults(method["request"]["$ref"], json.loads(request.content))
    ours = "analyticsdata.properties"
    assert names == [f"{ours}.runReport", f"{ours}.runReport", f"{ours}.getMetadata"]
    assert_claimed("google_analytics", asked, excepted=[each for each in events if _operation(each) == "check_health"])


def _operation(request: httpx.Request) -> str:
    return str(request.extensions["wasl"]["operation"])


def test_every_request_with_events_is_valid(protocol: OpenApi, wire: Wire) -> None:
    requests = _of_protocol(wire)
    assert [request.url.path for request in requests] == ["/mp/collect"] * 3 + ["/debug/mp/collect"] * 2
    assert all(not faults_of_events(protocol, request) for request in requests)
    servers = {server["url"] for server in protocol.document["servers"]}
    assert servers == {f"{MANIFEST.hosts[name]}/mp" for name in ("collect", "collect_eu")}


def test_the_check_itself_notices_what_is_wrong(published: Discovery, protocol: OpenApi, wire: Wire) -> None:
    good = {"dateRanges": [{"startDate": "2026-11-01", "endDate": "yesterday"}], "limit": "10"}
    assert not published.faults("RunReportRequest", good)
    for wrong in (
        {"limit": 10},
        {"limit": "ten"},
        {"dateRange": []},
        {"metrics": ["eventCount"]},
        {"keepEmptyRows": 1},
    ):
        assert published.faults("RunReportRequest", {**good, **wrong}), wrong
    exact = {"stringFilter": {"matchType": "EXACTLY"}}
    assert published.faults("FilterExpression", {"filter": exact})
    request = _of_protocol(wire)[0]
    for wrong_body in ({"client_id": 1}, {"events": [{}] * 26}, {"consent": {"ad_user_data": "yes"}}, {"clients": 1}):
        body = {**json.loads(request.content), **wrong_body}
        assert faults_of_events(protocol, httpx.Request("POST", request.url, json=body)), wrong_body
    with pytest.raises(AssertionError):
        published.method(
            httpx.Request("POST", "https://analyticsdata.googleapis.com/v1beta/properties/123456789:runAll")
        )


async def test_every_answer_of_the_twin_is_valid(published: Discovery, protocol: OpenApi) -> None:
    inner = httpx.ASGITransport(create_app(httpx.MockTransport(lambda _: httpx.Response(200))))
    checked: list[str] = []

    async def record(request: httpx.Request) -> httpx.Response:
        response = await inner.handle_async_request(request)
        await response.aread()
        path = request.url.path.removeprefix("/google_analytics")
        if path.startswith("/v1beta/"):
            name = published.method(request, "/google_analytics/")["response"]["$ref"]
            assert not published.faults(name, response.json())
            checked.append(name)
        elif path.endswith("/debug/mp/collect"):
            assert not protocol.faults_of_object("ValidationResponse", response.json())
            checked.append("ValidationResponse")
        elif path.endswith("/mp/collect"):
            assert str(response.status_code) in protocol.operation("POST", "/collect")["responses"]
            checked.append("collect")
        return httpx.Response(response.status_code, headers=response.headers, content=response.content)

    connector: Any = open_connector(
        "google_analytics",
        credentials=TOOL.account(),
        settings=TOOL.settings,
        base_url="http://127.0.0.1/google_analytics",
        transport=httpx.MockTransport(record),
    )
    await connector.send_events([purchase(), event()])
    await connector.check_events([purchase(), event(properties={"value": 1})])
    wanted = ReportRequest(
        since=date(2020, 1, 1), until=date(2100, 1, 1), metrics=("eventCount",), dimensions=("eventName",)
    )
    assert (await connector.run_report(wanted)).total == 2
    assert (await connector.run_report(wanted.model_copy(update={"until": date(2020, 1, 2)}))).total == 0
    assert (await connector.check_health()).ok
    assert checked == ["collect", "ValidationResponse", "RunReportResponse", "RunReportResponse", "Metadata"]


def test_the_answers_of_the_unit_tests_are_valid(published: Discovery) -> None:
    assert not published.faults("RunReportResponse", rows(("20261101", "purchase", "3", "448.5")))


def test_the_version_is_the_documents(published: Discovery) -> None:
    assert published.document["version"] == API_VERSION
    assert published.document["rootUrl"] == f"{MANIFEST.live_base_url}/"
