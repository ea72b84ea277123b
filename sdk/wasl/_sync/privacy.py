# Made by `wasl sdk sync` from wasl/_async/privacy.py: do not edit.
"""`hub.privacy`: personal data, how long it is kept, and what people ask about it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wasl._requests import Id, given, id_text
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl._sync.operations import Operations
from wasl._sync.processing import Breaches, Purposes, Transfers
from wasl._sync.subject_requests import SubjectRequests
from wasl.privacy_models import ConsentEvidence, RetentionClass, RetentionPeriod, RetentionRun


class Retention:
    """For how long data is kept, by class."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def plan(self, organization_id: Id | None = None) -> Sequence[RetentionClass]:
        """Return every class of data with its time, the floor that a law sets, and its tables."""
        arguments = given(organization_id=self._api.organization(organization_id))
        return self._api.call(list[RetentionClass], "retention_plan", arguments, repeatable=True)

    def set(self, data_class: str, keep_days: int, *, organization_id: Id | None = None) -> RetentionPeriod:
        """Say for how long data of a class is kept; what is older is erased for good by the next run.

        Raises:
            InvalidRequest: there is no such class, or a law wants it kept longer.
        """
        arguments = given(
            data_class=data_class, keep_days=keep_days, organization_id=self._api.organization(organization_id)
        )
        return self._api.call(RetentionPeriod, "set_retention", arguments, repeatable=True)

    def runs(self, since: date, *, organization_id: Id | None = None) -> Sequence[RetentionRun]:
        """Return how much was erased because its time was over, by day and table, the last day first."""
        query = self._api.table("retention_runs", columns_of(RetentionRun)).gte("day", since.isoformat())
        organization = self._api.organization(organization_id)
        query = query.eq("organization_id", organization) if organization else query
        return self._api.fetch(RetentionRun, query.order("day", desc=True).order("table_name"))


class Privacy:
    """Personal data.

    Attributes:
        requests: what people ask: to know, correct, restrict, erase.
        retention: for how long what is kept.
        purposes: what for; likewise `transfers`, where to.
        breaches: what went wrong, with the authority's clock.
    """

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self.requests = SubjectRequests(api, operations)
        self.retention = Retention(api)
        self.purposes = Purposes(api)
        self.transfers = Transfers(api)
        self.breaches = Breaches(api)

    def register(self, organization_id: Id | None = None) -> dict[str, Any]:
        """Return the record of processing: controller, purposes, consents, retention, recipients."""
        arguments = given(organization_id=self._api.organization(organization_id))
        return self._api.call(dict[str, Any], "processing_register", arguments, repeatable=True)

    def consent_evidence(self, consent_id: Id) -> ConsentEvidence:
        """Return what proves a consent; the audit log notes that it was shown."""
        arguments = {"consent_id": id_text(consent_id, "consent_id")}
        return self._api.call(ConsentEvidence, "consent_evidence", arguments)
