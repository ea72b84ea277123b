"""One of Meta's twins in this process, with the real connectors at the other end of the wire."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from sandbox.app import create_app
from workers.providers.oauth import CodeExchange, ConsentRequest, TokenGrant
from workers.providers.registry import open_connector
from workers.providers.social.models import Account, CommentRequest, ExistingPost, PostRequest, PostResult

URL = "http://sandbox.test"
APP = {"client_id": "4242", "client_secret": "secret-of-the-app"}
BACK = "https://hub.example/oauth/back"
PICTURE = {"url": "https://media.example/a.jpg"}
FILM = {"url": "https://media.example/a.mp4", "kind": "video"}


@dataclass
class Bench:
    """A twin with nothing in it.

    :param delivered: the webhooks that it sent. :param token: a pasted one, of a login of its own.
    """

    key: str
    account: Account
    http: httpx.AsyncClient
    transport: httpx.AsyncBaseTransport
    delivered: list[httpx.Request]
    token: str = field(default_factory=lambda: f"sandbox_{uuid.uuid4().hex}")

    def connect(self, settings: dict[str, Any] | None = None, **credentials: str) -> Any:
        """A connection; with the pasted token, unless another one is given."""
        return open_connector(
            self.key,
            credentials={**APP, "access_token": self.token, **credentials},
            settings=settings,
            base_url=f"{URL}/{self.key}",
            transport=self.transport,
        )

    def post_request(self, **changes: Any) -> PostRequest:
        """A post of a text of its own."""
        given = {"post_id": uuid.uuid4(), "account": self.account, "text": f"مرحبا {uuid.uuid4().hex}", **changes}
        return PostRequest.model_validate(given)

    async def prepared(self, connector: Any, request: PostRequest) -> dict[str, str]:
        """Every step before publishing."""
        data: dict[str, str] = {}
        for _ in range(30):
            step = await connector.prepare_post(request, data)
            data = dict(step.data)
            if step.ready:
                return data
        raise AssertionError("it never got ready")

    async def publish(self, connector: Any, **changes: Any) -> PostResult:
        """A post that came out."""
        request = self.post_request(**changes)
        result: PostResult = await connector.publish_post(request, await self.prepared(connector, request))
        return result

    def existing(self, post: PostResult, **changes: Any) -> ExistingPost:
        """A post that came out, as it is asked about."""
        return ExistingPost(account=self.account, provider_post_id=post.provider_post_id, **changes)

    def comment(self, post: PostResult, **changes: Any) -> CommentRequest:
        """A comment on it."""
        given = {"comment_id": uuid.uuid4(), "post": self.existing(post), "text": f"رد {uuid.uuid4().hex}", **changes}
        return CommentRequest.model_validate(given)

    async def control(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """A control of the twin's, in the world of the pasted token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = await self.http.post(f"{URL}/{self.key}/_test/{path}", json=body or {}, headers=headers)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    async def fault(self, kind: str, path: str = "*", method: str = "POST", **details: Any) -> None:
        """Plan a fault for the next request that matches."""
        fault = {"provider": self.key, "kind": kind, "match": {"method": method, "path": path}, **details}
        planned = await self.http.post(f"{URL}/_faults", json=fault)
        assert planned.status_code == 201, planned.text

    async def state(self) -> dict[str, Any]:
        """What the twin holds."""
        found: dict[str, Any] = (await self.http.get(f"{URL}/_state", params={"provider": self.key})).json()
        return found

    async def consent(self, settings: dict[str, Any] | None = None, **decision: Any) -> TokenGrant:
        """What somebody agrees to in the page, traded for access."""
        connector = open_connector(
            self.key, credentials=APP, settings=settings, base_url=f"{URL}/{self.key}", transport=self.transport
        )
        page = connector.consent_url(ConsentRequest("state-1", BACK))  # type: ignore[attr-defined]
        assert "asks for" in (await self.http.get(page)).text
        answer = await self.http.post(page, data={"decision": "allow", **decision})
        back = httpx.URL(answer.headers["location"])
        assert (str(back.copy_with(query=None)), back.params["state"]) == (BACK, "state-1")
        exchange = CodeExchange(back.params["code"], BACK)
        granted: TokenGrant = await connector.exchange_code(exchange)  # type: ignore[attr-defined]
        return granted

    async def subscribe(self, about: str, fields: str, token: str) -> None:
        """Have what happens on the account told by webhook."""
        app = f"{APP['client_id']}|{APP['client_secret']}"
        steps = (
            (APP["client_id"], "subscriptions", app,
             {"object": about, "callback_url": "https://hub.example/hook", "fields": fields}),
            (self.account.id, "subscribed_apps", token, {"subscribed_fields": fields}),
        )  # fmt: skip
        for node, edge, bearer, form in steps:
            headers = {"Authorization": f"Bearer {bearer}"}
            answer = await self.http.post(f"{URL}/{self.key}/v25.0/{node}/{edge}", data=form, headers=headers)
            assert answer.json() == {"success": True}

    async def told(self) -> list[httpx.Request]:
        """The webhooks so far, when none is under way."""
        await self.http.get(f"{URL}/_deliveries", params={"wait": "true"})
        return self.delivered


@asynccontextmanager
async def bench(key: str, account_id: str, kind: str) -> AsyncIterator[Bench]:
    """A new twin."""
    delivered: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        delivered.append(request)
        return httpx.Response(200)

    app = create_app(webhook_transport=httpx.MockTransport(take), retry_pauses_seconds=(0.0,))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport) as http:
        account = Account.model_validate({"id": account_id, "kind": kind})
        yield Bench(key, account, http, transport, delivered)
