"""Deliveries are counted in memory and written together; what cannot be written now is written later."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from workers.store.webhooks import EndpointCount
from workers.webhooks.counters import EndpointCounters

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ENDPOINT = uuid.uuid4()


class Store:
    """Takes counts unless told to fail."""

    def __init__(self) -> None:
        self.written: list[Sequence[EndpointCount]] = []
        self.fails = False

    async def count_deliveries(self, counts: Sequence[EndpointCount]) -> None:
        if self.fails:
            raise OSError
        self.written.append(counts)


async def test_many_deliveries_are_one_row() -> None:
    store = Store()
    counters = EndpointCounters(store)
    for second in range(3):
        counters.received(ENDPOINT, NOW + timedelta(seconds=second))
    counters.refused(ENDPOINT, NOW, "signature_invalid")
    await counters.flush()
    last = NOW + timedelta(seconds=2)
    assert store.written == [[EndpointCount(ENDPOINT, 3, last, 1, NOW, "signature_invalid")]]
    await counters.flush()
    assert len(store.written) == 1


async def test_what_cannot_be_written_is_added_to_what_comes() -> None:
    store = Store()
    counters = EndpointCounters(store)
    counters.received(ENDPOINT, NOW)
    counters.refused(ENDPOINT, NOW, "signature_stale")
    store.fails = True
    await counters.flush()
    store.fails = False
    later = NOW + timedelta(seconds=9)
    counters.received(ENDPOINT, later)
    await counters.flush()
    assert store.written == [[EndpointCount(ENDPOINT, 2, later, 1, NOW, "signature_stale")]]


async def test_what_was_counted_is_written_at_the_end() -> None:
    store = Store()
    counters = EndpointCounters(store, flush_seconds=3600)
    async with counters.running():
        counters.received(ENDPOINT, NOW)
        counters.unknown()
    assert store.written == [[EndpointCount(ENDPOINT, 1, NOW, 0, None, None)]]
