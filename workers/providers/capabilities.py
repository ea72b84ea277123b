"""What a connector can be asked to do: small protocols, of which a provider implements those it really has.

Every method raises only `errors.ProviderError`. A write whose outcome cannot be known raises `errors.OutcomeUnknown`;
it is then settled by the matching ``find_…`` or ``get_…`` method, never by trying elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, runtime_checkable

from workers.providers.events import CanonicalEvent, ChallengeAnswer, VerifiedWebhook, WebhookRequest
from workers.providers.payments.models import (
    CancelRequest,
    CaptureRequest,
    CompleteRequest,
    PaymentPage,
    PaymentRequest,
    PaymentResult,
    RefundRequest,
    RefundResult,
)
from workers.providers.shipping.models import (
    AddressCheck,
    AddressCheckRequest,
    Document,
    ExistingPickup,
    ExistingShipment,
    LabelFormat,
    PickupRequest,
    PickupResult,
    ProofOfDelivery,
    Rate,
    RateRequest,
    ShipmentRequest,
    ShipmentResult,
    TrackingResult,
)


@runtime_checkable
class TakesPayments(Protocol):
    """Makes payments and tells how they stand."""

    async def create_payment(self, request: PaymentRequest) -> PaymentResult:
        """Make the payment; a refusal by the payer's bank is `errors.Declined`."""

    async def get_payment(self, provider_payment_id: str) -> PaymentResult:
        """The payment as the provider sees it now."""

    async def find_payment(self, request: PaymentRequest, *, attempted_at: datetime) -> PaymentResult | None:
        """Settle an unknown outcome of `create_payment`.

        :param request: the very request that was sent.
        :param attempted_at: when it was first sent.
        :returns: the payment, made exactly once, if need be by now; or None: the provider certainly has none.
        :raises Declined, InvalidRequest: it is settled: the provider refused it.
        :raises ProviderError: anything else leaves the outcome unknown; ask again later.
        """


@runtime_checkable
class CompletesPayments(Protocol):
    """Moves no money when the payer has agreed, but only when it is told to after that.

    Such a payment is ``requires_action`` with a `NextAction` of type ``complete``, or ``authorized`` although it is to
    be captured automatically: the payer has done their part, and the hub has to call this soon, since the agreement
    runs out.
    """

    async def complete_payment(self, request: CompleteRequest) -> PaymentResult:
        """Take the money, or reserve it for a manual capture. Settle an unknown outcome by calling it again under the
        same key, or by `get_payment`."""


@runtime_checkable
class CapturesPayments(Protocol):
    """Reserves money first, and takes or releases it later."""

    async def capture_payment(self, request: CaptureRequest) -> PaymentResult:
        """Take reserved money, all or a part. An unknown outcome is settled by `get_payment`."""


@runtime_checkable
class CancelsPayments(Protocol):
    """Gives payments up before money is taken."""

    async def cancel_payment(self, request: CancelRequest) -> PaymentResult:
        """Give it up and release what is reserved. An unknown outcome is settled by `get_payment`."""


@runtime_checkable
class RefundsPayments(Protocol):
    """Gives captured money back."""

    async def refund_payment(self, request: RefundRequest) -> RefundResult:
        """Give all that is left, or a part, back."""

    async def get_refund(self, provider_refund_id: str) -> RefundResult:
        """The refund as the provider sees it now."""

    async def find_refund(self, request: RefundRequest, *, attempted_at: datetime) -> RefundResult | None:
        """Settle an unknown outcome of `refund_payment`; the rules are those of `TakesPayments.find_payment`."""


@runtime_checkable
class ListsPayments(Protocol):
    """Has a list of all its payments, to compare ours with."""

    async def list_payments(self, *, since: datetime, until: datetime, cursor: str | None = None) -> PaymentPage:
        """One page of the payments made in a span of time.

        :param since: inclusive; ``until`` exclusive.
        :param cursor: of the page before, or None for the first.
        """


@runtime_checkable
class SavesPaymentMethods(Protocol):
    """Keeps payers' payment methods for later payments (`PaymentRequest.save_payment_method`)."""

    async def delete_payment_method(self, token: str, provider_data: Mapping[str, str]) -> None:
        """Have the provider forget a saved payment method; one that is not there any more is no error.

        :param token: as `SavedMethod` has it, likewise ``provider_data``.
        :raises NotSupported: the provider keeps it until it runs out.
        """


@runtime_checkable
class QuotesRates(Protocol):
    """Says beforehand what a shipment costs."""

    async def get_rates(self, request: RateRequest) -> tuple[Rate, ...]:
        """What each service for this route costs; empty when there is none."""


@runtime_checkable
class ShipsParcels(Protocol):
    """Takes parcels. No carrier knows idempotency keys: what has been asked for twice is bought twice."""

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        """Buy it, with its label where the carrier answers with one."""

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        """Settle an unknown outcome of `create_shipment`.

        :param request: the very request that was sent.
        :param attempted_at: when it was first sent.
        :returns: the shipment, without documents if need be; or None: the carrier certainly has none.
        :raises InvalidRequest: it is settled: the carrier refused it.
        :raises OutcomeUnknown: the carrier cannot be asked for a shipment by its reference, or it is too soon.
        :raises ProviderError: anything else leaves the outcome unknown; ask again later.
        """


@runtime_checkable
class PrintsLabels(Protocol):
    """Hands out a shipment's papers again, or only when asked for them."""

    async def get_documents(self, shipment: ExistingShipment, label_format: LabelFormat) -> tuple[Document, ...]:
        """The label, and the other papers it keeps.

        :param label_format: as wished; the carrier may know only one.
        """


@runtime_checkable
class MakesReturns(Protocol):
    """Brings goods back from the customer (`ShipmentRequest.is_return`)."""

    async def create_return(self, request: ShipmentRequest) -> ShipmentResult:
        """Buy it; an unknown outcome is settled by `ShipsParcels.find_shipment`."""


@runtime_checkable
class CancelsShipments(Protocol):
    """Can give a shipment up before it is picked up."""

    async def cancel_shipment(self, shipment: ExistingShipment) -> None:
        """Give it up. One that is given up already is no error; so an unknown outcome is settled by asking again.

        :raises InvalidRequest: the carrier has the parcel already.
        """


@runtime_checkable
class TracksShipments(Protocol):
    """Tells where parcels are."""

    async def track_shipments(self, shipments: Sequence[ExistingShipment]) -> tuple[TrackingResult, ...]:
        """How each of them stands, in their order; one that the carrier does not know is `TrackingResult.found`
        False, and one of which it speaks in error does not spoil the others.

        :param shipments: at most the manifest's ``carrier.tracking_batch``.
        """


@runtime_checkable
class SchedulesPickups(Protocol):
    """Sends a driver when asked."""

    async def schedule_pickup(self, request: PickupRequest) -> PickupResult:
        """Order a pickup."""

    async def cancel_pickup(self, pickup: ExistingPickup) -> None:
        """Call it off. One that is called off already is no error."""


@runtime_checkable
class ProvesDelivery(Protocol):
    """Shows who took a parcel."""

    async def get_proof_of_delivery(self, shipment: ExistingShipment) -> ProofOfDelivery:
        """Who signed, and the carrier's papers. :raises NotFound: there is none yet."""


@runtime_checkable
class ChecksAddresses(Protocol):
    """Knows where it picks up and delivers."""

    async def check_address(self, request: AddressCheckRequest) -> AddressCheck:
        """Whether it serves a place."""


@runtime_checkable
class SendsWebhooks(Protocol):
    """Tells of changes by webhook. Class methods: no connection is needed to read its mail."""

    @classmethod
    def verify_webhook(
        cls, request: WebhookRequest, secrets: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> VerifiedWebhook:
        """Prove who sent it.

        :param secrets: all that are valid now; during a rotation two.
        :param settings: the connection's settings, for schemes that need them.
        :raises WebhookRejected: SignatureInvalid, SignatureStale or MalformedPayload.
        """

    @classmethod
    def parse_webhook(cls, body: bytes) -> list[CanonicalEvent]:
        """What a verified delivery says, in Wasl's words; empty for events that mean nothing to Wasl.

        :raises MalformedPayload: not in the provider's format.
        """

    @classmethod
    def answer_challenge(
        cls, method: str, query: Mapping[str, str], headers: Mapping[str, str], secrets: Sequence[str]
    ) -> ChallengeAnswer | None:
        """The answer to a provider that checks the address first, or None when this is no such check."""


@runtime_checkable
class SignsWithCertificates(Protocol):
    """Signs its webhooks with a certificate, which lies at an address that the delivery names."""

    @classmethod
    def certificate_url(cls, request: WebhookRequest) -> str:
        """Where the certificate of a delivery lies, to be given to `certificates.Certificates`.

        :raises SignatureInvalid: it names none, or one that is not the provider's own.
        """


@runtime_checkable
class RefreshesTokens(Protocol):
    """Holds access that runs out and has to be renewed."""

    async def refresh_tokens(self) -> Mapping[str, str]:
        """Renew the access; the credentials to store from now on, by field name."""


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How a cheap call with the connection's credentials went.

    :param code: ``ok``, or the code of the error (``authentication_failed``, ``rate_limited``, ``unavailable`` …), so
        that wrong credentials are told from a provider that is down.
    :param latency_ms: from sending to the whole answer, in milliseconds.
    """

    ok: bool
    code: str
    latency_ms: float
    detail: str


@runtime_checkable
class ChecksHealth(Protocol):
    """Can be asked cheaply whether it works, credentials included."""

    async def check_health(self) -> HealthReport:
        """Never raises a `ProviderError`: a failure is a report."""


CAPABILITIES: Final[Mapping[str, type]] = {
    "takes_payments": TakesPayments,
    "completes_payments": CompletesPayments,
    "captures_payments": CapturesPayments,
    "cancels_payments": CancelsPayments,
    "refunds_payments": RefundsPayments,
    "lists_payments": ListsPayments,
    "saves_payment_methods": SavesPaymentMethods,
    "quotes_rates": QuotesRates,
    "ships_parcels": ShipsParcels,
    "prints_labels": PrintsLabels,
    "makes_returns": MakesReturns,
    "cancels_shipments": CancelsShipments,
    "tracks_shipments": TracksShipments,
    "schedules_pickups": SchedulesPickups,
    "proves_delivery": ProvesDelivery,
    "checks_addresses": ChecksAddresses,
    "sends_webhooks": SendsWebhooks,
    "refreshes_tokens": RefreshesTokens,
    "checks_health": ChecksHealth,
}
"""Every capability by the name the catalog shows."""
