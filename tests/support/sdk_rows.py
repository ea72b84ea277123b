"""Rows as PostgREST shows them, for tests that need no database."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID, uuid4

from wasl import Operation, Payment, Quote, Shipment
from wasl._row import Row

from tests.support.hubs import FakeHub

MOMENT = "2026-11-23T20:00:00.123456+00:00"
PLAIN: Mapping[Any, Any] = {
    str: "text",
    int: 1,
    bool: False,
    float: 0.5,
    Decimal: "99.00",
    bytes: "\\x00ff",
    datetime.datetime: MOMENT,
    datetime.date: "2026-11-23",
    list: [],
    Any: {},
}


def row(model: type[Row], **given: Any) -> dict[str, Any]:
    """A row of any table: what may be missing is, and whatever a migration adds is there."""
    return {name: _value(field.annotation) for name, field in model.model_fields.items()} | given


def operation_row(**given: Any) -> dict[str, Any]:
    """A pending operation."""
    return row(Operation, **{"kind": "payment.create", "status": "pending", **given})


def payment_row(**given: Any) -> dict[str, Any]:
    """A pending payment of AED 99.00."""
    return row(Payment, **{"currency": "AED", "reference": "order-1", "status": "pending", **given})


def quote_row(**given: Any) -> dict[str, Any]:
    """A quote as the table has it, without rates; pending."""
    made = row(Quote, **{"status": "pending", "failures": [], **given})
    del made["rates"]
    return made


def shipment_row(**given: Any) -> dict[str, Any]:
    """A pending shipment of order-1."""
    return row(Shipment, **{"reference": "order-1", "status": "pending", "parcels": [], **given})


def will_be_carried_out(server: FakeHub, **given: Any) -> None:
    """The operation that a call began is first pending, then succeeded."""
    operation = operation_row(**given)
    server.will_answer(operation)
    server.will_answer([operation | {"status": "succeeded"}])


def _value(annotation: Any) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _value(arguments[0])
    if type(None) in arguments:
        return None
    if annotation is UUID:
        return str(uuid4())
    if origin is Literal:
        return arguments[0]
    return PLAIN.get(origin or annotation, {})
