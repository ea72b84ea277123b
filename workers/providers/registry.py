"""Every provider Wasl knows, and how to open a connection to one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from workers.providers.base import Connector
from workers.providers.errors import InvalidRequest
from workers.providers.manifest import CatalogEntry, Environment, describe
from workers.providers.marketing.google_analytics import GoogleAnalyticsConnector
from workers.providers.marketing.hubspot import HubSpotConnector
from workers.providers.marketing.mailchimp import MailchimpConnector
from workers.providers.payments.aps import APSConnector
from workers.providers.payments.checkout import CheckoutConnector
from workers.providers.payments.ngenius import NGeniusConnector
from workers.providers.payments.paypal import PayPalConnector
from workers.providers.payments.paytabs import PayTabsConnector
from workers.providers.payments.stripe import StripeConnector
from workers.providers.payments.tabby import TabbyConnector
from workers.providers.payments.tamara import TamaraConnector
from workers.providers.payments.tap import TapConnector
from workers.providers.payments.telr import TelrConnector
from workers.providers.payments.ziina import ZiinaConnector
from workers.providers.shipping.aramex import AramexConnector
from workers.providers.shipping.dhl_express import DHLExpressConnector
from workers.providers.shipping.dhl_tracking import DHLTrackingConnector
from workers.providers.shipping.emx import EMXConnector
from workers.providers.shipping.fedex import FedExConnector
from workers.providers.shipping.imile import IMileConnector
from workers.providers.shipping.jeebly import JeeblyConnector
from workers.providers.shipping.jt import JTConnector
from workers.providers.shipping.manual import ManualConnector
from workers.providers.shipping.naqel import NaqelConnector
from workers.providers.shipping.quiqup import QuiqupConnector
from workers.providers.shipping.shipa import ShipaConnector
from workers.providers.shipping.smsa import SMSAConnector
from workers.providers.social.facebook import FacebookConnector
from workers.providers.social.instagram import InstagramConnector
from workers.providers.social.linkedin import LinkedInConnector

ModelT = TypeVar("ModelT", bound=BaseModel)

_CLASSES: Final[tuple[type[Connector[Any, Any]], ...]] = (
    APSConnector,
    AramexConnector,
    CheckoutConnector,
    DHLExpressConnector,
    DHLTrackingConnector,
    EMXConnector,
    FacebookConnector,
    FedExConnector,
    GoogleAnalyticsConnector,
    HubSpotConnector,
    IMileConnector,
    InstagramConnector,
    JeeblyConnector,
    JTConnector,
    LinkedInConnector,
    MailchimpConnector,
    ManualConnector,
    NaqelConnector,
    NGeniusConnector,
    PayPalConnector,
    PayTabsConnector,
    QuiqupConnector,
    ShipaConnector,
    SMSAConnector,
    StripeConnector,
    TabbyConnector,
    TamaraConnector,
    TapConnector,
    TelrConnector,
    ZiinaConnector,
)

CONNECTORS: Final[Mapping[str, type[Connector[Any, Any]]]] = {each.manifest.key: each for each in _CLASSES}
"""Connector classes by provider key."""


def connector_class(key: str) -> type[Connector[Any, Any]]:
    """The class of a provider.

    :raises InvalidRequest: there is no such provider.
    """
    if key not in CONNECTORS:
        raise InvalidRequest(f"provider: {key!r} is not one of {', '.join(CONNECTORS)}", field="provider")
    return CONNECTORS[key]


def catalog() -> list[CatalogEntry]:
    """Every provider as the catalog shows it, by key."""
    return [describe(CONNECTORS[key]) for key in sorted(CONNECTORS)]


def open_connector(
    key: str,
    *,
    credentials: Mapping[str, Any],
    settings: Mapping[str, Any] | None = None,
    environment: Environment | str = Environment.SANDBOX,
    base_url: str | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Connector[Any, Any]:
    """A connection to a provider.

    :param credentials: by field name, as the manifest lists them; ``settings`` likewise.
    :param base_url: instead of the provider's own address.
    :param transport: sends the requests; by default a plain httpx transport without limits or retries, which
        ``async with`` or ``aclose()`` on the connector closes.
    :raises InvalidRequest: unknown provider, or a credential or setting that cannot be right; names the field.
    """
    kind = connector_class(key)
    where = Environment(environment)
    return kind(
        _checked(kind.credentials_model, credentials, "credentials", key),
        _checked(kind.settings_model, settings or {}, "settings", key),
        base_url=base_url or kind.manifest.base_url(where),
        transport=transport or httpx.AsyncHTTPTransport(),
        environment=where,
    )


def _checked(model: type[ModelT], values: Mapping[str, Any], group: str, key: str) -> ModelT:
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        fault = InvalidRequest.from_validation(error, provider=key, operation="open")
    field = f"{group}.{fault.field}" if fault.field else group
    raise InvalidRequest(f"{group}.{fault.message}", field=field, provider=key, operation="open")
