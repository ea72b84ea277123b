"""Calls about payments: what goes out for what is given, what is refused before anything goes out, what comes back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest
import wasl
from wasl import InvalidRequest, ItemParams, NotFound, OperationFailed, PermissionDenied, PolicyCase
from wasl._row import Row

from tests.support.hubs import AnyHub, FakeHub, collect, done
from tests.support.sdk_rows import operation_row, payment_row, row

NewClient = Callable[..., AnyHub]
ORDER: dict[str, Any] = {"amount": "99.00", "currency": "AED", "reference": "order-1"}
PAGE: dict[str, Any] = ORDER | {"return_url": "https://shop.example"}
CHAIR: ItemParams = {"name": "Chair", "unit_amount": Decimal("49.50"), "quantity": 2}
HOME = {"line1": "1 Marina Walk", "city": "Dubai", "country": "AE"}
NOON_IN_DUBAI = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=4)))
ROUTE = {
    "chosen": {
        **{"connection_id": str(uuid4()), "provider": "stripe", "name": "Main", "priority": 100, "fee": "2.9"},
        **{"weight": 1, "health": "up"},
    },
    "rule": "lowest_fee",
    "policy": {"version": 2, "case": "cards"},
    "reason": "Main has the lowest fee in the case “cards” of the policy.",
    "refused_for_now": [],
    "next": [{"connection_id": str(uuid4()), "provider": "tap", "name": "Spare", "priority": 200}],
    "skipped": [{"connection_id": str(uuid4()), "provider": "tabby", "reason": "the provider does not offer card"}],
}


# What a payment is made with.


async def test_what_is_not_known_of_a_payer_or_an_address_is_left_out(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(payment_row())
    await done(
        hub.payments.create(
            **PAGE,
            customer={"name": "Noor", "email": None, "reference": "c-7"},
            billing_address={"line1": "1 Marina Walk", "line2": None, "city": "Dubai", "country": "AE"},
        )
    )
    assert server.last_body["customer"] == {"name": "Noor", "reference": "c-7"}
    assert server.last_body["billing_address"] == HOME


@pytest.mark.parametrize("unit_amount", ["49.50", Decimal("49.50")])
async def test_an_item_goes_out_with_its_amount_as_a_decimal_string(
    hub: AnyHub, server: FakeHub, unit_amount: Any
) -> None:
    server.will_answer(payment_row())
    await done(hub.payments.create(**PAGE, items=[{**CHAIR, "unit_amount": unit_amount, "category": None}]))
    assert server.last_body["items"] == [{"name": "Chair", "unit_amount": "49.50", "quantity": 2}]


async def test_an_order_can_be_placed_again_with_what_came_back(hub: AnyHub, server: FakeHub) -> None:
    items = [{"name": "Chair", "unit_amount": "49.50", "quantity": 2}, {"name": "Delivery", "unit_amount": "0.00"}]
    server.will_answer([payment_row(items=items, customer={"name": "Noor"}, billing_address=HOME)])
    payment = await done(hub.payments.get(uuid4()))
    assert [item.unit_amount * item.quantity for item in payment.items] == [Decimal("99.00"), Decimal(0)]
    assert payment.billing_address is not None and payment.billing_address["city"] == "Dubai"
    server.will_answer(payment_row())
    await done(
        hub.payments.create(
            **PAGE, items=payment.items, customer=payment.customer, billing_address=payment.billing_address
        )
    )
    assert server.last_body["items"] == [items[0], {**items[1], "quantity": 1}]
    assert (server.last_body["customer"], server.last_body["billing_address"]) == ({"name": "Noor"}, HOME)


@pytest.mark.parametrize(
    ("argument", "value", "complaint"),
    [
        ("items", [CHAIR, {"name": "Table", "unit_amount": 49.5}], r"items\.1\.unit_amount must be .* not float"),
        ("items", [{**CHAIR, "unit_amount": True}], r"items\.0\.unit_amount must be .* not bool"),
        ("items", [{**CHAIR, "quantity": 2.0}], r"items\.0\.quantity must be an int, not float"),
        ("items", [{**CHAIR, "quantity": True}], r"items\.0\.quantity must be an int, not bool"),
        ("items", [{**CHAIR, "reference": 7}], r"items\.0\.reference must be a str, not int"),
        ("items", ["Chair"], r"items\.0 must be a dict, not str"),
        ("items", CHAIR, "items must be a list, not dict"),
        ("items", "Chair", "items must be a list, not str"),
        ("billing_address", {**HOME, "postal_code": 12345}, r"billing_address\.postal_code must be a str, not int"),
        ("shipping_address", "1 Marina Walk", "shipping_address must be a dict, not str"),
        ("customer", {"phone": 971500000001}, r"customer\.phone must be a str, not int"),
        ("metadata", [("a", "b")], "metadata must be a dict, not list"),
    ],
)
@pytest.mark.parametrize("call", ["create", "create_link"])
async def test_what_is_of_another_type_is_refused_by_name(
    hub: AnyHub, call: str, argument: str, value: Any, complaint: str
) -> None:
    with pytest.raises(TypeError, match=f"^{complaint}"):
        await done(getattr(hub.payments, call)(**PAGE, **{argument: value}))


async def test_a_saved_payment_method_pays(hub: AnyHub, server: FakeHub) -> None:
    method_id = uuid4()
    server.will_answer(payment_row(payment_method_id=str(method_id)))
    payment = await done(hub.payments.create(**ORDER, payment_method_id=method_id))
    assert payment.payment_method_id == method_id
    assert server.last_body.keys() == {*ORDER, "payment_method_id", "idempotency_key"}
    with pytest.raises(InvalidRequest) as error:
        await done(hub.payments.create(**ORDER, payment_method_id="pm_card_visa"))
    assert error.value.field == "payment_method_id"


async def test_to_keep_a_payment_method_is_asked_for_in_so_many_words(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(payment_row(save_payment_method=True))
    await done(hub.payments.create(**PAGE, save_payment_method=True))
    assert server.last_body["save_payment_method"] is True


async def test_a_key_that_is_empty_is_the_callers_mistake_not_no_key(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(payment_row())
    await done(hub.payments.create(**PAGE, idempotency_key=""))
    assert server.last_body["idempotency_key"] == ""


# Links.


@pytest.mark.parametrize("call", ["links.create", "create_link"])
async def test_a_link_says_what_to_send_to_the_payer(hub: AnyHub, server: FakeHub, call: str) -> None:
    server.will_answer(row(wasl.PaymentLink, token="pl_x", amount="99.00"))
    create = hub.payments.create_link if call == "create_link" else hub.payments.links.create
    link = await done(create(**ORDER, items=[CHAIR], expires_at=NOON_IN_DUBAI, single_use=False))
    assert (link.url, link.amount) == ("https://hub.example/functions/v1/pay/pl_x", Decimal("99.00"))
    assert server.last.url.path == "/rest/v1/rpc/create_payment_link"
    assert server.last_body.pop("idempotency_key")
    assert (
        server.last_body.items()
        >= {
            **ORDER,
            "items": [{"name": "Chair", "unit_amount": "49.50", "quantity": 2}],
            "expires_at": "2026-11-23T12:00:00+04:00",
            "single_use": False,
        }.items()
    )


async def test_links_are_found_with_their_addresses(hub: AnyHub, server: FakeHub) -> None:
    found = row(wasl.PaymentLink, token="pl_x")
    server.will_answer([found])
    assert (await done(hub.payments.links.get(found["id"]))).url.endswith("/pay/pl_x")
    assert "url" not in server.last.url.params["select"].split(",")
    server.will_answer([found])
    [link] = await collect(hub.payments.links.list(status=["active", "paid"], created_after=NOON_IN_DUBAI))
    assert link.url.endswith("/pay/pl_x")
    assert server.last.url.params["status"] == "in.(active,paid)"
    assert server.last.url.params["created_at"] == "gt.2026-11-23T12:00:00+04:00"
    server.will_answer(found | {"status": "disabled"})
    assert (await done(hub.payments.links.disable(link.id))).status == "disabled"
    server.will_answer([])
    with pytest.raises(NotFound, match="There is no payment link") as error:
        await done(hub.payments.links.get(uuid4()))
    assert error.value.code == "payment_link_not_found"


@pytest.mark.parametrize("expires_at", ["2026-11-23T12:00:00Z", date(2026, 11, 23), 1764000000])
async def test_a_moment_of_another_type_is_refused_by_name(hub: AnyHub, expires_at: Any) -> None:
    with pytest.raises(TypeError, match=r"^expires_at must be a datetime with a time zone"):
        await done(hub.payments.links.create(**ORDER, expires_at=expires_at))


@pytest.mark.parametrize(
    ("field", "call"),
    [
        ("expires_at", lambda hub, moment: hub.payments.links.create(**ORDER, expires_at=moment)),
        ("since", lambda hub, moment: hub.payments.check_ledger(since=moment)),
        ("since", lambda hub, moment: hub.payments.reconciliation.run(uuid4(), since=moment)),
        ("until", lambda hub, moment: hub.payments.reconciliation.run(uuid4(), until=moment)),
        ("created_before", lambda hub, moment: collect(hub.payments.payouts.list(created_before=moment))),
        ("created_after", lambda hub, moment: collect(hub.payments.disputes.list(created_after=moment))),
    ],
)
async def test_a_moment_without_a_zone_is_refused_by_name(hub: AnyHub, field: str, call: Callable[..., Any]) -> None:
    with pytest.raises(InvalidRequest) as error:
        await done(call(hub, datetime(2026, 11, 23, 12)))
    assert (error.value.code, error.value.field) == (f"invalid_{field}", field)


# Saved payment methods.


async def test_saved_payment_methods_are_those_that_can_be_used(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(wasl.PaymentMethod, last_four="4242")])
    [method] = await collect(hub.payments.methods.list(customer_reference="c-7"))
    assert method.last_four == "4242"
    assert server.last.url.params["status"] == "eq.active"
    assert server.last.url.params["customer_reference"] == "eq.c-7"
    server.will_answer([])
    await collect(hub.payments.methods.list(status=None))
    assert "status" not in server.last.url.params


async def test_a_saved_payment_method_is_forgotten(hub: AnyHub, server: FakeHub) -> None:
    method_id, operation = uuid4(), operation_row(kind="payment_method.delete")
    server.will_answer(operation)
    server.will_answer([operation | {"status": "succeeded"}])
    assert (await done(hub.payments.methods.delete(method_id, wait=5))).status == "succeeded"
    asked, looked = server.requests
    assert str(method_id).encode() in asked.content and b"idempotency_key" in asked.content
    assert looked.url.params["id"] == f"eq.{operation['id']}"


@pytest.mark.parametrize(
    "call",
    [
        lambda hub: hub.payments.methods.delete(uuid4(), wait=5),
        lambda hub: hub.payments.sync(uuid4(), wait=5),
        lambda hub: hub.payments.routing.try_route(amount=1, currency="AED"),
        lambda hub: hub.payments.reconciliation.run(uuid4(), wait=5),
        lambda hub: hub.connections.test(uuid4(), wait=5),
    ],
)
async def test_who_may_not_see_operations_is_told_so_when_waiting(
    hub: AnyHub, server: FakeHub, call: Callable[[AnyHub], Any]
) -> None:
    server.will_answer(operation_row())
    server.will_answer([])
    with pytest.raises(PermissionDenied, match="operations:read") as error:
        await done(call(hub))
    assert error.value.field == "wait"


# Routing.


async def test_a_policy_goes_out_whole(hub: AnyHub, server: FakeHub) -> None:
    first, second = uuid4(), str(uuid4())
    cases: list[PolicyCase] = [
        {
            "name": "large",
            "when": {"currencies": ("AED", "KWD"), "minimum_amount": Decimal("5000"), "maximum_amount": None},
            "connections": [first, second],
            "exclusive": True,
            "rule": None,
        }
    ]
    server.will_answer(row(wasl.PaymentPolicy, version=3))
    policy = await done(hub.payments.routing.set_policy("live", rule="weighted", cases=cases, expected_version=2))
    assert policy.version == 3
    assert server.last_body == {
        "environment": "live",
        "rule": "weighted",
        "cases": [
            {
                "name": "large",
                "when": {"currencies": ["AED", "KWD"], "minimum_amount": "5000"},
                "connections": [str(first), second],
                "exclusive": True,
            }
        ],
        "failover": True,
        "expected_version": 2,
    }


@pytest.mark.parametrize(
    ("cases", "complaint"),
    [
        ([{"name": "large", "when": {"minimum_amount": 5000.0}}], r"cases\.0\.when\.minimum_amount must be"),
        ([{"name": "dirhams", "when": {"currencies": "AED"}}], r"cases\.0\.when\.currencies must be a list, not str"),
        ([{"name": "one", "connections": str(uuid4())}], r"cases\.0\.connections must be a list, not str"),
        ({"name": "one"}, "cases must be a list, not dict"),
    ],
)
async def test_a_case_of_another_type_is_refused_by_name(hub: AnyHub, cases: Any, complaint: str) -> None:
    with pytest.raises(TypeError, match=f"^{complaint}"):
        await done(hub.payments.routing.set_policy("live", cases=cases))


async def test_a_connection_in_a_case_is_named_by_its_id(hub: AnyHub) -> None:
    with pytest.raises(InvalidRequest) as error:
        await done(hub.payments.routing.set_policy("live", cases=[{"name": "one", "connections": ["stripe"]}]))
    assert (error.value.code, error.value.field) == ("invalid_cases", "cases.0.connections")


async def test_a_policy_that_was_read_can_be_set_again_with_one_case_more(hub: AnyHub, server: FakeHub) -> None:
    case = {"name": "cards", "when": {"methods": ["card"], "minimum_amount": "5.00"}}
    server.will_answer([row(wasl.PaymentPolicy, version=1, cases=[case])])
    policy = await done(hub.payments.routing.policy("sandbox"))
    assert policy is not None
    server.will_answer(row(wasl.PaymentPolicy))
    await done(hub.payments.routing.set_policy("sandbox", cases=[*policy.cases, {"name": "rest"}]))
    assert server.last_body["cases"] == [case, {"name": "rest"}]


async def test_no_policy_is_none(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([])
    assert await done(hub.payments.routing.policy("sandbox")) is None


async def test_which_policy_of_several_organizations_is_asked_for_must_be_said(
    hub: AnyHub, server: FakeHub, new_client: NewClient
) -> None:
    server.will_answer([row(wasl.PaymentPolicy), row(wasl.PaymentPolicy)])
    with pytest.raises(InvalidRequest) as error:
        await done(hub.payments.routing.policy("sandbox"))
    assert (error.value.code, error.value.field) == ("organization_required", "organization_id")
    mine = uuid4()
    server.will_answer([row(wasl.PaymentPolicy)])
    await done(new_client(access_token="t", organization_id=mine).payments.routing.policy("sandbox"))
    assert server.last.url.params["organization_id"] == f"eq.{mine}"


async def test_a_dry_run_says_which_gateway_and_why(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer(operation_row(kind="payment.route"))
    server.will_answer([operation_row(kind="payment.route", status="succeeded", result=ROUTE)])
    route = await done(hub.payments.routing.try_route(amount=Decimal("99.00"), currency="AED", method="card"))
    assert (route.chosen.name, route.chosen.fee, route.chosen.health) == ("Main", Decimal("2.9"), "up")
    assert (route.rule, route.policy.version, route.policy.case) == ("lowest_fee", 2, "cards")
    assert [(each.name, each.fee) for each in route.next] == [("Spare", None)]
    assert [each.reason for each in route.skipped] == ["the provider does not offer card"]
    asked, _ = server.requests
    assert asked.content == b'{"amount":"99.00","currency":"AED","method":"card"}'


async def test_a_dry_run_that_ends_nowhere_says_why_for_each_connection(hub: AnyHub, server: FakeHub) -> None:
    error = {"code": "no_connection", "message": "No connection can take this payment.", "skipped": ROUTE["skipped"]}
    server.will_answer(operation_row())
    server.will_answer([operation_row(status="failed", error=error)])
    with pytest.raises(OperationFailed) as raised:
        await done(hub.payments.routing.try_route(amount=1, currency="AED"))
    assert raised.value.code == "no_connection"
    assert raised.value.operation.error is not None
    [skipped] = raised.value.operation.error.skipped
    assert (skipped.provider, skipped.reason) == ("tabby", "the provider does not offer card")


async def test_a_connections_part_in_routing_is_changed_where_it_is_said(hub: AnyHub, server: FakeHub) -> None:
    connection_id = uuid4()
    server.will_answer([row(wasl.PaymentProvider, fee_percent="2.9000", fee_fixed="1.00")])
    changed = await done(
        hub.payments.routing.update_connection(
            connection_id, fee_percent=Decimal("2.9"), fee_fixed="1.00", maximum_amount=None, currencies=("AED",)
        )
    )
    assert (changed.fee_percent, changed.fee_fixed) == (Decimal("2.9"), Decimal("1.00"))
    assert server.last.method == "PATCH"
    assert server.last.url.params["connection_id"] == f"eq.{connection_id}"
    assert server.last_body == {
        **{"fee_percent": "2.9", "fee_fixed": "1.00"},
        **{"maximum_amount": None, "currencies": ["AED"]},
    }


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"fee_fixed": 1.0}, "fee_fixed must be a str, Decimal or int"),
        ({"currencies": "AED"}, "currencies must be a list, not str"),
        ({"colour": "blue"}, "a connection's routing has no 'colour'"),
    ],
)
async def test_a_change_of_another_type_is_refused_by_name(
    hub: AnyHub, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(TypeError, match=f"^{complaint}"):
        await done(hub.payments.routing.update_connection(uuid4(), **changes))


async def test_a_connection_that_one_may_not_change_is_not_found(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([])
    with pytest.raises(NotFound, match="no connection"):
        await done(hub.payments.routing.update_connection(uuid4(), enabled=False))


# Disputes, payouts, reconciliation, ledger.


async def test_disputes_are_filtered(hub: AnyHub, server: FakeHub) -> None:
    payment_id = uuid4()
    server.will_answer([row(wasl.Dispute, status="open", amount="99.00", payment_id=str(payment_id))])
    [dispute] = await collect(hub.payments.disputes.list(status="open", payment_id=payment_id))
    assert (dispute.amount, dispute.payment_id) == (Decimal("99.00"), payment_id)
    assert server.last.url.path == "/rest/v1/payment_disputes"
    assert server.last.url.params["payment_id"] == f"eq.{payment_id}"


async def test_payouts_are_filtered(hub: AnyHub, server: FakeHub) -> None:
    server.will_answer([row(wasl.Payout, amount="1250.00", arrives_on="2026-11-25")])
    [payout] = await collect(hub.payments.payouts.list(status=["pending", "in_transit"], currency="AED"))
    assert (payout.amount, payout.arrives_on) == (Decimal("1250.00"), date(2026, 11, 25))
    assert server.last.url.params["status"] == "in.(pending,in_transit)"
    assert server.last.url.params["currency"] == "eq.AED"


@pytest.mark.parametrize("resource", ["disputes", "payouts", "links", "methods", "reconciliation"])
async def test_one_that_is_not_there_is_not_found(hub: AnyHub, server: FakeHub, resource: str) -> None:
    server.will_answer([])
    with pytest.raises(NotFound):
        await done(getattr(hub.payments, resource).get(uuid4()))


async def test_a_comparison_comes_back_when_it_has_been_made(hub: AnyHub, server: FakeHub) -> None:
    found = row(wasl.Reconciliation, status="finished", compared=3, healed=1)
    operation = operation_row(kind="payment.reconcile", subject_id=found["id"])
    server.will_answer(operation)
    server.will_answer([operation | {"status": "succeeded"}])
    server.will_answer([found])
    since = datetime(2026, 11, 22, tzinfo=UTC)
    made = await done(hub.payments.reconciliation.run(uuid4(), since=since, until=NOON_IN_DUBAI, wait=5))
    assert (made.status, made.compared, made.healed) == ("finished", 3, 1)
    asked, _, read = server.requests
    assert b'"since":"2026-11-22T00:00:00+00:00"' in asked.content
    assert b'"until":"2026-11-23T12:00:00+04:00"' in asked.content
    assert read.url.params["id"] == f"eq.{found['id']}"


async def test_differences_are_those_that_somebody_has_to_deal_with(hub: AnyHub, server: FakeHub) -> None:
    run_id = uuid4()
    server.will_answer([row(wasl.PaymentDifference, kind="status", ours="captured", theirs="refunded")])
    [difference] = await collect(hub.payments.reconciliation.differences(reconciliation_id=run_id))
    assert (difference.ours, difference.theirs) == ("captured", "refunded")
    assert server.last.url.params["status"] == "eq.open"
    assert server.last.url.params["reconciliation_id"] == f"eq.{run_id}"
    server.will_answer(row(wasl.PaymentDifference, status="dismissed", note="Refunded by hand."))
    await done(hub.payments.reconciliation.dismiss(difference.id, note="Refunded by hand."))
    assert server.last_body == {"difference_id": str(difference.id), "note": "Refunded by hand."}


async def test_a_ledger_report_names_what_differs(hub: AnyHub, server: FakeHub) -> None:
    payment_id = uuid4()
    difference = {"payment_id": str(payment_id), "fact": "status", "in_row": "captured", "in_ledger": None}
    server.will_answer({"checked": 7, "differences": [difference]})
    report = await done(hub.payments.check_ledger(since=NOON_IN_DUBAI))
    assert (report.checked, report.differences[0].payment_id) == (7, payment_id)
    assert server.last_body == {"since": "2026-11-23T12:00:00+04:00"}


# Money.

WITH_MONEY = [
    model
    for model in (getattr(wasl, name) for name in wasl.__all__)
    if isinstance(model, type)
    and issubclass(model, Row)
    and any(Decimal in (field.annotation, *get_args(field.annotation)) for field in model.model_fields.values())
]


def test_money_is_in_many_answers() -> None:
    assert {*WITH_MONEY} >= {wasl.Payment, wasl.Refund, wasl.PaymentLink, wasl.Payout, wasl.Dispute, wasl.Item}


@pytest.mark.parametrize("model", WITH_MONEY)
def test_money_is_written_as_it_was_read(model: type[Row]) -> None:
    amounts = {
        name: "0.100"
        for name, field in model.model_fields.items()
        if Decimal in (field.annotation, *get_args(field.annotation))
    }
    answer = model.model_validate(row(model, **amounts))
    assert {name: getattr(answer, name) for name in amounts} == dict.fromkeys(amounts, Decimal("0.100"))
    for written in (answer, answer.model_copy(update={"id": UUID(int=0)})):
        assert written.model_dump(mode="json", include={*amounts}) == amounts
        assert '"0.100"' in written.model_dump_json(include={*amounts})


def test_money_within_a_payment_is_written_as_it_was_read() -> None:
    payment = wasl.Payment.model_validate(payment_row(items=[{"name": "Chair", "unit_amount": "49.50"}]))
    assert payment.model_dump(mode="json")["items"][0]["unit_amount"] == "49.50"
