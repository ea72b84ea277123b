"""deploy/grafana/wasl.json: every query asks for what the processes tell, and nothing they tell is left out."""

import json
from typing import Any

from stack.toolchain import ROOT
from tests.support.metric_names import asked, families, labels_of

DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana/wasl.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [target["expr"] for panel in PANELS for target in panel["targets"]]


def test_every_query_asks_for_a_metric_that_there_is() -> None:
    told = families()

    assert {name for query in QUERIES for name in asked(query)} <= told.keys()


def test_every_metric_is_shown() -> None:
    assert families().keys() - {name for query in QUERIES for name in asked(query)} == set()


def test_every_label_is_one_of_its_metric() -> None:
    told = families()
    for query in QUERIES:
        for name in asked(query):
            assert labels_of(query) <= told[name], query


def test_every_panel_has_its_place_and_says_what_it_shows() -> None:
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert all(panel["title"] and panel["description"] for panel in PANELS)
    taken = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len(taken) == len(set(taken))
