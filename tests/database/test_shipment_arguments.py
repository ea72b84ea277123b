"""What a shipment may say of who sends and gets what: each part is checked at once, and named when at fault."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.callers import Refusal, Row, Workspace
from tests.support.shipments import ABROAD, CUSTOMS, ITEM, ORDER, PARCEL, RECIPIENT, SENDER

CARD_NUMBER = "4242 4242 4242 4242"
EVERYTHING_OF_A_PLACE = SENDER | {
    "line2": "Warehouse 4",
    "area": "Al Quoz 3",
    "state": "Dubai",
    "postal_code": "00000",
    "makani": "12345 67890",
    "latitude": 25.134,
    "longitude": 55.227,
    "tax_number": "100123456700003",
}
EVERYTHING: Row = {
    "sender": EVERYTHING_OF_A_PLACE,
    "recipient": ABROAD,
    "parcels": [PARCEL | {"reference": "box-1", "description": "Shoes"}, {"weight_kg": "0.25"}],
    "level": "express",
    "rule": "price",
    "service": "P",
    "contents": "goods",
    "description": "Shoes",
    "customs": CUSTOMS | {"items": [ITEM | {"hs_code": "640399", "sku": "S-1"}], "invoice_number": "INV-1"},
    "cash_on_delivery_amount": "99.00",
    "declared_value": "99.00",
    "insured_value": "50.00",
    "currency": "AED",
    "signature_required": True,
    "instructions": "Ring twice",
    "label_format": "zpl",
    "metadata": {"order": "1"},
}


async def test_everything_a_shipment_says_is_kept(depot: Workspace) -> None:
    shipment = await depot.shipment(**EVERYTHING)

    assert {name: shipment[name] for name in EVERYTHING} == EVERYTHING
    [operation] = await depot.owner.rows(f"operations?subject_id=eq.{shipment['id']}&select=input,kind")
    assert operation["kind"] == "shipment.create"
    kept = EVERYTHING.keys() - {"sender", "recipient", "instructions"}
    assert {name: operation["input"].get(name) for name in EVERYTHING} == {
        name: EVERYTHING[name] if name in kept else None for name in EVERYTHING
    }


async def test_numbers_are_kept_as_decimal_strings_and_amounts_in_their_currencys_decimals(depot: Workspace) -> None:
    shipment = await depot.shipment(
        recipient=ABROAD,
        parcels=[{"weight_kg": 1.25, "length_cm": 30}],
        customs=CUSTOMS | {"items": [ITEM | {"weight_kg": 0.6}]},
        declared_value="99",
        currency="KWD",
    )
    assert shipment["parcels"] == [{"weight_kg": "1.25", "length_cm": "30"}]
    assert (shipment["customs"]["items"][0]["weight_kg"], shipment["declared_value"]) == ("0.6", "99.000")


@pytest.mark.parametrize("field", ["sender", "recipient"])
@pytest.mark.parametrize(
    ("change", "part"),
    [
        ("Al Wasl Road 1", ""),
        ([], ""),
        ({"street": "Al Wasl Road"}, ".street"),
        *(({part: ""}, f".{part}") for part in ("name", "phone", "line1", "line2", "city", "country")),
        *(({part: None}, f".{part}") for part in ("name", "phone", "line1", "company", "city", "country", "latitude")),
        *(({part: 5}, f".{part}") for part in ("name", "line1", "email", "emirate", "makani", "tax_number")),
        *(({part: "x" * 256}, f".{part}") for part in ("name", "company", "line1", "line2", "area", "city", "state")),
        ({"phone": "0500000001"}, ".phone"),
        ({"phone": "+971 50 000 0001"}, ".phone"),
        ({"phone": 971500000001}, ".phone"),
        ({"email": "nobody"}, ".email"),
        ({"email": "a@" + "x" * 253}, ".email"),
        ({"emirate": "Dubai"}, ".emirate"),
        ({"postal_code": "1" * 21}, ".postal_code"),
        ({"makani": "1234567"}, ".makani"),
        ({"latitude": 90.5}, ".latitude"),
        ({"latitude": "north"}, ".latitude"),
        ({"latitude": True}, ".latitude"),
        ({"longitude": -181}, ".longitude"),
        ({"tax_number": "1-2"}, ".tax_number"),
    ],
)
async def test_a_party_is_checked_part_by_part(depot: Workspace, field: str, change: Any, part: str) -> None:
    party = RECIPIENT | change if isinstance(change, dict) else change
    refusal = await depot.owner.refused("create_shipment", **ORDER | {field: party})
    assert refusal == Refusal(400, f"invalid_{field}", field + part)


@pytest.mark.parametrize("country", ["ae", "UAE", "A1", "AE\n"])
async def test_a_country_is_two_capital_letters_wherever_it_stands(depot: Workspace, country: str) -> None:
    customs = CUSTOMS | {"items": [ITEM | {"origin_country": country[:2].lower()}]}
    for field, argument in (
        ("sender.country", {"sender": SENDER | {"country": country}}),
        ("recipient.country", {"recipient": RECIPIENT | {"country": country}}),
        ("customs.items.0.origin_country", {"customs": customs}),
    ):
        assert await depot.owner.refused("create_shipment", **ORDER | argument) == Refusal(
            400, "invalid_country", field
        )


async def test_a_phone_number_that_passes_for_a_card_number_is_a_phone_number(depot: Workspace) -> None:
    recipient = RECIPIENT | {"phone": "+4222222222222"}
    assert (await depot.shipment(recipient=recipient))["recipient"] == recipient


@pytest.mark.parametrize(
    ("parcels", "field"),
    [
        (None, "parcels"),
        ({}, "parcels"),
        ([], "parcels"),
        ([PARCEL] * 100, "parcels"),
        ([PARCEL, "box"], "parcels.1"),
        ([PARCEL, {}], "parcels.1.weight_kg"),
        ([PARCEL | {"weight_kg": None}], "parcels.0.weight_kg"),
        ([PARCEL | {"weight_kg": "0"}], "parcels.0.weight_kg"),
        ([PARCEL | {"weight_kg": -1}], "parcels.0.weight_kg"),
        ([PARCEL | {"weight_kg": "1.0001"}], "parcels.0.weight_kg"),
        ([PARCEL | {"weight_kg": "NaN"}], "parcels.0.weight_kg"),
        ([PARCEL | {"weight_kg": True}], "parcels.0.weight_kg"),
        ([PARCEL | {"weight_kg": "30001"}], "parcels.0.weight_kg"),
        ([PARCEL | {"length_cm": "2000.5"}], "parcels.0.length_cm"),
        ([PARCEL | {"width_cm": 0}], "parcels.0.width_cm"),
        ([PARCEL | {"height_cm": "1.234"}], "parcels.0.height_cm"),
        ([PARCEL | {"height_cm": None}], "parcels.0.height_cm"),
        ([PARCEL | {"reference": "x" * 51}], "parcels.0.reference"),
        ([PARCEL | {"description": ""}], "parcels.0.description"),
        ([PARCEL | {"colour": "red"}], "parcels.0.colour"),
    ],
)
async def test_parcels_are_checked_part_by_part(depot: Workspace, parcels: Any, field: str) -> None:
    refusal = await depot.owner.refused("create_shipment", **ORDER | {"parcels": parcels})
    assert refusal == Refusal(400, "invalid_parcels", field)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ([], "customs"),
        ({"items": []}, "customs.items"),
        ({"items": [ITEM] * 201}, "customs.items"),
        ({"items": [ITEM, "shoes"]}, "customs.items.1"),
        ({"items": [ITEM | {"colour": "red"}]}, "customs.items.0.colour"),
        *(({"items": [ITEM | {part: None}]}, f"customs.items.0.{part}") for part in ("description", "unit_value")),
        ({"items": [ITEM | {"description": "x" * 256}]}, "customs.items.0.description"),
        ({"items": [ITEM | {"quantity": 0}]}, "customs.items.0.quantity"),
        ({"items": [ITEM | {"quantity": "2"}]}, "customs.items.0.quantity"),
        ({"items": [ITEM | {"quantity": 1_000_001}]}, "customs.items.0.quantity"),
        ({"items": [ITEM | {"unit_value": 49.5}]}, "customs.items.0.unit_value"),
        ({"items": [ITEM | {"unit_value": "0.00"}]}, "customs.items.0.unit_value"),
        ({"items": [ITEM | {"weight_kg": "0"}]}, "customs.items.0.weight_kg"),
        ({"items": [ITEM | {"hs_code": "6403.99"}]}, "customs.items.0.hs_code"),
        ({"items": [ITEM | {"sku": "x" * 51}]}, "customs.items.0.sku"),
        ({"incoterm": "DDU"}, "customs.incoterm"),
        ({"purpose": "theft"}, "customs.purpose"),
        ({"invoice_number": "x" * 36}, "customs.invoice_number"),
        ({"invoice_date": "23.11.2026"}, "customs.invoice_date"),
        ({"invoice_date": "2026-02-30"}, "customs.invoice_date"),
        ({"colour": "red"}, "customs.colour"),
    ],
)
async def test_customs_are_checked_part_by_part(depot: Workspace, change: Any, field: str) -> None:
    customs = CUSTOMS | change if isinstance(change, dict) else change
    refusal = await depot.owner.refused("create_shipment", **ORDER | {"recipient": ABROAD, "customs": customs})
    assert refusal == Refusal(400, "invalid_customs", field)


async def test_customs_names_its_own_currency(depot: Workspace) -> None:
    refusal = await depot.owner.refused("create_shipment", **ORDER | {"customs": CUSTOMS | {"currency": "XXX"}})
    assert refusal == Refusal(400, "invalid_currency", "customs.currency")


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({"reference": None}, "invalid_reference", "reference"),
        ({"reference": ""}, "invalid_reference", "reference"),
        ({"reference": "x" * 201}, "invalid_reference", "reference"),
        ({"recipient": None}, "invalid_recipient", "recipient"),
        ({"service": "x" * 101}, "invalid_service", "service"),
        ({"contents": "money"}, "invalid_contents", "contents"),
        ({"description": ""}, "invalid_description", "description"),
        ({"description": "x" * 501}, "invalid_description", "description"),
        ({"instructions": "x" * 256}, "invalid_instructions", "instructions"),
        ({"label_format": "gif"}, "invalid_label_format", "label_format"),
        ({"currency": "aed"}, "invalid_currency", "currency"),
        ({"cash_on_delivery_amount": "0"}, "invalid_amount", "cash_on_delivery_amount"),
        ({"declared_value": "1.001"}, "invalid_amount", "declared_value"),
        ({"insured_value": "-1"}, "invalid_amount", "insured_value"),
        ({"metadata": {"wasl_id": "x"}}, "invalid_metadata", "metadata"),
        ({"metadata": []}, "invalid_metadata", "metadata"),
        ({"ships_at": "-infinity"}, "invalid_ships_at", "ships_at"),
        ({"ships_at": "infinity"}, "invalid_ships_at", "ships_at"),
        ({"idempotency_key": ""}, "invalid_idempotency_key", "idempotency_key"),
        ({"recipient": ABROAD}, "customs_required", "customs"),
    ],
)
async def test_a_bad_argument_is_named(depot: Workspace, arguments: Row, code: str, field: str) -> None:
    assert await depot.owner.refused("create_shipment", **ORDER | arguments) == Refusal(400, code, field)


@pytest.mark.parametrize("ahead", [timedelta(minutes=-61), timedelta(days=30, minutes=1)])
async def test_it_ships_neither_in_the_past_nor_far_ahead(depot: Workspace, ahead: timedelta) -> None:
    arguments = ORDER | {"ships_at": (datetime.now(UTC) + ahead).isoformat()}
    for function in ("create_shipment", "quote_shipment"):
        given = {
            name: value for name, value in arguments.items() if (function, name) != ("quote_shipment", "reference")
        }
        assert await depot.owner.refused(function, **given) == Refusal(400, "invalid_ships_at", "ships_at")


async def test_documents_cross_a_border_without_customs_and_a_price_needs_none(depot: Workspace) -> None:
    await depot.shipment(recipient=ABROAD, contents="documents")
    await depot.owner.call("quote_shipment", recipient=ABROAD, parcels=[PARCEL])


@pytest.mark.parametrize("number", [CARD_NUMBER, "٤٢٤٢٤٢٤٢٤٢٤٢٤٢٤٢"])
@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        *(
            (f"recipient.{part}", {"recipient": RECIPIENT | {part: None}})
            for part in ("name", "company", "line1", "area")
        ),
        ("parcels.0.reference", {"parcels": [PARCEL | {"reference": None}]}),
        ("parcels.0.description", {"parcels": [PARCEL | {"description": None}]}),
        ("customs.items.0.description", {"customs": CUSTOMS | {"items": [ITEM | {"description": None}]}}),
        ("customs.invoice_number", {"customs": CUSTOMS | {"invoice_number": None}}),
        ("reference", {"reference": None}),
        ("service", {"service": None}),
        ("description", {"description": None}),
        ("instructions", {"instructions": None}),
    ],
)
async def test_a_card_number_is_refused_in_every_text(
    depot: Workspace, field: str, arguments: Row, number: str
) -> None:
    refusal = await depot.owner.refused("create_shipment", **ORDER | put(arguments, number))
    assert refusal == Refusal(400, "card_number_refused", field)


def put(value: Any, text: str) -> Any:
    """The same with a text in the place of each None."""
    if isinstance(value, dict):
        return {name: put(each, text) for name, each in value.items()}
    return [put(each, text) for each in value] if isinstance(value, list) else text if value is None else value


LINE = {"service": "P", "level": "express", "base_amount": "20", "base_kg": "0.5", "currency": "AED"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tariff": [LINE, "P"]}, "tariff.1"),
        ({"tariff": [LINE | {"colour": "red"}]}, "tariff.0.colour"),
        *(({"tariff": [LINE | {part: None}]}, f"tariff.0.{part}") for part in ("service", "level", "base_amount")),
        ({"tariff": [LINE | {"level": "fast"}]}, "tariff.0.level"),
        ({"tariff": [LINE | {"base_amount": 20}]}, "tariff.0.base_amount"),
        ({"tariff": [LINE | {"cash_amount": "-1"}]}, "tariff.0.cash_amount"),
        ({"tariff": [LINE | {"step_kg": "1"}]}, "tariff.0.step_kg"),
        ({"tariff": [LINE | {"step_kg": "0", "step_amount": "1"}]}, "tariff.0.step_kg"),
        ({"tariff": [LINE | {"countries": ["uae"]}]}, "tariff.0.countries"),
        ({"tariff": [LINE | {"emirates": "dubai"}]}, "tariff.0.emirates"),
        ({"tariff": [LINE | {"transit_days": "2"}]}, "tariff.0.transit_days"),
        ({"tariff": {}}, "tariff"),
        ({"countries": ["uae"]}, "countries"),
        ({"emirates": ["Dubai"]}, "emirates"),
    ],
)
async def test_a_carriers_rules_are_checked_part_by_part(depot: Workspace, change: Row, field: str) -> None:
    answer = await depot.owner.request("PATCH", f"shipping_providers?organization_id=eq.{depot.id}", json=change)
    assert (answer.status_code, answer.json()["details"]) == (400, field)
    assert answer.json()["code"] == f"invalid_{field.split('.')[0]}"


async def test_a_tariff_names_a_currency_that_there_is(depot: Workspace) -> None:
    tariff = [LINE | {"currency": "XXX"}]
    answer = await depot.owner.request(
        "PATCH", f"shipping_providers?organization_id=eq.{depot.id}", json={"tariff": tariff}
    )
    assert (answer.json()["code"], answer.json()["details"]) == ("invalid_currency", "tariff.0.currency")


async def test_a_tariff_that_says_all_is_taken(depot: Workspace) -> None:
    more = {"name": "Priority", "countries": ["AE"], "emirates": ["dubai"], "step_kg": "1", "step_amount": "5.00"}
    rules = {"tariff": [LINE | more | {"cash_amount": "5", "transit_days": 2}], "emirates": ["dubai", "sharjah"]}
    answer = await depot.owner.request(
        "PATCH",
        f"shipping_providers?organization_id=eq.{depot.id}&select=tariff,emirates",
        json=rules,
        headers={"Prefer": "return=representation"},
    )
    assert answer.json() == [rules]
