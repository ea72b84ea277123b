"""What a worker counts, for Prometheus. A registry per process object, so that two in one process do not mix."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_DURATIONS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The metrics of one worker."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.claimed = self._counter("wasl_jobs_claimed_total", "Jobs claimed.")
        self.ended = self._counter("wasl_jobs_ended_total", "Jobs that left this worker, by how.", "kind", "outcome")
        self.lease_lost = self._counter("wasl_leases_lost_total", "Jobs that another worker took while held here.")
        self.released = self._counter(
            "wasl_leases_expired_total", "Jobs whose lease had run out, released by this worker."
        )
        self.held = self._gauge("wasl_jobs_held", "Jobs claimed and not yet ended.")
        self.running = self._gauge("wasl_jobs_running", "Jobs being carried out.")
        self.seconds = self._histogram("wasl_job_seconds", "How long an attempt took.", "kind")
        self.wait_seconds = self._histogram("wasl_job_wait_seconds", "From when a job was due to its start.", "kind")
        self.listening = self._gauge("wasl_listening", "1 while notifications of new jobs come in.")
        self.leading = self._gauge("wasl_leading", "1 while this worker leads.")
        self.ready = self._gauge(
            "wasl_queue_ready", "Jobs that could be claimed, counted to 10,000; told by the leader."
        )
        self.oldest_seconds = self._gauge(
            "wasl_queue_oldest_seconds", "How long the oldest ready job has been waiting."
        )
        self.alert_messages = self._counter(
            "wasl_alert_messages_total",
            "Messages about alerts by the channel's kind and how they ended.",
            "kind",
            "outcome",
        )
        self.deliveries = self._counter(
            "wasl_webhook_attempts_total", "Attempts to deliver to subscriptions, by what became of them.", "outcome"
        )
        self.delivery_seconds = self._histogram("wasl_webhook_attempt_seconds", "How long receivers took to answer.")
        self.health_checks = self._counter("wasl_health_checks_total", "Health checks by what they saw.", "state")
        self.backups = self._counter("wasl_backups_total", "Scheduled backups, by how they ended.", "outcome")
        self.backup_taken = self._gauge(
            "wasl_backup_taken_timestamp_seconds", "What moment the newest scheduled backup shows; told by the leader."
        )
        self.backup_due_seconds = self._gauge(
            "wasl_backup_due_seconds", "For how long a scheduled backup has been due and not been taken."
        )
        self.synthetic_checks = self._counter(
            "wasl_synthetic_checks_total", "Synthetic checks by what they saw.", "capability", "state"
        )
        self.analytics_folded = self._counter("wasl_analytics_folded_total", "Increments of figures folded.")

    def render(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(name, help_text, labels, registry=self.registry)

    def _gauge(self, name: str, help_text: str) -> Gauge:
        return Gauge(name, help_text, registry=self.registry)

    def _histogram(self, name: str, help_text: str, *labels: str) -> Histogram:
        return Histogram(name, help_text, labels, registry=self.registry, buckets=_DURATIONS)
