"""The composition root: the only place that wires parts together, and owns their life."""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import httpx
import structlog
import uvloop

from workers.compliance.backup.keys import BackupKey
from workers.compliance.backup.retention import Keep
from workers.compliance.backup.schedule import BackupPlan, ScheduledBackups
from workers.compliance.retention import Retention
from workers.compliance.subject_requests import SubjectRequestHandlers
from workers.config import Settings
from workers.mail.mailer import Mailer
from workers.mail.sending import Confirmations
from workers.media.files import GuardedMediaFiles
from workers.monitoring import server
from workers.monitoring.alerts import AlertHandlers
from workers.monitoring.channels.sending import ChannelSender
from workers.monitoring.metrics import CountingRecorder, Metrics
from workers.monitoring.readiness import Check, database_checks, keyring_check, leader_check
from workers.monitoring.watch import Watch, open_watch
from workers.objects import ObjectStore
from workers.objects.opening import open_store
from workers.operations.backoff import Backoff
from workers.operations.connections import ConnectionHandlers
from workers.operations.connectors import Connectors
from workers.operations.consent import ConsentHandlers
from workers.operations.executor import Executor
from workers.operations.hints import Hints
from workers.operations.jobs import Handler, Handlers
from workers.operations.marketing.automations import AutomationHandlers
from workers.operations.marketing.leads import LeadHandlers, SendsConfirmations
from workers.operations.options import ExecutorOptions
from workers.operations.payment_looks import PaymentLooks
from workers.operations.payments import PaymentHandlers
from workers.operations.reconciliation import ReconciliationHandlers
from workers.operations.request_counts import RequestCounts
from workers.operations.shipping.documents import DocumentHandlers
from workers.operations.shipping.inquiries import Inquiries
from workers.operations.shipping.shipments import ShipmentHandlers
from workers.operations.shipping.tracking import Tracking
from workers.operations.social.measuring import Measuring
from workers.operations.social.media import MediaFiles
from workers.operations.social.posts import PostHandlers
from workers.operations.sync.engine import SyncHandlers
from workers.operations.sync.streams import streams
from workers.providers.certificates import Certificates
from workers.schedule import Schedule
from workers.store.alerts import PostgresAlerts
from workers.store.api_keys import PostgresApiKeys
from workers.store.automations import PostgresAutomations
from workers.store.backup_notes import BackupNotes
from workers.store.breakers import PostgresCircuits
from workers.store.call_log import PostgresCallLog
from workers.store.connections import PostgresConnections
from workers.store.credentials import PostgresCredentials
from workers.store.deliveries import PostgresDeliveries
from workers.store.documents import PostgresDocuments
from workers.store.grants import PostgresGrants
from workers.store.jobs import LISTEN, PostgresQueue
from workers.store.leadership import Leadership
from workers.store.leads import PostgresLeads
from workers.store.measures import PostgresMeasures
from workers.store.partitions import Upkeep
from workers.store.payments import PostgresPayments
from workers.store.pool import BY_INDEX, UNAVAILABLE, Connection, Pool, connect, open_pool
from workers.store.privacy import PostgresPrivacy
from workers.store.rate_limits import PostgresBuckets
from workers.store.readiness import PostgresReadiness
from workers.store.reconciliation import PostgresReconciliations
from workers.store.restores import refuse_if_held
from workers.store.shipments import PostgresShipments
from workers.store.social import PostgresSocial
from workers.store.sync import PostgresSync
from workers.store.webhooks import PostgresWebhooks
from workers.tracing import Tracing, open_tracing
from workers.transport import BatchRecorder, LeasedBudget, OutboundPipeline, SharedBreakers, open_aiohttp_transport
from workers.transport.guarded_client import open_guarded_client
from workers.vault.credentials import CredentialVault
from workers.vault.keyring import LocalKeyring
from workers.webhooks.deliver import Sender
from workers.webhooks.process import JOB_KIND as WEBHOOK_KIND
from workers.webhooks.process import WebhookProcessor
from workers.webhooks.receivers import Receivers, open_receivers
from workers.webhooks.route import EventRouter
from workers.webhooks.signing import Signers
from workers.webhooks.subscriptions import SubscriptionHandlers

_log = structlog.get_logger(__name__)
_SILENCE_SECONDS: Final = 10.0
"""A worker that the queue has not answered for this long is not ready."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What every process that works for the hub has."""

    settings: Settings
    name: str
    pool: Pool
    vault: CredentialVault
    tracing: Tracing = field(default_factory=Tracing)

    async def connect(self, purpose: str) -> Connection:
        """Open a connection outside the pool, for what holds on to one: LISTEN, the leader's lock."""
        url = self.settings.direct_database_url or self.settings.database_url
        return await connect(url.get_secret_value(), application_name=f"{self.name} {purpose}")


@dataclass(frozen=True, slots=True)
class Worker:
    """The parts of a worker that its life is made of."""

    executor: Executor
    leadership: Leadership
    counts: RequestCounts
    readiness: PostgresReadiness
    metrics: Metrics
    settings: Settings

    async def run(self) -> None:
        """Work until the executor is told to stop and has wound down."""
        async with asyncio.TaskGroup() as group:
            helpers = [group.create_task(self.leadership.run()), group.create_task(self.counts.run())]
            if self.settings.metrics_port is not None:
                pulse = server.Pulse(self.metrics.loop_lag_seconds.set)
                app = server.create_app(self.metrics, checks=self.checks(), facts=self.facts, pulse=pulse)
                serving = server.serve(app, self.settings.metrics_host, self.settings.metrics_port)
                helpers += [group.create_task(pulse.run()), group.create_task(serving)]
            await self.executor.run()
            for helper in helpers:
                helper.cancel()

    def checks(self) -> dict[str, Check]:
        """What has to be well for the worker to take on work."""
        store, keyring = self.readiness, self.settings.keyring.get_secret_value()
        return {
            **database_checks(store),
            "keyring": keyring_check(store, keyring),
            "leader": leader_check(store),
            "queue": self.queue_check,
        }

    async def queue_check(self) -> str | None:
        """Why no jobs are claimed; None when they are."""
        if self.executor.stopping:
            return "stopping"
        contact = self.executor.last_contact
        if contact is None or time.monotonic() - contact > self.settings.poll_seconds * 2 + _SILENCE_SECONDS:
            return "it does not answer"
        return None

    def facts(self) -> Mapping[str, Any]:
        """How the worker is doing."""
        return {"leading": self.leadership.leading, "jobs_held": self.executor.held}


@asynccontextmanager
async def open_runtime(settings: Settings, *, name: str = "wasl worker") -> AsyncIterator[Runtime]:
    """Open what every process has, and close it at the end.

    :param name: the process's name in ``pg_stat_activity``.
    :raises KeyringError: the keyring is missing or malformed.
    :raises psycopg_pool.PoolTimeout: the database does not answer.
    """
    keyring = LocalKeyring.from_setting(settings.keyring.get_secret_value())
    url, pooled = settings.database_url.get_secret_value(), settings.direct_database_url is not None
    async with (
        open_tracing(settings.otlp_endpoint, service=name) as tracing,
        open_pool(url, application_name=name, max_size=settings.pool_size, pooled=pooled, settings=BY_INDEX) as pool,
    ):
        vault = CredentialVault(keyring, PostgresCredentials(pool))
        try:
            yield Runtime(settings, name, pool, vault, tracing)
        finally:
            vault.forget()
            with suppress(*UNAVAILABLE):  # nobody misses the time of a last use
                await vault.flush_use()


@asynccontextmanager
async def open_pipeline(runtime: Runtime, metrics: Metrics | None = None) -> AsyncIterator[OutboundPipeline]:
    """Open the outbound pipeline, with all its state shared through the database."""
    async with (
        open_aiohttp_transport() as inner,
        SharedBreakers(PostgresCircuits(runtime.pool)) as breakers,
        BatchRecorder(PostgresCallLog(runtime.pool)) as recorder,
    ):
        metrics = metrics or Metrics()
        metrics.records_dropped.set_function(lambda: recorder.dropped)
        counting = CountingRecorder(recorder, metrics)
        budget = LeasedBudget(PostgresBuckets(runtime.pool))
        yield OutboundPipeline(inner, budget, breakers, counting, tracing=runtime.tracing)


@dataclass(frozen=True, slots=True)
class Outside:
    """What handlers reach the outside by, beside connectors."""

    certificates: Certificates
    objects: ObjectStore
    files: MediaFiles
    mail: SendsConfirmations
    alerts: ChannelSender
    receivers: Receivers


def make_handlers(runtime: Runtime, connectors: Connectors, outside: Outside, metrics: Metrics) -> Handlers:
    """The handlers of every kind of job."""
    settings, connections = runtime.settings, PostgresConnections(runtime.pool)
    payments = PostgresPayments(runtime.pool, safe_seconds=settings.safe_seconds)
    shipments = PostgresShipments(runtime.pool, safe_seconds=settings.safe_seconds)
    documents = PostgresDocuments(runtime.pool)
    social = PostgresSocial(runtime.pool, safe_seconds=settings.safe_seconds)
    grants, sync = PostgresGrants(runtime.pool), PostgresSync(runtime.pool)
    automations = PostgresAutomations(runtime.pool, safe_seconds=settings.safe_seconds)
    automated = AutomationHandlers(automations, connections, connectors, renew=grants.request_refresh)
    deliveries = _deliveries(runtime)
    signers = Signers(deliveries, runtime.vault)
    webhooks = WebhookProcessor(PostgresWebhooks(runtime.pool), runtime.vault, outside.certificates, runtime.tracing)
    send_seconds, renew = settings.call_timeout_seconds + 1.0, grants.request_refresh
    return {
        **PaymentHandlers(payments, connections, connectors, send_seconds=send_seconds).handlers(),
        **ShipmentHandlers(shipments, connections, connectors, send_seconds=send_seconds).handlers(),
        **Tracking(shipments, connections, connectors).handlers(),
        **DocumentHandlers(documents, outside.objects, link_seconds=settings.link_seconds).handlers(),
        **Inquiries(documents, connections, connectors).handlers(),
        **ConnectionHandlers(connections, connectors, slow_after_ms=settings.slow_after_ms).handlers(),
        **PaymentLooks(payments, connections, connectors).handlers(),
        **ConsentHandlers(grants, connections, connectors, runtime.vault, public_url=settings.public_url).handlers(),
        **PostHandlers(
            social, connections, connectors, outside.files, send_seconds=send_seconds, renew=renew
        ).handlers(),
        **Measuring(social, connections, connectors, renew=renew).handlers(),
        **SyncHandlers(sync, connections, connectors, streams(sync, social), renew=renew).handlers(),
        **LeadHandlers(PostgresLeads(runtime.pool), connections, connectors, outside.mail, renew=renew).handlers(),
        **automated.handlers(),
        **EventRouter(automations, automated.follow, deliveries).handlers(),
        **Sender(deliveries, signers, outside.receivers, metrics, runtime.tracing).handlers(),
        **SubscriptionHandlers(deliveries, signers, outside.receivers, runtime.tracing).handlers(),
        **ReconciliationHandlers(PostgresReconciliations(runtime.pool), connections, connectors).handlers(),
        **AlertHandlers(
            PostgresAlerts(runtime.pool),
            runtime.vault,
            outside.alerts,
            metrics.alert_messages,
            public_url=settings.public_url,
        ).handlers(),
        **SubjectRequestHandlers(
            PostgresPrivacy(runtime.pool), outside.objects, link_seconds=settings.link_seconds
        ).handlers(),
        WEBHOOK_KIND: Handler(webhooks.process),
    }


def _deliveries(runtime: Runtime) -> PostgresDeliveries:
    return PostgresDeliveries(runtime.pool, patience_seconds=runtime.settings.webhook_patience_hours * 3_600)


def make_mailer(settings: Settings) -> Mailer | None:
    """What sends mail, by the settings; None: nothing does."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    return Mailer(settings.smtp_url.get_secret_value(), settings.mail_from)


def executor_options(settings: Settings) -> ExecutorOptions:
    """How the executor works, by the settings."""
    return ExecutorOptions(
        concurrency=settings.concurrency,
        prefetch=settings.prefetch,
        claim_batch=settings.claim_batch,
        lease_seconds=settings.lease_seconds,
        safe_seconds=settings.safe_seconds,
        poll_seconds=settings.poll_seconds,
        job_timeout_seconds=settings.job_timeout_seconds,
        grace_seconds=settings.shutdown_grace_seconds,
        backoff=Backoff(settings.retry_base_seconds, settings.retry_longest_seconds),
    )


def make_executor(runtime: Runtime, handlers: Handlers, metrics: Metrics) -> Executor:
    """The claim loop for the given handlers."""
    hints = Hints(partial(runtime.connect, "hints"), LISTEN, metrics.listening)
    queue = PostgresQueue(runtime.pool)
    return Executor(
        queue, handlers, hints, metrics=metrics, options=executor_options(runtime.settings), tracing=runtime.tracing
    )


@asynccontextmanager
async def open_worker(runtime: Runtime) -> AsyncIterator[Worker]:
    """Open everything a worker is made of, in order, and close it in reverse order."""
    settings, metrics = runtime.settings, Metrics()
    async with AsyncExitStack() as stack:
        pipeline = await stack.enter_async_context(open_pipeline(runtime, metrics))
        connectors = Connectors(
            runtime.vault,
            pipeline,
            sandbox_url=settings.sandbox_url,
            call_timeout_seconds=settings.call_timeout_seconds,
        )
        transport = await stack.enter_async_context(httpx.AsyncHTTPTransport())
        watching = open_watch(settings, runtime.pool, connectors, transport, metrics)
        watch = await stack.enter_async_context(watching)
        certificates = Certificates(transport, sandbox_url=settings.sandbox_url)
        objects = await stack.enter_async_context(open_store(settings))
        client = await stack.enter_async_context(open_guarded_client(settings.networks))
        receivers = await stack.enter_async_context(open_receivers(settings.networks))
        mailer = make_mailer(settings)
        outside = Outside(
            certificates,
            objects,
            GuardedMediaFiles(client),
            Confirmations(mailer, settings.public_url),
            ChannelSender(mailer, client, runtime.tracing),
            receivers,
        )
        handlers = make_handlers(runtime, connectors, outside, metrics)
        executor = make_executor(runtime, handlers, metrics)
        leadership = Leadership(partial(runtime.connect, "leader"))
        schedule = make_schedule(runtime, leadership, watch, metrics)
        await stack.enter_async_context(schedule)
        counts = RequestCounts(PostgresApiKeys(runtime.pool), partial(runtime.connect, "requests"))
        leadership.on_change(counts.leadership_changed)
        yield Worker(executor, leadership, counts, PostgresReadiness(runtime.pool), metrics, settings)


def make_schedule(runtime: Runtime, leadership: Leadership, watch: Watch, metrics: Metrics) -> Schedule:
    """What is done by the clock."""
    upkeep = Upkeep(runtime.pool, webhook_key_days=runtime.settings.webhook_key_days)
    queue, measures = PostgresQueue(runtime.pool), PostgresMeasures(runtime.pool)
    payments = PostgresPayments(runtime.pool, safe_seconds=runtime.settings.safe_seconds)
    shipments = PostgresShipments(runtime.pool, safe_seconds=runtime.settings.safe_seconds)
    reconciliations, deliveries = PostgresReconciliations(runtime.pool), _deliveries(runtime)
    social = PostgresSocial(runtime.pool, safe_seconds=runtime.settings.safe_seconds)
    alerts = PostgresAlerts(runtime.pool)
    grants, sync, leads = PostgresGrants(runtime.pool), PostgresSync(runtime.pool), PostgresLeads(runtime.pool)
    privacy = PostgresPrivacy(runtime.pool)

    async def measure_queue() -> None:
        state = await queue.state()
        metrics.ready.set(state.ready)
        metrics.oldest_seconds.set(state.oldest_seconds)
        metrics.show(await measures.take())

    schedule = Schedule(leadership)
    watch.plan(schedule)
    schedule.every(15, measure_queue, name="queue metrics", leader_only=True)
    schedule.every(3_600, upkeep.make_partitions, name="partitions ahead", leader_only=True)
    schedule.every(86_400, upkeep.drop_old_partitions, name="old partitions", leader_only=True)
    schedule.every(3_600, upkeep.expire_webhook_keys, name="webhook keys", leader_only=True)
    schedule.every(21_600, Retention(privacy).run, name="retention", leader_only=True)
    schedule.every(3_600, privacy.enqueue_expired_archives, name="copies for people", leader_only=True)
    schedule.every(900, privacy.warn_of_deadlines, name="deadlines of data protection", leader_only=True)
    schedule.every(3_600, upkeep.erase_webhook_bodies, name="webhook bodies", leader_only=True)
    schedule.every(86_400, upkeep.drop_old_webhook_requests, name="webhook requests", leader_only=True)
    schedule.every(10, payments.enqueue_due_looks, name="looks at payments", leader_only=True)
    schedule.every(10, shipments.enqueue_due_tracking, name="tracking", leader_only=True)
    schedule.every(1_800, shipments.find_stalled, name="stalled parcels", leader_only=True)
    schedule.every(1_800, reconciliations.begin_due, name="reconciliation", leader_only=True)
    schedule.every(86_400, payments.check_recent_ledgers, name="ledger check", leader_only=True)
    schedule.every(10, grants.look_after, name="access", leader_only=True)
    schedule.every(3_600, grants.warn, name="access that ends", leader_only=True)
    schedule.every(10, social.enqueue_due, name="figures of posts", leader_only=True)
    schedule.every(5, sync.enqueue_due, name="streams", leader_only=True)
    schedule.every(10, leads.enqueue_due_pushes, name="leads", leader_only=True)
    schedule.every(30, alerts.evaluate_rules, name="alert rules", leader_only=True)
    schedule.every(2, alerts.tell, name="alerts", leader_only=True)
    schedule.every(86_400, alerts.forget_old, name="old alerts", leader_only=True)
    schedule.every(30, deliveries.look_after, name="deliveries", leader_only=True)
    schedule.every(60, runtime.vault.flush_use, name="credential use")
    if (backups := make_backups(runtime.settings, metrics, BackupNotes(runtime.pool))) is not None:
        schedule.every(60, backups.take_if_due, name="backup", leader_only=True)
        schedule.every(3_600, backups.renew_keys, name="keys beside backups", leader_only=True)
    leadership.on_change(schedule.leadership_changed)
    leadership.on_change(metrics.leading.set)
    return schedule


def make_backups(settings: Settings, metrics: Metrics, notes: BackupNotes | None = None) -> ScheduledBackups | None:
    """What takes backups by the clock, if the settings ask for it."""
    if settings.backup_schedule is None:
        return None
    assert settings.backup_url is not None
    assert settings.backup_key is not None
    assert settings.backup_database_url is not None
    plan = BackupPlan(
        settings.backup_database_url.get_secret_value(),
        settings.backup_url,
        BackupKey.parse(settings.backup_key.get_secret_value()),
        settings.backup_schedule,
        Keep(settings.backup_keep_daily, settings.backup_keep_weekly, settings.backup_keep_monthly),
    )
    return ScheduledBackups(plan, metrics, notes=notes)


def calm_garbage_collector() -> None:
    """Let Python look for cyclic garbage less often, and never among what lives as long as the process.

    Calls and jobs under way are young objects by the thousand and no garbage; looking through them again and again
    was a sixth of a busy worker's CPU (benchmarks/outbound.py).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def run_worker(settings: Settings) -> None:
    """Run a worker until SIGTERM or SIGINT, and then until it has finished or handed back what it holds.

    :raises KeyringError, psycopg_pool.PoolTimeout: see `open_runtime`.
    :raises HubHeld: the hub was restored and not resumed.
    """
    calm_garbage_collector()
    uvloop.run(_work(settings))


async def _work(settings: Settings) -> None:
    async with open_runtime(settings) as runtime, AsyncExitStack() as stack:
        await refuse_if_held(runtime.pool)
        worker = await stack.enter_async_context(open_worker(runtime))
        _stop_when_told(worker)
        _log.info("working", concurrency=settings.concurrency, lease_seconds=settings.lease_seconds)
        with suppress(asyncio.CancelledError):
            await worker.run()
    _log.info("stopped")


def _stop_when_told(worker: Worker) -> None:
    """Let the first signal end the worker in good order, and the next one at once: its leases run out by themselves."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def told() -> None:
        if worker.executor.stopping and task is not None:
            task.cancel()
        worker.executor.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)
