"""The way a parcel goes, in steps that every carrier has by some name; and Wasl's own references, as carriers see them.

A twin keeps a `Journey` for each shipment and writes its events in the carrier's own codes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, timezone
from typing import Final
from uuid import UUID

GULF: Final = timezone(timedelta(hours=4))
RIYADH: Final = timezone(timedelta(hours=3))
ROAD: Final = ("created", "picked_up", "in_transit", "out_for_delivery", "delivered")
DETOURS: Final = ("exception", "returned", "cancelled")


class NoSuchStep(ValueError):
    """The step is not one of `ROAD` or `DETOURS`."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened. :param at: seconds since 1970."""

    name: str
    at: float
    place: str


@dataclass
class Journey:
    """What has happened to a parcel so far.

    :param now: the time in seconds since 1970.
    :param places: where each step happens; the origin and the destination by default.
    """

    now: Callable[[], float]
    origin: str
    destination: str
    steps: list[Step] = field(default_factory=list)
    places: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.steps:
            self._add("created")

    @property
    def current(self) -> str:
        """The last step."""
        return self.steps[-1].name

    def advance(self, to: str | None = None) -> None:
        """Go one step on, or as far as a named one, through all between; a detour happens at once.

        :raises NoSuchStep: there is no such step.
        """
        if to in DETOURS:
            self._add(to)
            return
        if to is not None and to not in ROAD:
            raise NoSuchStep(f"one of {', '.join((*ROAD, *DETOURS))}")
        made = max((ROAD.index(step.name) for step in self.steps if step.name in ROAD), default=0)
        until = min(made + 1, len(ROAD) - 1) if to is None else ROAD.index(to)
        if until <= made and self.current in DETOURS:  # on again after something was in the way
            self._add(ROAD[until])
        for name in ROAD[made + 1 : until + 1]:
            self._add(name)

    def _add(self, name: str) -> None:
        late = ROAD.index("out_for_delivery")
        is_far = (name in ROAD and ROAD.index(name) >= late) or name == "exception"
        place = self.places.get(name) or (self.destination if is_far else self.origin)
        at = float(int(self.now()))
        if self.steps and at <= self.steps[-1].at:  # carriers' clocks show seconds: no two steps in the same one
            at = self.steps[-1].at + 1
        self.steps.append(Step(name, at, place))


def own_reference(shipment_id: str) -> str:
    """A shipment's id as Wasl writes it in references: 26 letters and digits (RFC 4648 base 32 of the UUID)."""
    return base64.b32encode(UUID(shipment_id).bytes).decode("ascii").rstrip("=")
