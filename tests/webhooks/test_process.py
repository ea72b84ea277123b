"""An event moves what it is about, once, whatever way it came in."""

import asyncio
import base64
import time
import uuid
from typing import Any

import httpx
import pytest

from tests.support.webhooks import Database, Receiver, a_dispute, a_refund, an_event, an_intent, unique
from workers.operations.jobs import Done, Later
from workers.providers.manifest import Manifest
from workers.providers.payments.stripe import StripeConnector
from workers.vault.credentials import CredentialVault
from workers.webhooks.process import WebhookProcessor


async def deliver(client: httpx.AsyncClient, receiver: Receiver, type_: str, subject: dict[str, Any], **e: Any) -> None:
    """Let the ingress take an event in."""
    body = an_event(type_, subject, **e)
    answer = await client.post(receiver.path, content=body, headers=receiver.headers(body))
    assert answer.status_code == 200


async def drop_in(http: httpx.AsyncClient, receiver: Receiver, body: bytes, headers: dict[str, str]) -> None:
    """Let the Supabase function's RPC take a body in, unverified."""
    answer = await http.post(
        "/rest/v1/rpc/ingest_webhook",
        headers={"apikey": receiver.secret_key},
        json={
            "token": receiver.endpoint["token"],
            "headers": headers,
            "query": "",
            "body": base64.b64encode(body).decode(),
        },
    )
    assert answer.status_code == 200, answer.text


def ours(payment: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A payment intent that carries our payment's id."""
    return an_intent(metadata={"wasl_payment_id": payment["id"]}, **changes)


# What an event does.


async def test_a_payment_succeeds(client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor) -> None:
    payment = await receiver.payment()
    intent = ours(payment)
    await deliver(client, receiver, "payment_intent.succeeded", intent)
    assert await receiver.process(processor) == [Done()]
    event = await receiver.only_event()
    assert (event["status"], event["canonical_types"], event["attempts"]) == ("processed", ["payment.succeeded"], 1)
    assert event["processed_at"] is not None
    now = await receiver.payment_now(payment["id"])
    assert (now["status"], now["amount_captured"]) == ("captured", "99.00")
    assert (now["provider_payment_id"], now["provider_status"]) == (intent["id"], "succeeded")
    ledger = await receiver.rows(f"payment_events?payment_id=eq.{payment['id']}&source=eq.webhook")
    assert [(row["to_status"], row["source_id"]) for row in ledger] == [("captured", str(event["id"]))]


async def test_a_payment_is_found_by_the_providers_id(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    by_id = await receiver.payment(provider_payment_id=unique("pi"))
    by_session = await receiver.payment(provider_payment_id=unique("cs"), provider_session_id=unique("cs"))
    session = {
        "id": by_session["provider_session_id"],
        "object": "checkout.session",
        "amount_total": 9900,
        "currency": "aed",
        "payment_status": "paid",
        "status": "complete",
        "payment_intent": unique("pi"),
        "metadata": {},
        "created": int(time.time()),
        "url": None,
    }
    await deliver(client, receiver, "payment_intent.succeeded", an_intent(id=by_id["provider_payment_id"]))
    await deliver(client, receiver, "checkout.session.completed", session)
    await receiver.process(processor)
    assert (await receiver.payment_now(by_id["id"]))["status"] == "captured"
    assert (await receiver.payment_now(by_session["id"]))["provider_payment_id"] == session["payment_intent"]


async def test_refunds_and_disputes_are_told(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    payment = await receiver.payment()
    intent = ours(payment)
    await deliver(client, receiver, "payment_intent.succeeded", intent, created=1_000)
    await deliver(client, receiver, "refund.created", a_refund(intent), created=1_001)
    await receiver.process(processor)
    now = await receiver.payment_now(payment["id"])
    assert (now["status"], now["amount_refunded"]) == ("partially_refunded", "10.00")
    (refund,) = await receiver.rows(f"payment_refunds?payment_id=eq.{payment['id']}")
    assert (refund["status"], refund["amount"], refund["made_elsewhere"]) == ("succeeded", "10.00", True)

    dispute = a_dispute(intent)
    await deliver(client, receiver, "charge.dispute.created", dispute, created=1_002)
    await receiver.process(processor)
    now = await receiver.payment_now(payment["id"])
    assert (now["status"], now["provider_data"]["dispute"]) == ("disputed", dispute["id"])
    await deliver(client, receiver, "charge.dispute.updated", dispute | {"status": "under_review"}, created=1_003)
    await receiver.process(processor)
    now = await receiver.payment_now(payment["id"])
    assert (now["status"], now["provider_data"]["dispute_status"]) == ("disputed", "under_review")
    await deliver(client, receiver, "charge.dispute.closed", dispute | {"status": "won"}, created=1_004)
    await receiver.process(processor)
    assert (await receiver.payment_now(payment["id"]))["status"] == "partially_refunded"


async def test_an_event_of_nothing_of_ours_is_ignored(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    await deliver(client, receiver, "payment_intent.succeeded", an_intent())
    await deliver(client, receiver, "customer.created", {"id": "cus_1", "object": "customer"})
    assert await receiver.process(processor) == [Done(), Done()]
    events = await receiver.events()
    assert [event["status"] for event in events] == ["ignored", "ignored"]
    assert [event["canonical_types"] for event in events] == [["payment.succeeded"], []]


async def test_another_organizations_payment_is_out_of_reach(
    client: httpx.AsyncClient, receiver: Receiver, other_receiver: Receiver, processor: WebhookProcessor
) -> None:
    theirs = await other_receiver.payment(provider_payment_id=unique("pi"))
    await deliver(client, receiver, "payment_intent.succeeded", ours(theirs, id=theirs["provider_payment_id"]))
    await receiver.process(processor)
    assert (await receiver.only_event())["status"] == "ignored"
    assert (await other_receiver.payment_now(theirs["id"]))["status"] == "pending"


async def test_another_connections_payment_is_out_of_reach(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    payment = await receiver.payment()
    arguments = {"provider": "stripe", "environment": "sandbox", "name": "The other"}
    other = await receiver.call("create_connection", **arguments)
    await receiver.database.execute(
        "update public.payments set connection_id = %s where id = %s", [other["id"], payment["id"]]
    )
    await deliver(client, receiver, "payment_intent.succeeded", ours(payment))
    await receiver.process(processor)
    assert (await receiver.only_event())["status"] == "ignored"


async def test_a_payment_whose_connection_is_not_recorded_yet_is_found_and_bound(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    payment = await receiver.payment(connection_id=None)
    await deliver(client, receiver, "payment_intent.succeeded", ours(payment))
    await receiver.process(processor)
    now = await receiver.payment_now(payment["id"])
    assert (now["status"], now["connection_id"]) == ("captured", receiver.connection["id"])


# Repeats, late news, replays.


async def test_processing_again_changes_nothing(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    payment = await receiver.payment()
    await deliver(client, receiver, "payment_intent.succeeded", ours(payment))
    (job,) = await receiver.jobs()
    assert await asyncio.gather(*(processor.process(job) for _ in range(5))) == [Done()] * 5
    assert (await receiver.only_event())["attempts"] == 1
    ledger = await receiver.rows(f"payment_events?payment_id=eq.{payment['id']}&source=eq.webhook")
    assert len(ledger) == 1


async def test_a_replay_is_processed_and_moves_nothing_twice(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    payment = await receiver.payment()
    intent = ours(payment)
    await deliver(client, receiver, "payment_intent.succeeded", intent)
    await deliver(client, receiver, "refund.created", a_refund(intent))
    await receiver.process(processor)
    before = await receiver.payment_now(payment["id"])
    ids = [str(event["id"]) for event in await receiver.events()]
    assert await receiver.call("replay_webhook_events", event_ids=ids) == 2
    assert await receiver.process(processor) == [Done(), Done()]
    after = await receiver.payment_now(payment["id"])
    assert after | {"updated_at": None} == before | {"updated_at": None}
    assert [(event["status"], event["attempts"]) for event in await receiver.events()] == [("processed", 2)] * 2


async def test_late_news_is_recorded_and_moves_nothing(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    payment = await receiver.payment()
    intent = ours(payment)
    await deliver(client, receiver, "payment_intent.succeeded", intent, created=2_000)
    processing = intent | {"status": "processing", "amount_received": 0}
    await deliver(client, receiver, "payment_intent.processing", processing, created=1_000)
    await receiver.process(processor)
    assert (await receiver.payment_now(payment["id"]))["status"] == "captured"
    ledger = await receiver.rows(f"payment_events?payment_id=eq.{payment['id']}&source=eq.webhook&order=id")
    assert [(row["to_status"], row["applied"]) for row in ledger] == [("captured", True), ("processing", False)]


async def test_an_endpoint_that_only_records_acts_on_what_is_replayed(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    await receiver.change(record_only=True)
    payment = await receiver.payment()
    await deliver(client, receiver, "payment_intent.succeeded", ours(payment))
    event = await receiver.only_event()
    assert (event["status"], await receiver.jobs()) == ("recorded", [])
    ids = [str(event["id"])]
    await receiver.call("replay_webhook_events", event_ids=ids)
    await receiver.process(processor)
    assert (await receiver.only_event())["status"] == "processed"


# Events that came through the Supabase function, unverified.


async def test_an_unverified_event_is_verified_first(
    http: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    payment = await receiver.payment()
    body = an_event("payment_intent.succeeded", ours(payment))
    await drop_in(http, receiver, body, receiver.headers(body))
    assert not (await receiver.only_event())["verified"]
    assert await receiver.process(processor) == [Done()]
    event = await receiver.only_event()
    assert (event["verified"], event["status"]) == (True, "processed")
    assert event["event_type"] == "payment_intent.succeeded"
    assert event["provider_event_id"].startswith("evt_")
    assert (await receiver.payment_now(payment["id"]))["status"] == "captured"


async def test_a_secret_that_the_provider_shows_is_kept_only_until_it_is_verified(
    http: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    body = an_event("x.y", {})
    await drop_in(http, receiver, body, receiver.headers(body) | {"x-shown": receiver.secret})
    await receiver.process(processor)
    headers = (await receiver.only_event())["headers"]
    assert "stripe-signature" in headers
    assert "x-shown" not in headers


async def test_a_forgery_is_refused_and_does_not_spoil_the_true_event(
    http: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    payment = await receiver.payment()
    body = an_event("payment_intent.succeeded", ours(payment))
    await drop_in(http, receiver, body, receiver.headers(body, secret="whsec_guessed"))
    await receiver.process(processor)
    forged = await receiver.only_event()
    assert (forged["verified"], forged["status"]) == (False, "refused")
    assert forged["error"]["code"] == "signature_invalid"
    assert (await receiver.counts())["last_refusal"] == "signature_invalid"
    assert (await receiver.payment_now(payment["id"]))["status"] == "pending"
    await drop_in(http, receiver, body, receiver.headers(body))
    await receiver.process(processor)
    assert [event["status"] for event in await receiver.events()] == ["refused", "processed"]


async def test_an_unverified_event_is_judged_by_when_it_came(
    http: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    body = an_event("x.y", {})
    await drop_in(http, receiver, body, receiver.headers(body, at=time.time() - 3600))
    await receiver.process(processor)
    event = await receiver.only_event()
    assert (event["status"], event["error"]["code"]) == ("refused", "signature_stale")


async def test_a_refused_event_can_be_replayed_once_the_secret_is_known(
    http: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    body = an_event("x.y", {})
    secret = unique("whsec")
    await drop_in(http, receiver, body, receiver.headers(body, secret=secret))
    await receiver.process(processor)
    await receiver.set_secrets(secret)
    await receiver.call("replay_webhook_events", event_ids=[str((await receiver.only_event())["id"])])
    await receiver.process(processor)
    event = await receiver.only_event()
    assert (event["status"], event["verified"], event["error"]) == ("ignored", True, None)


async def test_repeats_are_told_after_verification(
    http: httpx.AsyncClient, client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    body = an_event("x.y", {})
    for _ in range(3):
        await drop_in(http, receiver, body, receiver.headers(body))
    jobs = await receiver.jobs()
    await asyncio.gather(*(processor.process(job) for job in jobs))
    assert sorted(event["status"] for event in await receiver.events()) == ["duplicate", "duplicate", "ignored"]
    answer = await client.post(receiver.path, content=body, headers=receiver.headers(body))
    assert answer.json() == {"status": "duplicate"}
    repeat = next(event for event in await receiver.events() if event["status"] == "duplicate")
    await receiver.call("replay_webhook_events", event_ids=[str(repeat["id"])])
    (job,) = [job for job in await receiver.jobs() if job.payload.get("replay")]
    await processor.process(job)
    assert sorted(event["status"] for event in await receiver.events()) == ["duplicate", "duplicate", "ignored"]


# Failures.


async def test_an_event_may_come_before_the_answer_it_follows_from(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    payment = await receiver.payment()
    intent = an_intent()
    await deliver(client, receiver, "payment_intent.succeeded", intent)
    (outcome,) = await receiver.process(processor)
    assert isinstance(outcome, Later)
    assert (await receiver.only_event())["status"] == "received"
    await receiver.database.execute(
        "update public.payments set provider_payment_id = %s where id = %s", [intent["id"], payment["id"]]
    )
    assert await receiver.process(processor) == [Done()]
    assert (await receiver.payment_now(payment["id"]))["status"] == "captured"


async def test_it_is_not_waited_for_for_ever(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    await receiver.payment()
    await deliver(client, receiver, "payment_intent.succeeded", an_intent())
    outcomes = [(await receiver.process(processor))[0] for _ in range(6)]
    assert [type(outcome) for outcome in outcomes] == [Later] * 5 + [Done]
    assert (await receiver.only_event())["status"] == "ignored"


async def test_a_failed_attempt_is_noted_and_tried_again_until_given_up(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    payment = await receiver.payment()
    await deliver(client, receiver, "payment_intent.succeeded", ours(payment, currency="usd"))
    (job,) = await receiver.jobs()
    outcome = await processor.process(job)
    assert isinstance(outcome, Later)
    event = await receiver.only_event()
    assert (event["status"], event["attempts"], event["error"]["code"]) == ("failed", 1, "currency_mismatch")
    await processor.process(job._replace(attempt=job.max_attempts))
    assert (await receiver.only_event())["status"] == "dead"
    assert (await receiver.payment_now(payment["id"]))["status"] == "pending"


async def test_an_unexpected_fault_changes_nothing_and_shows_nothing(
    client: httpx.AsyncClient,
    receiver: Receiver,
    processor: WebhookProcessor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    payment = await receiver.payment()
    intent = ours(payment)
    await deliver(client, receiver, "payment_intent.succeeded", intent)

    def broken(body: bytes) -> None:
        raise RuntimeError(f"cannot read {body!r}")

    with monkeypatch.context() as patched:
        patched.setattr(StripeConnector, "parse_webhook", broken)
        (outcome,) = await receiver.process(processor)
    assert outcome == Later({"code": "internal_error", "message": "RuntimeError"})
    assert (await receiver.only_event())["error"] == {"code": "internal_error", "message": "RuntimeError"}
    assert await receiver.process(processor) == [Done()]
    assert (await receiver.only_event())["error"] is None


async def test_effects_and_status_go_together(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor, database: Database
) -> None:
    """The second of two effects fails: the first is not there either."""
    payment, taken = await receiver.payment(), await receiver.payment(provider_payment_id=unique("pi"))
    intent = ours(payment, id=taken["provider_payment_id"])  # which another payment has already
    await deliver(client, receiver, "payment_intent.succeeded", intent)
    (outcome,) = await receiver.process(processor)
    assert isinstance(outcome, Later)
    assert (await receiver.only_event())["status"] == "failed"
    assert (await receiver.payment_now(payment["id"]))["status"] == "pending"


async def test_an_event_that_has_expired_is_done(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    await deliver(client, receiver, "x.y", {})
    (job,) = await receiver.jobs()
    payload = {"event_id": str(uuid.uuid4()), "received_at": "2020-01-01T00:00:00+00:00"}
    assert await processor.process(job._replace(payload=payload)) == Done()


async def test_contents_that_nobody_signed_only_make_us_ask(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = StripeConnector.manifest.webhook
    assert scheme is not None
    unsigned: Manifest = StripeConnector.manifest.model_copy(
        update={"webhook": scheme.model_copy(update={"signs_content": False})}
    )
    payment = await receiver.payment(provider_payment_id=unique("pi"))
    for _ in range(2):
        await deliver(client, receiver, "payment_intent.succeeded", an_intent(id=payment["provider_payment_id"]))
    monkeypatch.setattr(StripeConnector, "manifest", unsigned)
    await receiver.process(processor)
    assert (await receiver.payment_now(payment["id"]))["status"] == "pending"
    asked = await receiver.rows(f"operations?subject_id=eq.{payment['id']}&kind=eq.payment.sync")
    assert [operation["created_by"] for operation in asked] == ["worker"]
    assert [event["status"] for event in await receiver.events()] == ["processed", "processed"]


async def test_no_secret_is_opened_for_what_the_ingress_has_verified(
    client: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deliver(client, receiver, "x.y", {})

    async def refuse(*_: Any) -> None:
        raise AssertionError("the vault was asked")

    monkeypatch.setattr(CredentialVault, "open", refuse)
    assert await receiver.process(processor) == [Done()]


async def test_an_event_whose_certificate_cannot_be_had_is_tried_again(
    http: httpx.AsyncClient, receiver: Receiver, processor: WebhookProcessor
) -> None:
    await receiver.database.execute(
        "update public.integration_connections set provider_key = 'paypal' where id = %s", [receiver.connection["id"]]
    )
    address = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-5a29e601"
    await drop_in(http, receiver, b"{}", {"paypal-cert-url": address})
    (outcome,) = await receiver.process(processor)
    assert isinstance(outcome, Later)
    event = await receiver.only_event()
    assert (event["status"], event["verified"]) == ("failed", False)
    assert event["error"]["code"] == "certificate_unavailable"
