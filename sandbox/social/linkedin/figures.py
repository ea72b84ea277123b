"""LinkedIn's endpoints of figures and of the login's pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from sandbox.social.linkedin.bodies import day_of, list_of, urn_of
from sandbox.social.linkedin.calls import FEED_SCOPES, Answer, Call, ok
from sandbox.social.linkedin.calls import page as paged
from sandbox.social.linkedin.errors import denied, invalid, missing
from sandbox.social.linkedin.world import Organization, Post

Object = dict[str, Any]

# Figures.


def metadata(call: Call) -> Answer:
    """GET /rest/socialMetadata?ids=List(…)"""
    if call.restli != "BATCH_GET" or call.world.development:
        raise denied("partnerApiSocialMetadata.BATCH_GET.20260701")
    results: Object = {}
    statuses: dict[str, int] = {}
    for urn in list_of(call.query, "ids"):
        if urn in call.world.posts:
            results[urn], statuses[urn] = _social(call, call.world.posts[urn]), 200
        else:
            statuses[urn] = 404
    errors = {urn: {"status": 404, "message": "Not found"} for urn, status in statuses.items() if status == 404}
    return ok({"results": results, "statuses": statuses, "errors": errors})


def one_metadata(call: Call) -> Answer:
    """GET /rest/socialMetadata/{urn}"""
    return ok(_social(call, call.world.post(call.path["urn"])))


def _social(call: Call, post: Post) -> Object:
    call.require(post.body["author"], FEED_SCOPES, "partnerApiSocialMetadata.GET")
    top = [each for each in post.comments if "parentComment" not in each]
    return {
        "entity": post.activity,
        "commentsState": "OPEN",
        "commentSummary": {"count": len(post.comments), "topLevelCount": len(top)},
        "reactionSummaries": {name: {"reactionType": name, "count": n} for name, n in post.reactions.items()},
    }


def share_statistics(call: Call) -> Answer:
    """GET /rest/organizationalEntityShareStatistics"""
    page = _administered(call, "organizationalEntity")
    shares, ugc, interval = list_of(call.query, "shares"), list_of(call.query, "ugcPosts"), day_of(call.query)
    if (shares and ugc) or ((shares or ugc) and interval):
        raise invalid("Time-bound statistics is not supported for specific share queries")
    elements = [
        {name: urn, "organizationalEntity": page.urn, "totalShareStatistics": _statistics([call.world.posts[urn]])}
        for name, urns in (("share", shares), ("ugcPost", ugc))
        for urn in urns
        if urn in call.world.posts
    ]
    if not shares and not ugc:
        made = [each for each in call.world.posts.values() if each.body["author"] == page.urn]
        wanted = [each for each in made if interval is None or interval[0] <= each.created_at < interval[1]]
        elements = [{"organizationalEntity": page.urn, "totalShareStatistics": _statistics(wanted), **_range(interval)}]
    return paged(call, elements)


def page_statistics(call: Call) -> Answer:
    """GET /rest/organizationPageStatistics"""
    page = _administered(call, "organization")
    views = {"allPageViews": {"pageViews": page.page_views, "uniquePageViews": page.page_views}}
    element = {"organization": page.urn, "totalPageStatistics": {"views": views, "clicks": {}}}
    return paged(call, [{**element, **_range(day_of(call.query))}])


def network_size(call: Call) -> Answer:
    """GET /rest/networkSizes/{urn}"""
    page = call.world.organizations.get(call.path["urn"])
    if call.query.get("edgeType") != "COMPANY_FOLLOWED_BY_MEMBER":
        raise invalid("Invalid edgeType")
    if page is None:
        raise missing()
    return ok({"firstDegreeSize": page.followers})


def member_analytics(call: Call) -> Answer:
    """GET /rest/memberCreatorPostAnalytics"""
    if "r_member_postAnalytics" not in call.scopes:
        raise denied("partnerApiMemberCreatorPostAnalytics.FINDER-entity.20260701")
    kind, _, urn = call.query.get("entity", "").strip("()").partition(":")
    metric, post = call.query.get("queryType", ""), call.world.post(unquote(urn))
    if kind != ("share" if ":share:" in post.urn else "ugc") or call.query.get("aggregation") != "TOTAL":
        raise invalid("Invalid entity or aggregation")
    counted = {
        "IMPRESSION": post.figures.get("impressions", 0),
        "MEMBERS_REACHED": post.figures.get("uniques", 0),
        "RESHARE": post.figures.get("shares", 0),
        "REACTION": sum(post.reactions.values()),
        "COMMENT": len(post.comments),
    }
    if metric not in counted:
        raise invalid("Invalid queryType")
    return paged(call, [{"targetEntity": {kind: post.urn}, "metricType": metric, "count": counted[metric]}])


def member_followers(call: Call) -> Answer:
    """GET /rest/memberFollowersCount?q=me"""
    if "r_member_profileAnalytics" not in call.scopes:
        raise denied("partnerApiMemberFollowersCount.FINDER-me.20260701")
    return paged(call, [{"memberFollowersCount": 961}])


def _administered(call: Call, name: str) -> Organization:
    if call.query.get("q") != name:
        raise invalid(f"The finder is called {name}")
    page = call.world.organizations.get(urn_of(call.query, name))
    if page is None or page.role != "ADMINISTRATOR" or "rw_organization_admin" not in call.scopes:
        raise denied("partnerApiOrganizationStatistics.FINDER.20260701")
    return page


def _statistics(posts: list[Post]) -> Object:
    def total(name: str) -> int:
        return sum(each.figures.get(name, 0) for each in posts)

    return {
        "impressionCount": total("impressions"),
        "uniqueImpressionsCount": total("uniques"),
        "clickCount": total("clicks"),
        "shareCount": total("shares"),
        "likeCount": sum(sum(each.reactions.values()) for each in posts),
        "commentCount": sum(len(each.comments) for each in posts),
        "engagement": 0.0,
    }


def _range(interval: tuple[int, int] | None) -> Object:
    return {} if interval is None else {"timeRange": {"start": interval[0], "end": interval[1]}}


# Accounts.


def roles(call: Call) -> Answer:
    """GET /rest/organizationAcls?q=roleAssignee"""
    if "rw_organization_admin" not in call.scopes or call.query.get("q") != "roleAssignee":
        raise denied("partnerApiOrganizationAcls.FINDER-roleAssignee.20260701")
    pages = list(call.world.organizations.values())
    wanted = call.query.get("role")
    if wanted is None and any(each.state == "REVOKED" for each in pages):
        raise denied("partnerApiOrganizationAcls.FINDER-roleAssignee.20260701")
    state = call.query.get("state", "APPROVED")
    found = [each for each in pages if each.state == state and wanted in (None, each.role)]
    held = {"roleAssignee": call.world.member, "state": state}
    return paged(call, [{**held, "organization": each.urn, "role": each.role} for each in found])


def organization(call: Call) -> Answer:
    """GET /rest/organizations/{id}"""
    page = call.world.organizations.get(f"urn:li:organization:{call.path['id']}")
    if page is None:
        raise missing()
    if page.role != "ADMINISTRATOR" and "r_organization_social" not in call.scopes:
        raise denied("partnerApiOrganizations.GET.20260701")
    name = {"localized": {"en_US": page.name}, "preferredLocale": {"country": "US", "language": "en"}}
    vanity = page.name.lower().replace(" ", "-")
    return ok(
        {
            "id": page.id,
            "name": name,
            "localizedName": page.name,
            "vanityName": vanity,
            "primaryOrganizationType": "NONE",
        }
    )
