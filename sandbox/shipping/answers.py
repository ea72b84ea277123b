"""How twins answer whose errors are a status and a body."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

Endpoint = Callable[[Request], Awaitable[Response]]


class Refusal(Exception):
    """An error as the carrier answers it. :param status: of HTTP."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def answering(call: Endpoint) -> Endpoint:
    """An endpoint that answers what it refuses."""

    async def endpoint(request: Request) -> Response:
        try:
            return await call(request)
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)

    return endpoint


async def read_object(request: Request, refuse: Callable[[str], Refusal]) -> dict[str, Any]:
    """The JSON object that was sent; an empty one where nothing was.

    :param refuse: how the carrier refuses something else, given why.
    """
    raw = await request.body()
    try:
        body = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError:
        raise refuse("the body is not JSON") from None
    if not isinstance(body, dict):
        raise refuse("the body is not an object")
    return body
