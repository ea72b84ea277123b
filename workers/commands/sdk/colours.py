"""`sdk/wasl/_sync` from `sdk/wasl/_async`: the same code in the other colour, word by word.

Only `runtime.py`, which holds what differs in more than `async` and `await`, is kept by hand in both.
"""

import io
import re
import tokenize
from pathlib import Path

BANNER = "# Made by `wasl sdk sync` from wasl/_async/{name}: do not edit.\n"
KEPT_BY_HAND = frozenset({"runtime.py"})

DROPPED = frozenset({"async", "await"})
RENAMED = {"_async": "_sync", "aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}
_ASYNC_CLASS = re.compile(r"\bAsync(?=[A-Z])")


def sync_sources(directory: Path) -> dict[str, str]:
    """Return the synchronous sources of the asynchronous ones in `directory`, by file name, unformatted."""
    return {
        path.name: BANNER.format(name=path.name) + without_colour(path.read_text())
        for path in sorted(directory.glob("*.py"))
        if path.name not in KEPT_BY_HAND
    }


def without_colour(source: str) -> str:
    """Return asynchronous source as synchronous source.

    Tokens are replaced where they stand, so that comments and line breaks stay as they are.
    """
    lines = source.splitlines(keepends=True)
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(source).readline))):
        if token.type not in (tokenize.NAME, tokenize.STRING, tokenize.COMMENT):
            continue
        (row, start), (end_row, end) = token.start, token.end
        if token.string in DROPPED:
            after = lines[row - 1][end:]
            lines[row - 1] = lines[row - 1][:start] + after.lstrip(" ")
        elif row == end_row:
            lines[row - 1] = lines[row - 1][:start] + _renamed(token.string) + lines[row - 1][end:]
        else:
            for index in range(row - 1, end_row):
                lines[index] = _renamed(lines[index])
    return "".join(lines)


def _renamed(text: str) -> str:
    return RENAMED.get(text) or _ASYNC_CLASS.sub("", text)
