"""Google Analytics 4: the Measurement Protocol for events, the Data API for reports.

Relied upon: Google's Measurement Protocol reference (web streams, pages of June 2026) and its reserved names, Google's
pages on collection limits and on service accounts, the Data API's discovery document (v1beta, October 2026), and public
integrations for the texts of errors.

Events. ``/mp/collect`` answers 204 to whatever reaches it, a wrong secret and nonsense included. So **that events were
counted can never be proved by sending them**: what Google would drop is refused here beforehand, `check_events` asks
the validation server (``/debug/mp/collect``, which looks at neither secret nor stream, and counts nothing), and a
report shows a day or two later what arrived. An event belongs to a browser's client id. Without one, the id is made out
of the user's, always the same for one user of one stream, but not their browser's, whose visits stay another client's.
``session_id`` and some engagement are what reports of sessions need.

Unknown outcomes. Nothing tells whether a request without an answer was counted, and nothing is idempotent but a
``purchase``: of one ``transaction_id`` Google counts the first. So requests of purchases alone may be sent again by the
transport, others never. Events of several clients go in several requests; where a later one fails, the outcome is
unknown, since to send all of them again would count the first ones twice.

Reports. Service accounts only: an assertion (RFC 7523, RS256) is traded for a token of an hour. Google refuses it when
this machine's clock is wrong. Quotas come back by the hour (`errors.wait_seconds`), and count failed calls too.

Unverified: that purchases of the Measurement Protocol are counted once as those of a browser are; that the time of an
event counts among its 25 parameters (taken so); the texts of quotas (the hour is the guess where they say nothing);
when a day's quota comes back exactly. Nothing was tried against Google itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    ProviderError,
    RateLimited,
    error_class,
)
from workers.providers.forms import FORM_CONTENT_TYPE
from workers.providers.manifest import Environment
from workers.providers.marketing.google_analytics.errors import (
    Fault,
    denied,
    read_fault,
    token_refusal,
    wait_seconds,
)
from workers.providers.marketing.google_analytics.limits import problems
from workers.providers.marketing.google_analytics.manifest import (
    MANIFEST,
    GoogleAnalyticsCredentials,
    GoogleAnalyticsSettings,
    Region,
)
from workers.providers.marketing.google_analytics.measurement import Batch, batches
from workers.providers.marketing.google_analytics.reports import event_problems, report, report_body
from workers.providers.marketing.google_analytics.service_account import GRANT_TYPE, ServiceAccount
from workers.providers.marketing.models import EventProblem, Report, ReportRequest, TrackedEvent
from workers.providers.tokens import AccessToken, TokenCache

COLLECT, VALIDATE, TOKEN = "/mp/collect", "/debug/mp/collect", "/token"
_JSON: Final = "application/json"
_TOKEN_MARGIN_SECONDS: Final = 300.0
_STRICT: Final = {"validation_behavior": "ENFORCE_RECOMMENDATIONS"}
_PROBE: Final = {"client_id": "1.1", "events": [{"name": "wasl_check", "params": {}}]}


class GoogleAnalyticsConnector(Connector[GoogleAnalyticsCredentials, GoogleAnalyticsSettings]):
    """Events and reports of a property."""

    manifest = MANIFEST
    credentials_model = GoogleAnalyticsCredentials
    settings_model = GoogleAnalyticsSettings
    response_limit_bytes = 32 * 1024 * 1024
    """A report has up to 100,000 rows."""
    timeout_seconds = 60.0
    sensitive_fields = frozenset({"assertion", "user_id"})

    def __init__(
        self,
        credentials: GoogleAnalyticsCredentials,
        settings: GoogleAnalyticsSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        key = credentials.service_account_key
        self._account = ServiceAccount.read(key.get_secret_value()) if key else None
        self._tokens = TokenCache(_TOKEN_MARGIN_SECONDS)

    # Events.

    async def send_events(self, events: Sequence[TrackedEvent]) -> None:
        """Hand events over, in a request for each client (of at most 25 events). That there is no error does not prove
        that they are counted: see the module's text.

        :raises InvalidRequest: Google would drop one of them; none was sent.
        :raises OutcomeUnknown: some may be counted.
        """
        operation = "send_events"
        stream = self._stream(operation)
        now = datetime.now(UTC)
        for place, event in enumerate(events):
            for problem in problems(event, now=now, currency=self.settings.currency):
                raise self._refuse(operation, f"events.{place}.{problem.field}", problem.message)
        sent = 0
        for batch in self._batches(list(enumerate(events))):
            try:
                await self._post_events(operation, COLLECT, batch.body, stream, is_repeatable=batch.is_repeatable)
            except ProviderError as error:
                if not sent:
                    raise
                message = f"{sent} of {len(events)} events were sent, the others not for certain: {error.message}"
                raise self._unknown(operation, message) from error
            sent += len(batch.places)

    async def check_events(self, events: Sequence[TrackedEvent]) -> tuple[EventProblem, ...]:
        """What is wrong with events by Google's rules; of those with which nothing is, what its validation server finds
        all the same."""
        operation = "check_events"
        stream = self._stream(operation)
        now = datetime.now(UTC)
        found: list[EventProblem] = []
        sound: list[tuple[int, TrackedEvent]] = []
        for place, event in enumerate(events):
            own = [
                EventProblem(event=place, field=each.field, code=each.code, message=each.message)
                for each in problems(event, now=now, currency=self.settings.currency)
            ]
            found += own
            if not own:
                sound.append((place, event))
        for batch in self._batches(sound):
            answer = await self._post_events(operation, VALIDATE, {**batch.body, **_STRICT}, stream, write=False)
            found += self._parse(answer, lambda body, batch=batch: event_problems(body, batch))  # type: ignore[misc]
        return tuple(found)

    # Reports.

    async def run_report(self, request: ReportRequest) -> Report:
        """One page of an answer, and what is left of the property's quotas."""
        operation = "run_report"
        if request.until < request.since:
            raise self._refuse(operation, "until", "lies before since")
        path = f"{self._property(operation)}:runReport"
        body = report_body(request, self.settings.currency)
        return self._parse(await self._ask(operation, "POST", path, body), report)

    # Health.

    async def check_health(self) -> HealthReport:
        """Read what the property can be asked for, which proves key and property. A connection that only sends events
        asks the validation server, which proves that Google can be reached, but neither secret nor stream."""
        if self._account is not None:
            return await self._report(self._ask_for_metadata())
        checked = await self._report(self._ask_nothing())
        detail = "Google Analytics answers, which proves neither the API secret nor the measurement ID"
        return replace(checked, detail=detail) if checked.ok else checked

    async def _ask_for_metadata(self) -> None:
        operation = "check_health"
        answer = await self._ask(operation, "GET", f"{self._property(operation)}/metadata")
        self._parse(answer, lambda body: body["metrics"])

    async def _ask_nothing(self) -> None:
        operation = "check_health"
        answer = await self._post_events(operation, VALIDATE, _PROBE, self._stream(operation), write=False)
        self._parse(answer, lambda body: body.get("validationMessages"))

    # How Google is spoken to.

    def _batches(self, events: Sequence[tuple[int, TrackedEvent]]) -> list[Batch]:
        measurement_id = self.settings.measurement_id or ""
        return batches(events, measurement_id=measurement_id, currency=self.settings.currency)

    async def _post_events(
        self,
        operation: str,
        path: str,
        body: Mapping[str, Any],
        stream: Sequence[tuple[str, str]],
        *,
        write: bool = True,
        is_repeatable: bool = False,
    ) -> Answer:
        return await self._call(
            operation,
            "POST",
            path,
            base=self.host("collect_eu" if self.settings.region is Region.EU else "collect"),
            query=stream,
            content=orjson.dumps(body),
            content_type=_JSON,
            write=write,
            # No such key exists: it is what tells the transport that to send it twice is as once.
            idempotency_key="transaction_id" if is_repeatable else None,
        )

    async def _ask(self, operation: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """A question to the Data API, under a token."""
        version = self.settings.api_version

        async def under(token: str) -> Answer:
            try:
                return await self._call(
                    operation,
                    method,
                    f"/{version}{path}",
                    content=orjson.dumps(body) if body is not None else b"",
                    content_type=_JSON if body is not None else None,
                    headers={"Authorization": f"Bearer {token}"},
                    write=False,
                )
            except NotFound as missing:
                if missing.provider_code is not None:
                    raise
                # A page instead of Google's error: there is no such address (any more).
                message = f"the Data API has no version {version} (any more)"
                raise self._refuse(operation, "settings.api_version", message) from missing

        return await self._tokens.spend(lambda: self._new_token(operation), under)

    async def _new_token(self, operation: str) -> AccessToken:
        try:
            assertion = self._service_account(operation).assertion()
        except ValueError as damaged:
            message = f"service_account_key: {damaged}"
            raise AuthenticationFailed(message, provider=self.manifest.key, operation=operation) from None
        answer = await self._call(
            operation,
            "POST",
            TOKEN,
            base=self.host("token"),
            content=urlencode({"grant_type": GRANT_TYPE, "assertion": assertion}).encode(),
            content_type=FORM_CONTENT_TYPE,
            write=False,
        )
        return self._parse(answer, lambda body: AccessToken.read(body["access_token"], body["expires_in"]))

    def _retry_verdict(self, response: httpx.Response) -> bool | None:
        """Quotas take longer than a call may wait, and each failed call counts against them."""
        return False if response.status_code in (403, 429) else None

    def _error(self, answer: Answer) -> ProviderError:
        fault = read_fault(answer.body, answer.status)
        if fault.is_token:
            return self._token_error(fault, answer)
        kind: type[ProviderError] = RateLimited if fault.is_quota else error_class(answer.status, write=answer.write)
        message = fault.message
        if kind is AuthenticationFailed and fault.status == "PERMISSION_DENIED" and self._account:
            message = denied(fault, self._account.email, self.settings.property_id)
        error = self._fail(kind, message, answer, provider_code=fault.status, field=fault.field)
        if isinstance(error, RateLimited) and error.retry_after is None and fault.is_quota:
            error.retry_after = wait_seconds(fault.message, datetime.now(UTC))
        return error

    def _token_error(self, fault: Fault, answer: Answer) -> ProviderError:
        kind = error_class(answer.status, write=False)
        if issubclass(kind, InvalidRequest | NotFound | AuthenticationFailed):
            kind = AuthenticationFailed
        message = token_refusal(fault, answer.headers.get("date"), datetime.now(UTC))
        return self._fail(kind, message, answer, provider_code=fault.status)

    # What an operation needs of the connection.

    def _stream(self, operation: str) -> tuple[tuple[str, str], ...]:
        """Where events go, as the query has it."""
        secret = self.credentials.api_secret
        if secret is None:
            raise self._lacks(operation, "api_secret", "events are sent with")
        if self.settings.measurement_id is None:
            raise self._refuse(operation, "settings.measurement_id", "events need the stream they go to")
        return (("measurement_id", self.settings.measurement_id), ("api_secret", secret.get_secret_value()))

    def _property(self, operation: str) -> str:
        self._service_account(operation)
        if self.settings.property_id is None:
            raise self._refuse(operation, "settings.property_id", "reports need the property they are of")
        return f"/properties/{self.settings.property_id}"

    def _service_account(self, operation: str) -> ServiceAccount:
        if self._account is None:
            raise self._lacks(operation, "service_account_key", "reports are read with")
        return self._account

    def _lacks(self, operation: str, field: str, purpose: str) -> AuthenticationFailed:
        message = f"{field} is missing, which {purpose}: add it to the connection"
        return AuthenticationFailed(message, provider=self.manifest.key, operation=operation)
