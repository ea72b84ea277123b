"""Labels and papers as people get them: by a link that expires, and many in one file for the printer."""

import io
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pypdfium2
import pytest
import zxingcpp
from psycopg.types.json import Jsonb
from pypdf import PdfReader

from tests.operations.shipping.conftest import (
    BUCKET,
    CARRIERS,
    HUB_URL,
    OpensDesk,
    ended,
    label_of,
    over,
    printed,
)
from tests.support.workplace import Row
from workers.objects.folder import FolderStore
from workers.objects.server import FileServer

pytestmark = pytest.mark.usefixtures("no_faults", "worker")


@pytest.fixture
async def reader(files: FolderStore) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a link, and nothing else."""
    transport = httpx.ASGITransport(FileServer(files))
    async with httpx.AsyncClient(transport=transport, base_url=HUB_URL) as client:
        yield client


def barcodes(pdf: bytes) -> list[list[str]]:
    """What a scanner reads on each page."""
    pages = [page.render(scale=3).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    return [[code.text for code in zxingcpp.read_barcodes(page)] for page in pages]


def is_on(shipment: Row, read: list[str]) -> bool:
    """Whether a page's barcodes are those of a shipment."""
    return not {shipment["tracking_number"], *shipment["parcel_tracking_numbers"]}.isdisjoint(read)


class TestStoring:
    @pytest.mark.parametrize("key", CARRIERS)
    async def test_a_label_moves_from_the_database_to_the_store(
        self, open_desk: OpensDesk, files: FolderStore, key: str
    ) -> None:
        desk = await open_desk(key)
        shipment = await desk.shipped()
        await desk.jobs_done("shipment.fetch_label")
        label = await label_of(desk, shipment)
        content = await files.get(label["path"])
        assert label["content"] is None, "it is in the database no more"
        assert len(content) == label["bytes"]
        assert str(desk.organization_id) in label["path"]
        (read,) = barcodes(content)
        assert is_on(shipment, read)


class TestLinks:
    async def test_a_link_is_read_by_whoever_has_it(self, open_desk: OpensDesk, reader: httpx.AsyncClient) -> None:
        desk = await open_desk("fedex")
        shipment = await desk.shipped()
        label = (await desk.documents(shipment))[0]
        operation = await over(desk, await desk.hub.call("link_document", document_id=label["id"]))
        assert operation["status"] == "succeeded"
        url = operation["result"]["url"]
        assert url.startswith(f"{HUB_URL}/storage/v1/object/sign/{BUCKET}/")
        answer = await reader.get(url)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert barcodes(answer.content)[0]

        other = url.replace(urlsplit(url).path.rpartition("/")[2], "0.pdf")
        for wrong in (url[:-3] + "AAA", url.partition("?")[0], other):
            assert (await reader.get(wrong)).status_code == 404

    async def test_a_label_that_is_wanted_before_it_has_been_moved_is_moved(
        self, open_desk: OpensDesk, reader: httpx.AsyncClient
    ) -> None:
        desk = await open_desk("fedex")
        shipment = await desk.shipped()
        operation = await printed(desk, shipment)
        assert (operation["status"], operation["result"]["labels"]) == ("succeeded", 1)
        assert (await reader.get(operation["result"]["url"])).status_code == 200
        assert (await label_of(desk, shipment))["content"] is None


class TestPrinting:
    async def test_labels_of_several_carriers_become_one_file_in_their_order(
        self, open_desk: OpensDesk, reader: httpx.AsyncClient
    ) -> None:
        desk = await open_desk("fedex", "quiqup", "aramex")
        shipments = [await desk.shipped(connection_id=each) for each in desk.contracts]
        await desk.jobs_done("shipment.fetch_label")
        shipments.reverse()
        operation = await printed(desk, *shipments)
        assert (operation["status"], operation["result"]["labels"]) == ("succeeded", 3)
        content = (await reader.get(operation["result"]["url"])).content
        assert len(PdfReader(io.BytesIO(content)).pages) == 3
        assert all(is_on(shipment, read) for shipment, read in zip(shipments, barcodes(content), strict=True))

        again = await printed(desk, *shipments)
        assert again["result"]["document_id"] == operation["result"]["document_id"], "the same labels, the same file"
        other = await printed(desk, *reversed(shipments))
        assert other["result"]["document_id"] != operation["result"]["document_id"]

    async def test_a_picture_becomes_a_page_among_others(self, open_desk: OpensDesk, reader: httpx.AsyncClient) -> None:
        desk = await open_desk("fedex")
        shipments = [await desk.shipped(label_format=each) for each in ("png", "pdf")]
        operation = await printed(desk, *shipments)
        content = (await reader.get(operation["result"]["url"])).content
        assert [
            shipment["tracking_number"] in read for shipment, read in zip(shipments, barcodes(content), strict=True)
        ]

    async def test_labels_for_a_printers_own_language_stay_in_it(
        self, open_desk: OpensDesk, reader: httpx.AsyncClient
    ) -> None:
        desk = await open_desk("fedex")
        shipments = [await desk.shipped(label_format="zpl") for _ in range(2)]
        operation = await printed(desk, *shipments)
        answer = await reader.get(operation["result"]["url"])
        assert answer.headers["content-type"] == "application/zpl"
        places = [answer.content.index(each["tracking_number"].encode()) for each in shipments]
        assert places == sorted(places)

    async def test_those_are_not_mixed_with_others(self, open_desk: OpensDesk) -> None:
        desk = await open_desk("fedex")
        pdf, zpl = [await desk.shipped(label_format=each) for each in ("pdf", "zpl")]
        operation = await printed(desk, pdf, zpl)
        assert (operation["status"], operation["error"]["code"]) == ("failed", "not_mergeable")
        assert str(zpl["id"]) in operation["error"]["message"]

    async def test_every_parcel_has_its_page(self, open_desk: OpensDesk, reader: httpx.AsyncClient) -> None:
        desk = await open_desk("fedex", "aramex")
        fedex, aramex = desk.contracts
        boxes = Jsonb([{"weight_kg": "1.2"}, {"weight_kg": "2.5"}])
        both = await desk.shipped(connection_id=fedex, parcels=boxes)
        one = await desk.shipped(connection_id=aramex)
        operation = await printed(desk, both, one)
        content = (await reader.get(operation["result"]["url"])).content
        numbers = [*both["parcel_tracking_numbers"], one["tracking_number"]]
        assert len(numbers) == 3
        assert all(number in read for number, read in zip(numbers, barcodes(content), strict=True))


class TestManifests:
    async def test_a_manifest_lists_every_parcel(self, open_desk: OpensDesk, reader: httpx.AsyncClient) -> None:
        desk = await open_desk("aramex")
        shipments = [await desk.shipped(reference=f"order-{n}", cash_on_delivery_amount="150.00") for n in range(3)]
        manifest = await desk.hub.call("close_manifest", connection_id=desk.first.connection_id)
        operation = await ended(desk, manifest, "manifest.create")
        assert (operation["status"], operation["result"]["shipments"]) == ("succeeded", 3)
        paper = await desk.hub.one(
            "select * from public.shipment_documents where manifest_id = %s and kind = 'manifest'", manifest["id"]
        )
        link = await over(desk, await desk.hub.call("link_document", document_id=paper["id"]))
        content = (await reader.get(link["result"]["url"])).content
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
        for shipment in shipments:
            assert shipment["tracking_number"] in text
            assert shipment["reference"] in text
        assert "450.00" in text, "what the driver collects"
