"""What HubSpot is, and what a connection to it is made of."""

from __future__ import annotations

from typing import Final

from pydantic import Field, SecretStr

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import (
    Category,
    Manifest,
    MarketingFacts,
    RateLimit,
    RateLimits,
    StatusFeed,
    WebhookScheme,
)
from workers.providers.marketing.hubspot.events import EVENT_TYPES, SIGNATURE_HEADER, TOLERANCE_SECONDS
from workers.providers.oauth import ConsentScheme

BATCH: Final = 100
"""Records of one batch call."""
SCOPES: Final = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.schemas.contacts.read",
    "crm.schemas.deals.read",
    "crm.schemas.deals.write",
    "crm.schemas.companies.read",
    "crm.schemas.companies.write",
    "crm.lists.read",
    "crm.lists.write",
    "forms",
)
# An account whose plan lacks one of those above cannot be connected at all; these are granted where it has them.
OPTIONAL_SCOPES: Final = ("content", "communication_preferences.read_write")
# In any 10 seconds 100 calls, every plan's least for a private app; 110 for an app that is connected by OAuth.
_LIMIT: Final = RateLimit(capacity=20, refill_per_second=8)
MANIFEST: Final = Manifest(
    key="hubspot",
    name="HubSpot",
    category=Category.MARKETING,
    description="Contacts, deals and companies in HubSpot's CRM, its lists, forms and marketing e-mails.",
    countries=("AE", "BH", "EG", "JO", "KW", "OM", "QA", "SA"),
    currencies=("AED", "BHD", "EGP", "EUR", "GBP", "JOD", "KWD", "OMR", "QAR", "SAR", "USD"),
    marketing=MarketingFacts(contact_batch=BATCH, event_batch=0),
    consent=ConsentScheme(
        scopes=SCOPES, pkce=True, parameters={"optional_scope": " ".join(OPTIONAL_SCOPES)}, refreshes=True
    ),
    hosts={"app": "https://app.hubspot.com", "forms": "https://api.hsforms.com"},
    auth_scheme="bearer",
    rate_limits=RateLimits(sandbox=_LIMIT, live=_LIMIT),
    sandbox_base_url="https://api.hubapi.com",
    live_base_url="https://api.hubapi.com",
    documentation_url="https://developers.hubspot.com/docs",
    status_page_url="https://status.hubspot.com",
    status_feed=StatusFeed(format="statuspage", url="https://status.hubspot.com/api/v2/summary.json"),
    webhook=WebhookScheme(
        signature_header=SIGNATURE_HEADER,
        algorithm="hmac-sha256",
        signs_content=True,
        signing_credential="client_secret",
        tolerance_seconds=TOLERANCE_SECONDS,
        retries="10 times within 24 hours",
        setup=(
            "1. Open the app's settings in HubSpot (Development > your app > Webhooks).\n"
            "2. Target URL: {webhook_url}\n"
            "3. Subscribe to the events listed here; of property changes, to the properties that matter.\n"
            "4. Copy the same address into this connection's *Webhook address*: HubSpot signs it.\n"
            "5. Copy the app's client secret into this connection: HubSpot signs with it."
        ),
        events=EVENT_TYPES,
    ),
    api_version="v3",
)


class HubSpotCredentials(Credentials):
    """What a private app gives, or an app of the developer platform's together with a consent."""

    client_id: SecretStr | None = Field(
        default=None,
        title="Client ID",
        description="Your app > Auth. Needed to connect by consent; leave it empty with a private app's token.",
    )
    client_secret: SecretStr | None = Field(
        default=None,
        title="Client secret",
        description="Your app > Auth. Needed to connect by consent, and to believe webhooks, which it signs.",
    )
    access_token: SecretStr | None = Field(
        default=None,
        title="Access token",
        description="A private app's token (pat-…), which does not run out. A consent brings one of half an hour.",
        examples=["pat-eu1-…"],
        json_schema_extra={"by_consent": True},
    )
    refresh_token: SecretStr | None = Field(
        default=None, title="Refresh token", description="Comes with a consent, and renews the access."
    )


class HubSpotSettings(Settings):
    """How a connection uses HubSpot."""

    portal_id: str | None = Field(
        default=None,
        pattern=r"^[0-9]{1,20}$",
        title="Hub ID",
        description="The account's number. A consent brings it; otherwise it is asked for when a form needs it.",
    )
    webhook_url: str | None = Field(
        default=None,
        pattern=r"^https://[^\s#]+$",
        max_length=2048,
        title="Webhook address",
        description="The target URL exactly as it stands in HubSpot, which signs it. Without it no webhook is "
        "believed.",
    )
    accept_older_signatures: bool = Field(
        default=False,
        title="Accept older signatures",
        description="Also believe deliveries that have only the signature of version 1 or 2, which signs no time.",
    )
    api_version: str = Field(
        default="v3",
        pattern=r"^(v3|20[0-9]{2}-0[39])$",
        title="API version",
        description="Of contacts, deals and companies: v3, or a dated one such as 2026-03.",
    )
    deal_reference_property: str = Field(
        default="wasl_reference",
        pattern=r"^[a-z][a-z0-9_]{0,99}$",
        title="Property of deals' references",
        description="A property of deals with unique values, by which a deal is known again; made when first needed.",
    )
    company_reference_property: str = Field(
        default="wasl_domain",
        pattern=r"^[a-z][a-z0-9_]{0,99}$",
        title="Property of companies' domains",
        description="A property of companies with unique values, since HubSpot's own domain is not unique; made when "
        "first needed.",
    )
    subscription_type_id: str | None = Field(
        default=None,
        pattern=r"^[0-9]{1,18}$",
        title="Subscription type",
        description="The number of the e-mail subscription that consent is given to. Without it only the legal basis "
        "is noted.",
    )
    record_legal_basis: bool = Field(
        default=True,
        title="Note the legal basis",
        description="Add “Freely given consent from contact” to the contact's legal basis where consent was given.",
    )
    read_fields: str = Field(
        default="lifecyclestage,hs_lead_status,jobtitle,city,country",
        pattern=r"^[a-z0-9_,]{0,1500}$",
        title="Properties read",
        description="Further properties of contacts to read, by HubSpot's internal names, separated by commas.",
    )
    tag_list_prefix: str = Field(
        default="Wasl: ",
        max_length=50,
        title="Prefix of tag lists",
        description="HubSpot has no tags: each is a static list, whose name is this and the tag.",
    )

    @property
    def further_fields(self) -> tuple[str, ...]:
        """`read_fields`, one by one."""
        return tuple(name for name in self.read_fields.split(",") if name)
