"""How posts and accounts do.

Facts: Microsoft's pages *Organization Share Statistics* (of the last twelve months, organic only; shares and ugcPosts
asked for apart), *Social Metadata*, *Member Post Statistics*, *Page Statistics* and *Network Sizes*. Apps in LinkedIn's
development tier may not ask for several at once, so that each is then asked for alone. What the token's scopes do not
let be read is left empty, as long as something is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from workers.providers.errors import AuthenticationFailed, NotFound
from workers.providers.social.linkedin import objects
from workers.providers.social.linkedin.requests import day_interval, encoded, listed, unknown_account
from workers.providers.social.linkedin.wire import LinkedInWire, is_forbidden
from workers.providers.social.models import Account, AccountKind, AccountMetrics, Engagement, ExistingPost

_POSTS: Final = "measure_posts"
_ACCOUNT: Final = "measure_account"
_MEMBER_METRICS: Final = ("IMPRESSION", "MEMBERS_REACHED", "REACTION", "COMMENT", "RESHARE")

Figures = Mapping[str, Any]


class LinkedInMeasures(LinkedInWire):
    """Reads figures."""

    async def measure_posts(self, posts: Sequence[ExistingPost]) -> tuple[Engagement, ...]:
        """How each post does. Of people's posts it is little, unless the app may read their analytics."""
        if not posts:
            return ()
        account = posts[0].account
        self._require_account(_POSTS, account)
        urns = [each.provider_post_id for each in posts]
        known, gone = await self._metadata(urns) or ({}, set[str]())
        there = [urn for urn in urns if urn not in gone]
        if account.kind is AccountKind.MEMBER:
            figures = await self._member_figures(there)
        else:
            figures = await self._share_figures(account.id, there, needed=not known)
        return tuple(
            objects.engagement_from(urn, known.get(urn), figures.get(urn, {}), found=urn not in gone) for urn in urns
        )

    async def measure_account(self, account: Account, day: date) -> AccountMetrics:
        """A page's followers now, and a day of its posts and of itself; a person's followers."""
        self._require_account(_ACCOUNT, account)
        if account.kind is AccountKind.MEMBER:
            told = await self._allowed(self._element("/memberFollowersCount?q=me"))
            count = (told or {}).get("memberFollowersCount")
            return AccountMetrics(day=day, followers=None if count is None else int(count))
        urn, within = encoded(account.id), f"timeIntervals={day_interval(day)}"
        size = await self._allowed(self._size(urn))
        share = await self._allowed(
            self._element(
                f"/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={urn}&{within}"
            )
        )
        # The last one is asked plainly where nothing could be read before, so that the refusal is told.
        asked = self._element(f"/organizationPageStatistics?q=organization&organization={urn}&{within}")
        page = await asked if size is None and share is None else await self._allowed(asked)
        figures = (share or {}).get("totalShareStatistics") or {}
        return AccountMetrics(
            day=day,
            followers=size,
            reach=objects.reach_of(figures),
            views=objects.page_views(page or {}),
            engagements=objects.engagements_of(figures),
        )

    async def _metadata(self, urns: Sequence[str]) -> tuple[dict[str, Figures], set[str]] | None:
        """Reactions and comments by post, and the posts that are gone; None where they may not be read."""
        known: dict[str, Figures] = {}
        gone: set[str] = set()
        try:
            path = f"/socialMetadata?ids={listed(urns)}"
            answer = await self._rest(_POSTS, "GET", path, restli="BATCH_GET")
            results, statuses = self._parse(answer, lambda body: (dict(body["results"]), body.get("statuses") or {}))
            known = {urn: results[urn] for urn in urns if urn in results}
            gone = {urn for urn in urns if statuses.get(urn) == 404}
        except AuthenticationFailed as refused:
            if not is_forbidden(refused):
                raise
        # Answers may be keyed by the activity's URN instead of the post's.
        for urn in urns:
            if urn not in known and urn not in gone:
                try:
                    answer = await self._rest(_POSTS, "GET", f"/socialMetadata/{encoded(urn)}")
                except NotFound:
                    gone.add(urn)
                except AuthenticationFailed as refused:
                    if not is_forbidden(refused):
                        raise
                    return (known, gone) if known else None
                else:
                    known[urn] = self._parse(answer, dict)
        return known, gone

    async def _share_figures(self, author: str, urns: Sequence[str], *, needed: bool) -> dict[str, Figures]:
        """Share statistics by post. :param needed: whether there is nothing else."""
        found: dict[str, Figures] = {}
        for name, kind in (("shares", ":share:"), ("ugcPosts", ":ugcPost:")):
            wanted = [urn for urn in urns if kind in urn]
            if not wanted:
                continue
            entity = f"q=organizationalEntity&organizationalEntity={encoded(author)}"
            asked = self._elements(
                _POSTS, f"/organizationalEntityShareStatistics?{entity}&{name}={listed(wanted)}&count={len(wanted)}"
            )
            answered = await asked if needed else await self._allowed(asked)
            found |= objects.statistics_by_post(answered or [])
        return found

    async def _member_figures(self, urns: Sequence[str]) -> dict[str, Figures]:
        """A member's analytics by post, each figure by a call of its own; nothing where they may not be read."""
        found: dict[str, Figures] = {}
        for urn in urns:
            entity = f"({'share' if ':share:' in urn else 'ugc'}:{encoded(urn)})"
            figures: dict[str, Any] = {}
            for metric in _MEMBER_METRICS:
                query = f"q=entity&entity={entity}&queryType={metric}&aggregation=TOTAL"
                told = await self._allowed(self._elements(_POSTS, f"/memberCreatorPostAnalytics?{query}"))
                if told is None:
                    return found
                if told and "count" in told[0]:
                    figures[metric] = told[0]["count"]
            found[urn] = figures
        return found

    async def _size(self, urn: str) -> int:
        answer = await self._rest(_ACCOUNT, "GET", f"/networkSizes/{urn}?edgeType=COMPANY_FOLLOWED_BY_MEMBER")
        return self._parse(answer, lambda body: int(body["firstDegreeSize"]))

    async def _element(self, path: str) -> Figures:
        """The first of what a finder finds; nothing when it finds nothing."""
        return next(iter(await self._elements(_ACCOUNT, path)), {})

    async def _elements(self, operation: str, path: str) -> list[Figures]:
        answer = await self._rest(operation, "GET", path, restli="FINDER")
        return self._parse(answer, lambda body: [dict(each) for each in body["elements"]])

    def _require_account(self, operation: str, account: Account) -> None:
        if wrong := unknown_account(account):
            raise self._refuse(operation, "account.id", wrong)
