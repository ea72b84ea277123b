"""What a manifest says that only some categories have, a line each: of carriers, networks, marketing tools, and of how
access comes by consent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from workers.providers.manifest import (
    CarrierFacts,
    CatalogEntry,
    MarketingFacts,
    MediaLimits,
    PostLimits,
    SocialFacts,
)
from workers.providers.markdown import listed
from workers.providers.oauth import ConsentScheme

_MEBIBYTE: Final = 1024 * 1024
_FETCHED: Final = "are fetched by the network, so they have to lie where everybody can fetch them"


def carrier_facts(carrier: CarrierFacts) -> list[tuple[str, str]]:
    """What decides whether a carrier takes a shipment."""
    heaviest = "" if carrier.heaviest_parcel_kg is None else f", none over {carrier.heaviest_parcel_kg:g} kg"
    batch = carrier.tracking_batch
    return [
        ("Delivers", reach(carrier)),
        ("Destinations", " ".join(carrier.destinations)),
        ("Cash on delivery", "yes" if carrier.collects_cash else "no"),
        ("Parcels of one shipment", f"at most {carrier.most_parcels}{heaviest}"),
        ("Labels", ", ".join(each.value.upper() for each in carrier.label_formats)),
        ("Tracked in one call", f"{batch} shipment{'s' if batch > 1 else ''}" if batch else ""),
        (
            "A lost answer",
            "is found out about by reference"
            if carrier.finds_by_reference
            else "needs a person to look at the carrier",
        ),
    ]


def reach(carrier: CarrierFacts) -> str:
    """Where it delivers."""
    reach = [name for name, holds in (("at home", carrier.domestic), ("abroad", carrier.international)) if holds]
    return " and ".join(reach) or "–"


def consent_facts(consent: ConsentScheme) -> list[tuple[str, str]]:
    """How somebody lets the hub act for them, and for how long."""
    days = f"{consent.access_days} days" if consent.access_days else ""
    if consent.refreshes:
        holds = f"{days}; Wasl renews it" if days else "Wasl renews it whenever it runs out"
    else:
        holds = f"{days}; then somebody has to agree again" if days else "until somebody takes it back"
    return [
        ("Connected by", f"consent (OAuth 2{', with a code challenge' if consent.pkce else ''})"),
        ("Asks for", listed(consent.scopes)),
        ("Access holds", holds),
    ]


def social_facts(social: SocialFacts) -> list[tuple[str, str]]:
    """What decides whether a network takes a post."""
    batch = social.measure_batch
    return [
        *((f"As a {each.format}", _post_limits(each)) for each in social.formats),
        ("Comments", f"at most {social.longest_comment:,} characters"),
        ("Files", _FETCHED if social.fetches_media else "are brought to the network by Wasl"),
        ("Posts of a day", f"at most {social.posts_per_day} of an account" if social.posts_per_day else ""),
        ("Measured in one call", f"{batch} post{'s' if batch > 1 else ''}" if batch else ""),
    ]


def _post_limits(limits: PostLimits) -> str:
    tags = f", {limits.most_hashtags} hashtags" if limits.most_hashtags is not None else ""
    kinds = (("images", limits.images), ("videos", limits.videos))
    media = [f"{name}: {_media_limits(each)}" for name, each in kinds if each is not None and each.most]
    said = [f"at most {limits.longest_text:,} characters{tags}", *media]
    if limits.needs_media:
        said.append("none without a file")
    if len(media) > 1:
        said.append("images and videos together" if limits.mixes_media else "images or videos, not both")
    if limits.links:
        said.append("a link is shown as one")
    return "; ".join(said)


def _media_limits(limits: MediaLimits) -> str:
    types = " ".join(each.partition("/")[2].upper() for each in limits.types)
    said = [f"{limits.most} ({types})" if types else str(limits.most)]
    if limits.most_bytes is not None:
        said.append(f"of {_size(limits.most_bytes)} at most")
    spans = (
        (limits.least_ratio, limits.most_ratio, "times as wide as high", 2),
        (limits.least_seconds, limits.most_seconds, "seconds long", 0),
    )
    said += [
        f"{_span(least, most, digits)} {words}" for least, most, words, digits in spans if (least, most) != (None, None)
    ]
    if limits.least_width is not None:
        said.append(f"{limits.least_width} pixels wide or more")
    if limits.most_pixels is not None:
        said.append(f"{limits.most_pixels:,} pixels at most")
    return ", ".join(said)


def _span(least: float | None, most: float | None, digits: int) -> str:
    shown = [f"{round(each, digits):g}" for each in (least, most) if each is not None]
    if least is None:
        return f"at most {shown[0]}"
    return f"{shown[0]} or more" if most is None else f"{shown[0]} to {shown[1]}"


def _size(count: int) -> str:
    """In the unit in which the network says it, which shows in what is left over."""
    if count % _MEBIBYTE == 0:
        return f"{count // _MEBIBYTE:,} MiB"
    return f"{round(count / 10**6, 2):,g} MB"


def marketing_facts(marketing: MarketingFacts, capabilities: Sequence[str]) -> list[tuple[str, str]]:
    """How much of what a tool takes at once. :param capabilities: of the tool, by the catalog's names."""
    deletions = "among the changes" if marketing.tells_deletions else "found out by comparing all of them"
    return [
        ("Contacts in one call", str(marketing.contact_batch) if marketing.contact_batch else ""),
        ("Events in one call", str(marketing.event_batch) if marketing.event_batch else ""),
        ("Deleted contacts are", deletions if "keeps_contacts" in capabilities else ""),
    ]


def access_holds(entry: CatalogEntry) -> str:
    """For how long access holds that somebody consented to, in a few words; a dash where there is no consent."""
    consent = entry.manifest.consent
    if consent is None:
        return "–"
    if consent.refreshes:
        return "is renewed"
    return f"{consent.access_days} days" if consent.access_days else "until it is taken back"
