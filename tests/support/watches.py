"""An organization whose rules and channels are tried: calls as they are logged, and the clock's part by hand."""

import uuid
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.support.callers import Row, Workspace


@dataclass
class Watch:
    """The organization, one connection of it, and the database as workers see it."""

    workspace: Workspace
    worker: psycopg.AsyncConnection[Row]
    connection: Row

    async def calls(self, count: int, *, failures: int = 0, ms: float = 100.0, minutes_ago: float = 1.0) -> None:
        """Calls that have been logged, the failures last."""
        await self.workspace.database.execute(
            """
            insert into public.integration_logs (occurred_at, organization_id, connection_id, provider_key, operation,
                method, url, status, outcome, duration_ms)
            select now() - make_interval(secs => %s) + n * interval '1 millisecond', %s, %s, 'probe_gateway',
                'create_payment', 'POST', 'https://gateway.example', case when n > %s then 502 else 200 end,
                case when n > %s then 'retryable' else 'ok' end, %s
            from generate_series(1, %s) n
            """,
            [minutes_ago * 60, self.workspace.id, self.connection["id"], count - failures, count - failures, ms, count],
        )

    async def rule(self, metric: str, **columns: Any) -> str:
        """The only rule that is left: one of a metric."""
        await self.workspace.database.execute(
            "delete from public.alert_rules where organization_id = %s", [self.workspace.id]
        )
        row = {"organization_id": self.workspace.id, "name": uuid.uuid4().hex, "metric": metric, **columns}
        [made] = await insert(self.workspace, "alert_rules", row)
        return str(made["id"])

    async def evaluate(self) -> list[Row]:
        """Measure; the organization's alerts then, the first one first."""
        await self.worker.execute("select private.evaluate_alert_rules()")
        return await self.alerts()

    async def alerts(self) -> list[Row]:
        """The organization's alerts, the first one first."""
        return await self.workspace.all(
            "select * from public.alerts where organization_id = %s order by id", [self.workspace.id]
        )

    async def pass_time(self, seconds: float) -> None:
        """Let what rules have found be so much older."""
        await self.workspace.database.execute(
            """
            update private.alert_rule_states s
            set breached_since = breached_since - make_interval(secs => %s),
                calm_since = calm_since - make_interval(secs => %s)
            from public.alert_rules r where r.id = s.rule_id and r.organization_id = %s
            """,
            [seconds, seconds, self.workspace.id],
        )

    async def forget_calls(self) -> None:
        """Let no call have been made."""
        for table in ("public.integration_logs", "private.call_minutes"):
            await self.workspace.database.execute(
                f"delete from {table} where connection_id = %s", [self.connection["id"]]
            )

    async def channel(self, **columns: Any) -> str:
        """A new channel; by e-mail unless said otherwise."""
        row = {"organization_id": self.workspace.id, "name": uuid.uuid4().hex, "kind": "email", **columns}
        if row["kind"] == "email":
            row.setdefault("target", "ops@example.ae")
        [made] = await insert(self.workspace, "alert_channels", row)
        return str(made["id"])

    async def raise_alert(self, kind: str = "operation.dead", severity: str = "critical", **facts: Any) -> str:
        """An alert that workers raise; its id."""
        group = facts.pop("group", uuid.uuid4().hex)
        await self.worker.execute(
            "select private.raise_alert(%s, %s, %s, %s, %s, 'Something broke', '{}')",
            [self.workspace.id, facts.pop("connection_id", None), kind, group, severity],
        )
        return str(
            await self.workspace.one(
                "select id from public.alerts where organization_id = %s and group_key = %s and status <> 'resolved'",
                [self.workspace.id, group],
            )
        )

    async def tell(self, alert_id: str) -> list[tuple[str, str]]:
        """Look at what is due; what channels are told of an alert, with the channels' kinds, in order."""
        await self.worker.execute("select private.tell_of_alerts()")
        rows = await self.workspace.all(
            "select c.kind, n.transition from public.alert_notifications n"
            " join public.alert_channels c on c.id = n.channel_id where n.alert_id = %s order by n.created_at, n.id",
            [alert_id],
        )
        return [(row["kind"], row["transition"]) for row in rows]

    async def later(self, alert_id: str, minutes: float) -> None:
        """Let everything about an alert be so much older."""
        change = {
            "alerts": "told_at = told_at - {0}, next_look_at = next_look_at - {0}, snoozed_until = snoozed_until - {0}",
            "alert_notifications": "created_at = created_at - {0}, next_attempt_at = next_attempt_at - {0}",
        }
        for table, columns in change.items():
            key = "id" if table == "alerts" else "alert_id"
            by = f"make_interval(secs => {minutes * 60})"
            await self.workspace.database.execute(
                f"update public.{table} set {columns.format(by)} where {key} = %s", [alert_id]
            )

    async def history(self, alert_id: str) -> list[str]:
        """What has become of an alert, as its owner reads it."""
        rows = await self.workspace.owner.rows(f"alert_events?alert_id=eq.{alert_id}&order=occurred_at,id")
        return [row["type"] for row in rows]


async def insert(workspace: Workspace, table: str, row: Row) -> list[Row]:
    """Write a row as the organization's owner, which must be allowed."""
    answer = await workspace.owner.request("POST", table, json=row, headers={"Prefer": "return=representation"})
    assert answer.is_success, answer.text
    rows: list[Row] = answer.json()
    return rows
