"""A call that changes something at a provider: how it is sent, how its unknown outcome is found out, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from pydantic import ValidationError

from workers.operations.jobs import Done, Effect, EndStatus
from workers.providers.base import Connector
from workers.providers.errors import AuthenticationFailed, InvalidRequest, ProviderError
from workers.store.connections import mark_needs_attention
from workers.store.pool import Connection

AnyConnector = Connector[Any, Any]
RequestT = TypeVar("RequestT")
ResultT = TypeVar("ResultT")
News = Mapping[str, Any]


class Call(Generic[RequestT, ResultT]):
    """One call about one thing of the client's."""

    operation: ClassVar[str]

    @cached_property
    def request(self) -> RequestT:
        """What is asked of the connector; it is the same in every attempt at the same provider."""
        raise NotImplementedError

    @property
    def cancel_requested(self) -> bool:
        """Whether the client has asked for it not to happen."""
        raise NotImplementedError

    @property
    def sent(self) -> Mapping[str, Any]:
        """What was decided for this connection alone; see `PostgresMarks.begin_sending`."""
        return {}

    async def send(self, connector: AnyConnector) -> ResultT:
        """Make the call."""
        raise NotImplementedError

    async def find(self, connector: AnyConnector, since: datetime) -> ResultT | None:
        """Settle an unknown outcome; see `resolve`. :param since: when it was sent."""
        raise NotImplementedError

    async def complete(self, connector: AnyConnector, result: ResultT) -> ResultT:
        """The result with what belongs to it but can be had later as well. It raises nothing: what was sent has been
        done, whatever comes of this."""
        return result

    def check(self, result: ResultT) -> None:
        """:raises ProviderError: the result cannot be right, so that nothing may follow from it."""

    def news(self, result: ResultT, connection_id: UUID) -> News:
        """What a result says of what the call is about."""
        raise NotImplementedError

    def news_of_refusal(self, error: ProviderError, connection_id: UUID | None) -> News | None:
        """What a refusal says of it; by default nothing: it stays as it is."""
        return None

    def news_of_cancellation(self) -> News | None:
        """What it means for it that the call is never made; by default nothing."""
        return None

    async def write(self, connection: Connection, news: News) -> None:
        """Move what the call is about."""
        raise NotImplementedError

    def fault(self) -> InvalidRequest | None:
        """What is wrong with the request, by the name of the field; None when it can be sent."""
        try:
            _ = self.request
        except ValidationError as error:
            return InvalidRequest.from_validation(error, provider="", operation=self.operation)
        except InvalidRequest as error:
            return error
        return None

    def done(self, result: ResultT, connection_id: UUID) -> Done:
        """The call succeeded."""
        return Done(effect=self._effect(self.news(result, connection_id)))

    def refused(self, error: ProviderError, connection_id: UUID | None) -> Done:
        """The provider said no, for good."""
        shown = error.as_dict()
        blamed = connection_id if isinstance(error, AuthenticationFailed) else None
        effect = self._effect(self.news_of_refusal(error, connection_id), blamed, shown)
        return Done(EndStatus.FAILED, error=shown, effect=effect)

    def cancelled(self) -> Done:
        """The client cancelled before anything was sent."""
        return Done(EndStatus.CANCELLED, effect=self._effect(self.news_of_cancellation()))

    def _effect(self, news: News | None, blamed: UUID | None = None, error: News | None = None) -> Effect | None:
        if news is None and blamed is None:
            return None

        async def write(connection: Connection) -> None:
            if news is not None:
                await self.write(connection, news)
            if blamed is not None:
                await mark_needs_attention(connection, blamed, error or {})

        return write
