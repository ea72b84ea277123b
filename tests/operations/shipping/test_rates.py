"""Rate shopping: everybody is asked at once, and what came in time is ranked."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.operations.shipping.carriers import carrier
from tests.support.carriers.parcels import domestic, question
from workers.operations.shipping.rates import Answers, Offer, ask_all, ranked
from workers.providers.errors import Unavailable
from workers.providers.money import Money
from workers.providers.shipping.models import Rate, ServiceLevel
from workers.store.shipments import Carrier

REQUEST = question(domestic())


def rate(amount: str = "20.00", *, currency: str = "AED", level: str = "next_day", **facts: Any) -> Rate:
    return Rate(
        service="S", service_name="Service", level=ServiceLevel(level), total=Money.of(amount, currency), **facts
    )


class Asked:
    """Connectors that answer what they are told to."""

    def __init__(self, answers: dict[UUID, Any]) -> None:
        self.answers = answers
        self.waiting = 0
        self.most_waiting = 0
        self.cancelled: list[UUID] = []

    async def open(self, each: Carrier) -> Any:
        return _Quoting(self, each)


class _Quoting:
    def __init__(self, asked: Asked, each: Carrier) -> None:
        self.asked, self.carrier = asked, each

    async def get_rates(self, request: object) -> tuple[Rate, ...]:
        self.asked.waiting += 1
        self.asked.most_waiting = max(self.asked.most_waiting, self.asked.waiting)
        await asyncio.sleep(0)
        answer = self.asked.answers[self.carrier.id]
        if isinstance(answer, asyncio.Event):
            try:
                await answer.wait()
            except asyncio.CancelledError:
                self.asked.cancelled.append(self.carrier.id)
                raise
        if isinstance(answer, Exception):
            raise answer
        return (answer,) if isinstance(answer, Rate) else tuple(answer)


async def test_everybody_is_asked_at_once() -> None:
    carriers = [carrier(number) for number in range(1, 7)]
    asked = Asked({each.id: rate() for each in carriers})
    answers = await ask_all(carriers, REQUEST, asked.open, seconds=5)
    assert len(answers.offers) == 6
    assert asked.most_waiting == 6


async def test_who_is_late_is_left_out_and_given_up() -> None:
    quick, slow = carrier(1), carrier(2)
    asked = Asked({quick.id: rate(), slow.id: asyncio.Event()})
    answers = await ask_all([quick, slow], REQUEST, asked.open, seconds=0.05)
    assert [offer.carrier.id for offer in answers.offers] == [quick.id]
    assert answers.failures == [
        {
            "connection_id": str(slow.id),
            "provider": "carrier_2",
            "name": "Carrier 2",
            "code": "deadline_exceeded",
            "message": "No answer within 0.05 seconds.",
        }
    ]
    assert asked.cancelled == [slow.id]


async def test_each_failure_is_explained_and_spoils_no_other() -> None:
    good, down, wrong = carrier(1), carrier(2), carrier(3)
    answers = await ask_all(
        [good, down, wrong],
        REQUEST,
        Asked({good.id: rate(), down.id: Unavailable("could not be reached"), wrong.id: RuntimeError("a bug")}).open,
        seconds=5,
    )
    assert [offer.carrier.id for offer in answers.offers] == [good.id]
    assert [(each["provider"], each["code"], each["message"]) for each in answers.failures] == [
        ("carrier_2", "unavailable", "could not be reached"),
        ("carrier_3", "internal_error", "Wasl could not ask it."),
    ]


async def test_services_that_are_not_wanted_are_left_out() -> None:
    fast, slow = carrier(1), carrier(2)
    asked = Asked({fast.id: rate(level="express"), slow.id: rate(level="economy")})
    answers = await ask_all([fast, slow], REQUEST, asked.open, seconds=5, levels=["express"])
    assert [offer.carrier.id for offer in answers.offers] == [fast.id]
    assert [each["code"] for each in answers.failures] == ["no_service"]


async def test_a_carrier_that_cannot_be_asked_has_the_prices_of_its_tariff() -> None:
    line = {"service": "ND", "level": "next_day", "base_amount": "15.00", "currency": "AED", "transit_days": 1}
    agreed = carrier(1, capabilities=["ships_parcels"], tariff=[line])
    silent = carrier(2, capabilities=["ships_parcels"])
    answers = await ask_all([agreed, silent], REQUEST, Asked({}).open, seconds=5)
    (offer,) = answers.offers
    assert (offer.source, offer.rate.total) == ("tariff", Money.of("15.00", "AED"))
    assert [(each["provider"], each["code"]) for each in answers.failures] == [("carrier_2", "no_prices")]


async def test_nobody_to_ask_is_no_answer() -> None:
    assert await ask_all([], REQUEST, Asked({}).open, seconds=5) == Answers([], [])


def offers(*rates: Rate) -> list[Offer]:
    return [
        Offer(carrier(number, priority=200 - number), each, "carrier") for number, each in enumerate(rates, start=1)
    ]


def order(rule: str, *rates: Rate) -> list[int]:
    return [offer.carrier.id.int for offer in ranked(offers(*rates), rule, "AED", REQUEST.ships_at)]


def test_the_cheapest_comes_first_and_the_faster_of_equals() -> None:
    assert order("price", rate("30.00"), rate("20.00", transit_days=3), rate("20.00", transit_days=1)) == [3, 2, 1]


def test_prices_in_another_currency_are_not_compared() -> None:
    assert order("price", rate("5.00", currency="USD"), rate("30.00")) == [2, 1]


def test_the_fastest_comes_first() -> None:
    tomorrow = REQUEST.ships_at + timedelta(hours=20)
    told = rate("90.00", estimated_delivery_at=tomorrow)
    assert order("speed", rate(transit_days=2), told, rate(level="economy")) == [2, 1, 3]


def test_by_priority_the_organizations_order_decides() -> None:
    assert order("priority", rate("1.00"), rate("2.00"), rate("3.00")) == [3, 2, 1]


def test_the_order_does_not_depend_on_who_answered_first() -> None:
    given = offers(rate("20.00"), rate("20.00"), rate("20.00"))
    expected = ranked(given, "price", "AED", REQUEST.ships_at)
    assert ranked(list(reversed(given)), "price", "AED", REQUEST.ships_at) == expected


async def test_a_carrier_that_says_zero_has_no_price() -> None:
    free, priced = carrier(1), carrier(2)
    asked = Asked({free.id: rate("0.00"), priced.id: rate("20.00")})
    answers = await ask_all([free, priced], REQUEST, asked.open, seconds=5)
    assert [offer.carrier for offer in answers.offers] == [priced]
    assert [failure["code"] for failure in answers.failures] == ["no_service"]
