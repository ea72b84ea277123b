"""Gateways of every kind connected to an organization of the hub, and payments made through them on their pages."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from tests.support.gateways.base import Gateway
from tests.support.workplace import Row, Workplace, until
from workers.providers.money import Money
from workers.providers.payments.models import PaymentResult, PaymentStatus


@dataclass
class Till:
    """A new account of a gateway, connected to an organization."""

    workplace: Workplace
    organization_id: UUID
    gateway: Gateway
    credentials: dict[str, str]
    id: UUID
    """The connection's."""

    @classmethod
    async def open(cls, workplace: Workplace, organization_id: UUID, gateway: Gateway, **routing: Any) -> "Till":
        """Connect one. :param routing: columns of its `payment_providers` row."""
        credentials = gateway.account()
        connection_id = await workplace.connect(organization_id, gateway, credentials)
        till = cls(workplace, organization_id, gateway, credentials, connection_id)
        for column, value in routing.items():
            await workplace.database.execute(
                f"update public.payment_providers set {column} = %s where connection_id = %s", [value, till.id]
            )
        return till

    async def name(self) -> str:
        """The connection's name."""
        row = await self.workplace.one("select name from public.integration_connections where id = %s", self.id)
        return str(row["name"])

    async def ask(self, method: str, path: str, **form: str) -> httpx.Response:
        """One call at the gateway with the account's key."""
        return await self.workplace.sandbox.request(
            method,
            f"/{self.gateway.key}{path}",
            data=form or None,
            headers={"Authorization": f"Bearer {self.credentials['secret_key']}"},
        )

    async def control(self, path: str, **form: str) -> Any:
        """What somebody else does there: the payer's bank, or time."""
        answer = await self.ask("POST", f"/_test{path}", **form)
        assert answer.is_success, answer.text
        return answer.json()

    async def page(self, **arguments: Any) -> Row:
        """A payment on the gateway's page, once the page is there."""
        payment = await self.workplace.payment(
            self.organization_id, payment_method=None, return_url="https://shop.example/back", **arguments
        )
        assert (await self.workplace.finished(payment["id"]))["status"] == "succeeded"
        return await self.workplace.payment_row(payment["id"])

    async def pay(self, payment: Row) -> None:
        """What the payer does on it."""
        shown = PaymentResult(
            provider_payment_id=payment["provider_payment_id"],
            status=PaymentStatus.REQUIRES_ACTION,
            provider_status="",
            money=Money.of("99.00", "AED"),
            checkout_url=payment["checkout_url"],
        )
        url = f"{self.workplace.sandbox.base_url}".rstrip("/") + f"/{self.gateway.key}"
        await self.gateway.pay(self.workplace.sandbox, url, self.credentials, shown)

    async def captured(self, payment: Row) -> Row:
        """The payment once a look has found it captured."""

        async def taken() -> Row | None:
            row = await self.workplace.payment_row(payment["id"])
            if row["status"] == "captured":
                return row
            await self.workplace.call("sync_payment", payment_id=payment["id"])
            await self.workplace.finished(payment["id"], "payment.sync")
            return None

        row: Row = await until(taken)
        return row
