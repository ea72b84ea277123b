# Made by `wasl sdk sync` from wasl/_async/accounts.py: do not edit.
"""`hub.accounts`: the pages and profiles that posts go to."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypeAlias

from wasl._requests import Id, id_text, optional_id
from wasl._row import columns_of
from wasl._social_arguments import social_arguments
from wasl._sync.api import Api
from wasl._sync.operations import Operations
from wasl.models import Operation
from wasl.social_models import AccountFigures, SocialAccount

AccountList: TypeAlias = list[SocialAccount]


class Accounts:
    """Social accounts of the organizations that the caller belongs to."""

    def __init__(self, api: Api, operations: Operations) -> None:
        self._api = api
        self._operations = operations

    def get(self, account_id: Id) -> SocialAccount:
        """Return one account; raises NotFound."""
        return self._api.one(SocialAccount, "social_media_accounts", account_id, "account_id")

    def list(
        self,
        *,
        connection_id: Id | None = None,
        enabled: bool | None = None,
        organization_id: Id | None = None,
        limit: int | None = None,
    ) -> Iterator[SocialAccount]:
        """Yield accounts, newest first.

        Args:
            enabled: True: only those that posts may go to.
        """
        equal = {
            "connection_id": optional_id(connection_id, "connection_id"),
            "enabled": None if enabled is None else str(enabled).lower(),
            "organization_id": self._api.organization(organization_id),
        }
        return self._api.newest(SocialAccount, "social_media_accounts", equal, limit=limit)

    def choose(self, connection_id: Id, account_ids: Sequence[Id]) -> AccountList:
        """Let posts go to these accounts of a connection, and to no others of it.

        Raises:
            NotFound: there is no such connection or account.
            Conflict: the login does not reach one of them any more.
        """
        arguments = social_arguments(connection_id=connection_id, account_ids=account_ids)
        return self._api.call(AccountList, "choose_accounts", arguments, repeatable=True)

    def refresh(self, connection_id: Id, *, wait: float | None = 30.0) -> Operation:
        """See which accounts a connection's login reaches now.

        Raises:
            OperationFailed: with `wait`: the network refuses the access, or is out of order.
            WaitTimeout: with `wait`: there is no answer yet.
        """
        arguments = {"connection_id": id_text(connection_id, "connection_id")}
        operation = self._api.call(Operation, "refresh_accounts", arguments, repeatable=True)
        return self._operations.follow(operation, wait)

    def figures(self, account_id: Id, *, since: date | None = None) -> Sequence[AccountFigures]:
        """Return how an account did, day by day, the first day first."""
        query = self._api.table("social_account_metrics", columns_of(AccountFigures))
        query = query.eq("account_id", id_text(account_id, "account_id"))
        if since is not None:
            query = query.gte("day", since.isoformat())
        return self._api.fetch(AccountFigures, query.order("day"))
