"""Facebook's twin as a web application.

Each login has two pages: 100000000000001 and 100000000000002. A file whose address has ``unreachable`` in it cannot be
fetched. The same text twice within ten minutes is refused (506). Controls, besides those of `meta.graph`::

    POST pages/{id}/posts        {"message"}                       the page's people post by themselves
    POST posts/{id}/comments     {"message", "name"?, "parent"?}   somebody comments
    POST posts/{id}/figures      {"views", "reach", "clicks", "reactions": {"like": 3}, "shares", "video_views"}
    POST pages/{id}/leads        {"field_data": [{"name", "values"}], "form_id"?}   somebody fills in a form
    POST films                   {"slow"}                          films become posts only by the next control
    POST videos/{id}/finish                                        a film becomes a post
    POST pages/{id}/tasks        {"tasks": […]}                    what the login's role lets it do
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from sandbox.deliveries import Deliveries
from sandbox.social.facebook import nodes
from sandbox.social.facebook.pages import Pages
from sandbox.social.meta.access import World
from sandbox.social.meta.errors import bad_parameter, missing
from sandbox.social.meta.fields import Node, page_of
from sandbox.social.meta.graph import Call, GraphTwin, Handler

SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_posts",
    "pages_manage_engagement",
    "pages_manage_metadata",
    "read_insights",
    "leads_retrieval",
)


class FacebookTwin(GraphTwin[World]):
    """Every login of one Facebook."""

    key = "facebook"
    about = "page"
    scopes = SCOPES

    def __init__(self, deliveries: Deliveries, now: Callable[[], float] = time.time) -> None:
        super().__init__(deliveries, now)
        self.pages = Pages(self.tell, self.new_id, now)

    def reset(self) -> None:
        """Forget everything."""
        super().reset()
        if hasattr(self, "pages"):
            self.pages.slow_films = False

    def state(self, subject_id: str | None) -> dict[str, Any]:
        """Every post, photo, film, comment and lead; with an id, what has it as its own or in its text."""

        def shown(kind: str) -> list[Node]:
            found = [node for world in self.worlds.values() for node in reversed(world.of_kind(kind))]
            return [each for each in found if subject_id is None or subject_id in (each["id"], each.get("message"))]

        return {f"{kind}s": shown(kind) for kind in ("post", "photo", "video", "comment", "lead")}

    def new_world(self, login: str) -> World:
        """A login with two pages."""
        world = World(login)
        for page_id, name, username in nodes.PAGES:
            page = {"kind": "page", "id": page_id, "page": page_id, "name": name, "username": username}
            world.nodes[page_id] = {**page, "followers": 1200, "tasks": list(nodes.TASKS), "at": self.now()}
        return world

    def routes(self) -> Sequence[BaseRoute]:
        """Those of every network, and where films are brought."""
        upload = Route("/rupload/video-upload/{version}/{video}", self._wrapped(self._upload), methods=["POST"])
        return [upload, *super().routes()]

    def handlers(self) -> Mapping[tuple[str, str, str], Handler]:
        """What answers to a method, a kind of node and an edge."""
        pages, read, write = self.pages, "pages_read_engagement", "pages_manage_posts"
        say = Handler(pages.answer, "pages_manage_engagement", as_page=True)
        hear = Handler(pages.comments, "pages_read_user_content", as_page=True)
        delete = Handler(pages.delete, write, as_page=True)
        return {
            ("GET", "user", ""): Handler(self.user),
            ("GET", "user", "permissions"): Handler(self.permissions),
            ("GET", "user", "accounts"): Handler(self._accounts, "pages_show_list"),
            ("GET", "page", ""): Handler(self._page),
            ("POST", "page", "feed"): Handler(pages.feed, write, as_page=True),
            ("POST", "page", "photos"): Handler(pages.photo, write, as_page=True),
            ("POST", "page", "videos"): Handler(pages.video, write, as_page=True),
            ("POST", "page", "video_reels"): Handler(pages.reel, write, as_page=True),
            ("GET", "page", "published_posts"): Handler(self._posts, read, as_page=True),
            ("GET", "page", "videos"): Handler(self._videos, read, as_page=True),
            ("GET", "page", "insights"): Handler(
                lambda call, node: pages.page_insights(call, node, self.retired_metrics), "read_insights", as_page=True
            ),
            ("POST", "page", "subscribed_apps"): Handler(
                lambda call, node: self.subscribe_account(call, node["id"]), "pages_manage_metadata", as_page=True
            ),
            ("GET", "post", ""): Handler(lambda call, node: nodes.post(call.world, node, dict(call.asked)), read),
            ("POST", "post", ""): Handler(pages.edit, write, as_page=True),
            ("DELETE", "post", ""): delete,
            ("GET", "post", "comments"): hear,
            ("POST", "post", "comments"): say,
            ("GET", "post", "insights"): Handler(
                lambda call, node: pages.post_insights(call, node, self.retired_metrics), "read_insights", as_page=True
            ),
            ("GET", "video", ""): Handler(lambda call, node: nodes.video(node, dict(call.asked)), read),
            ("POST", "video", ""): Handler(pages.edit_video, write, as_page=True),
            ("DELETE", "video", ""): delete,
            ("GET", "video", "comments"): hear,
            ("POST", "video", "comments"): say,
            ("GET", "comment", ""): Handler(lambda call, node: nodes.comment(node, dict(call.asked)), read),
            ("POST", "comment", ""): Handler(pages.moderate, "pages_manage_engagement", as_page=True),
            ("DELETE", "comment", ""): Handler(pages.delete, "pages_manage_engagement", as_page=True),
            ("GET", "comment", "comments"): hear,
            ("POST", "comment", "comments"): say,
            ("GET", "lead", ""): Handler(lambda call, node: nodes.lead(node, dict(call.asked)), "leads_retrieval"),
        }

    def controls(self) -> Sequence[tuple[str, Callable[[World, Node, Node], Node]]]:
        """See the module's text."""
        return (
            ("pages/{id}/posts", lambda world, at, body: self.pages.publish(world, at["id"], body["message"])),
            ("posts/{id}/comments", self._comment),
            ("posts/{id}/figures", self._figures),
            ("pages/{id}/leads", self._lead),
            ("films", lambda _, __, body: self._slow(bool(body.get("slow")))),
            ("videos/{id}/finish", lambda world, at, _: self.pages.finish(world, self._at(world, at))),
            ("pages/{id}/tasks", lambda world, at, body: self._change(world, at, tasks=body["tasks"])),
        )

    def _accounts(self, call: Call[World], _: Node) -> Node:
        pages = [page for page in call.world.of_kind("page") if page["id"] not in call.world.removed]
        pages.reverse()
        return page_of(pages, call.parameters, lambda page: self._shown_page(call, page))

    def _page(self, call: Call[World], page: Node) -> Node:
        return self._shown_page(call, page)

    def _shown_page(self, call: Call[World], page: Node) -> Node:
        return nodes.page(page, dict(call.asked), self.page_token(call.consent, call.account, page["id"]))

    def _posts(self, call: Call[World], page: Node) -> Node:
        posts = call.world.of_kind("post", page=page["id"])
        return page_of(posts, call.parameters, lambda post: nodes.post(call.world, post, dict(call.asked)))

    def _videos(self, call: Call[World], page: Node) -> Node:
        if call.parameters.get("type", "TAGGED").upper() != "UPLOADED":
            return {"data": []}
        videos = call.world.of_kind("video", page=page["id"])
        return page_of(videos, call.parameters, lambda video: nodes.video(video, dict(call.asked)))

    async def _upload(self, request: Request, parameters: Mapping[str, str]) -> Node:
        call = self.opened(request, parameters)
        video = self.found(call, request.path_params["video"])
        url = request.headers.get("file_url")
        if call.account != video["page"] or not url:
            raise bad_parameter("file_url is required, and the page's own token")
        return self.pages.upload(call.world, video, url)

    def _comment(self, world: World, at: Node, body: Node) -> Node:
        post = self._at(world, at)
        name = body.get("name", "Fatima Al Ali")
        return self.pages.say(world, post["id"], body.get("parent"), body["message"], "5000000001", name)

    def _lead(self, world: World, at: Node, body: Node) -> Node:
        page, lead_id = self._at(world, at), self.new_id()
        form = str(body.get("form_id", "900000000001"))
        lead = {"id": lead_id, "kind": "lead", "page": page["id"], "at": self.now(), "form_id": form}
        world.nodes[lead_id] = {**lead, "field_data": body["field_data"]}
        value = {"leadgen_id": lead_id, "form_id": form, "page_id": page["id"], "created_time": int(self.now())}
        self.tell(world, page["id"], "leadgen", value)
        return {"id": lead_id}

    def _slow(self, slow: bool) -> Node:
        self.pages.slow_films = slow
        return {"slow": slow}

    def _change(self, world: World, place: Node, **fields: Any) -> Node:
        node = self._at(world, place)
        node.update(fields)
        return {"id": node["id"]}

    def _figures(self, world: World, place: Node, body: Node) -> Node:
        figures: Node = self._at(world, place)["figures"]
        figures.update(body)
        return figures

    def _at(self, world: World, at: Node) -> Node:
        if at["id"] not in world.nodes:
            raise missing(at["id"])
        return world.nodes[at["id"]]
