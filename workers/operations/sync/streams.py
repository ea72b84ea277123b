"""The streams: what is read of contacts, audiences, campaigns, deals and posts, and where it goes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import structlog
from pydantic import BaseModel

from workers.operations.social.requests import account_of
from workers.operations.sync.engine import Page, Stream
from workers.providers.base import Connector, require
from workers.providers.capabilities import KeepsContacts, KeepsDeals, ListsAudiences, ListsCampaigns, ListsPosts
from workers.providers.errors import AuthenticationFailed
from workers.providers.marketing.models import ContactResult
from workers.providers.social.models import PostPage
from workers.store.pool import Connection
from workers.store.social import AccountRow, PostgresSocial, apply_listed_posts
from workers.store.sync import PostgresSync, SyncRun, apply_contacts, apply_items

_log = structlog.get_logger(__name__)
_FORBIDDEN: Final = 403
AnyConnector = Connector[Any, Any]


class Contacts:
    """A tool's contacts, which leads are brought up to."""

    def __init__(self, store: PostgresSync) -> None:
        self._store = store

    async def read(self, connector: AnyConnector, run: SyncRun) -> Page:
        """See `Stream`."""
        keeper = require(connector, KeepsContacts, "list_contacts")
        found = await keeper.list_contacts(since=run.since, cursor=run.cursor)
        mapping = await self._store.mapping(run.connection_id)
        return Page([_as_lead(each, mapping) for each in found.contacts], found.next_cursor, found.total)

    async def apply(self, connection: Connection, run: SyncRun, page: Page) -> int:
        """See `Stream`."""
        return await apply_contacts(connection, run, page.items)


def _as_lead(contact: ContactResult, mapping: Mapping[str, str]) -> dict[str, Any]:
    """A contact with ``mapped``: the lead's attributes that some of its further fields stand for."""
    mapped = {ours: contact.fields[theirs] for ours, theirs in mapping.items() if theirs in contact.fields}
    return {**contact.model_dump(mode="json"), "mapped": mapped}


class Audiences:
    """A tool's audiences."""

    async def read(self, connector: AnyConnector, run: SyncRun) -> Page:
        """See `Stream`."""
        found = await require(connector, ListsAudiences, "list_audiences").list_audiences(cursor=run.cursor)
        return Page(_plain(found.audiences), found.next_cursor, found.total)

    async def apply(self, connection: Connection, run: SyncRun, page: Page) -> int:
        """See `Stream`."""
        return await apply_items(connection, run, page.items)


class Campaigns:
    """A tool's campaigns and how they do."""

    async def read(self, connector: AnyConnector, run: SyncRun) -> Page:
        """See `Stream`."""
        lister = require(connector, ListsCampaigns, "list_campaigns")
        found = await lister.list_campaigns(since=run.since, cursor=run.cursor)
        return Page(_plain(found.campaigns), found.next_cursor, found.total)

    async def apply(self, connection: Connection, run: SyncRun, page: Page) -> int:
        """See `Stream`."""
        return await apply_items(connection, run, page.items)


class Deals:
    """A tool's deals."""

    async def read(self, connector: AnyConnector, run: SyncRun) -> Page:
        """See `Stream`."""
        keeper = require(connector, KeepsDeals, "list_deals")
        found = await keeper.list_deals(since=run.since, cursor=run.cursor)
        return Page(_plain(found.deals), found.next_cursor, found.total)

    async def apply(self, connection: Connection, run: SyncRun, page: Page) -> int:
        """See `Stream`."""
        return await apply_items(connection, run, page.items)


class Posts:
    """What the accounts of a login have published, one account after the other.

    Its cursor names the account as well: ``{"account": id, "cursor": the network's}``.
    """

    def __init__(self, social: PostgresSocial) -> None:
        self._social = social

    async def read(self, connector: AnyConnector, run: SyncRun) -> Page:
        """See `Stream`."""
        at = json.loads(run.cursor) if run.cursor else {"account": None, "cursor": None}
        accounts = await self._social.accounts_of(run.connection_id)
        wanted = at["account"]
        left = [each for each in accounts if wanted is None or str(each.account_id) >= wanted]
        if not left:
            return Page([], None)
        account, cursor = left[0], at["cursor"] if str(left[0].account_id) == wanted else None
        lister = require(connector, ListsPosts, "list_posts")
        found = await _listed(lister, account, run, cursor)
        if found.next_cursor is not None:
            return _page(account, found, _position(account.account_id, found.next_cursor))
        return _page(account, found, _position(left[1].account_id, None) if len(left) > 1 else None)

    async def apply(self, connection: Connection, run: SyncRun, page: Page) -> int:
        """See `Stream`."""
        if not page.items:
            return 0
        account_id = page.items[0][0]
        return await apply_listed_posts(connection, account_id, [post for _, post in page.items])


async def _listed(lister: ListsPosts, account: AccountRow, run: SyncRun, cursor: str | None) -> PostPage:
    """A page of an account's posts; nothing where the login may not read them: networks give scopes and roles one by
    one, and the other accounts are read all the same."""
    try:
        return await lister.list_posts(account_of(account), since=run.since, cursor=cursor)
    except AuthenticationFailed as refused:
        if refused.http_status != _FORBIDDEN:
            raise
        _log.info("posts may not be read", account_id=str(account.account_id), **refused.as_dict())
        return PostPage(posts=(), next_cursor=None)


def _page(account: AccountRow, found: PostPage, following: str | None) -> Page:
    return Page([(account.account_id, post) for post in found.posts], following)


def _position(account_id: UUID, cursor: str | None) -> str:
    return json.dumps({"account": str(account_id), "cursor": cursor})


def _plain(models: Sequence[BaseModel]) -> list[dict[str, Any]]:
    return [each.model_dump(mode="json") for each in models]


def streams(store: PostgresSync, social: PostgresSocial) -> dict[str, Stream]:
    """Every stream by its name."""
    return {
        "contacts": Contacts(store),
        "audiences": Audiences(),
        "campaigns": Campaigns(),
        "deals": Deals(),
        "posts": Posts(social),
    }
