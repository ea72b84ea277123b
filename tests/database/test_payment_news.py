"""The state machine of payments and refunds, in the database's own functions: news in any order, late and repeated."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from stack import Stack
from tests.support.callers import Row, Workspace
from workers.providers.payments.models import PaymentStatus

T = "2026-11-23T10:00:{:02d}Z"


@dataclass
class Ledger:
    """A blocking worker, which hypothesis needs, and payments of one organization to tell it about."""

    connection: psycopg.Connection[Row]
    database: psycopg.Connection[Row]
    organization_id: str
    connection_id: str

    def payment(self, amount: str = "99.00", **columns: Any) -> str:
        """A payment that was just asked for."""
        row = {"organization_id": self.organization_id, "environment": "sandbox", "reference": "r", "amount": amount}
        row |= {"currency": "AED", "created_by": "service", "connection_id": self.connection_id} | columns
        names, marks = ", ".join(row), ", ".join(f"%({name})s" for name in row)
        query = f"insert into public.payments ({names}) values ({marks}) returning id"
        return str(self.one(self.database, query, row)["id"])

    def tell(self, payment_id: str, **news: Any) -> str:
        """News of a payment; says what became of it."""
        query = "select private.apply_payment_news(%s, %s, 'webhook', null) as said"
        return str(self.one(self.connection, query, [payment_id, json.dumps(news)])["said"])

    def tell_refund(self, payment_id: str, refund_id: str | None = None, **news: Any) -> str:
        """News of a refund; says what became of it."""
        query = "select private.apply_refund_news(%s, %s, %s, 'webhook', null) as said"
        return str(self.one(self.connection, query, [payment_id, refund_id, json.dumps(news)])["said"])

    def ask_refund(self, payment_id: str, amount: str) -> str:
        """A refund as refund_payment records it."""
        query = """
            insert into public.payment_refunds (organization_id, payment_id, amount, currency, created_by)
            values (%s, %s, %s, 'AED', 'service') returning id
        """
        return str(self.one(self.database, query, [self.organization_id, payment_id, amount])["id"])

    def state(self, payment_id: str) -> Row:
        """The payment's row."""
        return self.one(self.database, "select * from public.payments where id = %s", [payment_id])

    def refunds(self, payment_id: str) -> list[Row]:
        """Its refunds, the first one first."""
        query = "select * from public.payment_refunds where payment_id = %s order by id"
        return self.database.execute(query, [payment_id]).fetchall()

    def lines(self, payment_id: str) -> list[tuple[str, bool]]:
        """The types of its ledger lines, and whether they were applied."""
        query = "select type, applied from public.payment_events where payment_id = %s order by id"
        return [(row["type"], row["applied"]) for row in self.database.execute(query, [payment_id])]

    def differences(self) -> list[Row]:
        """Where payments' rows and their ledger do not agree."""
        query = """
            select d.* from private.ledger_differences(
                array(select distinct payment_id from public.payment_events where organization_id = %s)) d
        """
        return self.database.execute(query, [self.organization_id]).fetchall()

    @staticmethod
    def one(connection: psycopg.Connection[Row], query: str, parameters: Any) -> Row:
        row = connection.execute(query, parameters).fetchone()
        assert row is not None
        return row


@pytest.fixture(scope="module")
async def ledger(stack: Stack, shop: Workspace) -> Any:
    """Payments of the shop, told about by `wasl_worker`."""
    [row] = await shop.owner.rows("integration_connections?select=id")
    with (
        psycopg.connect(stack.worker_database_url, autocommit=True, row_factory=dict_row) as worker,
        psycopg.connect(stack.database_url, autocommit=True, row_factory=dict_row) as database,
    ):
        ledger = Ledger(worker, database, shop.id, row["id"])
        yield ledger
        assert ledger.differences() == []  # whatever the tests told: every payment can be rebuilt


def test_a_payment_goes_its_usual_way(ledger: Ledger) -> None:
    payment = ledger.payment()

    assert (
        ledger.tell(payment, status="requires_action", checkout_url="https://pay.example", provider_session_id="cs")
        == "applied"
    )
    assert ledger.tell(payment, status="processing") == "applied"
    assert ledger.tell(payment, status="captured", amount_captured="99", provider_payment_id="pi") == "applied"

    state = ledger.state(payment)
    assert (state["status"], str(state["amount_captured"])) == ("captured", "99.00")
    assert (state["provider_payment_id"], state["provider_session_id"]) == ("pi", "cs")
    assert [kind for kind, _ in ledger.lines(payment)] == [
        "payment.requires_action",
        "payment.processing",
        "payment.captured",
    ]


def test_an_agreement_that_waits_for_the_hub_ends_a_review(ledger: Ledger) -> None:
    payment = ledger.payment()
    ledger.tell(payment, status="requires_action", provider_payment_id="order")
    ledger.tell(payment, status="processing")

    assert ledger.tell(payment, status="requires_action", next_action={"type": "redirect"}) == "stale"
    assert ledger.tell(payment, status="requires_action", next_action={"type": "complete"}) == "applied"
    state = ledger.state(payment)
    assert (state["status"], state["next_action"]) == ("requires_action", {"type": "complete"})


def test_news_of_a_payment_nobody_knows_changes_nothing(ledger: Ledger) -> None:
    assert ledger.tell(str(uuid.uuid4()), status="captured") == "unknown"
    assert ledger.tell_refund(str(uuid.uuid4()), status="succeeded", amount="1") == "unknown"


def test_repeated_news_changes_nothing(ledger: Ledger) -> None:
    payment = ledger.payment()
    news = {
        "status": "captured",
        "amount_captured": "99.00",
        "provider_payment_id": f"pi_{payment}",
        "occurred_at": T.format(1),
    }
    ledger.tell(payment, **news)
    before = ledger.state(payment)

    assert ledger.tell(payment, **news) == "unchanged"
    assert ledger.state(payment) == before
    assert len(ledger.lines(payment)) == 1


@pytest.mark.parametrize(
    "late", ["created", "requires_action", "processing", "authorized", "failed", "cancelled", "expired"]
)
def test_late_news_never_moves_a_captured_payment(ledger: Ledger, late: str) -> None:
    payment = ledger.payment()
    ledger.tell(payment, status="captured", amount_captured="99.00")

    assert ledger.tell(payment, status=late) == "stale"
    assert ledger.state(payment)["status"] == "captured"
    assert ledger.lines(payment)[-1] == (f"payment.{late}", False)


def test_late_news_still_tells_what_the_gateway_calls_the_payment(ledger: Ledger) -> None:
    """The answer to the request that comes after the webhook about its success."""
    payment = ledger.payment(connection_id=None)
    ledger.tell(payment, status="captured", amount_captured="99.00")

    said = ledger.tell(
        payment,
        status="requires_action",
        connection_id=ledger.connection_id,
        provider_payment_id=f"pi_{payment}",
        provider_session_id=f"cs_{payment}",
        amount_authorized="99.00",
        checkout_url="https://pay.example",
        provider_data={"charge": "ch"},
    )

    state = ledger.state(payment)
    assert said == "stale"
    assert (state["provider_payment_id"], state["provider_session_id"]) == (f"pi_{payment}", f"cs_{payment}")
    assert (str(state["connection_id"]), state["amount_authorized"]) == (ledger.connection_id, Decimal("99.00"))
    assert (state["provider_data"], state["checkout_url"]) == ({"charge": "ch"}, None)


def test_a_session_id_gives_way_to_the_payments_own_and_never_back(ledger: Ledger) -> None:
    payment = ledger.payment()
    session = {"provider_payment_id": f"cs_{payment}", "provider_session_id": f"cs_{payment}"}
    ledger.tell(payment, status="requires_action", **session)
    ledger.tell(payment, status="processing", provider_payment_id=f"pi_{payment}")

    ledger.tell(payment, status="processing", **session)

    assert ledger.state(payment)["provider_payment_id"] == f"pi_{payment}"


@pytest.mark.parametrize("state", ["captured", "partially_refunded", "disputed"])
def test_a_second_charge_is_written_down_once_and_changes_nothing(ledger: Ledger, state: str) -> None:
    payment = ledger.payment()
    first, second = f"pi_first_{payment}", f"pi_second_{payment}"
    ledger.tell(payment, status="captured", provider_payment_id=first, provider_session_id=f"cs_{payment}")
    if state == "partially_refunded":
        refund = ledger.ask_refund(payment, "9.00")
        ledger.tell_refund(payment, refund, status="succeeded", provider_refund_id=f"re_{payment}")
    elif state == "disputed":
        ledger.tell(payment, status="disputed", provider_payment_id=first)
    before, lines = ledger.state(payment), ledger.lines(payment)
    assert before["status"] == state

    told = {"status": "captured", "amount_captured": "120", "fee": "3", "provider_payment_id": second}
    assert [ledger.tell(payment, **told) for _ in range(2)] == ["stale", "stale"]

    assert ledger.state(payment) == before
    assert ledger.lines(payment) == [*lines, ("payment.captured", False)]


def test_what_the_hub_did_itself_is_no_second_charge(ledger: Ledger) -> None:
    payment = ledger.payment()
    ledger.tell(payment, status="captured", provider_payment_id=f"order_{payment}")
    query = "select private.apply_payment_news(%s, %s, 'operation', null) as said"
    news = json.dumps({"status": "captured", "provider_payment_id": f"capture_{payment}"})

    assert ledger.one(ledger.connection, query, [payment, news])["said"] == "applied"
    assert ledger.state(payment)["provider_payment_id"] == f"capture_{payment}"


def test_captured_without_an_amount_means_wholly(ledger: Ledger) -> None:
    payment = ledger.payment()

    ledger.tell(payment, status="captured")

    assert ledger.state(payment)["amount_captured"] == Decimal("99.00")


def test_a_failed_payment_may_be_tried_again_but_not_by_old_news(ledger: Ledger) -> None:
    payment = ledger.payment()
    ledger.tell(payment, status="requires_action", occurred_at=T.format(1))
    ledger.tell(payment, status="failed", failure={"code": "card_declined"}, occurred_at=T.format(5))

    assert ledger.tell(payment, status="requires_action", occurred_at=T.format(1)) == "stale"
    assert ledger.state(payment)["failure"] == {"code": "card_declined"}
    assert ledger.tell(payment, status="requires_action", occurred_at=T.format(9)) == "applied"
    assert ledger.state(payment)["failure"] is None


@pytest.mark.parametrize("end", ["failed", "cancelled", "expired"])
def test_money_that_was_taken_is_a_fact(ledger: Ledger, end: str) -> None:
    payment = ledger.payment()
    ledger.tell(payment, status=end)

    assert ledger.tell(payment, status="captured", amount_captured="99.00") == "applied"
    assert ledger.state(payment)["status"] == "captured"


def test_a_dispute_ends_only_when_the_gateway_says_so(ledger: Ledger) -> None:
    payment = ledger.payment()
    capture = {"status": "captured", "amount_captured": "99.00", "occurred_at": T.format(1)}
    ledger.tell(payment, **capture)
    dispute = {"status": "disputed", "occurred_at": T.format(5)}
    assert ledger.tell(payment, **dispute) == "applied"

    assert ledger.tell(payment, **capture) == "unchanged"
    assert ledger.tell(payment, status="captured") == "unchanged"
    assert ledger.state(payment)["status"] == "disputed"
    assert ledger.tell(payment, status="captured", dispute="won", occurred_at=T.format(9)) == "applied"
    assert ledger.tell(payment, **dispute) == "stale"
    assert ledger.state(payment)["status"] == "captured"


def test_a_dispute_that_is_heard_of_before_the_capture_is_not_lost(ledger: Ledger) -> None:
    payment = ledger.payment()
    ledger.tell(payment, status="processing")
    ledger.tell(payment, status="disputed")

    assert ledger.tell(payment, status="captured", amount_captured="99.00") == "applied"
    state = ledger.state(payment)
    assert (state["status"], state["amount_captured"]) == ("disputed", Decimal("99.00"))


def test_a_won_dispute_leaves_the_refunds_as_they_were(ledger: Ledger) -> None:
    payment = ledger.payment()
    ledger.tell(payment, status="captured", amount_captured="99.00")
    ledger.tell_refund(payment, status="succeeded", amount="9", provider_refund_id="re")
    ledger.tell(payment, status="disputed")

    ledger.tell(payment, status="captured", dispute="won")

    assert ledger.state(payment)["status"] == "partially_refunded"


def test_refunds_make_the_payments_status_and_sum(ledger: Ledger) -> None:
    payment = ledger.payment()
    ledger.tell(payment, status="captured", amount_captured="99.00")
    first, second = ledger.ask_refund(payment, "40"), ledger.ask_refund(payment, "59")
    assert ledger.tell_refund(payment, first, status="pending", provider_refund_id="re_1") == "applied"
    assert ledger.state(payment)["status"] == "captured"

    assert ledger.tell_refund(payment, first, status="succeeded", provider_refund_id="re_1") == "applied"
    assert ledger.tell_refund(payment, first, status="succeeded", provider_refund_id="re_1") == "unchanged"
    assert (ledger.state(payment)["status"], str(ledger.state(payment)["amount_refunded"])) == (
        "partially_refunded",
        "40.00",
    )
    ledger.tell_refund(payment, None, status="succeeded", provider_refund_id="re_2", amount="59")
    assert ledger.state(payment)["status"] == "refunded"
    assert ledger.tell_refund(payment, second, status="succeeded", provider_refund_id="re_2") == "unchanged"

    assert [(str(refund["id"]), refund["made_elsewhere"]) for refund in ledger.refunds(payment)] == [
        (first, False),
        (second, False),
    ]
    assert ledger.state(payment)["amount_refunded"] == Decimal("99.00")
    assert [kind for kind, _ in ledger.lines(payment)] == [
        "payment.captured",
        "refund.pending",
        "refund.succeeded",
        "payment.partially_refunded",
        "refund.succeeded",
        "payment.refunded",
        "refund.cancelled",  # the one that was seen: it is the second
        "refund.succeeded",
    ]


def test_a_gateways_word_that_a_payment_is_refunded_is_not_taken(ledger: Ledger) -> None:
    payment = ledger.payment()

    ledger.tell(payment, status="refunded", amount_captured="99.00")
    assert (ledger.state(payment)["status"], ledger.state(payment)["amount_refunded"]) == ("captured", 0)
    ledger.tell_refund(payment, status="succeeded", amount="99.00", provider_refund_id="re")

    assert ledger.tell(payment, status="captured", amount_captured="99.00") == "unchanged"
    assert ledger.state(payment)["status"] == "refunded"


def test_a_refund_that_bounces_gives_the_money_back_to_the_payment(ledger: Ledger) -> None:
    payment = ledger.payment()
    ledger.tell(payment, status="partially_captured", amount_authorized="99.00", amount_captured="50.00")
    refund = ledger.ask_refund(payment, "50")
    ledger.tell_refund(payment, refund, status="succeeded", provider_refund_id="re")
    assert ledger.state(payment)["status"] == "refunded"

    assert ledger.tell_refund(payment, refund, status="failed", failure={"code": "lost_card"}) == "applied"
    assert ledger.tell_refund(payment, refund, status="succeeded") == "stale"

    assert (ledger.state(payment)["status"], ledger.state(payment)["amount_refunded"]) == ("partially_captured", 0)
    assert ledger.refunds(payment)[0]["failure"] == {"code": "lost_card"}


@pytest.mark.parametrize("late", ["pending", "cancelled"])
def test_a_refund_that_succeeded_is_not_undone_by_late_news(ledger: Ledger, late: str) -> None:
    payment = ledger.payment()
    ledger.tell(payment, status="captured", amount_captured="99.00")
    refund = ledger.ask_refund(payment, "10")
    ledger.tell_refund(payment, refund, status="succeeded", provider_refund_id="re")

    assert ledger.tell_refund(payment, refund, status=late) == "stale"
    assert ledger.state(payment)["amount_refunded"] == Decimal("10.00")


def test_a_refund_heard_of_before_the_capture_counts_afterwards(ledger: Ledger) -> None:
    payment = ledger.payment()
    ledger.tell_refund(payment, status="succeeded", amount="9", provider_refund_id="re")
    assert (ledger.state(payment)["status"], ledger.state(payment)["amount_refunded"]) == ("pending", 0)

    ledger.tell(payment, status="captured", amount_captured="99.00")

    assert (ledger.state(payment)["status"], ledger.state(payment)["amount_refunded"]) == ("partially_refunded", 9)


def test_the_worker_changes_payments_in_no_other_way(ledger: Ledger) -> None:
    for statement in (
        "update public.payments set status = 'captured'",
        "update public.payment_refunds set status = 'succeeded'",
        "delete from public.payment_events",
        "select private.settle_refunds(null, null, null, null)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ledger.connection.execute(statement)


STATUSES = [status.value for status in PaymentStatus]
SETTLED = {"captured", "partially_captured", "partially_refunded", "refunded", "disputed"}
AMOUNTS = st.sampled_from([None, "0", "10.00", "50", "99.00", "120"])
MOMENTS = st.sampled_from([None, *(T.format(second) for second in range(6))])
PAYMENT_NEWS = st.fixed_dictionaries(
    {"status": st.sampled_from([None, *STATUSES])},
    optional={
        "amount_captured": AMOUNTS,
        "amount_authorized": AMOUNTS,
        "occurred_at": MOMENTS,
        "dispute": st.sampled_from(["won", "closed", "lost"]),
        "provider_status": st.sampled_from(["a", "b"]),
        "failure": st.sampled_from([None, {"code": "x"}]),
        "next_action": st.sampled_from([None, {"type": "redirect"}]),
        "provider_data": st.sampled_from([None, {"a": "1"}, {"b": "2"}]),
    },
)
REFUND_NEWS = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["pending", "succeeded", "failed", "cancelled"]),
        "amount": st.sampled_from(["1.00", "20", "60.00", "150"]),
        "provider_refund_id": st.sampled_from(["re_1", "re_2", "re_3"]),
    },
    optional={"occurred_at": MOMENTS},
)
NEWS = st.lists(st.one_of(PAYMENT_NEWS, REFUND_NEWS), min_size=1, max_size=12)


def apply(ledger: Ledger, payment_id: str, news: Row) -> str:
    teller = ledger.tell_refund if "provider_refund_id" in news else ledger.tell
    return teller(payment_id, **news)


@pytest.fixture
def quiet(ledger: Ledger) -> Iterator[Ledger]:
    """A ledger whose payments of this test are forgotten afterwards."""
    yield ledger
    ledger.database.execute("delete from public.payments where reference = 'property'")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=NEWS)
def test_whatever_is_told_in_whatever_order_the_books_are_right(quiet: Ledger, sequence: list[Row]) -> None:
    payment_id = quiet.payment(reference="property")
    before = quiet.state(payment_id)
    for news in sequence:
        said = apply(quiet, payment_id, news)
        after = quiet.state(payment_id)

        assert after["amount_captured"] >= before["amount_captured"]
        assert after["amount_authorized"] >= before["amount_authorized"]
        assert after["amount_refunded"] <= after["amount_captured"]
        assert before["status"] not in SETTLED or after["status"] in SETTLED
        assert after["status"] != "pending" or before["status"] == "pending"
        if said == "unchanged" or (said == "stale" and "provider_refund_id" in news):
            assert (after["status"], after["amount_refunded"]) == (before["status"], before["amount_refunded"])
        if news.get("occurred_at"):
            repeated = apply(quiet, payment_id, news)
            assert repeated in ("unchanged", "stale")
            assert quiet.state(payment_id) == after
        before = after
    assert_ledger_explains(quiet, payment_id)


def assert_ledger_explains(ledger: Ledger, payment_id: str) -> None:
    """The applied lines lead from `pending` to the present status without a gap; refunds add up."""
    query = """
        select from_status, to_status from public.payment_events
        where payment_id = %s and applied and refund_id is null order by id
    """
    status = "pending"
    for line in ledger.database.execute(query, [payment_id]):
        assert line["from_status"] == status
        status = line["to_status"]
    state = ledger.state(payment_id)
    assert state["status"] == status
    succeeded = sum(refund["amount"] for refund in ledger.refunds(payment_id) if refund["status"] == "succeeded")
    assert state["amount_refunded"] == min(succeeded, state["amount_captured"])
    if status in ("captured", "partially_captured", "partially_refunded", "refunded") and state["amount_captured"]:
        expected = {True: "refunded", False: "partially_refunded"}[succeeded >= state["amount_captured"]]
        assert status == expected if succeeded else status in ("captured", "partially_captured")
