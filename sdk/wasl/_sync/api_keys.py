# Made by `wasl sdk sync` from wasl/_async/api_keys.py: do not edit.
"""`hub.api_keys`: keys of machines."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TypeAlias

from wasl._requests import Id, given, id_text, time_text
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl.models import ApiKey, ApiKeyUsage, NewApiKey
from wasl.rows import Environment, OrganizationRole

UsageList: TypeAlias = list[ApiKeyUsage]


class ApiKeys:
    """API keys of the organizations whose admin the caller is."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(
        self,
        name: str,
        scopes: Sequence[str],
        *,
        role: OrganizationRole = "developer",
        expires_at: datetime | None = None,
        environment: Environment | None = None,
        requests_per_minute: int = 600,
        organization_id: Id | None = None,
    ) -> NewApiKey:
        """Create a key. It is in this answer and nowhere else.

        Args:
            scopes: such as ``["payments:*", "operations:read"]`` (the second to `wait`), or ``["*"]``.
            role: ``viewer``, ``developer`` or ``admin``; not more than the caller's own.
            expires_at: with a time zone; None: never.
            environment: ``sandbox`` or ``live``: the key neither sees nor touches the other; None: both.
            requests_per_minute: how many its tokens may make, 1 to 100 000; beyond it they are told to wait.
        """
        arguments = given(
            name=name,
            scopes=[*scopes],
            role=role,
            expires_at=time_text(expires_at, "expires_at"),
            environment=environment,
            requests_per_minute=requests_per_minute,
            organization_id=self._api.organization(organization_id),
        )
        return self._api.call(NewApiKey, "create_api_key", arguments)

    def list(self, *, organization_id: Id | None = None, limit: int | None = None) -> Iterator[ApiKey]:
        """Yield keys, newest first, revoked ones too."""
        equal = {"organization_id": self._api.organization(organization_id)}
        return self._api.newest(ApiKey, "api_keys", equal, limit=limit)

    def usage(self, api_key_id: Id, *, since: date | None = None) -> UsageList:
        """Return how many requests a key's tokens made, by the day (UTC), oldest first."""
        query = self._api.table("api_key_usage", columns_of(ApiKeyUsage))
        query = query.eq("api_key_id", id_text(api_key_id, "api_key_id"))
        if since is not None:
            query = query.gte("day", since.isoformat())
        return self._api.fetch(ApiKeyUsage, query.order("day"))

    def rotate(self, api_key_id: Id, *, overlap: timedelta = timedelta(days=1)) -> NewApiKey:
        """Make a key that may do the same. It is in this answer and nowhere else.

        Args:
            overlap: for how long the old key works on, at most 90 days.
        """
        arguments = {
            "api_key_id": id_text(api_key_id, "api_key_id"),
            "overlap": f"{overlap.total_seconds():f} seconds",
        }
        return self._api.call(NewApiKey, "rotate_api_key", arguments)

    def revoke(self, api_key_id: Id) -> None:
        """Revoke a key, and with it every token it was traded for, at once."""
        arguments = {"api_key_id": id_text(api_key_id, "api_key_id")}
        self._api.call(object, "revoke_api_key", arguments, repeatable=True)
