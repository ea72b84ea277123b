"""Naqel's codes of cities and stations, compared with the list of its own PHP library (naqel/naqel-php)."""

import json
from typing import Any

import pytest

from tests.contract.conftest import SPECS
from workers.providers.shipping.models import Place
from workers.providers.shipping.naqel.places import Where, known_places, where
from workers.providers.shipping.places import EMIRATE_NAMES, Emirate

COUNTRIES = {"AE": "AE", "SA": "KSA"}


@pytest.fixture(scope="module")
def listed() -> dict[str, dict[str, Any]]:
    """Naqel's places by code."""
    path = SPECS / "naqel" / "cities_stations.json"
    if not path.is_file():
        pytest.skip("the published list is not there")
    return {each["CityCode"]: each for each in json.loads(path.read_text(encoding="utf-8"))}


def differences(place: Where, names: set[str], listed: dict[str, dict[str, Any]]) -> list[str]:
    """What the list says otherwise. :param names: what a merchant may call the place."""
    told = listed.get(place.city)
    if told is None:
        return [f"there is no {place.city}"]
    return [
        *([f"{place.city} is at {told['StationId']}"] if told["StationId"] != place.station else []),
        *([f"{place.city} is in {told['CountryCode']}"] if told["CountryCode"] != place.country else []),
        *([f"{place.city} is {told['CityName']}"] if told["CityName"].casefold() not in names else []),
    ]


def test_every_place_is_as_naqel_lists_it(listed: dict[str, dict[str, Any]]) -> None:
    places = known_places()
    assert len({place.city for place in places}) > 30
    assert {place.country for place in places} == {"AE", "KSA"}
    assert [wrong for place, names in places.items() for wrong in differences(place, names, listed)] == []


def test_the_comparison_would_find_what_is_wrong(listed: dict[str, dict[str, Any]]) -> None:
    assert differences(Where("DXB", 903, "AE"), {"dubai"}, listed) == ["DXB is at 901"]
    assert differences(Where("DXB", 901, "KSA"), {"dubai"}, listed) == ["DXB is in AE"]
    assert differences(Where("DXB", 901, "AE"), {"abu dhabi"}, listed) == ["DXB is Dubai"]
    assert differences(Where("XXX", 901, "AE"), {"dubai"}, listed) == ["there is no XXX"]


@pytest.mark.parametrize("emirate", list(Emirate))
def test_every_emirates_city_is_found_under_naqels_own_name(
    listed: dict[str, dict[str, Any]], emirate: Emirate
) -> None:
    place = where(Place(city=EMIRATE_NAMES[emirate], country="AE"))
    assert place is not None
    assert where(Place(city=listed[place.city]["CityName"], country="AE")) == place
