"""Handing out a folder's files to whoever has a link: ``GET /storage/v1/object/sign/{bucket}/{path}?token=…``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from workers.objects.folder import FolderStore
from workers.objects.links import SIGN_PATH
from workers.objects.store import ObjectMissing, StoreUnavailable

CONTENT_TYPES: Final[Mapping[str, str]] = {
    "pdf": "application/pdf",
    "zpl": "application/zpl",
    "png": "image/png",
    "json": "application/json",
}
_HEADERS: Final = {
    "Cache-Control": "private, no-store",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class FileServer:
    """An ASGI application. It does not tell a wrong link from one to nothing."""

    def __init__(self, store: FolderStore) -> None:
        self._store = store

    @staticmethod
    def serves(path: str) -> bool:
        """Whether a request's path is one of its own."""
        return path.startswith(f"{SIGN_PATH}/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("Method not allowed", 405, {"Allow": "GET, HEAD"})
        bucket, _, path = request.url.path.removeprefix(f"{SIGN_PATH}/").partition("/")
        token = request.query_params.get("token", "")
        try:
            if not await asyncio.to_thread(self._store.links.allows, bucket, path, token):
                return _gone()
            content = await self._store.get(path)
        except (ObjectMissing, ValueError):
            return _gone()
        except StoreUnavailable:
            return PlainTextResponse("Not available now", 503)
        suffix = PurePosixPath(path).suffix.lstrip(".")
        return Response(content, headers=_HEADERS, media_type=CONTENT_TYPES.get(suffix, "application/octet-stream"))


def _gone() -> Response:
    return PlainTextResponse("This link is not valid, or not any more", 404)
