"""Supabase functions run under real Deno, behind the gateway's `verify_jwt`, as the edge runtime runs them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from stack import Stack
from supabase import AsyncClientOptions, acreate_client

CONFIG = """
project_id = "functions"
[auth]
enabled = true
[functions.open]
verify_jwt = false
"""
ECHO = """
Deno.serve(async (request) => Response.json({
  method: request.method,
  path: new URL(request.url).pathname,
  query: new URL(request.url).search,
  body: await request.text(),
  custom: request.headers.get("x-custom"),
  url: Deno.env.get("SUPABASE_URL"),
}));
"""
OPEN = "export default { fetch: (request) => new Response(`open to ${request.method}`) };"
CROWDED = [f"crowded{number}" for number in range(8)]
BROKEN = 'Deno.serve(() => { throw new Error("on purpose"); });'


@pytest.fixture(scope="module")
async def functions(
    tmp_path_factory: pytest.TempPathFactory, ephemeral_state: Callable[[], Path]
) -> AsyncIterator[Stack]:
    """A stack that serves a project of a few functions."""
    project = tmp_path_factory.mktemp("project")
    sources = {"echo": ECHO, "open": OPEN, "broken": BROKEN, **dict.fromkeys(CROWDED, ECHO)}
    for name, source in sources.items():
        (project / "functions" / name).mkdir(parents=True)
        (project / "functions" / name / "index.ts").write_text(source)
    (project / "config.toml").write_text(CONFIG)
    async with Stack(ephemeral_state(), ephemeral=True, durable=False, project=project) as stack:
        yield stack


@pytest.fixture
async def client(functions: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """A client of that stack without any credentials."""
    async with httpx.AsyncClient(base_url=f"{functions.url}/functions/v1", timeout=30) as client:
        yield client


async def test_function_sees_its_path_query_body_and_headers(functions: Stack, client: httpx.AsyncClient) -> None:
    headers = {"apikey": functions.publishable_key, "x-custom": "kept"}
    answer = await client.post("/echo/a%20b/c?d=1", content=b'{"raw": 1 }', headers=headers)
    assert answer.json() == {
        "method": "POST",
        "path": "/echo/a%20b/c",
        "query": "?d=1",
        "body": '{"raw": 1 }',
        "custom": "kept",
        "url": functions.url,
    }


async def test_verified_function_takes_an_api_key_or_a_token(functions: Stack, client: httpx.AsyncClient) -> None:
    token = functions.mint_jwt({"role": "authenticated"})
    accepted = [
        {"apikey": functions.publishable_key},
        {"apikey": functions.secret_key},
        {"Authorization": f"Bearer {token}"},
    ]
    refused = [{}, {"apikey": "sb_publishable_unknown"}, {"Authorization": f"Bearer {token[:-4]}AAAA"}]
    assert [(await client.get("/echo", headers=headers)).status_code for headers in accepted] == [200, 200, 200]
    assert [(await client.get("/echo", headers=headers)).status_code for headers in refused] == [401, 401, 401]


async def test_official_client_invokes_functions(functions: Stack) -> None:
    options = AsyncClientOptions(auto_refresh_token=False, persist_session=False)
    official = await acreate_client(functions.url, functions.publishable_key, options)
    answer = await official.functions.invoke("echo", {"body": {"amount": "99.00"}, "headers": {"x-custom": "kept"}})
    assert isinstance(answer, bytes)
    seen = json.loads(answer)
    assert (seen["body"], seen["custom"]) == ('{"amount":"99.00"}', "kept")


async def test_unverified_function_is_open_to_everybody(client: httpx.AsyncClient) -> None:
    assert (await client.put("/open")).text == "open to PUT"


async def test_unknown_function_is_not_found(functions: Stack, client: httpx.AsyncClient) -> None:
    for name in ("missing", "..%2Fconfig.toml"):
        answer = await client.get(f"/{name}", headers={"apikey": functions.publishable_key})
        assert answer.status_code == 404


async def test_failing_function_answers_without_details(functions: Stack, client: httpx.AsyncClient) -> None:
    answer = await client.get("/broken", headers={"apikey": functions.publishable_key})
    assert answer.status_code == 500
    assert "on purpose" not in answer.text


async def test_first_requests_at_once_are_all_answered(functions: Stack) -> None:
    """Straight at the functions' server, over connections that stand already: else they come one after another."""
    for name in CROWDED:
        answers = await at_once(20, functions.state.internal_url("functions"), name)
        assert {answer.split(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 200 OK"}, name


async def at_once(count: int, server: str, name: str) -> list[bytes]:
    """What so many who ask for a function at the same moment are answered."""
    address = urlsplit(server)
    connections = [await asyncio.open_connection(address.hostname, address.port) for _ in range(count)]
    for _, writer in connections:
        writer.write(f"GET /{name} HTTP/1.1\r\nHost: functions\r\nConnection: close\r\n\r\n".encode())
    answers = await asyncio.gather(*(reader.read() for reader, _ in connections))
    for _, writer in connections:
        writer.close()
    return answers
