"""What the hub answers about leads, tools and automations: the generated rows, with typed JSON columns."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import SkipValidation

from wasl import rows
from wasl._row import Row
from wasl.marketing_params import AutomationDefinition, FormField
from wasl.models import OperationError


class LeadConsent(rows.LeadConsents):
    """One word of a lead's on one purpose; the latest is the one that holds."""

    evidence: dict[str, Any]


class Lead(rows.Leads):
    """A person who left their address."""

    attribution: dict[str, Any]
    attributes: dict[str, str]


class LeadSync(rows.LeadSyncs):
    """How leads go to a tool, and come from there."""

    mapping: dict[str, str]


class LeadLink(rows.LeadLinks):
    """A lead at a tool: whether it is there as it is here."""

    error: OperationError | None


class LeadForm(rows.LeadForms):
    """A form of a web site, by which leads come in.

    Attributes:
        url: where the form is sent to.
    """

    fields: SkipValidation[list[FormField]]
    url: str = ""


class Stream(rows.SyncStreams):
    """One kind of things that are read from a connection, and how far that has come."""

    last_error: OperationError | None


class SyncRun(rows.SyncRuns):
    """One reading of a stream."""

    error: OperationError | None


class Audience(rows.MarketingAudiences):
    """A list of contacts at a tool."""


class Campaign(rows.MarketingCampaigns):
    """A campaign at a tool, and how it does. None is what the tool does not tell, never 0."""


class Deal(rows.MarketingDeals):
    """A deal at a tool."""


class Event(rows.Events):
    """Something that happened, in the hub's words."""

    data: dict[str, Any]


class Automation(rows.Automations):
    """When this happens and these conditions hold, do that."""

    definition: SkipValidation[AutomationDefinition]


class AutomationStep(rows.AutomationSteps):
    """One thing that a run does."""

    input: dict[str, Any]
    result: dict[str, Any] | None
    error: OperationError | None


class AutomationRun(rows.AutomationRuns):
    """An automation, led by one event; `reason` says why it was skipped."""


class PlannedStep(Row):
    """What a run would do, its texts filled in; ``skipped`` where its own conditions do not hold."""

    position: int
    kind: str
    connection_id: UUID | None = None
    status: str = "waiting"
    after_seconds: int = 0
    input: dict[str, Any]


class DryRun(Row):
    """What an automation would do with an event; nothing was done.

    Attributes:
        reason: why it would not run.
    """

    would_run: bool
    reason: str | None = None
    steps: list[PlannedStep]


class Grant(rows.ConnectionGrants):
    """What somebody who consented has granted, and until when."""

    last_error: OperationError | None


class Authorization(Row):
    """Where to send somebody who is to consent.

    Attributes:
        authorization_url: the provider's page; good once, until `expires_at`.
    """

    authorization_url: str
    expires_at: datetime
