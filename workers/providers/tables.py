"""The tables over all providers of a category: the index of docs/providers, and what each operation was checked against
(docs/payments.md, shipping.md, social.md, marketing.md)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from workers.providers.category_facts import access_holds, reach
from workers.providers.evidence import (
    MARKETING_OPERATIONS,
    NOT_SUPPORTED,
    PACKAGES,
    PAYMENT_OPERATIONS,
    SHIPPING_OPERATIONS,
    SOCIAL_OPERATIONS,
    SPECIFICATIONS,
    VERIFY_WEBHOOK,
)
from workers.providers.invoke import operations
from workers.providers.manifest import CatalogEntry, Category, WebhookScheme
from workers.providers.markdown import listed, table
from workers.providers.registry import CONNECTORS

_EVIDENCE: Final[Mapping[Category, tuple[str, Mapping[str, str]]]] = {
    Category.PAYMENTS: ("gateway", PAYMENT_OPERATIONS),
    Category.SHIPPING: ("carrier", SHIPPING_OPERATIONS),
    Category.SOCIAL: ("network", SOCIAL_OPERATIONS),
    Category.MARKETING: ("tool", MARKETING_OPERATIONS),
}
_IN_INDEX: Final[Mapping[Category, Mapping[str, str]]] = {
    Category.PAYMENTS: {
        "captures_payments": "reserves first",
        "cancels_payments": "cancels",
        "refunds_payments": "refunds",
        "saves_payment_methods": "keeps methods",
        "lists_payments": "lists",
    },
    Category.SHIPPING: {
        "quotes_rates": "prices",
        "ships_parcels": "labels",
        "makes_returns": "returns",
        "cancels_shipments": "takes labels back",
        "tracks_shipments": "tracks",
        "schedules_pickups": "drivers",
        "proves_delivery": "proof of delivery",
        "checks_addresses": "addresses",
    },
    Category.SOCIAL: {
        "publishes_posts": "publishes",
        "edits_posts": "edits",
        "deletes_posts": "deletes",
        "lists_posts": "lists posts",
        "measures_posts": "engagement",
        "reads_comments": "comments",
        "writes_comments": "answers",
        "hides_comments": "hides",
        "captures_leads": "leads",
    },
    Category.MARKETING: {
        "keeps_contacts": "contacts",
        "tags_contacts": "tags",
        "forgets_contacts": "forgets",
        "lists_audiences": "audiences",
        "lists_campaigns": "campaigns",
        "keeps_deals": "deals",
        "keeps_companies": "companies",
        "takes_forms": "forms",
        "tracks_events": "events",
        "runs_reports": "reports",
    },
}
"""The capabilities that the index shows, and how it calls them."""


def providers_index(entries: Sequence[CatalogEntry]) -> str:
    """A table of each category's providers."""
    parts = []
    for category, (heading, columns, cells) in _INDEX.items():
        rows = [_row(entry, cells) for entry in entries if entry.manifest.category is category]
        if rows:
            head = (_EVIDENCE[category][0], "key", *columns, *_IN_INDEX[category].values(), "webhooks")
            parts += [f"## {heading}", table(head, rows)]
    return "\n\n".join(parts)


def _row(entry: CatalogEntry, cells: Callable[[CatalogEntry], tuple[str, ...]]) -> tuple[str, ...]:
    manifest = entry.manifest
    return (
        f"[{manifest.name}]({manifest.key}.md)",
        f"`{manifest.key}`",
        *cells(entry),
        *("yes" if name in entry.capabilities else "–" for name in _IN_INDEX[manifest.category]),
        _proof(manifest.webhook),
    )


def _gateway(entry: CatalogEntry) -> tuple[str, ...]:
    manifest = entry.manifest
    return listed(manifest.methods), " ".join(manifest.countries), str(len(manifest.currencies))


def _carrier(entry: CatalogEntry) -> tuple[str, ...]:
    carrier = entry.manifest.carrier
    return (
        " ".join(entry.manifest.countries),
        reach(carrier) if carrier else "–",
        "yes" if carrier and carrier.collects_cash else "–",
    )


def _network(entry: CatalogEntry) -> tuple[str, ...]:
    social = entry.manifest.social
    return listed([each.format for each in social.formats]) if social else "–", access_holds(entry)


def _tool(entry: CatalogEntry) -> tuple[str, ...]:
    return (access_holds(entry),)


_INDEX: Final[Mapping[Category, tuple[str, tuple[str, ...], Callable[[CatalogEntry], tuple[str, ...]]]]] = {
    Category.PAYMENTS: ("Gateways", ("methods", "countries", "currencies"), _gateway),
    Category.SHIPPING: ("Carriers", ("merchants in", "delivers", "collects cash"), _carrier),
    Category.SOCIAL: ("Networks", ("formats", "access holds"), _network),
    Category.MARKETING: ("Marketing tools", ("access holds",), _tool),
}
"""For each category its heading, the columns before the capabilities, and what stands there."""


def _proof(webhook: WebhookScheme | None) -> str:
    if webhook is None:
        return "–"
    return "signed" if webhook.signs_content else "a hint"


def evidence_table(entries: Sequence[CatalogEntry], category: Category) -> str:
    """Which provider of a category has which operation, and what each was checked against."""
    entries = [entry for entry in entries if entry.manifest.category is category]
    named, shown = _EVIDENCE[category]
    rows = [
        (f"[{entry.manifest.name}](providers/{entry.manifest.key}.md)", *(_evidence(entry, each) for each in shown))
        for entry in entries
    ]
    sources = [
        (
            entry.manifest.name,
            _document(entry.manifest.key),
            PACKAGES[entry.manifest.key].name if entry.manifest.key in PACKAGES else "–",
        )
        for entry in entries
        if entry.manifest.key in SPECIFICATIONS or entry.manifest.key in PACKAGES
    ]
    tables = (((named, *shown.values()), rows), ((named, "specification", "official package"), sources))
    return "\n\n".join(table(head, lines) for head, lines in tables if lines)


def _evidence(entry: CatalogEntry, operation: str) -> str:
    key = entry.manifest.key
    offered = {*operations(CONNECTORS[key]), *([VERIFY_WEBHOOK] if entry.manifest.webhook else [])}
    if operation not in offered - NOT_SUPPORTED.get(key, frozenset()):
        return "–"
    found = []
    claim = SPECIFICATIONS.get(key)
    if claim and operation in claim.whole | claim.part:
        letter = "S" if claim.by_provider else "T"
        found.append(letter if operation in claim.whole else letter.lower())
    if key in PACKAGES and operation in PACKAGES[key].operations:
        found.append("P")
    return " ".join(found) or "D"


def _document(key: str) -> str:
    claim = SPECIFICATIONS.get(key)
    if claim is None:
        return "–"
    return f"{claim.document}, {'its own' if claim.by_provider else 'by a third party'}"
