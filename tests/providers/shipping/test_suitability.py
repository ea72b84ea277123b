"""What a carrier's manifest rules out, by the field at fault."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.carriers.parcels import BOX, DUBAI, LONDON, RIYADH, cash, domestic, international
from workers.providers.money import Money
from workers.providers.shipping.models import LabelFormat, ShipmentRequest
from workers.providers.shipping.quiqup.manifest import MANIFEST
from workers.providers.shipping.suitability import unsuitable

EVERYWHERE: dict[str, Any] = {"international": True, "most_parcels": 2, "heaviest_parcel_kg": 30.0}
HEAVY = BOX.model_copy(update={"weight_kg": Decimal("30.5")})


def field_at_fault(request: ShipmentRequest, **facts: Any) -> str | None:
    """What a carrier with these facts cannot take."""
    assert MANIFEST.carrier is not None
    carrier = MANIFEST.carrier.model_copy(update={**EVERYWHERE, **facts})
    wrong = unsuitable(request, MANIFEST.model_copy(update={"carrier": carrier}))
    return wrong[0] if wrong else None


@pytest.mark.parametrize(
    "request_", [domestic(), international(), domestic(cash_on_delivery=cash(), parcels=(BOX, BOX))]
)
def test_what_the_manifest_allows_can_be_sent(request_: ShipmentRequest) -> None:
    assert field_at_fault(request_) is None


@pytest.mark.parametrize(
    ("request_", "facts", "field"),
    [
        (international(sender=LONDON, recipient=DUBAI), {}, "sender.country"),
        (domestic(), {"domestic": False}, "recipient.country"),
        (international(), {"international": False}, "recipient.country"),
        (international(), {"destinations": ("SA",)}, "recipient.country"),
        (international(RIYADH), {"destinations": ("SA",)}, None),
        (domestic(parcels=(BOX, BOX, BOX)), {}, "parcels"),
        (domestic(parcels=(BOX, HEAVY)), {}, "parcels.1.weight_kg"),
        (domestic(parcels=(HEAVY,)), {"heaviest_parcel_kg": None}, None),
        (domestic(label_format=LabelFormat.PNG), {}, "label_format"),
        (domestic(cash_on_delivery=cash()), {"collects_cash": False}, "cash_on_delivery"),
        (domestic(cash_on_delivery=cash(), is_return=True), {}, "cash_on_delivery"),
        (domestic(cash_on_delivery=Money.of("5", "SAR")), {}, "cash_on_delivery.currency"),
    ],
)
def test_the_first_that_it_rules_out_is_named(
    request_: ShipmentRequest, facts: dict[str, Any], field: str | None
) -> None:
    assert field_at_fault(request_, **facts) == field


def test_a_provider_that_carries_nothing_rules_out_nothing() -> None:
    assert unsuitable(domestic(), MANIFEST.model_copy(update={"carrier": None})) is None
