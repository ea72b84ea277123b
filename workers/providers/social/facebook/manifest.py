"""What Facebook Pages are, and what a connection to them is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
from workers.providers.social.meta.models import API_VERSION
from workers.providers.social.meta.webhooks import scheme
from workers.providers.social.models import PostFormat

UPLOAD_HOST: Final = "rupload"
SCOPES: Final = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_posts",
    "pages_manage_engagement",
    "pages_manage_metadata",
    "read_insights",
    "leads_retrieval",
)
SCOPES_NEEDED: Final[Mapping[str, str]] = {
    "list_accounts": "the scope pages_show_list",
    "prepare_post": "the scope pages_manage_posts, and the right to create content on the page",
    "publish_post": "the scope pages_manage_posts, and the right to create content on the page",
    "edit_post": "the scope pages_manage_posts",
    "delete_post": "the scope pages_manage_posts",
    "get_post": "the scope pages_read_engagement",
    "find_post": "the scope pages_read_engagement",
    "list_posts": "the scope pages_read_engagement",
    "list_comments": "the scope pages_read_user_content",
    "find_comment": "the scope pages_read_user_content",
    "create_comment": "the scope pages_manage_engagement",
    "delete_comment": "the scope pages_manage_engagement",
    "hide_comment": "the scope pages_manage_engagement",
    "measure_posts": "the scope read_insights",
    "measure_account": "the scope read_insights",
    "get_lead": "the scope leads_retrieval, and access to the page's leads",
}

_FILM: Final = ("video/mp4", "video/quicktime")
MANIFEST: Final = Manifest(
    key="facebook",
    name="Facebook",
    category=Category.SOCIAL,
    description="Posts, photos, films and reels on Facebook Pages; their comments, their figures, and lead ads.",
    countries=("AE",),
    currencies=(),
    social=SocialFacts(
        formats=(
            PostLimits(
                format=PostFormat.POST,
                longest_text=63_206,
                # 4 MB is what Facebook's own refusal says (1366046). How many photos is documented nowhere.
                images=MediaLimits(most=20, types=("image/jpeg", "image/png"), most_bytes=4 * 1024 * 1024),
                videos=MediaLimits(most=1, types=_FILM, most_bytes=1024**3, most_seconds=20 * 60),
                links=True,
            ),
            PostLimits(
                format=PostFormat.REEL,
                longest_text=63_206,
                needs_media=True,
                # 9 by 16, at least 540 by 960, 3 to 90 seconds (Video API, Reels publishing).
                videos=MediaLimits(
                    most=1,
                    types=_FILM,
                    least_ratio=0.55,
                    most_ratio=0.57,
                    least_width=540,
                    least_seconds=3,
                    most_seconds=90,
                ),
            ),
        ),
        longest_comment=8000,
        fetches_media=True,
        measure_batch=50,
    ),
    consent=ConsentScheme(scopes=SCOPES, scope_separator=",", pkce=False, refreshes=False, access_days=60),
    hosts={DIALOG_HOST: "https://www.facebook.com", UPLOAD_HOST: "https://rupload.facebook.com"},
    auth_scheme="oauth2",
    # Meta's own budget follows how many people a page reaches; these are ours, chosen with care.
    rate_limits=RateLimits(
        sandbox=RateLimit(capacity=20, refill_per_second=10),
        live=RateLimit(capacity=20, refill_per_second=5),
    ),
    # There is no second address: an app in development sees its own people only.
    sandbox_base_url="https://graph.facebook.com",
    live_base_url="https://graph.facebook.com",
    documentation_url="https://developers.facebook.com/docs/pages-api",
    status_page_url="https://metastatus.com",
    status_feed=StatusFeed(format="meta", url="https://metastatus.com/data/orgs.json", parts=("graph-api",)),
    webhook=scheme(
        ("feed", "leadgen"),
        "Page",
        "Subscribe each page: `POST /{page}/subscribed_apps?subscribed_fields=feed,leadgen` with its own token, for "
        "instance in the Graph API Explorer.",
    ),
    api_version=API_VERSION,
)
