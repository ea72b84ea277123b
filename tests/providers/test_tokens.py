"""Access tokens: asked for once, renewed in time, dropped when refused."""

import asyncio

import pytest

from workers.providers.errors import AuthenticationFailed, ProviderError, Unavailable
from workers.providers.tokens import AccessToken, TokenCache


class Issuer:
    """Issues numbered tokens, and has a clock that stands still until it is moved."""

    def __init__(self, lifetime_seconds: float = 300.0) -> None:
        self.issued = 0
        self.now = 1000.0
        self.lifetime_seconds = lifetime_seconds

    async def __call__(self) -> AccessToken:
        self.issued += 1
        await asyncio.sleep(0)
        return AccessToken(f"token-{self.issued}", self.lifetime_seconds)


async def test_a_token_serves_until_shortly_before_its_end() -> None:
    issuer = Issuer()
    cache = TokenCache(30.0, lambda: issuer.now)
    seen = []
    for moment in (1000.0, 1269.9, 1270.0, 1539.9):
        issuer.now = moment
        seen.append(await cache.get(issuer))
    assert seen == ["token-1", "token-1", "token-2", "token-2"]


async def test_many_at_once_ask_once() -> None:
    issuer = Issuer()
    cache = TokenCache(30.0, lambda: issuer.now)
    assert set(await asyncio.gather(*(cache.get(issuer) for _ in range(20)))) == {"token-1"}


async def test_a_refused_token_is_dropped_and_a_newer_one_is_not() -> None:
    issuer = Issuer()
    cache = TokenCache(30.0, lambda: issuer.now)
    first = await cache.get(issuer)
    cache.forget(first)
    second = await cache.get(issuer)
    cache.forget(first)
    assert await cache.get(issuer) == second == "token-2"


async def test_a_failed_exchange_leaves_nothing_behind() -> None:
    issuer = Issuer()
    cache = TokenCache(30.0, lambda: issuer.now)

    async def fail() -> AccessToken:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await cache.get(fail)
    assert await cache.get(issuer) == "token-1"


async def test_a_call_whose_token_is_refused_is_made_again_under_a_new_one_once() -> None:
    issuer, seen = Issuer(), []
    cache = TokenCache(30.0, lambda: issuer.now)

    async def refuse(token: str) -> str:
        seen.append(token)
        raise AuthenticationFailed("no", http_status=401)

    with pytest.raises(AuthenticationFailed):
        await cache.spend(issuer, refuse)
    assert seen == ["token-1", "token-2"]


@pytest.mark.parametrize(
    "error", [AuthenticationFailed("no", http_status=403), Unavailable("no", http_status=503)], ids=["403", "503"]
)
async def test_a_call_that_fails_otherwise_is_not_made_again(error: ProviderError) -> None:
    issuer, seen = Issuer(), []
    cache = TokenCache(30.0, lambda: issuer.now)

    async def fail(token: str) -> str:
        seen.append(token)
        raise error

    with pytest.raises(type(error)):
        await cache.spend(issuer, fail)
    assert (seen, await cache.get(issuer)) == (["token-1"], "token-1")


@pytest.mark.parametrize(
    "value", [None, 7, "", "two\nlines", "رمز"], ids=["none", "number", "empty", "lines", "arabic"]
)
def test_what_no_header_could_carry_is_no_token(value: object) -> None:
    with pytest.raises(ValueError, match="not a token"):
        AccessToken.read(value, 300)


def test_a_token_does_not_show() -> None:
    assert "hush" not in repr(AccessToken("hush", 300.0))
