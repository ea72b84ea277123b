"""Batches form by themselves: nothing waits while the batcher is idle, everything gathers while it is busy."""

import asyncio
from collections.abc import Sequence

import pytest

from workers.webhooks.batching import Batcher


class Recorder:
    """Does batches when it is let."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.began = asyncio.Event()

    async def handle(self, items: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(items))
        self.began.set()
        await self.gate.wait()
        return [ValueError(item) if item < 0 else item * 2 for item in items]


async def test_what_comes_while_a_batch_is_under_way_makes_up_the_next() -> None:
    recorder = Recorder()
    batcher = Batcher(recorder.handle, most=100)
    async with batcher.running():
        recorder.gate.clear()
        first = batcher.submit(1)
        await recorder.began.wait()
        rest = [batcher.submit(number) for number in (2, 3, 4)]
        assert batcher.waiting == 3
        recorder.gate.set()
        assert await asyncio.gather(first, *rest) == [2, 4, 6, 8]
    assert recorder.batches == [[1], [2, 3, 4]]


async def test_a_batch_ends_by_number_or_by_weight() -> None:
    recorder = Recorder()
    batcher = Batcher(recorder.handle, most=3, weight=lambda item: item, heaviest=10)
    async with batcher.running():
        await asyncio.gather(*(batcher.submit(number) for number in (1, 1, 1, 1, 9, 50, 2)))
    assert recorder.batches == [[1, 1, 1], [1, 9], [50], [2]]


async def test_one_items_exception_is_its_own() -> None:
    batcher = Batcher(Recorder().handle, most=10)
    async with batcher.running():
        results = await asyncio.gather(*(batcher.submit(n) for n in (1, -1, 2)), return_exceptions=True)
    assert results[0::2] == [2, 4]
    assert isinstance(results[1], ValueError)


async def test_what_the_handler_raises_goes_to_all_of_the_batch_and_to_no_other() -> None:
    async def handle(items: Sequence[int]) -> Sequence[int]:
        if 0 in items:
            raise ZeroDivisionError
        return items

    batcher = Batcher(handle, most=2)
    async with batcher.running():
        results = await asyncio.gather(*(batcher.submit(n) for n in (1, 0, 2, 3)), return_exceptions=True)
    assert [type(result) for result in results] == [ZeroDivisionError, ZeroDivisionError, int, int]


async def test_an_item_is_done_though_nobody_waits_for_it_any_more() -> None:
    recorder = Recorder()
    batcher = Batcher(recorder.handle, most=10)
    async with batcher.running():
        recorder.gate.clear()
        future = batcher.submit(1)
        await recorder.began.wait()
        future.cancel()
        recorder.gate.set()
        assert await batcher.submit(2) == 4
    assert recorder.batches == [[1], [2]]


async def test_leaving_waits_until_all_is_done() -> None:
    recorder = Recorder()
    batcher = Batcher(recorder.handle, most=1)
    async with batcher.running():
        futures = [batcher.submit(number) for number in range(5)]
    assert [future.result() for future in futures] == [0, 2, 4, 6, 8]


async def test_an_idle_batcher_can_be_left() -> None:
    async with asyncio.timeout(5), Batcher(Recorder().handle, most=1).running():
        pass


@pytest.mark.parametrize("count", [1, 7, 1000])
async def test_nothing_is_lost_or_done_twice(count: int) -> None:
    recorder = Recorder()
    batcher = Batcher(recorder.handle, most=13)
    async with batcher.running():
        results = await asyncio.gather(*(batcher.submit(number) for number in range(count)))
    assert results == [number * 2 for number in range(count)]
    assert [item for batch in recorder.batches for item in batch] == list(range(count))
