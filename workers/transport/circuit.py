"""The circuit as a value: what opens it, what closes it. Pure functions; how workers share it is in breaker.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class CircuitState(StrEnum):
    """As in the database's enum ``breaker_state``."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class Verdict(StrEnum):
    """What a call told of its provider's health."""

    HEALTHY = "healthy"
    """It answered as it should, be it with a refusal."""
    FAILING = "failing"
    """No connection, no answer in time, a broken answer, or a 5xx."""
    NOTHING = "nothing"
    """The call was not sent, or cancelled."""


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When a breaker opens, and for how long.

    :param open_seconds: the first pause; each failed probe makes the next as long as the outage has lasted, up to
        ``longest_open_seconds``.
    :param probe_seconds: how long a probe may take before another worker may send its own.
    """

    window_seconds: float = 30.0
    minimum_calls: int = 20
    failure_rate: float = 0.5
    consecutive_failures: int = 5
    open_seconds: float = 10.0
    longest_open_seconds: float = 120.0
    probe_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Circuit:
    """One connection's circuit as stored. Moments are Unix seconds of the store's clock; version 0: not stored yet."""

    state: CircuitState = CircuitState.CLOSED
    successes: int = 0
    failures: int = 0
    consecutive_failures: int = 0
    window_started_at: float = 0.0
    opened_at: float | None = None
    retry_at: float | None = None
    probe_claimed_until: float | None = None
    version: int = 0

    def closed_to_calls_for(self, now: float) -> float:
        """Return the seconds before a probe may be claimed; 0 or less when it may be now."""
        until = self.retry_at if self.state is CircuitState.OPEN else self.probe_claimed_until
        return (until or now) - now


@dataclass(slots=True)
class Tally:
    """What one worker's calls showed since it last told the others."""

    successes: int = 0
    failures: int = 0
    failures_in_a_row: int = 0
    """Since the last success."""

    def add(self, verdict: Verdict) -> None:
        """Count one call."""
        if verdict is Verdict.HEALTHY:
            self.successes += 1
            self.failures_in_a_row = 0
        elif verdict is Verdict.FAILING:
            self.failures += 1
            self.failures_in_a_row += 1


def observe(circuit: Circuit, tally: Tally, now: float, policy: BreakerPolicy) -> Circuit:
    """Return ``circuit`` after the calls of ``tally``, opened if they were the last straw."""
    if circuit.state is not CircuitState.CLOSED:
        return circuit  # these calls were sent before it opened
    if now - circuit.window_started_at >= policy.window_seconds:
        circuit = replace(circuit, successes=0, failures=0, consecutive_failures=0, window_started_at=now)
    in_a_row = tally.failures_in_a_row + (0 if tally.successes else circuit.consecutive_failures)
    circuit = replace(
        circuit,
        successes=circuit.successes + tally.successes,
        failures=circuit.failures + tally.failures,
        consecutive_failures=in_a_row,
    )
    calls = circuit.successes + circuit.failures
    too_many = calls >= policy.minimum_calls and circuit.failures >= policy.failure_rate * calls
    if tally.failures and (too_many or in_a_row >= policy.consecutive_failures):
        return _open(circuit, now, policy)
    return circuit


def claim_probe(circuit: Circuit, now: float, policy: BreakerPolicy) -> Circuit:
    """Return ``circuit`` with the right to probe claimed; only whoever stores it may probe."""
    return replace(circuit, state=CircuitState.HALF_OPEN, probe_claimed_until=now + policy.probe_seconds)


def conclude_probe(circuit: Circuit, verdict: Verdict, now: float, policy: BreakerPolicy) -> Circuit:
    """Return ``circuit`` after its probe: closed, open for longer, or open to another probe at once."""
    if verdict is Verdict.HEALTHY:
        return Circuit(window_started_at=now, version=circuit.version)
    if verdict is Verdict.FAILING:
        return _open(circuit, now, policy)
    return replace(circuit, state=CircuitState.OPEN, retry_at=now, probe_claimed_until=None)


def _open(circuit: Circuit, now: float, policy: BreakerPolicy) -> Circuit:
    opened_at = now if circuit.opened_at is None else circuit.opened_at
    pause = min(max(policy.open_seconds, now - opened_at), policy.longest_open_seconds)
    return replace(
        circuit, state=CircuitState.OPEN, opened_at=opened_at, retry_at=now + pause, probe_claimed_until=None
    )
