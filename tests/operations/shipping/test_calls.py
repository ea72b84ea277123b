"""What has been bought is bought: its papers neither take the time it was bought in, nor can they undo it."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from tests.operations.shipping.carriers import carrier
from tests.support.carriers.parcels import domestic
from workers.operations.jobs import Done, Job
from workers.operations.sending import Sending
from workers.operations.shipping import calls
from workers.operations.shipping.calls import CreateShipment
from workers.operations.shipping.requests import Choice
from workers.providers.errors import ProviderError, Unavailable
from workers.providers.shipping.models import Document, ExistingShipment, LabelFormat, ShipmentRequest, ShipmentResult

LIMIT_SECONDS = 0.05


class Printer:
    """A carrier whose labels are fetched after they were bought. :param printing: what becomes of that."""

    def __init__(self, printing: float | Exception) -> None:
        self.printing = printing
        self.bought = 0

    async def create_shipment(self, request: ShipmentRequest) -> ShipmentResult:
        self.bought += 1
        return ShipmentResult(tracking_number="TN-1")

    async def find_shipment(self, request: ShipmentRequest, *, attempted_at: datetime) -> ShipmentResult | None:
        return ShipmentResult(tracking_number="TN-1")

    async def get_documents(self, shipment: ExistingShipment, label_format: LabelFormat) -> tuple[Document, ...]:
        if isinstance(self.printing, Exception):
            raise self.printing
        await asyncio.sleep(self.printing)
        return ()


class Connectors:
    """Opens the one there is."""

    def __init__(self, printer: Printer) -> None:
        self.printer = printer

    async def open(self, row: object, operation_id: UUID | None = None) -> Any:
        return self.printer


class Marks:
    """Nobody cancels."""

    async def begin_sending(self, job: Job, connection_id: UUID, why: object, sent: Mapping[str, Any]) -> bool:
        return False


class Connections:
    """One connection."""

    async def load(self, connection_id: UUID) -> Any:
        return carrier(1)


def a_call() -> CreateShipment:
    work = SimpleNamespace(
        shipment_id=UUID(int=2), organization_id=UUID(int=3), reference="order-1", created_at=datetime.now(UTC),
        cancel_requested=False,
    )  # fmt: skip
    call = CreateShipment(work, Choice())  # type: ignore[arg-type]
    call.__dict__["request"] = domestic()
    return call


def a_job(**facts: Any) -> Job:
    plain = {
        "id": UUID(int=5), "claim_id": UUID(int=6), "kind": "shipment.create", "organization_id": UUID(int=3),
        "payload": {}, "run_at": datetime.now(UTC), "attempt": 1, "max_attempts": 5, "cancel_requested": False,
        "outcome_unknown": False, "created_at": datetime.now(UTC),
    }  # fmt: skip
    return Job(**{**plain, **facts})


def sending(printer: Printer) -> Sending:
    return Sending(Marks(), Connections(), Connectors(printer), seconds=LIMIT_SECONDS)  # type: ignore[arg-type]


async def test_a_slow_label_takes_no_time_from_buying() -> None:
    printer = Printer(2 * LIMIT_SECONDS)
    outcome = await sending(printer).to_one(a_job(), a_call(), UUID(int=1), {})
    assert (type(outcome), printer.bought) == (Done, 1)


async def test_a_label_that_never_comes_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "_LABEL_SECONDS", 0.01)
    assert isinstance(await sending(Printer(3600.0)).to_one(a_job(), a_call(), UUID(int=1), {}), Done)


@pytest.mark.parametrize("failure", [Unavailable("down"), ProviderError("odd"), ValueError("a fault of ours")])
async def test_a_label_that_fails_undoes_nothing(failure: Exception) -> None:
    assert isinstance(await sending(Printer(failure)).to_one(a_job(), a_call(), UUID(int=1), {}), Done)


async def test_neither_does_that_of_a_shipment_that_was_found() -> None:
    unknown = {"sent_to": str(UUID(int=1)), "sent_at": datetime.now(UTC).isoformat()}
    printer = Printer(ValueError("a fault of ours"))
    outcome = await sending(printer).before(a_job(outcome_unknown=True, payload=unknown), a_call())
    assert (type(outcome), printer.bought) == (Done, 0)
