"""A worker dies in the middle of a payment: another one finds out what became of it; the payer is charged once."""

from pathlib import Path
from uuid import UUID

import httpx
import pytest

from stack.ports import free_ports
from tests.support.workplace import Row, Workplace, until

pytestmark = pytest.mark.usefixtures("no_faults")


async def sent(workplace: Workplace, operation_id: UUID) -> bool:
    """Whether a worker holds the job and has begun to send it."""
    rows = await workplace.all("select payload from private.jobs where id = %s and claim_id is not null", operation_id)
    return bool(rows) and "sent_at" in rows[0]["payload"]


async def arrived(workplace: Workplace, payment_id: UUID, charges: int) -> bool:
    """Whether the request that meets the fault has reached the gateway, and has charged if it is going to."""
    waiting = (await workplace.sandbox.get("/_faults")).json()
    return not waiting and len((await workplace.at_stripe(payment_id))["charges"]) == charges


async def at_work(workplace: Workplace, number: int) -> bool:
    """Whether so many workers are connected."""
    row = await workplace.one("select count(*) from pg_stat_activity where application_name = 'wasl worker hints'")
    return bool(row["count"] >= number)


@pytest.mark.parametrize(("fault", "charged_before"), [("late_answer", 1), ("latency", 0)])
async def test_killed_in_the_middle_of_a_payment(
    workplace: Workplace, organization: UUID, tmp_path: Path, fault: str, charged_before: int
) -> None:
    await workplace.connect_stripe(organization)
    quick = {"call_timeout_seconds": 1, "lease_seconds": 4.5}
    async with workplace.worker_process(tmp_path, **quick) as first:
        await until(lambda: at_work(workplace, 1))
        await workplace.plan_fault(fault, seconds=0.9, match={"method": "POST"})
        payment = await workplace.payment(organization)
        operation_id = (await workplace.operation(payment["id"]))["id"]
        await until(lambda: sent(workplace, operation_id))
        await until(lambda: arrived(workplace, payment["id"], charged_before))  # and is not answered for now
        first.kill()
        assert len((await workplace.at_stripe(payment["id"]))["charges"]) == charged_before

    async with workplace.worker_process(tmp_path, **quick) as second:
        operation = await workplace.finished(payment["id"])
        assert (operation["status"], operation["attempts"]) == ("succeeded", 2)
        assert (await workplace.payment_row(payment["id"]))["status"] == "captured"
        state = await workplace.at_stripe(payment["id"])
        assert (len(state["payment_intents"]), len(state["charges"])) == (1, 1)
        assert await second.stop() == 0


async def test_told_to_stop_it_finishes_what_it_has_begun(
    workplace: Workplace, organization: UUID, tmp_path: Path
) -> None:
    await workplace.connect_stripe(organization)
    async with workplace.worker_process(tmp_path) as worker:
        await until(lambda: at_work(workplace, 1))
        await workplace.plan_fault("late_answer", seconds=1, match={"method": "POST"})
        payment = await workplace.payment(organization)
        operation_id = (await workplace.operation(payment["id"]))["id"]
        await until(lambda: sent(workplace, operation_id))
        assert await worker.stop() == 0
        assert "Traceback" not in worker.log.read_text()
    operation: Row = await workplace.operation(payment["id"])
    assert (operation["status"], operation["attempts"]) == ("succeeded", 1)


async def test_it_tells_the_truth_about_itself(workplace: Workplace, tmp_path: Path) -> None:
    (port,) = free_ports(1)
    async with (
        workplace.worker_process(tmp_path, metrics_port=port) as worker,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):

        async def says(path: str, expected: str) -> bool:
            try:
                return expected in (await client.get(path)).text
            except httpx.TransportError:
                return False

        await until(lambda: says("/readyz", '"ready"'))
        await until(lambda: says("/healthz", '"leading":true'))
        await until(lambda: says("/metrics", "wasl_listening 1.0"))
        await workplace.database.execute("alter role wasl_worker nologin")
        try:
            await workplace.database.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'wasl worker%'"
            )
            await until(lambda: says("/healthz", '"leading":false'))
            await until(lambda: says("/metrics", "wasl_listening 0.0"))
        finally:
            await workplace.database.execute("alter role wasl_worker login")
        await until(lambda: says("/healthz", '"leading":true'))
        assert await worker.stop() == 0


async def test_a_worker_that_cannot_start_says_why_in_one_sentence(workplace: Workplace, tmp_path: Path) -> None:
    async with workplace.worker_process(tmp_path, keyring=tmp_path / "nothing.json") as worker:
        assert await worker.process.wait() == 2
        (sentence,) = worker.log.read_text().strip().splitlines()
        assert sentence.startswith("there is no keyring at")
