"""Faults on demand, seen from the connector: one label at most, and the truth where FedEx shows it."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.shipping.fedex.conftest import Account, existing
from tests.support.carriers.fedex import CARRIER
from tests.support.carriers.parcels import BOX, domestic
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable
from workers.providers.shipping.models import ShipmentRequest, ShipmentStatus

CREATE = {"method": "POST", "path": "/ship/v1/shipments"}
CANCEL = {"method": "PUT", "path": "/ship/v1/shipments/cancel"}


def a_shipment() -> ShipmentRequest:
    return domestic(shipment_id=uuid.uuid4(), parcels=(BOX, BOX))


@pytest.mark.parametrize(
    ("fault", "error", "made"),
    [
        ({"kind": "rate_limited", "retry_after": "7"}, RateLimited, 0),
        ({"kind": "server_error", "status": 500}, OutcomeUnknown, 0),
        ({"kind": "server_error", "status": 503}, OutcomeUnknown, 0),
        ({"kind": "server_error", "status": 504}, OutcomeUnknown, 0),
        ({"kind": "drop_before"}, OutcomeUnknown, 0),
        ({"kind": "drop_after"}, OutcomeUnknown, 1),
        ({"kind": "truncated"}, OutcomeUnknown, 1),
        ({"kind": "malformed"}, OutcomeUnknown, 1),
        ({"kind": "wrong_content_type"}, OutcomeUnknown, 1),
        ({"kind": "patched", "patch": {"output": {"jobId": "1"}}}, OutcomeUnknown, 1),
    ],
    ids=lambda value: (
        "-".join(str(value[name]) for name in ("kind", "status") if name in value) if isinstance(value, dict) else None
    ),
)
async def test_each_fault_is_told_for_what_it_is(
    fedex: Account, fault: dict[str, Any], error: type[ProviderError], made: int
) -> None:
    request, began = a_shipment(), datetime.now(UTC)
    await fedex.fault(match=CREATE, **fault)
    with pytest.raises(ProviderError) as raised:
        await fedex.connector.create_shipment(request)
    assert type(raised.value) is error
    assert CARRIER.bought(await fedex.state(request.shipment_id)) == made
    if made:
        found = await fedex.connector.find_shipment(request, attempted_at=began)
        assert found is not None
        assert (found.status, len(found.parcel_tracking_numbers)) == (ShipmentStatus.CREATED, 2)
        await fedex.connector.cancel_shipment(existing(request, found))
    else:
        with pytest.raises(OutcomeUnknown):
            await fedex.connector.find_shipment(request, attempted_at=began)


async def test_a_shipment_that_tracking_does_not_have_yet_is_not_taken_for_absent(fedex: Account) -> None:
    request, began = a_shipment(), datetime.now(UTC)
    await fedex.test("/account", hide_references=True)
    await fedex.fault("drop_after", match=CREATE)
    with pytest.raises(OutcomeUnknown):
        await fedex.connector.create_shipment(request)
    with pytest.raises(OutcomeUnknown):
        await fedex.connector.find_shipment(request, attempted_at=began)
    await fedex.test("/account", hide_references=False)
    assert await fedex.connector.find_shipment(request, attempted_at=began) is not None
    assert CARRIER.bought(await fedex.state(request.shipment_id)) == 1


async def test_a_cancellation_that_was_lost_is_settled_by_another(fedex: Account) -> None:
    request = a_shipment()
    parcel = existing(request, await fedex.connector.create_shipment(request))
    await fedex.fault("drop_after", match=CANCEL)
    with pytest.raises(OutcomeUnknown):
        await fedex.connector.cancel_shipment(parcel)
    await fedex.connector.cancel_shipment(parcel)
    assert (await fedex.stands(parcel)).status is ShipmentStatus.CANCELLED


@pytest.mark.parametrize("kind", ["drop_after", "malformed", "wrong_content_type", "server_error"])
async def test_a_question_that_was_lost_is_only_unavailable(fedex: Account, kind: str) -> None:
    request = a_shipment()
    parcel = existing(request, await fedex.connector.create_shipment(request))
    await fedex.fault(kind, match={"path": "/track/*"})
    with pytest.raises(Unavailable):
        await fedex.stands(parcel)
    assert (await fedex.stands(parcel)).status is ShipmentStatus.CREATED
