"""`hub.payments.links`: links that payers follow to pay."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from wasl._arguments import payment_arguments
from wasl._async.api import AsyncApi
from wasl._requests import Amount, Id, call_key, id_text
from wasl._row import columns_of
from wasl.params import Address, CaptureMethod, Customer, ItemParams, Locale
from wasl.payment_models import Item, PaymentLink
from wasl.rows import Environment, PaymentLinkStatus

_PATH = "/functions/v1/pay/"
_TABLE = "payment_links"
_COLUMNS = columns_of(PaymentLink, without="url")


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
        customer: Customer | None = None,
        metadata: Mapping[str, str] | None = None,
        return_url: str | None = None,
        cancel_url: str | None = None,
        method: str | None = None,
        country: str | None = None,
        locale: Locale | None = None,
        billing_address: Address | None = None,
        shipping_address: Address | None = None,
        items: Sequence[ItemParams | Item] | None = None,
        connection_id: Id | None = None,
        environment: Environment | None = None,
        idempotency_key: str | None = None,
        organization_id: Id | None = None,
    ) -> PaymentLink:
        """Make a link that a payer can follow to pay. The gateway is chosen when somebody does.

        Args:
            single_use: whether it can be paid once only, as an invoice can, or by many, as a poster can.
            expires_at: until when somebody can begin to pay, with a time zone; None: for ever.
            return_url: where the payer comes back to; a page of the hub that says how it went if left out.

        The other arguments are those of `AsyncPayments.create`, and each payment of the link has them.

        Returns:
            The link; its `url` is what to send to the payer.

        Raises:
            InvalidRequest: an argument is wrong, and `field` names it.
            Conflict: no active gateway, or the idempotency key stands for something else.
        """
        arguments = payment_arguments(
            amount=amount,
            currency=currency,
            reference=reference,
            description=description,
            single_use=single_use,
            expires_at=expires_at,
            capture_method=capture_method,
            customer=customer,
            metadata=metadata,
            return_url=return_url,
            cancel_url=cancel_url,
            method=method,
            country=country,
            locale=locale,
            billing_address=billing_address,
            shipping_address=shipping_address,
            items=items,
            connection_id=connection_id,
            environment=environment,
            idempotency_key=call_key(idempotency_key),
            organization_id=self._api.organization(organization_id),
        )
        return self._with_url(await self._api.call(PaymentLink, "create_payment_link", arguments))

    async def get(self, payment_link_id: Id) -> PaymentLink:
        """Return one link; raises NotFound."""
        return self._with_url(
            await self._api.one(PaymentLink, _TABLE, payment_link_id, "payment_link_id", columns=_COLUMNS)
        )

    async def list(
        self,
        *,
        status: PaymentLinkStatus | Sequence[PaymentLinkStatus] | None = None,
        reference: str | None = None,
        environment: Environment | None = None,
        created_after: datetime | None = None,
        created_before: datetime | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[PaymentLink]:
        """Yield links, newest first; pages are fetched as they are needed.

        Args:
            status: one status or several.
            created_after: exclusive, with a time zone; likewise `created_before`.
            limit: how many to yield at most.
        """
        equal = {
            "status": status,
            "reference": reference,
            "environment": environment,
            "organization_id": self._api.organization(organization_id),
        }
        async for link in self._api.newest(
            PaymentLink, _TABLE, equal, columns=_COLUMNS, after=created_after, before=created_before, limit=limit
        ):
            yield self._with_url(link)

    async def disable(self, payment_link_id: Id) -> PaymentLink:
        """Let nobody begin to pay by a link any more; a payment that is under way goes on. Raises NotFound."""
        arguments = {"payment_link_id": id_text(payment_link_id, "payment_link_id")}
        link = await self._api.call(PaymentLink, "disable_payment_link", arguments, repeatable=True)
        return self._with_url(link)

    def _with_url(self, link: PaymentLink) -> PaymentLink:
        return link.model_copy(update={"url": f"{self._api.url}{_PATH}{link.token}"})
