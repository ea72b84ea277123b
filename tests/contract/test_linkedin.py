"""LinkedIn's connector and its twin against what others wrote down of LinkedIn's API (api-evangelist/linkedin), which
publishes no machine-readable document itself.

Where these documents err against Microsoft's pages, the pages are followed; that is the case for

- the prefix ``/rest``, which most of their paths lack, and the doubled slash of some;
- the change of a post, which has ``/posts/{shared ID}/{ugcPosts ID}`` for one URN;
- the edge of followers, ``CompanyFollowedByMember`` for COMPANY_FOLLOWED_BY_MEMBER;
- time intervals, written with dots as in Rest.li 1.0, which the header of 2.0 rules out;
- a single film, which they look up among the images.

They do not have the finder of posts, comments, social metadata, people's figures, the look at a film, the profile, and
no other content of a post than one file. What they have is compared; bodies with their examples, since their schemas
are texts.
"""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import yaml

from sandbox.app import create_app
from tests.contract.claims import assert_claimed
from tests.contract.openapi import OpenApi
from tests.providers.social.linkedin.builders import (
    APP,
    PAGE,
    TOKEN,
    Reader,
    Wire,
    a_comment,
    a_film,
    a_post,
    existing,
    linkedin,
    now,
)
from tests.providers.social.linkedin.test_events import SECRET, notification, payload
from workers.providers.errors import ProviderError
from workers.providers.oauth import CodeExchange, ConsentRequest
from workers.providers.social.linkedin.events import SIGNATURE_HEADER, SIGNED_PREFIX, SOCIAL_ACTIONS
from workers.providers.social.linkedin.manifest import MANIFEST
from workers.providers.social.models import PostEdit

BACK = "https://hub.example/back"
ERRS: dict[tuple[str, str], str] = {("POST", "/posts/{urn}"): "/posts/{shared ID}/{ugcPosts ID}"}
NOT_DESCRIBED = (
    r"GET /v2/userinfo",
    r"GET /rest/posts\?author=.*",
    r"GET /rest/videos/.*",
    r"POST /rest/videos\?action=finalizeUpload",
    r"\w+ /rest/socialActions/.*",
    r"GET /rest/socialMetadata.*",
    r"GET /rest/memberCreatorPostAnalytics.*",
    r"GET /rest/organizational\w+\?.*(shares|ugcPosts|timeIntervals)=.*",
    r"GET /rest/organizationPageStatistics\?.*timeIntervals=.*",
    r"PUT /dms-uploads/.*",
    r"POST /oauth/v2/introspectToken",
)
BODIES = {
    "/posts": "CreateDocumentContentRequest",
    "/posts/{urn}": "UpdateAPostRequest",
    "/images": "InitializeImageUploadRequest",
    "/videos": "InitializeVideoUploadRequest",
}


class Documents:
    """The documents, with their addresses in one writing."""

    def __init__(self, folder: Path) -> None:
        self.content = OpenApi(folder / "linkedin-marketing-content.yml")
        self.community = OpenApi(folder / "linkedin-marketing-community.yml")
        self.texts = {
            path.stem.removeprefix("linkedin-"): yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
            for path in folder.glob("*.yml")
        }

    def operation(self, method: str, path: str) -> dict[str, Any]:
        """What is said of a request.

        :raises AssertionError: nothing.
        """
        plain = re.sub(r"^/rest", "", path)
        wanted = ERRS.get((method, template_of(plain)))
        for document in (self.content, self.community):
            for template, operations in document.document["paths"].items():
                written = re.sub(r"^/+(rest/)?", "/", template)
                pattern = re.sub(r"\{[^}]+\}", "[^/]+", written)
                if method.lower() in operations and (template == wanted or re.fullmatch(pattern, plain)):
                    found: dict[str, Any] = operations[method.lower()]
                    return found
        raise AssertionError(f"{method} {path} is not in the documents")

    def example(self, name: str) -> Any:
        """A body, as an example shows it: JSON in a text in a text, with remarks."""
        text = json.loads(self.content.document["components"]["schemas"][name]["example"])
        return json.loads(re.sub(r"//[^\n]*", "", text))


def template_of(path: str) -> str:
    return re.sub(r"/urn:[^/]+", "/{urn}", path)


def unlike(example: Any, value: Any, place: str = "$") -> list[str]:
    """How a body differs from an example: names that it does not have, and values of another type."""
    if isinstance(example, dict) and isinstance(value, dict):
        unknown = [f"{place}.{name} is not known" for name in value if name not in example]
        known = [fault for name in value if name in example for fault in unlike(example[name], value[name], name)]
        return [*unknown, *known]
    return [] if type(example) is type(value) else [f"{place} is {type(value).__name__}"]


def line_of(request: httpx.Request) -> str:
    return f"{request.method} {request.url.raw_path.decode()}"


def is_described(request: httpx.Request) -> bool:
    if any(re.fullmatch(pattern, line_of(request)) for pattern in NOT_DESCRIBED):
        return False
    if request.url.path == "/rest/posts":
        return "media" in json.loads(request.content).get("content", {"media": None})
    return True


@pytest.fixture(scope="module")
def documents(specs: Path) -> Documents:
    return Documents(specs / "linkedin")


@pytest.fixture(scope="module")
async def requests() -> list[httpx.Request]:
    """Every request that the connector can make."""
    parts = {"uploadUrl": "https://www.linkedin.com/dms-uploads/1", "firstByte": 0, "lastByte": 9}
    film = {"value": {"video": "urn:li:video:V", "uploadToken": "", "uploadInstructions": [parts]}}
    image = {"value": {"image": "urn:li:image:I", "uploadUrl": "https://www.linkedin.com/dms-uploads/1"}}
    stored = httpx.Response(201, headers={"etag": "1"})
    made: dict[str, Any] = {"elements": []}
    role = {"elements": [{"organization": PAGE.id, "role": "ADMINISTRATOR"}]}
    everything = {**APP, "access_token": TOKEN, "refresh_token": "r"}
    picture = {"url": "https://media.example/1.png"}
    prepared = {"media.0": "urn:li:image:I", "media.1": "urn:li:image:J"}
    calls: list[tuple[Any, tuple[Any, ...]]] = [
        (lambda it: it.list_accounts(), ({"sub": "AbC"}, role, role, {"id": 5005})),
        (lambda it: it.prepare_post(a_post(media=[picture]), {}), (image, stored)),
        (lambda it: it.prepare_post(a_post(media=[a_film()]), {}), (film, stored, {}, {"status": "AVAILABLE"})),
        (lambda it: it.publish_post(a_post(), {}), ()),
        (lambda it: it.publish_post(a_post(media=[picture]), prepared), ()),
        (lambda it: it.publish_post(a_post(media=[picture, picture]), prepared), ()),
        (lambda it: it.publish_post(a_post(link={"url": "https://x.ae"}), {}), ()),
        (lambda it: it.get_post(existing()), ()),
        (lambda it: it.edit_post(PostEdit(post=existing(), text="Open")), ()),
        (lambda it: it.delete_post(existing()), ()),
        (lambda it: it.list_posts(PAGE, since=None, cursor=None), ()),
        (lambda it: it.list_comments(existing(), cursor=None), ()),
        (lambda it: it.create_comment(a_comment()), ()),
        (lambda it: it.measure_posts([existing()]), ({"results": {}}, {}, made)),
        (lambda it: it.measure_account(PAGE, now().date()), ({"firstDegreeSize": 1}, made, made)),
        (lambda it: it.inspect_token(), ()),
        (lambda it: it.check_health(), ()),
        (lambda it: it.exchange_code(CodeExchange(code="c", redirect_uri=BACK)), ({"access_token": "a"},)),
        (lambda it: it.refresh_tokens(), ({"access_token": "a"},)),
    ]
    sent: list[httpx.Request] = []
    for call, answers in calls:
        wire = Wire(*answers)
        connector = linkedin(wire, credentials=everything)
        connector.media_reader = Reader(b"0123456789")
        with suppress(ProviderError):
            await call(connector)
        sent += wire.requests
    return sent


def test_every_request_that_is_described_is_as_described(documents: Documents, requests: list[httpx.Request]) -> None:
    described = [request for request in requests if is_described(request)]
    seen = set()
    for request in described:
        path = request.url.path
        if path.startswith("/oauth"):
            assert str(request.url) == documents.texts["authentication"]["schemes"][0]["flows"][0]["tokenUrl"]
            continue
        assert f"https://{request.url.host}" == documents.content.document["servers"][0]["url"]
        operation = documents.operation(request.method, path)
        headers = {each["name"].lower() for each in operation.get("parameters", ()) if each["in"] == "header"}
        assert headers - {"authorization"} <= set(request.headers)
        name = BODIES.get(template_of(path.removeprefix("/rest")))
        if request.method == "POST" and name:
            assert not unlike(documents.example(name), json.loads(request.content))
        seen.add(f"{request.method} {template_of(path)}")
    assert_claimed("linkedin", described, [request for request in requests if not is_described(request)])
    assert seen == {
        "POST /rest/posts",
        "GET /rest/posts/{urn}",
        "POST /rest/posts/{urn}",
        "DELETE /rest/posts/{urn}",
        "POST /rest/images",
        "POST /rest/videos",
        "GET /rest/organizationAcls",
        "GET /rest/organizations/5005",
        "GET /rest/networkSizes/{urn}",
    }


def test_the_check_itself_notices_what_is_wrong(documents: Documents) -> None:
    good = documents.example("CreateDocumentContentRequest")
    assert not unlike(good, good)
    for wrong in ({"author": 5005}, {"visibility": None}, {"text": "x"}, {"content": {"media": {"urn": "x"}}}):
        assert unlike(good, {**good, **wrong}), wrong
    for method, path in (("PATCH", "/rest/posts"), ("GET", "/rest/comments"), ("POST", "/rest/organizations/5005")):
        with pytest.raises(AssertionError):
            documents.operation(method, path)


def test_headers_versions_and_consent_are_as_described(documents: Documents, requests: list[httpx.Request]) -> None:
    conventions = documents.texts["conventions"]
    versioned = [request for request in requests if request.url.path.startswith("/rest/")]
    protocol, version = conventions["protocol"], conventions["versioning"]
    assert {each.headers[protocol["protocol_version_header"]] for each in versioned} == {protocol["protocol_version"]}
    assert {each.headers[version["header"]] for each in versioned} == {MANIFEST.api_version}
    assert version["format"] == "YYYYMM"
    consent = linkedin(Wire(), credentials=APP).consent_url(ConsentRequest(state="s", redirect_uri=BACK))
    flow = documents.texts["authentication"]["schemes"][0]["flows"][0]
    assert consent.startswith(flow["authorizationUrl"] + "?")


def test_webhooks_are_as_described(documents: Documents) -> None:
    described = documents.texts["webhooks"]
    assert described["signature"]["header"] == SIGNATURE_HEADER
    assert described["signature"]["string_to_sign"].startswith(f'"{SIGNED_PREFIX.decode()}"')
    assert described["validation"]["response_body_fields"] == ["challengeCode", "challengeResponse"]
    family = next(each for each in described["event_families"] if each.get("event_type") == SOCIAL_ACTIONS)
    assert set(json.loads(payload())) == {field["name"] for field in family["payload_envelope"]["fields"]}
    assert set(notification()) <= {field["name"] for field in family["notification_schema"]["fields"]}
    assert family["notification_schema"]["dedupe_field"] == "notificationId"


async def test_the_answers_of_the_twin_are_as_described(documents: Documents) -> None:
    hooks: list[bytes] = []

    def receive(request: httpx.Request) -> httpx.Response:
        hooks.append(request.content)
        return httpx.Response(200)

    transport = httpx.ASGITransport(create_app(httpx.MockTransport(receive)))
    headers = {"Authorization": "Bearer sandbox_contract", "LinkedIn-Version": "202607",
               "X-Restli-Protocol-Version": "2.0.0"}  # fmt: skip
    base = "http://127.0.0.1/linkedin"
    schemas, envelope = documents.community, documents.texts["conventions"]["error_envelope"]["fields"]
    async with httpx.AsyncClient(transport=transport, headers=headers) as http:
        page = (await http.get(f"{base}/rest/organizations/5005")).json()
        assert not schemas.faults_of_object("LookupByOrganizationPrimaryResponse200", page)
        assert not schemas.faults_of_object("RetrieveAnAdministeredOrganizationResponse200", page)
        address = f"{base}/rest/networkSizes/urn%3Ali%3Aorganization%3A5005?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
        size = (await http.get(address)).json()
        assert not schemas.faults_of_object("RetrieveOrganizationFollowerCountResponse200", size)
        assert schemas.faults_of_object("RetrieveOrganizationFollowerCountResponse200", {"firstDegreeSize": "7"})
        roles = (await http.get(f"{base}/rest/organizationAcls?q=roleAssignee")).json()
        pagination = documents.texts["conventions"]["pagination"]
        assert set(roles) == {pagination["results_field"], pagination["response_object"]}
        assert set(roles["paging"]) == set(pagination["response_fields"])
        gone = await http.get(f"{base}/rest/posts/urn%3Ali%3Ashare%3A1")
        assert gone.status_code in {each["status"] for each in documents.texts["problem-types"]["problems"]}
        assert {"status", "message"} <= set(gone.json()) & set(envelope)
        connector = linkedin(transport, credentials={"access_token": "sandbox_contract"}, base_url=base)
        made = await connector.publish_post(a_post(), {})
        await http.post(f"{base}/_test/webhook", json={"url": "https://hub.example", "secret": SECRET})
        await http.post(f"{base}/_test/comment", json={"post": made.provider_post_id, "text": "Great"})
        await http.get("http://127.0.0.1/_deliveries?wait=true")
    told = orjson.loads(hooks[0])
    family = documents.texts["webhooks"]["event_families"][0]
    assert set(told) == {field["name"] for field in family["payload_envelope"]["fields"]}
    assert set(told["notifications"][0]) <= {field["name"] for field in family["notification_schema"]["fields"]}
    assert told["notifications"][0]["action"] in family["actions"]
