"""Short-lived access tokens, for providers that trade a credential for one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as the provider issued it.

    :param lifetime_seconds: for how long it holds, counted from when it was asked for.
    """

    value: str = field(repr=False)
    lifetime_seconds: float


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
