"""Payment links all the way: made with the SDK, followed with a browser, paid at Stripe's twin, and paid once."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from wasl import AsyncWasl, Payment, PaymentLink

from tests.support.workplace import Workplace, until
from workers.store.credentials import PostgresCredentials
from workers.vault.keyring_file import KeyringFile
from workers.vault.keys import new_key

PAY, EMPTY_CARD, GO_BACK = "pm_card_visa", "pm_card_visa_chargeDeclinedInsufficientFunds", "cancel"
INVOICE: dict[str, Any] = {"amount": "99.00", "currency": "AED", "reference": "INV-7"}


@dataclass
class Shop:
    """A merchant with a connection to Stripe, and a payer with a plain HTTP client."""

    workplace: Workplace
    hub: AsyncWasl
    payer: httpx.AsyncClient
    secret_key: str

    async def payments(self, link: PaymentLink) -> list[Payment]:
        """The payments by a link, oldest first."""
        listed = [payment async for payment in self.hub.payments.list(reference=link.reference)]
        return [payment for payment in reversed(listed) if payment.payment_link_id == link.id]

    async def charged(self, link: PaymentLink) -> list[Any]:
        """What Stripe has really taken for a link."""
        books = [await self.workplace.at_stripe(payment.id) for payment in await self.payments(link)]
        return [charge["amount"] for book in books for charge in book["charges"] if charge["paid"]]

    async def press(self, page: httpx.Response, button: str) -> httpx.Response:
        """What the payer sees after pressing a button of the gateway's page."""
        return await self.payer.post(page.url, data={"payment_method": button})

    async def hear_from_stripe(self) -> None:
        """Have Stripe send its webhooks to the hub."""
        [connection] = [connection async for connection in self.hub.connections.list()]
        endpoint = await self.hub.connections.create_webhook_endpoint(connection.id)
        registered = await self.workplace.sandbox.post(
            "/stripe/v1/webhook_endpoints",
            headers={"authorization": f"Bearer {self.secret_key}"},
            data={"url": endpoint.url, "enabled_events[0]": "*"},
        )
        await self.hub.connections.set_credentials(connection.id, {"webhook_secret": registered.json()["secret"]})


@pytest.fixture
async def shop(workplace: Workplace) -> AsyncIterator[Shop]:
    """A shop of the test's own, with a worker at work."""
    stack, user_id, secret_key = workplace.stack, str(uuid4()), f"sk_test_{uuid4().hex}"
    await workplace.database.execute(
        "insert into auth.users (id, email) values (%s, %s)", [user_id, f"{user_id}@example.com"]
    )
    token = stack.mint_jwt({"role": "authenticated", "aud": "authenticated", "sub": user_id})
    async with (
        AsyncWasl(stack.url, stack.publishable_key, access_token=token) as hub,
        httpx.AsyncClient(follow_redirects=True, timeout=30, headers={"user-agent": "Mozilla/5.0"}) as payer,
    ):
        organization = await hub.organizations.create("Wahat Trading")
        vault = PostgresCredentials(workplace.pool)
        await new_key(KeyringFile(workplace.keyring), vault, organization_id=organization.id)
        stripe = await hub.connections.create("stripe", environment="sandbox")
        await hub.connections.set_credentials(stripe.id, {"secret_key": secret_key})
        async with workplace.working():
            yield Shop(workplace, hub, payer, secret_key)


async def test_an_invoice_is_paid_by_its_link(shop: Shop) -> None:
    link = await shop.hub.payments.create_link(**INVOICE, description="Seven chairs")
    page = await shop.payer.get(link.url)
    assert page.url.path.startswith("/stripe/pay/cs_test_")
    assert (await shop.hub.payments.links.get(link.id)).status == "active"

    # No webhook comes: that the payer is back is what has Stripe asked.
    back = await shop.press(page, PAY)
    assert str(back.url).startswith(f"{link.url}?back=")
    assert back.text.startswith("Paid: 99.00 AED")

    [payment] = await shop.payments(link)
    link = await shop.hub.payments.links.get(link.id)
    assert (link.status, link.paid_payment_id) == ("paid", payment.id)
    assert (payment.status, str(payment.amount_captured), payment.reference) == ("captured", "99.00", "INV-7")
    assert await shop.charged(link) == [9900]

    again = await shop.payer.get(link.url)
    assert (again.status_code, len(await shop.payments(link))) == (410, 1)


async def test_a_payer_who_goes_back_finds_the_same_page_again(shop: Shop) -> None:
    link = await shop.hub.payments.create_link(**INVOICE)
    page = await shop.payer.get(link.url)
    back = await shop.press(page, GO_BACK)
    assert back.text.startswith("Not paid yet")
    assert link.url in back.text

    assert (await shop.payer.get(link.url)).url == page.url
    assert (await shop.press(page, PAY)).status_code == 200
    assert await shop.charged(link) == [9900]


async def test_a_link_for_many_is_paid_by_each(shop: Shop) -> None:
    link = await shop.hub.payments.create_link(**INVOICE, single_use=False)
    pages = [await shop.payer.get(link.url) for _ in range(2)]
    assert pages[0].url != pages[1].url
    for page in pages:
        assert (await shop.press(page, PAY)).text.startswith("Paid")

    assert [payment.status for payment in await shop.payments(link)] == ["captured", "captured"]
    assert (await shop.hub.payments.links.get(link.id)).status == "active"
    assert await shop.charged(link) == [9900, 9900]


async def test_after_a_refused_card_there_is_another_page_and_the_first_takes_nothing(shop: Shop) -> None:
    await shop.hear_from_stripe()
    link = await shop.hub.payments.create_link(**INVOICE)
    first = await shop.payer.get(link.url)
    assert (await shop.press(first, EMPTY_CARD)).status_code == 402

    async def has_failed() -> bool:
        return [payment.status for payment in await shop.payments(link)] == ["failed"]

    await until(has_failed)
    second = await shop.payer.get(link.url)
    assert second.url != first.url
    assert (await shop.press(first, PAY)).status_code >= 400
    assert (await shop.press(second, PAY)).text.startswith("Paid")

    assert [payment.status for payment in await shop.payments(link)] == ["cancelled", "captured"]
    assert await shop.charged(link) == [9900]
    assert (await shop.hub.payments.links.get(link.id)).status == "paid"


async def test_a_link_that_was_disabled_brings_nobody_to_a_page(shop: Shop) -> None:
    link = await shop.hub.payments.create_link(**INVOICE)
    assert (await shop.hub.payments.links.disable(link.id)).status == "disabled"

    assert (await shop.payer.get(link.url)).status_code == 410
    assert await shop.payments(link) == []
    assert [listed.id async for listed in shop.hub.payments.links.list(status="disabled")] == [link.id]
