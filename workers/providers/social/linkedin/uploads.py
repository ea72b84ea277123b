"""Bringing pictures and films to LinkedIn, which does not fetch them.

Facts: Microsoft's pages *Images API* and *Videos API*. A film is uploaded in the parts that LinkedIn names, without
credentials, and put together by the ETags of their answers; it is ready when its status is AVAILABLE. With
``w_member_social`` alone neither state can be read (Microsoft's page *Images API*): such a film is published without
waiting, and LinkedIn shows it when it is done.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from workers.providers.base import Answer
from workers.providers.errors import AuthenticationFailed, InvalidRequest
from workers.providers.social.linkedin.requests import encoded
from workers.providers.social.linkedin.wire import LinkedInWire, is_forbidden
from workers.providers.social.media import MediaReader
from workers.providers.social.models import Media

_UPLOAD_HOSTS: Final = frozenset({"www.linkedin.com", "api.linkedin.com"})
_OPERATION: Final = "prepare_post"


class LinkedInUploads(LinkedInWire):
    """Files of posts. Nobody sees them before the post, so that each step may be repeated."""

    media_reader: MediaReader | None = None

    async def _upload_image(self, owner: str, media: Media, field: str) -> str:
        """Bring a picture there; its URN."""
        content = await self._reader(field).read(media)
        answer = await self._initialize("images", {"owner": owner})
        urn, address = self._parse(answer, lambda body: (_urn(body, "image"), str(body["value"]["uploadUrl"])))
        await self._put(address, content, answer)
        return urn

    async def _upload_video(self, owner: str, media: Media, field: str) -> str:
        """Bring a film there, part by part; its URN."""
        reader, size = self._reader(field), media.bytes or 0
        wanted = {"owner": owner, "fileSizeBytes": size, "uploadCaptions": False, "uploadThumbnail": False}
        answer = await self._initialize("videos", wanted)
        urn, token = self._parse(answer, lambda body: (_urn(body, "video"), str(body["value"]["uploadToken"])))
        tags = []
        for address, first, last in self._parse(answer, lambda body: _parts(body["value"], size)):
            content = await reader.read(media, first, last)
            if len(content) != last - first + 1:
                raise self._refuse(_OPERATION, field, "is not as long as it was said to be")
            stored = await self._put(address, content, answer)
            tag = stored.headers.get("etag", "").strip().strip('"')
            if not tag:
                raise self._unreadable(stored)
            tags.append(tag)
        finish = {"video": urn, "uploadToken": token, "uploadedPartIds": tags}
        await self._rest(
            _OPERATION,
            "POST",
            "/videos?action=finalizeUpload",
            body={"finalizeUploadRequest": finish},
            write=False,
        )
        return urn

    async def _is_ready(self, urn: str, field: str) -> bool:
        """Whether a film may be published."""
        try:
            answer = await self._rest(_OPERATION, "GET", f"/videos/{encoded(urn)}")
        except AuthenticationFailed as refused:
            if is_forbidden(refused):
                return True
            raise
        status = self._parse(answer, lambda body: str(body["status"]))
        if status == "PROCESSING_FAILED":
            raise self._fail(InvalidRequest, f"{field}: LinkedIn could not process the film", answer, field=field)
        return status == "AVAILABLE"

    async def _initialize(self, collection: str, request: dict[str, Any]) -> Answer:
        """Begin an upload. One that is not used vanishes, so that beginning anew does no harm."""
        return await self._rest(
            _OPERATION,
            "POST",
            f"/{collection}?action=initializeUpload",
            body={"initializeUploadRequest": request},
            write=False,
        )

    async def _put(self, address: str, content: bytes, answer: Answer) -> Answer:
        """Upload bytes to where LinkedIn said, if that is LinkedIn."""
        parts = urlsplit(address)
        own = urlsplit(self.base_url)
        ours = parts.scheme == "https" and parts.netloc in _UPLOAD_HOSTS
        if not ours and (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
            raise self._unreadable(answer)
        return await self._call(
            _OPERATION,
            "PUT",
            address.removeprefix(f"{parts.scheme}://{parts.netloc}"),
            content=content,
            content_type="application/octet-stream",
            write=False,
            base=f"{parts.scheme}://{parts.netloc}",
        )

    def _reader(self, field: str) -> MediaReader:
        if self.media_reader is None:
            raise self._refuse(_OPERATION, field, "cannot be read: LinkedIn takes files, and nothing fetches them here")
        return self.media_reader


def _urn(body: Any, kind: str) -> str:
    urn = body["value"][kind]
    if not isinstance(urn, str) or not urn.startswith(f"urn:li:{kind}:"):
        raise ValueError("not the URN of a file")
    return urn


def _parts(value: Any, size: int) -> list[tuple[str, int, int]]:
    """Where each part goes, with its first and last byte, in their order.

    :raises ValueError: together they are not the whole file.
    """
    told = [(str(each["uploadUrl"]), each["firstByte"], each["lastByte"]) for each in value["uploadInstructions"]]
    parts = sorted(told, key=lambda part: part[1])
    following = 0
    for _, first, last in parts:
        if type(first) is not int or type(last) is not int or first != following or last < first:
            raise ValueError("the parts do not follow each other")
        following = last + 1
    if following != size:
        raise ValueError("the parts are not the whole file")
    return parts
