"""How HubSpot is spoken to: calls, errors, access by consent, pages of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.errors import AuthenticationFailed, NotFound, NotSupported, ProviderError, RefusedForNow
from workers.providers.forms import FORM_CONTENT_TYPE
from workers.providers.marketing.hubspot import errors, objects, paging, requests
from workers.providers.marketing.hubspot.manifest import MANIFEST, HubSpotCredentials, HubSpotSettings
from workers.providers.oauth import (
    CodeExchange,
    ConsentRequest,
    TokenFacts,
    TokenGrant,
    code_form,
    consent_url,
    refresh_form,
)

OAUTH: Final = "/oauth/2026-03"
_PRIVATE_APP: Final = "pat-"


class HubSpotWire(Connector[HubSpotCredentials, HubSpotSettings]):
    """Calls and their errors, and the access that they are made with."""

    manifest = MANIFEST
    credentials_model = HubSpotCredentials
    settings_model = HubSpotSettings
    response_limit_bytes = 16 * 1024 * 1024
    sensitive_fields = frozenset(
        {"access_token", "refresh_token", "id_token", "token", "tokenKey", "code_verifier", "signed_access_token"}
    )

    # Access.

    def consent_url(self, request: ConsentRequest) -> str:
        """HubSpot's page on which an account is chosen, and the app's access to it agreed to."""
        assert MANIFEST.consent is not None
        address = f"{self.host('app')}/oauth/authorize"
        return consent_url(MANIFEST.consent, address, self._app("consent_url")["client_id"], request)

    async def exchange_code(self, exchange: CodeExchange) -> TokenGrant:
        """Trade a code, which HubSpot takes once, for access of half an hour and what renews it."""
        assert MANIFEST.consent is not None
        operation = "exchange_code"
        form = code_form(MANIFEST.consent, exchange, **self._app(operation))
        answer = await self._oauth(operation, f"{OAUTH}/token", form, write=True)
        return self._parse(answer, objects.token_grant)

    async def refresh_tokens(self) -> TokenGrant:
        """Renew the access. HubSpot's refresh token stays good, so to ask again does no harm."""
        operation = "refresh_tokens"
        refresh_token = self.credentials.refresh_token
        if refresh_token is None:
            message = "HubSpot's access of this connection does not run out, or there is nothing to renew it with"
            raise NotSupported(message, provider=MANIFEST.key, operation=operation)
        form = refresh_form(refresh_token.get_secret_value(), **self._app(operation))
        answer = await self._oauth(operation, f"{OAUTH}/token", form, write=False)
        return self._parse(answer, objects.token_grant)

    async def inspect_token(self) -> TokenFacts:
        """What the access is good for: of a private app's token by its own question, else by introspection."""
        operation = "inspect_token"
        token = self._access(operation)
        if token.startswith(_PRIVATE_APP) or not (self.credentials.client_id and self.credentials.client_secret):
            body = {"tokenKey": token}
            path = "/oauth/v2/private-apps/get/access-token-info"
            return self._parse(await self._api(operation, "POST", path, body, write=False), objects.private_app_facts)
        form = requests.form({**self._app(operation), "token": token, "token_type_hint": "access_token"})
        answer = await self._oauth(operation, f"{OAUTH}/token/introspect", form, write=False)
        facts = self._parse(answer, objects.token_facts)
        if facts is None:
            raise self._fail(AuthenticationFailed, "HubSpot's access has run out or was taken back", answer)
        return facts

    def _app(self, operation: str) -> dict[str, str]:
        """The app's own proof."""
        found = {}
        for name in ("client_id", "client_secret"):
            value = getattr(self.credentials, name)
            if value is None:
                raise self._refuse(operation, f"credentials.{name}", "is needed to connect by consent")
            found[name] = value.get_secret_value()
        return found

    def _access(self, operation: str) -> str:
        token = self.credentials.access_token
        if token is None:
            message = "HubSpot has no access yet: connect it first"
            raise AuthenticationFailed(message, provider=MANIFEST.key, operation=operation)
        return token.get_secret_value()

    # Calls.

    async def _api(
        self,
        operation: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Sequence[tuple[str, str]] = (),
        write: bool | None = None,
        base: str | None = None,
    ) -> Answer:
        """One call with the access. :param write: False for a question that is a POST."""
        headers = {"Authorization": f"Bearer {self._access(operation)}"}
        content = b"" if body is None else orjson.dumps(body)
        kind = None if body is None else "application/json"
        return await self._call(
            operation,
            method,
            path,
            query=query,
            content=content,
            content_type=kind,
            headers=headers,
            write=write,
            base=base,
        )

    async def _oauth(self, operation: str, path: str, form: str, *, write: bool) -> Answer:
        return await self._call(
            operation, "POST", path, content=form.encode(), content_type=FORM_CONTENT_TYPE, write=write
        )

    def _records_path(self, kind: str, tail: str = "") -> str:
        """Where contacts, deals or companies lie, in the version that the connection has chosen."""
        version = self.settings.api_version
        return f"/crm/v3/objects/{kind}{tail}" if version == "v3" else f"/crm/objects/{version}/{kind}{tail}"

    async def _read_batch(
        self, operation: str, kind: str, ids: Sequence[str], id_property: str, properties: Sequence[str]
    ) -> list[Mapping[str, Any]]:
        """The records of these ids that there are."""
        body = requests.batch_read(ids, id_property, properties)
        answer = await self._api(operation, "POST", self._records_path(kind, "/batch/read"), body, write=False)
        return self._parse(answer, objects.records)

    async def _records_page(
        self,
        operation: str,
        kind: str,
        place: paging.Place,
        stamp: str,
        properties: Sequence[str],
        associations: str | None = None,
    ) -> tuple[list[Mapping[str, Any]], str | None, int | None]:
        """One page of records, the cursor of the next, and how many there are from here on, if HubSpot says."""
        names = [*dict.fromkeys([*properties, stamp])]
        if place.searches:
            body = paging.search_body(place, stamp, names)
            answer = await self._api(operation, "POST", self._records_path(kind, "/search"), body, write=False)
        else:
            query = paging.list_query(place, names, associations)
            answer = await self._api(operation, "GET", self._records_path(kind), query=query)
        rows = self._parse(answer, objects.records)
        next_place = self._parse(answer, lambda body: paging.following(place, body, stamp))
        total = answer.body.get("total")
        return rows, next_place.cursor() if next_place else None, total if isinstance(total, int) else None

    async def _made_property(self, operation: str, kind: str, setting: str) -> bool:
        """Whether a property with unique values had to be made: then what was refused is worth another try.

        :param setting: that names it.
        :raises InvalidRequest: there is one of that name whose values are not unique.
        """
        name = str(getattr(self.settings, setting))
        try:
            answer = await self._api(operation, "GET", f"/crm/v3/properties/{kind}/{name}")
        except NotFound:
            try:
                await self._api(operation, "POST", f"/crm/v3/properties/{kind}", requests.unique_property(kind, name))
            except errors.Refused as refused:
                if refused.http_status != httpx.codes.CONFLICT:
                    raise
            return True
        if self._parse(answer, lambda found: found.get("hasUniqueValue")) is not True:
            message = f"HubSpot's property {name} has no unique values, and cannot get them: choose another name"
            raise self._refuse(operation, f"settings.{setting}", message)
        return False

    def _place(self, operation: str, since: datetime | None, cursor: str | None) -> paging.Place:
        try:
            return paging.begin(since, cursor)
        except (ValueError, TypeError):
            raise self._refuse(operation, "cursor", "is not one that this operation gave") from None

    # Errors.

    def _error(self, answer: Answer) -> ProviderError:
        return self._fault_error(errors.read_fault(answer.body, answer.status), answer, answer.status)

    def _fault_error(self, fault: errors.HubSpotFault, answer: Answer, status: int) -> ProviderError:
        kind = errors.classify(fault, status, answer.operation, write=answer.write)
        details: dict[str, Any] = {}
        if issubclass(kind, errors.Refused):
            details = {"existing_id": fault.existing_id, "no_such": fault.no_such}
        error = self._fail(
            kind,
            errors.words(fault, status, kind),
            answer,
            provider_code=fault.code,
            request_id=fault.request_id or answer.headers.get("x-hubspot-correlation-id"),
            field=errors.field_of(fault, status),
            **details,
        )
        if isinstance(error, RefusedForNow) and error.retry_after is None:
            error.retry_after = errors.wait_seconds(fault, status, answer.headers)
        return error

    def _retry_verdict(self, response: httpx.Response) -> bool | None:
        """Not again within the same call when the day's calls are used up, or where HubSpot says not to (530)."""
        if response.status_code == 530 or (response.status_code == 429 and errors.day_is_used_up(response.headers)):
            return False
        return None
