"""Saving a PayPal account while it pays, and having it forgotten; field by field. And PayPal's fee."""

from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.providers.payments.paypal.builders import Wire, a_capture_object, a_hosted, a_saved, an_order, paypal, usd
from workers.providers.errors import InvalidRequest, OutcomeUnknown
from workers.providers.payments.paypal.objects import payment_from_capture, payment_from_order

VAULT = {"id": "8kk8451t", "status": "VAULTED", "customer": {"id": "BygeLlrpZF"}}


def paid(vault: dict[str, Any] | None) -> dict[str, Any]:
    """A completed order whose account was to be saved."""
    order = an_order("COMPLETED", captures=[a_capture_object()])
    return {**order, "payment_source": {"paypal": {"attributes": {"vault": vault}}}}


async def test_the_account_is_saved_once_it_has_paid() -> None:
    wire = Wire(httpx.Response(201, json=an_order()))
    await paypal(wire).create_payment(a_hosted(save_payment_method=True))
    vault = {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT"}
    assert wire.body["payment_source"]["paypal"]["attributes"] == {"vault": vault}
    wire = Wire(httpx.Response(201, json=an_order()))
    request = a_hosted(save_payment_method=True, payment_method_data={"customer": "BygeLlrpZF"})
    await paypal(wire).create_payment(request)
    attributes = wire.body["payment_source"]["paypal"]["attributes"]
    assert attributes == {"vault": vault, "customer": {"id": "BygeLlrpZF"}}


async def test_an_account_that_is_saved_already_is_not_saved_again() -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await paypal(wire).create_payment(a_saved(save_payment_method=True))
    assert (refused.value.field, wire.requests) == ("save_payment_method", [])


def test_a_saved_account_is_told_with_its_customer() -> None:
    saved = payment_from_order(paid(VAULT)).saved_method
    assert saved is not None
    assert saved.model_dump(mode="json", exclude_none=True) == {
        "token": "8kk8451t",
        "type": "paypal",
        "provider_data": {"customer": "BygeLlrpZF"},
    }


@pytest.mark.parametrize(
    "vault", [None, {}, {"status": "APPROVED"}, {**VAULT, "status": "APPROVED"}, {"status": "VAULTED"}]
)
def test_an_account_without_an_id_is_not_saved_yet(vault: Any) -> None:
    assert payment_from_order(paid(vault)).saved_method is None


async def test_forgetting_an_account_deletes_its_token() -> None:
    for answer in (httpx.Response(204), httpx.Response(404, json={"name": "RESOURCE_NOT_FOUND"})):
        wire = Wire(answer)
        await paypal(wire).delete_payment_method("8kk8451t", {})
        assert wire.line == "DELETE /v3/vault/payment-tokens/8kk8451t"
    with pytest.raises(OutcomeUnknown):
        await paypal(Wire(httpx.Response(500))).delete_payment_method("8kk8451t", {})


async def test_what_is_no_token_is_refused_before_any_call() -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as refused:
        await paypal(wire).delete_payment_method("../orders", {})
    assert (refused.value.field, wire.requests, wire.token_requests) == ("token", [], [])


def a_breakdown(fee: str, currency: str = "USD") -> dict[str, Any]:
    fee_object = {"currency_code": currency, "value": fee}
    return {"gross_amount": usd("99.00"), "paypal_fee": fee_object, "net_amount": usd("95.00")}


@pytest.mark.parametrize(
    ("captures", "fee"),
    [
        ([a_capture_object(seller_receivable_breakdown=a_breakdown("3.17"))], "3.17"),
        ([a_capture_object(value="49.50", seller_receivable_breakdown=a_breakdown("1.00")) for _ in range(2)], "2.00"),
        ([a_capture_object(seller_receivable_breakdown=a_breakdown("3.17")), a_capture_object()], None),
        ([a_capture_object(seller_receivable_breakdown=a_breakdown("3.17", "EUR"))], None),
        ([a_capture_object(seller_receivable_breakdown={"gross_amount": usd("99.00")})], None),
        ([a_capture_object("PENDING")], None),
        ([a_capture_object()], None),
        ([], None),
    ],
)
def test_the_fee_is_told_where_every_capture_tells_it(captures: list[dict[str, Any]], fee: str | None) -> None:
    order = an_order("COMPLETED" if captures else "APPROVED", captures=captures)
    assert payment_from_order(order).fee == (Decimal(fee) if fee else None)
    if len(captures) == 1:
        assert payment_from_capture(captures[0], "5O19").fee == (Decimal(fee) if fee else None)
