"""What every row has in common."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, get_args
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict


def _from_hex(value: Any) -> Any:
    """PostgREST shows `bytea` as ``\\x`` and hexadecimal digits."""
    return bytes.fromhex(value[2:]) if isinstance(value, str) and value.startswith("\\x") else value


Bytea = Annotated[bytes, BeforeValidator(_from_hex)]


class Row(BaseModel):
    """A row of a table: read-only, and indifferent to columns that a newer hub has added."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)
    _computed: ClassVar[tuple[str, ...]] = ()


class Identified(Row):
    """A row of which only the id matters."""

    id: UUID


# Functions, not methods: a method's name might be a column's.


def columns_of(model: type[Row], *, without: str = "") -> str:
    """Return a model's columns as PostgREST's `select` takes them, perhaps without one that is large."""
    return ",".join(name for name in model.model_fields if name != without)


def selection_of(shape: Any) -> str | None:
    """Return the `select` of a call that answers with `shape`, a row or a list of rows: computed columns come only when
    they are named. None where nothing need be said."""
    for model in (shape, *get_args(shape)):
        if isinstance(model, type) and issubclass(model, Row) and model._computed:
            return ",".join(["*", *model._computed])
    return None


def place_of(row: Row, time: str) -> tuple[datetime, UUID]:
    """Return where a row stands in a listing by a column of time and then by id."""
    values = row.model_dump(include={time, "id"})
    return values[time], values["id"]
