"""Labels and papers on their way to the object store: safe from the moment they are bought, whatever happens to stores
and workers. No worker is at work but those that the tests start."""

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.operations.conftest import job_row
from tests.operations.shipping.conftest import BUCKET, HUB_URL, OpensDesk, label_of, over, printed
from tests.support.workplace import Row, Workplace, until
from workers.objects.folder import FolderStore
from workers.operations.jobs import Done
from workers.operations.shipping.documents import DocumentHandlers
from workers.store.documents import PostgresDocuments
from workers.store.jobs import PostgresQueue

pytestmark = pytest.mark.usefixtures("no_faults")


async def test_a_label_is_kept_in_the_transaction_that_says_it_is_bought(
    workplace: Workplace, open_desk: OpensDesk
) -> None:
    desk = await open_desk("fedex")
    async with workplace.working():  # without a store
        shipment = await desk.shipped()
    (label,) = await desk.documents(shipment)
    (event,) = await desk.events(shipment)
    assert label["content"].startswith(b"%PDF")
    rows = await desk.hub.one(
        "select d.xmin = e.xmin as together from public.shipment_documents d, public.shipment_events e"
        " where d.id = %s and e.id = %s",
        label["id"],
        event["id"],
    )
    assert rows["together"]


async def test_while_there_is_no_store_it_stays_and_waits(workplace: Workplace, open_desk: OpensDesk) -> None:
    desk = await open_desk("fedex")
    async with workplace.working():
        shipment = await desk.shipped()
        (label,) = await desk.documents(shipment)

        async def put_off() -> Row | None:
            job = await job_row(workplace, label["id"])
            return job if job and job["last_error"] else None

        job = await until(put_off)
        assert (job["last_error"]["code"], job["attempt"]) == ("files_unavailable", 0)
        link = await over(desk, await desk.hub.call("link_document", document_id=label["id"]))
        assert (link["status"], link["error"]["code"]) == ("failed", "files_unavailable")
        printing = await printed(desk, shipment)
        assert (printing["status"], printing["error"]["code"]) == ("failed", "files_unavailable")
    (label,) = await desk.documents(shipment)
    assert (label["stored_at"], label["content"][:4]) == (None, b"%PDF")


async def test_a_store_that_is_down_is_waited_for(workplace: Workplace, open_desk: OpensDesk, tmp_path: Path) -> None:
    desk = await open_desk("fedex")
    place = tmp_path / "files"
    async with workplace.working(files=place, public_url=HUB_URL):
        (place / str(desk.organization_id)).write_bytes(b"in the way")  # root can write into any folder
        shipment = await desk.shipped()
        (label,) = await desk.documents(shipment)

        async def put_off() -> bool:
            job = await job_row(workplace, label["id"])
            return job is not None and job["last_error"] is not None

        await until(put_off)
        (place / str(desk.organization_id)).unlink()
        await workplace.database.execute("update private.jobs set run_at = now() where id = %s", [label["id"]])
        stored = await label_of(desk, shipment)
    assert stored["content"] is None
    assert (place / stored["path"]).read_bytes().startswith(b"%PDF")


async def test_who_is_killed_between_putting_and_noting_it_leaves_it_to_the_next(
    workplace: Workplace, open_desk: OpensDesk, tmp_path: Path
) -> None:
    desk = await open_desk("fedex")
    async with workplace.working():
        shipment = await desk.shipped()
    (label,) = await desk.documents(shipment)
    store = FolderStore(tmp_path, bucket=BUCKET, public_url=HUB_URL)
    handlers = DocumentHandlers(PostgresDocuments(workplace.pool), store, link_seconds=60)
    await workplace.database.execute("update private.jobs set run_at = now() where id = %s", [label["id"]])
    jobs = await PostgresQueue(workplace.pool).claim(uuid4(), ["document.store"], 100, 60.0)
    (job,) = [each for each in jobs if each.id == label["id"]]
    assert isinstance(await handlers.store(job), Done)  # and it dies before it says so
    (label,) = await desk.documents(shipment)
    assert (tmp_path / label["path"]).read_bytes() == label["content"]

    await workplace.database.execute("update private.jobs set lease_until = now() where id = %s", [label["id"]])
    async with workplace.working(files=tmp_path, public_url=HUB_URL):
        stored = await label_of(desk, shipment)
    assert stored["content"] is None
    assert (tmp_path / stored["path"]).read_bytes() == label["content"]


async def test_two_who_print_at_once_make_one_file(workplace: Workplace, open_desk: OpensDesk, tmp_path: Path) -> None:
    desk = await open_desk("fedex")
    async with (
        workplace.working(files=tmp_path, public_url=HUB_URL),
        workplace.working(files=tmp_path, public_url=HUB_URL),
    ):
        shipments = [await desk.shipped() for _ in range(2)]
        asked = [await desk.hub.call("print_labels", shipment_ids=[each["id"] for each in shipments]) for _ in range(4)]
        done = await asyncio.gather(*(over(desk, each) for each in asked))
    assert {each["status"] for each in done} == {"succeeded"}
    (document_id,) = {each["result"]["document_id"] for each in done}
    query = "select count(*) from public.shipment_documents where id = %s"
    assert (await desk.hub.one(query, UUID(document_id)))["count"] == 1
