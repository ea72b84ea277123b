"""How Facebook's twin shows what it holds."""

from __future__ import annotations

from typing import Any

from sandbox.social.meta.access import World
from sandbox.social.meta.fields import Asked, Node, cursor, pick, written

TASKS = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"]
PAGES = (
    ("100000000000001", "Dubai Coffee House", "dubaicoffee"),
    ("100000000000002", "Marina Florist", "marinaflorist"),
)
POST_METRICS = {
    "post_media_view": "views",
    "post_total_media_view_unique": "reach",
    "post_clicks": "clicks",
    "post_reactions_by_type_total": "reactions",
    "post_video_views": "video_views",
}
PAGE_METRICS = {"page_media_view": "views", "page_total_media_view_unique": "reach", "page_post_engagements": "clicks"}


def page(shown: Node, asked: dict[str, Asked], token: str | None) -> Node:
    """A page. :param token: its own, for whoever may have it."""
    fields: Node = {
        "id": shown["id"],
        "name": shown["name"],
        "username": shown["username"],
        "tasks": shown["tasks"],
        "category": "Cafe",
        "access_token": token,
        "followers_count": shown["followers"],
        "fan_count": shown["followers"],
        "picture": {"data": {"url": f"https://scontent.example/{shown['id']}.jpg", "is_silhouette": False}},
    }
    return pick(fields, asked, "Page", ("access_token", "category", "name", "id", "tasks"))


def post(world: World, shown: Node, asked: dict[str, Asked]) -> Node:
    """A post."""
    reactions, shares = shown["figures"].get("reactions") or {}, shown["figures"].get("shares")
    said = world.of_kind("comment", post=shown["id"], parent=None)
    fields: Node = {
        "id": shown["id"],
        "message": shown["message"] or None,
        "created_time": written(shown["at"]),
        "updated_time": written(shown["at"]),
        "permalink_url": f"https://www.facebook.com/{shown['id'].replace('_', '/posts/')}",
        "is_published": True,
        "from": {"id": shown["page"], "name": world.nodes[shown["page"]]["name"]},
        "shares": {"count": shares} if shares else None,
        "reactions": _counted(sum(reactions.values())),
        "comments": _counted(len(said)),
    }
    return pick(fields, asked, "PagePost", ("created_time", "message", "id"))


def video(shown: Node, asked: dict[str, Asked]) -> Node:
    """A film."""
    fields: Node = {
        "id": shown["id"],
        "description": shown["message"] or None,
        "created_time": written(shown["at"]),
        "permalink_url": f"/{shown['page']}/videos/{shown['id']}/",
        "post_id": shown["post"],
        "published": shown["post"] is not None,
        "status": shown["status"],
    }
    return pick(fields, asked, "Video", ("id", "updated_time") if not asked else ())


def comment(shown: Node, asked: dict[str, Asked]) -> Node:
    """A comment."""
    fields: Node = {
        "id": shown["id"],
        "message": shown["message"],
        "created_time": written(shown["at"]),
        "from": {"id": shown["author"], "name": shown["name"]},
        "parent": {"id": shown["parent"]} if shown["parent"] else None,
        "is_hidden": shown["hidden"],
        "like_count": shown["likes"],
    }
    return pick(fields, asked, "Comment", ("created_time", "from", "message", "id"))


def lead(shown: Node, asked: dict[str, Asked]) -> Node:
    """What somebody filled in."""
    fields = {
        "id": shown["id"],
        "created_time": written(shown["at"]),
        "form_id": shown["form_id"],
        "ad_id": shown.get("ad_id"),
        "field_data": shown["field_data"],
    }
    return pick(fields, asked, "UserLeadGenInfo", ("created_time", "id", "field_data"))


def insight(node: Node, name: str, period: str, values: list[Node]) -> Node:
    """A metric's values."""
    return {
        "id": f"{node['id']}/insights/{name}/{period}",
        "name": name,
        "period": period,
        "title": name.replace("_", " "),
        "description": "",
        "values": values,
    }


def _counted(total: int) -> Any:
    """An edge of which only the number is asked for."""

    def show(one: Asked) -> Node:
        summary = {"total_count": total} if "summary" in one.modifiers else {}
        return {"data": [], "summary": summary, "paging": {"cursors": {"after": cursor("0")}}}

    return show
