"""What people, time and LinkedIn itself do to one login's world; see the package's text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.social.linkedin.world import Organization, World

Object = dict[str, Any]
Control = Callable[[World, Object], Object]


def _versions(world: World, body: Object) -> Object:
    world.versions = set(body.get("active", world.versions)) - {body.get("retire")}
    return {"active": sorted(world.versions)}


def _tier(world: World, body: Object) -> Object:
    world.development = bool(body.get("development"))
    return {}


def _throttle(world: World, body: Object) -> Object:
    world.refusals = int(body.get("times", 1))
    return {"refusals": world.refusals}


def _organization(world: World, body: Object) -> Object:
    page = Organization(int(body["id"]), body.get("name", "A page"), body.get("role", "ADMINISTRATOR"))
    page.state = body.get("state", "APPROVED")
    world.organizations.pop(page.urn, None)
    if not body.get("remove"):
        world.organizations[page.urn] = page
    return {"organizations": list(world.organizations)}


def _videos(world: World, body: Object) -> Object:
    world.video_looks = int(body.get("looks", world.video_looks))
    world.video_fails = bool(body.get("fails", world.video_fails))
    world.part_bytes = int(body.get("part_bytes", world.part_bytes))
    world.upload_host = body.get("upload_host", world.upload_host)
    return {}


def _lists(world: World, body: Object) -> Object:
    world.lag_since = world.now() if body.get("lag") else None
    return {}


def _comment(world: World, body: Object) -> Object:
    actor = body.get("actor", "urn:li:person:somebody")
    return world.comment(world.post(body["post"]), actor, body["text"], body.get("parent"))


def _grow(world: World, body: Object) -> Object:
    post = world.post(body["post"])
    for name in ("impressions", "uniques", "clicks", "shares"):
        post.figures[name] = post.figures.get(name, 0) + int(body.get(name, 0))
    for name, number in body.get("reactions", {}).items():
        post.reactions[name] = post.reactions.get(name, 0) + int(number)
        world.notify(post, "LIKE")
    return {"figures": post.figures, "reactions": post.reactions}


def _followers(world: World, body: Object) -> Object:
    page = world.organizations[body["organization"]]
    page.followers = int(body.get("followers", page.followers))
    page.page_views = int(body.get("page_views", page.page_views))
    return {"followers": page.followers}


def _webhook(world: World, body: Object) -> Object:
    world.webhook = (body["url"], body.get("secret") or world.client_secret)
    return {}


CONTROLS: Mapping[str, Control] = {
    "versions": _versions,
    "tier": _tier,
    "throttle": _throttle,
    "organization": _organization,
    "videos": _videos,
    "lists": _lists,
    "comment": _comment,
    "grow": _grow,
    "followers": _followers,
    "webhook": _webhook,
}
