"""How Telr is spoken to: its three interfaces, each under a key of its own, and what their answers mean."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final

import orjson
from pydantic import SecretStr

from workers.providers.base import Answer, Connector
from workers.providers.errors import (
    Declined,
    InvalidRequest,
    NotSupported,
    OutcomeUnknown,
    ProviderError,
    Unavailable,
)
from workers.providers.manifest import Environment
from workers.providers.money import Money
from workers.providers.payments.telr.declines import PAYER_FAULTS, decline_reason, plain_code
from workers.providers.payments.telr.documents import carried
from workers.providers.payments.telr.errors import UNCERTAIN, TelrFault, page_fault, remote_fault
from workers.providers.payments.telr.ledger import APPROVED, ON_HOLD, Kind, Transaction
from workers.providers.payments.telr.manifest import MANIFEST, TelrCredentials, TelrSettings
from workers.providers.payments.telr.objects import is_transaction_ref
from workers.providers.payments.telr.requests import transaction_body
from workers.providers.xml import read_xml, text_of

ORDER_PATH: Final = "/gateway/order.json"
REMOTE_PATH: Final = "/gateway/remote.xml"
SERVICE_PATH: Final = "/tools/api/xml/transaction"
XML: Final = "application/xml"


class TelrWire(Connector[TelrCredentials, TelrSettings]):
    """The calls, one method for each interface."""

    manifest = MANIFEST
    credentials_model = TelrCredentials
    settings_model = TelrSettings
    sensitive_fields = frozenset(
        {"authkey", "key", "number", "cvv", "bin_number", "first6", "card_bin", "forenames", "surname"}
        | {"line1", "line2", "line3", "fname", "sname", "addr1", "addr2", "addr3", "email"}
    )

    def _decode(self, raw: bytes) -> Any:
        return read_xml(raw) if raw.lstrip().startswith(b"<") else super()._decode(raw)

    def _error(self, answer: Answer) -> ProviderError:
        usual = super()._error(answer)
        if isinstance(usual, InvalidRequest) and not answer.write:
            # A refused question has no answer; see `TelrFault.kind`.
            return self._fail(Unavailable, usual.message, answer)
        return usual

    async def _page(self, operation: str, body: Mapping[str, Any], *, write: bool) -> Answer:
        """Call the hosted page's interface; all that it can change is that a page is opened."""
        answer = await self._call(
            operation,
            "POST",
            ORDER_PATH,
            content=orjson.dumps(body),
            content_type="application/json",
            write=write,
            opens_page=write,
        )
        fault = page_fault(answer.body)
        if fault is not None:
            raise self._refused(fault, answer, request_id=answer.body.get("trace"))
        return answer

    async def _transact(
        self,
        operation: str,
        kind: str,
        amount: Money,
        *,
        reference: str,
        cart: str,
        description: str,
        transaction_class: str,
    ) -> Transaction:
        """Make a transaction by the Remote API. :raises Declined: the bank or a rule refused it."""
        body = transaction_body(
            self.settings,
            self._key(operation, self.credentials.remote_key, "Remote API"),
            kind,
            amount,
            reference=reference,
            cart=cart,
            description=carried(description),
            test=self._is_test,
            transaction_class=transaction_class,
        )
        answer = await self._call(
            operation, "POST", REMOTE_PATH, content=body, content_type=XML, headers={"Accept": XML}, write=True
        )
        status = self._parse(answer, _auth_status)
        code, message = text_of(answer.body, "auth/code"), text_of(answer.body, "auth/message")
        trace = text_of(answer.body, "auth/trace")
        made = text_of(answer.body, "auth/tranref")
        if status == "E" and plain_code(code) not in PAYER_FAULTS:
            raise self._refused(remote_fault(code, message), answer, request_id=trace)
        if status not in (APPROVED, ON_HOLD):
            raise self._declined(answer, code, message, made)
        if made is None or not is_transaction_ref(made):
            raise self._unreadable(answer)
        return Transaction(
            reference=made,
            kind=Kind(kind),
            status=status,
            money=amount,
            code=code,
            message=message,
            previous=reference,
            cart=cart,
            description=description,
        )

    async def _service(self, operation: str, path: str) -> Answer:
        """Ask the Service API."""
        key = self._key(operation, self.credentials.service_key, "Service API")
        user = self.settings.merchant_id or self.settings.store_id
        basic = b64encode(f"{user}:{key}".encode()).decode("ascii")
        headers = {"Authorization": f"Basic {basic}", "Accept": XML}
        return await self._call(operation, "GET", SERVICE_PATH + path, headers=headers)

    @property
    def _is_test(self) -> bool:
        return self.environment is not Environment.LIVE

    @property
    def _auth_key(self) -> str:
        return self.credentials.auth_key.get_secret_value()

    def _key(self, operation: str, key: SecretStr | None, interface: str) -> str:
        if key is None:
            raise self._unable(operation, f"the connection has no key of Telr's {interface}")
        return key.get_secret_value()

    def _refused(self, fault: TelrFault, answer: Answer, request_id: str | None) -> ProviderError:
        kind = fault.kind(write=answer.write)
        details = {"field": fault.field} if kind is InvalidRequest else {}
        return self._fail(kind, fault.message, answer, provider_code=fault.code, request_id=request_id, **details)

    def _declined(self, answer: Answer, code: str | None, message: str | None, reference: str | None) -> ProviderError:
        plain = plain_code(code)
        if plain in UNCERTAIN and answer.write:
            return self._fail(OutcomeUnknown, message or "Telr got no answer", answer, provider_code=plain)
        return self._fail(
            Declined,
            message or "The payment was declined.",
            answer,
            provider_code=plain,
            decline_code=decline_reason(code).value,
            provider_payment_id=reference,
        )

    def _unknown(self, operation: str, message: str) -> OutcomeUnknown:
        return OutcomeUnknown(message, provider=MANIFEST.key, operation=operation)

    def _unable(self, operation: str, message: str) -> NotSupported:
        return NotSupported(message, provider=MANIFEST.key, operation=operation)


def _auth_status(body: Any) -> str:
    """The status letter in an answer of the Remote API; ValueError where there is none that is known."""
    status = (text_of(body, "auth/status") or "").upper() if body.tag == "remote" else ""
    if status not in ("A", "H", "D", "E", "C", "X"):
        raise ValueError("no status")
    return status
