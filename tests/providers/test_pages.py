"""The generated pages: what a manifest says stands there in words, and every category has its tables."""

from typing import Any

import pytest

from workers.providers.evidence import MARKETING_OPERATIONS, NOT_SUPPORTED, SOCIAL_OPERATIONS
from workers.providers.invoke import operations
from workers.providers.manifest import (
    CatalogEntry,
    Category,
    FormField,
    MarketingFacts,
    MediaLimits,
    PostLimits,
    SocialFacts,
    describe,
)
from workers.providers.oauth import ConsentScheme
from workers.providers.pages import facts, provider_part
from workers.providers.registry import CONNECTORS, catalog
from workers.providers.social.models import PostFormat
from workers.providers.tables import evidence_table, providers_index

CONSENT = ConsentScheme(scopes=("posts.write", "posts.read"), pkce=True, refreshes=False, access_days=60)
IMAGES = MediaLimits(
    most=10,
    types=("image/jpeg", "image/png"),
    most_bytes=8 * 1024 * 1024,
    least_ratio=0.8,
    most_ratio=1.91,
    least_width=320,
)
VIDEOS = MediaLimits(most=1, types=("video/mp4",), most_bytes=300_000_000, least_seconds=3, most_seconds=900)
SOCIAL = SocialFacts(
    formats=(
        PostLimits(
            format=PostFormat.POST, longest_text=2200, most_hashtags=30, images=IMAGES, videos=VIDEOS, links=True
        ),
        PostLimits(format=PostFormat.STORY, longest_text=2200, needs_media=True, videos=VIDEOS),
    ),
    longest_comment=8000,
    fetches_media=True,
    posts_per_day=50,
    measure_batch=1,
)


def an_entry(capabilities: tuple[str, ...] = (), **changes: Any) -> CatalogEntry:
    """A provider like none that exists."""
    entry = describe(CONNECTORS["google_analytics"])
    facts = {"marketing": None, "hosts": {}, **changes}
    return entry.model_copy(update={"manifest": entry.manifest.model_copy(update=facts), "capabilities": capabilities})


def told(entry: CatalogEntry) -> dict[str, str]:
    """The facts of an entry by their names."""
    return dict(facts(entry))


def test_the_limits_of_each_form_of_a_post_are_told() -> None:
    said = told(an_entry(social=SOCIAL))
    assert said["As a post"] == (
        "at most 2,200 characters, 30 hashtags; images: 10 (JPEG PNG), of 8 MiB at most, 0.8 to 1.91 times as wide as "
        "high, 320 pixels wide or more; videos: 1 (MP4), of 300 MB at most, 3 to 900 seconds long; images or videos, "
        "not both; a link is shown as one"
    )
    assert said["As a story"] == (
        "at most 2,200 characters; videos: 1 (MP4), of 300 MB at most, 3 to 900 seconds long; none without a file"
    )
    assert said["Comments"] == "at most 8,000 characters"
    assert "have to lie where everybody can fetch them" in said["Files"]
    assert (said["Posts of a day"], said["Measured in one call"]) == ("at most 50 of an account", "1 post")


def test_what_a_network_does_not_limit_is_not_told() -> None:
    least = PostLimits(
        format=PostFormat.POST, longest_text=3000, images=MediaLimits(most=20, types=(), most_pixels=36_000_000)
    )
    plain = SocialFacts(formats=(least,), longest_comment=1250, fetches_media=False, measure_batch=0)
    said = told(an_entry(social=plain))
    assert said["As a post"] == "at most 3,000 characters; images: 20, 36,000,000 pixels at most"
    assert said["Files"] == "are brought to the network by Wasl"
    assert not {"Posts of a day", "Measured in one call"} & said.keys()


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"least_ratio": 0.01}, "0.01 or more times as wide as high"),
        ({"most_seconds": 90}, "at most 90 seconds long"),
        ({"most_bytes": 1_500_000}, "of 1.5 MB at most"),
        ({"most_bytes": 1024**3}, "of 1,024 MiB at most"),
    ],
)
def test_half_a_limit_is_told_as_one(limits: dict[str, Any], says: str) -> None:
    media = MediaLimits(most=1, types=(), **limits)
    network = SOCIAL.model_copy(update={"formats": (PostLimits(format=PostFormat.REEL, longest_text=1, videos=media),)})
    assert told(an_entry(social=network))["As a reel"] == f"at most 1 characters; videos: 1, {says}"


@pytest.mark.parametrize(
    ("scheme", "holds", "in_index"),
    [
        ({"refreshes": False, "access_days": 60}, "60 days; then somebody has to agree again", "60 days"),
        ({"refreshes": True, "access_days": 60}, "60 days; Wasl renews it", "is renewed"),
        ({"refreshes": True, "access_days": None}, "Wasl renews it whenever it runs out", "is renewed"),
        ({"refreshes": False, "access_days": None}, "until somebody takes it back", "until it is taken back"),
    ],
)
def test_it_is_told_what_consent_asks_for_and_how_long_access_holds(
    scheme: dict[str, Any], holds: str, in_index: str
) -> None:
    entry = an_entry(consent=CONSENT.model_copy(update=scheme), social=SOCIAL, category=Category.SOCIAL)
    said = told(entry)
    assert said["Connected by"] == "consent (OAuth 2, with a code challenge)"
    assert said["Asks for"] == "`posts.write`, `posts.read`"
    assert said["Access holds"] == holds
    assert f"| `post`, `story` | {in_index} |" in providers_index([entry])


def test_what_comes_by_consent_is_not_shown_as_missing() -> None:
    field = FormField(
        name="access_token", label="Access token", help="x", type="secret", required=False, secret=True, by_consent=True
    )
    page = provider_part(an_entry().model_copy(update={"credential_fields": (field,)}))
    assert "| `access_token` | secret | by consent | x |" in page


@pytest.mark.parametrize(
    ("tells", "capabilities", "says"),
    [
        (True, ("keeps_contacts",), "among the changes"),
        (False, ("keeps_contacts",), "found out by comparing all of them"),
        (False, (), None),
    ],
)
def test_it_is_told_how_much_a_tool_takes_at_once(tells: bool, capabilities: tuple[str, ...], says: str | None) -> None:
    tool = MarketingFacts(contact_batch=500, event_batch=0, tells_deletions=tells)
    said = told(an_entry(capabilities, marketing=tool))
    assert said["Contacts in one call"] == "500"
    assert "Events in one call" not in said
    assert said.get("Deleted contacts are") == says


def test_further_addresses_are_told_for_whoever_keeps_a_firewall() -> None:
    said = told(describe(CONNECTORS["google_analytics"]))
    assert said["Further addresses"].startswith("<https://www.google-analytics.com>, ")
    assert "Further addresses" not in told(describe(CONNECTORS["stripe"]))


# The tables.


def test_the_index_has_a_table_for_each_category_that_has_providers() -> None:
    network = an_entry(("publishes_posts", "hides_comments"), social=SOCIAL, category=Category.SOCIAL, name="Souk")
    index = providers_index([*catalog(), network])
    assert [line for line in index.splitlines() if line.startswith("## ")] == [
        "## Gateways",
        "## Carriers",
        "## Networks",
        "## Marketing tools",
    ]
    shown = {line.split(" | ")[0].removeprefix("| "): line for line in index.splitlines() if line.startswith("| [")}
    assert len(shown) == len(catalog()) + 1
    assert shown["[Souk](google_analytics.md)"].endswith(
        "| `post`, `story` | – | yes | – | – | – | – | – | – | yes | – | – |"
    )
    assert "## Networks" not in providers_index(catalog()[:1])


@pytest.mark.parametrize(
    ("category", "named", "shown"),
    [(Category.SOCIAL, "network", SOCIAL_OPERATIONS), (Category.MARKETING, "tool", MARKETING_OPERATIONS)],
)
def test_every_provider_of_a_category_stands_in_its_table_of_evidence(
    category: Category, named: str, shown: dict[str, str]
) -> None:
    entries = [entry for entry in catalog() if entry.manifest.category is category]
    lines = evidence_table(catalog(), category).splitlines()
    assert len([line for line in lines if line.startswith("| [")]) == len(entries)
    if entries:
        assert lines[0] == f"| {named} | {' | '.join(shown.values())} |"
    for entry in entries:
        (line,) = [line for line in lines if line.startswith(f"| [{entry.manifest.name}](")]
        cells = dict(zip(shown, [cell.strip() for cell in line.split("|")[2:-1]], strict=True))
        has = {*operations(CONNECTORS[entry.manifest.key])} | ({"verify_webhook"} if entry.manifest.webhook else set())
        expected = (has & shown.keys()) - NOT_SUPPORTED.get(entry.manifest.key, frozenset())
        assert {name for name, cell in cells.items() if cell != "–"} == expected


def test_what_was_checked_is_told_by_its_letter() -> None:
    table = evidence_table(catalog(), Category.MARKETING)
    (line,) = [line for line in table.splitlines() if line.startswith("| [Google Analytics]")]
    assert [cell.strip() for cell in line.split("|") if cell.strip() != "–"][2:-1] == ["D", "S", "s"]


def test_a_category_without_providers_has_no_table() -> None:
    assert evidence_table([], Category.SOCIAL) == ""
