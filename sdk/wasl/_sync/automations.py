# Made by `wasl sdk sync` from wasl/_async/automations.py: do not edit.
"""`hub.automations`: when this happens and these conditions hold, do that."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from wasl import _answers
from wasl._marketing_arguments import marketing_arguments
from wasl._requests import Id, id_text, optional_id
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl._sync.operations import Operations
from wasl.marketing_models import Automation, AutomationRun, AutomationStep, DryRun
from wasl.marketing_params import AutomationDefinition
from wasl.models import Operation
from wasl.rows import AutomationRunStatus, Environment


class Automations:
    """Automations of the organizations that the caller belongs to."""

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    def save(
        self,
        name: str | None = None,
        definition: AutomationDefinition | None = None,
        *,
        automation_id: Id | None = None,
        description: str | None = None,
        enabled: bool | None = None,
        environment: Environment | None = None,
        organization_id: Id | None = None,
    ) -> Automation:
        """Make an automation, or change one: another definition is another version, and runs keep theirs.

        Args:
            name: of a new one; likewise `definition`.
            automation_id: the one to change; what is left out stays as it is.
            enabled: False if left out: try it with `dry_run` first.
            environment: only events of connections there; of both if left out.

        Raises:
            InvalidRequest: the definition is wrong; `field` names where, such as ``definition.actions.0.kind``.
        """
        arguments = marketing_arguments(
            name=name,
            definition=definition,
            automation_id=automation_id,
            description=description,
            enabled=enabled,
            environment=environment,
            organization_id=self._api.organization(organization_id),
        )
        return self._api.call(Automation, "save_automation", arguments)

    def get(self, automation_id: Id) -> Automation:
        """Return one automation; raises NotFound."""
        return self._api.one(Automation, "automations", automation_id, "automation_id")

    def list(
        self, *, enabled: bool | None = None, organization_id: Id | None = None, limit: int | None = None
    ) -> Iterator[Automation]:
        """Yield automations, newest first."""
        equal = {
            "enabled": None if enabled is None else str(enabled).lower(),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Automation, "automations", equal, limit=limit)

    def enable(self, automation_id: Id, *, enabled: bool = True) -> Automation:
        """Let an automation be led by events, or no longer."""
        arguments = {"automation_id": id_text(automation_id, "automation_id"), "enabled": enabled}
        return self._api.call(Automation, "enable_automation", arguments, repeatable=True)

    def delete(self, automation_id: Id) -> Automation:
        """Switch an automation off for good; what it did stays to be seen."""
        arguments = {"automation_id": id_text(automation_id, "automation_id")}
        return self._api.call(Automation, "delete_automation", arguments, repeatable=True)

    def dry_run(
        self,
        *,
        automation_id: Id | None = None,
        definition: AutomationDefinition | None = None,
        event_id: Id | None = None,
        event: Mapping[str, Any] | None = None,
        organization_id: Id | None = None,
        wait: float = 30.0,
    ) -> DryRun:
        """Say what an automation would do with an event, and do nothing.

        Args:
            automation_id: an automation as it is, or a `definition` that is yet to be saved.
            event_id: an event that happened, or an `event` that is made up: ``{"type": ..., "data": {...}}``.

        Raises:
            WaitTimeout: no worker has answered yet.
        """
        arguments = marketing_arguments(
            automation_id=automation_id,
            definition=definition,
            event_id=event_id,
            event=event,
            organization_id=None if automation_id else self._api.organization(organization_id),
        )
        operation = self._api.call(Operation, "dry_run_automation", arguments)
        done = self._operations.follow(operation, wait)
        return _answers.parse(DryRun, done.result)

    def runs(
        self,
        *,
        automation_id: Id | None = None,
        status: AutomationRunStatus | Sequence[AutomationRunStatus] | None = None,
        event_id: Id | None = None,
        started_after: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[AutomationRun]:
        """Yield runs, newest first."""
        equal = {
            "automation_id": optional_id(automation_id, "automation_id"),
            "status": status,
            "event_id": optional_id(event_id, "event_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(
            AutomationRun, "automation_runs", equal, time="started_at", after=started_after, limit=limit
        )

    def steps(self, run_id: Id) -> Sequence[AutomationStep]:
        """Return what a run did and does, in order."""
        query = self._api.table("automation_steps", columns_of(AutomationStep)).eq("run_id", id_text(run_id, "run_id"))
        return self._api.fetch(AutomationStep, query.order("position"))

    def cancel_run(self, run_id: Id) -> AutomationRun:
        """Do nothing more of a run: the steps that wait are not taken."""
        arguments = {"run_id": id_text(run_id, "run_id")}
        return self._api.call(AutomationRun, "cancel_automation_run", arguments, repeatable=True)

    def retry_step(self, step_id: Id, *, force: bool = False) -> AutomationStep:
        """Take a step again that failed.

        Args:
            force: True: also one of which nobody knows whether it was done.
        """
        arguments = {"step_id": id_text(step_id, "step_id"), "force": force}
        return self._api.call(AutomationStep, "retry_automation_step", arguments)
