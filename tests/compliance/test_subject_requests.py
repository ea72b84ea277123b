"""What people ask about their data, carried out by a worker: at the tools, in the object store, and after a crash."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.offices import Office, a_job
from tests.support.tools import mailchimp
from tests.support.workplace import Row, Workplace, until
from workers.compliance.subject_requests import SubjectRequestHandlers
from workers.objects import NoStore
from workers.objects.folder import FolderStore
from workers.operations.jobs import Done, Job, Later
from workers.providers.errors import NotFound
from workers.store.privacy import PostgresPrivacy

EMAIL = "ayesha@example.ae"


async def ask(office: Office, kind: str, **arguments: Any) -> Row:
    given = {"email": EMAIL, "organization_id": office.organization_id, **arguments}
    return await office.hub.call("create_subject_request", kind=kind, **given)


async def completed(office: Office, request: Row) -> Row:
    async def over() -> Row | None:
        row = await office.hub.one("select * from public.data_subject_requests where id = %s", request["id"])
        return row if row["finished_at"] else None

    found: Row = await until(over)
    return found


async def archives(folder: Path, office: Office) -> list[Path]:
    return sorted((folder / str(office.organization_id) / "privacy").glob("*.json"))


@pytest.mark.usefixtures("worker", "no_faults")
async def test_an_erasure_reaches_the_tool_and_is_certified(office: Office) -> None:
    connection_id = await office.connect(mailchimp.TOOL)
    await office.synchronize(connection_id)
    await office.agreed(EMAIL, first_name="Ayesha")
    await office.pushed(connection_id)

    request = await completed(office, await ask(office, "erasure"))

    async with office.dashboard(connection_id) as tool:
        with pytest.raises(NotFound):
            await tool.find_contact(EMAIL)
    [lead] = await office.leads()
    assert (lead["status"], lead["email"]) == ("deleted", None)
    steps = {step["place"]: step for step in request["certificate"]["steps"]}
    assert (steps["provider:mailchimp"]["status"], steps["provider:mailchimp"]["rows"]) == ("done", 1)
    shown = await office.hub.call("subject_certificate", request_id=request["id"])
    assert shown["subject_certificate"]["intact"] is True
    keys = "select 1 from private.subject_keys where organization_id = %s"
    assert await office.hub.all(keys, office.organization_id) == []


@pytest.mark.usefixtures("worker", "no_faults")
async def test_a_copy_lies_in_the_object_store_behind_a_link_that_expires(office: Office, folder: Path) -> None:
    await office.agreed(EMAIL, first_name="Ayesha")
    await office.lead(email="omar@example.ae")

    request = await completed(office, await ask(office, "portability"))

    [path] = await archives(folder, office)
    copy = json.loads(path.read_text())
    assert copy["subject"] == {"email": EMAIL}
    assert [row["first_name"] for row in copy["data"]["public.leads"]] == ["Ayesha"]
    assert copy["data"]["public.lead_consents"][0]["purpose"] == "marketing_email"
    assert "omar" not in path.read_text()
    link = await office.over(await office.hub.call("link_subject_archive", request_id=request["id"]))
    assert link["result"]["url"].startswith(
        f"http://hub.example/storage/v1/object/sign/wasl-documents/{path.parent.parent.name}"
    )

    await completed(office, await ask(office, "erasure"))
    await office.hub.database.execute("select private.enqueue_expired_archives()")

    async def emptied() -> bool:
        return await asyncio.to_thread(path.read_text) == '{"expired":true}'

    await until(emptied)


async def ask_aside(office: Office, kind: str, **arguments: Any) -> tuple[Row, Job]:
    """A request, and its job, which no worker gets to see."""
    async with office.hub.database.transaction():
        request = await ask(office, kind, **arguments)
        query = "select id from public.operations where subject_id = %s and kind = 'privacy.request'"
        operation = await office.hub.one(query, request["id"])
        await office.hub.database.execute("delete from private.jobs where id = %s", [operation["id"]])
    return request, a_job("privacy.request", operation["id"], office.organization_id)


class TestWithoutAWorker:
    """The handler by itself, on jobs that no worker sees."""

    async def test_while_there_is_no_store_the_request_waits(self, workplace: Workplace, tmp_path: Path) -> None:
        office = await Office.open(workplace)
        await office.lead(email=EMAIL)
        request, job = await ask_aside(office, "access")
        privacy = PostgresPrivacy(workplace.pool)

        outcome = await SubjectRequestHandlers(privacy, NoStore(), link_seconds=60).carry_out(job)
        assert isinstance(outcome, Later)
        assert (outcome.counted, (outcome.error or {})["code"]) == (False, "files_unavailable")

        store = FolderStore(tmp_path, bucket="b", public_url="http://hub.example")
        assert isinstance(await SubjectRequestHandlers(privacy, store, link_seconds=60).carry_out(job), Done)
        assert (await completed(office, request))["status"] == "completed"

    async def test_who_dies_after_writing_the_copy_writes_it_again_to_the_same_place(
        self, workplace: Workplace, tmp_path: Path
    ) -> None:
        office = await Office.open(workplace)
        for number in range(3):
            await office.lead(phone="+971501234567", email=f"ayesha{number}@example.ae")
        request, job = await ask_aside(office, "access", email=None, phone="+971501234567")
        privacy = PostgresPrivacy(workplace.pool)

        class Dying(FolderStore):
            async def put(self, path: str, content: bytes, content_type: str) -> None:
                await super().put(path, content, content_type)
                raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            dying = Dying(tmp_path, bucket="b", public_url="http://hub.example")
            await SubjectRequestHandlers(privacy, dying, link_seconds=60, bite=2).carry_out(job)
        first = await archives(tmp_path, office)
        store = FolderStore(tmp_path, bucket="b", public_url="http://hub.example")
        await SubjectRequestHandlers(privacy, store, link_seconds=60, bite=2).carry_out(job)

        assert await archives(tmp_path, office) == first
        assert len(json.loads(first[0].read_text())["data"]["public.leads"]) == 3
        assert (await completed(office, request))["certificate"]["steps"][0]["rows"] > 3

    async def test_labels_are_emptied_in_the_store_before_their_rows_go(
        self, workplace: Workplace, tmp_path: Path
    ) -> None:
        office = await Office.open(workplace)
        document = await shipped(office)
        store = FolderStore(tmp_path, bucket="b", public_url="http://hub.example")
        await store.put(document["path"], b"%PDF Ayesha", "application/pdf")
        _, job = await ask_aside(office, "erasure")

        await SubjectRequestHandlers(PostgresPrivacy(workplace.pool), store, link_seconds=60).carry_out(job)

        assert await store.get(document["path"]) == b""
        left = "select 1 from public.shipment_documents where id = %s"
        assert await workplace.all(left, document["id"]) == []


async def shipped(office: Office) -> Row:
    """A delivered parcel to the person, with a label that the store has."""
    shipment = await office.hub.one(
        """
        with made as (
            insert into public.shipments (organization_id, environment, reference, status, origin, destination, parcels,
                ships_at, description, currency, created_by)
            values (%s, 'sandbox', 'a', 'delivered', '{}', '{}', '[]', now(), 'Shoes', 'AED', 'service')
            returning id, organization_id
        )
        select m.id, private.keep_parties(m.organization_id, 'shipment', m.id, jsonb_build_object(
            'recipient', jsonb_build_object('name', 'Ayesha', 'email', %s::text)))
        from made m
        """,
        office.organization_id,
        EMAIL,
    )
    return await office.hub.one(
        """
        insert into public.shipment_documents
            (organization_id, shipment_id, kind, format, path, sha256, bytes, stored_at)
        values (%s, %s, 'label', 'pdf', %s || '/label.pdf', repeat('0', 64), 11, now()) returning *
        """,
        office.organization_id,
        shipment["id"],
        str(office.organization_id),
    )
