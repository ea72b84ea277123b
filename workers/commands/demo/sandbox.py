"""What the demo asks of the sandbox: Stripe's own API and page, a fault on demand, and the books to compare with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import httpx

from workers.commands.demo.settings import DemoError


class Sandbox:
    """The sandbox at one address."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=10, trust_env=False)

    async def register_webhook(self, secret_key: str, url: str) -> str:
        """Have a Stripe account send all its events to `url`; returns the secret that it signs them with."""
        form = {"url": url, "enabled_events[0]": "*"}
        answer = await self._stripe("POST", "webhook_endpoints", secret_key, form)
        return str(answer["secret"])

    async def webhook_urls(self, secret_key: str) -> list[str]:
        """Return the addresses that a Stripe account sends its events to."""
        answer = await self._stripe("GET", "webhook_endpoints", secret_key)
        return [endpoint["url"] for endpoint in answer["data"]]

    async def charges(self, payment_id: object) -> list[dict[str, Any]]:
        """Return the charges that Stripe's books hold for a payment of the hub's."""
        params = {"provider": "stripe", "payment_id": str(payment_id)}
        answer = await self._http.get("/_state", params=params)
        answer.raise_for_status()
        charges: list[dict[str, Any]] = answer.json()["charges"]
        return charges

    async def state(self, provider: str, subject: str) -> dict[str, Any]:
        """Return what a provider's twin holds of a subject, such as an address."""
        answer = await self._http.get("/_state", params={"provider": provider, "subject": subject})
        answer.raise_for_status()
        held: dict[str, Any] = answer.json()
        return held

    @asynccontextmanager
    async def outage(self, provider: str, method: str, path: str) -> AsyncIterator[None]:
        """Have every request to a provider's path answered with 503 meanwhile, as by a gateway that is down."""
        match = {"method": method, "path": path}
        fault = {"provider": provider, "kind": "server_error", "status": 503, "match": match, "times": 1000}
        planned = await self._http.post("/_faults", json=fault)
        planned.raise_for_status()
        try:
            yield
        finally:
            await self._http.delete(f"/_faults/{planned.json()['id']}")

    async def pay(self, checkout_url: str) -> None:
        """Do what the payer does on Stripe's page: pay with a card."""
        answer = await self._http.post(checkout_url, data={"payment_method": "pm_card_visa"})
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise DemoError(f"Stripe's page answered with {answer.status_code}.")

    async def advance(self, carrier: str, tracking_number: str, step: str) -> None:
        """Let a parcel go on, to a step of its journey such as ``delivered``."""
        path = f"/{carrier}/_test/shipments/{tracking_number}/advance"
        answer = await self._http.post(path, json={"to": step})
        answer.raise_for_status()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _stripe(
        self, method: str, path: str, secret_key: str, form: dict[str, str] | None = None
    ) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {secret_key}"}
        try:
            answer = await self._http.request(method, f"/stripe/v1/{path}", data=form, headers=headers)
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise DemoError(f"The sandbox does not answer as Stripe would ({type(error).__name__}).") from None
        body: dict[str, Any] = answer.json()
        return body
