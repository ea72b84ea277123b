# Made by `wasl sdk sync` from wasl/_async/alert_rules.py: do not edit.
"""`hub.alert_rules`: what is measured, and from where on it is a trouble."""

from collections.abc import Iterator

from typing_extensions import Unpack

from wasl import _answers
from wasl._alert_arguments import alert_columns
from wasl._requests import Id, id_text
from wasl._sync.api import Api
from wasl.alert_models import AlertRule
from wasl.alert_params import AlertMetric, AlertRuleChanges, AlertRuleParameters


class AlertRules:
    """Rules of the organizations that the caller belongs to. Each organization begins with one of every metric."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(
        self,
        name: str,
        metric: AlertMetric,
        *,
        organization_id: Id | None = None,
        **parameters: Unpack[AlertRuleParameters],
    ) -> AlertRule:
        """Make a rule; what is left out is the metric's default.

        Args:
            metric: what to measure; see docs/alerts.md.
            parameters: such as ``threshold``, ``window_minutes`` or ``connection_id``.

        Raises:
            InvalidRequest: a parameter cannot be right; `field` names it.
        """
        row = {"name": name, "metric": metric, **parameters}
        row["organization_id"] = self._api.own_organization(organization_id)
        columns = alert_columns(row, AlertRuleChanges, others=("metric", "organization_id"))
        return self._api.insert(AlertRule, "alert_rules", columns)

    def get(self, rule_id: Id) -> AlertRule:
        """Return one rule; raises NotFound."""
        return self._api.one(AlertRule, "alert_rules", rule_id, "rule_id")

    def list(
        self, *, metric: AlertMetric | None = None, organization_id: Id | None = None, limit: int | None = None
    ) -> Iterator[AlertRule]:
        """Yield rules, newest first."""
        equal = {"metric": metric, "organization_id": self._api.organization(organization_id)}
        return self._api.newest(AlertRule, "alert_rules", equal, limit=limit)

    def update(self, rule_id: Id, **changes: Unpack[AlertRuleChanges]) -> AlertRule:
        """Change a rule; what is left out stays as it is. ``enabled=False`` ends its alerts.

        Raises:
            InvalidRequest: a parameter cannot be right; `field` names it.
            NotFound: there is no such rule of the caller's.
        """
        known = id_text(rule_id, "rule_id")
        rows = self._api.change(AlertRule, "alert_rules", {"id": known}, alert_columns(changes, AlertRuleChanges))
        return _answers.only(rows, what="rule", identifier=known)

    def delete(self, rule_id: Id) -> None:
        """Remove a rule, and end its alerts; raises NotFound."""
        self._api.remove("alert_rules", rule_id, "rule_id")
