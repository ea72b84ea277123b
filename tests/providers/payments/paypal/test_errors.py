"""PayPal's errors in Wasl's words."""

import httpx
import pytest

from tests.providers.builders import a_refund
from tests.providers.payments.paypal.builders import Wire, a_completion, a_hosted, a_saved, paypal, refusal
from workers.providers.errors import (
    AuthenticationFailed,
    Declined,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Unavailable,
)
from workers.providers.payments.models import DeclineReason
from workers.providers.payments.paypal.declines import DECLINE_REASONS, decline_reason

UNITS = "/purchase_units/@reference_id=='default'"


@pytest.mark.parametrize(
    ("answer", "kind", "field"),
    [
        (refusal(400, "INVALID_PARAMETER_VALUE", f"{UNITS}/amount/currency_code"), InvalidRequest, "money.currency"),
        (refusal(422, "DECIMAL_PRECISION", f"{UNITS}/amount/value"), InvalidRequest, "money.amount"),
        (refusal(422, "CURRENCY_NOT_SUPPORTED"), InvalidRequest, "money.currency"),
        (refusal(422, "DUPLICATE_INVOICE_ID"), InvalidRequest, "reference"),
        (refusal(400, "INVALID_PARAMETER_SYNTAX", "/a/b"), InvalidRequest, "a.b"),
        (refusal(403, "PERMISSION_DENIED"), AuthenticationFailed, None),
        (refusal(422, "PAYEE_ACCOUNT_RESTRICTED"), AuthenticationFailed, None),
        (refusal(404, "INVALID_RESOURCE_ID"), NotFound, None),
        (refusal(409, "PREVIOUS_REQUEST_IN_PROGRESS"), OutcomeUnknown, None),
        (refusal(422, "ORDER_COMPLETION_IN_PROGRESS"), OutcomeUnknown, None),
        (refusal(429, "RATE_LIMIT_REACHED"), RateLimited, None),
        (refusal(500, "INTERNAL_SERVICE_ERROR"), OutcomeUnknown, None),
        (httpx.Response(503, text="<html>"), OutcomeUnknown, None),
        (httpx.Response(400, json=["not", "an", "object"]), InvalidRequest, None),
        (httpx.Response(422, json={"details": "?"}), InvalidRequest, None),
    ],
)
async def test_each_error_is_told_for_what_it_is(
    answer: httpx.Response, kind: type[ProviderError], field: str | None
) -> None:
    with pytest.raises(ProviderError) as raised:
        await paypal(Wire(answer)).create_payment(a_saved())
    assert type(raised.value) is kind
    assert getattr(raised.value, "field", None) == field
    assert (raised.value.provider, raised.value.operation) == ("paypal", "create_payment")


async def test_an_error_carries_paypals_own_code_and_words() -> None:
    with pytest.raises(InvalidRequest) as raised:
        await paypal(Wire(refusal(422, "ORDER_NOT_APPROVED"))).complete_payment(
            a_completion("5O19", provider_data={"intent": "CAPTURE"})
        )
    error = raised.value
    assert (error.provider_code, error.message, error.request_id) == (
        "ORDER_NOT_APPROVED",
        "ORDER_NOT_APPROVED happened.",
        "b1",
    )


async def test_a_decline_says_why_and_which_payment() -> None:
    with pytest.raises(Declined) as declined:
        await paypal(Wire(refusal(422, "INSTRUMENT_DECLINED"))).complete_payment(
            a_completion("5O19", provider_data={"intent": "CAPTURE"})
        )
    assert (declined.value.decline_code, declined.value.provider_code) == ("do_not_honor", "INSTRUMENT_DECLINED")
    assert declined.value.provider_payment_id == "5O19"


async def test_a_refused_refund_is_no_decline() -> None:
    with pytest.raises(InvalidRequest):
        await paypal(Wire(refusal(422, "TRANSACTION_REFUSED"))).refund_payment(
            a_refund("5O19", provider_data={"captures": "3C67"})
        )


async def test_an_unavailable_paypal_may_be_left_for_another_only_where_no_money_can_move() -> None:
    unavailable = httpx.Response(503, json={"name": "SERVICE_UNAVAILABLE"})
    with pytest.raises(Unavailable):
        await paypal(Wire(unavailable)).create_payment(a_hosted())
    with pytest.raises(OutcomeUnknown):
        await paypal(Wire(unavailable)).complete_payment(a_completion("5O19", provider_data={"intent": "CAPTURE"}))
    with pytest.raises(Unavailable):
        await paypal(Wire(unavailable)).get_payment("5O19")


def test_every_reason_is_one_of_ours_and_unknown_codes_are_other() -> None:
    assert set(DECLINE_REASONS.values()) <= set(DeclineReason)
    assert decline_reason("PPXX") is decline_reason(None) is DeclineReason.OTHER
