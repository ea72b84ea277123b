"""Which carriers may take a shipment, in which order, and why."""

from decimal import Decimal
from typing import Any

import pytest

from tests.operations.shipping.carriers import carrier, knowing
from tests.support.carriers.parcels import BOX, LONDON, cash, domestic, international, question
from workers.operations.shipping.requests import Choice
from workers.operations.shipping.routing import CarrierRoute, Option, ParcelFacts, eligible, unfit, usable_service
from workers.providers.shipping.models import ShipmentRequest


def facts(request: ShipmentRequest | None = None, **options: Any) -> ParcelFacts:
    return ParcelFacts.of(question(request or domestic()), **options)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "paused"}, "the connection is paused"),
        ({"enabled": False}, "switched off"),
        ({"capabilities": ["tracks_shipments"]}, "the carrier only tracks"),
        ({"facts": knowing(domestic=False)}, "the carrier does not deliver within the country"),
        ({"provider_countries": ["SA"]}, "the carrier does not fetch in AE"),
        ({"facts": knowing(destinations=["SA", "KW"])}, "the carrier does not deliver to AE"),
        ({"countries": ["SA"]}, "is not used for AE"),
        ({"emirates": ["dubai", "sharjah"]}, "is not used for abu_dhabi"),
        ({"minimum_weight_kg": Decimal("2")}, "is not used under 2 kg"),
        ({"maximum_weight_kg": Decimal("1.100")}, "is not used over 1.100 kg"),
        ({"facts": knowing(heaviest_parcel_kg=1.0)}, "the carrier takes no parcel over 1 kg"),
    ],
)
def test_a_carrier_that_must_not_take_it_says_why(changes: dict[str, Any], reason: str) -> None:
    assert unfit(facts(), carrier(1)) is None
    assert unfit(facts(), carrier(1, **changes)) == reason


def test_cash_is_collected_only_by_those_that_can_and_are_meant_to() -> None:
    with_cash = facts(domestic(cash_on_delivery=cash()))
    assert unfit(with_cash, carrier(1, facts=knowing(collects_cash=False))) == "the carrier collects no cash"
    assert unfit(with_cash, carrier(1, cash_on_delivery=False)) == "is not used to collect cash"
    assert unfit(facts(), carrier(1, cash_on_delivery=False)) is None


def test_abroad_goes_only_what_delivers_abroad() -> None:
    abroad = facts(international())
    assert unfit(abroad, carrier(1, facts=knowing(international=False))) == "the carrier does not deliver abroad"
    assert unfit(abroad, carrier(1, emirates=["dubai"])) is None  # emirates say nothing of London


def test_a_return_from_abroad_is_fetched_there() -> None:
    back = ParcelFacts.of(question(domestic(sender=LONDON, recipient=domestic().sender)), is_return=True)
    assert unfit(back, carrier(1)) is None
    assert unfit(back, carrier(1, capabilities=["ships_parcels"])) == "the carrier makes no returns"


def test_labels_and_parcels_have_to_fit() -> None:
    assert unfit(facts(label_format="png"), carrier(1)) == "the carrier prints no PNG labels"
    many = facts(domestic(parcels=(BOX,) * 11))
    assert unfit(many, carrier(1)) == "the carrier takes no more than 10 parcels at once"


def test_a_level_that_a_carrier_is_not_used_for() -> None:
    assert unfit(facts(level="same_day"), carrier(1, levels=["next_day"])) == "is not used for same_day"


def test_one_out_of_order_is_passed_over_while_another_is_in_order() -> None:
    broken = carrier(1, breaker_open=True)
    assert eligible(facts(), [broken, carrier(2)])[0] == [carrier(2)]
    assert eligible(facts(), [broken, carrier(2)])[1] == [
        {"connection_id": str(broken.id), "provider": "carrier_1", "reason": "its circuit breaker is open"}
    ]
    assert eligible(facts(), [broken])[0] == [broken]


def test_only_the_named_connections_are_meant() -> None:
    usable, skipped = eligible(facts(), [carrier(1), carrier(2)], [str(carrier(2).id)])
    assert (usable, skipped) == ([carrier(2)], [])


@pytest.mark.parametrize(
    ("changes", "wanted", "usable"),
    [
        ({}, (), True),
        ({"services": ["P"]}, (), True),
        ({"services": ["N"]}, (), False),
        ({"levels": ["express"]}, (), True),
        ({"levels": ["economy"]}, (), False),
        ({}, ("express", "next_day"), True),
        ({}, ("same_day",), False),
    ],
)
def test_services_are_used_by_code_and_by_level(changes: dict[str, Any], wanted: tuple[str, ...], usable: bool) -> None:
    assert usable_service(carrier(1, **changes), "P", "express", wanted) is usable


def test_the_choice_is_explained() -> None:
    cheap = Option(carrier(1, name="Aramex"), Choice("ONP", cost={"amount": "21.00", "currency": "AED"}))
    dear = Option(carrier(2, name="DHL"), Choice("N"))
    route = CarrierRoute((cheap, dear), ({"connection_id": "x", "provider": "emx", "reason": "switched off"},), "price")
    why = route.why(cheap)
    assert why["reason"] == "Aramex costs least."
    assert why["chosen"]["cost"] == {"amount": "21.00", "currency": "AED"}
    assert [each["name"] for each in why["next"]] == ["DHL"]
    assert why["skipped"][0]["reason"] == "switched off"

    refusal = {"connection_id": str(cheap.carrier.id), "error": {"message": "Aramex could not be reached"}}
    over = route.why(dear, [refusal])
    assert over["rule"] == "failover"
    assert over["reason"] == "DHL took over, because nothing was bought before (Aramex: Aramex could not be reached)."
    assert over["next"] == []
