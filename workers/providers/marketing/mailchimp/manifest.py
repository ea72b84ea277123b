"""What Mailchimp is, and what a connection to it is made of."""

from __future__ import annotations

import re
from typing import Final

from pydantic import Field, SecretStr, field_validator

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import (
    Category,
    Manifest,
    MarketingFacts,
    RateLimit,
    RateLimits,
    WebhookScheme,
)
from workers.providers.marketing.mailchimp.events import EVENT_TYPES, SIGNATURE_HEADER, TOLERANCE_SECONDS
from workers.providers.marketing.mailchimp.objects import DATA_CENTER
from workers.providers.oauth import ConsentScheme
from workers.providers.signatures import ChosenSecret

CONTACT_BATCH: Final = 500
_TOKEN: Final = re.compile(r"[\x21-\x7e]{10,512}")
_KEY: Final = re.compile(rf"[0-9A-Za-z_]+-({DATA_CENTER})")
_LIMIT: Final = RateLimit(capacity=5, refill_per_second=4)


def api_url(data_center: str) -> str:
    """Where a data centre answers. Nothing but its name decides it, so that a token goes nowhere else."""
    return f"https://{data_center}.api.mailchimp.com/3.0"


def data_center_of(token: str) -> str | None:
    """The data centre at the end of an API key; None in an OAuth token, which names none."""
    key = _KEY.fullmatch(token)
    return key[1] if key else None


MANIFEST: Final = Manifest(
    key="mailchimp",
    name="Mailchimp",
    category=Category.MARKETING,
    description="Contacts of an audience with their consent, tags and events, and how campaigns do.",
    countries=("AE", "BH", "EG", "JO", "KW", "OM", "QA", "SA"),
    currencies=(),
    marketing=MarketingFacts(contact_batch=CONTACT_BATCH, event_batch=0, tells_deletions=False),
    consent=ConsentScheme(scopes=(), pkce=False, refreshes=False),
    hosts={"login": "https://login.mailchimp.com"},
    auth_scheme="basic or bearer",
    # Mailchimp counts calls that are under way, ten of a user's in all its apps, and nothing else. A bucket cannot
    # count those; this one holds them below ten as long as each takes a second at most.
    rate_limits=RateLimits(sandbox=_LIMIT, live=_LIMIT),
    # One API for play and earnest; an account lives in one data centre, which the connector puts in place of this one.
    sandbox_base_url=api_url("us1"),
    live_base_url=api_url("us1"),
    documentation_url="https://mailchimp.com/developer/marketing/api",
    status_page_url="https://status.mailchimp.com",
    api_version="3.0",
    webhook=WebhookScheme(
        signature_header=SIGNATURE_HEADER,
        algorithm="hmac-sha256",
        # Webhooks that were made before signing came, in 2026, are not signed; so no content is believed.
        signs_content=False,
        signing_credential="webhook_secret",
        tolerance_seconds=TOLERANCE_SECONDS,
        retries="at growing intervals over 75 minutes; one that keeps failing may be switched off",
        setup=(
            "1. Register the address for your audience. What the API itself changed is left out, or Wasl would be told "
            "of its own writing:\n\n"
            "       curl -sS https://<data centre>.api.mailchimp.com/3.0/lists/<audience id>/webhooks "
            "-u 'any:<API key>' -H 'Content-Type: application/json' "
            """-d '{"url": "{webhook_url}", "events": {"subscribe": true, "unsubscribe": true, "profile": true, """
            """"cleaned": true, "upemail": true, "campaign": true}, "sources": {"user": true, "admin": true, """
            """"api": false}}'\n\n"""
            "   Mailchimp looks at the address by a GET first, which is answered.\n"
            "2. Put the `signing_secret` of the answer into this connection as webhook secret. It is shown this once. "
            "An account whose answer has none sends unsigned webhooks; leave the secret empty then. Their address is "
            "all that proves them, so keep it to yourself: contents are only taken as a hint."
        ),
        events=EVENT_TYPES,
    ),
)


class MailchimpCredentials(Credentials):
    """Either an API key, or an app's access to an account."""

    access_token: SecretStr | None = Field(
        default=None,
        json_schema_extra={"by_consent": True},
        title="Access token or API key",
        description="Comes by connecting. Or an API key, from your profile > Extras > API keys; it ends in the "
        "account's data centre, such as -us21.",
        examples=["…-us21"],
    )
    client_id: SecretStr | None = Field(
        default=None,
        title="Client ID",
        description="Only to connect by consent: of your app, from your profile > Extras > Registered apps.",
    )
    client_secret: SecretStr | None = Field(
        default=None, title="Client secret", description="Beside the client ID; only to connect by consent."
    )
    webhook_secret: ChosenSecret = Field(
        default=None,
        title="Webhook secret",
        description="The signing_secret that was answered when the webhook was made. Without it webhooks are taken "
        "unsigned. While you change it, the old and the new one, a line each.",
    )

    @field_validator("access_token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("is neither an access token nor an API key (at least 10 characters without spaces)")
        return token


class MailchimpSettings(Settings):
    """How a connection uses Mailchimp."""

    audience_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9]{1,40}$",
        title="Audience ID",
        description="The audience that contacts go to: Audience > Settings > Audience name and defaults. Without it, "
        "what is refused names the audiences there are.",
        examples=["a6b5da1054"],
    )
    data_center: str | None = Field(
        default=None,
        pattern=rf"^{DATA_CENTER}$",
        title="Data centre",
        description="Where the account lives, such as us21. An API key ends in it, and connecting brings it; only an "
        "access token that is pasted needs it typed.",
        examples=["us21"],
    )
