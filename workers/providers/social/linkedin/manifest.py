"""What LinkedIn is, and what a connection to it is made of."""

from __future__ import annotations

from typing import Final

from pydantic import Field, SecretStr

from workers.providers.base import Credentials, Settings
from workers.providers.manifest import (
    Category,
    Manifest,
    MediaLimits,
    PostLimits,
    RateLimit,
    RateLimits,
    SocialFacts,
    StatusFeed,
    WebhookScheme,
)
from workers.providers.oauth import ConsentScheme
from workers.providers.social.linkedin.events import SIGNATURE_HEADER, SOCIAL_ACTIONS
from workers.providers.social.models import PostFormat

API_URL: Final = "https://api.linkedin.com"
WEB_URL: Final = "https://www.linkedin.com"
API_VERSION: Final = "202607"
LONGEST_TEXT: Final = 3000
LONGEST_COMMENT: Final = 1250
MEMBER_SCOPES: Final = ("openid", "profile", "w_member_social")
"""What every app may ask for, by the products *Sign In with LinkedIn* and *Share on LinkedIn*."""
ORGANIZATION_SCOPES: Final = (
    "w_organization_social",
    "r_organization_social",
    "rw_organization_admin",
    "w_organization_social_feed",
    "r_organization_social_feed",
)
"""What apps with the product *Community Management API* may ask for."""

MANIFEST: Final = Manifest(
    key="linkedin",
    name="LinkedIn",
    category=Category.SOCIAL,
    description="Posts, comments and figures of companies' pages, and posts of people, on LinkedIn.",
    countries=("AE", "SA", "BH", "KW", "OM", "QA"),
    currencies=(),
    social=SocialFacts(
        formats=(
            PostLimits(
                format=PostFormat.POST,
                longest_text=LONGEST_TEXT,
                images=MediaLimits(most=20, types=("image/jpeg", "image/png", "image/gif"), most_pixels=36_152_320),
                videos=MediaLimits(
                    most=1,
                    types=("video/mp4",),
                    most_bytes=500 * 1024 * 1024,
                    least_seconds=3,
                    most_seconds=30 * 60,
                ),
                links=True,
            ),
        ),
        longest_comment=LONGEST_COMMENT,
        fetches_media=False,
        measure_batch=20,
    ),
    consent=ConsentScheme(
        scopes=(*MEMBER_SCOPES, *ORGANIZATION_SCOPES),
        pkce=False,
        refreshes=False,  # but for partners, whose grants say so
        access_days=60,
    ),
    hosts={"www": WEB_URL},
    auth_scheme="oauth2",
    # LinkedIn's quotas are per day, per app and per member, and shown in its developer portal only; these are ours.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=20, refill_per_second=10),
        live=RateLimit(capacity=10, refill_per_second=2),
    ),
    sandbox_base_url=API_URL,
    live_base_url=API_URL,
    documentation_url="https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api",
    status_page_url="https://www.linkedin-apistatus.com",
    status_feed=StatusFeed(format="statuspage", url="https://www.linkedin-apistatus.com/api/v2/summary.json"),
    webhook=WebhookScheme(
        signature_header=SIGNATURE_HEADER,
        algorithm="hmac-sha256",
        signs_content=True,
        signing_credential="client_secret",
        retries="every 5 minutes for 8 hours; after 3 failed checks of the address it is blocked",
        setup=(
            "Only for apps that LinkedIn has approved for webhooks; without them Wasl looks by itself.\n\n"
            "1. LinkedIn Developers > your app > Webhooks > Create webhook: `{webhook_url}`. LinkedIn checks it at "
            "once, and every two hours; Wasl answers with the client secret of this connection.\n"
            "2. Subscribe each page, as a member who administers it, by this call:\n\n"
            f"       curl -sS -X PUT '{API_URL}/rest/eventSubscriptions/(developerApplication:urn%3Ali%3A"
            "developerApplication%3A<app id>,user:urn%3Ali%3Aperson%3A<member>,entity:urn%3Ali%3Aorganization%3A"
            f"<page>,eventType:{SOCIAL_ACTIONS})' -H 'Authorization: Bearer <access token>' "
            f"-H 'LinkedIn-Version: {API_VERSION}' -H 'X-Restli-Protocol-Version: 2.0.0' "
            """-H 'Content-Type: application/json' -d '{"webhook": "{webhook_url}"}'"""
        ),
        events=(SOCIAL_ACTIONS,),
    ),
    api_version=API_VERSION,
)


class LinkedInCredentials(Credentials):
    """The app's keys, and the access that consent brings."""

    client_id: SecretStr | None = Field(
        default=None,
        title="Client ID",
        description="LinkedIn Developers > your app > Auth. Needed to connect by consent.",
    )
    client_secret: SecretStr | None = Field(
        default=None,
        title="Primary client secret",
        description="From the same page. Needed to connect by consent; it signs webhooks, too.",
    )
    access_token: SecretStr | None = Field(
        default=None,
        title="Access token",
        description="Comes by consent and holds for 60 days; or from the token generator in LinkedIn Developers.",
        json_schema_extra={"by_consent": True},
    )
    refresh_token: SecretStr | None = Field(
        default=None,
        title="Refresh token",
        description="Only LinkedIn's partners get one: it renews the access for a year, counted from the consent.",
    )


class LinkedInSettings(Settings):
    """How a connection uses LinkedIn."""

    api_version: str = Field(
        default=API_VERSION,
        pattern=r"^20[0-9]{2}(0[1-9]|1[0-2])$",
        title="API version",
        description="Year and month, such as 202607. LinkedIn keeps each for about a year.",
    )
    organizations: bool = Field(
        default=True,
        title="Companies' pages",
        description="Ask for the scopes of companies' pages as well. Turn it off if your app has not been given the "
        "Community Management API: LinkedIn then refuses to ask for them.",
    )
