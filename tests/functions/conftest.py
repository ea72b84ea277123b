"""The Supabase functions under the real Deno: behind the gateway, with workers that take up what they leave, and alone,
against a hub that is played."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.functions.standin import Hub, StandIn, stand_in
from tests.webhooks.conftest import (
    client,
    ingress,
    keyring,
    make_receiver,
    other_receiver,
    pool,
    processor,
    receiver,
    vault,
)

__all__ = [
    "client",
    "ingress",
    "keyring",
    "make_receiver",
    "other_receiver",
    "pool",
    "processor",
    "receiver",
    "vault",
]

BROWSER = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"


@pytest.fixture(scope="session")
async def functions(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[StandIn]:
    """The functions alone."""
    async with stand_in(tmp_path_factory.mktemp("functions")) as running:
        yield running


@pytest.fixture
def hub(functions: StandIn) -> Hub:
    """Their hub, which answers nothing yet."""
    functions.hub.forget()
    return functions.hub


@pytest.fixture
async def visitor(functions: StandIn) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a browser."""
    async with httpx.AsyncClient(base_url=functions.url, timeout=30, headers={"user-agent": BROWSER}) as visitor:
        yield visitor
