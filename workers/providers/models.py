"""What the unified models of every category have in common: immutable, strict, and without card data."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from workers.card_data import contains_card_data, is_security_code_name, mask_card_data, mask_in_fields


class Model(BaseModel):
    """Immutable, without unknown fields; a validation error never repeats the offending value."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class Input(Model):
    """A request, or part of one: any text in it that looks like a card's number or security code is refused, by the
    field's name."""

    identifiers: ClassVar[frozenset[str]] = frozenset()
    """Fields with numbers of the provider's or a phone's, of which some pass for a card's: they are left alone."""

    @field_validator("*", mode="after")
    @classmethod
    def _refuse_card_data(cls, value: Any, info: ValidationInfo) -> Any:
        if info.field_name in cls.identifiers:
            return value
        if any(map(contains_card_data, _texts(value))):
            raise ValueError("looks like a payment card number, which Wasl never accepts; use the provider's token")
        if isinstance(value, dict) and any(map(is_security_code_name, value)):
            raise ValueError("names a card's security code, which Wasl never accepts; use the provider's token")
        return value


class Output(Model):
    """An answer, or part of one: a card's number or security code, which no provider should tell, is masked in any text
    of it."""

    identifiers: ClassVar[frozenset[str]] = frozenset()
    """As in `Input`."""

    @field_validator("*", mode="before")
    @classmethod
    def _mask_card_data(cls, value: Any, info: ValidationInfo) -> Any:
        if info.field_name in cls.identifiers:
            return value
        if isinstance(value, str):
            return mask_card_data(value)
        if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
            return mask_in_fields(value)
        if isinstance(value, list | tuple):
            return tuple(mask_card_data(each) if isinstance(each, str) else each for each in value)
        return value


Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=2048)]
Metadata = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=40)],
        Annotated[str, StringConstraints(max_length=500)],
    ],
    Field(max_length=40),
]
IdempotencyKey = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,255}$")]

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""An ISO 3166-1 alpha-2 code."""


def _texts(value: Any) -> list[str]:
    """The texts in a field's value; those of a dict with their names, which say what they are."""
    if isinstance(value, dict):
        return [f"{name}: {each}" for name, each in value.items()]
    each_one = value if isinstance(value, list | tuple) else [value]
    return [each for each in each_one if isinstance(each, str)]
