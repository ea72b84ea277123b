"""Acting as a page: its own token, derived from the login's when it is needed and kept as long as the connector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from workers.providers.base import Answer
from workers.providers.errors import AuthenticationFailed, NotFound, ProviderError
from workers.providers.manifest import Environment
from workers.providers.social.facebook.manifest import MANIFEST, SCOPES_NEEDED
from workers.providers.social.meta.connection import Query
from workers.providers.social.meta.login import SignsInWithFacebook
from workers.providers.social.meta.models import MetaCredentials, MetaSettings
from workers.providers.social.meta.objects import ID


class ActsAsPages(SignsInWithFacebook[MetaSettings]):
    """Calls under pages' own tokens."""

    manifest = MANIFEST
    settings_model = MetaSettings
    scopes_needed = SCOPES_NEEDED

    def __init__(
        self,
        credentials: MetaCredentials,
        settings: MetaSettings,
        *,
        base_url: str,
        transport: httpx.AsyncBaseTransport,
        environment: Environment,
    ) -> None:
        super().__init__(credentials, settings, base_url=base_url, transport=transport, environment=environment)
        self._page_tokens: dict[str, str] = {}

    async def _page_token(self, operation: str, page_id: str) -> str:
        """The page's token. :raises AuthenticationFailed: the page is not, or no longer, part of the login."""
        if not ID.fullmatch(page_id):
            raise self._refuse(operation, "account.id", "is not an id of a page")
        if page_id not in self._page_tokens:
            self._page_tokens[page_id] = await self._derive(operation, page_id)
        return self._page_tokens[page_id]

    async def _derive(self, operation: str, page_id: str) -> str:
        gone = f"page {page_id} is not part of this login any more: connect again and choose it"
        query = [("fields", "access_token")]
        try:
            answer = await self._graph(operation, "GET", f"/{page_id}", token=self._token(operation), query=query)
        except NotFound as missing:
            raise AuthenticationFailed(
                gone,
                provider=missing.provider,
                operation=operation,
                http_status=missing.http_status,
                provider_code=missing.provider_code,
                request_id=missing.request_id,
            ) from missing
        token = self._parse(answer, lambda body: body.get("access_token"))
        if not isinstance(token, str) or not token:
            raise self._fail(AuthenticationFailed, gone, answer)
        return token

    async def _as_page(
        self,
        operation: str,
        page_id: str,
        method: str,
        path: str,
        *,
        query: Query = (),
        form: Mapping[str, str] | None = None,
        write: bool | None = None,
    ) -> Answer:
        """A call as the page. A page's token dies with the password or the role it came from: a call that was refused
        for that did nothing, and is made again under a new one, once."""
        token = await self._page_token(operation, page_id)

        async def call(token: str) -> Answer:
            return await self._graph(operation, method, path, token=token, query=query, form=form, write=write)

        try:
            return await call(token)
        except AuthenticationFailed as refused:
            if not _is_about_the_token(refused):
                raise
        return await call(await self._page_token(operation, page_id))

    def _error(self, answer: Answer) -> ProviderError:
        error = super()._error(answer)
        if _is_about_the_token(error):
            self._page_tokens.clear()
        return error

    def _without_secrets(self, text: str) -> str:
        for token in self._page_tokens.values():
            text = text.replace(token, "****")
        return super()._without_secrets(text)

    def _require_id(self, operation: str, field: str, value: str) -> None:
        if not ID.fullmatch(value):
            raise self._refuse(operation, field, "is not an id of Facebook's")


def _is_about_the_token(error: ProviderError) -> bool:
    return (error.provider_code or "").partition("/")[0] == "190"


def identifiers(body: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The ids that an answer to a publication has: of the post, and of the node that was made."""
    post, node = body.get("post_id"), body.get("id") or body.get("video_id")
    return (str(post) if post else None), (str(node) if node else None)
