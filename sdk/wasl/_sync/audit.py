# Made by `wasl sdk sync` from wasl/_async/audit.py: do not edit.
"""`hub.audit`: who changed what."""

from collections.abc import Iterator
from datetime import datetime

from wasl._requests import PAGE_SIZE, Id, given
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl.errors import InvalidRequest
from wasl.privacy_models import AuditLine, AuditReport


class Audit:
    """The audit logs of the organizations whose admin the caller is."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(
        self,
        *,
        action: str | None = None,
        actor_id: str | None = None,
        target_type: str | None = None,
        target_id: str | None = None,
        occurred_after: datetime | None = None,
        occurred_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[AuditLine]:
        """Yield lines, newest first; pages are fetched as they are needed.

        Args:
            action: such as ``connection.updated``.
            actor_id: a user's or an API key's.
            target_type: such as ``connection``, with `target_id`.
            occurred_after: exclusive, with a time zone; likewise `occurred_before`.
        """
        equal = {
            "action": action,
            "actor_id": actor_id,
            "target_type": target_type,
            "target_id": target_id,
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(
            AuditLine,
            "audit_log",
            equal,
            time="occurred_at",
            after=occurred_after,
            before=occurred_before,
            limit=limit,
        )

    def export(self, *, after_sequence: int = 0, organization_id: Id | None = None) -> Iterator[AuditLine]:
        """Yield an organization's lines, the oldest first, without holding more than a page.

        Args:
            after_sequence: go on after this line.

        Raises:
            InvalidRequest: neither the call nor the client says which organization.
        """
        organization = self._api.organization(organization_id)
        if organization is None:
            message = "Say which organization's log."
            raise InvalidRequest(message, code="organization_required", field="organization_id")
        while True:
            query = self._api.table("audit_log", columns_of(AuditLine)).eq("organization_id", organization)
            query = query.gt("sequence", str(after_sequence)).order("sequence").limit(PAGE_SIZE)
            page = self._api.fetch(AuditLine, query)
            yield from page
            if len(page) < PAGE_SIZE:
                return
            after_sequence = page[-1].sequence

    def verify(self, *, organization_id: Id | None = None) -> AuditReport:
        """Check the chain; what is found does not raise."""
        arguments = given(organization_id=self._api.organization(organization_id))
        return self._api.call(AuditReport, "verify_audit_log", arguments, repeatable=True)
