"""How Aramex is spoken to: credentials in the body, errors inside answers of 200, papers at addresses of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.errors import InvalidRequest, ProviderError, Unavailable
from workers.providers.manifest import Environment
from workers.providers.shipping import fields
from workers.providers.shipping.aramex.errors import AramexFault, page_error, read_fault
from workers.providers.shipping.aramex.manifest import MANIFEST, AramexCredentials, AramexSettings

_OWN_HOST: Final = re.compile(r"(?:[a-z0-9-]+\.)*aramex\.(?:net|com)")


class AramexWire(Connector[AramexCredentials, AramexSettings]):
    """A connection's calls."""

    manifest = MANIFEST
    credentials_model = AramexCredentials
    settings_model = AramexSettings
    response_limit_bytes = fields.FILES_LIMIT_BYTES
    sensitive_fields = frozenset(
        {
            *("ClientInfo", "UserName", "Password", "AccountPin", "AccountNumber"),
            *("PersonName", "CompanyName", "Line1", "Line2", "Line3", "EmailAddress", "LabelFileContents"),
            *("LabelURL", "Url"),  # whoever has the address of a paper can read it
        }
    )

    def __init__(
        self,
        credentials: AramexCredentials,
        settings: AramexSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._client_info = {
            "UserName": credentials.user_name.get_secret_value(),
            "Password": credentials.password.get_secret_value(),
            "Version": settings.version,
            "AccountNumber": settings.account_number,
            "AccountPin": credentials.account_pin.get_secret_value(),
            "AccountEntity": settings.account_entity,
            "AccountCountryCode": settings.account_country_code,
            "Source": settings.source,
        }

    def _decode(self, raw: bytes) -> Any:
        """JSON, else the text of whatever page it is."""
        try:
            return super()._decode(raw)
        except ValueError:
            return raw.decode("utf-8", "replace")

    def _error(self, answer: Answer) -> ProviderError:
        kind = page_error(answer.body, answer.status, write=answer.write)
        did = "could not read the request" if kind is InvalidRequest else "failed"
        return self._fail(kind, f"Aramex {did} (HTTP {answer.status})", answer)

    async def _post(
        self, operation: str, service: str, method: str, body: Mapping[str, Any], *, write: bool = False
    ) -> Answer:
        """:raises ProviderError: no answer in Aramex's format. Its own errors are left to the caller."""
        answer = await self._call(
            operation,
            "POST",
            f"/ShippingAPI.V2/{service}/Service_1_0.svc/json/{method}",
            content=orjson.dumps({"ClientInfo": self._client_info, "Transaction": None, **body}),
            content_type="application/json",
            write=write,
        )
        if not isinstance(answer.body, dict):
            raise self._unreadable(answer)
        return answer

    async def _ask(
        self, operation: str, service: str, method: str, body: Mapping[str, Any], *, write: bool = False
    ) -> Answer:
        answer = await self._post(operation, service, method, body, write=write)
        if fault := read_fault(answer.body):
            raise self._refused(fault, answer)
        return answer

    def _refused(self, fault: AramexFault, answer: Answer) -> ProviderError:
        kind = fault.kind(write=answer.write)
        return self._fail(kind, fault.message, answer, provider_code=fault.code, field=fault.field)

    async def _download(self, operation: str, url: str) -> bytes:
        """A paper from Aramex's own address, which wants no login and is shown none.

        :raises ProviderError: it lies elsewhere, or is not to be had.
        """
        facts = self._call_facts(operation, retryable=True)
        where = self._own_address(operation, url)
        request = httpx.Request("GET", where, headers={"Accept": "application/pdf"}, extensions=facts)
        status, headers, raw = await self._send(request, operation, write=False)
        if status != httpx.codes.OK or fields.file_format(raw) is None:
            raise self._unreadable(Answer(operation, status, headers, None, write=False))
        return raw

    def _own_address(self, operation: str, url: str) -> httpx.URL:
        try:
            address, base = httpx.URL(url), httpx.URL(self.base_url)
        except httpx.InvalidURL:
            raise self._elsewhere(operation) from None
        if (address.scheme, address.host, address.port) == (base.scheme, base.host, base.port):
            return address
        if not _OWN_HOST.fullmatch(address.host) or address.userinfo:
            raise self._elsewhere(operation)
        return address.copy_with(scheme="https", port=None)  # some answers still say http

    def _elsewhere(self, operation: str) -> ProviderError:
        message = "the paper lies at an address that is not Aramex's"
        return Unavailable(message, provider=self.manifest.key, operation=operation)
