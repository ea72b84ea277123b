"""How long to wait before trying again."""

from hypothesis import given
from hypothesis import strategies as st

from workers.operations.backoff import Backoff

BACKOFF = Backoff(base_seconds=2.0, longest_seconds=600.0)


@given(st.integers(1, 10_000))
def test_a_wait_lies_between_zero_and_a_bound_that_doubles_up_to_the_longest(attempt: int) -> None:
    assert 0 <= BACKOFF.seconds(attempt) <= min(2.0 * 2 ** min(attempt - 1, 20), 600.0)


def test_workers_that_failed_together_do_not_come_back_together() -> None:
    assert len({round(BACKOFF.seconds(5), 3) for _ in range(100)}) > 50


@given(st.floats(0, 500))
def test_what_the_provider_asks_for_is_never_undercut(asked: float) -> None:
    assert asked <= BACKOFF.seconds(1, asked) <= asked + 2.0


def test_waits_grow_also_where_the_provider_asks_for_the_same_again_and_again() -> None:
    waits = [BACKOFF.seconds(8, 10.0) for _ in range(200)]
    assert min(waits) >= 10.0
    assert max(waits) > 100.0


@given(st.floats(600, 1e12) | st.just(float("inf")))
def test_no_provider_puts_a_job_off_for_ever(asked: float) -> None:
    assert BACKOFF.seconds(1, asked) == 600.0


def test_a_negative_wish_means_at_once() -> None:
    assert 0 <= BACKOFF.seconds(1, -5.0) <= 2.0
