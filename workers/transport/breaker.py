"""Circuit breakers, one per connection, whose state all workers share.

A breaker opens when its provider fails too often: ``consecutive_failures`` in a row, or ``failure_rate`` of at least
``minimum_calls`` within a window. While it is open no request is sent. After a pause exactly one worker claims the
right to send one request, the probe; when that succeeds the breaker closes, else the pause grows.

Deciding is cheap: each worker keeps a view of the circuits it uses, refreshed every second and after its own
failures. Changing is safe: circuits live in a store that accepts a change only from the version it was made of.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Protocol, Self
from uuid import UUID

import structlog

from workers.cancellation import raise_if_cancelled
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
from workers.transport.errors import BreakerOpen, StateUnavailable

_log = structlog.get_logger(__name__)
_COALESCE_SECONDS = 0.02


class CircuitStore(Protocol):
    """Where circuits are shared."""

    async def read(self, connection_ids: Collection[UUID]) -> tuple[Mapping[UUID, Circuit], float]:
        """Return the stored circuits among these, and the store's time in Unix seconds."""

    async def write(self, circuits: Mapping[UUID, Circuit]) -> Collection[UUID]:
        """Store each circuit whose ``version`` is still the stored one, with the next version; return which."""


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to send one request. :param probe: the version of the circuit that this probe was claimed by."""

    connection_id: UUID
    probe: int | None = None


class BreakerState(Protocol):
    """What the pipeline asks before, and tells after, each request."""

    async def check(self, connection_id: UUID) -> Permit:
        """Return the right to send; raise `BreakerOpen` when there is none."""

    def report(self, permit: Permit, verdict: Verdict) -> None:
        """Tell what came of it. Never waits, so that a cancelled call can tell too."""


@dataclass(slots=True)
class _View:
    """What this worker knows of one circuit, and has not yet told of it."""

    permit: Permit
    circuit: Circuit
    used_at: float
    tally: Tally = field(default_factory=Tally)
    concluded: tuple[int, Verdict] | None = None


class SharedBreakers:
    """The breakers of this worker, as an async context manager: between entry and exit it tells and is told.

    :param refresh_seconds: how old the view of a circuit may grow.
    :param clock: monotonic seconds.
    """

    def __init__(
        self,
        store: CircuitStore,
        policy: BreakerPolicy | None = None,
        *,
        refresh_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._policy = policy or BreakerPolicy()
        self._refresh_seconds = refresh_seconds
        self._clock = clock
        self._store_ahead = 0.0  # the store's clock minus ours
        self._views: dict[UUID, _View] = {}
        self._changing = asyncio.Lock()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._keep_in_step(), name="circuit-breakers")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        with contextlib.suppress(StateUnavailable):
            await self.exchange()

    async def check(self, connection_id: UUID) -> Permit:
        """Return the right to send a request.

        :raises BreakerOpen: with ``retry_after``, when the circuit is open or another worker is probing.
        :raises StateUnavailable: the circuit has never been read and cannot be now.
        """
        view = self._views.get(connection_id)
        if view is None:
            view = await self._first_view(connection_id)
        view.used_at = self._clock()
        if view.circuit.state is CircuitState.CLOSED:
            return view.permit
        return await self._claim(view)

    def report(self, permit: Permit, verdict: Verdict) -> None:
        """Count what a call showed; failures and probes are told to the other workers at once."""
        view = self._views.get(permit.connection_id)
        if view is None:
            return
        if permit.probe is not None:
            view.concluded = (permit.probe, verdict)
            self._news.set()
            return
        view.tally.add(verdict)
        if verdict is Verdict.FAILING:
            self._news.set()

    async def exchange(self) -> None:
        """Tell what this worker saw and learn what the others did: two statements for all circuits in use.

        :raises StateUnavailable: nothing was told; it will be the next time.
        """
        async with self._changing:
            self._forget_unused()
            if self._views:
                await self._exchange(list(self._views.values()), rounds=3)

    async def _exchange(self, views: list[_View], rounds: int) -> None:
        stored, now = await self._read([view.permit.connection_id for view in views])
        told = [(view, view.tally, view.concluded) for view in views]
        changes = {}
        for view, tally, concluded in told:
            view.circuit = stored.get(view.permit.connection_id, Circuit())
            changed = self._after(view.circuit, tally, concluded, now)
            if changed != view.circuit:
                changes[view.permit.connection_id] = changed
            view.tally, view.concluded = Tally(), None
        won = await self._write_or_take_back(changes, told)
        lost = [item for item in told if item[0].permit.connection_id in changes.keys() - set(won)]
        _take_back(lost)
        for connection_id in won:
            self._accept(self._views[connection_id], changes[connection_id])
        if lost and rounds > 1:
            await self._exchange([view for view, _, _ in lost], rounds - 1)

    def _after(self, circuit: Circuit, tally: Tally, concluded: tuple[int, Verdict] | None, now: float) -> Circuit:
        if concluded is not None and circuit.state is CircuitState.HALF_OPEN and circuit.version == concluded[0]:
            return conclude_probe(circuit, concluded[1], now, self._policy)
        if not (tally.successes or tally.failures):
            return circuit
        return observe(circuit, tally, now, self._policy)

    async def _write_or_take_back(
        self, changes: Mapping[UUID, Circuit], told: list[tuple[_View, Tally, tuple[int, Verdict] | None]]
    ) -> Collection[UUID]:
        try:
            return await self._store.write(changes) if changes else ()
        except BaseException:
            _take_back(told)
            raise

    def _accept(self, view: _View, changed: Circuit) -> None:
        before, view.circuit = view.circuit.state, replace(changed, version=changed.version + 1)
        if before is not changed.state:
            _log.warning(
                "circuit breaker changed",
                connection_id=str(view.permit.connection_id),
                before=before.value,
                after=changed.state.value,
                failures=changed.failures,
            )

    async def _claim(self, view: _View) -> Permit:
        """Become the one prober, or raise `BreakerOpen`."""
        self._refuse_while_closed_to_calls(view)
        async with self._changing:
            if view.circuit.state is CircuitState.CLOSED:
                return view.permit
            self._refuse_while_closed_to_calls(view)  # another task may have claimed meanwhile
            connection_id = view.permit.connection_id
            claimed = claim_probe(view.circuit, self._store_time(), self._policy)
            if connection_id in await self._store.write({connection_id: claimed}):
                self._accept(view, claimed)
                return Permit(connection_id, probe=view.circuit.version)
            stored, _ = await self._read([connection_id])
            view.circuit = stored.get(connection_id, Circuit())
        if view.circuit.state is CircuitState.CLOSED:
            return view.permit
        self._refuse_while_closed_to_calls(view)
        raise BreakerOpen("another worker is probing the provider", retry_after=self._refresh_seconds)

    def _refuse_while_closed_to_calls(self, view: _View) -> None:
        wait = view.circuit.closed_to_calls_for(self._store_time())
        if wait <= 0:
            return
        if view.circuit.state is CircuitState.HALF_OPEN:
            raise BreakerOpen(
                "the provider has been failing; a probe is under way", retry_after=min(wait, self._refresh_seconds)
            )
        raise BreakerOpen("the provider has been failing", retry_after=wait)

    async def _first_view(self, connection_id: UUID) -> _View:
        async with self._changing:
            if (view := self._views.get(connection_id)) is not None:
                return view
            stored, _ = await self._read([connection_id])
            view = _View(Permit(connection_id), stored.get(connection_id, Circuit()), used_at=self._clock())
            self._views[connection_id] = view
            return view

    async def _read(self, connection_ids: list[UUID]) -> tuple[Mapping[UUID, Circuit], float]:
        stored, now = await self._store.read(connection_ids)
        self._store_ahead = now - self._clock()
        return stored, now

    def _store_time(self) -> float:
        return self._clock() + self._store_ahead

    def _forget_unused(self) -> None:
        """Drop the views of connections that have been quiet for two windows."""
        oldest = self._clock() - 2 * max(self._policy.window_seconds, self._policy.probe_seconds)
        self._views = {key: view for key, view in self._views.items() if view.used_at >= oldest or view.concluded}

    async def _keep_in_step(self) -> None:
        while True:
            raise_if_cancelled()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._refresh_seconds):
                    await self._news.wait()
            self._news.clear()
            try:
                await self.exchange()
            except StateUnavailable:
                _log.warning("circuit breakers cannot be shared for the moment", exc_info=True)
                await asyncio.sleep(self._refresh_seconds)
            await asyncio.sleep(_COALESCE_SECONDS)  # an outage makes many failures at once


def _take_back(told: list[tuple[_View, Tally, tuple[int, Verdict] | None]]) -> None:
    """Put what could not be told back in front of what has been seen since."""
    for view, tally, concluded in told:
        since = view.tally
        view.tally = Tally(
            tally.successes + since.successes,
            tally.failures + since.failures,
            since.failures_in_a_row + (0 if since.successes else tally.failures_in_a_row),
        )
        view.concluded = view.concluded or concluded


class InMemoryCircuits:
    """Circuits of one process: for tests and single commands. :param clock: Unix seconds."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._circuits: dict[UUID, Circuit] = {}

    async def read(self, connection_ids: Collection[UUID]) -> tuple[Mapping[UUID, Circuit], float]:
        """See `CircuitStore.read`."""
        return {key: self._circuits[key] for key in connection_ids if key in self._circuits}, self._clock()

    async def write(self, circuits: Mapping[UUID, Circuit]) -> Collection[UUID]:
        """See `CircuitStore.write`."""
        won = [key for key, circuit in circuits.items() if circuit.version == self._version(key)]
        self._circuits |= {key: replace(circuits[key], version=circuits[key].version + 1) for key in won}
        return won

    def _version(self, connection_id: UUID) -> int:
        stored = self._circuits.get(connection_id)
        return stored.version if stored else 0
