# Made by `wasl sdk sync` from wasl/_async/organizations.py: do not edit.
"""`hub.organizations`: the companies that the caller belongs to."""

from collections.abc import Iterator
from typing import TypeAlias

from wasl._requests import Id, given
from wasl._sync.api import Api
from wasl.models import Organization, Quota

QuotaList: TypeAlias = list[Quota]


class Organizations:
    """Organizations that the caller belongs to."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(
        self, name: str, *, slug: str | None = None, country: str | None = None, time_zone: str | None = None
    ) -> Organization:
        """Create an organization that the signed-in user owns.

        Args:
            slug: a unique short name in lower case; made from `name` if left out.
            country: ISO 3166, ``AE`` if left out.
            time_zone: an IANA name, ``Asia/Dubai`` if left out.

        Raises:
            Conflict: another organization has that slug.
            PermissionDenied: an API key creates no organization.
        """
        arguments = given(name=name, slug=slug, country=country, time_zone=time_zone)
        return self._api.call(Organization, "create_organization", arguments)

    def list(self, *, limit: int | None = None) -> Iterator[Organization]:
        """Yield organizations, newest first."""
        return self._api.newest(Organization, "organizations", {}, limit=limit)

    def quotas(self, organization_id: Id | None = None) -> QuotaList:
        """Return what the organization has used of each quota, and may use at most."""
        arguments = given(organization_id=self._api.organization(organization_id))
        return self._api.call(QuotaList, "list_quotas", arguments, repeatable=True)
