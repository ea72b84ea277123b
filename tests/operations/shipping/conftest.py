"""A worker that keeps files in a folder, and desks that ship through it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

import pytest

from tests.operations.conftest import job_row
from tests.support.carriers import every_carrier
from tests.support.desks import Desk
from tests.support.workplace import Row, Workplace, until
from workers.objects.folder import FolderStore
from workers.runtime import Worker

CARRIERS = every_carrier()
HUB_URL = "http://hub.test"
BUCKET = "wasl-documents"

OpensDesk: TypeAlias = Callable[..., Awaitable[Desk]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where labels and papers lie."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def files(folder: Path) -> FolderStore:
    """The store in it, as the worker has it."""
    return FolderStore(folder, bucket=BUCKET, public_url=HUB_URL)


@pytest.fixture(scope="module")
async def worker(workplace: Workplace, folder: Path) -> AsyncIterator[Worker]:
    """A worker, at work all the while; it needs a keyring, which comes with the first organization."""
    await workplace.organization()
    async with workplace.working(files=folder, public_url=HUB_URL, files_bucket=BUCKET) as worker:
        yield worker


@pytest.fixture
def open_desk(workplace: Workplace) -> OpensDesk:
    """A function that opens an organization with carriers, by their keys, considered in this order."""

    async def open(*keys: str) -> Desk:
        return await Desk.open(workplace, *(CARRIERS[key] for key in keys))

    return open


async def ended(desk: Desk, subject: Row, kind: str = "shipment.create") -> Row:
    """The operation of a kind about something, once it is over."""
    return await desk.hub.finished(subject["id"], kind)


async def put_off(desk: Desk, shipment: Row, code: str) -> Row:
    """The job that buys a label, once it has been tried in vain, with an error of that code."""
    operation = await desk.hub.operation(shipment["id"], "shipment.create")

    async def tried() -> Row | None:
        job = await job_row(desk.hub, operation["id"])
        return job if job is not None and (job["last_error"] or {}).get("code") == code else None

    job: Row = await until(tried)
    return job


async def try_again(desk: Desk, job: Row) -> None:
    """Let time pass until a job that was put off is tried again."""
    await desk.hub.database.execute("update private.jobs set run_at = now() where id = %s", [job["id"]])


async def needs_attention(desk: Desk, connection_id: UUID) -> bool:
    """Whether a connection asks for attention, and somebody has been told."""
    query = "select status::text from public.integration_connections where id = %s"
    alerts = "select 1 from public.alerts where group_key = %s and status = 'open'"
    status = (await desk.hub.one(query, connection_id))["status"]
    told = await desk.hub.all(alerts, f"connection.needs_attention:{connection_id}")
    return status == "needs_attention" and len(told) == 1


async def printed(desk: Desk, *shipments: Row) -> Row:
    """The operation that puts the labels of shipments into one file, once it is over."""
    ids = [each["id"] for each in shipments]
    operation = await desk.hub.call("print_labels", shipment_ids=ids)
    return await over(desk, operation)


async def over(desk: Desk, operation: Row) -> Row:
    """An operation once it is over."""

    async def no_longer_pending() -> Row | None:
        row = await desk.hub.one("select * from public.operations where id = %s", operation["id"])
        return None if row["status"] == "pending" else row

    row: Row = await until(no_longer_pending)
    return row


async def label_of(desk: Desk, shipment: Row) -> Row:
    """A shipment's one label, once the object store has it."""

    async def stored() -> Row | None:
        (label,) = [each for each in await desk.documents(shipment) if each["kind"] == "label"]
        return label if label["stored_at"] else None

    label: Row = await until(stored)
    return label
