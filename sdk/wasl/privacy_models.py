"""What the hub answers about its audit log and about personal data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from wasl import rows
from wasl._row import Row


class AuditLine(rows.AuditLog):
    """Something that was changed, by whom and from where.

    Attributes:
        before: what was changed, as it was; secrets and what tells of a person are masked. None where nothing was.
        after: the same as it is now.
    """

    detail: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditReport(Row):
    """How an audit log's chain stands.

    Attributes:
        fault: ``missing``: a line before `first_broken_sequence`; ``altered``: that line; ``unbound``: from the line
            before.
        last_sequence: keep it with `last_hash` elsewhere, to see later that no end was cut off.
    """

    intact: bool
    lines: int
    first_broken_sequence: int | None
    fault: str | None
    last_sequence: int | None
    last_hash: str | None


class SubjectRequest(rows.DataSubjectRequests):
    """What somebody asked about their data. Who it was, `requests.identity` tells."""

    certificate: dict[str, Any] | None


class SubjectStep(rows.DataSubjectSteps):
    """What a request takes in one place."""


class SubjectIdentity(Row):
    """Who a request is about; nothing once they are erased."""

    email: str | None = None
    phone: str | None = None
    changes: dict[str, str] | None = None


class Certificate(Row):
    """What was done about a request.

    Attributes:
        sha256: of the certificate's text; the audit log has it too.
        intact: whether it is as it was made.
    """

    certificate: dict[str, Any]
    sha256: str
    intact: bool


class ArchiveLink(Row):
    """A link to the copy of somebody's data."""

    url: str
    expires_at: datetime


class RetentionPeriod(rows.RetentionPeriods):
    """For how long data of a class is kept."""


class RetentionClass(Row):
    """A class of data.

    Attributes:
        keep_days: for how long it is kept; None: until somebody says for how long.
        floor_days: what a law wants it kept for at least.
        held: whether a legal hold keeps all of it.
    """

    data_class: str
    title: str
    keep_days: int | None
    default_days: int | None
    floor_days: int
    basis: str
    held: bool
    tables: list[str]


class RetentionRun(rows.RetentionRuns):
    """How much of a table was erased on a day because its time was over."""


class ProcessingPurpose(rows.ProcessingPurposes):
    """What personal data is processed for."""


class DataTransfer(rows.DataTransfers):
    """Where a provider processes data, and why it may go there."""


class DataBreach(rows.DataBreaches):
    """A breach of personal data, with what the authority is to be told."""


class ConsentEvidence(Row):
    """What proves a consent; without page and address once they are erased."""

    form_id: UUID | None = None
    confirmed: bool | None = None
    page: str | None = None
    ip_hash: str | None = None
