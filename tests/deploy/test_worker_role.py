"""The operator gives the workers' role its password; no migration does."""

import psycopg
from typer.testing import CliRunner

from stack import Stack
from workers.commands.deploy import app
from workers.store.pool import connect
from workers.store.roles import WORKER_ROLE, set_role_password


async def test_the_worker_can_log_in_with_the_new_password(stack: Stack) -> None:
    password = psycopg.conninfo.conninfo_to_dict(stack.worker_database_url)["password"]
    async with await connect(stack.database_url, application_name="test") as admin:
        await set_role_password(admin, WORKER_ROLE, str(password))

    async with await connect(stack.worker_database_url, application_name="test") as worker:
        row = await (await worker.execute("select current_user")).fetchone()
    assert row == ("wasl_worker",)


def test_a_short_password_is_refused_before_anything_is_changed() -> None:
    result = CliRunner().invoke(
        app, ["worker-role"], env={"WASL_ADMIN_DATABASE_URL": "postgresql://nowhere", "WASL_WORKER_PASSWORD": "short"}
    )
    assert result.exit_code == 2
    assert "16" in result.output
