"""Bringing posts out on a page, and finding one whose answer was lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from workers.providers.base import Answer
from workers.providers.errors import InvalidRequest, NotFound, OutcomeUnknown, ProviderError
from workers.providers.social.facebook.manifest import UPLOAD_HOST
from workers.providers.social.facebook.objects import film_and_ids, film_of, post_and_ids, post_of, reason_of, upload_of
from workers.providers.social.facebook.pages import ActsAsPages, identifiers
from workers.providers.social.facebook.requests import (
    PAGE_SIZE,
    PHOTOS,
    POST_FIELDS,
    REEL_FIELDS,
    UPLOADED,
    VIDEO,
    VIDEO_FIELDS,
    is_film,
    is_reel,
    needs_photos_first,
    photo_form,
    publication,
)
from workers.providers.social.meta.errors import is_duplicate
from workers.providers.social.meta.objects import SKEW, identifier, same_text
from workers.providers.social.models import ExistingPost, PostPreparation, PostRequest, PostResult

_UPLOAD: Final = re.compile(r"/video-upload/[A-Za-z0-9./_-]+")
_FILM_WAIT_SECONDS: Final = 10.0
_DUPLICATE_WITHIN: Final = timedelta(minutes=10)
"""How old the same text on the page may be for a refusal as a duplicate to mean our own lost call."""
_UPLOAD_PATH: Final = "upload"


class PublishesOnPages(ActsAsPages):
    """See `capabilities.PublishesPosts`."""

    async def prepare_post(self, request: PostRequest, prepared: Mapping[str, str]) -> PostPreparation:
        """Bring several photos, or a reel's film, to Facebook, one step a call. All else needs no preparation."""
        operation = "prepare_post"
        self._require_possible(operation, request)
        if is_reel(request):
            return await self._prepare_reel(operation, request, dict(prepared))
        if needs_photos_first(request):
            return await self._prepare_photos(operation, request, dict(prepared))
        return PostPreparation(ready=True, data=dict(prepared))

    async def publish_post(self, request: PostRequest, prepared: Mapping[str, str]) -> PostResult:
        """Bring it out."""
        operation = "publish_post"
        self._require_possible(operation, request)
        try:
            edge, form = publication(request, prepared)
        except KeyError as missing:
            raise self._refuse(operation, "prepared", f"the post is not prepared: no {missing}") from None
        page = request.account.id
        try:
            answer = await self._as_page(operation, page, "POST", f"/{page}/{edge}", form=form)
        except InvalidRequest as refused:
            if is_duplicate(refused) and await self._has_just_come_out(operation, request):
                raise self._unknown(operation, "Facebook has this post already: it has to be looked up") from refused
            raise
        return await self._published(operation, request, prepared, answer)

    async def find_post(
        self, request: PostRequest, prepared: Mapping[str, str], *, attempted_at: datetime, known: Sequence[str]
    ) -> PostResult | None:
        """Settle an unknown outcome: a reel by its film, all else by its text among what came out since."""
        operation = "find_post"
        if is_reel(request):
            found = await self._find_reel(operation, request.account.id, prepared)
        else:
            found = await self._find_by_text(operation, request, attempted_at - SKEW, frozenset(known))
        if found is None:
            self._require_settled(operation, attempted_at)
        return found

    async def get_post(self, post: ExistingPost) -> PostResult:
        """The post; a film whose post is not known yet by its own id."""
        operation, wanted = "get_post", post.provider_post_id
        self._require_id(operation, "provider_post_id", wanted)
        film = "_" not in wanted
        query = [("fields", VIDEO_FIELDS if film else POST_FIELDS)]
        answer = await self._as_page(operation, post.account.id, "GET", f"/{wanted}", query=query)
        return self._parse(answer, lambda body: post_of(body, "description" if film else "message"))

    # Steps.

    async def _prepare_photos(self, operation: str, request: PostRequest, data: dict[str, str]) -> PostPreparation:
        done = [photo for photo in data.get(PHOTOS, "").split(",") if photo]
        if len(done) < len(request.media):
            page, form = request.account.id, photo_form(request.media[len(done)], published=False)
            answer = await self._as_page(operation, page, "POST", f"/{page}/photos", form=form, write=False)
            done.append(self._parse(answer, lambda body: identifier(body["id"])))
        data[PHOTOS] = ",".join(done)
        return PostPreparation(ready=len(done) == len(request.media), data=data)

    async def _prepare_reel(self, operation: str, request: PostRequest, data: dict[str, str]) -> PostPreparation:
        page = request.account.id
        if VIDEO not in data:
            form = {"upload_phase": "START"}
            answer = await self._as_page(operation, page, "POST", f"/{page}/video_reels", form=form, write=False)
            video, address = self._parse(answer, lambda body: (identifier(body["video_id"]), body["upload_url"]))
            path = _UPLOAD.search(address)
            if path is None:
                raise self._unreadable(answer)
            return PostPreparation(ready=False, data={VIDEO: video, _UPLOAD_PATH: path[0]})
        if UPLOADED not in data:
            await self._upload(operation, page, data[_UPLOAD_PATH], request.media[0].url)
            return PostPreparation(ready=False, data={**data, UPLOADED: "1"}, wait_seconds=_FILM_WAIT_SECONDS)
        query = [("fields", "status")]
        answer = await self._as_page(operation, page, "GET", f"/{data[VIDEO]}", query=query)
        ready, wrong = self._parse(answer, lambda body: upload_of(body["status"]))
        if wrong:
            raise self._refuse(operation, "media.0", wrong)
        return PostPreparation(ready=ready, data=data, wait_seconds=0.0 if ready else _FILM_WAIT_SECONDS)

    async def _upload(self, operation: str, page: str, path: str, url: str) -> None:
        """Have Facebook fetch a film."""
        token = await self._page_token(operation, page)
        headers = {"Authorization": f"OAuth {token}", "file_url": url}
        base = self.host(UPLOAD_HOST)
        self._require_done(await self._call(operation, "POST", path, headers=headers, write=False, base=base))

    async def _published(
        self, operation: str, request: PostRequest, prepared: Mapping[str, str], answer: Answer
    ) -> PostResult:
        """What came out, with as much as can be had of it by now."""
        self._require_done(answer)
        post, node = self._parse(answer, identifiers)
        film = is_film(request) or is_reel(request)
        wanted = post or node or prepared.get(VIDEO)
        if wanted is None:
            raise self._unreadable(answer)
        query = [("fields", VIDEO_FIELDS if film and post is None else POST_FIELDS)]
        try:
            shown = await self._as_page(operation, request.account.id, "GET", f"/{wanted}", query=query)
            return self._parse(shown, film_of if film and post is None else post_of)
        except ProviderError:
            return PostResult(provider_post_id=wanted, text=request.text or None, published_at=datetime.now(UTC))

    # Finding.

    async def _find_reel(self, operation: str, page: str, prepared: Mapping[str, str]) -> PostResult | None:
        if VIDEO not in prepared:
            return None
        query = [("fields", REEL_FIELDS)]
        try:
            answer = await self._as_page(operation, page, "GET", f"/{prepared[VIDEO]}", query=query)
        except NotFound as missing:
            raise self._unknown(operation, f"Facebook does not show the reel's film: {missing.message}") from missing
        status, publishing = self._parse(
            answer, lambda body: (body["status"], (body["status"].get("publishing_phase") or {}).get("status"))
        )
        if publishing == "complete" or answer.body.get("post_id"):
            return self._parse(answer, film_of)
        if publishing == "error" or status.get("video_status") == "error":
            raise self._refuse(operation, "media.0", reason_of(status))
        if publishing not in (None, "not_started"):
            raise OutcomeUnknown("the reel is coming out", provider=self.manifest.key, operation=operation)
        return None

    async def _find_by_text(
        self, operation: str, request: PostRequest, since: datetime, known: frozenset[str]
    ) -> PostResult | None:
        """The first one since then with the same text, that is no other post of the hub's."""
        page, film = request.account.id, is_film(request)
        edge = "videos" if film else "published_posts"
        query = [("fields", VIDEO_FIELDS if film else POST_FIELDS), ("limit", PAGE_SIZE)]
        query += [("type", "UPLOADED")] if film else [("since", str(int(since.timestamp())))]
        found: PostResult | None = None
        token = await self._page_token(operation, page)
        posts = self._items(
            operation, f"/{page}/{edge}", query, token=token, parse=film_and_ids if film else post_and_ids
        )
        async for shown, ids in posts:
            if shown.published_at is None or shown.published_at < since:
                break
            if known.isdisjoint(ids) and same_text(shown.text, request.text):
                found = shown
        return found

    async def _has_just_come_out(self, operation: str, request: PostRequest) -> bool:
        since = datetime.now(UTC) - _DUPLICATE_WITHIN
        try:
            return await self._find_by_text(operation, request, since, frozenset()) is not None
        except ProviderError:
            return True
