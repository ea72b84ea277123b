"""What a connector can be asked to do: small protocols, of which a provider implements those it really has.

Every method raises only `errors.ProviderError`. A write whose outcome cannot be known raises `errors.OutcomeUnknown`;
it is then settled by the matching ``find_…`` or ``get_…`` method, never by trying elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol, runtime_checkable

from workers.providers.events import CanonicalEvent, ChallengeAnswer, VerifiedWebhook, WebhookRequest
from workers.providers.marketing.models import (
    AudiencePage,
    CampaignPage,
    CompanyRequest,
    CompanyResult,
    ContactEvent,
    ContactOutcome,
    ContactPage,
    ContactRequest,
    ContactResult,
    DealPage,
    DealRequest,
    DealResult,
    EventProblem,
    FieldResult,
    FormSubmission,
    Report,
    ReportRequest,
    TrackedEvent,
)
from workers.providers.oauth import CodeExchange, ConsentRequest, TokenFacts, TokenGrant
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
from workers.providers.social.media import MediaReader
from workers.providers.social.models import (
    Account,
    AccountMetrics,
    AccountResult,
    CapturedLead,
    CommentPage,
    CommentRequest,
    CommentResult,
    Engagement,
    ExistingComment,
    ExistingPost,
    PostEdit,
    PostPage,
    PostPreparation,
    PostRequest,
    PostResult,
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
class ListsAccounts(Protocol):
    """Has accounts below one login: pages, profiles."""

    async def list_accounts(self) -> tuple[AccountResult, ...]:
        """Every account that the login may work with now."""


@runtime_checkable
class PublishesPosts(Protocol):
    """Publishes. No network knows idempotency keys: what has been published twice is there twice."""

    async def prepare_post(self, request: PostRequest, prepared: Mapping[str, str]) -> PostPreparation:
        """Go one step towards publishing, where nobody can see it yet: bring files to the network, wait for them.

        To repeat a step does no harm. It is called until it is ready, each time with the data of the step before.

        :param prepared: `PostPreparation.data` of the step before; empty at first.
        :raises InvalidRequest: the network does not take this post.
        """

    async def publish_post(self, request: PostRequest, prepared: Mapping[str, str]) -> PostResult:
        """Publish what is prepared: the one call that shows it. What can be had later as well, such as the permalink,
        never fails it."""

    async def find_post(
        self, request: PostRequest, prepared: Mapping[str, str], *, attempted_at: datetime, known: Sequence[str]
    ) -> PostResult | None:
        """Settle an unknown outcome of `publish_post`, by reading the account's posts.

        :param attempted_at: when it was first sent.
        :param known: ids of posts that are other posts of the hub's, however alike.
        :returns: the post; or None: it certainly is not there, and may be published.
        :raises InvalidRequest: it is settled: the network refused it.
        :raises ProviderError: anything else leaves the outcome unknown; ask again later.
        """

    async def get_post(self, post: ExistingPost) -> PostResult:
        """The post as its network has it. :raises NotFound: it is gone."""


@runtime_checkable
class EditsPosts(Protocol):
    """Lets the text of a published post be changed."""

    async def edit_post(self, request: PostEdit) -> PostResult:
        """Change the text. To ask again changes nothing more, which settles an unknown outcome."""


@runtime_checkable
class DeletesPosts(Protocol):
    """Lets a published post be taken back."""

    async def delete_post(self, post: ExistingPost) -> None:
        """Take it back. One that is gone already is no error; so an unknown outcome is settled by asking again."""


@runtime_checkable
class ListsPosts(Protocol):
    """Shows what an account has published, by whomever."""

    async def list_posts(self, account: Account, *, since: datetime | None, cursor: str | None) -> PostPage:
        """One page, the newest first. :param since: older ones are not needed. :param cursor: of the page before."""


@runtime_checkable
class MeasuresPosts(Protocol):
    """Tells how posts do."""

    async def measure_posts(self, posts: Sequence[ExistingPost]) -> tuple[Engagement, ...]:
        """How each of them does, in their order; one that is gone does not spoil the others.

        :param posts: of one account, at most the manifest's ``social.measure_batch``.
        """


@runtime_checkable
class MeasuresAccounts(Protocol):
    """Tells how an account does."""

    async def measure_account(self, account: Account, day: date) -> AccountMetrics:
        """Its followers now, and what it reached on a day."""


@runtime_checkable
class ReadsComments(Protocol):
    """Shows what people say to posts."""

    async def list_comments(self, post: ExistingPost, *, cursor: str | None) -> CommentPage:
        """One page of a post's comments and the answers to them."""


@runtime_checkable
class WritesComments(Protocol):
    """Comments and answers as the account."""

    async def create_comment(self, request: CommentRequest) -> CommentResult:
        """Comment on the account's own post, or answer a comment there."""

    async def find_comment(self, request: CommentRequest, *, attempted_at: datetime) -> CommentResult | None:
        """Settle an unknown outcome of `create_comment`; the rules are those of `PublishesPosts.find_post`."""

    async def delete_comment(self, comment: ExistingComment) -> None:
        """Take one of the account's own away, or anybody's below its post. One that is gone is no error."""


@runtime_checkable
class HidesComments(Protocol):
    """Can hide what others say."""

    async def hide_comment(self, comment: ExistingComment, *, hidden: bool) -> None:
        """Hide a comment, or show it again; repeating it changes nothing."""


@runtime_checkable
class UploadsMedia(Protocol):
    """Takes files instead of fetching them: `media_reader` has to be set before posts with media are prepared."""

    media_reader: MediaReader | None


@runtime_checkable
class CapturesLeads(Protocol):
    """Has forms of its own, in which people leave their address."""

    async def get_lead(self, provider_lead_id: str) -> CapturedLead:
        """What somebody filled in."""


@runtime_checkable
class KeepsContacts(Protocol):
    """Keeps contacts."""

    async def upsert_contacts(self, contacts: Sequence[ContactRequest]) -> tuple[ContactOutcome, ...]:
        """Have it keep these, new or not, in one call where it can; the outcome of each, in their order.

        To repeat it changes nothing more, so an unknown outcome is settled by repeating it.

        :param contacts: at most the manifest's ``marketing.contact_batch``; with different addresses.
        :raises ProviderError: none of them was taken.
        """

    async def find_contact(self, email: str) -> ContactResult:
        """The contact of an address. :raises NotFound: there is none."""

    async def list_contacts(self, *, since: datetime | None, cursor: str | None) -> ContactPage:
        """One page of the contacts that changed since, deleted and archived ones included where it tells of them; None:
        of all. However many there are, going on with the cursor reads every one."""

    async def list_fields(self) -> tuple[FieldResult, ...]:
        """The fields it keeps of a contact."""


@runtime_checkable
class TagsContacts(Protocol):
    """Marks contacts with tags."""

    async def tag_contact(self, email: str, add: Sequence[str], remove: Sequence[str]) -> None:
        """Change the tags of a contact it keeps; repeating it changes nothing. :raises NotFound: it keeps none."""


@runtime_checkable
class ForgetsContacts(Protocol):
    """Can forget a person, as the law wants it."""

    async def forget_contact(self, email: str) -> None:
        """Erase everything it has of the person, for good. One it does not know is no error."""


@runtime_checkable
class NotesContactEvents(Protocol):
    """Notes what contacts do, and starts its own automation by that."""

    async def note_contact_event(self, event: ContactEvent) -> None:
        """Note it. It cannot be told whether it was noted before: without an answer, it is not sent again."""


@runtime_checkable
class ListsAudiences(Protocol):
    """Has lists of contacts."""

    async def list_audiences(self, *, cursor: str | None) -> AudiencePage:
        """One page of its audiences."""


@runtime_checkable
class ListsCampaigns(Protocol):
    """Sends campaigns, and tells how they do."""

    async def list_campaigns(self, *, since: datetime | None, cursor: str | None) -> CampaignPage:
        """One page of its campaigns with their figures. :param since: those that were made or sent since."""


@runtime_checkable
class KeepsDeals(Protocol):
    """Keeps deals."""

    async def upsert_deal(self, deal: DealRequest) -> DealResult:
        """Have it keep the deal, once for each reference; repeating it changes nothing more."""

    async def list_deals(self, *, since: datetime | None, cursor: str | None) -> DealPage:
        """One page of the deals that changed since; the rules are those of `KeepsContacts.list_contacts`."""


@runtime_checkable
class KeepsCompanies(Protocol):
    """Keeps companies."""

    async def upsert_company(self, company: CompanyRequest) -> CompanyResult:
        """Have it keep the company; repeating it changes nothing more."""


@runtime_checkable
class TakesForms(Protocol):
    """Takes answers to its own forms."""

    async def submit_form(self, submission: FormSubmission) -> None:
        """Hand answers in."""


@runtime_checkable
class TracksEvents(Protocol):
    """Measures what visitors and customers do."""

    async def send_events(self, events: Sequence[TrackedEvent]) -> None:
        """Have them counted. :param events: at most the manifest's ``marketing.event_batch``."""

    async def check_events(self, events: Sequence[TrackedEvent]) -> tuple[EventProblem, ...]:
        """What it would not take of them; nothing is counted."""


@runtime_checkable
class RunsReports(Protocol):
    """Answers questions about what it measured."""

    async def run_report(self, request: ReportRequest) -> Report:
        """Answer one."""


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

    async def refresh_tokens(self) -> TokenGrant:
        """Renew the access. To lose the answer must do no harm where the provider allows that.

        :raises AuthenticationFailed: it cannot be renewed any more: somebody has to consent again.
        :raises NotSupported: this connection's access does not run out, or has nothing to be renewed with.
        """


@runtime_checkable
class ConnectsByConsent(Protocol):
    """Is connected by OAuth: somebody who is signed in at the provider agrees, and the hub gets access.

    Its ``access_token`` credential is optional in the model and marked ``by_consent``: the consent brings it.
    """

    def consent_url(self, request: ConsentRequest) -> str:
        """Where to send that person."""

    async def exchange_code(self, exchange: CodeExchange) -> TokenGrant:
        """Trade the code that they came back with for access.

        :raises InvalidRequest: the code is not, or no longer, good.
        """


@runtime_checkable
class InspectsTokens(Protocol):
    """Tells what its access is good for, and until when."""

    async def inspect_token(self) -> TokenFacts:
        """Ask. :raises AuthenticationFailed: it is good for nothing any more."""


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
    "lists_accounts": ListsAccounts,
    "publishes_posts": PublishesPosts,
    "edits_posts": EditsPosts,
    "deletes_posts": DeletesPosts,
    "lists_posts": ListsPosts,
    "measures_posts": MeasuresPosts,
    "measures_accounts": MeasuresAccounts,
    "reads_comments": ReadsComments,
    "writes_comments": WritesComments,
    "hides_comments": HidesComments,
    "captures_leads": CapturesLeads,
    "keeps_contacts": KeepsContacts,
    "tags_contacts": TagsContacts,
    "forgets_contacts": ForgetsContacts,
    "notes_contact_events": NotesContactEvents,
    "lists_audiences": ListsAudiences,
    "lists_campaigns": ListsCampaigns,
    "keeps_deals": KeepsDeals,
    "keeps_companies": KeepsCompanies,
    "takes_forms": TakesForms,
    "tracks_events": TracksEvents,
    "runs_reports": RunsReports,
    "sends_webhooks": SendsWebhooks,
    "connects_by_consent": ConnectsByConsent,
    "refreshes_tokens": RefreshesTokens,
    "inspects_tokens": InspectsTokens,
    "checks_health": ChecksHealth,
}
"""Every capability by the name the catalog shows."""
