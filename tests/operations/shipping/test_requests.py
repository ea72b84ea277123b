"""What connectors are asked, from what clients said."""

from typing import Any

import pytest
from pydantic import ValidationError

from workers.operations.shipping.requests import address_question
from workers.providers.shipping.models import Direction

VILLA: dict[str, Any] = {"line1": "Villa 12", "city": "Abu Dhabi", "country": "AE"}
OMAR: dict[str, Any] = {"name": "Omar", "phone": "+971501110002", "email": "omar@example.com", "company": "Omar LLC"}


def test_whether_a_place_is_served_is_asked_without_saying_who_lives_there() -> None:
    question = address_question({"place": VILLA | OMAR | {"tax_number": "100123456700003"}, "direction": "pickup"})
    assert question == address_question({"place": VILLA, "direction": "pickup"})
    assert (question.place.line1, question.direction) == ("Villa 12", Direction.PICKUP)


def test_a_part_of_a_place_that_there_is_not_is_named() -> None:
    with pytest.raises(ValidationError) as error:
        address_question({"place": VILLA | {"street": "x"}, "direction": "delivery"})
    assert [fault["loc"] for fault in error.value.errors()] == [("place", "street")]
