"""Files in a folder, and the links to them."""

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import jwt
import pytest

from workers.objects.folder import FolderStore
from workers.objects.links import Links, folder_key
from workers.objects.server import FileServer
from workers.objects.store import NoStore, ObjectMissing, StoreUnavailable, checked_path

HUB = "http://hub.example"
PATH = "0b3e/shipments/label.pdf"


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "files", bucket="wasl-documents", public_url=HUB)


@pytest.fixture
async def http(store: FolderStore) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(FileServer(store)), base_url=HUB) as client:
        yield client


async def test_what_was_put_is_got(store: FolderStore) -> None:
    await store.put(PATH, b"%PDF-1", "application/pdf")
    assert await store.get(PATH) == b"%PDF-1"


async def test_to_put_again_replaces_and_leaves_nothing_behind(store: FolderStore) -> None:
    await store.put(PATH, b"one", "application/pdf")
    await store.put(PATH, b"two", "application/pdf")
    assert await store.get(PATH) == b"two"
    assert [each.name for each in (store.root / PATH).parent.iterdir()] == ["label.pdf"]


async def test_what_is_not_there_is_missing(store: FolderStore) -> None:
    with pytest.raises(ObjectMissing):
        await store.get(PATH)
    with pytest.raises(ObjectMissing):
        await store.link(PATH, seconds=60)


@pytest.mark.parametrize(
    "path", ["../secret", "a/../../b", "/etc/passwd", "a//b", "", ".link-key", "a/.hidden", "a\\b", "a/\x00"]
)
async def test_no_path_leads_out_of_the_folder(store: FolderStore, path: str) -> None:
    with pytest.raises(ValueError, match="plain names"):
        checked_path(path)
    with pytest.raises(ValueError, match="plain names"):
        await store.get(path)


async def test_only_its_owner_reads_the_folder(store: FolderStore) -> None:
    await store.put(PATH, b"x", "application/pdf")
    assert stat.S_IMODE((store.root / PATH).stat().st_mode) == 0o600
    assert stat.S_IMODE((store.root / ".link-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(store.root.stat().st_mode) == 0o700


async def test_a_folder_that_cannot_be_written_is_said_so(store: FolderStore) -> None:
    (store.root / "0b3e").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        await store.put(PATH, b"x", "application/pdf")


async def test_processes_that_begin_at_once_have_one_key(tmp_path: Path) -> None:
    keys = await asyncio.gather(*(asyncio.to_thread(folder_key, tmp_path / "new") for _ in range(16)))
    assert len(set(keys)) == 1
    assert [each.name for each in (tmp_path / "new").iterdir()] == [".link-key"]


async def test_a_link_leads_to_the_file(store: FolderStore, http: httpx.AsyncClient) -> None:
    await store.put(PATH, b"%PDF-1", "application/pdf")
    answer = await http.get(await store.link(PATH, seconds=60))
    assert (answer.status_code, answer.content) == (200, b"%PDF-1")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_link_is_for_one_file_and_for_a_while(store: FolderStore, http: httpx.AsyncClient) -> None:
    await store.put(PATH, b"mine", "application/pdf")
    await store.put("0b3e/other.pdf", b"other", "application/pdf")
    link = await store.link(PATH, seconds=60)
    wrong = [
        link.replace("label.pdf", "..%2Fother.pdf"),
        link.replace("shipments/label.pdf", "other.pdf"),
        link.replace("wasl-documents", "another"),
        link.split("?")[0],
        link[:-2] + ("xx" if link[-2:] != "xx" else "yy"),
        await store.link(PATH, seconds=-1),
    ]
    answers = [await http.get(each) for each in wrong]
    assert [(each.status_code, each.text) for each in answers] == [
        (404, "This link is not valid, or not any more")
    ] * len(wrong)


async def test_a_token_that_says_not_how_it_is_signed_is_refused(store: FolderStore, http: httpx.AsyncClient) -> None:
    await store.put(PATH, b"mine", "application/pdf")
    forged = jwt.encode({"url": f"wasl-documents/{PATH}", "exp": 4_000_000_000}, None, algorithm="none")
    answer = await http.get(f"/storage/v1/object/sign/wasl-documents/{PATH}", params={"token": forged})
    assert answer.status_code == 404


async def test_files_are_only_read(store: FolderStore, http: httpx.AsyncClient) -> None:
    await store.put(PATH, b"x", "application/pdf")
    link = await store.link(PATH, seconds=60)
    assert (await http.post(link, content=b"y")).status_code == 405
    assert (await http.head(link)).status_code == 200


def test_the_file_server_knows_its_own_paths() -> None:
    assert FileServer.serves(urlsplit(f"{HUB}/storage/v1/object/sign/b/x?token=1").path)
    assert not FileServer.serves("/functions/v1/webhooks/token")


def test_a_link_of_another_folder_is_no_link_here() -> None:
    token = Links("one key that is long enough for it all", "b").token("x.pdf", seconds=60)
    assert Links("one key that is long enough for it all", "b").allows("b", "x.pdf", token)
    assert not Links("another key that is long enough for all", "b").allows("b", "x.pdf", token)


async def test_without_a_store_one_is_told_what_to_set() -> None:
    with pytest.raises(StoreUnavailable, match="WASL_FILES"):
        await NoStore().put("x", b"", "")
    with pytest.raises(StoreUnavailable, match="WASL_FILES"):
        await NoStore().get("x")
    with pytest.raises(StoreUnavailable, match="WASL_FILES"):
        await NoStore().link("x", seconds=1)
