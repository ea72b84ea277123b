# Made by `wasl sdk sync` from wasl/_async/maintenance.py: do not edit.
"""`hub.maintenance`: times in which alerts are recorded and nobody is told."""

from collections.abc import Iterator

from typing_extensions import Unpack

from wasl import _answers
from wasl._alert_arguments import alert_columns
from wasl._requests import Id, id_text
from wasl._sync.api import Api
from wasl.alert_models import MaintenanceWindow
from wasl.alert_params import MaintenanceChanges


class Maintenance:
    """Maintenance windows of the organizations that the caller belongs to."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(self, *, organization_id: Id | None = None, **window: Unpack[MaintenanceChanges]) -> MaintenanceWindow:
        """Make a window, with a ``name``: once, with ``starts_at`` and ``ends_at``, or weekly, with ``weekdays``,
        ``start_time``, ``duration_minutes`` and a ``time_zone`` (the organization's if left out).

        Raises:
            InvalidRequest: something is missing or cannot be right; `field` names it.
        """
        row = {**window, "organization_id": self._api.own_organization(organization_id)}
        columns = alert_columns(row, MaintenanceChanges, others=("organization_id",))
        return self._api.insert(MaintenanceWindow, "maintenance_windows", columns)

    def get(self, window_id: Id) -> MaintenanceWindow:
        """Return one window; raises NotFound."""
        return self._api.one(MaintenanceWindow, "maintenance_windows", window_id, "window_id")

    def list(self, *, organization_id: Id | None = None, limit: int | None = None) -> Iterator[MaintenanceWindow]:
        """Yield windows, newest first, past ones too."""
        equal = {"organization_id": self._api.organization(organization_id)}
        return self._api.newest(MaintenanceWindow, "maintenance_windows", equal, limit=limit)

    def update(self, window_id: Id, **changes: Unpack[MaintenanceChanges]) -> MaintenanceWindow:
        """Change a window; what is left out stays as it is. Raises InvalidRequest and NotFound."""
        known = id_text(window_id, "window_id")
        columns = alert_columns(changes, MaintenanceChanges)
        rows = self._api.change(MaintenanceWindow, "maintenance_windows", {"id": known}, columns)
        return _answers.only(rows, what="window", identifier=known)

    def delete(self, window_id: Id) -> None:
        """Remove a window; raises NotFound."""
        self._api.remove("maintenance_windows", window_id, "window_id")
