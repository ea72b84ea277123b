"""The gateway lets the dashboard reach the controls of the sandbox beside it, and nothing else of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from sandbox.app import create_app as create_sandbox
from sandbox.server import serving
from stack.config import read_config
from stack.gateway import create_app
from stack.ports import free_ports
from stack.state import State, load_or_create

FAULT = {"provider": "stripe", "kind": "rate_limited"}


@pytest.fixture
async def state(tmp_path: Path) -> AsyncIterator[State]:
    """The state of a stack beside which a sandbox runs."""
    state = load_or_create(tmp_path, port=free_ports(1)[0])
    async with serving(create_sandbox()) as url:
        state.ports["sandbox"] = urlsplit(url).port or 0
        state.serves_ingress = True
        yield state


@pytest.fixture
async def browser(state: State, bare_project: Path, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway with the key for browsers; nobody is signed in."""
    app = create_app(state, read_config(bare_project), tmp_path / "dist")
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        headers = {"apikey": state.publishable_key}
        async with httpx.AsyncClient(transport=transport, base_url="http://hub.test", headers=headers) as client:
            yield client


def signed_in(state: State, role: str = "authenticated") -> dict[str, str]:
    """The headers of somebody with a token of the stack's."""
    token = state.mint_jwt({"role": role, "sub": "00000000-0000-4000-8000-000000000001"})
    return {"authorization": f"Bearer {token}"}


async def test_who_is_signed_in_plans_faults_and_forgets_them(state: State, browser: httpx.AsyncClient) -> None:
    planned = await browser.post("/sandbox/_faults", json=FAULT, headers=signed_in(state))
    assert planned.status_code == 201
    listed = await browser.get("/sandbox/_faults", headers=signed_in(state))
    assert [each["id"] for each in listed.json()] == [planned.json()["id"]]
    await browser.delete(f"/sandbox/_faults/{planned.json()['id']}", headers=signed_in(state))
    assert (await browser.get("/sandbox/_faults", headers=signed_in(state))).json() == []


async def test_nobody_else_reaches_it(state: State, browser: httpx.AsyncClient) -> None:
    strangers = [
        {},
        {"authorization": "Bearer of.no.body"},
        {"authorization": f"Bearer {state.publishable_key}"},
        signed_in(state, "anon"),
    ]
    for headers in strangers:
        answer = await browser.post("/sandbox/_faults", json=FAULT, headers=headers)
        assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/_state", "/_deliveries", "/stripe/v1/charges", "/_faults/../_state", "/"])
async def test_what_the_sandbox_holds_is_not_shown(state: State, browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(f"/sandbox{path}", headers=signed_in(state))).status_code == 404


async def test_the_page_is_told_where_the_sandbox_is(state: State, browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/config.json")).json()["sandbox_url"] == "/sandbox"


async def test_a_stack_without_a_sandbox_has_no_controls(state: State, browser: httpx.AsyncClient) -> None:
    state.serves_ingress = False
    assert "sandbox_url" not in (await browser.get("/config.json")).json()
    assert (await browser.get("/sandbox/_faults", headers=signed_in(state))).status_code == 404
