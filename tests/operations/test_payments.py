"""Payments through a real worker, the real database and Stripe's twin."""

from uuid import UUID

from tests.support.workplace import Workplace


async def test_a_payment_by_card_is_taken_once(workplace: Workplace, organization: UUID) -> None:
    connection_id = await workplace.connect_stripe(organization)
    async with workplace.working():
        payment = await workplace.payment(organization)
        operation = await workplace.finished(payment["id"])

    assert operation["status"] == "succeeded"
    assert operation["connection_id"] == connection_id
    row = await workplace.payment_row(payment["id"])
    assert (row["status"], str(row["amount_captured"])) == ("captured", "99.00")
    assert len((await workplace.at_stripe(payment["id"]))["payment_intents"]) == 1
