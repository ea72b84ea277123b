"""What is fetched before the first page is there stays small: the rest of the dashboard comes when it is wanted."""

import gzip
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from stack.dashboard import DIST, build_dashboard
from stack.toolchain import find_toolchain

MOST_BYTES = 250_000
GZIP_LEVEL = 6
"""As the gateway packs it."""
FIRST_PAGE = ("index.html", "src/pages/overview/index.tsx")
TEXTS = ("common", "overview")


def scripts(manifest: Mapping[str, Mapping[str, Any]], names: Iterable[str]) -> set[str]:
    """The files of these parts of the build and of all that they import at once."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        part = manifest[waiting.pop()]
        if part["file"] not in found:
            found.add(part["file"])
            waiting += part.get("imports", ())
    return found


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_first_page_is_small(language: str) -> None:
    await build_dashboard(find_toolchain())
    manifest = json.loads((DIST / "manifest.json").read_text())
    texts = [f"src/locales/{language}/{name}.json" for name in TEXTS]
    sizes = {
        name: len(gzip.compress((DIST / name).read_bytes(), GZIP_LEVEL))
        for name in scripts(manifest, [*FIRST_PAGE, *texts])
    }
    largest = sorted(sizes.items(), key=lambda each: -each[1])[:8]
    assert sum(sizes.values()) <= MOST_BYTES, f"{sum(sizes.values())} bytes, most of them in {largest}"
