"""Named SQL: each statement stands in a ``.sql`` file of this package under a line ``-- name: claim_jobs``."""

import re
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType
from typing import LiteralString

_NAME = re.compile(r"^-- name: *([a-z][a-z0-9_]*) *$")


class QueryFileError(ValueError):
    """A ``.sql`` file is not a sequence of uniquely named statements."""


def load_queries(file: str) -> Mapping[str, LiteralString]:
    """Return the named statements of ``workers/store/<file>.sql``, read-only.

    Raises:
        FileNotFoundError: there is no such file.
        QueryFileError: text before the first name, a name given twice, or a name without a statement.
    """
    text = resources.files(__package__).joinpath(f"{file}.sql").read_text(encoding="utf-8")
    return parse_queries(file, text)


def parse_queries(file: str, text: str) -> Mapping[str, LiteralString]:
    """Split ``text`` at its ``-- name:`` lines; ``file`` only labels the statements and the errors.

    Lines that are comments are dropped, so that a ``%`` in them is no placeholder. Each statement begins with
    a comment ``-- file.name`` by which ``pg_stat_activity`` and ``pg_stat_statements`` tell where it comes from.
    """
    statements: dict[str, list[str]] = {}
    current: list[str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if named := _NAME.match(line):
            if named[1] in statements:
                raise QueryFileError(f"{file}.sql:{number}: the name {named[1]!r} is given twice")
            current = statements[named[1]] = []
        elif line.lstrip().startswith("-- name:"):
            raise QueryFileError(f"{file}.sql:{number}: not a snake_case name: {line.strip()!r}")
        elif line.strip() and not line.lstrip().startswith("--"):
            if current is None:
                raise QueryFileError(f"{file}.sql:{number}: a statement without a '-- name:' line")
            current.append(line.rstrip())
    return MappingProxyType({name: _statement(file, name, lines) for name, lines in statements.items()})


def _statement(file: str, name: str, lines: list[str]) -> LiteralString:
    body = "\n".join(lines).removesuffix(";")
    if not body:
        raise QueryFileError(f"{file}.sql: {name!r} has no statement")
    return f"-- {file}.{name}\n{body}"  # from a file that ships with the package: as good as a literal
