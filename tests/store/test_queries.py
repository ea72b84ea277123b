"""Named queries: how a .sql file is read, and that the files and the code beside them agree."""

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from workers import store
from workers.store.queries import QueryFileError, load_queries, parse_queries

STORE = Path(store.__file__).parent
SQL_FILES = sorted(path.stem for path in STORE.glob("*.sql"))


def test_statements_are_found_under_their_names() -> None:
    queries = parse_queries("jobs", "-- name: one\nselect 1;\n\n-- name: two\nselect\n  2\n")
    assert dict(queries) == {"one": "-- jobs.one\nselect 1", "two": "-- jobs.two\nselect\n  2"}


def test_comment_lines_never_reach_the_statement() -> None:
    queries = parse_queries("jobs", "-- about 100% of it\n-- name: one\n  -- %(no)s placeholder\nselect %(id)s")
    assert queries["one"] == "-- jobs.one\nselect %(id)s"


def test_the_mapping_is_read_only() -> None:
    queries = parse_queries("jobs", "-- name: one\nselect 1")
    with pytest.raises(TypeError):
        queries["one"] = "select 2"  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("select 1", "jobs.sql:1: a statement without a '-- name:' line"),
        ("-- name: one\nselect 1\n-- name: one\nselect 2", "jobs.sql:3: the name 'one' is given twice"),
        ("-- name: one\n-- only words\n", "jobs.sql: 'one' has no statement"),
        ("-- name: Claim Jobs\nselect 1", "jobs.sql:1: not a snake_case name: '-- name: Claim Jobs'"),
    ],
)
def test_a_malformed_file_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(QueryFileError, match=f"^{complaint}$".replace("(", r"\(")):
        parse_queries("jobs", text)


@pytest.mark.parametrize("file", SQL_FILES)
def test_every_query_of_a_file_is_used_and_every_used_query_exists(file: str) -> None:
    users = [use for use in uses() if file in use.files]
    assert users, f"nobody loads {file}.sql"
    queries = set(load_queries(file))
    assert queries - {name for use in users for name in use.names} == set(), "never used"
    assert {name for use in users for name in use.subscripts} - queries == set(), "used and missing"


@dataclass
class Use:
    """What a module has to do with queries: the files that it loads, all its constants, and what it looks up."""

    files: set[str] = field(default_factory=set)
    names: set[object] = field(default_factory=set)
    subscripts: set[str] = field(default_factory=set)


@cache
def uses() -> list[Use]:
    """The use that each module makes of queries."""
    return [_use(ast.parse(path.read_text(encoding="utf-8"))) for path in STORE.parent.rglob("*.py")]


def _use(module: ast.Module) -> Use:
    use = Use()
    for node in ast.walk(module):
        match node:
            case ast.Constant(value=value):
                use.names.add(value)
            case ast.Call(func=ast.Name(id="load_queries"), args=[ast.Constant(value=file)]):
                use.files.add(str(file))
            case ast.Subscript(value=ast.Name(id="QUERIES"), slice=ast.Constant(value=name)):
                use.subscripts.add(str(name))
    return use
