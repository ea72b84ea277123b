"""Bringing posts out on an account: containers, which wait until they are told to appear; and finding a lost one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from workers.providers.errors import InvalidRequest, NotFound, ProviderError, RateLimited, Unavailable
from workers.providers.social.instagram.login import SignsInWithInstagram
from workers.providers.social.instagram.objects import Container, container_of, post_of
from workers.providers.social.instagram.requests import (
    CHILDREN,
    CONTAINER,
    CONTAINER_FIELDS,
    MEDIA_FIELDS,
    PAGE_SIZE,
    album_form,
    child_form,
    container_form,
    is_album,
)
from workers.providers.social.meta.objects import ID, SKEW, identifier, same_text
from workers.providers.social.models import (
    ExistingPost,
    MediaKind,
    PostFormat,
    PostPreparation,
    PostRequest,
    PostResult,
)

_IMAGE_WAIT_SECONDS: Final = 2.0
_FILM_WAIT_SECONDS: Final = 15.0
_QUOTA_WAIT_SECONDS: Final = 3600.0
"""Our own guess: the quota is of any 24 hours, and Instagram does not say when the next post falls out of it."""
_MOST_PER_ALBUM: Final = 10


class PublishesOnInstagram(SignsInWithInstagram):
    """See `capabilities.PublishesPosts`."""

    async def prepare_post(self, request: PostRequest, prepared: Mapping[str, str]) -> PostPreparation:
        """Make containers, one a call, and wait for them: an album's parts first, then the whole."""
        operation = "prepare_post"
        self._require_possible(operation, request)
        if len(request.media) > _MOST_PER_ALBUM:
            raise self._refuse(operation, "media", f"Instagram takes {_MOST_PER_ALBUM} pictures and films in an album")
        if CONTAINER in prepared:
            return await self._wait_for_whole(operation, request, dict(prepared))
        if not is_album(request):
            made = await self._make(operation, request.account.id, container_form(request))
            return self._waiting(request, {CONTAINER: made})
        children = [child for child in prepared.get(CHILDREN, "").split(",") if child]
        if len(children) < len(request.media):
            form = child_form(request.media[len(children)])
            children.append(await self._make(operation, request.account.id, form))
            all_made = len(children) == len(request.media)
            data = {CHILDREN: ",".join(children)}
            return self._waiting(request, data) if all_made else PostPreparation(ready=False, data=data)
        return await self._join(operation, request, children)

    async def publish_post(self, request: PostRequest, prepared: Mapping[str, str]) -> PostResult:
        """Let the container appear, if it has not yet, and if the account may publish one more today."""
        operation = "publish_post"
        self._require_possible(operation, request)
        if CONTAINER not in prepared:
            raise self._refuse(operation, "prepared", "the post is not prepared: it has no container")
        await self._require_unused(operation, prepared[CONTAINER])
        await self._require_quota(operation, request.account.id)
        path, form = f"/{request.account.id}/media_publish", {"creation_id": prepared[CONTAINER]}
        answer = await self._graph(operation, "POST", path, token=self._token(operation), form=form)
        media_id = self._parse(answer, lambda body: identifier(body["id"]))
        try:
            return await self._read(operation, media_id)
        except ProviderError:
            return PostResult(provider_post_id=media_id, text=request.text or None)

    async def find_post(
        self, request: PostRequest, prepared: Mapping[str, str], *, attempted_at: datetime, known: Sequence[str]
    ) -> PostResult | None:
        """Settle an unknown outcome: the container says whether it has come out, the media list as what."""
        operation = "find_post"
        if CONTAINER not in prepared:
            return None
        try:
            container = await self._container(operation, prepared[CONTAINER])
        except NotFound as missing:  # seen for containers that are there
            found = await self._find_by_text(operation, request, attempted_at - SKEW, frozenset(known))
            if found is None:
                message = f"Instagram does not show the container now: {missing.message}"
                raise self._unknown(operation, message) from missing
            return found
        if container.status == "PUBLISHED":
            found = await self._find_by_text(operation, request, attempted_at - SKEW, frozenset(known))
            if found is None:
                raise self._unknown(operation, "it is published, but Instagram does not list it yet")
            return found
        if container.status == "ERROR":
            raise self._refuse(operation, "media", container.reason)
        if container.status != "EXPIRED":
            self._require_settled(operation, attempted_at)
        return None

    async def get_post(self, post: ExistingPost) -> PostResult:
        """The post, with its permalink where Instagram shows it."""
        self._require_id("get_post", "provider_post_id", post.provider_post_id)
        return await self._read("get_post", post.provider_post_id)

    # Steps.

    async def _make(self, operation: str, account_id: str, form: Mapping[str, str]) -> str:
        """A new container. Nobody sees it, and it is gone after a day: to make it twice does no harm."""
        self._require_id(operation, "account.id", account_id)
        token = self._token(operation)
        answer = await self._graph(operation, "POST", f"/{account_id}/media", token=token, form=form, write=False)
        return self._parse(answer, lambda body: identifier(body["id"]))

    async def _join(self, operation: str, request: PostRequest, children: Sequence[str]) -> PostPreparation:
        """Make an album of its parts, when each of them is finished."""
        for place, child in enumerate(children):
            part = await self._container(operation, child)
            if part.status == "EXPIRED":
                return PostPreparation(ready=False)
            if part.status == "ERROR":
                raise self._refuse(operation, f"media.{place}", part.reason)
            if part.status != "FINISHED":
                return self._waiting(request, {CHILDREN: ",".join(children)})
        made = await self._make(operation, request.account.id, album_form(request, children))
        return self._waiting(request, {CHILDREN: ",".join(children), CONTAINER: made})

    async def _wait_for_whole(self, operation: str, request: PostRequest, data: dict[str, str]) -> PostPreparation:
        container = await self._container(operation, data[CONTAINER])
        if container.status in ("FINISHED", "PUBLISHED"):
            return PostPreparation(ready=True, data=data)
        if container.status == "EXPIRED":
            return PostPreparation(ready=False)
        if container.status == "ERROR":
            raise self._refuse(operation, "media", container.reason)
        return self._waiting(request, data)

    def _waiting(self, request: PostRequest, data: dict[str, str]) -> PostPreparation:
        film = any(each.kind is MediaKind.VIDEO for each in request.media)
        return PostPreparation(ready=False, data=data, wait_seconds=_FILM_WAIT_SECONDS if film else _IMAGE_WAIT_SECONDS)

    async def _container(self, operation: str, container_id: str) -> Container:
        query = [("fields", CONTAINER_FIELDS)]
        token = self._token(operation)
        answer = await self._graph(operation, "GET", f"/{container_id}", token=token, query=query)
        return self._parse(answer, container_of)

    async def _require_unused(self, operation: str, container_id: str) -> None:
        """How Instagram answers to a container that came out, or ran out, is documented nowhere."""
        container = await self._container(operation, container_id)
        if container.status == "PUBLISHED":
            raise self._unknown(operation, "the container has come out already: the post has to be looked up")
        if container.status == "EXPIRED":
            message = "the container has run out: it is made anew"
            raise Unavailable(message, provider=self.manifest.key, operation=operation)

    async def _require_quota(self, operation: str, account_id: str) -> None:
        """The quota is read each time, since Meta's pages name 25, 50 and 100; one that cannot be read is none."""
        query, path = [("fields", "quota_usage,config")], f"/{account_id}/content_publishing_limit"
        try:
            answer = await self._graph(operation, "GET", path, token=self._token(operation), query=query)
        except (InvalidRequest, NotFound):
            return
        quota = self._parse(answer, lambda body: body["data"][0] if body["data"] else {})
        used, most = quota.get("quota_usage"), (quota.get("config") or {}).get("quota_total")
        if isinstance(used, int) and isinstance(most, int) and used >= most:
            raise RateLimited(
                f"the account has published {used} of {most} posts within 24 hours",
                retry_after=_QUOTA_WAIT_SECONDS,
                provider=self.manifest.key,
                operation=operation,
            )

    async def _read(self, operation: str, media_id: str) -> PostResult:
        query = [("fields", MEDIA_FIELDS)]
        answer = await self._graph(operation, "GET", f"/{media_id}", token=self._token(operation), query=query)
        return self._parse(answer, post_of)

    async def _find_by_text(
        self, operation: str, request: PostRequest, since: datetime, known: frozenset[str]
    ) -> PostResult | None:
        """The first one since then with the same caption, that is no other post of the hub's."""
        edge = "stories" if request.format is PostFormat.STORY else "media"
        query = [("fields", MEDIA_FIELDS), ("limit", PAGE_SIZE)]
        query += [("since", str(int(since.timestamp())))] if edge == "media" else []
        found: PostResult | None = None
        token = self._token(operation)
        async for shown in self._items(operation, f"/{request.account.id}/{edge}", query, token=token, parse=post_of):
            if shown.published_at is None or shown.published_at < since:
                break
            if shown.provider_post_id not in known and (edge == "stories" or same_text(shown.text, request.text)):
                found = shown
        return found

    def _require_id(self, operation: str, field: str, value: str) -> None:
        if not ID.fullmatch(value):
            raise self._refuse(operation, field, "is not an id of Instagram's")
