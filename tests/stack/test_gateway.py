"""The gateway treats keys and tokens as Supabase's gateway does."""

from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest
from psycopg.rows import DictRow

from stack import Stack
from tests.conftest import NewUser

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"
WHOAMI = """
create or replace function public.stack_test_whoami() returns json language sql stable as
$$ select json_build_object('role', current_user, 'uid', auth.uid(), 'claims', auth.jwt()) $$;
grant execute on function public.stack_test_whoami() to anon, authenticated, service_role;
notify pgrst, 'reload schema';
"""


@pytest.fixture(scope="module", autouse=True)
async def whoami(stack: Stack, database: psycopg.AsyncConnection[DictRow]) -> AsyncIterator[None]:
    """An RPC that tells who the database thinks is calling."""
    await database.execute(WHOAMI)
    async with httpx.AsyncClient(base_url=stack.url, headers={"apikey": stack.publishable_key}) as client:
        while (await client.post("/rest/v1/rpc/stack_test_whoami")).status_code == 404:
            pass
    yield
    await database.execute("drop function public.stack_test_whoami()")


async def ask(stack: Stack, headers: dict[str, str]) -> httpx.Response:
    """Who the gateway makes of a request with these headers."""
    async with httpx.AsyncClient(base_url=stack.url) as client:
        return await client.post("/rest/v1/rpc/stack_test_whoami", headers=headers)


async def test_publishable_key_alone_is_anonymous(stack: Stack) -> None:
    answer = await ask(stack, {"apikey": stack.publishable_key})
    assert answer.json()["role"] == "anon"


async def test_api_key_repeated_as_bearer_is_not_taken_for_a_token(stack: Stack) -> None:
    answer = await ask(stack, {"apikey": stack.secret_key, "Authorization": f"Bearer {stack.secret_key}"})
    assert answer.json()["role"] == "service_role"


async def test_users_token_outranks_either_key(stack: Stack, new_user: NewUser) -> None:
    user = await new_user()
    for key in (stack.publishable_key, stack.secret_key):
        answer = await ask(stack, {"apikey": key, "Authorization": f"Bearer {user.access_token}"})
        assert answer.json()["role"] == "authenticated"
        assert answer.json()["uid"] == user.id


async def test_minted_token_carries_its_claims_to_the_database(stack: Stack) -> None:
    token = stack.mint_jwt({"role": "authenticated", "sub": "00000000-0000-4000-8000-000000000001", "org": "x"})
    answer = await ask(stack, {"apikey": stack.publishable_key, "Authorization": f"Bearer {token}"})
    assert answer.json()["claims"]["org"] == "x"


@pytest.mark.parametrize("key", [None, "", "sb_publishable_unknown", "not a key"])
async def test_missing_or_unknown_key_is_refused(stack: Stack, key: str | None) -> None:
    answer = await ask(stack, {} if key is None else {"apikey": key})
    assert answer.status_code == 401
    assert "API key" in answer.json()["message"]


async def test_key_may_come_in_the_query(stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.url) as client:
        answer = await client.get("/rest/v1/rpc/stack_test_whoami", params={"apikey": stack.publishable_key})
    assert answer.json()["role"] == "anon"


async def test_secret_key_in_a_browser_is_refused(stack: Stack) -> None:
    answer = await ask(stack, {"apikey": stack.secret_key, "User-Agent": BROWSER})
    assert answer.status_code == 401
    assert (await ask(stack, {"apikey": stack.publishable_key, "User-Agent": BROWSER})).status_code == 200


async def test_token_of_another_signer_is_refused(stack: Stack) -> None:
    token = stack.mint_jwt({"role": "service_role"})
    forged = token[:-8] + ("AAAAAAAA" if not token.endswith("AAAAAAAA") else "BBBBBBBB")
    answer = await ask(stack, {"apikey": stack.publishable_key, "Authorization": f"Bearer {forged}"})
    assert answer.status_code == 401


async def test_schema_description_needs_the_secret_key(stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.url) as client:
        assert (await client.get("/rest/v1/", headers={"apikey": stack.publishable_key})).status_code == 403
        described = await client.get("/rest/v1/", headers={"apikey": stack.secret_key})
    assert described.json()["swagger"] == "2.0"


async def test_preflight_allows_what_the_browser_asks_for(stack: Stack) -> None:
    asked = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "apikey,authorization,content-profile",
    }
    async with httpx.AsyncClient(base_url=stack.url) as client:
        answer = await client.options("/rest/v1/organizations", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "apikey,authorization,content-profile"
    assert "PATCH" in answer.headers["access-control-allow-methods"]


async def test_answers_and_refusals_carry_one_cors_header(stack: Stack) -> None:
    for key in (stack.publishable_key, "sb_publishable_unknown"):
        answer = await ask(stack, {"apikey": key, "Origin": "https://app.example"})
        assert answer.headers.get_list("access-control-allow-origin") == ["*"]


async def test_public_keys_are_published_without_a_key(stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.url) as client:
        answer = await client.get("/auth/v1/.well-known/jwks.json")
    assert [key["kty"] for key in answer.json()["keys"]] == ["EC"]
    assert "d" not in answer.json()["keys"][0]


async def test_large_bodies_pass_in_both_directions(stack: Stack, new_user: NewUser) -> None:
    user = await new_user()
    metadata = {"note": "x" * 700_000}
    headers = {"apikey": stack.publishable_key, "Authorization": f"Bearer {user.access_token}"}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=30) as client:
        answer = await client.put("/auth/v1/user", json={"data": metadata})
    assert answer.status_code == 200, answer.text
    assert answer.json()["user_metadata"]["note"] == metadata["note"]


async def test_unknown_path_is_not_found_and_root_says_what_runs(stack: Stack) -> None:
    async with httpx.AsyncClient(base_url=stack.url) as client:
        assert (await client.get("/nothing-here.txt")).status_code == 404
        assert (await client.get("/")).headers["content-type"].startswith("text/html")
