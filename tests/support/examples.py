"""The examples in the documents, run as somebody who reads them would."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def examples(page: Path) -> list[str]:
    """The Python of a page, block by block."""
    return [block.split("```")[0] for block in page.read_text().split("```python\n")[1:]]


async def run(example: str, names: dict[str, Any], replacing: Mapping[str, str] | None = None) -> None:
    """Run a block with the names that the blocks before it left.

    :param replacing: what a reader would put in place of a text; each is there.
    """
    for text, real in (replacing or {}).items():
        assert text in example, f"there is no {text} to replace"
        example = example.replace(text, real)
    await asyncio.to_thread(exec, example, names)
