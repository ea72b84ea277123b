"""The tests of a matrix: one for each of its lines, which tells of every role in it that fails."""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from itertools import groupby
from typing import Any

import pytest

Check = Callable[..., Awaitable[None]]


def each_role(cells: Iterable[Any]) -> Callable[[Check], Check]:
    """Make of a check of one `cell` a test of a whole line: a test for each cell would spend most of its time on
    beginning and ending.

    :param cells: in the order of the lines; of each the first part names the line, and `role` the role.
    """
    lines = [pytest.param([*line], id=name) for name, line in groupby(cells, key=lambda cell: cell[0])]

    def decorate(check: Check) -> Check:
        async def test(line: list[Any], **fixtures: Any) -> None:
            failures = []
            for cell in line:
                try:
                    await check(cell=cell, **fixtures)
                except Exception as failure:
                    failure.add_note(f"as {cell.role}")
                    failures.append(failure)
            if failures:
                raise ExceptionGroup(f"{len(failures)} of {len(line)} roles", failures)

        wanted = inspect.signature(check)
        names = [each.replace(name="line") if name == "cell" else each for name, each in wanted.parameters.items()]
        test.__name__, test.__doc__ = check.__name__, check.__doc__
        test.__signature__ = wanted.replace(parameters=names)  # type: ignore[attr-defined]
        return pytest.mark.parametrize("line", lines)(test)

    return decorate
