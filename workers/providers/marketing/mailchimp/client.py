"""How Mailchimp is spoken to: where an account lives, what a call carries, and what a refusal means."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.errors import AuthenticationFailed, InvalidRequest, NotFound, ProviderError
from workers.providers.manifest import Environment
from workers.providers.marketing.mailchimp.errors import MembersRefused, read_fault
from workers.providers.marketing.mailchimp.manifest import (
    MANIFEST,
    MailchimpCredentials,
    MailchimpSettings,
    api_url,
    data_center_of,
)
from workers.providers.marketing.mailchimp.paging import Place
from workers.providers.marketing.mailchimp.requests import subscriber_hash

REPEATABLE: Final = "repeatable"
"""Marks a write that the transport may send again: the same one again changes nothing more. No header carries it."""
_NAMED_AUDIENCES: Final = 20


class MailchimpClient(Connector[MailchimpCredentials, MailchimpSettings]):
    """What every operation needs."""

    manifest = MANIFEST
    credentials_model = MailchimpCredentials
    settings_model = MailchimpSettings
    timeout_seconds = 60.0
    response_limit_bytes = 16 * 1024 * 1024
    sensitive_fields = frozenset(
        {"merge_fields", "email", "email_address", "full_name", "location", "last_note", "ip_signup", "ip_opt", "login"}
    )

    def __init__(
        self,
        credentials: MailchimpCredentials,
        settings: MailchimpSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        token = credentials.access_token.get_secret_value() if credentials.access_token else ""
        key_center = data_center_of(token)
        data_center = key_center or settings.data_center
        self._token, self._is_key = token, key_center is not None
        self._lives_there = base_url == MANIFEST.base_url(environment)  # nobody chose another address
        self._is_lost = self._lives_there and data_center is None
        if self._lives_there and data_center is not None:
            base_url = api_url(data_center)
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._known_fields: dict[str, dict[str, Any]] | None = None

    def host(self, name: str) -> str:
        """As in the base class; the data centre's address is not one that somebody chose."""
        return self.manifest.hosts[name] if self._lives_there else super().host(name)

    async def _call(
        self, operation: str, method: str, path: str, *, headers: Mapping[str, str] | None = None, **details: Any
    ) -> Answer:
        """As in the base class. The account's token goes to the account's own address only: the login host would take
        it for the app's."""
        if details.get("base") is None:
            self._require_access(operation)
            headers = {**self._authorization(), **(headers or {})}
        return await super()._call(operation, method, path, headers=headers, **details)

    def _authorization(self) -> dict[str, str]:
        if self._is_key:
            return {"Authorization": f"Basic {base64.b64encode(f'wasl:{self._token}'.encode()).decode()}"}
        return {"Authorization": f"Bearer {self._token}"}

    def _error(self, answer: Answer) -> ProviderError:
        said = read_fault(answer.body, answer.status, write=answer.write)
        error = self._fail(
            said.kind, said.message, answer, provider_code=said.code, request_id=said.request_id, field=said.field
        )
        if isinstance(error, MembersRefused):
            error.items = said.items
        return error

    def _retry_verdict(self, response: httpx.Response) -> bool | None:
        """A 403 without a body of Mailchimp's is a limit."""
        return True if response.status_code == 403 and not response.content.lstrip().startswith(b"{") else None

    async def _send_json(
        self,
        operation: str,
        method: str,
        path: str,
        body: Mapping[str, Any],
        *,
        query: Sequence[tuple[str, str]] = (),
        repeatable: bool = False,
    ) -> Answer:
        return await self._call(
            operation,
            method,
            path,
            query=query,
            content=orjson.dumps(body),
            content_type="application/json",
            idempotency_key=REPEATABLE if repeatable else None,
        )

    async def _of_audience(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        """A call that finds nothing only where the audience is not there."""
        try:
            if body is None:
                return await self._call(operation, method, path, query=query)
            return await self._send_json(operation, method, path, body, query=query, repeatable=True)
        except NotFound as absent:
            raise await self._no_audience(operation, "is not there", absent) from absent

    async def _audience(self, operation: str) -> str:
        """The audience that contacts go to.

        :raises InvalidRequest: none was chosen; it names those there are.
        """
        if self.settings.audience_id is None:
            raise await self._no_audience(operation, "has to be chosen")
        return self.settings.audience_id

    async def _no_audience(self, operation: str, complaint: str, cause: ProviderError | None = None) -> InvalidRequest:
        query = [("fields", "lists.id,lists.name,total_items"), ("count", str(_NAMED_AUDIENCES))]
        answer = await self._call(operation, "GET", "/lists", query=query)
        named = self._parse(answer, lambda body: [f"{each['id']} ({each['name']})" for each in body["lists"]])
        told = f"settings.audience_id: {complaint}; the audiences of this account: {', '.join(named) or 'none'}"
        return InvalidRequest(
            told,
            field="settings.audience_id",
            provider=self.manifest.key,
            operation=operation,
            http_status=cause.http_status if cause else None,
        )

    async def _member_path(self, operation: str, email: str) -> str:
        return f"/lists/{await self._audience(operation)}/members/{subscriber_hash(email)}"

    async def _fields(self, operation: str, audience: str) -> dict[str, dict[str, Any]]:
        """The audience's merge fields, by tag; asked for once. There are never more than a page of them."""
        if self._known_fields is None:
            query = [("count", "1000"), ("exclude_fields", "_links,merge_fields._links")]
            answer = await self._of_audience(operation, "GET", f"/lists/{audience}/merge-fields", query=query)
            self._known_fields = self._parse(
                answer, lambda body: {str(each["tag"]): each for each in body["merge_fields"]}
            )
        return self._known_fields

    def _place(self, operation: str, cursor: str | None, since: datetime | None, *, parts: int = 1) -> Place:
        if cursor is None:
            return Place.first(since)
        try:
            place = Place.read(cursor)
        except ValueError:
            raise self._refuse(operation, "cursor", "is none of this list") from None
        if place.part >= parts:
            raise self._refuse(operation, "cursor", "is none of this list")
        return place

    def _client(self, operation: str) -> dict[str, str]:
        """The app that asks for consent."""
        given = {name: getattr(self.credentials, name) for name in ("client_id", "client_secret")}
        for name, secret in given.items():
            if secret is None:
                raise self._refuse(operation, f"credentials.{name}", "is needed to connect by consent")
        return {name: secret.get_secret_value() for name, secret in given.items()}

    def _require_access(self, operation: str) -> None:
        if not self._token:
            message = "Mailchimp has no access yet: connect it first"
            raise AuthenticationFailed(message, provider=self.manifest.key, operation=operation)
        if self._is_lost:
            raise self._refuse(
                operation, "settings.data_center", "has to be given for an access token; an API key ends in it"
            )
