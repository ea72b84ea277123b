"""Putting requests together; shared by both colours, for nothing here does I/O."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar
from uuid import UUID, uuid4

from postgrest.base_request_builder import BaseSelectRequestBuilder, RequestConfig

from wasl._complaints import filters
from wasl.errors import InvalidRequest

Amount: TypeAlias = str | Decimal | int
"""An amount of money in major units: ``"99.00"``, ``Decimal("99.00")`` or ``99``. Never a float."""

Id: TypeAlias = UUID | str

Builder = TypeVar("Builder", bound=BaseSelectRequestBuilder[Any])

PAGE_SIZE = 100


def new_traceparent() -> str:
    """Return a new trace in the form of W3C's header: what the hub does for a call is found under its id."""
    return f"00-{uuid4().hex}-{uuid4().hex[:16]}-01"


def given(**arguments: Any) -> dict[str, Any]:
    """Return the arguments that are not None: what is left out takes the hub's default."""
    return {name: value for name, value in arguments.items() if value is not None}


def amount_text(amount: Amount, field: str = "amount") -> str:
    """Return an amount as the decimal string that goes over the wire; whether it is a right one, the hub says.

    Raises:
        TypeError: not a str, Decimal or int. A float is refused because it is not what it seems: 0.1 + 0.2.
    """
    if isinstance(amount, bool) or not isinstance(amount, str | Decimal | int):
        raise TypeError(f'{field} must be a str, Decimal or int such as "99.00", not {type(amount).__name__}')
    return format(amount, "f") if isinstance(amount, Decimal) else str(amount)


def id_text(identifier: Id, field: str) -> str:
    """Return an identifier in its canonical form; raises InvalidRequest naming `field` when it is no UUID."""
    try:
        return str(identifier if isinstance(identifier, UUID) else UUID(identifier))
    except (ValueError, AttributeError, TypeError):
        raise InvalidRequest(
            f"{field} must be a UUID, not {identifier!r:.60}.", code=_invalid(field), field=field
        ) from None


def optional_id(identifier: Id | None, field: str) -> str | None:
    """As `id_text`, but None stays None."""
    return None if identifier is None else id_text(identifier, field)


def texts(values: Mapping[Any, Any], field: str) -> dict[str, str]:
    """Return facts as they go over the wire; raises TypeError naming the one that is no text."""
    return {str(name): text(value, f"{field}.{name}") for name, value in mapping(values, field).items()}


def text(value: str, field: str) -> str:
    """Return what has to be a str; raises TypeError naming it when it is none."""
    if not isinstance(value, str):
        raise TypeError(f"{field} must be a str, not {type(value).__name__}")
    return value


def mapping(value: Mapping[Any, Any], field: str) -> Mapping[Any, Any]:
    """Return what has to be a dict; raises TypeError naming it when it is none."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{field} must be a dict, not {type(value).__name__}")
    return value


def time_text(time: datetime | None, field: str) -> str | None:
    """Return a moment as it goes over the wire; None stays None.

    Raises:
        TypeError: it is no datetime.
        InvalidRequest: it lacks a time zone.
    """
    if time is None:
        return None
    if not isinstance(time, datetime):
        raise TypeError(f"{field} must be a datetime with a time zone, not {type(time).__name__}")
    if time.utcoffset() is None:
        message = f"{field} needs a time zone: datetime.now(timezone.utc)."
        raise InvalidRequest(message, code=_invalid(field), field=field)
    return time.isoformat()


def _invalid(field: str) -> str:
    """The hub's code for an argument that is wrong, which it names without what is below it."""
    return f"invalid_{field.partition('.')[0]}"


def call_key(idempotency_key: str | None) -> str:
    """Return the key of one call: the caller's, or a new one."""
    return str(uuid4()) if idempotency_key is None else idempotency_key


def sent_with(request: RequestConfig[Any]) -> Mapping[str, Any]:
    """Return what a request says: its arguments or changes, or else the values that its filters ask for."""
    return request.json if isinstance(request.json, Mapping) else filters(request.params.multi_items())


def narrow(
    builder: Builder, equal: Mapping[str, Any], *, time: str, after: datetime | None, before: datetime | None
) -> Builder:
    """Add filters to a query.

    Args:
        builder: the query; it is changed and returned.
        equal: columns and the value, or one of several values, that they must have; None does not filter.
        time: the column of time that `after` and `before` (both exclusive) speak of.
    """
    for name, value in equal.items():
        if isinstance(value, Sequence) and not isinstance(value, str):
            builder = builder.in_(name, [str(item) for item in value])
        elif value is not None:
            builder = builder.eq(name, value)
    what = time.removesuffix("_at")
    if after is not None:
        builder = builder.gt(time, time_text(after, f"{what}_after"))
    if before is not None:
        builder = builder.lt(time, time_text(before, f"{what}_before"))
    return builder


def newest_first(builder: Builder, time: str, *, size: int, last: tuple[datetime, UUID] | None) -> Builder:
    """Make a query one page of a listing: `size` rows that come after `last`, by time and then id, both falling."""
    builder = builder.order(time, desc=True).order("id", desc=True).limit(size)
    if last is not None:
        moment, identifier = last[0].isoformat(), last[1]
        # Earlier, or at the same moment with a smaller id; said so that an index on the time bounds it.
        builder = builder.lte(time, moment).or_(f'{time}.lt."{moment}",id.lt.{identifier}')
    return builder
