# Made by `wasl sdk sync` from wasl/_async/marketing.py: do not edit.
"""`hub.campaigns`, `hub.audiences` and `hub.deals`: what the marketing tools have, as last read."""

from collections.abc import Iterator
from datetime import datetime

from wasl._requests import Id, optional_id
from wasl._sync.api import Api
from wasl.marketing_models import Audience, Campaign, Deal


class Campaigns:
    """Campaigns at the tools of the organizations that the caller belongs to."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self, campaign_id: Id) -> Campaign:
        """Return one campaign; raises NotFound."""
        return self._api.one(Campaign, "marketing_campaigns", campaign_id, "campaign_id")

    def list(
        self,
        *,
        connection_id: Id | None = None,
        status: str | None = None,
        created_after: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Campaign]:
        """Yield campaigns with their figures, those first that the hub has learned of last."""
        equal = {
            "connection_id": optional_id(connection_id, "connection_id"),
            "status": status,
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Campaign, "marketing_campaigns", equal, after=created_after, limit=limit)


class Audiences:
    """Audiences at the tools of the organizations that the caller belongs to."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(
        self, *, connection_id: Id | None = None, organization_id: Id | None = None, limit: int | None = None
    ) -> Iterator[Audience]:
        """Yield audiences, those first that the hub has learned of last."""
        equal = {
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Audience, "marketing_audiences", equal, limit=limit)


class Deals:
    """Deals at the tools of the organizations that the caller belongs to."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self, deal_id: Id) -> Deal:
        """Return one deal; raises NotFound."""
        return self._api.one(Deal, "marketing_deals", deal_id, "deal_id")

    def list(
        self,
        *,
        connection_id: Id | None = None,
        created_after: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[Deal]:
        """Yield deals, those first that the hub has learned of last."""
        equal = {
            "connection_id": optional_id(connection_id, "connection_id"),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(Deal, "marketing_deals", equal, after=created_after, limit=limit)
