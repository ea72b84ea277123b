"""What each provider's operations were checked against, for the tables in the pages of the categories.

Nothing is claimed here that no test checks: tests/contract compares the requests that it has really compared with a
document or a package with what stands here (`tests/contract/claims.py`), and fails when either says more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

VERIFY_WEBHOOK: Final = "verify_webhook"

PAYMENT_OPERATIONS: Final[Mapping[str, str]] = {
    "create_payment": "create",
    "get_payment": "read",
    "complete_payment": "complete",
    "capture_payment": "capture",
    "cancel_payment": "cancel",
    "refund_payment": "refund",
    "get_refund": "read refund",
    "list_payments": "list",
    "delete_payment_method": "forget saved",
    VERIFY_WEBHOOK: "webhooks",
    "check_health": "health",
}
"""The operations of the table of gateways, by the connectors' names, and how it calls them."""

SHIPPING_OPERATIONS: Final[Mapping[str, str]] = {
    "get_rates": "rates",
    "create_shipment": "ship",
    "get_documents": "reprint",
    "create_return": "return",
    "cancel_shipment": "cancel",
    "track_shipments": "track",
    "get_proof_of_delivery": "proof of delivery",
    "schedule_pickup": "pickup",
    "cancel_pickup": "cancel pickup",
    "check_address": "address",
    VERIFY_WEBHOOK: "webhooks",
    "check_health": "health",
}
"""Likewise of the table of carriers."""

SOCIAL_OPERATIONS: Final[Mapping[str, str]] = {
    "list_accounts": "accounts",
    "publish_post": "publish",
    "edit_post": "edit",
    "delete_post": "delete",
    "list_posts": "list posts",
    "measure_posts": "engagement",
    "measure_account": "audience",
    "list_comments": "comments",
    "create_comment": "answer",
    "hide_comment": "hide",
    "get_lead": "leads",
    "exchange_code": "consent",
    "refresh_tokens": "renew",
    VERIFY_WEBHOOK: "webhooks",
    "check_health": "health",
}
"""Likewise of the table of networks."""

MARKETING_OPERATIONS: Final[Mapping[str, str]] = {
    "upsert_contacts": "contacts",
    "list_contacts": "list contacts",
    "tag_contact": "tags",
    "forget_contact": "forget",
    "note_contact_event": "contact events",
    "list_audiences": "audiences",
    "list_campaigns": "campaigns",
    "upsert_deal": "deals",
    "list_deals": "list deals",
    "upsert_company": "companies",
    "submit_form": "forms",
    "send_events": "events",
    "run_report": "reports",
    "exchange_code": "consent",
    "refresh_tokens": "renew",
    VERIFY_WEBHOOK: "webhooks",
    "check_health": "health",
}
"""Likewise of the table of marketing tools."""

OPERATIONS: Final[Mapping[str, str]] = {
    **PAYMENT_OPERATIONS,
    **SHIPPING_OPERATIONS,
    **SOCIAL_OPERATIONS,
    **MARKETING_OPERATIONS,
}


@dataclass(frozen=True, slots=True)
class Specification:
    """A machine-readable document that requests were checked against.

    :param by_provider: whether the provider publishes it; else a third party wrote it by the provider's documentation.
    :param whole: operations of which every request is described in it.
    :param part: operations of which some requests are not described in it, or otherwise.
    """

    document: str
    by_provider: bool
    whole: frozenset[str]
    part: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the provider's own. :param operations: those that agree with it, or with its own test vectors."""

    name: str
    operations: frozenset[str]


_MOVES_MONEY: Final = frozenset({"create_payment", "capture_payment", "refund_payment"})

NOT_SUPPORTED: Final[Mapping[str, frozenset[str]]] = {"telr": frozenset({"delete_payment_method"})}
"""Operations that a connector has by its capabilities, and always refuses."""

SPECIFICATIONS: Final[Mapping[str, Specification]] = {
    "aramex": Specification(
        "WSDLs and schemas of four services",
        by_provider=True,
        whole=frozenset(
            {
                "get_rates",
                "create_shipment",
                "create_return",
                "get_documents",
                "track_shipments",
                "schedule_pickup",
                "cancel_pickup",
                "check_address",
                "check_health",
            }
        ),
    ),
    "checkout": Specification(
        "OpenAPI document of July 2021; hosted pages by that of the previous platform",
        by_provider=True,
        whole=_MOVES_MONEY | {"cancel_payment", "get_refund", "delete_payment_method"},
        part=frozenset({"get_payment"}),
    ),
    "dhl_express": Specification(
        "OpenAPI document of MyDHL API 3.1.1",
        by_provider=True,
        whole=frozenset(
            {
                "get_rates",
                "create_shipment",
                "create_return",
                "track_shipments",
                "get_proof_of_delivery",
                "schedule_pickup",
                "cancel_pickup",
                "check_address",
                "check_health",
            }
        ),
    ),
    "facebook": Specification(
        "Meta's code generator's documents of nodes, edges and parameters of April 2026",
        by_provider=True,
        whole=frozenset(
            {
                "publish_post",
                "edit_post",
                "delete_post",
                "list_posts",
                "measure_posts",
                "measure_account",
                "list_comments",
                "create_comment",
                "hide_comment",
                "get_lead",
            }
        ),
    ),
    "fedex": Specification(
        "OpenAPI documents of six APIs, in two snapshots",
        by_provider=True,
        whole=frozenset(
            {
                "get_rates",
                "create_shipment",
                "create_return",
                "cancel_shipment",
                "track_shipments",
                "get_proof_of_delivery",
                "schedule_pickup",
                "cancel_pickup",
                "check_address",
                "check_health",
            }
        ),
    ),
    "google_analytics": Specification(
        "discovery document of the Data API (reports)",
        by_provider=True,
        whole=frozenset({"run_report"}),
        part=frozenset({"check_health"}),
    ),
    "hubspot": Specification(
        "OpenAPI documents of twelve APIs, August 2026",
        by_provider=True,
        whole=frozenset(
            {
                "upsert_contacts",
                "list_contacts",
                "tag_contact",
                "forget_contact",
                "list_audiences",
                "list_campaigns",
                "list_deals",
                "exchange_code",
                "refresh_tokens",
                "check_health",
            }
        ),
        part=frozenset({"upsert_deal", "submit_form"}),
    ),
    "instagram": Specification(
        "Meta's code generator's documents of nodes, edges and parameters of April 2026",
        by_provider=True,
        whole=frozenset(
            {
                "delete_post",
                "list_posts",
                "measure_posts",
                "measure_account",
                "list_comments",
                "refresh_tokens",
            }
        ),
        part=frozenset(
            {
                "list_accounts",
                "publish_post",
                "create_comment",
                "hide_comment",
                "exchange_code",
                "check_health",
            }
        ),
    ),
    "linkedin": Specification(
        "documents of five areas, with examples for schemas",
        by_provider=False,
        whole=frozenset({"edit_post", "delete_post", "exchange_code", "refresh_tokens"}),
        part=frozenset({"list_accounts", "publish_post", "measure_account"}),
    ),
    "mailchimp": Specification(
        "specification of the Marketing API 3.0.55, by subjects",
        by_provider=True,
        whole=frozenset(
            {
                "upsert_contacts",
                "list_contacts",
                "tag_contact",
                "forget_contact",
                "note_contact_event",
                "list_audiences",
                "list_campaigns",
                "check_health",
            }
        ),
    ),
    "paypal": Specification(
        "OpenAPI documents of orders, payments, vault, webhooks and transactions",
        by_provider=True,
        whole=_MOVES_MONEY
        | {"get_payment", "complete_payment", "cancel_payment", "get_refund", "delete_payment_method", "check_health"},
    ),
    "paytabs": Specification(
        "OpenAPI document",
        by_provider=False,
        whole=_MOVES_MONEY | {"get_payment", "cancel_payment", "get_refund", "check_health"},
    ),
    "stripe": Specification(
        "OpenAPI document of API version 2023-08-16",
        by_provider=True,
        whole=_MOVES_MONEY
        | {"get_payment", "cancel_payment", "get_refund", "list_payments", "delete_payment_method", "check_health"},
    ),
    "tabby": Specification(
        "OpenAPI document",
        by_provider=True,
        whole=_MOVES_MONEY
        | {"get_payment", "complete_payment", "cancel_payment", "get_refund", "list_payments", "check_health"},
    ),
    "tamara": Specification(
        "OpenAPI documents",
        by_provider=False,
        whole=_MOVES_MONEY | {"get_payment", "complete_payment", "cancel_payment", "get_refund"},
    ),
    "tap": Specification(
        "OpenAPI document",
        by_provider=False,
        whole=frozenset({"create_payment", "capture_payment", "get_refund", "delete_payment_method"}),
        part=frozenset({"get_payment", "refund_payment", "cancel_payment"}),
    ),
    "telr": Specification(
        "OpenAPI document of the hosted page's orders",
        by_provider=False,
        whole=frozenset(),
        part=_MOVES_MONEY | {"get_payment", "cancel_payment"},
    ),
    "ziina": Specification(
        "OpenAPI documents of July 2026",
        by_provider=True,
        whole=frozenset({"create_payment", "get_payment", "refund_payment", "get_refund", "check_health"}),
    ),
}

PACKAGES: Final[Mapping[str, Package]] = {
    "aps": Package("the PHP SDK's test vectors of signatures", frozenset({VERIFY_WEBHOOK})),
    "stripe": Package(
        "`stripe` of PyPI: its types of parameters, its signature",
        _MOVES_MONEY | {"cancel_payment", "list_payments", VERIFY_WEBHOOK},
    ),
}
