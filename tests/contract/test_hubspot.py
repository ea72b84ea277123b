"""HubSpot's connector and its twin against HubSpot's own OpenAPI documents of August 2026.

Not among them, and therefore excepted: properties, companies, the forms' host, private apps' tokens. Contacts and deals
are checked in three versions of the API; the newest of deals by the document of contacts, whose paths name no kind. It
does not describe partial failures (207), which the twin answers there as in the others.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from sandbox.app import create_app
from sandbox.marketing.hubspot.account import FORM_ID
from tests.contract.claims import assert_claimed
from tests.contract.openapi import OpenApi
from tests.providers.marketing.hubspot.builders import APP, a_contact, a_deal, hubspot, new_token
from workers.providers.errors import ProviderError
from workers.providers.marketing.hubspot import HubSpotConnector
from workers.providers.marketing.hubspot.events import EVENT_TYPES
from workers.providers.marketing.hubspot.manifest import OPTIONAL_SCOPES, SCOPES
from workers.providers.marketing.hubspot.objects import campaign_status
from workers.providers.marketing.models import CompanyRequest, FormSubmission
from workers.providers.oauth import CodeExchange, ConsentRequest

URL = "http://127.0.0.1/hubspot"
BACK = "https://hub.example/back"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
FILES = (
    "account_info_v3",
    "crm_associations_v4",
    "crm_contacts_v3",
    "crm_contacts_2026-03",
    "crm_contacts_2026-09",
    "crm_deals_v3",
    "crm_deals_2026-03",
    "crm_lists_v3",
    "crm_pipelines_v3",
    "marketing_emails_v3",
    "oauth_2026-03",
    "subscriptions_v4",
    "webhooks_v3",
)
EXCEPTED = ("/crm/v3/properties/", "/companies", "/submissions/", "/oauth/v2/private-apps/", "/app/oauth/")


class Document(OpenApi):
    """A document in JSON."""

    def __init__(self, path: Path) -> None:
        self.document = json.loads(path.read_text(encoding="utf-8"))

    def faults_of_request(self, request: httpx.Request, path: str) -> list[str]:
        """What is wrong with a request's query and body, unknown names included."""
        operation = self.operation(request.method, path)
        known = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
        needed = {
            each["name"] for each in operation.get("parameters", ()) if each["in"] == "query" and each["required"]
        }
        sent = set(request.url.params)
        found = [*sorted(sent - known), *(f"{name} is missing" for name in sorted(needed - sent))]
        if "requestBody" not in operation:
            return [*found, *(["a body"] if request.content else [])]
        ((kind, content),) = operation["requestBody"]["content"].items()
        if request.headers["content-type"] != kind:
            return [*found, f"not {kind}"]
        if kind == "application/json":
            body = json.loads(request.content)
        else:
            body = dict(parse_qsl(request.content.decode()))
        return [*found, *self.faults(content["schema"], body), *self.unknown(content["schema"], body)]

    def unknown(self, schema: Any, body: Any, place: str = "$") -> list[str]:
        """Names in a body that the document does not have: its schemas allow any."""
        if "$ref" in schema:
            schema = self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if isinstance(body, list):
            return [fault for each in body for fault in self.unknown(schema["items"], each, f"{place}[]")]
        known = schema.get("properties")
        if not isinstance(body, dict) or known is None:
            return []
        found = [f"{place}.{name}" for name in sorted(body.keys() - known.keys())]
        deeper = (self.unknown(known[name], value, f"{place}.{name}") for name, value in body.items() if name in known)
        return found + [fault for faults in deeper for fault in faults]

    def faults_of(self, response: httpx.Response, path: str) -> list[str]:
        """What is wrong with an answer, that of an error included."""
        answers = self.operation(response.request.method, path)["responses"]
        if response.status_code == httpx.codes.MULTI_STATUS and "/2026-09/" in path:
            return []
        answer = answers.get(str(response.status_code)) or answers["default"]
        if "$ref" in answer:
            answer = self.document["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
        contents = list(answer.get("content", {}).values())
        if not contents:
            return ["a body"] if response.content else []
        return self.faults(contents[0]["schema"], response.json())


@pytest.fixture(scope="module")
def published(specs: Path) -> list[Document]:
    return [Document(specs / "hubspot" / f"{name}.json") for name in FILES]


def document_of(published: list[Document], method: str, path: str) -> Document:
    for each in published:
        try:
            each.operation(method, path)
        except AssertionError:
            continue
        return each
    raise AssertionError(f"no document has {method} {path}")


class Recorded(httpx.AsyncBaseTransport):
    """The twin in process; keeps every answer."""

    def __init__(self) -> None:
        self.inner = httpx.ASGITransport(create_app(httpx.MockTransport(lambda _: httpx.Response(200))))
        self.answers: list[httpx.Response] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        response = await self.inner.handle_async_request(request)
        await response.aread()
        response.request = request
        if "/_test/" not in request.url.path:
            self.answers.append(response)
        return response

    async def connected(self, **settings: Any) -> HubSpotConnector:
        """A connection by consent."""
        connector = hubspot(self, base_url=URL, credentials=APP)
        page = connector.consent_url(ConsentRequest(state="s", redirect_uri=BACK, code_verifier="v" * 43))
        async with httpx.AsyncClient(transport=self.inner) as http:
            back = await http.post(page, data={"decision": "allow"})
        code = httpx.URL(back.headers["location"]).params["code"]
        grant = await connector.exchange_code(CodeExchange(code, BACK, "v" * 43))
        return hubspot(self, base_url=URL, credentials={**APP, **grant.credentials}, settings=settings)


@pytest.fixture(scope="module")
async def recorded(specs: Path) -> Recorded:
    """Every request that the connector can make, with the twin's answers."""
    made = Recorded()
    for version in ("v3", "2026-03", "2026-09"):
        connector = await made.connected(api_version=version, subscription_type_id="7001")
        await everything(connector)
        await connector.refresh_tokens()
        await connector.inspect_token()
    pasted = hubspot(made, base_url=URL, credentials={"access_token": new_token()})
    await pasted.inspect_token()
    await everything(pasted)
    assert not (await hubspot(made, base_url=URL, credentials={"access_token": "pat-unknown"}).check_health()).ok
    return made


async def everything(connector: HubSpotConnector) -> None:
    full = a_contact(
        email="omar@example.ae",
        phone="+971501112222",
        first_name="عمر",
        last_name="علي",
        company="Acme",
        consent="subscribed",
        tags=("vip",),
        untags=("old",),
        fields={"city": "دبي"},
    )
    others = [a_contact(key="2", email="gone@example.ae", consent="unsubscribed")]
    others += [a_contact(key="3", email="sara@example.ae", fields={"nope": "1"})]
    await connector.upsert_contacts([full, *others])
    await connector.find_contact("omar@example.ae")
    await connector.tag_contact("omar@example.ae", ["new"], ["vip"])
    await connector.upsert_deal(a_deal(email="omar@example.ae", closes_at="2026-12-31", won=True))
    await connector.upsert_deal(a_deal(reference="payment-2"))
    await connector.upsert_company(CompanyRequest(name="Acme", domain="acme.ae"))
    await connector.upsert_company(CompanyRequest(name="Acme", domain="acme.ae"))
    fields = {"email": "f@example.ae"}
    await connector.submit_form(FormSubmission(form_id=FORM_ID, fields=fields))
    for read in (connector.list_contacts, connector.list_deals, connector.list_campaigns):
        for since in (None, LONG_AGO):
            page = await read(since=since, cursor=None)
            if page.next_cursor:
                await read(since=since, cursor=page.next_cursor)
    await connector.list_audiences(cursor=None)
    await connector.list_fields()
    await connector.check_health()
    await connector.forget_contact("f@example.ae")
    for refused in (connector.find_contact("nobody@example.ae"), connector.tag_contact("nobody@example.ae", ["x"], [])):
        with pytest.raises(ProviderError):
            await refused


def path_of(request: httpx.Request) -> str:
    return request.url.path.removeprefix("/hubspot")


def is_described(request: httpx.Request) -> bool:
    return not any(part in path_of(request) for part in EXCEPTED)


def test_every_request_is_valid(published: list[Document], recorded: Recorded) -> None:
    requests = [answer.request for answer in recorded.answers]
    described = [request for request in requests if is_described(request)]
    faults = {}
    for request in described:
        path = path_of(request)
        if found := document_of(published, request.method, path).faults_of_request(request, path):
            faults[f"{request.method} {path}"] = found
    assert faults == {}
    assert_claimed("hubspot", described, [request for request in requests if not is_described(request)])


def test_every_answer_of_the_twin_is_valid(published: list[Document], recorded: Recorded) -> None:
    seen: set[int] = set()
    faults = {}
    for answer in recorded.answers:
        if is_described(answer.request):
            path = path_of(answer.request)
            if found := document_of(published, answer.request.method, path).faults_of(answer, path):
                faults[f"{answer.request.method} {path} {answer.status_code}"] = found
            seen.add(answer.status_code)
    assert faults == {}
    assert seen >= {200, 204, 207, 400, 401, 404}


def test_every_path_is_met_in_each_version(recorded: Recorded) -> None:
    seen = {f"{answer.request.method} {path_of(answer.request)}" for answer in recorded.answers}
    for objects in ("/crm/v3/objects", "/crm/objects/2026-03", "/crm/objects/2026-09"):
        for kind in ("contacts", "0-3"):
            expected = {f"POST {objects}/{kind}{tail}" for tail in ("/batch/upsert", "/batch/read", "/search")}
            assert expected | {f"GET {objects}/{kind}"} <= seen
        assert f"POST {objects}/contacts/gdpr-delete" in seen


def test_the_check_itself_notices_what_is_wrong(published: list[Document]) -> None:
    path = "/crm/v3/objects/contacts/batch/upsert"
    document = document_of(published, "POST", path)

    def faults(body: Any, query: str = "") -> list[str]:
        request = httpx.Request("POST", f"https://api.hubapi.com{path}{query}", json=body)
        return document.faults_of_request(request, path)

    good = {"id": "a@b.ae", "idProperty": "email", "properties": {"email": "a@b.ae"}}
    assert not faults({"inputs": [good]})
    for wrong in ({"id": 5}, {"properties": {"email": 5}}, {"properties": None}, {"trace": "1"}):
        assert faults({"inputs": [{**good, **wrong}]}), wrong
    assert faults({"inputs": [good]}, "?more=1")
    assert faults({})
    answer = httpx.Response(200, json={"results": []}, request=httpx.Request("POST", f"https://x{path}"))
    assert document.faults_of(answer, path)
    optional = "/communication-preferences/v4/statuses/a@b.ae/unsubscribe-all"
    preferences = document_of(published, "POST", optional)
    assert preferences.faults_of_request(httpx.Request("POST", f"https://x{optional}"), optional) == [
        "channel is missing"
    ]


def test_scopes_and_events_are_those_of_the_documents(published: list[Document], recorded: Recorded) -> None:
    """Each call is allowed by what the consent asks for."""
    asked = {*SCOPES, *OPTIONAL_SCOPES}
    for request in (answer.request for answer in recorded.answers if is_described(answer.request)):
        operation = document_of(published, request.method, path_of(request)).operation(request.method, path_of(request))
        ways = [set(scopes) for way in operation.get("security", ()) for name, scopes in way.items() if scopes]
        assert not ways or any(way <= asked for way in ways), f"{request.method} {path_of(request)}: {ways}"
    webhooks = published[FILES.index("webhooks_v3")]
    known = webhooks.document["components"]["schemas"]["SubscriptionCreateRequest"]["properties"]["eventType"]["enum"]
    assert set(EVENT_TYPES) <= set(known)


def test_every_state_of_an_email_has_a_word(published: list[Document]) -> None:
    emails = published[FILES.index("marketing_emails_v3")]
    states = emails.document["components"]["schemas"]["PublicEmail"]["properties"]["state"]["enum"]
    words = {"draft", "scheduled", "sending", "sent", "paused", "cancelled"}
    assert {campaign_status(state, None, LONG_AGO) for state in states} <= words
    assert all(campaign_status(state, None, LONG_AGO) == "draft" for state in states if "DRAFT" in state)
