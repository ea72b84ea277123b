"""`sdk/wasl/rows.py` from the database: what `supabase gen types --lang python` says, put right where it is wrong.

The generator (Supabase CLI 3.1.0) is taken at its word for tables, nullability and enums. Changed is this:

* `numeric` comes as `float`, which loses money: it becomes `Decimal`.
* `bytea` comes as `bytes`, which pydantic fills with PostgREST's text `\\x6869` itself: it becomes `Bytea`.
* `json` and `jsonb` come as `JsonValue`, which no narrower type may override in a subclass: it becomes `Any`.
* An enum's `Literal` would refuse what a newer hub adds: `SkipValidation` leaves it to type checkers.
* Columns that a signed-in client may not read are left out, and so are the `Insert` and `Update` types: clients write
  through RPCs.
* Computed columns, which it does not tell of, come after the others and may be null; `_computed` names them.
* Names lose the prefix `Public`, fields an `alias` that is the name itself, annotations their old spelling.
"""

import ast
from collections.abc import Iterator, Mapping

Columns = Mapping[str, Mapping[str, str]]
"""Of each table the columns that a client may read, with their Postgres types."""

HEADER = '''"""Rows as a signed-in client reads them. Made by `wasl sdk rows` from the database: do not edit."""

import datetime
import uuid
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeAlias

from pydantic import SkipValidation

from wasl._row import Bytea, Row
'''
TRUE_TYPES = {"numeric": "Decimal", "bytea": "Bytea", "json": "Any", "jsonb": "Any"}
COMPUTED_TYPES = {"json": "Any", "jsonb": "Any", "text": "str | None", "_text": "list[str] | None"}
PREFIX = "Public"


def row_models(generated: str, columns: Columns, computed: Columns) -> str:
    """Return the source of `rows.py`, unformatted.

    Args:
        generated: the output of `supabase gen types --lang python --schema public`.
        columns: what the query `client_columns` found.
        computed: what the query `computed_columns` found.

    Raises:
        ValueError: the generator's output lacks a table or a column, or a computed column is of a type not seen before.
    """
    statements = ast.parse(generated).body
    enums = [_enum(statement) for statement in statements if isinstance(statement, ast.AnnAssign)]
    rows = {statement.name: statement for statement in statements if isinstance(statement, ast.ClassDef)}
    classes = []
    for table, types in columns.items():
        name = "".join(part.capitalize() for part in table.split("_"))
        if PREFIX + name not in rows:
            raise ValueError(f"the generator made no class for the table {table}")
        fields = [*_fields(rows[PREFIX + name], types), *_computed_fields(computed.get(table, {}))]
        classes.append(f"class {name}(Row):\n" + "\n".join(fields))
    return "\n\n".join([HEADER, *enums, *classes]) + "\n"


def _enum(statement: ast.AnnAssign) -> str:
    name, values = ast.unparse(statement.target).removeprefix(PREFIX), ast.unparse(statement.value or statement)
    return f"{name}: TypeAlias = SkipValidation[{values}]"


def _fields(row: ast.ClassDef, types: Mapping[str, str]) -> Iterator[str]:
    """The lines of the columns in `types`, in that order."""
    annotations = dict(_column(field) for field in row.body if isinstance(field, ast.AnnAssign))
    for column, postgres_type in types.items():
        if column not in annotations:
            raise ValueError(f"the generator's class {row.name} has no column {column}")
        yield f"    {column}: {_annotation(annotations[column], postgres_type)}"


def _computed_fields(types: Mapping[str, str]) -> Iterator[str]:
    for column, postgres_type in types.items():
        if postgres_type not in COMPUTED_TYPES:
            raise ValueError(f"the computed column {column} is of the type {postgres_type}")
        yield f"    {column}: {COMPUTED_TYPES[postgres_type]}"
    if types:
        yield f"    _computed: ClassVar[tuple[str, ...]] = {tuple(types)}"


def _column(field: ast.AnnAssign) -> tuple[str, ast.expr]:
    """The column, which is the field's `alias` whatever the generator called the field, and its annotation."""
    call = field.value
    if not isinstance(call, ast.Call) or not call.keywords or call.keywords[0].arg != "alias":
        raise ValueError(f"a field without an alias: {ast.unparse(field)}")
    return str(ast.literal_eval(call.keywords[0].value)), field.annotation


def _annotation(annotation: ast.expr, postgres_type: str) -> str:
    nullable = isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Optional"
    inner = annotation.slice if isinstance(annotation, ast.Subscript) and nullable else annotation
    text = TRUE_TYPES.get(postgres_type) or ast.unparse(inner).replace("List[", "list[").replace(PREFIX, "")
    return f"{text} | None" if nullable and text != "Any" else text
