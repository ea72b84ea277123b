# Made by `wasl sdk sync` from wasl/_async/processing.py: do not edit.
"""`hub.privacy.purposes`, `.transfers` and `.breaches`: the record of processing, as people write it."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from wasl import _answers
from wasl._requests import Id, given, id_text, time_text
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl.privacy_models import DataBreach, DataTransfer, ProcessingPurpose


class Purposes:
    """What personal data is processed for. Admins write it; earlier versions stand in the audit log."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def add(
        self,
        key: str,
        title: str,
        lawful_basis: str,
        *,
        organization_id: Id,
        description: str | None = None,
        data_categories: Sequence[str] | None = None,
        subject_categories: Sequence[str] | None = None,
        access_by: str | None = None,
        security: str | None = None,
        impact_assessment: str | None = None,
    ) -> ProcessingPurpose:
        """Add a purpose.

        Args:
            key: as consents name it, such as ``marketing_email``.
            lawful_basis: ``consent``, ``contract``, ``legal_obligation`` …
            data_categories: classes of data, as `hub.privacy.retention` names them.
            access_by: who may see the data. `security`: how it is kept safe.
            impact_assessment: what the assessment came to, where one was made.

        Raises:
            Conflict: there is a purpose of that key.
            InvalidRequest: the hub knows no such basis.
        """
        row = given(
            organization_id=id_text(organization_id, "organization_id"),
            key=key,
            title=title,
            lawful_basis=lawful_basis,
            description=description,
            data_categories=None if data_categories is None else [*data_categories],
            subject_categories=None if subject_categories is None else [*subject_categories],
            access_by=access_by,
            security=security,
            impact_assessment=impact_assessment,
        )
        return self._api.insert(ProcessingPurpose, "processing_purposes", row)

    def list(self, organization_id: Id | None = None) -> Sequence[ProcessingPurpose]:
        """Return all purposes, by their keys."""
        query = self._api.table("processing_purposes", columns_of(ProcessingPurpose)).order("key")
        organization = self._api.organization(organization_id)
        return self._api.fetch(ProcessingPurpose, query.eq("organization_id", organization) if organization else query)


class Transfers:
    """Where providers process data. A provider without a transfer counts as unverified."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def add(
        self,
        provider: str,
        country: str,
        basis: str,
        *,
        source: str,
        reviewed_on: date,
        organization_id: Id,
        agreement_url: str | None = None,
    ) -> DataTransfer:
        """Note that somebody has looked into where a provider processes data.

        Args:
            provider: its key, such as ``mailchimp``.
            country: ISO 3166-1 alpha-2.
            basis: why it may go there: ``adequate_country``, ``contract_clauses``, ``explicit_consent`` …
            source: where the country is said.

        Raises:
            Conflict: that country is noted for that provider already, or there is no such provider.
            InvalidRequest: the hub knows no such basis.
        """
        row = given(
            organization_id=id_text(organization_id, "organization_id"),
            provider_key=provider,
            country=country,
            basis=basis,
            source=source,
            reviewed_on=reviewed_on.isoformat(),
            agreement_url=agreement_url,
        )
        return self._api.insert(DataTransfer, "data_transfers", row)

    def list(self, *, organization_id: Id | None = None, limit: int | None = None) -> Iterator[DataTransfer]:
        """Yield transfers, the one noted last first."""
        equal = {"organization_id": self._api.organization(organization_id)}
        return self._api.newest(DataTransfer, "data_transfers", equal, limit=limit)


class Breaches:
    """Breaches of personal data, which admins see."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def report(
        self,
        title: str,
        known_at: datetime,
        *,
        organization_id: Id,
        nature: str | None = None,
        causes: str | None = None,
        data_categories: Sequence[str] | None = None,
        approximate_subjects: int | None = None,
        approximate_records: int | None = None,
        effects: str | None = None,
        measures: str | None = None,
        endangers_subjects: bool | None = None,
    ) -> DataBreach:
        """Begin the record of a breach; `notify_due_at` of the answer says until when the authority is to be told.

        Args:
            known_at: when the organization came to know of it, with a time zone.
            nature: what kind and form it has; `causes`, `effects` and `measures` likewise, as far as they are known.
            endangers_subjects: whether the people are to be told as well.
        """
        row = given(
            organization_id=id_text(organization_id, "organization_id"),
            title=title,
            known_at=time_text(known_at, "known_at"),
            nature=nature,
            causes=causes,
            data_categories=None if data_categories is None else [*data_categories],
            approximate_subjects=approximate_subjects,
            approximate_records=approximate_records,
            effects=effects,
            measures=measures,
            endangers_subjects=endangers_subjects,
        )
        return self._api.insert(DataBreach, "data_breaches", row)

    def update(
        self,
        breach_id: Id,
        *,
        authority_notified_at: datetime | None = None,
        authority_reference: str | None = None,
        subjects_notified_at: datetime | None = None,
        closed_at: datetime | None = None,
        measures: str | None = None,
        effects: str | None = None,
    ) -> DataBreach:
        """Note what was done about a breach; what is left out stays. Raises NotFound."""
        changes = given(
            authority_notified_at=time_text(authority_notified_at, "authority_notified_at"),
            authority_reference=authority_reference,
            subjects_notified_at=time_text(subjects_notified_at, "subjects_notified_at"),
            closed_at=time_text(closed_at, "closed_at"),
            measures=measures,
            effects=effects,
        )
        known = id_text(breach_id, "breach_id")
        changed = self._api.change(DataBreach, "data_breaches", {"id": known}, changes)
        return _answers.only(changed, what="breach", identifier=known)

    def list(self, *, organization_id: Id | None = None, limit: int | None = None) -> Iterator[DataBreach]:
        """Yield breaches, the one known last first."""
        equal = {"organization_id": self._api.organization(organization_id)}
        return self._api.newest(DataBreach, "data_breaches", equal, time="known_at", limit=limit)
