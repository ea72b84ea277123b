"""Long work in short steps."""

from workers.operations.sync.steps import run_steps


class Stairs:
    """So many steps, counted."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.taken: list[int] = []

    async def __call__(self, place: int) -> int | None:
        self.taken.append(place)
        return place + 1 if place + 1 < self.number else None


async def test_all_are_taken_each_from_where_the_last_one_ended() -> None:
    stairs = Stairs(4)
    assert await run_steps(stairs, 0)
    assert stairs.taken == [0, 1, 2, 3]


async def test_when_the_time_is_over_no_other_is_begun() -> None:
    stairs = Stairs(4)
    assert not await run_steps(stairs, 0, seconds=-1)
    assert stairs.taken == [0]


async def test_the_last_one_ends_the_work_however_late_it_is() -> None:
    stairs = Stairs(1)
    assert await run_steps(stairs, 0, seconds=-1)
    assert stairs.taken == [0]
