"""deploy/grafana/wasl.json: every query asks for what the processes tell, and nothing they tell is left out."""

import json
import re
from typing import Any

from stack.toolchain import ROOT
from workers.monitoring.metrics import Metrics
from workers.webhooks.metrics import IngressMetrics

DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/wasl.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]
PARTS = re.compile(r"_(bucket|sum|count|created)$")


def families() -> dict[str, set[str]]:
    """What is told, with its labels."""
    ingress = IngressMetrics()
    ingress.watch_waiting(lambda: 0)
    told = {}
    for registry in (Metrics().registry, ingress.registry):
        for collector in registry._collector_to_names:
            for family in collector.describe():
                name = f"{family.name}_total" if family.type == "counter" else family.name
                told[name] = {*getattr(collector, "_labelnames", ()), "job", "instance", "le"}
    return told


def asked(query: str) -> set[str]:
    return {PARTS.sub("", name) for name in re.findall(r"wasl_[a-z_]+", query)}


def test_every_query_asks_for_a_metric_that_there_is() -> None:
    told = families()

    assert {name for query in QUERIES for name in asked(query)} <= told.keys()


def test_every_metric_is_shown() -> None:
    assert families().keys() - {name for query in QUERIES for name in asked(query)} == set()


def test_every_label_is_one_of_its_metric() -> None:
    told = families()
    for query in QUERIES:
        labels = {label for group in re.findall(r"by \(([a-z_, ]+)\)", query) for label in group.split(", ")}
        labels |= set(re.findall(r"[{,]\s*([a-z_]+)=", query))
        for name in asked(query):
            assert labels <= told[name], query


def test_every_panel_has_its_place_and_says_what_it_shows() -> None:
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert all(panel["title"] and panel["description"] for panel in PANELS)
    taken = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len(taken) == len(set(taken))
