"""Fixtures for every test: the real stack, users who really signed up, organizations of their own."""

import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from stack import Stack
from stack.control import ephemeral_directory
from stack.toolchain import ROOT
from tests.support.stacks import migrated_stack

pytest_plugins = ("tests.support.run", "tests.support.workplace", "tests.support.retirement")

PASSWORD = "correct-horse-battery-staple"


@dataclass(frozen=True)
class User:
    """Somebody who signed up at the stack's auth."""

    id: str
    email: str
    password: str
    access_token: str
    refresh_token: str


NewUser = Callable[[], Awaitable[User]]
NewOrganization = Callable[[User], Awaitable[dict[str, Any]]]


@pytest.fixture(scope="session")
async def stack() -> AsyncIterator[Stack]:
    """The real stack, one for the whole run: a new one without durability, or the one WASL_TEST_STACK points to."""
    running = os.environ.get("WASL_TEST_STACK")
    if running:
        yield Stack.attach(Path(running))
        return
    async with migrated_stack() as started:
        yield started


@pytest.fixture(scope="session")
async def database(stack: Stack) -> AsyncIterator[psycopg.AsyncConnection[DictRow]]:
    """A connection as `postgres`, which row-level security does not hold back; every statement commits at once."""
    connection = await psycopg.AsyncConnection.connect(stack.database_url, autocommit=True, row_factory=dict_row)
    async with connection:
        yield connection


@pytest.fixture(scope="session")
async def http(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the gateway that presents the publishable key."""
    async with httpx.AsyncClient(base_url=stack.url, headers={"apikey": stack.publishable_key}, timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def new_user(http: httpx.AsyncClient) -> NewUser:
    """A function that signs up somebody new."""

    async def sign_up() -> User:
        email = f"user-{uuid.uuid4().hex}@example.com"
        answer = await http.post("/auth/v1/signup", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        session = answer.json()
        return User(session["user"]["id"], email, PASSWORD, session["access_token"], session["refresh_token"])

    return sign_up


@pytest.fixture(scope="session")
def new_organization(http: httpx.AsyncClient) -> NewOrganization:
    """A function that lets a user create an organization, of which the user is then the owner; returns its row."""

    async def create(user: User) -> dict[str, Any]:
        answer = await http.post(
            "/rest/v1/rpc/create_organization",
            headers={"Authorization": f"Bearer {user.access_token}"},
            json={"name": f"Organization {uuid.uuid4().hex[:8]}"},
        )
        assert answer.status_code == 200, answer.text
        organization: dict[str, Any] = answer.json()
        return organization

    return create


@pytest.fixture(scope="session")
def ephemeral_state() -> Callable[[], Path]:
    """A function that names a new state directory, for stacks that a test starts itself."""
    return lambda: ephemeral_directory(ROOT / ".wasl")
