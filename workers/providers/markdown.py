"""Tables in Markdown, as the generated pages have them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table; a bar or a line's end within a cell does not break it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(str(each)) for each in line) + " |" for line in lines)


def listed(values: Sequence[str]) -> str:
    """Names one after the other, as code."""
    return ", ".join(f"`{each}`" for each in values)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
