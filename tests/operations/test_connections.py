"""Opening connections, and testing them for somebody who waits."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from tests.support.workplace import Row, Workplace
from workers.operations.connectors import Connectors
from workers.providers.errors import AuthenticationFailed, Unavailable
from workers.runtime import Runtime, Worker, open_pipeline, open_runtime
from workers.store.connections import ConnectionRow, PostgresConnections
from workers.transport import OutboundPipeline

pytestmark = pytest.mark.usefixtures("no_faults")


@pytest.fixture
async def runtime(workplace: Workplace) -> AsyncIterator[Runtime]:
    async with open_runtime(workplace.settings()) as runtime:
        yield runtime


@pytest.fixture
async def pipeline(runtime: Runtime) -> AsyncIterator[OutboundPipeline]:
    async with open_pipeline(runtime) as pipeline:
        yield pipeline


class TestOpening:
    async def row(self, runtime: Runtime, connection_id: UUID) -> ConnectionRow:
        row = await PostgresConnections(runtime.pool).load(connection_id)
        assert row is not None
        return row

    async def test_a_sandbox_connection_goes_to_the_sandbox_that_the_operator_set(
        self, workplace: Workplace, organization: UUID, runtime: Runtime, pipeline: OutboundPipeline
    ) -> None:
        row = await self.row(runtime, await workplace.connect_stripe(organization))
        connector = await Connectors(runtime.vault, pipeline, sandbox_url="http://127.0.0.1:1").open(row)
        assert connector.base_url == "http://127.0.0.1:1/stripe"

    async def test_without_one_it_goes_to_the_provider_itself(
        self, workplace: Workplace, organization: UUID, runtime: Runtime, pipeline: OutboundPipeline
    ) -> None:
        row = await self.row(runtime, await workplace.connect_stripe(organization))
        connector = await Connectors(runtime.vault, pipeline).open(row)
        assert connector.base_url == "https://api.stripe.com"

    async def test_a_live_connection_never_goes_to_the_sandbox(
        self, workplace: Workplace, organization: UUID, runtime: Runtime, pipeline: OutboundPipeline
    ) -> None:
        live = await workplace.connect_stripe(organization, secret_key="sk_live_1234567890", environment="live")
        row = await self.row(runtime, live)
        connector = await Connectors(runtime.vault, pipeline, sandbox_url="http://127.0.0.1:1").open(row)
        assert connector.base_url == "https://api.stripe.com"

    async def test_a_connection_without_credentials_says_which_is_missing(
        self, workplace: Workplace, organization: UUID, runtime: Runtime, pipeline: OutboundPipeline
    ) -> None:
        bare = await workplace.call("create_connection", organization_id=organization, provider="stripe", name="Bare")
        with pytest.raises(AuthenticationFailed, match=r"credentials\.secret_key"):
            await Connectors(runtime.vault, pipeline).open(await self.row(runtime, bare["id"]))

    async def test_a_test_key_on_a_live_connection_is_not_used(
        self, workplace: Workplace, organization: UUID, runtime: Runtime, pipeline: OutboundPipeline
    ) -> None:
        live = await workplace.connect_stripe(organization, environment="live")
        with pytest.raises(AuthenticationFailed, match="test key on a live connection"):
            await Connectors(runtime.vault, pipeline).open(await self.row(runtime, live))

    async def test_credentials_that_were_moved_from_another_connection_do_not_open(
        self, workplace: Workplace, organization: UUID, runtime: Runtime, pipeline: OutboundPipeline
    ) -> None:
        ours, theirs = [await workplace.connect_stripe(organization) for _ in range(2)]
        await workplace.database.execute(
            "update private.sealed_credentials s set ciphertext = o.ciphertext from private.sealed_credentials o"
            " where s.credential_id = (select id from public.api_credentials where connection_id = %s)"
            " and o.credential_id = (select id from public.api_credentials where connection_id = %s)",
            [ours, theirs],
        )
        with pytest.raises(AuthenticationFailed, match="do not open"):
            await Connectors(runtime.vault, pipeline).open(await self.row(runtime, ours))

    async def test_a_key_missing_from_the_keyring_is_the_operators_matter(
        self, workplace: Workplace, organization: UUID, pipeline: OutboundPipeline, tmp_path: Any
    ) -> None:
        connection_id = await workplace.connect_stripe(organization)
        empty = '{"version": 1, "keys": []}'
        async with open_runtime(workplace.settings(keyring=empty)) as other:
            row = await self.row(other, connection_id)
            with pytest.raises(Unavailable):
                await Connectors(other.vault, pipeline).open(row)


class TestTesting:
    @pytest.fixture
    async def worker(self, workplace: Workplace) -> AsyncIterator[Worker]:
        async with workplace.working() as worker:
            yield worker

    async def try_out(self, workplace: Workplace, connection_id: UUID) -> tuple[Row, Row]:
        """The operation and the connection after a test that a client asked for."""
        asked = await workplace.call("test_connection", connection_id=connection_id)
        assert asked["kind"] == "connection.test"
        operation = await workplace.finished(connection_id, "connection.test")
        connection = await workplace.one("select * from public.integration_connections where id = %s", connection_id)
        return operation, connection

    async def test_working_credentials(self, workplace: Workplace, organization: UUID, worker: Worker) -> None:
        operation, connection = await self.try_out(workplace, await workplace.connect_stripe(organization))
        assert operation["status"] == "succeeded"
        assert (operation["result"]["ok"], operation["result"]["state"]) == (True, "up")
        assert operation["result"]["latency_ms"] > 0
        assert (connection["status"], connection["health_state"], connection["last_error"]) == ("active", "up", None)

    async def test_refused_credentials_and_their_mending(
        self, workplace: Workplace, organization: UUID, worker: Worker
    ) -> None:
        gateway = await workplace.connect_stripe(organization, secret_key="sk_test_invalid")
        operation, connection = await self.try_out(workplace, gateway)
        assert (operation["status"], operation["error"]["code"]) == ("failed", "authentication_failed")
        assert connection["status"] == "needs_attention"

        await workplace.set_secret_key(organization, gateway, "sk_test_right")
        operation, connection = await self.try_out(workplace, gateway)
        assert (operation["status"], connection["status"]) == ("succeeded", "active")
        open_alerts = await workplace.all(
            "select * from public.alerts where group_key = %s and status <> 'resolved'",
            f"connection.needs_attention:{gateway}",
        )
        assert open_alerts == []

    async def test_a_provider_that_is_down(self, workplace: Workplace, organization: UUID, worker: Worker) -> None:
        gateway = await workplace.connect_stripe(organization)
        await workplace.database.execute(
            "update public.integration_connections set next_health_check_at = now() + interval '1 hour' where id = %s",
            [gateway],
        )
        await workplace.plan_fault("server_error", status=503, times=20)
        operation, connection = await self.try_out(workplace, gateway)
        assert (operation["status"], operation["error"]["code"]) == ("failed", "unavailable")
        assert operation["result"]["state"] == "down"
        assert connection["status"] == "active"

    async def test_a_paused_connection_stays_paused(
        self, workplace: Workplace, organization: UUID, worker: Worker
    ) -> None:
        gateway = await workplace.connect_stripe(organization)
        await workplace.call("update_connection", connection_id=gateway, paused=True)
        operation, connection = await self.try_out(workplace, gateway)
        assert (operation["status"], connection["status"]) == ("succeeded", "paused")
