"""What a file of a post is: looked at before it is published, because networks tell little of why they refuse one."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from workers.media.content_types import content_type_of
from workers.media.fetching import FETCH_SECONDS, MOST_BYTES, keep, opened, refuse
from workers.providers.errors import Unavailable
from workers.transport.guarded_client import GuardedClient

_PROGRAM: Final = Path(__file__).with_name("look.py")
_LOOK_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a file is.

    :param content_type: by its first bytes, such as ``image/jpeg``.
    :param bytes: its size.
    :param width: in pixels, as it is shown: a picture or film that lies on its side is turned. Likewise ``height``.
    :param seconds: how long a film runs.
    """

    content_type: str
    bytes: int
    width: int | None = None
    height: int | None = None
    seconds: float | None = None


async def probe(
    client: GuardedClient, url: str, *, most_bytes: int = MOST_BYTES, seconds: float = FETCH_SECONDS
) -> MediaFacts:
    """Fetch a file and look at it.

    :param most_bytes: how large it may be.
    :param seconds: in which the download has to be over.
    :raises InvalidRequest: it cannot be fetched, or is neither a picture nor a film that can be read; names ``media``.
    :raises Unavailable: it cannot be fetched for now.
    """
    async with opened(client, url, most_bytes=most_bytes, seconds=seconds) as answer:
        file = await keep(answer, _known)
    with file:
        file.seek(0)
        content_type = _known(file.read(32))
        size = file.seek(0, 2)
        facts = await _look(file, content_type)
    return MediaFacts(content_type, size, facts.get("width"), facts.get("height"), facts.get("seconds"))


def _known(beginning: bytes) -> str:
    content_type = content_type_of(beginning)
    if content_type is None:
        raise refuse("it is neither a picture nor a film")
    return content_type


async def _look(file: IO[bytes], content_type: str) -> dict[str, Any]:
    """Let `workers.media.look` read the file, in a process without secrets in its environment."""
    file.seek(0)
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-B", str(_PROGRAM), content_type),
        stdin=file.fileno(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(_LOOK_SECONDS):
            told, _ = await program.communicate()
    except TimeoutError:
        raise Unavailable("The file cannot be looked at for now: it takes too long.") from None
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    if program.returncode != 0:
        raise refuse("it is damaged")
    facts: dict[str, Any] = json.loads(told)
    return facts
