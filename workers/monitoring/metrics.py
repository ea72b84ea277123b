"""What a worker counts, for Prometheus. A registry per process object, so that two in one process do not mix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from workers.store.measures import Measures
    from workers.transport.recording import CallRecord, CallRecorder

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
        self.queue_jobs = self._gauge("wasl_queue_jobs", "Ready jobs by kind, as wasl_queue_ready.", "kind")
        self.queue_kind_seconds = self._gauge(
            "wasl_queue_kind_oldest_seconds", "How long the oldest ready job of a kind has been waiting.", "kind"
        )
        self.dead_jobs = self._gauge("wasl_dead_jobs", "Dead letters, counted to 10,000; told by the leader.")
        self.breakers = self._gauge(
            "wasl_breakers", "Circuit breakers that calls have met, by state; told by the leader.", "provider", "state"
        )
        self.rate_budget = self._gauge(
            "wasl_rate_budget_left", "What is left of a provider's tightest rate limit, 0 to 1.", "provider"
        )
        self.deliveries_waiting = self._gauge("wasl_deliveries", "Deliveries to subscriptions under way.")
        self.deliveries_overdue = self._gauge(
            "wasl_deliveries_overdue_seconds", "For how long the oldest of them has been due."
        )
        self.calls = self._counter("wasl_provider_calls_total", "Calls of providers by outcome.", "provider", "outcome")
        self.call_seconds = self._histogram("wasl_provider_call_seconds", "How long they took.", "provider")
        self.records_dropped = self._gauge("wasl_call_records_dropped", "Call records lost because nobody took them.")
        self.loop_lag_seconds = self._gauge("wasl_loop_lag_seconds", "How late the event loop ran at its last beat.")
        self.health_checks = self._counter("wasl_health_checks_total", "Health checks by what they saw.", "state")
        self.backups = self._counter(
            "wasl_backups_total", "Scheduled backups and files of keys, by how they ended.", "outcome"
        )
        for outcome in ("taken", "failed", "keys_renewed", "keys_failed"):
            self.backups.labels(outcome)  # shown as 0, so that the first failure is an increase
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

    def show(self, measures: Measures) -> None:
        """Show what the leader measured; what is not there any more is not shown any more."""
        by_label = (self.queue_jobs, self.queue_kind_seconds, self.breakers, self.rate_budget)
        for gauge in by_label:
            gauge.clear()
        for kind, (count, oldest) in measures.queue.items():
            self.queue_jobs.labels(kind).set(count)
            self.queue_kind_seconds.labels(kind).set(oldest)
        for (provider, state), count in measures.breakers.items():
            self.breakers.labels(provider, state).set(count)
        for provider, left in measures.budgets.items():
            self.rate_budget.labels(provider).set(left)
        self.deliveries_waiting.set(measures.deliveries)
        self.deliveries_overdue.set(max(0.0, measures.deliveries_overdue_seconds))
        self.dead_jobs.set(measures.dead)

    def _gauge(self, name: str, help_text: str, *labels: str) -> Gauge:
        return Gauge(name, help_text, labels, registry=self.registry)

    def _histogram(self, name: str, help_text: str, *labels: str) -> Histogram:
        return Histogram(name, help_text, labels, registry=self.registry, buckets=_DURATIONS)


class CountingRecorder:
    """Counts calls on their way to the recorder behind it, which keeps them."""

    def __init__(self, inner: CallRecorder, metrics: Metrics) -> None:
        self._inner = inner
        self._metrics = metrics

    def record(self, record: CallRecord) -> None:
        """See `CallRecorder.record`."""
        provider = record.context.provider_key
        self._metrics.calls.labels(provider, record.outcome.value).inc()
        self._metrics.call_seconds.labels(provider).observe(record.duration_ms / 1000)
        self._inner.record(record)
