"""What is done on pages: posts, photos, films, reels, comments and figures."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.social.facebook import nodes
from sandbox.social.meta.access import World
from sandbox.social.meta.errors import GraphError, bad_parameter, no_metric
from sandbox.social.meta.fields import Node, is_true, page_of, written
from sandbox.social.meta.graph import Call

DUPLICATE_SECONDS = 600.0
DAY_SECONDS = 86400.0
UNREACHABLE = "unreachable"
"""What the address of a file has in it that cannot be fetched."""
LONGEST_TEXT = 63_206
_ADDRESS = re.compile(r"https?://[^\s]+")
READY = {"video_status": "ready", "uploading_phase": {"status": "complete"}, "processing_phase": {"status": "complete"}}

Tell = Callable[[World, str, str, Node], None]


class Pages:
    """The twin's pages.

    :param tell: sends a webhook. :param new_id: an id that nothing has yet. :param slow_films: whether films become
        posts only when a control says so.
    """

    def __init__(self, tell: Tell, new_id: Callable[[], str], now: Callable[[], float]) -> None:
        self.tell = tell
        self.new_id = new_id
        self.now = now
        self.slow_films = False

    # Publishing.

    def feed(self, call: Call[World], page: Node) -> Node:
        """A text, a link, or photos that are there."""
        given = call.parameters
        message, link = given.get("message", ""), given.get("link")
        photos = [str(each.get("media_fbid")) for each in _list(given.get("attached_media"))]
        if not (message.strip() or link or photos):
            raise bad_parameter("Missing message or attachment")
        if link and not _ADDRESS.fullmatch(link):
            raise GraphError(1609005, "(#1609005) The link could not be shared", subcode=1609005)
        for photo in photos:
            node = call.world.nodes.get(photo)
            if node is None or node["kind"] != "photo" or node["page"] != page["id"] or node["post"]:
                raise bad_parameter(f"Invalid media_fbid {photo}")
        latest = next(iter(call.world.of_kind("post", page=page["id"])), None)
        same = latest and (latest["message"], latest["link"]) == (message, link) and not (photos or latest["media"])
        if latest and same and self.now() - latest["at"] < DUPLICATE_SECONDS:
            raise GraphError(506, "(#506) Duplicate status message")
        post = self.publish(call.world, page["id"], message, link=link, media=photos)
        for photo in photos:
            call.world.nodes[photo]["post"] = post["id"]
        return {"id": post["id"]}

    def photo(self, call: Call[World], page: Node) -> Node:
        """A photo, seen or not."""
        url = _file(call.need("url"), 1366046)
        photo = self._keep(call.world, "photo", page=page["id"], url=url, post=None)
        if not is_true(call.parameters.get("published"), usual=True):
            return {"id": photo["id"]}
        post = self.publish(call.world, page["id"], call.parameters.get("caption", ""), media=[photo["id"]])
        photo["post"] = post["id"]
        return {"id": photo["id"], "post_id": post["id"]}

    def video(self, call: Call[World], page: Node) -> Node:
        """A film, which becomes a post when it has been worked on."""
        url = _file(call.need("file_url"), 1363030)
        text = call.parameters.get("description", "")
        video = self._keep(call.world, "video", page=page["id"], url=url, message=text, post=None, status=dict(READY))
        if not self.slow_films:
            self.finish(call.world, video)
        return {"id": video["id"]}

    def reel(self, call: Call[World], page: Node) -> Node:
        """A reel's two phases; between them its film is brought."""
        phase = call.need("upload_phase").upper()
        if phase == "START":
            phases = {name: {"status": "not_started"} for name in ("uploading_phase", "processing_phase")}
            status = {"video_status": "upload_in_progress", **phases, "publishing_phase": {"status": "not_started"}}
            kept = {"page": page["id"], "url": None, "message": "", "post": None, "status": status, "reel": True}
            video = self._keep(call.world, "video", **kept)
            address = f"{call.base}/rupload/video-upload/{call.version}/{video['id']}"
            return {"video_id": video["id"], "upload_url": address}
        if phase != "FINISH" or call.need("video_state").upper() not in ("PUBLISHED", "DRAFT", "SCHEDULED"):
            raise bad_parameter("Invalid upload_phase or video_state")
        found = call.world.nodes.get(call.need("video_id"))
        if found is None or not found.get("reel") or found["url"] is None:
            raise GraphError(6000, "(#6000) There was a problem uploading your video file", subcode=1363130)
        found["message"] = call.parameters.get("description", "")
        if not self.slow_films:
            self.finish(call.world, found)
        else:
            found["status"]["publishing_phase"] = {"status": "in_progress"}
        return {"success": True}

    def upload(self, world: World, video: Node, url: str) -> Node:
        """Fetch a reel's film."""
        if UNREACHABLE in url:
            wrong = {"status": "error", "error": {"message": "The video could not be downloaded"}}
            video["status"] = {**video["status"], "video_status": "error", "uploading_phase": wrong}
        else:
            video["url"] = url
            video["status"] |= {"video_status": "upload_complete", "uploading_phase": {"status": "complete"}}
        return {"success": True}

    def finish(self, world: World, video: Node) -> Node:
        """Make a film a post, when it has been worked on."""
        if video["post"] is None:
            post = self.publish(world, video["page"], video["message"], media=[video["id"]])
            video["post"] = post["id"]
            published = {"status": "complete", "publish_status": "published", "publish_time": written(self.now())}
            video["status"] = {**READY, "publishing_phase": published}
        return {"post_id": video["post"]}

    def publish(
        self, world: World, page: str, message: str, *, link: str | None = None, media: Sequence[str] = ()
    ) -> Node:
        """A new post."""
        if len(message) > LONGEST_TEXT:
            raise bad_parameter("The message is too long")
        fields: Node = {"page": page, "message": message, "link": link, "media": list(media), "figures": {}}
        post = self._keep(world, "post", f"{page}_{self.new_id()}", **fields)
        self._tell_post(world, post, "add")
        return post

    def edit(self, call: Call[World], post: Node) -> Node:
        """Another text."""
        post["message"] = call.need("message")
        self._tell_post(call.world, post, "edited")
        return {"success": True}

    def edit_video(self, call: Call[World], video: Node) -> Node:
        """Another text of a film."""
        video["message"] = call.need("description")
        if video["post"]:
            call.world.nodes[video["post"]]["message"] = video["message"]
        return {"success": True}

    def delete(self, call: Call[World], node: Node) -> Node:
        """Take a post, a film or a comment away, and what is below it."""
        gone = {node["id"], node.get("post") if node["kind"] == "video" else None}
        below = [each["id"] for each in call.world.of_kind("comment") if {each["post"], each["parent"]} & gone]
        for each in (*gone, *below):
            call.world.nodes.pop(each or "", None)
        if node["kind"] == "post":
            self._tell_post(call.world, node, "remove")
        return {"success": True}

    # Comments.

    def comments(self, call: Call[World], node: Node) -> Node:
        """What is said to a post, or in answer to a comment."""
        post, parent = _place(node)
        found = call.world.of_kind("comment", post=post)
        if call.parameters.get("filter", "toplevel") != "stream" or parent:
            found = [each for each in found if each["parent"] == parent]
        if call.parameters.get("order", "chronological") == "chronological":
            found.reverse()
        return page_of(found, call.parameters, lambda each: nodes.comment(each, dict(call.asked)))

    def answer(self, call: Call[World], node: Node) -> Node:
        """Comment as the page."""
        post, parent = _place(node)
        page = call.world.nodes[node["page"]]
        return {"id": self.say(call.world, post, parent, call.need("message"), page["id"], page["name"])["id"]}

    def say(self, world: World, post: str, parent: str | None, message: str, author: str, name: str) -> Node:
        """A new comment, by whomever."""
        number = post.partition("_")[2] or post
        fields: Node = {"post": post, "parent": parent, "message": message, "author": author, "name": name}
        fields |= {"page": world.nodes[post]["page"], "hidden": False, "likes": 0}
        comment = self._keep(world, "comment", f"{number}_{self.new_id()}", **fields)
        value = {"item": "comment", "verb": "add", "post_id": post, "comment_id": comment["id"], "message": message}
        value |= {"parent_id": parent or post, "from": {"id": author, "name": name}, "created_time": int(self.now())}
        self.tell(world, comment["page"], "feed", value)
        return comment

    def moderate(self, call: Call[World], comment: Node) -> Node:
        """Hide a comment, or change one's own."""
        if "is_hidden" in call.parameters:
            if comment["author"] == comment["page"]:
                raise GraphError(200, "(#200) Users cannot hide their own comments", status=403)
            comment["hidden"] = is_true(call.parameters["is_hidden"])
        comment["message"] = call.parameters.get("message", comment["message"])
        return {"success": True}

    # Figures.

    def post_insights(self, call: Call[World], post: Node, retired: set[str]) -> Node:
        """A post's figures since its beginning."""
        figures, names = post["figures"], _metrics(call, nodes.POST_METRICS, retired)
        empty: dict[str, Any] = {"reactions": {}}
        shown = [(name, figures.get(key := nodes.POST_METRICS[name], empty.get(key, 0))) for name in names]
        return {"data": [nodes.insight(post, name, "lifetime", [{"value": value}]) for name, value in shown]}

    def page_insights(self, call: Call[World], page: Node, retired: set[str]) -> Node:
        """A page's figures by days, which end at 8 o'clock UTC of the next day."""
        since, until = float(call.need("since")), float(call.need("until"))
        days = range(int(since // DAY_SECONDS), int(until // DAY_SECONDS))
        data = []
        for name in _metrics(call, nodes.PAGE_METRICS, retired):
            total = sum(
                post["figures"].get(nodes.PAGE_METRICS[name], 0) for post in call.world.of_kind("post", page=page["id"])
            )
            today = int(self.now() // DAY_SECONDS)
            values = [
                {"value": total if day == today else 0, "end_time": written((day + 1) * DAY_SECONDS + 8 * 3600)}
                for day in days
            ]
            data.append(nodes.insight(page, name, "day", values))
        return {"data": data}

    def _tell_post(self, world: World, post: Node, verb: str) -> None:
        value = {"item": "status", "verb": verb, "post_id": post["id"], "message": post["message"]}
        value |= {"from": {"id": post["page"]}, "created_time": int(self.now())}
        self.tell(world, post["page"], "feed", value)

    def _keep(self, world: World, kind: str, node_id: str | None = None, **fields: Any) -> Node:
        node = {"id": node_id or self.new_id(), "kind": kind, "at": self.now(), **fields}
        world.nodes[node["id"]] = node
        return node


def _place(node: Node) -> tuple[str, str | None]:
    """The post, and the comment there, that a comment is to or below. Answers to answers join their thread."""
    if node["kind"] == "comment":
        return node["post"], node["parent"] or node["id"]
    if node["kind"] == "video":
        if node["post"] is None:
            raise bad_parameter("The video is not published")
        return node["post"], None
    return node["id"], None


def _metrics(call: Call[World], known: dict[str, str], retired: set[str]) -> list[str]:
    names = [name.strip() for name in call.need("metric").split(",")]
    if wrong := [name for name in names if name not in known or name in retired]:
        raise no_metric(", ".join(wrong))
    return names


def _list(text: str | None) -> list[Node]:
    try:
        found = json.loads(text) if text else []
    except ValueError:
        raise bad_parameter("attached_media must be a JSON list") from None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise bad_parameter("attached_media must be a JSON list of objects")
    return found


def _file(url: str, subcode: int) -> str:
    if not _ADDRESS.fullmatch(url) or UNREACHABLE in url:
        raise GraphError(324, "(#324) Missing or invalid image file", subcode=subcode, told="It could not be fetched.")
    return url
