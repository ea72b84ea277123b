# Made by `wasl sdk sync` from wasl/_async/lead_syncs.py: do not edit.
"""`hub.leads.syncs`: how leads go to the tools that keep contacts, and come from there."""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from wasl._marketing_arguments import marketing_arguments
from wasl._requests import Id
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl.marketing_models import LeadSync

Direction: TypeAlias = Literal["push", "pull", "both"]
ConflictRule: TypeAlias = Literal["newest", "hub", "provider"]


class LeadSyncs:
    """The synchronization of leads, a row for each connection that keeps contacts."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def set(
        self,
        connection_id: Id,
        *,
        direction: Direction | None = None,
        mapping: Mapping[str, str] | None = None,
        conflict_rule: ConflictRule | None = None,
        purpose: str | None = None,
        only_with_consent: bool | None = None,
        tags: Sequence[str] | None = None,
        enabled: bool | None = None,
    ) -> LeadSync:
        """Have leads synchronized with a connection; what is left out stays, or is the default.

        Args:
            direction: ``push`` (the default): to the tool; ``pull``: from there; or ``both``.
            mapping: an attribute of a lead -> the tool's field, such as ``{"city": "CITY"}``.
            conflict_rule: who wins where both have changed: ``newest`` (the default), ``hub`` or ``provider``. That
                somebody unsubscribed always wins.
            purpose: the consent that the tool is told of; ``marketing_email`` if left out.
            only_with_consent: False: also leads who were never asked; the tool keeps them and does not write to them.
            tags: that every lead gets at the tool, beside its own.

        Raises:
            Conflict: the provider keeps no contacts.
        """
        arguments = marketing_arguments(
            connection_id=connection_id,
            direction=direction,
            mapping=mapping,
            conflict_rule=conflict_rule,
            purpose=purpose,
            only_with_consent=only_with_consent,
            tags=tags,
            enabled=enabled,
        )
        return self._api.call(LeadSync, "set_lead_sync", arguments, repeatable=True)

    def list(self, *, organization_id: Id | None = None) -> Sequence[LeadSync]:
        """Return how leads are synchronized, connection by connection."""
        query = self._api.table("lead_syncs", columns_of(LeadSync)).order("connection_id")
        if (whose := self._api.organization(organization_id)) is not None:
            query = query.eq("organization_id", whose)
        return self._api.fetch(LeadSync, query)
