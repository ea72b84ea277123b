"""`hub.payments.links`: links that payers follow to pay."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from wasl import _answers
from wasl._async.api import AsyncApi
from wasl._requests import (
    Amount,
    Id,
    amount_text,
    given,
    id_text,
    line_items,
    new_idempotency_key,
    optional_id,
    texts,
    time_text,
)
from wasl._row import columns_of
from wasl.models import CaptureMethod, PaymentLink
from wasl.rows import Environment, PaymentLinkStatus

_PATH = "/functions/v1/pay/"


class AsyncPaymentLinks:
    """Payment links of the organizations that the caller belongs to."""

    def __init__(self, api: AsyncApi) -> None:
        self._api = api

    async def create(
        self,
        *,
        amount: Amount,
        currency: str,
        reference: str,
        description: str | None = None,
        single_use: bool = True,
        expires_at: datetime | None = None,
        capture_method: CaptureMethod | None = None,
        customer: Mapping[str, str] | None = None,
        metadata: Mapping[str, str] | None = None,
        return_url: str | None = None,
        cancel_url: str | None = None,
        method: str | None = None,
        country: str | None = None,
        locale: Literal["en", "ar"] | None = None,
        billing_address: Mapping[str, str] | None = None,
        shipping_address: Mapping[str, str] | None = None,
        items: Sequence[Mapping[str, Any]] | None = None,
        connection_id: Id | None = None,
        environment: Environment | None = None,
        idempotency_key: str | None = None,
        organization_id: Id | None = None,
    ) -> PaymentLink:
        """Make a link that a payer can follow to pay. The gateway is chosen when somebody does.

        Args:
            single_use: whether it can be paid once only, as an invoice can, or by many, as a poster can.
            expires_at: until when somebody can begin to pay, with a time zone; None for ever.
            return_url: where the payer comes back to; a page of the hub that says how it went if left out.

        The other arguments are those of `AsyncPayments.create`, and each payment of the link has them.

        Raises:
            InvalidRequest: an argument is wrong, and `field` names it.
            Conflict: no active gateway, or the idempotency key stands for something else.
        """
        arguments = given(
            amount=amount_text(amount),
            currency=currency,
            reference=reference,
            description=description,
            single_use=single_use,
            expires_at=time_text(expires_at, "expires_at"),
            capture_method=capture_method,
            customer=texts(customer, "customer"),
            metadata=texts(metadata, "metadata"),
            return_url=return_url,
            cancel_url=cancel_url,
            method=method,
            country=country,
            locale=locale,
            billing_address=texts(billing_address, "billing_address"),
            shipping_address=texts(shipping_address, "shipping_address"),
            items=line_items(items),
            connection_id=optional_id(connection_id, "connection_id"),
            environment=environment,
            idempotency_key=idempotency_key or new_idempotency_key(),
            organization_id=self._api.organization(organization_id),
        )
        return self._with_url(await self._api.call(PaymentLink, "create_payment_link", arguments))

    async def get(self, payment_link_id: Id) -> PaymentLink:
        """Return one link; raises NotFound."""
        identifier = id_text(payment_link_id, "payment_link_id")
        query = self._api.table("payment_links", columns_of(PaymentLink, without="url")).eq("id", identifier)
        link = _answers.only(await self._api.fetch(PaymentLink, query), what="payment link", identifier=identifier)
        return self._with_url(link)

    async def list(
        self,
        *,
        status: PaymentLinkStatus | None = None,
        reference: str | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[PaymentLink]:
        """Yield links, newest first; pages are fetched as they are needed."""
        equal = {
            "status": status,
            "reference": reference,
            "organization_id": self._api.organization(organization_id),
        }
        columns = columns_of(PaymentLink, without="url")
        async for link in self._api.newest(PaymentLink, "payment_links", equal, columns=columns, limit=limit):
            yield self._with_url(link)

    async def disable(self, payment_link_id: Id) -> PaymentLink:
        """Let nobody begin to pay by a link any more; a payment that is under way goes on. Raises NotFound."""
        arguments = {"payment_link_id": id_text(payment_link_id, "payment_link_id")}
        link = await self._api.call(PaymentLink, "disable_payment_link", arguments, repeatable=True)
        return self._with_url(link)

    def _with_url(self, link: PaymentLink) -> PaymentLink:
        return link.model_copy(update={"url": f"{self._api.url}{_PATH}{link.token}"})
