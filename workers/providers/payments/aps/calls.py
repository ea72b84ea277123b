"""How Amazon Payment Services is spoken to: one address, signed bodies, and an HTTP 200 whatever became of a call."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import httpx
import orjson

from workers.providers.base import Answer, Connector
from workers.providers.errors import (
    AuthenticationFailed,
    Declined,
    InvalidRequest,
    NotFound,
    NotSupported,
    ProviderError,
    Unavailable,
)
from workers.providers.manifest import Environment
from workers.providers.money import Money
from workers.providers.payments.aps.codes import decline
from workers.providers.payments.aps.errors import NOT_FOUND, classify, field_at_fault
from workers.providers.payments.aps.manifest import MANIFEST, APSCredentials, APSSettings
from workers.providers.payments.aps.objects import Place, payment_from_link_status, payment_from_status, response_code
from workers.providers.payments.aps.requests import MAX_AMOUNT_DIGITS, Body, fault
from workers.providers.payments.aps.signature import accepted_signatures, signature
from workers.providers.payments.models import PaymentRequest, PaymentResult
from workers.providers.signatures import any_equal

PATH: Final = "/FortAPI/paymentApi"


class APSCalls(Connector[APSCredentials, APSSettings]):
    """A connection that can make calls, and judge their answers."""

    manifest = MANIFEST
    credentials_model = APSCredentials
    settings_model = APSSettings
    sensitive_fields = frozenset(
        {"access_code", "signature", "token_name", "agreement_id", "card_number", "card_bin", "card_holder_name"}
        | {"expiry_date", "card_security_code", "customer_email", "customer_name", "customer_phone", "phone_number"}
        | {"customer_ip", "payment_link", "3ds_url"}
    )

    def __init__(
        self,
        credentials: APSCredentials,
        settings: APSSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._account = {
            "access_code": credentials.access_code.get_secret_value(),
            "merchant_identifier": credentials.merchant_identifier.get_secret_value(),
        }

    # Calls.

    async def _exchange(
        self,
        operation: str,
        body: Body,
        accepted: Collection[str],
        *,
        write: bool | None = None,
        opens_page: bool = False,
    ) -> Answer:
        """Make a call, and return the answer if its status is an accepted one.

        :param accepted: the first two digits of good response codes.
        """
        answer = await self._ask(operation, body, write=write, opens_page=opens_page)
        code = self._parse(answer, response_code)
        if code[:2] not in accepted or code[2:] in NOT_FOUND:
            raise self._refusal(answer)
        asked_about = body.get("merchant_reference")
        if answer.body.get("merchant_reference", asked_about) != asked_about:
            raise self._unreadable(answer)
        return answer

    async def _ask(self, operation: str, body: Body, *, write: bool | None = None, opens_page: bool = False) -> Answer:
        fields = {**self._account, **body}
        phrase = self.credentials.request_phrase.get_secret_value()
        signed = {**fields, "signature": signature(fields, phrase, self.settings.sha_type)}
        return await self._call(
            operation,
            "POST",
            PATH,
            content=orjson.dumps(signed),
            content_type="application/json",
            write=write,
            opens_page=opens_page,
        )

    def _error(self, answer: Answer) -> ProviderError:
        """APS answers with 200 always: any other status is somebody else's, and its 404 no proof of anything."""
        usual = super()._error(answer)
        if not answer.write and isinstance(usual, NotFound | NotSupported | InvalidRequest | Declined):
            return self._fail(Unavailable, usual.message, answer)
        return usual

    def _refusal(self, answer: Answer) -> ProviderError:
        code = self._parse(answer, response_code)
        message = str(answer.body.get("response_message") or f"{MANIFEST.name} answered {code}")
        kind = classify(code, write=answer.write)
        details: dict[str, Any] = {}
        if issubclass(kind, InvalidRequest):
            details = {"field": field_at_fault(code, message)}
        elif issubclass(kind, Declined):
            why = decline(code, message, str(answer.body.get("acquirer_response_code") or ""))
            details = {"decline_code": why.reason.value}
        request_id = answer.body.get("fort_id")
        return self._fail(
            kind, message, answer, provider_code=code, request_id=str(request_id) if request_id else None, **details
        )

    # Questions.

    async def _check_status(self, operation: str, place: Place) -> Answer:
        """:raises NotFound: APS shows no such payment, or none that got as far as the bank."""
        body = {"query_command": "CHECK_STATUS", **self._about(place), "return_third_party_response_codes": "YES"}
        return await self._exchange(operation, body, {"12"}, write=False)

    async def _look(self, operation: str, place: Place) -> PaymentResult:
        try:
            answer = await self._check_status(operation, place)
        except NotFound:
            body = {"query_command": "CHECK_PAYMENT_LINK_STATUS", "merchant_reference": place.reference}
            answer = await self._exchange(operation, body, {"12"}, write=False)
            return self._parse(answer, lambda fields: payment_from_link_status(fields, place))
        return self._parse(answer, lambda fields: payment_from_status(fields, place))

    async def _try_credentials(self) -> None:
        body = {"query_command": "CHECK_STATUS", "merchant_reference": "wasl-health-check", "language": "en"}
        answer = await self._ask("check_health", body, write=False)
        code = self._parse(answer, response_code)
        if code[:2] != "12" and code[2:] not in NOT_FOUND:
            raise self._refusal(answer)
        if not self._is_signed(answer):
            raise self._fail(AuthenticationFailed, "the SHA response phrase or type is not the account's", answer)

    def _is_signed(self, answer: Answer) -> bool:
        """Whether one of the response phrases made the answer's signature; true where there is nothing to compare."""
        phrases = self.credentials.response_phrase
        presented = answer.body.get("signature")
        if phrases is None or not isinstance(presented, str):
            return True
        known = [line.strip() for line in phrases.get_secret_value().splitlines() if line.strip()]
        sha_type = self.settings.sha_type
        expected = [each for phrase in known for each in accepted_signatures(answer.body, phrase, sha_type)]
        return any_equal(expected, [presented.lower().encode()])

    # What is refused, or not known, without a call.

    def _about(self, place: Place) -> Body:
        return {"merchant_reference": place.reference, "language": self.settings.language.value}

    def _require_suitable(self, operation: str, request: PaymentRequest) -> None:
        if wrong := fault(request):
            raise self._refuse(operation, *wrong)

    def _place(self, operation: str, provider_payment_id: str) -> Place:
        place = Place.read(provider_payment_id)
        if place is None:
            message = "is not a payment's id (<reference>/<currency>/<minor units>)"
            raise self._refuse(operation, "provider_payment_id", message)
        return place

    def _same_currency(self, operation: str, place: Place, asked: Money | None) -> Money | None:
        if asked is not None and asked.currency != place.money.currency:
            raise self._refuse(operation, "money.currency", f"the payment is in {place.money.currency}")
        if asked is not None and asked.to_minor() >= 10**MAX_AMOUNT_DIGITS:
            raise self._refuse(operation, "money.amount", f"has more than {MAX_AMOUNT_DIGITS} digits of minor units")
        return asked
