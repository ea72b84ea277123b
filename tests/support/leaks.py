"""A search for secrets where none may be: in every table and log, in every encoding they could have taken.

assert_no_leaks(await find_leaks(stack.admin_database_url, {"stripe key": key}, [stack.directory / "logs"]))
"""

import base64
import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import psycopg
from psycopg import sql

SHORTEST_SECRET = 8  # shorter ones are found by accident
CHUNK_BYTES = 1 << 20

# Tables, materialized views and the leaves of partitioned tables; the server's own samples of values lie in pg_stats.
RELATIONS = """
    select n.nspname, c.relname
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
      and n.nspname !~ '^pg_(toast|temp)'
    order by 1, 2
"""
SERVER_VIEWS = (
    "select * from pg_catalog.pg_stats",
    "select * from pg_catalog.pg_stat_activity where pid <> pg_backend_pid()",
    "select prosrc from pg_catalog.pg_proc",
)


@dataclass(frozen=True)
class Leak:
    """A place where a secret was found. It names the secret and does not repeat it."""

    secret: str
    encoding: str
    place: str

    def __str__(self) -> str:
        return f"{self.place}: the {self.secret}, {self.encoding}"


class SecretPattern:
    """All the ways in which secrets may be written, as one search."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """Prepare a search for ``secrets``, by name; raises ValueError for one too short to search for."""
        self._meaning: dict[bytes, tuple[str, str]] = {}
        for name, secret in secrets.items():
            if len(secret) < SHORTEST_SECRET:
                raise ValueError(f"the {name} is shorter than {SHORTEST_SECRET} characters")
            for encoding, written in encodings(secret):
                self._meaning.setdefault(written, (name, encoding))
        longest_first = sorted(self._meaning, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(map(re.escape, longest_first)))
        self.longest = max(map(len, longest_first), default=0)

    def search(self, data: bytes) -> Iterator[tuple[str, str]]:
        """Yield the name and the encoding of every secret that occurs in ``data``."""
        for match in self._pattern.finditer(data):
            yield self._meaning[match[0]]


def encodings(secret: str) -> Iterator[tuple[str, bytes]]:
    """Yield the ways in which a secret may stand in a text, each with its name."""
    raw = secret.encode()
    yield "as it is", raw
    yield "in JSON", json.dumps(secret)[1:-1].encode()
    yield "in JSON", json.dumps(secret, ensure_ascii=False)[1:-1].encode()
    yield "in JSON in JSON", json.dumps(json.dumps(secret)[1:-1])[1:-1].encode()
    yield "URL-encoded", quote(secret, safe="").encode()
    yield "URL-encoded", quote_plus(secret).encode()
    yield "in hexadecimal", raw.hex().encode()
    yield "in hexadecimal", raw.hex().upper().encode()
    yield "in UTF-16", secret.encode("utf-16-le")
    for offset in range(3):
        for name, alphabet in (("base64", b"+/"), ("base64url", b"-_")):
            yield f"in {name}", _inside_base64(raw, offset, alphabet)
    yield "in hexadecimal of base64", base64.b64encode(raw).rstrip(b"=").hex().encode()


def _inside_base64(raw: bytes, offset: int, alphabet: bytes) -> bytes:
    """The characters that depend on ``raw`` alone when it starts at ``offset`` (modulo 3) of what is encoded."""
    encoded = base64.b64encode(bytes(offset) + raw, alphabet)
    first = -(-offset * 8 // 6)  # the first character without a bit from before
    last = (offset + len(raw)) * 8 // 6  # the first one with a bit from behind
    return encoded[first:last]


async def find_leaks(database_url: str, secrets: Mapping[str, str], files: Iterable[Path] = ()) -> list[Leak]:
    """Search a whole database, and files (directories with all that is in them), for secrets.

    Args:
        database_url: a login that may read everything.
        secrets: by a name that tells them apart in the result.
        files: logs and other outputs.

    Returns:
        every place where one was found; the rows of a table count once.
    """
    pattern = SecretPattern(secrets)
    found = [leak async for leak in _find_in_database(database_url, pattern)]
    for path in files:
        found += _find_in_files(path, pattern)
    return list(dict.fromkeys(found))


def assert_no_leaks(leaks: list[Leak]) -> None:
    """Fail, naming the places, unless there are none."""
    assert not leaks, "secrets found:\n" + "\n".join(map(str, leaks))


async def _find_in_database(database_url: str, pattern: SecretPattern) -> AsyncIterator[Leak]:
    async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute("analyze")
        relations = await (await connection.execute(RELATIONS)).fetchall()
        sources: list[tuple[str, sql.Composable]] = [
            (f"{schema}.{table}", sql.SQL("select * from {}").format(sql.Identifier(schema, table)))
            for schema, table in relations
        ]
        sources += [(view.split(" from ")[1].split()[0], sql.SQL(view)) for view in SERVER_VIEWS]
        for place, query in sources:
            async with connection.cursor().copy(sql.SQL("copy ({}) to stdout").format(query)) as rows:
                async for row in rows:
                    for name, encoding in pattern.search(_unescape(bytes(row))):
                        yield Leak(name, encoding, place)


def _unescape(row: bytes) -> bytes:
    """A line of COPY as it is and without its escapes, so that a secret is found whichever holds the backslash."""
    return row if b"\\" not in row else row + b"\n" + row.replace(b"\\\\", b"\\")


def _find_in_files(path: Path, pattern: SecretPattern) -> Iterator[Leak]:
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            with file.open("rb") as content:
                kept = b""
                while chunk := content.read(CHUNK_BYTES):
                    for name, encoding in pattern.search(kept + chunk):
                        yield Leak(name, encoding, str(file))
                    kept = chunk[-pattern.longest :]
