"""What is done on accounts: containers, posts, comments and figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.social.instagram import nodes
from sandbox.social.meta.access import World
from sandbox.social.meta.errors import GraphError, bad_parameter, missing, no_metric
from sandbox.social.meta.fields import Node, is_true, page_of
from sandbox.social.meta.graph import Call

CONTAINER_SECONDS = STORY_SECONDS = DAY_SECONDS = 86400.0
MOST_PER_ALBUM, LONGEST_CAPTION, MOST_HASHTAGS = 10, 2200, 30
QUOTA = 100
FILM_READS = 2
"""How often a film's container is asked about before it is finished; a picture's once."""
UNREACHABLE = "unreachable"
_ADDRESS = re.compile(r"https?://[^\s]+")
_FETCH = "Error: The media could not be fetched from this URI. 2207052"

Tell = Callable[[World, str, str, Node], None]


class Accounts:
    """The twin's accounts."""

    def __init__(self, tell: Tell, new_id: Callable[[], str], now: Callable[[], float]) -> None:
        self.tell = tell
        self.new_id = new_id
        self.now = now

    # Containers.

    def make(self, call: Call[World], account: Node) -> Node:
        """A container of a file, or an album of such."""
        given = call.parameters
        caption, kind = given.get("caption", ""), given.get("media_type", "IMAGE").upper()
        if len(caption) > LONGEST_CAPTION or len(re.findall(r"#\w+", caption)) > MOST_HASHTAGS:
            raise GraphError(36004, "The caption was too long.", subcode=2207010)
        if kind not in ("IMAGE", "VIDEO", "REELS", "STORIES", "CAROUSEL"):
            raise GraphError(100, "Unknown media type", subcode=2207023)
        part = is_true(given.get("is_carousel_item"))
        if kind == "VIDEO" and not part:
            raise bad_parameter("The VIDEO value for media_type is no longer supported. Use the REELS media type")
        children = [each for each in given.get("children", "").split(",") if each]
        if kind == "CAROUSEL":
            self._judge_children(call.world, account, children)
        url = "" if kind == "CAROUSEL" else self._file(call, kind)
        film = kind != "CAROUSEL" and "video_url" in given
        made = {"page": account["id"], "caption": caption, "media_type": kind, "url": url, "part": part, "film": film}
        broken = film and UNREACHABLE in url
        container = self._keep(call.world, "container", **made, reads=0, broken=broken, children=children, media=None)
        container |= {"status": "IN_PROGRESS", "told": "In Progress: Media is still being processed."}
        return {"id": container["id"]}

    def container(self, call: Call[World], container: Node) -> Node:
        """How far a container is; each look brings it on."""
        container["reads"] += 1
        if container["status"] == "IN_PROGRESS" and container["reads"] >= (FILM_READS if container["film"] else 1):
            status, told = ("ERROR", _FETCH) if container["broken"] else ("FINISHED", "Finished: Media is ready.")
            container |= {"status": status, "told": told}
        self._age(container)
        return nodes.container(container, dict(call.asked))

    def publish(self, call: Call[World], account: Node) -> Node:
        """Let a container appear, once."""
        container = call.world.nodes.get(call.need("creation_id"))
        if container is None or container["kind"] != "container" or container["page"] != account["id"]:
            raise GraphError(24, "The requested resource does not exist", subcode=2207006)
        self._age(container)
        if container["status"] == "EXPIRED":
            raise GraphError(-2, "The media has expired.", subcode=2207020)
        if container["status"] != "FINISHED" or container["part"]:
            raise GraphError(9007, "Media ID is not available", subcode=2207027, told="The media is not ready.")
        if self.used(call.world, account) >= account["quota"]:
            raise GraphError(9, "Application request limit reached", subcode=2207042, status=403)
        container |= {"status": "PUBLISHED", "told": "Published: Media has been successfully published."}
        media = self.appear(call.world, account, container["caption"], container)
        container["media"] = media["id"]
        return {"id": media["id"]}

    def appear(self, world: World, account: Node, caption: str, container: Node) -> Node:
        """A new post."""
        kind = container["media_type"]
        product = {"STORIES": "STORY", "REELS": "REELS"}.get(kind, "FEED")
        shown = {"CAROUSEL": "CAROUSEL_ALBUM", "IMAGE": "IMAGE"}.get(kind, "VIDEO" if container["film"] else "IMAGE")
        fields = {"page": account["id"], "caption": caption, "media_type": shown, "product": product, "figures": {}}
        return self._keep(world, "media", **fields)

    def quota(self, call: Call[World], account: Node) -> Node:
        """How much of the quota is used."""
        config = {"quota_total": account["quota"], "quota_duration": int(DAY_SECONDS)}
        return {"data": [{"quota_usage": self.used(call.world, account), "config": config}]}

    def used(self, world: World, account: Node) -> int:
        """How many posts came out within a day."""
        since = self.now() - DAY_SECONDS
        return sum(media["at"] > since for media in world.of_kind("media", page=account["id"]))

    # Posts.

    def shown(self, call: Call[World], account: Node, *, stories: bool) -> Node:
        """What has come out: posts, or the stories of a day."""
        found = [each for each in call.world.of_kind("media", page=account["id"]) if stories == _is_story(each)]
        if stories:
            found = [each for each in found if each["at"] > self.now() - STORY_SECONDS]
        return page_of(found, call.parameters, lambda each: nodes.media(call.world, each, dict(call.asked)))

    def delete(self, call: Call[World], node: Node) -> Node:
        """Take a post or a comment away, and what is below it."""
        gone = {node["id"]}
        gone |= {each["id"] for each in call.world.of_kind("comment") if {each["media"], each["parent"]} & gone}
        for each in gone:
            del call.world.nodes[each]
        return {"success": True}

    # Comments.

    def comments(self, call: Call[World], node: Node) -> Node:
        """What is said to a post, or in answer to a comment; the newest first, answers the oldest first."""
        if node["kind"] == "comment":
            found = list(reversed(call.world.of_kind("comment", parent=node["id"])))
        else:
            found = call.world.of_kind("comment", media=node["id"], parent=None)
        return page_of(found, call.parameters, lambda each: nodes.comment(call.world, each, dict(call.asked)))

    def answer(self, call: Call[World], node: Node) -> Node:
        """Comment as the account. Answers to answers join their thread."""
        account = call.world.nodes[node["page"]]
        parent = None if node["kind"] == "media" else node["parent"] or node["id"]
        media = node["media"] if node["kind"] == "comment" else node["id"]
        made = self.say(call.world, media, parent, call.need("message"), account["id"], account["username"])
        return {"id": made["id"]}

    def say(self, world: World, media_id: str, parent: str | None, text: str, author: str, name: str) -> Node:
        """A new comment, by whomever."""
        media = world.nodes.get(media_id)
        if media is None:
            raise missing(media_id)
        fields = {"media": media_id, "parent": parent, "text": text, "author": author, "name": name, "hidden": False}
        comment = self._keep(world, "comment", page=media["page"], **fields)
        value = {"id": comment["id"], "text": text, "from": {"id": author, "username": name}}
        value |= {"media": {"id": media_id, "media_product_type": media["product"]}}
        self.tell(world, media["page"], "comments", value | ({"parent_id": parent} if parent else {}))
        return comment

    def moderate(self, call: Call[World], comment: Node) -> Node:
        """Hide a comment."""
        comment["hidden"] = is_true(call.need("hide"))
        return {"success": True}

    # Figures.

    def insights(self, call: Call[World], media: Node, retired: set[str]) -> Node:
        """A post's figures since its beginning."""
        names = _metrics(call, nodes.METRICS[media["product"]] - retired)
        if media["figures"].get("too_few"):
            raise GraphError(10, "(#10) Not enough viewers for the media to show insights")
        return {"data": [nodes.insight(media, name, media["figures"].get(name, 0), total=False) for name in names]}

    def account_insights(self, call: Call[World], account: Node, retired: set[str]) -> Node:
        """An account's figures of a span."""
        if call.need("period") != "day" or call.parameters.get("metric_type") != "total_value":
            raise bad_parameter("The metrics should be specified with parameter metric_type=total_value")
        since, until = float(call.need("since")), float(call.need("until"))
        names = _metrics(call, nodes.ACCOUNT_METRICS - retired)
        posts = call.world.of_kind("media", page=account["id"]) if since <= self.now() < until else []
        sums = {name: sum(post["figures"].get(name, 0) for post in posts) for name in names}
        return {"data": [nodes.insight(account, name, sums[name], total=True) for name in names]}

    def _judge_children(self, world: World, account: Node, children: list[str]) -> None:
        if not 2 <= len(children) <= MOST_PER_ALBUM:
            raise GraphError(100, "Carousel needs 2 to 10 items", subcode=2207028)
        for child in children:
            found = world.nodes.get(child)
            if found is None or not found.get("part") or found["page"] != account["id"]:
                raise bad_parameter(f"Invalid child {child}")
            if found["status"] != "FINISHED":
                raise GraphError(9007, "Media ID is not available", subcode=2207027)

    def _file(self, call: Call[World], kind: str) -> str:
        name = "image_url" if kind == "IMAGE" or "image_url" in call.parameters else "video_url"
        if kind in ("REELS", "VIDEO"):
            name = "video_url"
        url = call.need(name)
        if not _ADDRESS.fullmatch(url) or (name == "image_url" and UNREACHABLE in url):
            raise GraphError(9004, "The media could not be fetched from this URI", subcode=2207052)
        return url

    def _age(self, container: Node) -> None:
        if container["status"] != "PUBLISHED" and self.now() - container["at"] >= CONTAINER_SECONDS:
            container |= {"status": "EXPIRED", "told": "Expired: Media was not published within 24 hours."}

    def _keep(self, world: World, kind: str, **fields: Any) -> Node:
        node = {"id": self.new_id(), "kind": kind, "at": self.now(), **fields}
        world.nodes[node["id"]] = node
        return node


def _is_story(media: Node) -> bool:
    return bool(media["product"] == "STORY")


def _metrics(call: Call[World], known: set[str]) -> list[str]:
    names = call.need("metric").split(",")
    if wrong := [name for name in names if name not in known]:
        raise no_metric(", ".join(wrong))
    return names
