"""Short-lived access tokens, for providers that trade a credential for one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from workers.providers.errors import AuthenticationFailed, ProviderError

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as the provider issued it.

    :param lifetime_seconds: for how long it holds, counted from when it was asked for.
    """

    value: str = field(repr=False)
    lifetime_seconds: float

    @classmethod
    def read(cls, value: Any, lifetime_seconds: Any) -> Self:
        """A token out of an answer.

        :raises ValueError: it is none that a header could carry.
        """
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
            raise ValueError("not a token")
        return cls(value, float(lifetime_seconds))


def is_unauthorized(error: ProviderError) -> bool:
    """Whether a call was refused with 401."""
    return isinstance(error, AuthenticationFailed) and error.http_status == 401


class TokenCache:
    """Keeps one token until shortly before it runs out. Whoever asks meanwhile waits for the one exchange under way.

    :param margin_seconds: how long before its end a token is renewed: a call has to arrive while it still holds.
    :param clock: seconds from any beginning, never going back.
    """

    def __init__(self, margin_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._margin_seconds = margin_seconds
        self._clock = clock
        self._lock = asyncio.Lock()
        self._value: str | None = None
        self._renewed_from = 0.0

    async def get(self, exchange: Callable[[], Awaitable[AccessToken]]) -> str:
        """The token, from an exchange if need be. What the exchange raises is passed on, and nothing is kept."""
        async with self._lock:
            if self._value is None or self._clock() >= self._renewed_from:
                asked_at = self._clock()
                token = await exchange()
                self._value = token.value
                self._renewed_from = asked_at + token.lifetime_seconds - self._margin_seconds
            return self._value

    def forget(self, refused: str) -> None:
        """Drop a token that the provider refused, unless another one has taken its place already."""
        if self._value == refused:
            self._value = None

    async def spend(
        self,
        exchange: Callable[[], Awaitable[AccessToken]],
        call: Callable[[str], Awaitable[ResultT]],
        is_refused: Callable[[ProviderError], bool] = is_unauthorized,
    ) -> ResultT:
        """Make a call under the token; one that is refused for its token is made again under a new one, once.

        :param is_refused: whether an error of the call is the token's fault, so that nothing was done.
        """
        token = await self.get(exchange)
        try:
            return await call(token)
        except ProviderError as error:
            if not is_refused(error):
                raise
        self.forget(token)
        return await call(await self.get(exchange))
