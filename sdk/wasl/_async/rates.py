"""`hub.rates`: what carriers asked for quoted shipments."""

from collections.abc import AsyncIterator
from datetime import datetime

from wasl._async.api import AsyncApi
from wasl._requests import Id, optional_id
from wasl.shipment_models import Rate


class AsyncRates:
    """Rates of the organizations that the caller belongs to; `hub.shipments.quote` asks for them."""

    def __init__(self, api: AsyncApi) -> None:
        self._api = api

    async def get(self, rate_id: Id) -> Rate:
        """Return one rate; raises NotFound."""
        return await self._api.one(Rate, "shipment_rates", rate_id, "rate_id")

    def list(
        self,
        *,
        quote_id: Id | None = None,
        connection_id: Id | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[Rate]:
        """Yield rates, newest first; pages are fetched as they are needed. A quote has its own the best first."""
        equal = {
            "quote_id": optional_id(quote_id, "quote_id"),
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Rate, "shipment_rates", equal, after=created_after, before=created_before, limit=limit)
