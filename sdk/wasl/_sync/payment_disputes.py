# Made by `wasl sdk sync` from wasl/_async/payment_disputes.py: do not edit.
"""`hub.payments.disputes`: payers' banks that ask for money back."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from wasl._requests import Id, optional_id
from wasl._sync.api import Api
from wasl.payment_models import Dispute
from wasl.rows import DisputeStatus


class PaymentDisputes:
    """Disputes (chargebacks) of the organizations that the caller belongs to, as their gateways tell of them.

    They are answered at the gateway, until `evidence_due_by`.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self, dispute_id: Id) -> Dispute:
        """Return one dispute; raises NotFound."""
        return self._api.one(Dispute, "payment_disputes", dispute_id, "dispute_id")

    def list(
        self,
        *,
        status: DisputeStatus | Sequence[DisputeStatus] | None = None,
        payment_id: Id | None = None,
        connection_id: Id | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Dispute]:
        """Yield disputes, newest first; pages are fetched as they are needed.

        Args:
            status: one status or several.
            created_after: exclusive, with a time zone; likewise `created_before`.
            limit: how many to yield at most.
        """
        equal = {
            "status": status,
            "payment_id": optional_id(payment_id, "payment_id"),
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(
            Dispute, "payment_disputes", equal, after=created_after, before=created_before, limit=limit
        )
