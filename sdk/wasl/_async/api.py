"""Requests to the Data API, each with a fresh token, tried again where that is safe, answered with rows or an error."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import httpx
from postgrest.base_request_builder import RequestConfig

from wasl import _answers, _pauses, _requests
from wasl._async.runtime import HttpClient, RestClient, SelectBuilder, sleep
from wasl._async.sessions import AsyncSession
from wasl._row import Identified, Row, columns_of, place_of, selection_of
from wasl.errors import InvalidRequest, WaslError

R = TypeVar("R", bound=Row)
T = TypeVar("T")


class AsyncApi:
    """The Data API of one hub.

    Attributes:
        session: who is asking.
        organization_id: the organization that calls are for when they do not name one.
    """

    def __init__(
        self, http: HttpClient, url: str, headers: dict[str, str], session: AsyncSession, organization_id: str | None
    ) -> None:
        self._rest = RestClient(f"{url}/rest/v1", headers=headers, http_client=http, retry_enabled=False)
        self.url = url
        self.session = session
        self.organization_id = organization_id

    def organization(self, organization_id: _requests.Id | None) -> str | None:
        """Return the organization that a call is for: the one it names, or this client's."""
        return _requests.optional_id(organization_id, "organization_id") or self.organization_id

    async def call(self, shape: type[T], function: str, arguments: Mapping[str, Any], *, repeatable: bool = False) -> T:
        """Call an RPC and return its answer as `shape`.

        A call with an `idempotency_key` among its arguments is repeatable, and may be tried again.
        """
        key, columns = arguments.get("idempotency_key"), selection_of(shape)
        query = self._rest.rpc(function, dict(arguments))
        request = (query.select(columns) if columns else query).request
        answer = await self._send(request, repeatable=repeatable or key is not None, idempotency_key=key)
        return _answers.parse(shape, answer)

    async def call_openly(self, shape: type[T], function: str, arguments: Mapping[str, Any]) -> T:
        """Call an RPC that anybody may call, as nobody, and return its answer as `shape`; it only reads."""
        request = self._rest.rpc(function, dict(arguments)).request
        return _answers.parse(shape, await self._send(request, repeatable=True, openly=True))

    def table(self, name: str, columns: str) -> SelectBuilder:
        """Begin a query of a table."""
        return self._rest.from_(name).select(columns)

    async def fetch(self, model: type[R], query: SelectBuilder) -> list[R]:
        """Return the rows that a query finds."""
        return _answers.parse(list[model], await self._send(query.request, repeatable=True))  # type: ignore[valid-type]

    async def one(
        self, model: type[R], table: str, identifier: _requests.Id, field: str, *, columns: str | None = None
    ) -> R:
        """Return the row of a table with this id; raises NotFound.

        Args:
            field: the argument that the id was, such as ``payment_id``.
            columns: what to select; all columns of the model if left out.
        """
        known = _requests.id_text(identifier, field)
        query = self.table(table, columns or columns_of(model)).eq("id", known)
        what = field.removesuffix("_id").replace("_", " ")
        return _answers.only(await self.fetch(model, query), what=what, identifier=known)

    async def insert(self, model: type[R], table: str, row: Mapping[str, Any]) -> R:
        """Write a row and return it as the hub has it."""
        query = self._rest.from_(table).insert(dict(row)).select(columns_of(model))
        answer = await self._send(query.request, repeatable=False)
        [written] = _answers.parse(list[model], answer)  # type: ignore[valid-type]
        return written

    async def change(self, model: type[R], table: str, equal: Mapping[str, str], changes: Mapping[str, Any]) -> list[R]:
        """Set columns of the rows that have the values `equal` and that the caller may change, and return these."""
        rows = self._rest.from_(table)
        # PostgREST answers with no row to a change of nothing.
        query = (rows.update(dict(changes)) if changes else rows).select(columns_of(model))
        for column, value in equal.items():
            query = query.eq(column, value)
        return await self.fetch(model, query)

    async def remove(self, table: str, identifier: _requests.Id, field: str) -> None:
        """Delete the row of a table with this id; raises NotFound when the caller has none."""
        known = _requests.id_text(identifier, field)
        query = self._rest.from_(table).delete().select("id").eq("id", known)
        rows = _answers.parse(list[Identified], await self._send(query.request, repeatable=False))
        _answers.only(rows, what=field.removesuffix("_id").replace("_", " "), identifier=known)

    async def own_organization(self, organization_id: _requests.Id | None) -> str:
        """Return the organization that a row is for: the one that is named, this client's, or the caller's only one.

        Raises:
            InvalidRequest: the caller belongs to none or to several.
        """
        known = self.organization(organization_id)
        if known is not None:
            return known
        query = self._rest.from_("organizations").select("id").limit(2)
        rows = _answers.parse(list[Identified], await self._send(query.request, repeatable=True))
        if len(rows) != 1:
            message = "Say which organization: organization_id."
            raise InvalidRequest(message, code="organization_required", field="organization_id")
        return str(rows[0].id)

    async def remove_where(self, table: str, equal: Mapping[str, str]) -> None:
        """Remove the rows that have the values `equal` and that the caller may remove."""
        query = self._rest.from_(table).delete()
        for column, value in equal.items():
            query = query.eq(column, value)
        await self._send(query.request, repeatable=True)

    async def newest(
        self,
        model: type[R],
        table: str,
        equal: Mapping[str, Any],
        *,
        columns: str | None = None,
        time: str = "created_at",
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[R]:
        """Yield the rows of a table that have the values `equal`, newest first, fetched page by page as they are used.

        Args:
            columns: what to select; all columns of the model if left out.
            time: the column that rows are ordered by and that `after` and `before` speak of, both exclusive.
            limit: how many rows to yield at most.
        """
        columns, left = columns or columns_of(model), limit
        last: tuple[datetime, UUID] | None = None
        while left is None or left > 0:
            size = _requests.PAGE_SIZE if left is None else min(left, _requests.PAGE_SIZE)
            query = _requests.narrow(self.table(table, columns), equal, time=time, after=after, before=before)
            page = await self.fetch(model, _requests.newest_first(query, time, size=size, last=last))
            for row in page:
                yield row
            if len(page) < size:
                return
            last = place_of(page[-1], time)
            left = None if left is None else left - size

    async def _send(
        self,
        request: RequestConfig[HttpClient],
        *,
        repeatable: bool,
        idempotency_key: str | None = None,
        openly: bool = False,
    ) -> Any:
        attempt, sent = 0, _requests.sent_with(request)
        request.headers["traceparent"] = _requests.new_traceparent()  # one for all attempts
        while True:
            try:
                answering = self._send_as(None, request, None) if openly else self._attempt(request, idempotency_key)
                return _answers.read(await answering, idempotency_key=idempotency_key, sent=sent)
            except WaslError as error:
                pause = _pauses.before_retry(error, attempt, repeatable=repeatable)
                if pause is None:
                    raise
            await sleep(pause)
            attempt += 1

    async def _attempt(self, request: RequestConfig[HttpClient], idempotency_key: str | None) -> httpx.Response:
        """Send once, or twice if the hub refuses the token: it may have been revoked before its time."""
        token = await self.session.access_token()
        response = await self._send_as(token, request, idempotency_key)
        if response.status_code == httpx.codes.UNAUTHORIZED and await self.session.refused(token):
            response = await self._send_as(await self.session.access_token(), request, idempotency_key)
        return response

    async def _send_as(
        self, token: str | None, request: RequestConfig[HttpClient], idempotency_key: str | None
    ) -> httpx.Response:
        if token is not None:
            request.headers["Authorization"] = f"Bearer {token}"
        try:
            return await request.send(httpx.Headers())
        except httpx.TransportError as error:
            raise _answers.no_answer(error, idempotency_key=idempotency_key) from error
