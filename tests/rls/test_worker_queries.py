"""Every named query of the workers is planned in their name: it fits the schema, and their grants are enough for it."""

import re
from pathlib import Path

import psycopg
import pytest

from stack.toolchain import ROOT
from tests.support.callers import Row
from workers.store.queries import load_queries

NOT_THE_WORKERS = {"api_page", "client_columns", "roles", "schema_page", "subject_keys"}
"""What operators and developers run as the database's owner."""

PLACEHOLDER = re.compile(r"%(?:\(([a-z_]+)\))?[sbt]")

FILES = sorted(path.stem for path in Path(ROOT / "workers/store").glob("*.sql") if path.stem not in NOT_THE_WORKERS)
PLANNED = ("select", "insert", "update", "delete", "with")
"""How statements begin that have a plan."""


def has_plan(query: str) -> bool:
    """Whether the statement below its label can be explained."""
    return query.split("\n", 1)[1].lstrip().lower().startswith(PLANNED)


QUERIES = [(file, name) for file in FILES for name, query in load_queries(file).items() if has_plan(query)]


def numbered(query: str) -> str:
    """The query with $1, $2 … for its placeholders."""
    numbers: dict[str, str] = {}
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        if match[1] not in numbers:
            count += 1
            if match[1] is None:
                return f"${count}"
            numbers[match[1]] = f"${count}"
        return numbers[match[1]]

    return PLACEHOLDER.sub(number, query).replace("%%", "%")


@pytest.mark.parametrize(("file", "name"), QUERIES, ids=[f"{file}.{name}" for file, name in QUERIES])
async def test_planning(worker: psycopg.AsyncConnection[Row], file: str, name: str) -> None:
    query = load_queries(file)[name]

    # psycopg leaves a query without parameters as it is.
    await worker.execute(f"explain (generic_plan) {numbered(query)}".encode())
