"""What Postgres itself refuses, before any function of the hub sees it: which argument it is about."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from wasl import InvalidRequest

from tests.support.hubs import AnyHub, FakeHub, collect, done

SOME_ID = UUID(int=7)
ORDER: dict[str, Any] = {"reference": "order-1"}
QUESTION: dict[str, Any] = {"recipient": {"city": "Dubai", "country": "AE"}, "parcels": [{"weight_kg": "1.2"}]}


@pytest.mark.parametrize(
    ("message", "call", "field"),
    [
        (
            'invalid input value for enum service_level: "tomorrow"',
            lambda hub: hub.shipments.create(**ORDER, level="tomorrow"),
            "level",
        ),
        (
            'invalid input value for enum service_level: "tomorrow"',
            lambda hub: hub.shipments.quote(**QUESTION, levels=["express", "tomorrow"]),
            "levels",
        ),
        (
            'invalid input value for enum shipment_status: "lost"',
            lambda hub: collect(hub.shipments.list(status=["created", "lost"])),
            "status",
        ),
        (
            'null value in column "priority" of relation "shipping_providers" violates not-null constraint',
            lambda hub: hub.shipments.carriers.set(SOME_ID, priority=None),
            "priority",
        ),
        (
            'new row for relation "shipping_providers" violates check constraint '
            '"shipping_providers_stalled_after_hours_check"',
            lambda hub: hub.shipments.carriers.set(SOME_ID, stalled_after_hours=0, enabled=True),
            "stalled_after_hours",
        ),
        (
            'invalid input value for enum environment: "x"',
            lambda hub: hub.shipments.create(**ORDER, environment="x", service="x"),
            None,
        ),
        (
            'invalid input value for enum payment_status: "lost"',
            lambda hub: collect(hub.payments.list(status="lost", currency="AED")),
            "status",
        ),
        ("division by zero", lambda hub: hub.shipments.create(**ORDER), None),
    ],
    ids=[
        "argument",
        "one of a list",
        "filter",
        "column",
        "constraint",
        "two of that value",
        "one filter of two",
        "no value",
    ],
)
async def test_what_postgres_refuses_is_found_among_the_arguments(
    hub: AnyHub, server: FakeHub, message: str, call: Callable[[AnyHub], Any], field: str | None
) -> None:
    server.will_answer({"code": "22P02", "message": message, "details": None, "hint": None}, 400)
    with pytest.raises(InvalidRequest) as error:
        await done(call(hub))
    assert error.value.field == field
