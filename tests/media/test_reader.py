"""Files are read piece by piece, of one version, and are fetched once where their server knows no pieces."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.media.conftest import Files
from tests.transport.conftest import raw_server
from workers.media.reader import GuardedMediaReader
from workers.providers.errors import InvalidRequest, Unavailable
from workers.providers.social.media import MediaReader
from workers.providers.social.models import Media
from workers.transport.guarded_client import GuardedClient

CONTENT = bytes(range(256)) * 20


@pytest.fixture
async def reader(client: GuardedClient) -> AsyncIterator[GuardedMediaReader]:
    async with GuardedMediaReader(client) as reader:
        yield reader


def a_file(files: Files, **facts: int) -> Media:
    """A file of the site's."""
    return Media(url=files.put("/x", CONTENT), **facts)


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
async def test_pieces_and_the_whole(files: Files, reader: GuardedMediaReader, ranges: bool) -> None:
    files.ranges = ranges
    keeps_to_the_protocol: MediaReader = reader
    media = a_file(files, bytes=len(CONTENT))
    for first, last in ((0, 9), (10, 10), (5000, len(CONTENT) - 1), (5000, None), (0, None)):
        expected = CONTENT[first:] if last is None else CONTENT[first : last + 1]
        assert await keeps_to_the_protocol.read(media, first, last) == expected


async def test_a_server_that_knows_no_ranges_is_asked_once(files: Files, reader: GuardedMediaReader) -> None:
    files.ranges = False
    media = a_file(files)
    pieces = await asyncio.gather(*(reader.read(media, at, at + 1023) for at in range(0, len(CONTENT), 1024)))
    assert b"".join(pieces) == CONTENT
    assert len(files.requests) == 1


async def test_a_piece_is_not_more_than_a_piece(files: Files, reader: GuardedMediaReader) -> None:
    await reader.read(a_file(files), 1, 3)
    assert "Range: bytes=1-3\r\n" in files.requests[0]


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
@pytest.mark.parametrize(("first", "last"), [(0, len(CONTENT)), (len(CONTENT), None), (9999, 10_000)])
async def test_a_file_that_is_shorter_is_refused(
    files: Files, reader: GuardedMediaReader, ranges: bool, first: int, last: int | None
) -> None:
    files.ranges = ranges
    with pytest.raises(InvalidRequest, match="shorter") as refused:
        await reader.read(a_file(files), first, last)
    assert refused.value.field == "media"


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no ranges"])
async def test_a_file_that_is_not_what_was_looked_at_is_refused(
    files: Files, reader: GuardedMediaReader, ranges: bool
) -> None:
    files.ranges = ranges
    with pytest.raises(InvalidRequest, match="has changed"):
        await reader.read(a_file(files, bytes=len(CONTENT) + 1), 0, 9)


async def test_a_file_that_changes_between_two_pieces_is_refused(files: Files, reader: GuardedMediaReader) -> None:
    media = a_file(files)
    files.headers = ['ETag: "1"']
    await reader.read(media, 0, 9)
    files.headers = ['ETag: "2"']
    with pytest.raises(InvalidRequest, match="has changed"):
        await reader.read(media, 10, 19)


@pytest.mark.parametrize("told", ["bytes 1-9/5120", "bytes 0-8/5120", "bytes 0-9/*", "bytes=0-9/5120", ""])
async def test_another_part_than_asked_for_is_refused(reader: GuardedMediaReader, told: str) -> None:
    async def play(incoming: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await incoming.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 206 Part\r\nContent-Range: {told}\r\nContent-Length: 10\r\n\r\n"
        writer.write(head.encode() + bytes(10))

    async with raw_server(play) as url:
        with pytest.raises(InvalidRequest, match="another part"):
            await reader.read(Media(url=url), 0, 9)


async def test_a_file_that_cannot_be_had(files: Files, client: GuardedClient) -> None:
    media = a_file(files)
    async with GuardedMediaReader(client, most_bytes=100) as small:
        for first, last in ((0, None), (0, 200)):
            with pytest.raises(InvalidRequest, match="larger than 100 bytes"):
                await small.read(media, first, last)
        assert await small.read(media, 0, 99) == CONTENT[:100]
        files.status = 503
        with pytest.raises(Unavailable):
            await small.read(media, 0, 9)
        with pytest.raises(InvalidRequest, match="public internet"):
            await small.read(Media(url="http://127.0.0.2:80/x"), 0, 9)
