"""Whom a login may post as: itself, and the pages that it has a role on.

Facts: Microsoft's pages *Organization Access Control* and *Organization Lookup*, and OpenID's userinfo.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workers.providers.errors import AuthenticationFailed
from workers.providers.social.linkedin.objects import member_from, organization_from
from workers.providers.social.linkedin.paging import COUNT, Item, Walk
from workers.providers.social.linkedin.wire import LinkedInWire, is_forbidden
from workers.providers.social.models import AccountResult


class LinkedInAccounts(LinkedInWire):
    """Lists accounts."""

    async def list_accounts(self) -> tuple[AccountResult, ...]:
        """The login's own profile, and the pages it has a role on."""
        operation = "list_accounts"
        member = await self._allowed(self._profile(operation, self._access(operation)))
        found = [] if member is None else [member_from(member)]
        try:
            roles = await self._roles()
        except AuthenticationFailed as refused:
            if not found or not is_forbidden(refused):
                raise
            return tuple(found)
        for urn, held in roles.items():
            path = f"/organizations/{urn.rpartition(':')[2]}"
            answer = await self._allowed(self._rest(operation, "GET", path))
            page = None if answer is None else self._parse(answer, dict)
            found.append(organization_from(urn, frozenset(held), page))
        return tuple(found)

    async def _roles(self) -> dict[str, set[str]]:
        """The login's roles by page. One role that was taken away can have the whole list refused (pipedream #21823);
        then those of administrators are asked for alone."""
        try:
            return await self._roles_listed("")
        except AuthenticationFailed as refused:
            if not is_forbidden(refused):
                raise
            return await self._roles_listed("&role=ADMINISTRATOR")

    async def _roles_listed(self, narrowed: str) -> dict[str, set[str]]:
        roles: dict[str, set[str]] = {}
        walk: Walk | None = Walk()
        while walk is not None:
            path = f"/organizationAcls?q=roleAssignee{narrowed}&state=APPROVED&start={walk.offset}&count={COUNT}"
            answer = await self._rest("list_accounts", "GET", path, restli="FINDER")
            held = self._parse(answer, lambda body: [_role(each) for each in body["elements"]])
            taken, walk = walk.turn([Item(f"{urn} {role}") for urn, role in held])
            for urn, role in held[taken]:
                if urn.startswith("urn:li:organization:"):  # brands' pages are another kind
                    roles.setdefault(urn, set()).add(role)
        return roles


def _role(element: Mapping[str, Any]) -> tuple[str, str]:
    return str(element.get("organization") or element["organizationTarget"]), str(element["role"])
