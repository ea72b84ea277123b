"""What a payment may say of who pays, where and for what: each part is checked at once, and named when at fault."""

import uuid
from typing import Any

import pytest

from tests.support.callers import PAYER, Caller, Refusal, Row, Workspace

ORDER = {"amount": "99.00", "currency": "AED", "reference": "order-1", "return_url": "https://shop.example/back"}
ADDRESS = {"line1": "Al Wasl Road 1", "city": "Dubai", "country": "AE"}
ITEM = {"name": "Coffee", "quantity": 2, "unit_amount": "49.50"}
CARD_NUMBER = "4242 4242 4242 4242"
ARABIC_CARD_NUMBER = "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"


async def saved_method(workspace: Workspace, connection: Row | None = None, **columns: Any) -> str:
    """A payment method that a gateway keeps for the workspace."""
    connection = connection or await workspace.connection()
    row = {"organization_id": workspace.id, "connection_id": connection["id"], "environment": connection["environment"]}
    row |= {"type": "card"} | columns
    query = "insert into public.payment_methods ({}) values ({}) returning id"
    marks = ", ".join(["%s"] * len(row))
    return str(await workspace.one(query.format(", ".join(row), marks), list(row.values())))


async def test_everything_a_payment_says_is_kept(shop: Workspace) -> None:
    item = ITEM | {"reference": "SKU-1", "category": "drinks", "image_url": "https://shop.example/1.png"}
    said = {
        "method": "apple_pay",
        "country": "AE",
        "locale": "ar",
        "billing_address": ADDRESS | {"line2": "Floor 2", "state": "Dubai", "postal_code": "00000"},
        "shipping_address": ADDRESS,
        "items": [item, {"name": "Tip", "unit_amount": "0"}],
        "save_payment_method": True,
        "customer": {"reference": "customer-7"},
    }
    payment = await shop.owner.call(f"create_payment?select={PAYER}", **ORDER | said)

    assert {name: payment[name] for name in said} == said
    assert await shop.owner.rows(f"payments?id=eq.{payment['id']}&select={PAYER}") == [payment]
    [operation] = await shop.owner.rows(f"operations?subject_id=eq.{payment['id']}&select=input")
    people = {"customer", "billing_address", "shipping_address"}
    assert {name: operation["input"].get(name) for name in said} == said | dict.fromkeys(people)


@pytest.mark.parametrize("field", ["billing_address", "shipping_address"])
@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("Al Wasl Road 1", ""),
        ([], ""),
        ({"line1": 1}, ""),
        ({"street": "Al Wasl Road"}, ".street"),
        ({"line1": None}, ""),
        ({"line1": ""}, ".line1"),
        ({"line1": "x" * 256}, ".line1"),
        ({"line2": ""}, ".line2"),
        ({"line2": "x" * 256}, ".line2"),
        ({"city": ""}, ".city"),
        ({"city": "x" * 256}, ".city"),
        ({"state": ""}, ".state"),
        ({"postal_code": "1" * 21}, ".postal_code"),
    ],
)
async def test_an_address_is_checked_part_by_part(shop: Workspace, field: str, change: Any, part: str) -> None:
    address = ADDRESS | change if isinstance(change, dict) else change
    refusal = await shop.owner.refused("create_payment", **ORDER | {field: address})
    assert refusal == Refusal(400, f"invalid_{field}", field + part)


@pytest.mark.parametrize("field", ["billing_address", "shipping_address"])
@pytest.mark.parametrize("part", ["line1", "city", "country"])
async def test_an_address_has_at_least_a_line_a_city_and_a_country(shop: Workspace, field: str, part: str) -> None:
    address = {name: value for name, value in ADDRESS.items() if name != part}
    refusal = await shop.owner.refused("create_payment", **ORDER | {field: address})
    assert refusal == Refusal(400, f"invalid_{field}", f"{field}.{part}")


@pytest.mark.parametrize("country", ["ae", "UAE", "A", "A1", "AE\n", "٤٢"])
async def test_a_country_is_two_capital_letters_wherever_it_stands(shop: Workspace, country: str) -> None:
    for field, argument in (
        ("country", {"country": country}),
        ("billing_address.country", {"billing_address": ADDRESS | {"country": country}}),
        ("shipping_address.country", {"shipping_address": ADDRESS | {"country": country}}),
    ):
        assert await shop.owner.refused("create_payment", **ORDER | argument) == Refusal(400, "invalid_country", field)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"sku": "1"}, ".sku"),
        ({"name": ""}, ".name"),
        ({"name": None}, ".name"),
        ({"name": 5}, ".name"),
        ({"name": "x" * 256}, ".name"),
        ({"quantity": 0}, ".quantity"),
        ({"quantity": -1}, ".quantity"),
        ({"quantity": 1.5}, ".quantity"),
        ({"quantity": "2"}, ".quantity"),
        ({"quantity": 1_000_000}, ".quantity"),
        ({"quantity": None}, ".quantity"),
        ({"unit_amount": 49.5}, ".unit_amount"),
        ({"unit_amount": "-1"}, ".unit_amount"),
        ({"unit_amount": "1.001"}, ".unit_amount"),
        ({"unit_amount": "NaN"}, ".unit_amount"),
        ({"unit_amount": None}, ".unit_amount"),
        ({"reference": ""}, ".reference"),
        ({"reference": 7}, ".reference"),
        ({"reference": None}, ".reference"),
        ({"category": "x" * 256}, ".category"),
        ({"image_url": "shop.example/1.png"}, ".image_url"),
        ({"image_url": "javascript:alert(1)"}, ".image_url"),
        ({"image_url": "https://shop.example/" + "x" * 2048}, ".image_url"),
        ({"product_url": "ftp://shop.example"}, ".product_url"),
        ({"product_url": 1}, ".product_url"),
    ],
)
async def test_an_item_is_checked_part_by_part(shop: Workspace, change: Row, part: str) -> None:
    refusal = await shop.owner.refused("create_payment", **ORDER | {"items": [ITEM, ITEM | change]})
    assert refusal == Refusal(400, "invalid_items", f"items.1{part}")


@pytest.mark.parametrize(
    ("items", "field"),
    [({}, "items"), ("coffee", "items"), ([ITEM] * 101, "items"), ([ITEM, "coffee"], "items.1"), ([None], "items.0")],
)
async def test_items_are_a_list_of_at_most_100_objects(shop: Workspace, items: Any, field: str) -> None:
    assert await shop.owner.refused("create_payment", **ORDER | {"items": items}) == Refusal(
        400, "invalid_items", field
    )


async def test_an_item_may_be_priced_in_the_decimals_of_the_currency_and_link_far(shop: Workspace) -> None:
    far = "https://shop.example/" + "x" * 2000
    items = [{"name": "Dates", "quantity": 999_999, "unit_amount": "0.125", "image_url": far, "product_url": far}]
    payment = await shop.owner.call("create_payment", **ORDER | {"currency": "KWD", "items": items})
    assert payment["items"] == items


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({"locale": "fr"}, "invalid_locale", "locale"),
        ({"locale": "AR"}, "invalid_locale", "locale"),
        ({"locale": ""}, "invalid_locale", "locale"),
        ({"method": "Card"}, "invalid_method", "method"),
        ({"method": "k"}, "invalid_method", "method"),
        ({"method": ""}, "invalid_method", "method"),
        ({"method": "x" * 31}, "invalid_method", "method"),
        ({"country": ""}, "invalid_country", "country"),
        ({"customer": {"reference": ""}}, "invalid_customer", "customer.reference"),
        ({"customer": {"reference": "x" * 201}}, "invalid_customer", "customer.reference"),
        ({"customer": {"reference": 7}}, "invalid_customer", "customer"),
    ],
)
async def test_a_bad_argument_is_named(shop: Workspace, arguments: Row, code: str, field: str) -> None:
    assert await shop.owner.refused("create_payment", **ORDER | arguments) == Refusal(400, code, field)


@pytest.mark.parametrize("number", [CARD_NUMBER, ARABIC_CARD_NUMBER])
@pytest.mark.parametrize(
    ("field", "argument"),
    [
        ("billing_address", {"billing_address": ADDRESS}),
        ("shipping_address", {"shipping_address": ADDRESS}),
        ("items.0", {"items": [ITEM]}),
    ],
)
async def test_a_card_number_is_refused_in_every_part(
    shop: Workspace, field: str, argument: dict[str, Any], number: str
) -> None:
    [(name, value)] = argument.items()
    parts = ("line1", "line2", "city", "state") if name != "items" else ("name", "reference", "category")
    for part in parts:
        told = [value[0] | {part: number}] if name == "items" else value | {part: number}
        refusal = await shop.owner.refused("create_payment", **ORDER | {name: told})
        assert refusal == Refusal(400, "card_number_refused", f"{field}.{part}")


@pytest.mark.parametrize("part", ["image_url", "product_url"])
async def test_a_card_number_is_refused_in_an_items_links(shop: Workspace, part: str) -> None:
    item = ITEM | {part: "https://shop.example/?card=4242424242424242"}
    refusal = await shop.owner.refused("create_payment", **ORDER | {"items": [item]})
    assert refusal == Refusal(400, "card_number_refused", f"items.0.{part}")


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"billing_address": ADDRESS | {"postal_code": "4242424242424242"}}, "billing_address.postal_code"),
        ({"customer": {"reference": CARD_NUMBER}}, "customer.reference"),
    ],
)
async def test_a_card_number_is_refused_in_the_other_texts(shop: Workspace, arguments: Row, field: str) -> None:
    refusal = await shop.owner.refused("create_payment", **ORDER | arguments)
    assert refusal == Refusal(400, "card_number_refused", field)


@pytest.mark.parametrize("field", ["method", "country", "locale"])
async def test_a_card_number_is_none_of_the_codes(shop: Workspace, field: str) -> None:
    refusal = await shop.owner.refused("create_payment", **ORDER | {field: "4242424242424242"})
    assert refusal == Refusal(400, f"invalid_{field}", field)


@pytest.mark.parametrize(
    ("field", "default"),
    [
        ("method", None),
        ("country", None),
        ("locale", None),
        ("billing_address", None),
        ("shipping_address", None),
        ("items", []),
        ("save_payment_method", False),
        ("payment_method_id", None),
    ],
)
async def test_null_means_the_default(shop: Workspace, field: str, default: Any) -> None:
    payment = await shop.owner.call(f"create_payment?select={PAYER}", **ORDER | {field: None})
    assert payment[field] == default


async def test_what_is_left_out_is_the_same_request_as_its_default(workspace: Workspace) -> None:
    await workspace.connection()
    defaults: dict[str, Any] = {"items": [], "save_payment_method": False, "billing_address": None, "method": None}

    first = await workspace.payment(idempotency_key="key")
    again = await workspace.payment(idempotency_key="key", **defaults)

    assert again == first


@pytest.mark.parametrize(
    "other",
    [
        {"method": "card"},
        {"country": "AE"},
        {"locale": "en"},
        {"billing_address": ADDRESS | {"city": "Sharjah"}},
        {"shipping_address": ADDRESS},
        {"items": [ITEM]},
        {"save_payment_method": True},
        {"customer": {"reference": "customer-8"}},
    ],
)
async def test_the_same_key_with_another_argument_is_refused(shop: Workspace, other: Row) -> None:
    key = uuid.uuid4().hex
    said = ORDER | {"billing_address": ADDRESS, "customer": {"reference": "customer-7"}, "idempotency_key": key}
    first = await shop.owner.call("create_payment", **said)

    assert await shop.owner.call("create_payment", **said) == first
    reused = Refusal(409, "idempotency_key_reused", "idempotency_key")
    assert await shop.owner.refused("create_payment", **said | other) == reused


class TestSavedMethods:
    async def test_one_says_which_connection_takes_the_payment(self, workspace: Workspace) -> None:
        await workspace.connection()
        keeper = await workspace.connection()
        method = await saved_method(workspace, keeper)

        payment = await workspace.payment(payment_method_id=method, return_url=None)

        assert (payment["connection_id"], payment["payment_method_id"]) == (keeper["id"], method)

    async def test_another_connection_than_the_one_that_keeps_it_is_refused(self, workspace: Workspace) -> None:
        method, another = await saved_method(workspace), await workspace.connection()
        said = ORDER | {"payment_method_id": method, "connection_id": another["id"]}
        refusal = await workspace.owner.refused("create_payment", **said)
        assert refusal == Refusal(409, "connection_mismatch", "connection_id")

    async def test_it_takes_the_place_of_a_token(self, workspace: Workspace) -> None:
        method = await saved_method(workspace)
        said = ORDER | {"payment_method_id": method, "payment_method": "pm_card_visa"}
        refusal = await workspace.owner.refused("create_payment", **said)
        assert refusal == Refusal(400, "invalid_payment_method", "payment_method_id")

    async def test_its_environment_is_the_payments(self, workspace: Workspace) -> None:
        live = await workspace.connection(environment="live")
        method = await saved_method(workspace, live)
        refusal = await workspace.owner.refused(
            "create_payment", **ORDER | {"payment_method_id": method, "environment": "sandbox"}
        )
        assert refusal == Refusal(409, "environment_mismatch", "environment")

    async def test_one_that_is_not_there_deleted_or_anothers_is_not_found(
        self, workspace: Workspace, shop: Workspace, other: Caller
    ) -> None:
        await workspace.connection()
        deleted = await saved_method(workspace, status="deleted")
        for method in (str(uuid.uuid4()), deleted, await saved_method(shop)):
            refusal = await workspace.owner.refused("create_payment", **ORDER | {"payment_method_id": method})
            assert refusal == Refusal(404, "payment_method_not_found", "payment_method_id")

    async def test_one_that_is_being_deleted_takes_no_payment_any_more(self, workspace: Workspace) -> None:
        method = await saved_method(workspace)
        await workspace.owner.call("delete_payment_method", payment_method_id=method)
        refusal = await workspace.owner.refused("create_payment", **ORDER | {"payment_method_id": method})
        assert refusal == Refusal(404, "payment_method_not_found", "payment_method_id")

    async def test_only_who_may_take_payments_has_one_deleted(
        self, workspace: Workspace, shop: Workspace, other: Caller
    ) -> None:
        method = await saved_method(workspace)
        viewer, reader = await workspace.member("viewer"), await workspace.api_key("payments:read")
        for caller in (other, shop.owner, viewer, reader):
            refusal = await caller.refused("delete_payment_method", payment_method_id=method)
            assert refusal == Refusal(404, "payment_method_not_found", "payment_method_id")

    async def test_asking_twice_under_one_key_is_one_deletion(self, workspace: Workspace) -> None:
        asked = {"payment_method_id": await saved_method(workspace), "idempotency_key": "key"}
        first = await workspace.owner.call("delete_payment_method", **asked)
        assert await workspace.owner.call("delete_payment_method", **asked) == first
