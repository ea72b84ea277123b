# Made by `wasl sdk sync` from wasl/_async/subject_requests.py: do not edit.
"""`hub.privacy.requests`: what people ask about their data."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from wasl import _answers
from wasl._requests import Id, given, id_text, optional_id, texts, time_text
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl._sync.operations import Operations
from wasl.models import Operation
from wasl.privacy_models import ArchiveLink, Certificate, SubjectIdentity, SubjectRequest, SubjectStep
from wasl.rows import SubjectRequestKind, SubjectRequestStatus

T = TypeVar("T")


class SubjectRequests:
    """Requests of people. Admins make and handle them."""

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    def create(
        self,
        kind: SubjectRequestKind,
        *,
        email: str | None = None,
        phone: str | None = None,
        lead_id: Id | None = None,
        changes: Mapping[str, str] | None = None,
        identity_check: str | None = None,
        note: str | None = None,
        received_at: datetime | None = None,
        organization_id: Id | None = None,
    ) -> SubjectRequest:
        """Note what somebody asks, and have it carried out: in every table, and at every tool that can.

        Args:
            kind: ``access``, ``portability``, ``correction``, ``restriction``, ``objection`` or ``erasure``.
            email: who it is; or `phone`, in E.164; or `lead_id`.
            changes: of a correction: what becomes of their lead, such as ``{"first_name": "Amal"}``.
            identity_check: how it was made sure that it is they who ask.
            received_at: when they asked, with a time zone; now if left out. The answer is due by it.
        """
        arguments = given(
            kind=kind,
            email=email,
            phone=phone,
            lead_id=optional_id(lead_id, "lead_id"),
            changes=None if changes is None else texts(changes, "changes"),
            identity_check=identity_check,
            note=note,
            received_at=time_text(received_at, "received_at"),
            organization_id=self._api.organization(organization_id),
        )
        return self._api.call(SubjectRequest, "create_subject_request", arguments)

    def get(self, request_id: Id) -> SubjectRequest:
        """Return one request; raises NotFound."""
        return self._api.one(SubjectRequest, "data_subject_requests", request_id, "request_id")

    def list(
        self,
        *,
        kind: SubjectRequestKind | Sequence[SubjectRequestKind] | None = None,
        status: SubjectRequestStatus | Sequence[SubjectRequestStatus] | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[SubjectRequest]:
        """Yield requests, the one that came in last first."""
        equal = {"kind": kind, "status": status, "organization_id": self._api.organization(organization_id)}
        return self._api.newest(SubjectRequest, "data_subject_requests", equal, time="received_at", limit=limit)

    def steps(self, request_id: Id) -> Sequence[SubjectStep]:
        """Return what a request takes, place by place."""
        query = self._api.table("data_subject_steps", columns_of(SubjectStep))
        query = query.eq("request_id", id_text(request_id, "request_id")).order("position")
        return self._api.fetch(SubjectStep, query)

    def identity(self, request_id: Id) -> SubjectIdentity:
        """Return who a request is about; the audit log notes that it was shown."""
        return self._call(SubjectIdentity, "subject_request_identity", request_id)

    def complete_step(self, step_id: Id, *, note: str | None = None) -> SubjectStep:
        """Say that somebody has done what no machine could; raises Conflict when the step is none of that kind."""
        arguments = given(step_id=id_text(step_id, "step_id"), note=note)
        return self._api.call(SubjectStep, "complete_subject_step", arguments)

    def refuse(self, request_id: Id, reason: str) -> SubjectRequest:
        """Refuse a request that is not begun yet; raises Conflict when it is."""
        return self._call(SubjectRequest, "refuse_subject_request", request_id, reason=reason)

    def extend(self, request_id: Id, reason: str) -> SubjectRequest:
        """Give a request the further time that the law knows, once; raises Conflict when there is none."""
        return self._call(SubjectRequest, "extend_subject_request", request_id, reason=reason)

    def certificate(self, request_id: Id) -> Certificate:
        """Return what was done, and whether that is as it was written; raises Conflict before it is completed."""
        return self._call(Certificate, "subject_certificate", request_id)

    def link(self, request_id: Id, *, wait: float = 30.0) -> ArchiveLink:
        """Return a link to the copy of somebody's data, which is good for a while.

        Raises:
            Conflict: there is no copy: it is not made yet, was not asked for, or is gone.
            OperationFailed: the object store does not have it.
            WaitTimeout: no worker has made it within `wait` seconds.
        """
        operation = self._call(Operation, "link_subject_archive", request_id)
        return _answers.parse(ArchiveLink, (self._operations.follow(operation, wait)).result)

    def _call(self, shape: type[T], function: str, request_id: Id, **more: str) -> T:
        return self._api.call(shape, function, {"request_id": id_text(request_id, "request_id"), **more})
