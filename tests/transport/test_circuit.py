"""What opens a circuit and what closes it, as a value: no time passes here but the one passed in."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from workers.transport.circuit import (
    BreakerPolicy,
    Circuit,
    CircuitState,
    Tally,
    Verdict,
    claim_probe,
    conclude_probe,
    observe,
)

POLICY = BreakerPolicy(
    window_seconds=30,
    minimum_calls=20,
    failure_rate=0.5,
    consecutive_failures=5,
    open_seconds=10,
    longest_open_seconds=60,
    probe_seconds=15,
)
NOW = 1_000.0
STARTED = Circuit(window_started_at=NOW)


def tally(verdicts: str) -> Tally:
    """`+` for a call that went well, `-` for one that failed."""
    counted = Tally()
    for verdict in verdicts:
        counted.add(Verdict.HEALTHY if verdict == "+" else Verdict.FAILING)
    return counted


def state_after(*batches: str, circuit: Circuit = STARTED) -> CircuitState:
    for batch in batches:
        circuit = observe(circuit, tally(batch), NOW, POLICY)
    return circuit.state


def test_it_opens_after_enough_failures_in_a_row() -> None:
    assert state_after("----") is CircuitState.CLOSED
    assert state_after("-----") is CircuitState.OPEN


def test_failures_in_a_row_are_counted_across_workers() -> None:
    assert state_after("---", "--") is CircuitState.OPEN


def test_a_success_ends_the_row() -> None:
    assert state_after("----+----") is CircuitState.CLOSED
    assert state_after("----", "+", "----") is CircuitState.CLOSED


def test_it_opens_at_the_failure_rate_but_not_before_the_minimum_of_calls() -> None:
    assert state_after("-+" * 9) is CircuitState.CLOSED
    assert state_after("+-" * 10) is CircuitState.OPEN
    assert state_after("++-" * 10) is CircuitState.CLOSED


def test_a_success_never_opens_it() -> None:
    almost = replace(STARTED, failures=19)
    assert state_after("+", circuit=almost) is CircuitState.CLOSED


def test_a_new_window_forgets_the_last() -> None:
    failing = observe(STARTED, tally("----"), NOW, POLICY)
    later = observe(failing, tally("-"), NOW + 30, POLICY)
    assert later.state is CircuitState.CLOSED
    assert (later.failures, later.consecutive_failures, later.window_started_at) == (1, 1, NOW + 30)


def test_an_open_circuit_takes_no_notice_of_calls_sent_before_it_opened() -> None:
    opened = observe(STARTED, tally("-----"), NOW, POLICY)
    assert observe(opened, tally("+++---"), NOW + 1, POLICY) == opened


def test_it_may_be_probed_after_the_pause_and_is_closed_to_others_meanwhile() -> None:
    opened = observe(STARTED, tally("-----"), NOW, POLICY)
    assert opened.closed_to_calls_for(NOW + 4) == 6
    assert opened.closed_to_calls_for(NOW + 10) <= 0
    probing = claim_probe(opened, NOW + 10, POLICY)
    assert probing.state is CircuitState.HALF_OPEN
    assert probing.closed_to_calls_for(NOW + 10) == 15
    assert probing.closed_to_calls_for(NOW + 25) <= 0  # its prober has died


def test_a_good_probe_closes_it_and_forgets_all() -> None:
    probing = claim_probe(replace(observe(STARTED, tally("-----"), NOW, POLICY), version=7), NOW + 10, POLICY)
    assert conclude_probe(probing, Verdict.HEALTHY, NOW + 11, POLICY) == Circuit(window_started_at=NOW + 11, version=7)


def test_a_failed_probe_makes_the_pause_as_long_as_the_outage_up_to_a_limit() -> None:
    circuit, now, pauses = observe(STARTED, tally("-----"), NOW, POLICY), NOW, []
    for _ in range(5):
        assert circuit.retry_at is not None
        pauses.append(circuit.retry_at - now)
        now = circuit.retry_at
        circuit = conclude_probe(claim_probe(circuit, now, POLICY), Verdict.FAILING, now, POLICY)
    assert pauses == [10, 10, 20, 40, 60]


def test_a_probe_that_was_not_sent_leaves_the_way_to_another() -> None:
    probing = claim_probe(observe(STARTED, tally("-----"), NOW, POLICY), NOW + 10, POLICY)
    released = conclude_probe(probing, Verdict.NOTHING, NOW + 11, POLICY)
    assert released.state is CircuitState.OPEN
    assert released.closed_to_calls_for(NOW + 11) <= 0


@given(st.lists(st.text("+-", max_size=8), max_size=20))
def test_it_is_open_only_when_one_of_the_rules_was_met(batches: list[str]) -> None:
    circuit = STARTED
    for batch in batches:
        circuit = observe(circuit, tally(batch), NOW, POLICY)
    if circuit.state is CircuitState.OPEN:
        calls = circuit.successes + circuit.failures
        assert circuit.consecutive_failures >= 5 or (calls >= 20 and circuit.failures * 2 >= calls)
        assert circuit.retry_at == NOW + 10
    else:
        assert circuit.opened_at is circuit.retry_at is circuit.probe_claimed_until is None
