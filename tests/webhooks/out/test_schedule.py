"""When a delivery is sent again."""

import pytest

from workers.webhooks.schedule import WAITS_SECONDS, wait_after


def test_the_schedule_is_the_published_one() -> None:
    published = ["5 s", "5 min", "30 min", "2 h", "5 h", "10 h", "14 h", "20 h", "24 h"]
    units = {"s": 1, "min": 60, "h": 3600}
    assert [int(number) * units[unit] for number, unit in (each.split() for each in published)] == [*WAITS_SECONDS]
    assert 3 * 86_400 < sum(WAITS_SECONDS) < 4 * 86_400


@pytest.mark.parametrize("failed", range(1, len(WAITS_SECONDS) + 1))
def test_receivers_that_failed_together_are_not_asked_together(failed: int) -> None:
    waits = {wait_after(failed, None) for _ in range(20)}
    assert len(waits) > 1
    assert all(wait and 0.9 <= wait / WAITS_SECONDS[failed - 1] <= 1.1 for wait in waits)


def test_there_is_an_end() -> None:
    assert wait_after(len(WAITS_SECONDS) + 1, None) is None
    assert wait_after(len(WAITS_SECONDS) + 1, 60) is None


def test_a_receiver_can_make_the_wait_longer_and_not_shorter() -> None:
    assert wait_after(1, 60) == 60
    assert (wait_after(2, 1) or 0) > 200
