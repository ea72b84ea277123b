"""Named queries: how a .sql file is read, and that the files and the code beside them agree."""

import ast
from importlib import resources

import pytest

from workers.store.queries import QueryFileError, load_queries, parse_queries

STORE = resources.files("workers.store")
SQL_FILES = sorted(entry.name.removesuffix(".sql") for entry in STORE.iterdir() if entry.name.endswith(".sql"))


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
    module = ast.parse(STORE.joinpath(f"{file}.py").read_text(encoding="utf-8"))
    used = {
        node.slice.value
        for node in ast.walk(module)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "QUERIES"
        and isinstance(node.slice, ast.Constant)
    }
    assert used == set(load_queries(file))
