"""Tap's lists: of charges, authorizations and refunds, a page at a time.

``POST /charges/list``, ``/authorize/list`` and ``/refunds/list`` (reference/list-all-charges and its sisters): a period
in milliseconds, at most 50 to a page, and ``starting_after`` with the last id of the page before. They are asked by
POST, but change nothing. The newest come first, as far as it is said; nothing here relies on it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

from workers.providers.base import Connector
from workers.providers.errors import OutcomeUnknown
from workers.providers.payments.models import PaymentPage, PaymentStatus, RefundResult
from workers.providers.payments.tap.manifest import TapCredentials, TapSettings
from workers.providers.payments.tap.objects import (
    Object,
    authorization_of,
    inside,
    listed,
    milliseconds,
    moment,
    our_id,
    payment,
    refund,
)

PAGE_SIZE: Final = 50
MAX_PAGES: Final = 100
# Clocks differ, and a payment is dated by Tap's.
_CLOCKS: Final = timedelta(minutes=5)
# The longest that a card's issuer holds a reservation.
_LONGEST_RESERVATION: Final = timedelta(days=30)
_KINDS: Final = ("charges", "authorize")


class TapLists(Connector[TapCredentials, TapSettings]):
    """The part of the connector that reads lists."""

    async def list_payments(self, *, since: datetime, until: datetime, cursor: str | None = None) -> PaymentPage:
        """A page of charges, or of authorizations once those are through; a captured one is there as its charge."""
        operation = "list_payments"
        kind, _, after = (cursor or "charges").partition(":")
        if kind not in _KINDS:
            raise self._refuse(operation, "cursor", "is not one that this list has given")
        body = _period(since, until - timedelta(milliseconds=1))
        things, more = await self._read_list(operation, kind, body, after or None)
        payments = tuple(payment(thing) for thing in things)
        if kind == "authorize":
            payments = tuple(each for each in payments if each.status is not PaymentStatus.CAPTURED)
        if more:
            return PaymentPage(payments=payments, next_cursor=f"{kind}:{things[-1]['id']}")
        return PaymentPage(payments=payments, next_cursor="authorize" if kind == "charges" else None)

    async def _since(self, operation: str, kind: str, attempted_at: datetime) -> AsyncIterator[Object]:
        """Every charge or authorization made since an attempt, or shortly before."""
        period = _period(attempted_at - _CLOCKS, datetime.now(UTC) + _CLOCKS)
        async for thing in self._all(operation, kind, period):
            yield thing

    async def _charges_of_customer(self, operation: str, authorization: Object) -> AsyncIterator[Object]:
        """Every charge of the customer of an authorization, while it can have been captured."""
        customer = inside(authorization, "customer").get("id")
        begun = moment(inside(authorization, "transaction").get("created"))
        if not customer or begun is None:
            return
        until = min(begun + _LONGEST_RESERVATION, datetime.now(UTC)) + _CLOCKS
        body = {**_period(begun - _CLOCKS, until), "customers": [customer]}
        async for thing in self._all(operation, "charges", body):
            yield thing

    async def _refunds(self, operation: str, charge_id: str) -> list[RefundResult]:
        """Every refund of a charge."""
        found = [each async for each in self._all(operation, "refunds", {"charges": [charge_id]})]
        return [refund(each) for each in found if each.get("charge_id") == charge_id]

    async def _all(self, operation: str, kind: str, body: Mapping[str, Any]) -> AsyncIterator[Object]:
        """Every object of a list. :raises OutcomeUnknown: it is too long to be read to its end."""
        after: str | None = None
        for _ in range(MAX_PAGES):
            things, more = await self._read_list(operation, kind, body, after)
            for thing in things:
                yield thing
            if not more:
                return
            after = things[-1]["id"]
        message = f"not among {MAX_PAGES * PAGE_SIZE} in the list, and there are more"
        raise OutcomeUnknown(message, provider=self.manifest.key, operation=operation)

    async def _read_list(
        self, operation: str, kind: str, body: Mapping[str, Any], after: str | None = None
    ) -> tuple[list[Object], bool]:
        """A page of a list, and whether more follow."""
        asked: dict[str, Any] = {"limit": str(PAGE_SIZE), **body}
        if after:
            asked["starting_after"] = after
        answer = await self._call(
            operation,
            "POST",
            f"/{kind}/list",
            content=orjson.dumps(asked),
            content_type="application/json",
            write=False,
        )
        return self._parse(answer, listed)


def is_ours(payment_id: UUID) -> Callable[[Object], bool]:
    """Whether a charge or authorization was made for a payment of ours; a capture of it is something else."""

    def check(thing: Object) -> bool:
        if authorization_of(thing) is not None:
            return False
        reference = inside(thing, "reference").get("transaction")
        return our_id(thing, "wasl_payment_id") == payment_id or reference == str(payment_id)

    return check


def is_capture_of(authorization: Object) -> Callable[[Object], bool]:
    """Whether a charge has taken what an authorization reserved."""
    ours = our_id(authorization, "wasl_payment_id")

    def check(charge: Object) -> bool:
        if charge.get("status") != "CAPTURED":
            return False
        is_of_the_same = ours is not None and our_id(charge, "wasl_payment_id") == ours
        return authorization_of(charge) == authorization["id"] or is_of_the_same

    return check


def _period(begin: datetime, end: datetime) -> dict[str, Any]:
    return {"period": {"date": {"from": milliseconds(begin), "to": milliseconds(end)}}}
