# Made by `wasl sdk sync` from wasl/_async/payouts.py: do not edit.
"""`hub.payments.payouts`: money on its way from gateways to the merchant."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from wasl._requests import Id, optional_id
from wasl._sync.api import Api
from wasl.payment_models import Payout
from wasl.rows import PayoutStatus


class Payouts:
    """Payouts to the organizations that the caller belongs to, as their gateways tell of them."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self, payout_id: Id) -> Payout:
        """Return one payout; raises NotFound."""
        return self._api.one(Payout, "payouts", payout_id, "payout_id")

    def list(
        self,
        *,
        status: PayoutStatus | Sequence[PayoutStatus] | None = None,
        currency: str | None = None,
        connection_id: Id | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Payout]:
        """Yield payouts, newest first; pages are fetched as they are needed.

        Args:
            status: one status or several.
            created_after: when the hub learned of it, exclusive, with a time zone; likewise `created_before`.
            limit: how many to yield at most.
        """
        equal = {
            "status": status,
            "currency": currency,
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Payout, "payouts", equal, after=created_after, before=created_before, limit=limit)
