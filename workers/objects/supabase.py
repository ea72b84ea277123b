"""An object store in Supabase Storage, by its REST API (https://supabase.com/docs/reference/storage-api).

The bucket is private, and made when it is missing. It was tested against a stand-in written from that documentation; a
real Supabase Storage does not run without Docker.
"""

from __future__ import annotations

from typing import Any, Final

import httpx

from workers.objects.store import ObjectMissing, StoreUnavailable, checked_path

_TIMEOUT_SECONDS: Final = 20.0
_MISSING: Final = frozenset({"not_found", "NoSuchKey", "Object not found"})
_NO_BUCKET: Final = frozenset({"Bucket not found", "NoSuchBucket"})


class SupabaseStore:
    """Files in a bucket.

    :param url: the project's address, such as ``https://abc.supabase.co``.
    :param secret_key: its secret API key, or ``service_role`` key.
    :param transport: sends the requests; the network by default.
    """

    def __init__(
        self, url: str, secret_key: str, *, bucket: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._api = f"{url.rstrip('/')}/storage/v1"
        self._bucket = bucket
        headers = {"Authorization": f"Bearer {secret_key}", "apikey": secret_key}
        self._http = httpx.AsyncClient(headers=headers, timeout=_TIMEOUT_SECONDS, transport=transport)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def put(self, path: str, content: bytes, content_type: str) -> None:
        headers = {"Content-Type": content_type, "x-upsert": "true", "Cache-Control": "max-age=0"}
        answer = await self._send("POST", f"/object/{self._file(path)}", content=content, headers=headers)
        if answer.is_error and _says(answer) & _NO_BUCKET:
            await self._make_bucket()
            answer = await self._send("POST", f"/object/{self._file(path)}", content=content, headers=headers)
        _checked(answer)

    async def get(self, path: str) -> bytes:
        return _checked(await self._send("GET", f"/object/{self._file(path)}")).content

    async def link(self, path: str, *, seconds: int) -> str:
        answer = await self._send("POST", f"/object/sign/{self._file(path)}", json={"expiresIn": seconds})
        signed = _checked(answer).json().get("signedURL")
        if not isinstance(signed, str) or not signed.startswith("/object/sign/"):
            raise StoreUnavailable("Supabase Storage answered without a link.")
        return f"{self._api}{signed}"

    async def _make_bucket(self) -> None:
        body = {"id": self._bucket, "name": self._bucket, "public": False}
        answer = await self._send("POST", "/bucket", json=body)
        if answer.is_error and not _says(answer) & {"Duplicate", "The resource already exists"}:
            _checked(answer)

    def _file(self, path: str) -> str:
        return f"{self._bucket}/{checked_path(path)}"

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            return await self._http.request(method, self._api + path, **options)
        except httpx.HTTPError as error:
            raise StoreUnavailable(f"Supabase Storage does not answer ({type(error).__name__}).") from error


def _checked(answer: httpx.Response) -> httpx.Response:
    if not answer.is_error:
        return answer
    if answer.status_code == httpx.codes.NOT_FOUND or _says(answer) & _MISSING:
        raise ObjectMissing("Supabase Storage has no such file.")
    raise StoreUnavailable(f"Supabase Storage answered {answer.status_code}.")


def _says(answer: httpx.Response) -> set[str]:
    """The words of an error: Storage answers 400 to much that is a 404 by its own ``statusCode``."""
    try:
        body = answer.json()
    except ValueError:
        return set()
    known = {str(body.get(name)) for name in ("error", "message", "code")} if isinstance(body, dict) else set()
    return known | ({"not_found"} if isinstance(body, dict) and str(body.get("statusCode")) == "404" else set())
