"""What the ingress counts, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200)


class IngressMetrics:
    """The metrics of one ingress, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        deliveries = Counter(
            "wasl_webhooks_total", "Webhook deliveries by how they were answered.", ("outcome",), registry=self.registry
        )
        self.accepted = deliveries.labels("accepted")
        self.duplicate = deliveries.labels("duplicate")
        self.not_kept = deliveries.labels("not_kept")
        self._deliveries = deliveries
        self.batch_size = Histogram(
            "wasl_webhook_batch_size", "Webhooks kept by one commit.", registry=self.registry, buckets=_SIZES
        )
        self.commit_seconds = Histogram(
            "wasl_webhook_commit_seconds", "How long such a commit took.", registry=self.registry, buckets=_SECONDS
        )

        self.loop_lag_seconds = Gauge(
            "wasl_ingress_loop_lag_seconds", "How late the event loop ran at its last beat.", registry=self.registry
        )

    def render(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self.registry)

    def refused(self, reason: str) -> None:
        """Count a delivery that was refused."""
        self._deliveries.labels(reason).inc()

    def watch_waiting(self, waiting: Callable[[], float]) -> None:
        """Show how many webhooks wait for the next commit."""
        gauge = Gauge("wasl_webhooks_waiting", "Webhooks waiting for the next commit.", registry=self.registry)
        gauge.set_function(waiting)
