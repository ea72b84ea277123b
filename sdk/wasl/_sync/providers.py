# Made by `wasl sdk sync` from wasl/_async/providers.py: do not edit.
"""`hub.providers`: what can be connected."""

from collections.abc import Sequence

from wasl import _answers
from wasl._row import columns_of
from wasl._sync.api import Api
from wasl.models import Provider
from wasl.rows import ProviderCategory


class Providers:
    """The catalog of providers, the same for every organization."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get(self, key: str) -> Provider:
        """Return one provider, such as ``stripe``; raises NotFound."""
        query = self._api.table("integration_providers", columns_of(Provider)).eq("key", key)
        return _answers.only(self._api.fetch(Provider, query), what="provider", identifier=key)

    def list(self, *, category: ProviderCategory | None = None) -> Sequence[Provider]:
        """Return the providers that can be connected, by name."""
        query = self._api.table("integration_providers", columns_of(Provider)).eq("enabled", True)
        if category is not None:
            query = query.eq("category", category)
        return self._api.fetch(Provider, query.order("name"))
