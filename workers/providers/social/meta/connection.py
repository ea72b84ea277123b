"""Speaking to the Graph API: the token and its proof, pages, figures of which some may be refused, errors.

The token goes in the ``Authorization`` header, so that it stands in no address. ``appsecret_proof`` (HMAC-SHA256 of the
token, keyed with the app's secret) goes with every call when the secret is there; Meta asks for it only where the app
is set so.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, ClassVar, Final, TypeVar
from urllib.parse import urlencode

import httpx

from workers.providers.base import Answer, Connector
from workers.providers.capabilities import HealthReport
from workers.providers.errors import AuthenticationFailed, InvalidRequest, ProviderError, RateLimited
from workers.providers.events import ChallengeAnswer, VerifiedWebhook, WebhookRequest
from workers.providers.forms import FORM_CONTENT_TYPE
from workers.providers.manifest import Environment
from workers.providers.signatures import hmac_sha256_hex
from workers.providers.social.limits import problems_of
from workers.providers.social.meta import webhooks
from workers.providers.social.meta.errors import classify, names_a_metric, read_fault, wait_seconds
from workers.providers.social.meta.models import MetaCredentials, MetaSettings
from workers.providers.social.meta.objects import insights_of, items_of, next_cursor
from workers.providers.social.models import PostRequest

SettingsT = TypeVar("SettingsT", bound=MetaSettings)
ItemT = TypeVar("ItemT")
Query = Sequence[tuple[str, str]]
DIALOG_HOST: Final = "dialog"
"""The name of the host that has Facebook's consent page."""


class MetaConnector(Connector[MetaCredentials, SettingsT]):
    """What the connectors of Meta's networks have in common."""

    credentials_model = MetaCredentials
    sensitive_fields = frozenset({"field_data"})
    scopes_needed: ClassVar[Mapping[str, str]] = {}
    """The scopes that operations need, for whoever lacks one."""

    def __init__(
        self,
        credentials: MetaCredentials,
        settings: SettingsT,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._refused_metrics: set[str] = set()

    async def check_health(self) -> HealthReport:
        """Read whose access it is: cheap, and refused for a wrong token."""
        return await self._report(self._whose())

    # Webhooks.

    @classmethod
    def verify_webhook(
        cls, request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> VerifiedWebhook:
        """See `webhooks.verify`."""
        return webhooks.verify(request, secrets)

    @classmethod
    def answer_challenge(
        cls, method: str, query: Mapping[str, str], headers: Mapping[str, str], secrets: Sequence[str]
    ) -> ChallengeAnswer | None:
        """See `webhooks.answer_challenge`."""
        return webhooks.answer_challenge(method, query, secrets)

    # How the Graph API is spoken to.

    async def _graph(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        token: str,
        query: Query = (),
        form: Mapping[str, str] | None = None,
        write: bool | None = None,
    ) -> Answer:
        """One call under a token. :param path: below the version."""
        return await self._call(
            operation,
            method,
            f"/{self.settings.api_version}{path}",
            query=[*query, *self._proof(token)],
            content=urlencode(form).encode() if form else b"",
            content_type=FORM_CONTENT_TYPE if form else None,
            headers={"Authorization": f"Bearer {token}"},
            write=write,
            base=self._graph_base(),
        )

    async def _items(
        self, operation: str, path: str, query: Query, *, token: str, parse: Callable[[Mapping[str, Any]], ItemT]
    ) -> AsyncIterator[ItemT]:
        """Every item of an edge, over all its pages. :param parse: translates one."""
        after: str | None = None
        while True:
            paged = [*query, *([("after", after)] if after else [])]
            answer = await self._graph(operation, "GET", path, token=token, query=paged)
            for item in self._parse(answer, lambda body: [parse(each) for each in items_of(body)]):
                yield item
            before, after = after, self._parse(answer, next_cursor)
            if after is None or after == before:
                return

    def _require_done(self, answer: Answer) -> None:
        """Take an answer that says that nothing was done for a refusal."""
        if self._parse(answer, lambda body: body.get("success", True)) is False:
            raise self._fail(InvalidRequest, f"{self.manifest.name} says that it was not done", answer)

    async def _insights(
        self,
        operation: str,
        path: str,
        metrics: Sequence[str],
        query: Query,
        *,
        token: str,
        parse: Callable[[Any], dict[str, Any]] = insights_of,
    ) -> dict[str, Any]:
        """Figures by metric. One name that Meta does not, or no longer, know fails the whole list: then each is asked
        for by itself, and the refused ones not again.

        :param parse: makes figures of an answer.
        """
        wanted = [metric for metric in metrics if metric not in self._refused_metrics]
        if not wanted:
            return {}
        asked = [("metric", ",".join(wanted)), *query]
        try:
            answer = await self._graph(operation, "GET", path, token=token, query=asked)
        except InvalidRequest as refused:
            if not names_a_metric(refused):
                raise
        else:
            return self._parse(answer, parse)
        if len(wanted) == 1:
            self._refused_metrics.update(wanted)
            return {}
        found: dict[str, Any] = {}
        for metric in wanted:
            found |= await self._insights(operation, path, [metric], query, token=token, parse=parse)
        return found

    def _graph_base(self) -> str | None:
        """Where the Graph API answers, if not at the base URL."""
        return None

    def _token(self, operation: str) -> str:
        if self.credentials.access_token is None:
            message = f"{self.manifest.name} has no access yet: connect it first"
            raise AuthenticationFailed(message, provider=self.manifest.key, operation=operation)
        return self.credentials.access_token.get_secret_value()

    def _proof(self, token: str) -> Query:
        if self.credentials.client_secret is None:
            return ()
        secret = self.credentials.client_secret.get_secret_value().encode()
        return [("appsecret_proof", hmac_sha256_hex(secret, token.encode()).decode())]

    def _call_facts(self, operation: str, *, retryable: bool) -> dict[str, Any]:
        facts = super()._call_facts(operation, retryable=retryable)
        if operation == "exchange_code":  # elsewhere `code` is that of an error, which records should show
            facts["wasl"]["sensitive_fields"] = self.sensitive_fields | {"code"}
        return facts

    def _error(self, answer: Answer) -> ProviderError:
        fault = read_fault(answer.body, answer.status, self.manifest.name)
        kind, message = classify(fault, answer.status, write=answer.write), fault.message
        if fault.is_about_a_permission and (scope := self.scopes_needed.get(answer.operation)):
            message = f"it needs {scope}: connect again and grant that ({message})"
        if fault.is_about_the_version:
            version = self.settings.api_version
            message = f"Meta does not serve {version} any more: raise the setting api_version ({message})"
        error = self._fail(
            kind, message, answer, provider_code=fault.named, request_id=fault.trace_id, field=fault.field
        )
        if isinstance(error, RateLimited) and error.retry_after is None:
            error.retry_after = wait_seconds(fault, answer.headers)
        return error

    def _require_possible(self, operation: str, request: PostRequest) -> None:
        """Refuse what the network would refuse."""
        assert self.manifest.social is not None
        for problem in problems_of(request, self.manifest.name, self.manifest.social):
            raise self._refuse(operation, problem.field, problem.message)

    def _require_comment(self, operation: str, text: str) -> None:
        assert self.manifest.social is not None
        if len(text) > (most := self.manifest.social.longest_comment):
            raise self._refuse(operation, "text", f"{self.manifest.name} takes {most} characters in a comment")

    async def _whose(self) -> None:
        token = self._token("check_health")
        answer = await self._graph("check_health", "GET", "/me", token=token, query=[("fields", "id,name")])
        self._parse(answer, lambda body: body["id"])
