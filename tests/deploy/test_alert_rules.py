"""deploy/alerts.yml: rules that Prometheus takes, about metrics that there are."""

import re
from typing import Any

import pytest
import yaml

from stack.toolchain import ROOT
from tests.support.metric_names import asked, families, labels_of
from workers.monitoring.metrics import Metrics

GROUPS: list[dict[str, Any]] = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text())["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
TOLD_BY_THE_LEADER = re.compile(r"wasl_(queue_|dead_jobs|deliveries|backup_due)")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_asks_for_metrics_that_there_are_and_says_what_is_wrong(rule: dict[str, Any]) -> None:
    told, query = families(), rule["expr"]

    assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
    assert asked(query)
    assert asked(query) <= told.keys()
    assert labels_of(query) <= set().union(*(told[name] for name in asked(query)))
    assert query.count("(") == query.count(")")
    assert re.fullmatch(r"[0-9]+[smh]", rule.get("for", "1m"))
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert rule["annotations"].keys() == {"summary", "description"}
    assert all(rule["annotations"].values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_what_a_former_leader_shows_is_not_believed(rule: dict[str, Any]) -> None:
    if TOLD_BY_THE_LEADER.search(rule["expr"]):
        assert "* on (job, instance) wasl_leading" in rule["expr"]


def test_no_two_rules_have_the_same_name() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_failures_are_counted_from_nothing() -> None:
    """``increase`` sees no failure in a counter that appears with it."""
    lines = Metrics().render().decode().splitlines()

    for outcome in ("failed", "keys_failed"):
        assert f'wasl_backups_total{{outcome="{outcome}"}} 0.0' in lines
