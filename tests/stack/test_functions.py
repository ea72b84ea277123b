"""Supabase functions run under real Deno, behind the gateway's `verify_jwt`, as the edge runtime runs them."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

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
BROKEN = 'Deno.serve(() => { throw new Error("on purpose"); });'


@pytest.fixture(scope="module")
async def functions(
    tmp_path_factory: pytest.TempPathFactory, ephemeral_state: Callable[[], Path]
) -> AsyncIterator[Stack]:
    """A stack that serves a project of three functions."""
    project = tmp_path_factory.mktemp("project")
    for name, source in {"echo": ECHO, "open": OPEN, "broken": BROKEN}.items():
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
