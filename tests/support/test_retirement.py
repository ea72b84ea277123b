"""What a test leaves behind is no work for the workers of the next one."""

from uuid import UUID

from tests.support.retirement import retiring
from tests.support.workplace import Row, Workplace, until

REQUEST = {"method": "POST", "path": "/v1/payment_intents"}


async def asked_for(workplace: Workplace) -> tuple[Row, UUID]:
    """A payment that nobody has made yet, and the connection of an organization of its own."""
    organization_id = await workplace.organization()
    connection_id = await workplace.connect_stripe(organization_id)
    return await workplace.payment(organization_id), connection_id


async def health(workplace: Workplace, connection_id: UUID) -> str:
    row = await workplace.one("select health_state from public.integration_connections where id = %s", connection_id)
    return str(row["health_state"])


async def test_a_fault_is_met_by_the_payment_that_it_is_planned_for(workplace: Workplace, no_faults: None) -> None:
    async with retiring(workplace):
        left, idle_connection = await asked_for(workplace)
    payment, connection = await asked_for(workplace)
    await workplace.plan_fault("patched", match=REQUEST, patch={"currency": "usd"})

    async def checked() -> bool:
        return await health(workplace, connection) == "up"

    async with workplace.working():
        operation = await workplace.finished(payment["id"])
        await until(checked)

    assert (operation["status"], operation["attempts"]) == ("succeeded", 2)
    assert (await workplace.operation(left["id"]))["attempts"] == 0
    assert await health(workplace, idle_connection) == "unknown"


async def test_a_payment_that_is_looked_after_is_so_no_longer(workplace: Workplace) -> None:
    async with retiring(workplace):
        left, _ = await asked_for(workplace)
        await workplace.database.execute(
            "insert into private.payment_looks (payment_id, due_at) values (%s, now())", [left["id"]]
        )
    assert await workplace.all("select from private.payment_looks where payment_id = %s", left["id"]) == []


async def test_what_was_there_before_goes_on(workplace: Workplace) -> None:
    payment, connection = await asked_for(workplace)
    async with retiring(workplace):
        await asked_for(workplace)
    async with workplace.working():
        assert (await workplace.finished(payment["id"]))["status"] == "succeeded"
    row = await workplace.one("select status from public.integration_connections where id = %s", connection)
    assert row["status"] == "active"
