"""What Google Analytics is, and what a connection to it is made of.

Facts from Google's Measurement Protocol reference, the Data API's discovery document (v1beta) and its page on quotas.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import Category, Manifest, MarketingFacts, RateLimit, RateLimits, StatusFeed
from workers.providers.marketing.google_analytics.service_account import ServiceAccount
from workers.providers.money import Currency

API_VERSION: Final = "v1beta"
EVENT_BATCH: Final = 25
_API_SECRET: Final = re.compile(r"[\x21-\x7e]{8,255}")
_DATA_API: Final = "https://analyticsdata.googleapis.com"

MANIFEST: Final = Manifest(
    key="google_analytics",
    name="Google Analytics",
    category=Category.MARKETING,
    description="Google Analytics 4: what customers do, purchases included, and reports on it.",
    countries=("AE", "BH", "EG", "JO", "KW", "OM", "QA", "SA"),
    currencies=("AED", "BHD", "EGP", "EUR", "GBP", "JOD", "KWD", "OMR", "QAR", "SAR", "USD"),
    marketing=MarketingFacts(contact_batch=0, event_batch=EVENT_BATCH),
    hosts={
        "collect": "https://www.google-analytics.com",
        "collect_eu": "https://region1.google-analytics.com",
        "token": "https://oauth2.googleapis.com",
    },
    auth_scheme="service_account",
    # Ten reports at once for a property; how many requests with events a second is not said.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=10, refill_per_second=10),
        live=RateLimit(capacity=10, refill_per_second=10),
    ),
    sandbox_base_url=_DATA_API,
    live_base_url=_DATA_API,
    documentation_url="https://developers.google.com/analytics/devguides/collection/protocol/ga4",
    status_page_url="https://ads.google.com/status",
    status_feed=StatusFeed(
        format="google", url="https://ads.google.com/status/publisher/incidents.json", parts=("Google Analytics",)
    ),
    api_version=API_VERSION,
)


class GoogleAnalyticsCredentials(Credentials):
    """A secret to send events with, a key to read reports with, or both."""

    service_account_key: SecretStr | None = Field(
        default=None,
        title="Service account key",
        description="For reports: the whole text of the JSON key file of a service account in Google Cloud, whose "
        "address is a viewer of the property.",
    )
    api_secret: SecretStr | None = Field(
        default=None,
        title="Measurement Protocol API secret",
        description="For events: Admin > Data streams > your web stream > Measurement Protocol API secrets > Create.",
    )

    @field_validator("service_account_key")
    @classmethod
    def _is_a_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None:
            ServiceAccount.read(key.get_secret_value())
        return key

    @field_validator("api_secret")
    @classmethod
    def _looks_like_a_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and not _API_SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("is not an API secret (8 to 255 characters without spaces)")
        return secret

    @model_validator(mode="after")
    def _can_do_something(self) -> Self:
        if self.service_account_key is None and self.api_secret is None:
            raise ValueError("service_account_key (for reports) or api_secret (for events) is needed")
        return self


class Region(StrEnum):
    """Where events are collected."""

    DEFAULT = "default"
    EU = "eu"


class GoogleAnalyticsSettings(Settings):
    """Which stream events go to, and which property reports are of."""

    measurement_id: str | None = Field(
        default=None,
        pattern=r"^G-[A-Z0-9]{4,20}$",
        title="Measurement ID",
        description="For events: Admin > Data streams > your web stream > Measurement ID.",
        examples=["G-ABC123DEF4"],
    )
    property_id: str | None = Field(
        default=None,
        pattern=r"^[0-9]{4,20}$",
        title="Property ID",
        description="For reports: Admin > Property details, the number at the top right.",
        examples=["123456789"],
    )
    region: Region = Field(
        default=Region.DEFAULT,
        title="Where events are collected",
        description="eu: in the European Union, by region1.google-analytics.com. default: wherever is nearest.",
    )
    currency: Currency = Field(
        default="AED",
        title="Currency",
        description="In which reports tell money; and of items' prices, where an event says no other.",
    )
    api_version: str = Field(
        default=API_VERSION,
        pattern=r"^v[0-9]{1,2}((alpha|beta)[0-9]{0,2})?$",
        title="Version of the Data API",
        description="As it stands in the addresses of reports.",
    )
