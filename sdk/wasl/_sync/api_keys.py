# Made by `wasl sdk sync` from wasl/_async/api_keys.py: do not edit.
"""`hub.api_keys`: keys of machines."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from wasl._requests import Id, given, id_text, time_text
from wasl._sync.api import Api
from wasl.models import ApiKey, NewApiKey
from wasl.rows import OrganizationRole


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
        organization_id: Id | None = None,
    ) -> NewApiKey:
        """Create a key. It is in this answer and nowhere else.

        Args:
            scopes: such as ``["payments:*", "operations:read"]`` (the second to `wait`), or ``["*"]``.
            role: ``viewer``, ``developer`` or ``admin``; not more than the caller's own.
            expires_at: with a time zone; None: never.
        """
        arguments = given(
            name=name,
            scopes=[*scopes],
            role=role,
            expires_at=time_text(expires_at, "expires_at"),
            organization_id=self._api.organization(organization_id),
        )
        return self._api.call(NewApiKey, "create_api_key", arguments)

    def list(self, *, organization_id: Id | None = None, limit: int | None = None) -> Iterator[ApiKey]:
        """Yield keys, newest first, revoked ones too."""
        equal = {"organization_id": self._api.organization(organization_id)}
        return self._api.newest(ApiKey, "api_keys", equal, limit=limit)

    def revoke(self, api_key_id: Id) -> None:
        """Revoke a key, and with it every token it was traded for, at once."""
        arguments = {"api_key_id": id_text(api_key_id, "api_key_id")}
        self._api.call(object, "revoke_api_key", arguments, repeatable=True)
