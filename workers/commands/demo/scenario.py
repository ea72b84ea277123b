"""Running steps one after another, each timed, until one is not as expected."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any, Generic, TypeAlias, TypeVar

import httpx
from wasl import WaslError

from workers.commands.demo.settings import DemoError

W = TypeVar("W")
Facts: TypeAlias = dict[str, str | int | float]


class Unexpected(Exception):
    """What was seen is not what should be."""


def expect(seen: bool, message: str) -> None:
    """Raise Unexpected with a message unless something is seen to be so."""
    if not seen:
        raise Unexpected(message)


@dataclass(frozen=True)
class Step(Generic[W]):
    """One thing that is shown.

    Attributes:
        name: for programs.
        title: for people.
        run: shows it and returns what was seen; raises when that is not as expected.
    """

    name: str
    title: str
    run: Callable[[W], Awaitable[Facts]]


@dataclass(frozen=True)
class StepReport:
    """How one step went. `error` is None if it was as expected."""

    name: str
    title: str
    milliseconds: float
    facts: Facts = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True)
class Report:
    """How the scenario went. Steps after one that failed are not run."""

    steps: Sequence[StepReport]
    expected_steps: int

    @property
    def ok(self) -> bool:
        """Whether every step ran and was as expected."""
        return len(self.steps) == self.expected_steps and all(step.error is None for step in self.steps)

    @property
    def milliseconds(self) -> float:
        """How long all steps took."""
        return sum(step.milliseconds for step in self.steps)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON."""
        return {"ok": self.ok, "milliseconds": round(self.milliseconds, 1), "steps": [asdict(s) for s in self.steps]}


async def play(
    steps: Sequence[Step[W]],
    world: W,
    *,
    began: Callable[[Step[W]], None] = lambda _: None,
    ended: Callable[[StepReport], None] = lambda _: None,
) -> Report:
    """Run steps in order until one fails.

    Args:
        world: what the steps share.
        began, ended: are told of each step.
    """
    reports: list[StepReport] = []
    for step in steps:
        began(step)
        reports.append(await _run(step, world))
        ended(reports[-1])
        if reports[-1].error is not None:
            break
    return Report(reports, len(steps))


async def _run(step: Step[W], world: W) -> StepReport:
    start = perf_counter()
    facts: Facts = {}
    error: str | None = None
    try:
        facts = await step.run(world)
    except (Unexpected, DemoError, WaslError, httpx.HTTPError, TimeoutError, OSError) as reason:
        error = f"{type(reason).__name__}: {reason}"
    return StepReport(step.name, step.title, round((perf_counter() - start) * 1000, 1), facts, error)
