"""Money in the database: what amounts are taken, and that PostgREST shows and filters them as decimal strings."""

import pytest

from tests.support.callers import Database, Refusal, Workspace
from workers.providers.money import CURRENCY_DECIMALS

HUGE = "9" * 12


@pytest.mark.parametrize(
    ("amount", "currency", "kept"),
    [
        ("99", "AED", "99.00"),
        ("99.00", "AED", "99.00"),
        ("0.01", "AED", "0.01"),
        ("1.5", "KWD", "1.500"),
        ("1.005", "BHD", "1.005"),
        ("500", "JPY", "500"),
        ("500.000", "JPY", "500"),
        ("1.500000", "AED", "1.50"),
        (HUGE, "USD", f"{HUGE}.00"),
        ("000001", "AED", "1.00"),
    ],
)
async def test_amount_gets_the_currencys_decimals(shop: Workspace, amount: str, currency: str, kept: str) -> None:
    payment = await shop.payment(amount, currency=currency)

    assert payment["amount"] == kept
    assert payment["amount_captured"] == ("0." + "0" * len(kept.partition(".")[2])).rstrip(".")


@pytest.mark.parametrize(
    "amount",
    [
        *["0", "0.00", "-1", "-0.01", "+1", "1e5", "1E5", "0x10", "Infinity", "NaN", ".5", "5.", "1,000", "1_000"],
        *["٩", "９９", "²", " 99", "99 ", "99\n", "", " ", "99.00 AED", "null", "1" * 13, "1." + "0" * 7, None],
    ],
)
async def test_what_is_no_amount_is_refused(shop: Workspace, amount: str | None) -> None:
    refusal = await shop.owner.refused(
        "create_payment", organization_id=shop.id, amount=amount, currency="AED", reference="r"
    )

    assert refusal == Refusal(400, "invalid_amount", "amount")


@pytest.mark.parametrize(
    ("amount", "currency"), [("1.001", "AED"), ("0.5", "JPY"), ("1.0001", "KWD"), ("0.001", "USD")]
)
async def test_more_decimals_than_the_currency_has_are_refused(shop: Workspace, amount: str, currency: str) -> None:
    refusal = await shop.owner.refused("create_payment", amount=amount, currency=currency, reference="r")

    assert refusal == Refusal(400, "invalid_amount", "amount")


@pytest.mark.parametrize("currency", ["aed", "AE", "AEDX", "XXX", "UYW", "XAU", "", " AED", "AED\n", "دهم", None])
async def test_what_is_no_currency_is_refused(shop: Workspace, currency: str | None) -> None:
    refusal = await shop.owner.refused("create_payment", amount="1", currency=currency, reference="r")

    assert refusal == Refusal(400, "invalid_currency", "currency")


async def test_amounts_may_come_as_json_numbers(shop: Workspace) -> None:
    payment = await shop.owner.call(
        "create_payment", amount=12.5, currency="AED", reference="r", return_url="https://shop.example"
    )

    assert payment["amount"] == "12.50"


async def test_filters_and_order_work_by_number(workspace: Workspace) -> None:
    await workspace.connection()
    for amount in ("9.00", "100.00", "20.50"):
        await workspace.payment(amount)
    mine = f"payments?organization_id=eq.{workspace.id}&select=amount"

    async def amounts(query: str) -> list[str]:
        return [row["amount"] for row in await workspace.owner.rows(f"{mine}&{query}")]

    assert await amounts("order=amount") == ["9.00", "20.50", "100.00"]
    assert await amounts("order=amount.desc") == ["100.00", "20.50", "9.00"]
    assert await amounts("amount=gt.20.50") == ["100.00"]
    assert await amounts("amount=lte.20.5&order=amount") == ["9.00", "20.50"]
    assert await amounts("amount=eq.9") == ["9.00"]
    assert await amounts("amount=in.(9,100)&order=amount") == ["9.00", "100.00"]


async def test_configuration_takes_amounts_and_shows_them_as_strings(workspace: Workspace) -> None:
    connection = await workspace.connection(active=False)
    path = f"payment_providers?connection_id=eq.{connection['id']}&select=minimum_amount,maximum_amount,fee_fixed"

    answer = await workspace.owner.request(
        "PATCH",
        path,
        json={"minimum_amount": "5.50", "maximum_amount": 1000, "fee_fixed": None},
        headers={"Prefer": "return=representation"},
    )

    assert answer.json() == [{"minimum_amount": "5.50", "maximum_amount": "1000", "fee_fixed": None}]
    assert await workspace.owner.rows(path) == answer.json()


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-1", "1000000000000", "ten"])
async def test_configuration_refuses_what_is_no_amount(workspace: Workspace, amount: str) -> None:
    connection = await workspace.connection(active=False)

    answer = await workspace.owner.request(
        "PATCH", f"payment_providers?connection_id=eq.{connection['id']}", json={"minimum_amount": amount}
    )

    assert answer.status_code == 400
    assert answer.json()["code"] in ("23514", "22P02")


async def test_database_and_connectors_know_the_same_currencies(database: Database) -> None:
    cursor = await database.execute("select code, exponent from private.currencies")
    known = {row["code"]: row["exponent"] async for row in cursor}

    assert known == CURRENCY_DECIMALS
