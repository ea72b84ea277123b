"""How Instagram's twin shows what it holds."""

from __future__ import annotations

from sandbox.social.meta.access import World
from sandbox.social.meta.fields import Asked, Node, page_of, pick, written

PAGES = (
    ("100000000000001", "Dubai Coffee House", "17841400000000001", "dubaicoffee"),
    ("100000000000002", "Marina Florist", "17841400000000002", "marinaflorist"),
)
METRICS = {
    "FEED": {"views", "reach", "saved", "likes", "comments", "shares", "total_interactions", "follows"},
    "REELS": {"views", "reach", "saved", "likes", "comments", "shares", "total_interactions"},
    "STORY": {"views", "reach", "replies", "shares", "total_interactions", "follows"},
}
ACCOUNT_METRICS = {"views", "reach", "total_interactions", "likes", "comments", "shares"}


def account(shown: Node, asked: dict[str, Asked]) -> Node:
    """A professional account."""
    fields: Node = {
        "id": shown["id"],
        "user_id": shown["id"],
        "username": shown["username"],
        "name": shown["name"],
        "profile_picture_url": f"https://scontent.example/{shown['id']}.jpg",
        "followers_count": shown["followers"],
        "media_count": 0,
    }
    return pick(fields, asked, "IGUser")


def container(shown: Node, asked: dict[str, Asked]) -> Node:
    """What waits to come out."""
    fields = {"id": shown["id"], "status_code": shown["status"], "status": shown["told"]}
    return pick(fields, asked, "Container")


def media(world: World, shown: Node, asked: dict[str, Asked]) -> Node:
    """A post."""
    fields: Node = {
        "id": shown["id"],
        "caption": shown["caption"] or None,
        "permalink": f"https://www.instagram.com/p/{shown['id']}/",
        "shortcode": shown["id"],
        "timestamp": written(shown["at"]),
        "media_type": shown["media_type"],
        "media_product_type": shown["product"],
        "username": world.nodes[shown["page"]]["username"],
        "like_count": shown["figures"].get("likes", 0),
        "comments_count": len(world.of_kind("comment", media=shown["id"])),
    }
    return pick(fields, asked, "Media")


def comment(world: World, shown: Node, asked: dict[str, Asked]) -> Node:
    """A comment, with the answers to it where they are asked for."""

    def replies(one: Asked) -> Node | None:
        found = list(reversed(world.of_kind("comment", parent=shown["id"])))
        limit = one.modifiers.get("limit", "25")
        page = page_of(found, {"limit": limit}, lambda each: comment(world, each, one.below))
        return page if found else None

    ours = shown["author"] == shown["page"]
    fields: Node = {
        "id": shown["id"],
        "text": shown["text"],
        "timestamp": written(shown["at"]),
        "username": shown["name"],
        "from": {"id": shown["author"], "username": shown["name"]},
        "user": {"id": shown["author"]} if ours else None,
        "hidden": shown["hidden"],
        "like_count": 0,
        "parent_id": shown["parent"],
        "replies": replies,
    }
    return pick(fields, asked, "IGComment", ("timestamp", "text", "id"))


def insight(node: Node, name: str, value: int, *, total: bool) -> Node:
    """A metric's value."""
    period = "day" if total else "lifetime"
    shown: Node = {"name": name, "period": period, "title": name, "id": f"{node['id']}/insights/{name}/{period}"}
    return shown | ({"total_value": {"value": value}} if total else {"values": [{"value": value}]})
