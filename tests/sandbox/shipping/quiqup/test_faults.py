"""Whatever goes wrong on the wire: one parcel, and the truth in the end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.carrier_bench import Bench, existing
from tests.support.carriers.parcels import domestic
from workers.providers.errors import OutcomeUnknown, ProviderError, RateLimited, Unavailable

CREATE, SEND_OFF = "POST /orders", "PUT /orders/*/ready_for_collection"
FAULTS: list[tuple[dict[str, Any], type[ProviderError], bool]] = [
    ({"kind": "rate_limited"}, RateLimited, False),
    ({"kind": "server_error", "status": 500}, OutcomeUnknown, False),
    ({"kind": "server_error", "status": 503}, OutcomeUnknown, False),
    ({"kind": "drop_before"}, OutcomeUnknown, False),
    ({"kind": "drop_after"}, OutcomeUnknown, True),
    ({"kind": "malformed"}, OutcomeUnknown, True),
    ({"kind": "wrong_content_type"}, OutcomeUnknown, True),
]
by_kind = pytest.mark.parametrize(
    ("fault", "error", "done"),
    FAULTS,
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else None,
)


def long_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=5)


@by_kind
async def test_an_order_that_got_lost_is_found_if_it_was_made(
    quiqup: Bench, fault: dict[str, Any], error: type[ProviderError], done: bool
) -> None:
    request = domestic()
    await quiqup.fault(call=CREATE, **fault)
    with pytest.raises(error):
        await quiqup.connector.create_shipment(request)
    assert await quiqup.bought(request) == int(done)
    found = await quiqup.connector.find_shipment(request, attempted_at=long_ago())
    assert (found is not None) == done
    made = found or await quiqup.connector.create_shipment(request)
    assert await quiqup.bought(request) == 1
    await quiqup.advance(made, "delivered")


@by_kind
async def test_a_draft_whose_sending_off_got_lost_is_sent_off_once(
    quiqup: Bench, fault: dict[str, Any], error: type[ProviderError], done: bool
) -> None:
    request = domestic()
    await quiqup.fault(call=SEND_OFF, **fault)
    with pytest.raises(OutcomeUnknown):
        await quiqup.connector.create_shipment(request)
    (order,) = (await quiqup.state(request))["shipments"]
    assert order["state"] == ("ready_for_collection" if done else "pending")
    made = await quiqup.connector.find_shipment(request, attempted_at=long_ago())
    await quiqup.advance(made, "delivered")
    assert await quiqup.bought(request) == 1
    assert quiqup.lines.count(CREATE) == 1


async def test_while_an_order_may_be_at_work_nobody_says_that_there_is_none(quiqup: Bench) -> None:
    with pytest.raises(OutcomeUnknown):
        await quiqup.connector.find_shipment(domestic(), attempted_at=datetime.now(UTC))


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "malformed", "wrong_content_type"])
async def test_a_failed_look_is_only_unavailable(quiqup: Bench, kind: str) -> None:
    request = domestic()
    made = await quiqup.connector.create_shipment(request)
    await quiqup.fault(kind, "GET /orders/*")
    with pytest.raises(Unavailable):
        await quiqup.connector.track_shipments([existing(request, made)])
    (found,) = await quiqup.connector.track_shipments([existing(request, made)])
    assert found.found
