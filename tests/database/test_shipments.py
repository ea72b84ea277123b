"""Shipments as clients ask for them: quoted, bought once, cancelled, brought back, and resolved by a person."""

import asyncio
import json
from typing import Any

import psycopg
import pytest

from tests.support.callers import GATEWAY, Caller, Refusal, Row, Workspace
from tests.support.shipments import ABROAD, CUSTOMS, ORDER, PARCEL, RECIPIENT, SENDER, WITH_PEOPLE, Journal

NOT_FOUND = Refusal(404, "shipment_not_found", "shipment_id")
QUESTION: Row = {"recipient": {"city": "Abu Dhabi", "country": "AE"}, "parcels": [PARCEL]}


@pytest.fixture
async def shipping(workspace: Workspace) -> Workspace:
    """A workspace with an active carrier and a default location."""
    await workspace.carrier()
    return workspace


async def carrier_of(workspace: Workspace) -> str:
    """Its carrier's connection, the first that was made."""
    query = "select id from integration_connections where organization_id = %s order by created_at, id limit 1"
    return str(await workspace.one(query, [workspace.id]))


async def tell(workspace: Workspace, shipment: Row, **news: Any) -> None:
    """News of a shipment, as workers record it."""
    query = "select private.apply_shipment_news(%s, %s, 'operation', null)"
    await workspace.one(query, [shipment["id"], json.dumps(news)])


async def made(workspace: Workspace, **arguments: Any) -> Row:
    """A shipment that its carrier has taken."""
    shipment = await workspace.shipment(**arguments)
    await tell(workspace, shipment, status="created", tracking_number="AWB1", connection_id=await carrier_of(workspace))
    return await shown(workspace, shipment)


async def shown(workspace: Workspace, shipment: Row) -> Row:
    """The shipment as it is shown now."""
    [row] = await workspace.owner.rows(f"shipments?id=eq.{shipment['id']}&select={WITH_PEOPLE}")
    return row


async def quoted(workspace: Workspace, **arguments: Any) -> Row:
    """A rate for a quoted shipment."""
    quote = await workspace.owner.call("quote_shipment", **QUESTION | arguments)
    query = """
        insert into public.shipment_rates (organization_id, quote_id, connection_id, provider_key, rank, service,
            service_name, level, amount, currency, source)
        values (%s, %s, %s, 'probe_carrier', 1, 'P', 'Priority', 'express', 20, 'AED', 'carrier')
        returning to_jsonb(shipment_rates)
    """
    rate: Row = await workspace.one(query, [workspace.id, quote["id"], await carrier_of(workspace)])
    return rate


async def operation_of(workspace: Workspace, subject: Row, kind: str) -> Row:
    """The one operation of a kind about something."""
    [operation] = await workspace.owner.rows(f"operations?subject_id=eq.{subject['id']}&kind=eq.{kind}")
    return operation


async def give_up(workspace: Workspace, shipment: Row, code: str) -> Row:
    """What workers do when attempts have run out."""
    operation = await operation_of(workspace, shipment, "shipment.create")
    await workspace.database.execute(
        """
        with gone as (delete from private.jobs where id = %(id)s returning *),
        dead as (
            update public.operations set status = 'dead', finished_at = now(), connection_id = %(connection)s
            where id = %(id)s
        )
        insert into private.dead_jobs (id, kind, organization_id, payload, attempt, last_error, created_at)
        select id, kind, organization_id, payload, attempt, jsonb_build_object('code', %(code)s::text), created_at
        from gone
        """,
        {"id": operation["id"], "code": code, "connection": await carrier_of(workspace)},
    )
    await workspace.one(
        "select private.raise_alert(%s, null, 'operation.dead', 'operation.dead:' || %s, 'critical', 'Dead', '{}')",
        [workspace.id, operation["id"]],
    )
    return operation


# Quotes.


async def test_a_quote_is_recorded_with_its_operation_and_the_defaults(shipping: Workspace) -> None:
    asked = QUESTION | {"idempotency_key": "k"}
    quote = await shipping.owner.call("quote_shipment?select=*,asked", **asked)

    request = dict(quote["request"])
    assert (quote["status"], quote["environment"], quote["rank_by"]) == ("pending", "sandbox", "price")
    assert request.pop("ships_at")
    assert quote["asked"] == quote["request"] | {"sender": SENDER}
    assert request == QUESTION | {
        "sender": {name: SENDER[name] for name in ("city", "emirate", "country")},
        "contents": "goods",
        "description": "Goods",
        "currency": "AED",
        "signature_required": False,
        "deadline_seconds": 5,
    }
    operation = await operation_of(shipping, quote, "shipment.quote")
    assert (operation["subject_type"], operation["created_by"]) == ("shipment_quote", f"user:{shipping.owner.user_id}")
    assert await shipping.owner.call("quote_shipment?select=*,asked", **asked) == quote


async def test_a_quote_can_name_carriers_and_levels(shipping: Workspace) -> None:
    carrier = await carrier_of(shipping)
    quote = await shipping.owner.call(
        "quote_shipment",
        **QUESTION,
        connection_ids=[carrier],
        levels=["express"],
        deadline_seconds=2.5,
        rank_by="speed",
    )
    told = {name: quote["request"][name] for name in ("connection_ids", "levels", "deadline_seconds")}
    assert told == {"connection_ids": [carrier], "levels": ["express"], "deadline_seconds": 2.5}
    assert quote["rank_by"] == "speed"


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ({"deadline_seconds": 0.4}, Refusal(400, "invalid_deadline_seconds", "deadline_seconds")),
        ({"deadline_seconds": 31}, Refusal(400, "invalid_deadline_seconds", "deadline_seconds")),
        ({"deadline_seconds": "NaN"}, Refusal(400, "invalid_deadline_seconds", "deadline_seconds")),
        ({"connection_ids": []}, Refusal(400, "invalid_connection_ids", "connection_ids")),
        ({"connection_ids": [PARCEL]}, None),
        ({"recipient": {"country": "AE"}}, Refusal(400, "invalid_recipient", "recipient.city")),
        ({"sender": {"city": "Dubai"}}, Refusal(400, "invalid_sender", "sender.country")),
        ({"environment": "live"}, Refusal(409, "no_shipping_connection", "connection_id")),
    ],
)
async def test_a_bad_question_is_refused(depot: Workspace, arguments: Row, refusal: Refusal | None) -> None:
    said = await depot.owner.refused("quote_shipment", **QUESTION | arguments)
    assert said == refusal if refusal else said.status == 400


async def test_carriers_that_are_asked_are_the_organizations_own(shipping: Workspace) -> None:
    gateway = await shipping.connection(GATEWAY)
    live = await shipping.connection("probe_carrier", environment="live")
    elsewhere = Refusal(404, "connection_not_found", "connection_ids")
    assert await shipping.owner.refused("quote_shipment", **QUESTION, connection_ids=[gateway["id"]]) == elsewhere
    mixed = [await carrier_of(shipping), live["id"]]
    refusal = await shipping.owner.refused("quote_shipment", **QUESTION, connection_ids=mixed)
    assert refusal == Refusal(409, "environment_mismatch", "environment")


async def test_a_sender_is_needed_where_there_is_no_default_location(workspace: Workspace) -> None:
    await workspace.connection("probe_carrier")
    needed = Refusal(400, "sender_required", "sender")
    assert await workspace.owner.refused("quote_shipment", **QUESTION) == needed
    assert await workspace.owner.refused("create_shipment", **ORDER) == needed


async def test_a_called_off_quote_has_no_rates_to_wait_for(shipping: Workspace) -> None:
    quote = await shipping.owner.call("quote_shipment", **QUESTION)
    operation = await operation_of(shipping, quote, "shipment.quote")
    await shipping.owner.call("cancel_operation", operation_id=operation["id"])
    [row] = await shipping.owner.rows(f"shipment_quotes?id=eq.{quote['id']}")
    assert (row["status"], row["expires_at"]) == ("ready", row["ready_at"])


# Buying.


async def test_a_shipment_is_recorded_with_its_operation_and_job(shipping: Workspace) -> None:
    shipment = await shipping.shipment(idempotency_key="k")

    assert (shipment["status"], shipment["environment"], shipment["connection_id"]) == ("pending", "sandbox", None)
    assert (shipment["sender"], shipment["created_by"]) == (SENDER, f"user:{shipping.owner.user_id}")
    assert (shipment["contents"], shipment["description"], shipment["currency"]) == ("goods", "Goods", "AED")
    assert (shipment["rule"], shipment["label_format"], shipment["metadata"]) == ("priority", "pdf", {})
    assert shipment["tracking_token"].startswith("tr_")
    operation = await operation_of(shipping, shipment, "shipment.create")
    assert (operation["subject_type"], operation["idempotency_key"]) == ("shipment", "k")
    assert await shipping.one("select kind from private.jobs where id = %s", [operation["id"]]) == "shipment.create"


async def test_many_calls_under_one_key_buy_once(shipping: Workspace) -> None:
    shipments = await asyncio.gather(*(shipping.shipment(idempotency_key="k") for _ in range(5)))
    assert len({shipment["id"] for shipment in shipments}) == 1
    refusal = await shipping.owner.refused("create_shipment", **ORDER | {"reference": "x"}, idempotency_key="k")
    assert refusal == Refusal(409, "idempotency_key_reused", "idempotency_key")


async def test_a_named_connection_must_be_a_carrier_in_use(shipping: Workspace) -> None:
    gateway = await shipping.connection(GATEWAY)
    pending = await shipping.connection("probe_carrier", active=False)
    for connection, refusal in (
        (gateway, Refusal(404, "connection_not_found", "connection_id")),
        (pending, Refusal(409, "connection_not_active", "connection_id")),
    ):
        arguments = ORDER | {"connection_id": connection["id"]}
        assert await shipping.owner.refused("create_shipment", **arguments) == refusal
    named = await shipping.shipment(connection_id=await carrier_of(shipping))
    assert named["connection_id"] == await carrier_of(shipping)


async def test_a_rate_is_bought_as_it_was_quoted(shipping: Workspace) -> None:
    rate = await quoted(shipping, recipient=RECIPIENT, declared_value="50", description="Books", rank_by="speed")

    shipment = await shipping.owner.call(
        f"create_shipment?select={WITH_PEOPLE}", reference="order-7", rate_id=rate["id"], description="Old books"
    )

    assert (shipment["rate_id"], shipment["connection_id"]) == (rate["id"], rate["connection_id"])
    assert (shipment["service"], shipment["level"]) == ("P", "express")
    assert (shipment["cost"], shipment["cost_currency"]) == ("20.00", "AED")
    assert (shipment["recipient"], shipment["parcels"]) == (RECIPIENT, [PARCEL])
    assert (shipment["declared_value"], shipment["description"]) == ("50.00", "Old books")


async def test_who_gets_it_must_be_known_by_then(shipping: Workspace) -> None:
    rate = await quoted(shipping)
    refusal = await shipping.owner.refused("create_shipment", reference="r", rate_id=rate["id"])
    assert refusal == Refusal(400, "invalid_recipient", "recipient.name")
    bought = await shipping.owner.call(
        "create_shipment?select=id,recipient", reference="r", rate_id=rate["id"], recipient=RECIPIENT
    )
    assert bought["recipient"] == RECIPIENT


async def test_a_rate_is_bought_once_while_the_shipment_stands(shipping: Workspace) -> None:
    rate = await quoted(shipping, recipient=RECIPIENT)
    order = {"reference": "r", "rate_id": rate["id"]}
    answers = await asyncio.gather(
        *(shipping.owner.request("POST", "rpc/create_shipment", json=order) for _ in range(4))
    )

    [bought] = [answer.json() for answer in answers if answer.is_success]
    refusals = {answer.json()["code"] for answer in answers if not answer.is_success}
    assert refusals == {"rate_bought"}
    assert all(bought["id"] in answer.json()["message"] for answer in answers if not answer.is_success)
    await shipping.owner.call("cancel_shipment", shipment_id=bought["id"])
    assert (await shipping.owner.call("create_shipment", **order))["id"] != bought["id"]


async def test_a_quote_that_has_expired_is_not_bought_but_a_repeat_of_the_call_is_answered(shipping: Workspace) -> None:
    rate = await quoted(shipping, recipient=RECIPIENT)
    order = {"reference": "r", "rate_id": rate["id"]}
    bought = await shipping.owner.call("create_shipment", **order, idempotency_key="k")
    await shipping.database.execute("update shipment_quotes set expires_at = now() where id = %s", [rate["quote_id"]])

    assert await shipping.owner.refused("create_shipment", **order) == Refusal(409, "quote_expired", "rate_id")
    assert await shipping.owner.call("create_shipment", **order, idempotency_key="k") == bought


async def test_a_rate_bought_later_ships_when_it_is_bought(shipping: Workspace) -> None:
    rate = await quoted(shipping, recipient=RECIPIENT)
    await shipping.database.execute(
        "update shipment_quotes set request = request || jsonb_build_object('ships_at', now() - interval '5 hours')"
        " where id = %s",
        [rate["quote_id"]],
    )
    shipment = await shipping.owner.call("create_shipment", reference="r", rate_id=rate["id"])
    assert shipment["ships_at"] == shipment["created_at"]


async def test_a_rate_is_of_one_service_and_of_one_organization(shipping: Workspace, other: Caller) -> None:
    rate = await quoted(shipping, recipient=RECIPIENT)
    order = {"reference": "r", "rate_id": rate["id"]}
    refusal = await shipping.owner.refused("create_shipment", **order, service="Q")
    assert refusal == Refusal(400, "invalid_rate_id", "rate_id")
    assert await other.refused("create_shipment", **order) == Refusal(404, "rate_not_found", "rate_id")


# Cancelling.


async def test_what_no_carrier_has_is_cancelled_at_once(shipping: Workspace) -> None:
    shipment = await shipping.shipment()
    assert (await shipping.owner.call("cancel_shipment", shipment_id=shipment["id"]))["status"] == "cancelled"
    assert (await operation_of(shipping, shipment, "shipment.create"))["status"] == "cancelled"
    assert await shipping.one("select count(*) from private.jobs where organization_id = %s", [shipping.id]) == 0
    assert (await shipping.owner.call("cancel_shipment", shipment_id=shipment["id"]))["status"] == "cancelled"


async def test_a_key_for_shipments_is_enough_to_cancel_one(shipping: Workspace) -> None:
    key = await shipping.api_key("shipments:write")
    shipment = await shipping.shipment()
    assert (await key.call("cancel_shipment", shipment_id=shipment["id"]))["status"] == "cancelled"


async def test_a_worker_that_is_at_it_decides(shipping: Workspace) -> None:
    shipment = await shipping.shipment()
    operation = await operation_of(shipping, shipment, "shipment.create")
    await shipping.database.execute(
        "update private.jobs set claim_id = gen_random_uuid(), lease_until = now() + interval '1 minute' where id = %s",
        [operation["id"]],
    )
    assert (await shipping.owner.call("cancel_shipment", shipment_id=shipment["id"]))["status"] == "pending"
    assert await shipping.one("select cancel_requested from private.jobs where id = %s", [operation["id"]])


async def test_what_a_carrier_has_is_cancelled_by_a_worker_once(shipping: Workspace) -> None:
    shipment = await made(shipping)
    for key in ("a", "b", None):
        answer = await shipping.owner.call("cancel_shipment", shipment_id=shipment["id"], idempotency_key=key)
        assert answer["status"] == "created"
    operation = await operation_of(shipping, shipment, "shipment.cancel")
    assert (operation["status"], operation["connection_id"]) == ("pending", shipment["connection_id"])


@pytest.mark.parametrize("status", ["picked_up", "out_for_delivery", "delivered", "exception", "returned"])
async def test_what_is_on_its_way_is_not_cancelled(shipping: Workspace, status: str) -> None:
    shipment = await made(shipping)
    await tell(shipping, shipment, events=[{"occurred_at": "2026-11-23T12:00:00Z", "status": status}])
    refusal = await shipping.owner.refused("cancel_shipment", shipment_id=shipment["id"])
    assert refusal == Refusal(409, "shipment_not_cancellable", "shipment_id")


async def test_what_was_given_up_is_cancelled_unless_a_carrier_may_have_it(shipping: Workspace) -> None:
    refused, unknown = await shipping.shipment(), await shipping.shipment()
    operation = await give_up(shipping, refused, "unavailable")
    await give_up(shipping, unknown, "outcome_unknown")

    assert (await shipping.owner.call("cancel_shipment", shipment_id=refused["id"]))["status"] == "cancelled"
    again = await shipping.owner.refused("retry_operation", operation_id=operation["id"])
    assert again == Refusal(409, "operation_not_dead", "operation_id")
    refusal = await shipping.owner.refused("cancel_shipment", shipment_id=unknown["id"])
    assert refusal == Refusal(409, "shipment_not_cancellable", "shipment_id")


# Coming back.


async def test_a_return_turns_the_way_round(shipping: Workspace) -> None:
    outward = await made(
        shipping,
        recipient=ABROAD,
        customs=CUSTOMS,
        cash_on_delivery_amount="99.00",
        declared_value="99.00",
        level="express",
    )
    back = await shipping.owner.call(
        f"return_shipment?select={WITH_PEOPLE}", shipment_id=outward["id"], reason="Too small", service="R"
    )

    assert (back["return_of"], back["reference"], back["status"]) == (outward["id"], "order-1", "pending")
    assert (back["sender"], back["recipient"]) == (ABROAD, SENDER)
    assert (back["cash_on_delivery_amount"], back["declared_value"]) == (None, "99.00")
    assert (back["connection_id"], back["service"], back["level"]) == (outward["connection_id"], "R", None)
    assert back["customs"] == CUSTOMS | {"purpose": "return"}
    operation = await operation_of(shipping, back, "shipment.create")
    assert (operation["input"]["reason"], operation["input"]["return_of"]) == ("Too small", outward["id"])


async def test_a_return_is_made_once_under_one_key_with_the_parcels_named(shipping: Workspace) -> None:
    outward = await made(shipping, parcels=[PARCEL, PARCEL])
    arguments = {"shipment_id": outward["id"], "parcels": [PARCEL], "idempotency_key": "k"}
    back = await shipping.owner.call("return_shipment", **arguments)
    assert back["parcels"] == [PARCEL]
    assert await shipping.owner.call("return_shipment", **arguments) == back


async def test_what_was_never_sent_does_not_come_back(shipping: Workspace) -> None:
    shipment = await shipping.shipment()
    refusal = await shipping.owner.refused("return_shipment", shipment_id=shipment["id"])
    assert refusal == Refusal(409, "shipment_not_returnable", "shipment_id")


# What a person says.


async def test_a_person_says_what_happened_where_the_carrier_does_not(shipping: Workspace) -> None:
    shipment = await made(shipping)
    arguments = {"shipment_id": shipment["id"], "status": "delivered", "description": "To Omar", "place": "Abu Dhabi"}
    row = await shipping.owner.call("record_shipment_event", **arguments)

    assert (row["status"], row["delivered_at"] is not None) == ("delivered", True)
    [event] = await shipping.owner.rows(f"shipment_events?shipment_id=eq.{shipment['id']}&status=eq.delivered")
    assert (event["source"], event["description"], event["place"]) == ("client", "To Omar", "Abu Dhabi")
    [line] = await shipping.owner.rows("audit_log?action=eq.shipment.event_recorded")
    assert (line["target_id"], line["detail"]["status"]) == (shipment["id"], "delivered")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        *(
            ({"status": each}, "invalid_status", "status")
            for each in ("pending", "created", "cancelled", "failed", None)
        ),
        ({"occurred_at": "2100-01-01T00:00:00Z"}, "invalid_occurred_at", "occurred_at"),
        ({"occurred_at": "-infinity"}, "invalid_occurred_at", "occurred_at"),
        ({"detail": "eaten"}, "invalid_detail", "detail"),
        ({"place": "x" * 256}, "invalid_place", "place"),
        ({"description": "x" * 501}, "invalid_description", "description"),
        ({"description": "4242 4242 4242 4242"}, "card_number_refused", "description"),
    ],
)
async def test_what_a_person_says_is_checked(
    depot: Workspace, journal: Journal, change: Row, code: str, field: str
) -> None:
    arguments = {"shipment_id": journal.made(), "status": "picked_up"} | change
    assert await depot.owner.refused("record_shipment_event", **arguments) == Refusal(400, code, field)


async def test_nothing_happens_to_what_no_carrier_has(shipping: Workspace) -> None:
    shipment = await shipping.shipment()
    refusal = await shipping.owner.refused("record_shipment_event", shipment_id=shipment["id"], status="picked_up")
    assert refusal == Refusal(409, "shipment_not_created", "shipment_id")


async def test_an_admin_says_that_a_lost_shipment_was_made(shipping: Workspace) -> None:
    shipment = await shipping.shipment()
    operation = await give_up(shipping, shipment, "outcome_unknown")
    # An identifier, though it passes for a card's number.
    row = await shipping.owner.call("resolve_shipment", shipment_id=shipment["id"], tracking_number="4242424242424242")

    assert (row["status"], row["tracking_number"]) == ("created", "4242424242424242")
    assert row["connection_id"] == await carrier_of(shipping)
    assert (await operation_of(shipping, shipment, "shipment.create"))["status"] == "succeeded"
    assert await shipping.one("select count(*) from private.dead_jobs where id = %s", [operation["id"]]) == 0
    assert await shipping.one("select kind from private.jobs where id = %s", [shipment["id"]]) == "shipment.fetch_label"
    assert await shipping.one("select status::text from alerts where organization_id = %s", [shipping.id]) == "resolved"
    [line] = await shipping.owner.rows("audit_log?action=eq.shipment.resolved")
    assert line["detail"] == {"was_made": True}


async def test_an_admin_says_that_a_lost_shipment_was_not_made(shipping: Workspace) -> None:
    shipment = await shipping.shipment()
    operation = await give_up(shipping, shipment, "outcome_unknown")
    row = await shipping.owner.call("resolve_shipment", shipment_id=shipment["id"])

    assert (row["status"], row["failure"]["code"]) == ("failed", "not_made")
    assert (await operation_of(shipping, shipment, "shipment.create"))["status"] == "failed"
    assert await shipping.one("select count(*) from private.dead_jobs where id = %s", [operation["id"]]) == 0


async def test_what_is_known_is_not_resolved(shipping: Workspace) -> None:
    waiting, refused = await shipping.shipment(), await shipping.shipment()
    await give_up(shipping, refused, "unavailable")
    for shipment in (waiting, refused, await made(shipping)):
        refusal = await shipping.owner.refused("resolve_shipment", shipment_id=shipment["id"], tracking_number="A")
        assert refusal == Refusal(409, "shipment_not_unresolved", "shipment_id")


async def test_a_tracking_number_has_no_spaces(shipping: Workspace) -> None:
    shipment = await shipping.shipment()
    await give_up(shipping, shipment, "outcome_unknown")
    refusal = await shipping.owner.refused("resolve_shipment", shipment_id=shipment["id"], tracking_number="A 1")
    assert refusal == Refusal(400, "invalid_tracking_number", "tracking_number")


async def test_a_proof_is_of_a_delivery(shipping: Workspace) -> None:
    shipment = await made(shipping)
    refusal = await shipping.owner.refused("prove_delivery", shipment_id=shipment["id"])
    assert refusal == Refusal(409, "shipment_not_delivered", "shipment_id")
    await tell(shipping, shipment, events=[{"occurred_at": "2026-11-23T12:00:00Z", "status": "delivered"}])
    operation = await shipping.owner.call("prove_delivery", shipment_id=shipment["id"])
    assert (operation["kind"], operation["subject_id"]) == ("shipment.prove_delivery", shipment["id"])


@pytest.mark.parametrize(
    ("function", "more"),
    [
        ("cancel_shipment", {}),
        ("return_shipment", {}),
        ("track_shipment", {}),
        ("resolve_shipment", {}),
        ("prove_delivery", {}),
        ("record_shipment_event", {"status": "picked_up"}),
    ],
)
async def test_shipments_of_others_are_not_there(
    depot: Workspace, journal: Journal, other: Caller, function: str, more: Row
) -> None:
    shipment = journal.made()
    assert await other.refused(function, shipment_id=shipment, **more) == NOT_FOUND
    viewer = await depot.member("viewer")
    assert await viewer.refused(function, shipment_id=shipment, **more) == NOT_FOUND


async def test_cancelling_waits_for_the_worker_that_finishes_it(shipping: Workspace, worker: Any) -> None:
    """Both lock the job before the shipment, so neither waits for ever."""
    shipment = await shipping.shipment()
    operation = await operation_of(shipping, shipment, "shipment.create")
    async with await psycopg.AsyncConnection.connect(shipping.stack.worker_database_url) as finishing:
        await finishing.execute("delete from private.jobs where id = %s", [operation["id"]])
        cancelling = asyncio.create_task(
            shipping.owner.request("POST", "rpc/cancel_shipment", json={"shipment_id": shipment["id"]})
        )
        news = json.dumps({"status": "created", "tracking_number": "AWB1", "connection_id": await carrier_of(shipping)})
        await finishing.execute("select private.apply_shipment_news(%s, %s, 'operation', null)", [shipment["id"], news])
        await finishing.commit()
        answer = await cancelling
    assert answer.json()["status"] == "created"
