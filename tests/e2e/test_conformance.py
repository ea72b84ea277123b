"""The official Supabase clients work against the stack unmodified: `supabase` and `@supabase/supabase-js`."""

import asyncio
import json
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest
from postgrest.exceptions import APIError
from supabase_auth.errors import AuthApiError
from supabase_functions.errors import FunctionsHttpError

from stack import Stack
from stack.toolchain import find_toolchain
from supabase import AsyncClient, AsyncClientOptions, Client, acreate_client, create_client
from tests.conftest import PASSWORD

SCRIPT = Path(__file__).with_name("conformance.mjs")
NO_BACKGROUND_WORK = AsyncClientOptions(auto_refresh_token=False, persist_session=False)


async def signed_up(stack: Stack, name: str) -> AsyncClient:
    """A client whose user has just signed up, with the publishable key."""
    client = await acreate_client(stack.url, stack.publishable_key, NO_BACKGROUND_WORK)
    email = f"{name}-{uuid.uuid4().hex}@example.com"
    answer = await client.auth.sign_up({"email": email, "password": PASSWORD})
    assert answer.session is not None
    return client


async def organization_of(client: AsyncClient) -> str:
    """The id of an organization that the client's user creates."""
    created = await client.rpc("create_organization", {"name": "Amal Trading"}).execute()
    organization: Any = created.data
    return str(organization["id"])


async def test_python_signs_up_in_and_out(stack: Stack) -> None:
    client = await signed_up(stack, "amal")
    user = await client.auth.get_user()
    assert user is not None
    signed_in = await client.auth.sign_in_with_password({"email": user.user.email or "", "password": PASSWORD})
    assert signed_in.user is not None
    assert signed_in.user.id == user.user.id
    refreshed = await client.auth.refresh_session()
    assert refreshed.session is not None
    claims = await client.auth.get_claims()
    assert claims is not None
    assert claims["claims"]["sub"] == user.user.id
    assert claims["headers"]["alg"] == "ES256"
    await client.auth.sign_out()
    assert await client.auth.get_session() is None


async def test_python_is_told_of_a_wrong_password(stack: Stack) -> None:
    client = await acreate_client(stack.url, stack.publishable_key, NO_BACKGROUND_WORK)
    with pytest.raises(AuthApiError) as refusal:
        await client.auth.sign_in_with_password({"email": "nobody@example.com", "password": "wrong"})
    assert refusal.value.code == "invalid_credentials"


async def test_python_selects_under_row_level_security(stack: Stack) -> None:
    amal, badr = await signed_up(stack, "amal"), await signed_up(stack, "badr")
    organization = await organization_of(amal)
    own = await amal.table("organizations").select("id, organization_members(role)").eq("id", organization).execute()
    assert own.data == [{"id": organization, "organization_members": [{"role": "owner"}]}]
    others = await badr.table("organizations").select("id").eq("id", organization).execute()
    assert others.data == []


async def test_python_with_publishable_key_alone_is_anonymous(stack: Stack) -> None:
    client = await acreate_client(stack.url, stack.publishable_key, NO_BACKGROUND_WORK)
    with pytest.raises(APIError) as refusal:
        await client.table("organizations").select("id").execute()
    assert refusal.value.code == "42501"


async def test_python_with_secret_key_is_the_service_role(stack: Stack) -> None:
    organization = await organization_of(await signed_up(stack, "amal"))
    server = await acreate_client(stack.url, stack.secret_key, NO_BACKGROUND_WORK)
    found = await server.table("organizations").select("id").eq("id", organization).execute()
    assert found.data == [{"id": organization}]


async def test_python_blocking_client_works_too(stack: Stack) -> None:
    def count() -> int | None:
        client: Client = create_client(stack.url, stack.secret_key)
        return client.table("organizations").select("id", count="exact", head=True).execute().count  # type: ignore[arg-type]

    assert await asyncio.to_thread(count) is not None


async def test_python_invokes_functions(stack: Stack) -> None:
    client = await acreate_client(stack.url, stack.publishable_key, NO_BACKGROUND_WORK)
    with pytest.raises(FunctionsHttpError) as refusal:
        await client.functions.invoke("no-such-function", {"body": {}})
    assert refusal.value.status == 404


async def test_javascript_client(stack: Stack) -> None:
    seen = await run_javascript(stack.url, stack.publishable_key, stack.secret_key)
    organization = {"id": seen.pop("id"), "name": "Amal Trading"}
    assert seen == {
        "signs_in": True,
        "wrong_password": "invalid_credentials",
        "claims": {"algorithm": "ES256", "role": "authenticated", "own": True},
        "user": True,
        "refreshes": True,
        "rpc": "Amal Trading",
        "own_rows": [organization],
        "others_rows": [],
        "embedded": [{"role": "owner"}],
        "count": 1,
        "anonymous": "42501",
        "server": [organization],
        "unknown_key": 401,
        "missing_function": 404,
        "signed_out": "42501",
    }


async def run_javascript(*arguments: str) -> dict[str, Any]:
    """What `conformance.mjs` saw."""
    process = await asyncio.create_subprocess_exec(
        find_toolchain().node, SCRIPT, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    output, errors = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, errors.decode()
    seen: dict[str, Any] = json.loads(output)
    return seen
