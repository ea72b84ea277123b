"""Instagram's twin as a web application, for both logins.

By Facebook Login, two pages with an account each: 17841400000000001 and 17841400000000002; by Instagram Login (under
``/www``, ``/api`` and ``/graph``, where its hosts lie) the first of them. Pasted tokens serve at both. A picture whose
address has ``unreachable`` in it is refused, a film's container becomes an error. Controls, besides those of
`meta.graph`::

    POST containers/{id}/age      it was made a day ago
    POST containers/{id}/fail     {"told"}      it cannot come out
    POST accounts/{id}/quota      {"total"}     how many posts a day
    POST accounts/{id}/media      {"caption"}   the account's people post by themselves
    POST media/{id}/comments      {"text", "name"?, "parent"?}
    POST media/{id}/figures       {"views", "reach", "saved", "shares", "likes", "total_interactions", "too_few"?}
    POST media/{id}/mention       somebody mentions the account there
    POST media/{id}/story_end     a story ends: its figures are told by webhook
    POST tokens/age               Instagram Login's tokens are old enough to be renewed
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from sandbox.consent import Consent, ConsentDesk
from sandbox.deliveries import Deliveries
from sandbox.social.instagram import nodes
from sandbox.social.instagram.accounts import CONTAINER_SECONDS, Accounts
from sandbox.social.meta.access import LONG_SECONDS, PASTED, SHORT_SECONDS, World
from sandbox.social.meta.errors import bad_parameter, bad_token, missing
from sandbox.social.meta.fields import Node, page_of, pick
from sandbox.social.meta.graph import Call, GraphTwin, Handler

FACEBOOK_SCOPES = (
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_insights",
    "pages_show_list",
    "pages_read_engagement",
)
_OWN = "instagram_business_"
RENEWABLE_AFTER_SECONDS = 86400.0


class InstagramTwin(GraphTwin[World]):
    """Every login of one Instagram."""

    key = "instagram"
    about = "instagram"
    scopes = FACEBOOK_SCOPES

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        self.own_desk = ConsentDesk("Instagram", scope_separator=",", prefix="IGAA")
        self.renewable_from: dict[str, float] = {}
        super().__init__(deliveries, now)
        self.accounts = Accounts(self.tell, self.new_id, now)

    def reset(self) -> None:
        """Forget everything."""
        super().reset()
        self.own_desk.reset()
        self.renewable_from.clear()

    def state(self, subject_id: str | None) -> dict[str, Any]:
        """Every post, container and comment; with an id, what has it as its own or in its text."""

        def shown(kind: str) -> list[Node]:
            found = [node for world in self.worlds.values() for node in reversed(world.of_kind(kind))]
            return [each for each in found if subject_id is None or subject_id in (each["id"], each.get("caption"))]

        return {"posts": shown("media"), "containers": shown("container"), "comments": shown("comment")}

    def new_world(self, login: str) -> World:
        """A login with two pages, and their accounts."""
        world = World(login)
        for page_id, name, account_id, username in nodes.PAGES:
            page = {"kind": "page", "id": page_id, "page": page_id, "name": name, "account": account_id}
            account = {"kind": "account", "id": account_id, "page": account_id, "name": name, "username": username}
            world.nodes[page_id] = {**page, "at": self.now()}
            world.nodes[account_id] = {**account, "followers": 800, "quota": 100, "at": self.now()}
        return world

    def routes(self) -> Sequence[BaseRoute]:
        """Those of every network, and Instagram Login's."""
        return [
            *self.own_desk.page_routes("/www/oauth/authorize"),
            Route("/api/oauth/access_token", self._unversioned(self._short), methods=["POST"]),
            Route("/graph/access_token", self._unversioned(self._long), methods=["GET"]),
            Route("/graph/refresh_access_token", self._unversioned(self._renew), methods=["GET"]),
            *self.graph_routes("/graph"),
            *super().routes(),
        ]

    def handlers(self) -> Mapping[tuple[str, str, str], Handler]:
        """What answers to a method, a kind of node and an edge."""
        accounts, basic, publish = self.accounts, "instagram_basic", "instagram_content_publish"
        comments, insights = "instagram_manage_comments", "instagram_manage_insights"
        return {
            ("GET", "user", ""): Handler(self.user),
            ("GET", "user", "permissions"): Handler(self.permissions),
            ("GET", "user", "accounts"): Handler(self._pages, "pages_show_list"),
            ("GET", "account", ""): Handler(lambda call, node: nodes.account(node, dict(call.asked)), basic),
            ("POST", "account", "media"): Handler(accounts.make, publish),
            ("POST", "account", "media_publish"): Handler(accounts.publish, publish),
            ("GET", "account", "content_publishing_limit"): Handler(accounts.quota, publish),
            ("GET", "account", "media"): Handler(lambda call, node: accounts.shown(call, node, stories=False), basic),
            ("GET", "account", "stories"): Handler(lambda call, node: accounts.shown(call, node, stories=True), basic),
            ("GET", "account", "insights"): Handler(
                lambda call, node: accounts.account_insights(call, node, self.retired_metrics), insights
            ),
            ("POST", "account", "subscribed_apps"): Handler(
                lambda call, node: self.subscribe_account(call, node["id"]), basic
            ),
            ("GET", "container", ""): Handler(accounts.container, basic),
            ("GET", "media", ""): Handler(lambda call, node: nodes.media(call.world, node, dict(call.asked)), basic),
            ("DELETE", "media", ""): Handler(accounts.delete, publish),
            ("GET", "media", "comments"): Handler(accounts.comments, comments),
            ("POST", "media", "comments"): Handler(accounts.answer, comments),
            ("GET", "media", "insights"): Handler(
                lambda call, node: accounts.insights(call, node, self.retired_metrics), insights
            ),
            ("GET", "comment", "replies"): Handler(accounts.comments, comments),
            ("POST", "comment", "replies"): Handler(accounts.answer, comments),
            ("POST", "comment", ""): Handler(accounts.moderate, comments),
            ("DELETE", "comment", ""): Handler(accounts.delete, comments),
        }

    def controls(self) -> Sequence[tuple[str, Callable[[World, Node, Node], Node]]]:
        """See the module's text."""
        return (
            ("containers/{id}/age", lambda world, at, _: self._change(world, at, at=self.now() - CONTAINER_SECONDS)),
            ("containers/{id}/fail", lambda world, at, body: self._change(world, at, status="ERROR", **body)),
            ("accounts/{id}/quota", lambda world, at, body: self._change(world, at, quota=body["total"])),
            ("accounts/{id}/media", self._post),
            ("media/{id}/comments", self._comment),
            ("media/{id}/figures", self._figures),
            ("media/{id}/mention", lambda world, at, _: self._event(world, at, "mentions")),
            ("media/{id}/story_end", lambda world, at, _: self._event(world, at, "story_insights")),
            ("tokens/age", lambda _, __, ___: self._aged()),
        )

    # Tokens.

    def holder(self, token: str) -> tuple[Consent, str | None]:
        """Whose token it is. Instagram Login's scopes stand for those of the same purpose."""
        found = self.own_desk.holder(token)
        if found is None:
            if token.startswith(self.own_desk.prefix):
                raise bad_token(463, "Error validating access token: Session has expired")
            return super().holder(token)
        scopes = tuple(scope.replace(_OWN, "instagram_") for scope in found.scopes)
        return Consent(found.client_id, found.login, scopes), None

    def found(self, call: Call[World], name: str) -> Node:
        """A node by its id; at graph.instagram.com, ``me`` is the account."""
        if name == "me" and call.host:
            return super().found(call, nodes.PAGES[0][2])
        return super().found(call, name)

    def _end(self, subcode: int, login: str | None) -> Node:
        own = self.own_desk.expire(login) if subcode == 463 else self.own_desk.revoke(login)
        return {"ended": super()._end(subcode, login)["ended"] + own}

    async def _short(self, request: Request, parameters: Mapping[str, str]) -> Node:
        self.judge_app(parameters.get("client_id", ""), parameters.get("client_secret", ""))
        if parameters.get("grant_type") != "authorization_code":
            raise bad_parameter("grant_type must be authorization_code")
        consent = self.redeemed(self.own_desk, parameters)
        token = self.own_desk.issue(consent, SHORT_SECONDS)
        user = int(nodes.PAGES[0][2])
        return {"data": [{"access_token": token, "user_id": user, "permissions": ",".join(consent.scopes)}]}

    async def _long(self, request: Request, parameters: Mapping[str, str]) -> Node:
        consent = self.own_desk.holder(parameters.get("access_token", ""))
        if consent is None or parameters.get("grant_type") != "ig_exchange_token":
            raise bad_token(463)
        self.judge_app(consent.client_id, parameters.get("client_secret", ""))
        return self._issued(consent)

    async def _renew(self, request: Request, parameters: Mapping[str, str]) -> Node:
        token = parameters.get("access_token", "")
        if parameters.get("grant_type") != "ig_refresh_token":
            raise bad_parameter("grant_type must be ig_refresh_token")
        if self.now() < self.renewable_from.get(token, 0.0):
            raise bad_parameter("The access token is younger than 24 hours and cannot be refreshed yet")
        consent = self.own_desk.holder(token)
        if consent is None and token.startswith(PASTED):
            consent = self.holder(token)[0]
        if consent is None:
            raise bad_token(463, "Error validating access token: Session has expired")
        return self._issued(consent)

    def _issued(self, consent: Consent) -> Node:
        token = self.own_desk.issue(consent, LONG_SECONDS)
        self.renewable_from[token] = self.now() + RENEWABLE_AFTER_SECONDS
        permissions = ",".join(consent.scopes)
        answer = {"access_token": token, "token_type": "bearer", "expires_in": int(LONG_SECONDS)}
        return {**answer, "permissions": permissions}

    # Controls, and what else is shown.

    def _pages(self, call: Call[World], _: Node) -> Node:
        pages = [page for page in reversed(call.world.of_kind("page")) if page["account"] not in call.world.removed]

        def show(page: Node) -> Node:
            account = call.world.nodes[page["account"]]
            shown = {"id": page["id"], "name": page["name"]}
            linked = {"instagram_business_account": lambda one: nodes.account(account, one.below)}
            return pick({**shown, **linked}, call.asked, "Page", ("name", "id"))

        return page_of(pages, call.parameters, show)

    def _post(self, world: World, at: Node, body: Node) -> Node:
        container = {"media_type": "IMAGE", "film": False}
        return self.accounts.appear(world, self._at(world, at), body.get("caption", ""), container)

    def _comment(self, world: World, at: Node, body: Node) -> Node:
        name = body.get("name", "fatima.ae")
        return self.accounts.say(world, at["id"], body.get("parent"), body["text"], "5000000001", name)

    def _figures(self, world: World, at: Node, body: Node) -> Node:
        figures: Node = self._at(world, at)["figures"]
        figures.update(body)
        return figures

    def _aged(self) -> Node:
        self.renewable_from.clear()
        return {"aged": True}

    def _event(self, world: World, at: Node, name: str) -> Node:
        media = self._at(world, at)
        self.tell(world, media["page"], name, {"media_id": media["id"], "reach": 5})
        return {"told": name}

    def _change(self, world: World, place: Node, **fields: Any) -> Node:
        node = self._at(world, place)
        node.update(fields)
        return {"id": node["id"]}

    def _at(self, world: World, at: Node) -> Node:
        if at["id"] not in world.nodes:
            raise missing(at["id"])
        return world.nodes[at["id"]]
