"""Payment links: who makes and sees them, and that a link of single use is paid once however many follow it."""

import asyncio
import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from tests.support.callers import Caller, Refusal, Row, Workspace

Worker = psycopg.AsyncConnection[Row]
INVOICE = {"amount": "99.00", "currency": "AED", "reference": "INV-7"}
PAGE = "https://hub.example/functions/v1/pay/the-link"
CHECKOUT = "https://gateway.example/checkout/1"
PAID, DISABLED, EXPIRED = (Refusal(410, f"payment_link_{state}", None) for state in ("paid", "disabled", "expired"))
NO_SUCH_LINK = Refusal(404, "payment_link_not_found", None)


@pytest.fixture
async def paying(workspace: Workspace) -> Workspace:
    """A workspace with an active gateway."""
    await workspace.connection()
    return workspace


async def make(workspace: Workspace, **arguments: Any) -> Row:
    """A new link."""
    link: Row = await workspace.owner.call(
        "create_payment_link", **{"organization_id": workspace.id, **INVOICE} | arguments
    )
    return link


async def follow(server: Caller, link: Row, **arguments: Any) -> Row:
    """What the function `pay` is told when somebody follows a link."""
    opened: Row = await server.call("open_payment_link", token=link["token"], page_url=PAGE, **arguments)
    return opened


async def turned_away(server: Caller, link: Row, **arguments: Any) -> Refusal:
    """How somebody who follows a link is refused."""
    return await server.refused("open_payment_link", token=link["token"], page_url=PAGE, **arguments)


async def tell(worker: Worker, workspace: Workspace, payment_id: str, status: str, **news: Any) -> None:
    """News of a payment, as workers record it."""
    connection = await workspace.one(
        "select id from integration_connections where organization_id = %s limit 1", [workspace.id]
    )
    told = {"status": status, "connection_id": str(connection), **news}
    await worker.execute("select private.apply_payment_news(%s, %s, 'webhook', null)", (payment_id, json.dumps(told)))


async def page_opened(worker: Worker, workspace: Workspace, payment_id: str) -> None:
    """The gateway has given the payment a page."""
    page = {"checkout_url": CHECKOUT, "provider_payment_id": f"pay_{uuid.uuid4().hex}"}
    await tell(worker, workspace, payment_id, "created", **page)


async def link_now(workspace: Workspace, link: Row) -> Row:
    """A link as its owner sees it."""
    [row] = await workspace.owner.rows(f"payment_links?id=eq.{link['id']}")
    return row


async def payments_of(workspace: Workspace, link: Row) -> list[Row]:
    """The payments by a link, oldest first."""
    return await workspace.owner.rows(f"payments?payment_link_id=eq.{link['id']}&order=created_at")


async def operations_of(workspace: Workspace, payment_id: str, kind: str) -> list[Row]:
    """The operations of a kind about a payment."""
    return await workspace.owner.rows(f"operations?subject_id=eq.{payment_id}&kind=eq.{kind}")


# Making, listing and disabling.


async def test_a_link_keeps_what_its_payments_will_be_made_with(paying: Workspace) -> None:
    link = await make(paying, description="Seven chairs", customer={"email": "a@example.com"}, locale="ar")

    assert (link["status"], link["environment"], link["single_use"]) == ("active", "sandbox", True)
    assert (link["amount"], link["currency"], link["reference"]) == ("99.00", "AED", "INV-7")
    assert (link["paid_payment_id"], link["expires_at"], link["disabled_at"]) == (None, None, None)
    assert link["created_by"] == f"user:{paying.owner.user_id}"
    assert link["token"].startswith("pl_") and len(link["token"]) == 35
    assert await payments_of(paying, link) == []
    assert await link_now(paying, link) == link


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({"amount": "0"}, "invalid_amount", "amount"),
        ({"amount": "1.001"}, "invalid_amount", "amount"),
        ({"currency": "XXX"}, "invalid_currency", "currency"),
        ({"reference": ""}, "invalid_reference", "reference"),
        ({"description": "4242 4242 4242 4242"}, "card_number_refused", "description"),
        ({"customer": {"name": "4242424242424242"}}, "card_number_refused", "customer.name"),
        ({"return_url": "javascript:alert(1)"}, "invalid_return_url", "return_url"),
        ({"cancel_url": "//shop.example"}, "invalid_cancel_url", "cancel_url"),
        ({"method": "KNET"}, "invalid_method", "method"),
        ({"items": [{"name": ""}]}, "invalid_items", "items.0.name"),
        ({"billing_address": {"city": "Dubai"}}, "invalid_billing_address", "billing_address.line1"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, "invalid_expires_at", "expires_at"),
        ({"expires_at": "infinity"}, "invalid_expires_at", "expires_at"),
        ({"idempotency_key": ""}, "invalid_idempotency_key", "idempotency_key"),
    ],
)
async def test_what_its_payments_would_be_refused_for_is_refused_at_once(
    shop: Workspace, arguments: Row, code: str, field: str
) -> None:
    refusal = await shop.owner.refused("create_payment_link", **INVOICE | arguments)

    assert refusal == Refusal(400, code, field)


async def test_a_link_needs_a_gateway(workspace: Workspace, shop: Workspace) -> None:
    refusal = await workspace.owner.refused("create_payment_link", **INVOICE)
    assert refusal == Refusal(409, "no_payment_connection", "connection_id")
    [foreign] = await shop.owner.rows("integration_connections?select=id")
    refusal = await workspace.owner.refused("create_payment_link", **INVOICE | {"connection_id": foreign["id"]})
    assert refusal == Refusal(404, "connection_not_found", "connection_id")


async def test_one_key_makes_one_link_however_many_ask_at_once(paying: Workspace) -> None:
    links = await asyncio.gather(*(make(paying, idempotency_key="k") for _ in range(5)))

    assert len({link["id"] for link in links}) == 1
    for changed in ({"amount": "98.00"}, {"single_use": False}, {"expires_at": "2100-01-01T00:00:00Z"}):
        refusal = await paying.owner.refused("create_payment_link", **INVOICE | {"idempotency_key": "k"} | changed)
        assert refusal == Refusal(409, "idempotency_key_reused", "idempotency_key")


async def test_members_see_the_links_and_developers_make_them(paying: Workspace, other: Caller) -> None:
    link = await make(paying)
    viewer, developer = await paying.member("viewer"), await paying.member("developer")
    path = f"payment_links?id=eq.{link['id']}"

    assert [row["id"] for row in await viewer.rows(path)] == [link["id"]]
    assert await other.rows(path) == []
    assert (await (await paying.api_key("payments:read")).rows(path))[0]["id"] == link["id"]
    assert await (await paying.api_key("webhooks:read")).rows(path) == []
    assert (await viewer.refused("create_payment_link", **INVOICE)).code == "forbidden"
    assert (await viewer.refused("disable_payment_link", payment_link_id=link["id"])).status == 404
    assert (await other.refused("disable_payment_link", payment_link_id=link["id"])).status == 404
    assert (await developer.call("disable_payment_link", payment_link_id=link["id"]))["status"] == "disabled"


async def test_a_row_is_not_changed_directly(paying: Workspace) -> None:
    link = await make(paying)

    for method, body in (("PATCH", {"status": "paid"}), ("DELETE", None)):
        answer = await paying.owner.request(method, f"payment_links?id=eq.{link['id']}", json=body)
        assert answer.status_code == 403
    assert await link_now(paying, link) == link


async def test_only_the_hub_itself_opens_links(paying: Workspace, anon: Caller) -> None:
    link = await make(paying)

    for caller in (anon, paying.owner, await paying.api_key("*")):
        answer = await caller.request("POST", "rpc/open_payment_link", json={"token": link["token"], "page_url": PAGE})
        assert answer.status_code in (401, 403)
    assert await payments_of(paying, link) == []


# Following.


async def test_following_a_link_makes_its_payment(paying: Workspace, server: Caller) -> None:
    link = await make(paying, metadata={"order": "7"}, country="AE")
    opened = await follow(server, link)

    assert opened == {
        "payment_id": opened["payment_id"],
        "status": "pending",
        "checkout_url": None,
        "amount": "99.00",
        "currency": "AED",
    }
    [payment] = await payments_of(paying, link)
    assert (payment["id"], payment["amount"], payment["reference"]) == (opened["payment_id"], "99.00", "INV-7")
    assert (payment["metadata"], payment["country"]) == ({"order": "7"}, "AE")
    assert payment["created_by"] == f"payment_link:{link['id']}"
    assert payment["return_url"] == payment["cancel_url"] == f"{PAGE}?back={payment['id']}"
    [operation] = await operations_of(paying, payment["id"], "payment.create")
    assert operation["input"]["return_url"] == payment["return_url"]


async def test_the_merchants_own_pages_come_first(paying: Workspace, server: Caller) -> None:
    link = await make(paying, return_url="https://shop.example/thanks")
    await follow(server, link)

    [payment] = await payments_of(paying, link)
    assert (payment["return_url"], payment["cancel_url"]) == ("https://shop.example/thanks", None)


async def test_what_is_told_of_a_payment_names_nobody(paying: Workspace, server: Caller, worker: Worker) -> None:
    customer = {"name": "Mona", "email": "mona@example.com", "phone": "+971500000001"}
    link = await make(paying, customer=customer, description="Secret", metadata={"a": "b"})
    opened = await follow(server, link)
    await page_opened(worker, paying, opened["payment_id"])

    shown = await follow(server, link, payment_id=opened["payment_id"])
    assert shown.keys() == {"payment_id", "status", "checkout_url", "amount", "currency"}
    assert shown["checkout_url"] == CHECKOUT


async def test_the_named_connection_takes_it(paying: Workspace, server: Caller) -> None:
    second = await paying.connection()
    link = await make(paying, connection_id=second["id"])
    await follow(server, link)

    [payment] = await payments_of(paying, link)
    assert payment["connection_id"] == second["id"]


async def test_a_gateway_that_left_is_found_out_when_somebody_follows(paying: Workspace, server: Caller) -> None:
    second = await paying.connection()
    named, any_gateway = await make(paying, connection_id=second["id"]), await make(paying)
    await paying.owner.call("update_connection", connection_id=second["id"], paused=True)

    assert await turned_away(server, named) == Refusal(409, "connection_not_active", "connection_id")
    assert (await follow(server, any_gateway))["status"] == "pending"
    assert await payments_of(paying, named) == []


async def test_an_unknown_link_is_none(server: Caller) -> None:
    for token in ("pl_" + "A" * 32, "", "' or true --"):
        assert await server.refused("open_payment_link", token=token, page_url=PAGE) == NO_SUCH_LINK


async def test_a_bad_page_is_not_where_payers_come_back_to(paying: Workspace, server: Caller) -> None:
    link = await make(paying)

    refusal = await server.refused("open_payment_link", token=link["token"], page_url="javascript:alert(1)")
    assert refusal == Refusal(400, "invalid_return_url", "return_url")


# Of single use.


async def test_two_who_follow_at_once_are_given_one_payment(paying: Workspace, server: Caller) -> None:
    link = await make(paying)
    opened = await asyncio.gather(*(follow(server, link) for _ in range(8)))

    assert {each["payment_id"] for each in opened} == {payment["id"] for payment in await payments_of(paying, link)}
    assert len(await payments_of(paying, link)) == 1


async def test_whoever_waits_is_told_and_makes_nothing(paying: Workspace, server: Caller, worker: Worker) -> None:
    for single_use in (True, False):
        link = await make(paying, single_use=single_use)
        opened = await follow(server, link)
        assert await follow(server, link, payment_id=opened["payment_id"]) == opened
        await tell(worker, paying, opened["payment_id"], "failed")
        assert (await follow(server, link, payment_id=opened["payment_id"]))["status"] == "failed"
        assert len(await payments_of(paying, link)) == 1


async def test_a_payment_is_shown_through_its_own_link_only(paying: Workspace, server: Caller) -> None:
    link, another = await make(paying), await make(paying)
    opened, elsewhere = await follow(server, link), await paying.payment()

    assert await turned_away(server, another, payment_id=opened["payment_id"]) == NO_SUCH_LINK
    assert await turned_away(server, link, payment_id=elsewhere["id"]) == NO_SUCH_LINK
    assert await payments_of(paying, another) == []


@pytest.mark.parametrize("status", ["authorized", "partially_captured", "captured", "disputed"])
async def test_it_is_paid_once(paying: Workspace, server: Caller, worker: Worker, status: str) -> None:
    link = await make(paying)
    payment_id = (await follow(server, link))["payment_id"]
    await page_opened(worker, paying, payment_id)
    await tell(worker, paying, payment_id, status, amount_captured="99.00")

    now = await link_now(paying, link)
    assert (now["status"], now["paid_payment_id"]) == ("paid", payment_id)
    assert await turned_away(server, link) == PAID
    assert (await follow(server, link, payment_id=payment_id))["status"] == status
    assert len(await payments_of(paying, link)) == 1


async def test_what_was_refunded_is_not_payable_again(paying: Workspace, server: Caller, worker: Worker) -> None:
    link = await make(paying)
    payment_id = (await follow(server, link))["payment_id"]
    await tell(worker, paying, payment_id, "captured", amount_captured="99.00")
    refund = json.dumps({"status": "succeeded", "amount": "99.00", "provider_refund_id": "re_1"})
    await worker.execute("select private.apply_refund_news(%s, null, %s, 'webhook', null)", (payment_id, refund))

    assert (await follow(server, link, payment_id=payment_id))["status"] == "refunded"
    assert (await link_now(paying, link))["status"] == "paid"
    assert await turned_away(server, link) == PAID


@pytest.mark.parametrize("status", ["failed", "cancelled", "expired"])
async def test_what_came_to_nothing_can_be_tried_again(
    paying: Workspace, server: Caller, worker: Worker, status: str
) -> None:
    link = await make(paying)
    first = (await follow(server, link))["payment_id"]
    await tell(worker, paying, first, status)
    again = await asyncio.gather(*(follow(server, link) for _ in range(3)))

    [second] = {each["payment_id"] for each in again}
    assert second != first
    await tell(worker, paying, second, "captured", amount_captured="99.00")
    assert (await link_now(paying, link))["paid_payment_id"] == second


async def test_reserved_money_that_was_released_leaves_it_unpaid(
    paying: Workspace, server: Caller, worker: Worker
) -> None:
    link = await make(paying, capture_method="manual")
    first = (await follow(server, link))["payment_id"]
    await tell(worker, paying, first, "authorized", amount_authorized="99.00")
    await tell(worker, paying, first, "cancelled")

    now = await link_now(paying, link)
    assert (now["status"], now["paid_payment_id"]) == ("active", None)
    assert (await follow(server, link))["payment_id"] != first


async def test_a_disabled_link_stays_so_when_reserved_money_is_released(
    paying: Workspace, server: Caller, worker: Worker
) -> None:
    link = await make(paying, capture_method="manual")
    payment_id = (await follow(server, link))["payment_id"]
    await paying.owner.call("disable_payment_link", payment_link_id=link["id"])
    await tell(worker, paying, payment_id, "authorized", amount_authorized="99.00")
    assert (await link_now(paying, link))["status"] == "paid"
    await tell(worker, paying, payment_id, "cancelled")

    assert (await link_now(paying, link))["status"] == "disabled"
    assert await turned_away(server, link) == DISABLED


async def test_the_page_of_a_failed_payment_is_closed_before_another_opens(
    paying: Workspace, server: Caller, worker: Worker
) -> None:
    """A gateway may let the payer try another card on it; two pages of one link could both be paid."""
    link = await make(paying)
    first = (await follow(server, link))["payment_id"]
    await page_opened(worker, paying, first)
    await tell(worker, paying, first, "failed")

    waiting = await asyncio.gather(*(follow(server, link) for _ in range(3)))
    assert waiting == [{"payment_id": None, "status": "pending"}] * 3
    [operation] = await operations_of(paying, first, "payment.cancel")
    assert len(await payments_of(paying, link)) == 1

    await tell(worker, paying, first, "cancelled")
    await paying.database.execute(
        "update operations set status = 'succeeded', finished_at = now() where id = %s", [operation["id"]]
    )
    assert (await follow(server, link))["payment_id"] not in (None, first)


async def test_a_page_that_cannot_be_closed_does_not_end_the_link(
    paying: Workspace, server: Caller, worker: Worker
) -> None:
    link = await make(paying)
    first = (await follow(server, link))["payment_id"]
    await page_opened(worker, paying, first)
    await tell(worker, paying, first, "failed")
    await follow(server, link)
    await paying.database.execute(
        "update operations set status = 'failed', finished_at = now()"
        " where subject_id = %s and kind = 'payment.cancel'",
        [first],
    )

    assert (await follow(server, link))["payment_id"] not in (None, first)
    assert len(await operations_of(paying, first, "payment.cancel")) == 1


async def test_a_failed_payment_that_was_paid_after_all_ends_the_link(
    paying: Workspace, server: Caller, worker: Worker
) -> None:
    link = await make(paying)
    first = (await follow(server, link))["payment_id"]
    await page_opened(worker, paying, first)
    await tell(worker, paying, first, "failed")
    assert (await follow(server, link))["payment_id"] is None
    await tell(worker, paying, first, "captured", amount_captured="99.00")

    assert await turned_away(server, link) == PAID
    assert len(await payments_of(paying, link)) == 1


async def test_a_link_that_was_paid_twice_says_by_which_and_is_told_of(
    paying: Workspace, server: Caller, worker: Worker
) -> None:
    link = await make(paying)
    first = (await follow(server, link))["payment_id"]
    await tell(worker, paying, first, "expired")
    second = (await follow(server, link))["payment_id"]
    await tell(worker, paying, second, "captured", amount_captured="99.00")
    await tell(worker, paying, first, "captured", amount_captured="99.00")

    now = await link_now(paying, link)
    assert (now["status"], now["paid_payment_id"]) == ("paid", second)
    [line] = await paying.owner.rows("audit_log?action=eq.payment_link.paid_again")
    assert (line["target_id"], line["detail"]) == (link["id"], {"payment_id": first, "paid_payment_id": second})


# Of many uses, disabled, expired, and too many.


async def test_a_link_for_many_makes_a_payment_for_each(paying: Workspace, server: Caller, worker: Worker) -> None:
    link = await make(paying, single_use=False)
    first, second = (await follow(server, link))["payment_id"], (await follow(server, link))["payment_id"]
    assert first != second
    await tell(worker, paying, first, "captured", amount_captured="99.00")

    now = await link_now(paying, link)
    assert (now["status"], now["paid_payment_id"]) == ("active", None)
    assert (await follow(server, link))["payment_id"] not in (first, second)


@pytest.mark.parametrize("single_use", [True, False])
@pytest.mark.parametrize("ended", [DISABLED, EXPIRED])
async def test_nobody_begins_by_a_link_that_has_ended(
    paying: Workspace, server: Caller, worker: Worker, single_use: bool, ended: Refusal
) -> None:
    link = await make(paying, single_use=single_use)
    payment_id = (await follow(server, link))["payment_id"]
    await page_opened(worker, paying, payment_id)
    if ended is DISABLED:
        await paying.owner.call("disable_payment_link", payment_link_id=link["id"])
    else:
        await paying.database.execute("update payment_links set expires_at = now() where id = %s", [link["id"]])

    assert await turned_away(server, link) == ended
    assert (await follow(server, link, payment_id=payment_id))["checkout_url"] == CHECKOUT
    await tell(worker, paying, payment_id, "captured", amount_captured="99.00")
    assert (await payments_of(paying, link))[0]["status"] == "captured"
    assert (await link_now(paying, link))["status"] == ("paid" if single_use else link_state(ended))


def link_state(ended: Refusal) -> str:
    """The status of a link for many that has ended."""
    return "disabled" if ended is DISABLED else "active"


async def test_disabling_can_be_repeated_and_unpays_nothing(paying: Workspace, server: Caller, worker: Worker) -> None:
    link, paid = await make(paying), await make(paying)
    await tell(worker, paying, (await follow(server, paid))["payment_id"], "captured", amount_captured="99.00")
    disabled = [await paying.owner.call("disable_payment_link", payment_link_id=link["id"]) for _ in range(2)]

    assert [row["status"] for row in disabled] == ["disabled", "disabled"]
    assert disabled[0]["disabled_at"] == disabled[1]["disabled_at"]
    assert (await paying.owner.call("disable_payment_link", payment_link_id=paid["id"]))["status"] == "paid"
    assert await turned_away(server, paid) == PAID


async def test_a_link_makes_thirty_payments_a_minute(paying: Workspace, server: Caller) -> None:
    link, another = await make(paying, single_use=False), await make(paying, single_use=False)
    made = await many(server, link, 31)

    assert sorted(answer.status_code for answer in made) == [200] * 30 + [429]
    assert len(await payments_of(paying, link)) == 30
    await follow(server, another)
    await paying.database.execute(
        "update payments set created_at = now() - interval '61 seconds' where payment_link_id = %s", [link["id"]]
    )
    await follow(server, link)


async def many(server: Caller, link: Row, count: int) -> Sequence[Any]:
    """The answers to so many who follow at once."""
    body = {"token": link["token"], "page_url": PAGE}
    return await asyncio.gather(*(server.request("POST", "rpc/open_payment_link", json=body) for _ in range(count)))


# Coming back.


async def test_a_payer_who_comes_back_has_the_gateway_asked_once(
    paying: Workspace, server: Caller, worker: Worker
) -> None:
    link = await make(paying)
    payment_id = (await follow(server, link))["payment_id"]
    await page_opened(worker, paying, payment_id)
    due = datetime.now(UTC) + timedelta(minutes=5)
    await paying.database.execute(
        "insert into private.payment_looks (payment_id, due_at) values (%s, %s) on conflict do nothing",
        [payment_id, due],
    )
    jobs = "select count(*) from private.jobs where id = %s and kind = 'payment.look'"

    await follow(server, link, payment_id=payment_id)
    assert await paying.one(jobs, [payment_id]) == 0
    for _ in range(2):
        await follow(server, link, payment_id=payment_id, returned=True)
        assert await paying.one(jobs, [payment_id]) == 1
    await paying.database.execute("delete from private.jobs where id = %s", [payment_id])
    await follow(server, link, payment_id=payment_id, returned=True)
    assert await paying.one(jobs, [payment_id]) == 0


async def test_a_payer_who_comes_back_does_not_wait_for_a_look_that_is_ending(
    paying: Workspace, server: Caller, worker: Worker
) -> None:
    # A worker that ends a look plans the next one: were its job waited for meanwhile, each would wait for the other.
    link = await make(paying)
    payment_id = (await follow(server, link))["payment_id"]
    await page_opened(worker, paying, payment_id)
    await paying.database.execute(
        "insert into private.payment_looks (payment_id, due_at) values (%s, now() + interval '5 minutes')",
        [payment_id],
    )
    await follow(server, link, payment_id=payment_id, returned=True)
    replan = "update private.payment_looks set looks = 0 where payment_id = %s"
    await worker.execute(replan, [payment_id])
    async with worker.transaction():
        ended = await worker.execute("delete from private.jobs where id = %s", [payment_id])
        assert ended.rowcount == 1
        async with asyncio.timeout(5):
            await follow(server, link, payment_id=payment_id, returned=True)
        await worker.execute(replan, [payment_id])
