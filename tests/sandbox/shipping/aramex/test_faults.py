"""Faults on demand, seen from the connector: whatever goes wrong, one label at most, and never a false success."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.shipping.aramex.conftest import Account
from tests.support.carriers.aramex import CARRIER, SERVICE
from tests.support.carriers.parcels import domestic, question
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable

CREATE = {"path": SERVICE.format("Shipping", "CreateShipments")}
FAULTS: list[tuple[dict[str, Any], type[ProviderError], int]] = [
    ({"kind": "rate_limited"}, RateLimited, 0),
    ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
    ({"kind": "server_error", "status": 503}, OutcomeUnknown, 0),
    ({"kind": "drop_before"}, OutcomeUnknown, 0),
    ({"kind": "drop_after"}, OutcomeUnknown, 1),
    ({"kind": "truncated"}, OutcomeUnknown, 1),
    ({"kind": "malformed"}, OutcomeUnknown, 1),
    ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
    ({"kind": "patched", "patch": {"Shipments": []}}, OutcomeUnknown, 1),
]


@pytest.mark.parametrize(
    ("fault", "error", "made"), FAULTS, ids=lambda value: str(value.get("kind")) if isinstance(value, dict) else None
)
async def test_a_lost_answer_is_unknown_and_stays_so(
    account: Account, fault: dict[str, Any], error: type[ProviderError], made: int
) -> None:
    request = domestic(shipment_id=uuid.uuid4())
    await account.fault(match=CREATE, **fault)
    with pytest.raises(ProviderError) as raised:
        await account.connector.create_shipment(request)
    assert type(raised.value) is error
    assert CARRIER.bought(await account.state(request.shipment_id)) == made
    with pytest.raises(OutcomeUnknown, match=request.own_reference):
        await account.connector.find_shipment(request, attempted_at=datetime.now(UTC) - timedelta(hours=1))


async def test_a_second_purchase_under_the_same_reference_is_not_taken_for_a_refusal(account: Account) -> None:
    request = domestic(shipment_id=uuid.uuid4())
    await account.connector.create_shipment(request)
    with pytest.raises(OutcomeUnknown, match="may have a shipment under this reference"):
        await account.connector.create_shipment(request)
    assert CARRIER.bought(await account.state(request.shipment_id)) == 1


async def test_a_label_that_cannot_be_fetched_now_does_not_undo_the_shipment(account: Account) -> None:
    await account.fault("server_error", match={"path": "/content/*"})
    made = await account.connector.create_shipment(domestic(shipment_id=uuid.uuid4()))
    assert made.tracking_number
    assert made.documents == ()


async def test_a_failed_question_is_only_unavailable(account: Account) -> None:
    assert CARRIER.rate_call is not None
    for kind in ("drop_before", "truncated", "malformed", "wrong_content_type"):
        await account.fault(kind, match={"path": "*CalculateRate"}, times=2)
        with pytest.raises(Unavailable):
            await account.connector.get_rates(question(domestic()))


async def test_prices_are_told_although_one_product_fails(account: Account) -> None:
    await account.fault("server_error", match={"path": "*CalculateRate"})
    assert len(await account.connector.get_rates(question(domestic()))) == 1
