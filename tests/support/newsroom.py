"""Social accounts and posts of one organization, asked for by clients and told about as workers do it."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.support.callers import Caller, Workspace

Row = dict[str, Any]

PICTURE = {"url": "https://cdn.example/a.jpg", "kind": "image"}
FILM = {"url": "https://cdn.example/a.mp4", "kind": "video"}


@dataclass
class Newsroom:
    """One organization with a network: its rows written by the database's owner, its news told by a blocking worker."""

    workspace: Workspace
    worker: psycopg.Connection[Row]
    database: psycopg.Connection[Row]
    connection_id: str
    accounts: list[str] = field(default_factory=list)

    @property
    def owner(self) -> Caller:
        """Who owns the organization."""
        return self.workspace.owner

    def account(self, connection_id: str | None = None, **columns: Any) -> str:
        """An account that is in use."""
        row: Row = {"organization_id": self.workspace.id, "connection_id": connection_id or self.connection_id}
        row |= {"provider_account_id": uuid.uuid4().hex, "kind": "page", "name": "Shop", "enabled": True} | columns
        return str(self.insert("social_media_accounts", row)["id"])

    def post(self, account_id: str, **columns: Any) -> str:
        """A post that a worker is about to publish."""
        row: Row = {
            "organization_id": self.workspace.id,
            "account_id": account_id,
            "status": "publishing",
            "text": "Hi",
        }
        return str(self.insert("social_posts", row | {"created_by": "service"} | columns)["id"])

    def published(self, account_id: str, **columns: Any) -> str:
        """A post that its network has."""
        post = self.post(account_id, **columns)
        assert self.tell(post, status="published", provider_post_id=f"p-{post}") == "applied"
        return post

    def tell(self, post_id: str, source: str = "operation", **news: Any) -> str:
        """News of a post; says what became of it."""
        query = "select private.apply_post_news(%s, %s, %s, null) as said"
        return str(self.as_worker(query, post_id, news, source)["said"])

    def commented(self, post_id: str, *comments: Row) -> int:
        """What is said below a post; says how many comments are new."""
        return int(self.as_worker("select private.apply_comments(%s, %s) as fresh", post_id, list(comments))["fresh"])

    def counted(self, post_id: str, **figures: Any) -> int:
        """Figures of a post; says whether they are new."""
        measure = {"post_id": post_id, "found": True} | figures
        return int(self.as_worker("select private.apply_engagement(%s) as changed", [measure])["changed"])

    def row(self, table: str, row_id: str) -> Row:
        """A row of a table."""
        return self.one(self.database, f"select * from {table} where id = %s", [row_id])

    def rows(self, query: str, *parameters: Any) -> list[Row]:
        """What a query of the database's owner answers."""
        return self.database.execute(query.encode(), parameters).fetchall()

    def operations(self, subject_id: str, kind: str) -> list[Row]:
        """The operations of a kind about something, the oldest first."""
        query = "select * from public.operations where subject_id = %s and kind = %s order by created_at, id"
        return self.rows(query, subject_id, kind)

    def jobs(self, kind: str, **payload: Any) -> list[Row]:
        """The organization's jobs of a kind whose payload has these fields."""
        query = "select * from private.jobs where organization_id = %s and kind = %s and payload @> %s order by id"
        return self.rows(query, self.workspace.id, kind, json.dumps(payload))

    def events(self, subject_id: str) -> list[Row]:
        """What was told about something, in order."""
        return self.rows("select * from public.events where subject_id = %s order by created_at, id", subject_id)

    def alerts(self, group_key: str) -> list[str]:
        """The status of each alert of a group, the oldest first."""
        query = "select status::text from public.alerts where organization_id = %s and group_key = %s order by id"
        return [row["status"] for row in self.rows(query, self.workspace.id, group_key)]

    def due_in(self, post_id: str) -> float | None:
        """In how many seconds a post is counted; None: not at all."""
        query = """
            select extract(epoch from due_at - clock_timestamp())::float8 as seconds
            from private.post_looks where post_id = %s
        """
        return next((float(row["seconds"]) for row in self.rows(query, post_id)), None)

    def give_up(self, operation: Row, code: str) -> None:
        """What workers do when attempts have run out."""
        self.rows(
            """
            with gone as (delete from private.jobs where id = %s returning *),
            dead as (update public.operations set status = 'dead', finished_at = now() where id = %s)
            insert into private.dead_jobs (id, kind, organization_id, payload, attempt, last_error, created_at)
            select id, kind, organization_id, payload, attempt, jsonb_build_object('code', %s::text), created_at
            from gone
            returning id
            """,
            *(operation["id"], operation["id"], code),
        )

    def claim(self, operation: Row) -> None:
        """What a worker does first."""
        query = "update private.jobs set claim_id = gen_random_uuid(), lease_until = now() + '1 minute' where id = %s"
        self.database.execute(query, [operation["id"]])

    def as_worker(self, query: str, *parameters: Any) -> Row:
        """The one row that a query of the worker's answers; lists and objects are JSON."""
        values = [json.dumps(each) if isinstance(each, dict | list) else each for each in parameters]
        return self.one(self.worker, query, values)

    def insert(self, table: str, row: Row) -> Row:
        """Write a row; returns it whole."""
        values = {name: json.dumps(value) if isinstance(value, dict | list) else value for name, value in row.items()}
        marks = ", ".join(f"%({name})s" for name in row)
        query = f"insert into public.{table} ({', '.join(row)}) values ({marks}) returning *"
        return self.one(self.database, query, values)

    @staticmethod
    def one(connection: psycopg.Connection[Row], query: str, parameters: Any) -> Row:
        """The one row that a query answers."""
        row = connection.execute(query.encode(), parameters).fetchone()
        assert row is not None
        return row
