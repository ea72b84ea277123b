"""Faults on demand, seen from the connector: whatever goes wrong, one label at most, and the truth in the end."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests.providers.builders import now
from tests.providers.shipping.dhl_express.builders import existing
from tests.sandbox.shipping.dhl_express.conftest import Account
from tests.support.carriers.parcels import domestic
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable

A_WHILE = timedelta(minutes=20)
FAULTS: list[tuple[dict[str, Any], type[ProviderError], int]] = [
    ({"kind": "rate_limited"}, RateLimited, 0),
    ({"kind": "server_error", "status": 503}, OutcomeUnknown, 0),
    ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
    ({"kind": "kept_server_error"}, OutcomeUnknown, 0),
    ({"kind": "kept_server_error", "applied": True}, OutcomeUnknown, 1),
    ({"kind": "drop_before"}, OutcomeUnknown, 0),
    ({"kind": "drop_after"}, OutcomeUnknown, 1),
    ({"kind": "truncated"}, OutcomeUnknown, 1),
    ({"kind": "malformed"}, OutcomeUnknown, 1),
    ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
]


@pytest.mark.parametrize(
    ("fault", "error", "made"), FAULTS, ids=lambda value: str(value.get("kind")) if isinstance(value, dict) else None
)
async def test_a_shipment_that_got_lost_is_found_if_it_was_made_and_made_once(
    account: Account, fault: dict[str, Any], error: type[ProviderError], made: int
) -> None:
    request = domestic(shipment_id=uuid.uuid4())
    await account.fault(match={"method": "POST", "path": "/shipments"}, **fault)
    with pytest.raises(ProviderError) as raised:
        await account.connector.create_shipment(request)
    assert type(raised.value) is error
    assert await account.bought(request.shipment_id) == made
    found = await account.connector.find_shipment(request, attempted_at=now() - A_WHILE)
    assert (found is not None) == bool(made)
    if found is None:
        found = await account.connector.create_shipment(request)
    assert len(found.parcel_tracking_numbers) == 1
    assert await account.bought(request.shipment_id) == 1
    (stands,) = await account.connector.track_shipments([existing(found.tracking_number)])
    assert stands.found


async def test_a_shipment_whose_papers_are_missing_is_bought_once(account: Account) -> None:
    request = domestic(shipment_id=uuid.uuid4())
    match = {"method": "POST", "path": "/shipments"}
    await account.fault(match=match, kind="patched", patch={"documents": []})
    made = await account.connector.create_shipment(request)
    assert made.documents == ()
    assert await account.bought(request.shipment_id) == 1


async def test_shortly_after_the_attempt_nobody_says_that_there_is_none(account: Account) -> None:
    with pytest.raises(OutcomeUnknown, match="too soon"):
        await account.connector.find_shipment(domestic(shipment_id=uuid.uuid4()), attempted_at=now())


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "truncated", "malformed", "wrong_content_type"])
async def test_a_failed_read_is_only_unavailable(account: Account, kind: str) -> None:
    bought = await account.connector.create_shipment(domestic(shipment_id=uuid.uuid4()))
    await account.fault(kind, match={"method": "GET"})
    with pytest.raises(Unavailable):
        await account.connector.track_shipments([existing(bought.tracking_number)])
    (stands,) = await account.connector.track_shipments([existing(bought.tracking_number)])
    assert stands.found
