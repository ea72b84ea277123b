"""What the hub's processes measure, and what a query of Prometheus asks for."""

import re

from workers.monitoring.metrics import Metrics
from workers.webhooks.metrics import IngressMetrics

_PARTS = re.compile(r"_(bucket|sum|count|created)$")


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
    """The metrics in a query."""
    return {_PARTS.sub("", name) for name in re.findall(r"wasl_[a-z_]+", query)}


def labels_of(query: str) -> set[str]:
    """The labels in a query."""
    grouped = {label for group in re.findall(r"(?:by|on) \(([a-z_, ]+)\)", query) for label in group.split(", ")}
    return grouped | set(re.findall(r"[{,]\s*([a-z_]+)=", query))
