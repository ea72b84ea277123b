"""What Quiqup's refusals mean, and who has to act."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.shipping.quiqup.builders import CREDENTIALS, quiqup
from tests.support.carriers.parcels import domestic
from workers.providers.errors import AuthenticationFailed, InvalidRequest, OutcomeUnknown, ProviderError, RateLimited
from workers.providers.registry import open_connector
from workers.providers.shipping.quiqup.errors import read_fault

BAD_CLIENT = (401, {"error": "invalid_client", "error_description": "Client authentication failed"})


@pytest.mark.parametrize(
    ("answer", "kind", "field"),
    [
        ((400, {"error": "[order] creation build failed"}), InvalidRequest, None),
        ((403, {"error": "You are not authorized to access this page"}), AuthenticationFailed, None),
        ((422, {"error": "[origin] is missing, [items] is missing"}), InvalidRequest, "sender"),
        ((422, {"errors": ["destination is missing"]}), InvalidRequest, "recipient"),
        ((422, {"attribute_errors": [{"detail": "kind is not offered"}]}), InvalidRequest, "service"),
        ((422, {"error": "payment_amount must be more than 0"}), InvalidRequest, "cash_on_delivery.amount"),
        ((429, {"error": "Too many requests"}), RateLimited, None),
        ((500, {"error": "Internal Server Error"}), OutcomeUnknown, None),
    ],
)
async def test_a_refused_order_says_what_is_certain(answer: Any, kind: type[ProviderError], field: str | None) -> None:
    connector, _ = quiqup(answer)
    with pytest.raises(ProviderError) as raised:
        await connector.create_shipment(domestic())
    assert type(raised.value) is kind
    assert (raised.value.http_status, getattr(raised.value, "field", None)) == (answer[0], field)
    assert raised.value.message


async def test_wrong_credentials_are_told_and_not_repeated() -> None:
    connector, wire = quiqup(token=BAD_CLIENT)
    report = await connector.check_health()
    assert (report.ok, report.code) == (False, "authentication_failed")
    with pytest.raises(AuthenticationFailed) as refused:
        await connector.create_shipment(domestic())
    assert refused.value.provider_code == "invalid_client"
    assert not wire.requests
    echo, _ = quiqup(token=(401, {"error": f"no client {CREDENTIALS['client_id']} {CREDENTIALS['client_secret']}"}))
    detail = (await echo.check_health()).detail
    assert not any(secret in detail for secret in CREDENTIALS.values())


async def test_health_is_a_new_token() -> None:
    connector, wire = quiqup()
    assert (await connector.check_health()).ok
    assert (len(wire.tokens), len(wire.requests)) == (1, 0)


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
@pytest.mark.parametrize("value", ["", "short", "with a space in it", "x" * 600])
def test_credentials_that_cannot_be_right_are_named(name: str, value: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        open_connector("quiqup", credentials={**CREDENTIALS, name: value})
    assert refused.value.field == f"credentials.{name}"
    assert not value or value not in refused.value.message


NAMES = ["error", "errors", "attribute_errors", "error_details", "error_description", "detail"]
LEAVES = st.none() | st.booleans() | st.integers() | st.text()
BODIES = st.recursive(
    LEAVES, lambda each: st.lists(each) | st.dictionaries(st.sampled_from(NAMES), each), max_leaves=12
)


@given(BODIES)
def test_any_body_is_a_fault_with_a_text(body: Any) -> None:
    assert read_fault(body, 422).message
