"""Settings of the workers, read from ``WASL_*`` variables once, at the start of a process."""

from __future__ import annotations

import math
from datetime import UTC
from typing import Any, Final, Literal, Self

from apscheduler.triggers.cron import CronTrigger
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from workers.compliance.backup.errors import WrongKey
from workers.compliance.backup.keys import BackupKey
from workers.mail.message import checked_sender
from workers.mail.server import SmtpServer
from workers.networks import Network, parse_networks

_CALL_MARGIN_SECONDS: Final = 2.0


class SettingsError(ValueError):
    """A setting is missing or cannot be right; the message names its variable and repeats no value."""


class Settings(BaseSettings):
    """What an operator can set. Every field is the variable ``WASL_`` plus its name in capitals.

    :param database_url: Postgres as ``wasl_worker``. It may name several hosts, of which the one that can be written
        to is taken: ``postgresql://wasl_worker@one,two/postgres?target_session_attrs=read-write``.
    :param direct_database_url: the same, past any pooler. Set it when ``database_url`` leads through a pooler in
        transaction mode: what needs a session of its own (LISTEN, the leader's lock) then goes here.
    :param keyring: the private keys: a file's path, or the JSON document itself.
    :param sandbox_url: when set, connections in environment ``sandbox`` call ``<sandbox_url>/<provider key>``.
    :param files: where labels and papers are kept: a folder's path, or ``supabase`` for Supabase Storage. Unset, they
        stay in the database, and no link to one can be made.
    :param public_url: the hub's own address, as clients see it; links to files of a folder begin with it.
    :param files_bucket: the bucket they are in.
    :param link_seconds: for how long a link to a file is good.
    :param supabase_url: the address of the Supabase project, for its Storage.
    :param supabase_secret_key: its secret key.
    :param allowed_networks: networks, in CIDR notation and separated by commas, that addresses given by users may lead
        to although they are not public. Unset, as it should be wherever strangers have accounts, there are none.
    :param smtp_url: where mail is handed in, such as ``smtps://user:password@smtp.example:465``. Unset, none is sent.
    :param mail_from: who it comes from, such as ``Example <no-reply@example.ae>``.
    :param ingress_host: the address that `wasl ingress` listens on.
    :param ingress_port: its port.
    :param trusted_proxies: networks, in CIDR notation and separated by commas, of the proxies in front of the ingress:
        where a request comes from is then what they say in ``X-Forwarded-For``. Unset, it is the other end of the
        connection.
    :param metrics_host: the address for probes and metrics.
    :param metrics_port: where ``/healthz``, ``/readyz`` and ``/metrics`` are served; unset, they are not.
    :param otlp_endpoint: where OpenTelemetry spans are sent (OTLP over HTTP), such as ``http://collector:4318``; unset,
        none are made.
    :param log_level: the least severe level that is shown.
    :param log_json: one JSON object a line, for machines.
    :param pool_size: database connections of one process at most.
    :param concurrency: operations that one worker carries out at the same time.
    :param prefetch: jobs that a worker may hold beyond those, when they are quick.
    :param claim_batch: jobs claimed by one statement at most.
    :param lease_seconds: for how long a claimed job is the worker's own; extended while it works on it.
    :param call_timeout_seconds: how long one call of a provider may take in all; a lease must last half as long again.
    :param poll_seconds: the longest time between two looks at the queue; notifications make it look sooner.
    :param job_timeout_seconds: how long one attempt of a job may take in all.
    :param shutdown_grace_seconds: how long a worker that is told to stop goes on with what it has begun.
    :param retry_base_seconds: upper bound of the first wait before a job is tried again; doubled each time.
    :param retry_longest_seconds: upper bound of any such wait, a provider's ``Retry-After`` included.
    :param health_concurrency: health checks that the leader runs at the same time.
    :param slow_after_ms: a health check that takes longer finds its connection degraded.
    :param status_page_seconds: how often providers' status pages are read; 0: never.
    :param status_pages_url: where all status pages are, below their providers' keys, instead of their own addresses.
    :param webhook_key_days: for how long repeats of a webhook are recognized.
    :param backup_url: where backups go: a folder's path, or ``s3://bucket/prefix``.
    :param backup_key: the key that they are sealed to, of ``wasl backup new-key``: it writes backups and opens none.
    :param backup_database_url: Postgres as ``wasl_backup``, which may read everything; not through a pooler.
    :param backup_schedule: when, as five cron fields in UTC. Set, the leader takes backups; so does whoever leads next.
    :param backup_keep_daily: how many days keep their newest backup.
    :param backup_keep_weekly: how many weeks.
    :param backup_keep_monthly: how many months.
    :param webhook_patience_hours: a receiver of ours that has taken nothing for so long is switched off.
    """

    model_config = SettingsConfigDict(
        env_prefix="WASL_", env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    database_url: SecretStr
    direct_database_url: SecretStr | None = None
    keyring: SecretStr = SecretStr("")
    sandbox_url: str | None = None
    files: str | None = None
    public_url: str | None = None
    files_bucket: str = Field(default="wasl-documents", pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")
    link_seconds: int = Field(default=3_600, ge=30, le=604_800)
    supabase_url: str | None = None
    supabase_secret_key: SecretStr | None = None
    allowed_networks: str | None = None
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    ingress_host: str = "127.0.0.1"
    ingress_port: int = Field(default=8080, ge=0, le=65535)
    trusted_proxies: str | None = None
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = Field(default=None, ge=0, le=65535)
    otlp_endpoint: str | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_json: bool = False

    pool_size: int = Field(default=8, ge=2, le=200)
    concurrency: int = Field(default=64, ge=1, le=10_000)
    prefetch: int = Field(default=500, ge=0, le=10_000)
    claim_batch: int = Field(default=200, ge=1, le=5_000)
    lease_seconds: float = Field(default=90.0, ge=1, le=3_600)
    call_timeout_seconds: float = Field(default=30.0, gt=0, le=600)
    poll_seconds: float = Field(default=1.5, gt=0, le=60)
    job_timeout_seconds: float = Field(default=120.0, gt=0, le=3_600)
    shutdown_grace_seconds: float = Field(default=15.0, ge=0, le=3_600)
    retry_base_seconds: float = Field(default=2.0, gt=0, le=3_600)
    retry_longest_seconds: float = Field(default=3_600.0, gt=0, le=86_400)
    health_concurrency: int = Field(default=16, ge=1, le=1_000)
    slow_after_ms: float = Field(default=2_000.0, gt=0)
    status_page_seconds: float = Field(default=300.0, ge=0, le=86_400)
    status_pages_url: str | None = None
    webhook_key_days: int = Field(default=30, ge=1, le=365)
    webhook_patience_hours: float = Field(default=120.0, gt=0, le=8_760)
    backup_url: str | None = None
    backup_key: SecretStr | None = None
    backup_database_url: SecretStr | None = None
    backup_schedule: str | None = None
    backup_keep_daily: int = Field(default=7, ge=1, le=1_000)
    backup_keep_weekly: int = Field(default=5, ge=0, le=1_000)
    backup_keep_monthly: int = Field(default=12, ge=0, le=1_000)

    @field_validator("sandbox_url", "public_url", "supabase_url", "status_pages_url", "otlp_endpoint")
    @classmethod
    def _is_http(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("must be an http(s) URL")
        return url.rstrip("/") if url else None

    @field_validator("allowed_networks", "trusted_proxies")
    @classmethod
    def _are_networks(cls, networks: str | None) -> str | None:
        try:
            parse_networks(networks or "")
        except ValueError:
            raise ValueError("must be networks such as 127.0.0.0/8, separated by commas") from None
        return networks

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            SmtpServer.of_url(url.get_secret_value())
        return url

    @field_validator("mail_from")
    @classmethod
    def _is_address(cls, sender: str | None) -> str | None:
        if sender is not None:
            checked_sender(sender)
        return sender

    @property
    def networks(self) -> tuple[Network, ...]:
        """The allowed networks."""
        return parse_networks(self.allowed_networks or "")

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The networks of the trusted proxies."""
        return parse_networks(self.trusted_proxies or "")

    @property
    def safe_seconds(self) -> float:
        """How long a lease must still last when a call is begun: so long that the call is over before the lease is."""
        return self.call_timeout_seconds + _CALL_MARGIN_SECONDS

    @model_validator(mode="after")
    def _files_can_be_had(self) -> Self:
        if self.files == "supabase" and (self.supabase_url is None or self.supabase_secret_key is None):
            raise ValueError("WASL_FILES is supabase: set WASL_SUPABASE_URL and WASL_SUPABASE_SECRET_KEY as well")
        if self.files not in (None, "supabase") and self.public_url is None:
            raise ValueError("WASL_FILES is a folder: WASL_PUBLIC_URL has to say what links to its files begin with")
        return self

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if (self.smtp_url is None) != (self.mail_from is None):
            raise ValueError("WASL_SMTP_URL and WASL_MAIL_FROM are set together, or neither is")
        return self

    @field_validator("backup_key")
    @classmethod
    def _is_backup_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            try:
                BackupKey.parse(key.get_secret_value())
            except WrongKey as error:
                raise ValueError(str(error)) from None
        return key

    @field_validator("backup_schedule")
    @classmethod
    def _is_cron(cls, schedule: str | None) -> str | None:
        if schedule is not None:
            try:
                CronTrigger.from_crontab(schedule, timezone=UTC)
            except ValueError:
                raise ValueError("must be five cron fields, such as 30 1 * * * for half past one in UTC") from None
        return schedule

    @model_validator(mode="after")
    def _backups_have_a_place(self) -> Self:
        if self.backup_schedule is not None and None in (self.backup_url, self.backup_key, self.backup_database_url):
            raise ValueError(
                "WASL_BACKUP_SCHEDULE takes WASL_BACKUP_URL, WASL_BACKUP_KEY and WASL_BACKUP_DATABASE_URL as well"
            )
        return self

    @model_validator(mode="after")
    def _lease_outlasts_calls(self) -> Self:
        # Leases are renewed when a third of them is over, so what is left at any moment is at least two thirds.
        if self.lease_seconds * 2 / 3 < self.safe_seconds:
            least = math.ceil(self.safe_seconds * 1.5)
            raise ValueError(
                f"WASL_LEASE_SECONDS must be at least {least} while WASL_CALL_TIMEOUT_SECONDS is "
                f"{self.call_timeout_seconds:g}, or two workers could make the same call"
            )
        return self

    @classmethod
    def read(cls, **given: Any) -> Self:
        """Read the environment; ``given`` wins over it.

        :raises SettingsError: one sentence that names the variable at fault.
        """
        try:
            return cls(**given)
        except ValidationError as error:
            fault = error.errors(include_input=False, include_context=False, include_url=False)[0]
        message = fault["msg"].removeprefix("Value error, ")
        if not fault["loc"]:
            raise SettingsError(f"{message}.")
        name = "WASL_" + "_".join(str(part) for part in fault["loc"]).upper()
        if fault["type"] == "missing":
            raise SettingsError(f"{name} is not set.")
        raise SettingsError(f"{name}: {message}.")
