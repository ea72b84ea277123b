"""An organization whose channels lead to a real SMTP server and a real receiver of the test's own."""

import asyncio
import json
import uuid
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from starlette.requests import Request
from starlette.responses import Response
from wasl.sealing import PublicKey, seal_credential

from tests.support.post_offices import Post
from tests.support.workplace import Row, Workplace, until
from workers.store.alerts import PostgresAlerts

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SENDER = "Wasl <alerts@example.ae>"
ALLOWED = "127.0.0.0/8"


@dataclass
class Receiver:
    """A server that takes what channels post, by path.

    :ivar answers: what a path answers, one request after the other; the last one for ever.
    :ivar held: paths that do not answer.
    """

    url: str = ""
    got: dict[str, list[tuple[dict[str, str], bytes]]] = field(default_factory=dict)
    answers: dict[str, list[Response]] = field(default_factory=dict)
    held: dict[str, asyncio.Event] = field(default_factory=dict)

    async def take(self, request: Request) -> Response:
        path, body = request.url.path, await request.body()
        self.got.setdefault(path, []).append((dict(request.headers), body))
        if path in self.held:
            await self.held[path].wait()
        answers = self.answers.get(path, [])
        return (answers.pop(0) if len(answers) > 1 else answers[0]) if answers else Response("ok")

    def told(self, path: str) -> list[Any]:
        """What has been posted to a path."""
        return [json.loads(body) for _, body in self.got.get(path, [])]


@dataclass
class Desk:
    """An organization with channels that lead here."""

    workplace: Workplace
    organization_id: UUID
    post: Post
    receiver: Receiver
    store: PostgresAlerts

    def settings(self, **more: Any) -> Row:
        """Those of workers that can reach the channels."""
        mail = {"smtp_url": f"smtp://{self.post.url}", "mail_from": SENDER}
        return {**mail, "allowed_networks": ALLOWED, "public_url": "https://hub.example", **more}

    async def channel(self, kind: str, **columns: Any) -> tuple[UUID, str]:
        """A new channel and the path that it posts to."""
        path = f"/{uuid.uuid4().hex}"
        row = {"organization_id": self.organization_id, "name": path, "kind": kind, **columns}
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        made = await self.workplace.one(
            f"insert into public.alert_channels ({names}) values ({marks}) returning id", *row.values()
        )
        if kind not in ("email", "in_app"):
            await self.seal(made["id"], url=f"{self.receiver.url}{path}")
        if kind == "webhook":
            await self.seal(made["id"], signing_secret=SECRET)
        return made["id"], path

    async def seal(self, channel_id: UUID, **secrets: str) -> None:
        """Seal and store a channel's secrets, as the SDK does."""
        key = await self.workplace.one(
            "select id, public_key from public.encryption_keys where organization_id = %s and state = 'active'",
            self.organization_id,
        )
        public = PublicKey.from_base64url(key["id"], key["public_key"])
        sealed = [
            {**seal_credential(public, self.organization_id, channel_id, name, value), "hint": "127.0.0.1"}
            for name, value in secrets.items()
        ]
        await self.workplace.call("set_alert_channel_secrets", channel_id=channel_id, credentials=Jsonb(sealed))

    async def raise_alert(self, title: str = "Stripe is down", *, group: str | None = None) -> UUID:
        """A new alert."""
        await self.workplace.one(
            "select private.raise_alert(%s, null, 'connection.down', %s, 'critical', %s, '{}')",
            self.organization_id,
            group or uuid.uuid4().hex,
            title,
        )
        row = await self.workplace.one(
            "select id from public.alerts where organization_id = %s order by id desc limit 1", self.organization_id
        )
        alert_id: UUID = row["id"]
        return alert_id

    async def told(self, channel_id: UUID, *statuses: str, count: int = 1) -> list[Row]:
        """A channel's notifications, once so many have one of the statuses."""

        async def there() -> list[Row] | None:
            await self.store.tell()
            rows = await self.workplace.all(
                "select * from public.alert_notifications where channel_id = %s order by created_at, id", channel_id
            )
            return rows if sum(row["status"] in statuses for row in rows) >= count else None

        rows: list[Row] = await until(there)
        return rows

    async def pass_time(self, channel_id: UUID, seconds: float) -> None:
        """Let what waits for a channel be due so much sooner, and what was sent so much longer ago."""
        await self.workplace.all(
            "update public.alert_notifications set next_attempt_at = next_attempt_at - make_interval(secs => %s),"
            " sent_at = sent_at - make_interval(secs => %s) where channel_id = %s returning id",
            seconds,
            seconds,
            channel_id,
        )

    async def row(self, channel_id: UUID) -> Row:
        """A channel as it stands."""
        return await self.workplace.one("select * from public.alert_channels where id = %s", channel_id)
