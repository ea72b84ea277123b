"""What a picture or film is, is found out by looking at it, whatever its address and its server say."""

import asyncio
import io
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.media.conftest import Files
from tests.support.films import ON_ITS_SIDE, film
from tests.transport.conftest import raw_server
from workers.media import look
from workers.media.content_types import content_type_of, kind_of
from workers.media.probe import MediaFacts, probe
from workers.providers.errors import InvalidRequest, Unavailable
from workers.providers.social.models import MediaKind
from workers.transport.guarded_client import GuardedClient


def picture(format_name: str, *, orientation: int | None = None, **options: Any) -> bytes:
    """A picture of 64 by 48 pixels. :param orientation: EXIF's."""
    image = Image.new("RGB", (64, 48), "teal")
    if orientation is not None:
        exif = image.getexif()
        exif[0x0112] = orientation
        options["exif"] = exif
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("format_name", "content_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("GIF", "image/gif"), ("WEBP", "image/webp")],
)
async def test_a_picture(files: Files, client: GuardedClient, format_name: str, content_type: str) -> None:
    content = picture(format_name)
    files.headers = ["Content-Type: video/mp4"]
    assert await probe(client, files.put("/film.mp4", content)) == MediaFacts(content_type, len(content), 64, 48)
    assert kind_of(content_type) is MediaKind.IMAGE


@pytest.mark.parametrize(("orientation", "size"), [(1, (64, 48)), (3, (64, 48)), (6, (48, 64)), (8, (48, 64))])
@pytest.mark.parametrize("format_name", ["JPEG", "WEBP"])
async def test_a_picture_on_its_side_is_measured_as_it_is_shown(
    files: Files, client: GuardedClient, format_name: str, orientation: int, size: tuple[int, int]
) -> None:
    facts = await probe(client, files.put("/x", picture(format_name, orientation=orientation)))
    assert (facts.width, facts.height) == size


async def test_a_picture_of_several_from_a_telephone(files: Files, client: GuardedClient) -> None:
    second = Image.new("RGB", (64, 48), "red")
    content = picture("MPO", save_all=True, append_images=[second])
    assert await probe(client, files.put("/x", content)) == MediaFacts("image/jpeg", len(content), 64, 48)


@pytest.mark.parametrize(("brand", "content_type"), [(b"isom", "video/mp4"), (b"qt  ", "video/quicktime")])
async def test_a_film(files: Files, client: GuardedClient, brand: bytes, content_type: str) -> None:
    content = film(brand, width=1280, height=720, seconds=2.5)
    facts = await probe(client, files.put("/x", content))
    assert facts == MediaFacts(content_type, len(content), 1280, 720, 2.5)
    assert kind_of(content_type) is MediaKind.VIDEO


async def test_a_film_on_its_side_is_measured_as_it_is_shown(files: Files, client: GuardedClient) -> None:
    facts = await probe(client, files.put("/x", film(width=1280, height=720, matrix=ON_ITS_SIDE)))
    assert (facts.width, facts.height) == (720, 1280)


async def test_a_film_that_refers_to_another_address_is_not_followed(files: Files, client: GuardedClient) -> None:
    called = asyncio.Event()

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.set()

    async with raw_server(play) as inside:
        content = film(b"qt  ", elsewhere=f"{inside}/secret.mp4")
        facts = await probe(client, files.put("/x", content))
    assert (facts.content_type, facts.bytes) == ("video/quicktime", len(content))
    assert not called.is_set()


@pytest.mark.parametrize("attempt", ["open('/etc/hostname')", "socket.socket()", "os.open('/', os.O_RDONLY)"])
async def test_whoever_takes_over_the_program_that_looks_can_open_nothing(attempt: str) -> None:
    code = (
        f"import os, runpy, socket; runpy.run_path({str(Path(look.__file__))!r})['confine'](); print('in'); {attempt}"
    )
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-c", code), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    told, complaint = await program.communicate()
    assert (told, program.returncode) == (b"in\n", 1)
    assert b"Too many open files" in complaint


async def test_the_program_that_looks_is_told_no_secret(
    files: Files, client: GuardedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, str]] = []
    start = asyncio.create_subprocess_exec

    async def watched(*arguments: str, **options: Any) -> asyncio.subprocess.Process:
        given.append(options["env"])
        return await start(*arguments, **options)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", watched)
    await probe(client, files.put("/x", film()))
    assert given == [{}]


@pytest.mark.parametrize(
    "content",
    [b"<html>hello</html>", b"#EXTM3U\nhttp://169.254.169.254/", b"%PDF-1.7", b"", b"\xff", b"MZ" + bytes(100)],
    ids=["page", "playlist", "document", "nothing", "a byte", "program"],
)
async def test_what_is_neither_is_refused(files: Files, client: GuardedClient, content: bytes) -> None:
    with pytest.raises(InvalidRequest, match="neither a picture nor a film") as refused:
        await probe(client, files.put("/photo.jpg", content))
    assert refused.value.field == "media"


@pytest.mark.parametrize(
    "content",
    [picture("JPEG")[:40], b"\x89PNG\r\n\x1a\n" + bytes(100), b"RIFF\x00\x00\x00\x00WEBPVP8X" + bytes(40)],
    ids=["jpeg", "png", "webp"],
)
async def test_a_damaged_picture_is_refused(files: Files, client: GuardedClient, content: bytes) -> None:
    with pytest.raises(InvalidRequest, match="damaged"):
        await probe(client, files.put("/x", content))


async def test_a_file_above_the_limit_is_refused(files: Files, client: GuardedClient) -> None:
    with pytest.raises(InvalidRequest, match="larger than 100 bytes"):
        await probe(client, files.put("/x", picture("PNG")), most_bytes=100)


@pytest.mark.parametrize("status", [401, 404, 410, 206, 304, 416])
async def test_a_file_that_is_not_there_is_refused(files: Files, client: GuardedClient, status: int) -> None:
    files.status = status
    with pytest.raises(InvalidRequest, match=f"answers {status}"):
        await probe(client, files.put("/x", b""))


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_file_that_is_not_there_for_now_may_be_later(files: Files, client: GuardedClient, status: int) -> None:
    files.status = status
    with pytest.raises(Unavailable, match=f"answers {status}"):
        await probe(client, files.put("/x", b""))


async def test_an_address_inside_is_refused(client: GuardedClient) -> None:
    with pytest.raises(InvalidRequest, match="no address on the public internet"):
        await probe(client, "http://169.254.169.254/latest/meta-data/")


async def test_a_file_that_is_sent_compressed_is_refused(files: Files, client: GuardedClient) -> None:
    files.headers = ["Content-Encoding: gzip"]
    with pytest.raises(InvalidRequest, match="compressed"):
        await probe(client, files.put("/x", picture("PNG")))


@given(st.binary(max_size=40))
def test_any_beginning_is_judged(beginning: bytes) -> None:
    found = content_type_of(beginning)
    assert found is None or re.fullmatch(r"(image|video)/[a-z0-9]+", found)


@pytest.mark.parametrize(
    ("brand", "content_type"),
    [(b"avif", "image/avif"), (b"heic", "image/heic"), (b"mp42", "video/mp4"), (b"M4A ", None)],
)
def test_brands_tell_what_a_file_of_boxes_is(brand: bytes, content_type: str | None) -> None:
    assert content_type_of(film(brand)[:32]) == content_type
