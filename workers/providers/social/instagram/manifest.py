"""What Instagram is, and what a connection to it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from pydantic import Field

from workers.providers.manifest import (
    Category,
    Manifest,
    MediaLimits,
    PostLimits,
    RateLimit,
    RateLimits,
    SocialFacts,
    StatusFeed,
)
from workers.providers.oauth import ConsentScheme
from workers.providers.social.meta.connection import DIALOG_HOST
from workers.providers.social.meta.models import API_VERSION, MetaSettings
from workers.providers.social.meta.webhooks import scheme
from workers.providers.social.models import PostFormat

PAGE_HOST, TOKEN_HOST, GRAPH_HOST = "www", "api", "graph"
"""Of Instagram Login: the consent page, where codes are traded, and the API."""

SCOPES: Final = (
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_insights",
    "pages_show_list",
    "pages_read_engagement",
)
INSTAGRAM_CONSENT: Final = ConsentScheme(
    scopes=(
        "instagram_business_basic",
        "instagram_business_content_publish",
        "instagram_business_manage_comments",
        "instagram_business_manage_insights",
    ),
    scope_separator=",",
    pkce=False,
    parameters={"enable_fb_login": "0"},
    refreshes=True,
    access_days=60,
)
_PUBLISH: Final = "the scope instagram_content_publish (instagram_business_content_publish with Instagram's login)"
_COMMENTS: Final = "the scope instagram_manage_comments (instagram_business_manage_comments with Instagram's login)"
_INSIGHTS: Final = "the scope instagram_manage_insights (instagram_business_manage_insights with Instagram's login)"
_BASIC: Final = "the scope instagram_basic (instagram_business_basic with Instagram's login)"
SCOPES_NEEDED: Final[Mapping[str, str]] = {
    "list_accounts": f"{_BASIC}, and pages_show_list with Facebook's",
    **dict.fromkeys(("prepare_post", "publish_post", "delete_post"), _PUBLISH),
    **dict.fromkeys(("get_post", "find_post", "list_posts"), _BASIC),
    **dict.fromkeys(("list_comments", "create_comment", "find_comment", "delete_comment", "hide_comment"), _COMMENTS),
    **dict.fromkeys(("measure_posts", "measure_account"), _INSIGHTS),
}

# Content publishing and error codes by Meta's pages: JPEG of 8 MiB at most, from 4:5 to 1.91:1; reels up to 15 minutes.
_IMAGES: Final[Mapping[str, Any]] = {"types": ("image/jpeg",), "most_bytes": 8 * 1024 * 1024}
_FILMS: Final[Mapping[str, Any]] = {"types": ("video/mp4", "video/quicktime"), "least_seconds": 3}
MANIFEST: Final = Manifest(
    key="instagram",
    name="Instagram",
    category=Category.SOCIAL,
    description="Photos, albums, reels and stories of professional Instagram accounts; their comments and figures.",
    countries=("AE",),
    currencies=(),
    social=SocialFacts(
        formats=(
            PostLimits(
                format=PostFormat.POST,
                longest_text=2200,
                most_hashtags=30,
                needs_media=True,
                mixes_media=True,
                images=MediaLimits(most=10, least_ratio=0.8, most_ratio=1.91, **_IMAGES),
                videos=MediaLimits(most=10, most_bytes=300 * 1024 * 1024, most_seconds=900, **_FILMS),
            ),
            PostLimits(
                format=PostFormat.REEL,
                longest_text=2200,
                most_hashtags=30,
                needs_media=True,
                videos=MediaLimits(most=1, most_bytes=300 * 1024 * 1024, most_seconds=900, **_FILMS),
            ),
            PostLimits(
                format=PostFormat.STORY,
                longest_text=0,
                needs_media=True,
                images=MediaLimits(most=1, **_IMAGES),
                videos=MediaLimits(most=1, most_bytes=100 * 1024 * 1024, most_seconds=60, **_FILMS),
            ),
        ),
        longest_comment=2200,
        fetches_media=True,
        measure_batch=25,
    ),
    consent=ConsentScheme(scopes=SCOPES, scope_separator=",", pkce=False, refreshes=True, access_days=60),
    hosts={
        DIALOG_HOST: "https://www.facebook.com",
        PAGE_HOST: "https://www.instagram.com",
        TOKEN_HOST: "https://api.instagram.com",
        GRAPH_HOST: "https://graph.instagram.com",
    },
    auth_scheme="oauth2",
    # Meta's own budget follows how often an account is shown; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=20, refill_per_second=10),
        live=RateLimit(capacity=20, refill_per_second=5),
    ),
    # There is no second address: an app in development sees its own people only.
    sandbox_base_url="https://graph.facebook.com",
    live_base_url="https://graph.facebook.com",
    documentation_url="https://developers.facebook.com/docs/instagram-platform",
    status_page_url="https://metastatus.com",
    status_feed=StatusFeed(format="meta", url="https://metastatus.com/data/orgs.json", parts=("graph-api",)),
    webhook=scheme(
        ("comments", "mentions", "story_insights"),
        "Instagram",
        "Subscribe each account: `POST /{page}/subscribed_apps?subscribed_fields=feed` with its page's token, or with "
        "Instagram's login `POST graph.instagram.com/{account}/subscribed_apps?subscribed_fields=comments`.",
    ),
    api_version=API_VERSION,
)


class Login(StrEnum):
    """Where somebody signs in to connect."""

    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"


class InstagramSettings(MetaSettings):
    """How a connection uses Instagram."""

    login: Login = Field(
        default=Login.FACEBOOK,
        title="Login",
        description="facebook: by the Facebook Page that the account is linked with; access ends after about 60 days. "
        "instagram: the account itself, without a Page; access is renewed. The app's ID and secret are then those "
        "under Instagram > API setup with Instagram login.",
    )
