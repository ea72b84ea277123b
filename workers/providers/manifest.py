"""A provider's manifest: the facts its connector states, and the catalog entry derived from connector and facts.

What a class already says is not said again: capabilities come from the protocols that it implements, the fields of
the connect form from its pydantic models.
"""

from __future__ import annotations

import types
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from workers.providers.capabilities import CAPABILITIES
from workers.providers.oauth import ConsentScheme
from workers.providers.payments.models import PaymentMethodType
from workers.providers.shipping.models import LabelFormat
from workers.providers.social.models import PostFormat

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from workers.providers.base import Connector


class Category(StrEnum):
    """What a provider is for."""

    PAYMENTS = "payments"
    SHIPPING = "shipping"
    SOCIAL = "social"
    MARKETING = "marketing"


class Environment(StrEnum):
    """Play money or real money."""

    SANDBOX = "sandbox"
    LIVE = "live"


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class RateLimit(_Facts):
    """A token bucket: how many calls may come at once, and how many more per second."""

    capacity: float = Field(gt=0)
    refill_per_second: float = Field(gt=0)


class RateLimits(_Facts):
    """The default budget of a connection in each environment, until the provider's headers teach better."""

    sandbox: RateLimit
    live: RateLimit


class WebhookScheme(_Facts):
    """How the provider proves that it sent a webhook, and how to set it up.

    :param signature_header: the header that carries the proof, in the provider's spelling.
    :param algorithm: such as ``hmac-sha256``.
    :param signs_content: whether the proof covers the body; else the provider is asked back.
    :param signing_credential: the credential that holds the secret, or None.
    :param tolerance_seconds: how far the signed time may lie from now, where a time is signed.
    :param retries: how long the provider keeps trying.
    :param setup: step by step, in Markdown, with ``{webhook_url}`` where the connection's address goes.
    :param events: the event names to subscribe to.
    :param challenge_credential: with which a check of the address is answered, where that is another credential.
    """

    signature_header: str
    algorithm: str
    signs_content: bool
    signing_credential: str | None
    tolerance_seconds: int | None = None
    retries: str
    setup: str
    events: tuple[str, ...] = ()
    challenge_credential: str | None = None


class StatusFeed(_Facts):
    """A status page as machines read it.

    :param format: ``statuspage`` (Atlassian's ``summary.json``), ``google`` (``incidents.json``), ``meta``
        (``orgs.json``) or ``paypal`` (``components``).
    :param parts: the products that matter, by the names that the page has for them; empty: all of the page.
    """

    format: Literal["statuspage", "google", "meta", "paypal"]
    url: str
    parts: tuple[str, ...] = ()


class CarrierFacts(_Facts):
    """What decides whether a carrier can take a shipment at all.

    :param domestic: whether it delivers within the merchant's country; ``international`` abroad.
    :param destinations: ISO 3166-1 alpha-2 codes it delivers to; empty: everywhere it says it does.
    :param collects_cash: whether it takes money at the door, and hands it on.
    :param most_parcels: of one shipment.
    :param heaviest_parcel_kg: None where the carrier says none.
    :param label_formats: the first is the one it is best at.
    :param tracking_batch: how many shipments one tracking call takes; 0 where there is none to make.
    :param finds_by_reference: whether a lost answer can be found out about; else such a shipment needs a person.
    """

    domestic: bool
    international: bool
    destinations: tuple[str, ...] = ()
    collects_cash: bool
    most_parcels: int = Field(ge=1)
    heaviest_parcel_kg: float | None = None
    label_formats: tuple[LabelFormat, ...]
    tracking_batch: int = Field(ge=0)
    finds_by_reference: bool


class MediaLimits(_Facts):
    """What a network takes of one kind of media in a post.

    :param most: how many. :param types: content types.
    :param least_ratio: width divided by height, likewise ``most_ratio``.
    """

    most: int = Field(ge=0)
    types: tuple[str, ...]
    most_bytes: int | None = None
    least_ratio: float | None = None
    most_ratio: float | None = None
    least_width: int | None = None
    most_pixels: int | None = None
    least_seconds: float | None = None
    most_seconds: float | None = None


class PostLimits(_Facts):
    """What a network takes of posts in one form.

    :param longest_text: in characters; ``most_hashtags`` in it.
    :param needs_media: whether there is none without. :param mixes_media: whether pictures go together with films.
    :param links: whether it shows a link as one.
    """

    format: PostFormat
    longest_text: int
    most_hashtags: int | None = None
    needs_media: bool = False
    mixes_media: bool = False
    images: MediaLimits | None = None
    videos: MediaLimits | None = None
    links: bool = False


class SocialFacts(_Facts):
    """What decides whether a network can take a post.

    :param formats: the first is the usual one.
    :param fetches_media: whether it fetches files by itself, so that they must lie where everybody can.
    :param posts_per_day: of an account, where it says so.
    :param measure_batch: how many posts one call measures; 0 where none can be measured.
    """

    formats: tuple[PostLimits, ...]
    longest_comment: int
    fetches_media: bool
    posts_per_day: int | None = None
    measure_batch: int = Field(ge=0)


class MarketingFacts(_Facts):
    """What decides how a tool is spoken to.

    :param contact_batch: how many contacts one call takes; 0 where it keeps none.
    :param event_batch: how many events one call takes; 0 where it takes none.
    :param tells_deletions: whether its list of changes has those that were deleted; else only a full comparison does.
    """

    contact_batch: int = Field(ge=0)
    event_batch: int = Field(ge=0)
    tells_deletions: bool = False


class Manifest(_Facts):
    """What a connector states about its provider.

    :param countries: ISO 3166-1 alpha-2 codes of merchants' countries, in the region Wasl serves.
    :param currencies: ISO 4217 codes it takes, those that matter there.
    :param methods: what payers can pay with, for gateways.
    :param poll_minutes: how long after each look at an unsettled payment the next one is taken; after the last the
        daily reconciliation remains. Short for gateways that send webhooks once, or not at all.
    :param carrier: what it carries, for carriers that take shipments.
    :param social: what it takes of posts, for networks. :param marketing: likewise of contacts and events, for tools.
    :param consent: how it is connected by OAuth, for those that are.
    :param hosts: further addresses of its own, by a name; see `Connector.host`.
    :param auth_scheme: ``bearer``, ``basic``, ``oauth2_client_credentials``, ``signed_body`` …
    :param status_feed: how its status page is read; None where it is for people only.
    :param idempotency_hours: for how long the same idempotency key returns the first answer; None where the
        provider has no such key.
    :param awaits: what the hub still lacks to work with it; until then it can be tried with ``wasl providers call``
        but not connected.
    """

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$")
    name: str
    category: Category
    description: str
    countries: tuple[str, ...]
    currencies: tuple[str, ...]
    methods: tuple[PaymentMethodType, ...] = ()
    poll_minutes: tuple[int, ...] = (60, 360, 1440)
    carrier: CarrierFacts | None = None
    social: SocialFacts | None = None
    marketing: MarketingFacts | None = None
    consent: ConsentScheme | None = None
    hosts: dict[str, str] = Field(default_factory=dict)
    auth_scheme: str
    rate_limits: RateLimits
    sandbox_base_url: str
    live_base_url: str
    documentation_url: str
    status_page_url: str | None = None
    status_feed: StatusFeed | None = None
    webhook: WebhookScheme | None = None
    api_version: str | None = None
    idempotency_hours: int | None = None
    awaits: str | None = None

    def base_url(self, environment: Environment) -> str:
        """The provider's own address in an environment."""
        return self.live_base_url if environment is Environment.LIVE else self.sandbox_base_url


class FormField(_Facts):
    """One input of the connect form.

    :param type: ``text``, ``secret``, ``boolean``, ``integer`` or ``choice``.
    :param by_consent: it is needed, and comes by OAuth unless somebody types it (``by_consent`` in the field's
        ``json_schema_extra``).
    """

    name: str
    label: str
    help: str
    type: str
    required: bool
    secret: bool
    by_consent: bool = False
    placeholder: str | None = None
    default: Any = None
    choices: tuple[str, ...] | None = None


class CatalogEntry(_Facts):
    """A provider as the catalog, the connect form and the documentation show it."""

    manifest: Manifest
    capabilities: tuple[str, ...]
    credential_fields: tuple[FormField, ...]
    settings_fields: tuple[FormField, ...]


def describe(connector: type[Connector[Any, Any]]) -> CatalogEntry:
    """The catalog entry of a connector class."""
    return CatalogEntry(
        manifest=connector.manifest,
        capabilities=tuple(name for name, protocol in CAPABILITIES.items() if issubclass(connector, protocol)),
        credential_fields=form_fields(connector.credentials_model),
        settings_fields=form_fields(connector.settings_model),
    )


def form_fields(model: type[BaseModel]) -> tuple[FormField, ...]:
    """The form that a pydantic model stands for: labels from ``title``, help from ``description``, a placeholder
    from the first of ``examples``; a ``SecretStr`` is a secret."""
    return tuple(_form_field(name, info) for name, info in model.model_fields.items())


def _form_field(name: str, info: FieldInfo) -> FormField:
    kind, choices = _kind(_without_none(info.annotation))
    secret = kind == "secret"
    default = None if info.is_required() or secret else info.get_default()
    return FormField(
        name=name,
        label=info.title or name.replace("_", " ").capitalize(),
        help=info.description or "",
        type=kind,
        required=info.is_required(),
        secret=secret,
        by_consent=isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("by_consent") is True,
        placeholder=str(info.examples[0]) if info.examples else None,
        default=default.value if isinstance(default, StrEnum) else default,
        choices=choices,
    )


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        return next(argument for argument in get_args(annotation) if argument is not type(None))
    return annotation


def _kind(annotation: Any) -> tuple[str, tuple[str, ...] | None]:
    if not isinstance(annotation, type):
        return "text", None
    if issubclass(annotation, SecretStr):
        return "secret", None
    if issubclass(annotation, StrEnum):
        return "choice", tuple(member.value for member in annotation)
    if issubclass(annotation, bool):
        return "boolean", None
    return ("integer", None) if issubclass(annotation, int) else ("text", None)
