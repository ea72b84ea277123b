"""What is generated is what the generators make today."""

import ast
import json
from pathlib import Path

import pytest
from wasl import models, rows

from stack import Stack
from workers.commands.sdk import METHODS, ROWS, SYNC, generated_methods, generated_rows, generated_sync
from workers.commands.sdk.colours import KEPT_BY_HAND, without_colour
from workers.commands.sdk.rows import row_models


def test_the_rows_are_those_of_the_migrations(stack: Stack) -> None:
    assert ROWS.read_text() == generated_rows(stack.database_url), "run `wasl stack run --no-workers wasl sdk rows`"


def test_the_synchronous_client_is_that_of_the_asynchronous_one() -> None:
    made = generated_sync()
    assert {path.name for path in SYNC.glob("*.py")} - KEPT_BY_HAND == {path.name for path in made}
    for path, source in made.items():
        assert path.read_text() == source, "run `wasl sdk sync`"


def test_the_examples_of_the_dashboard_call_methods_that_are_there() -> None:
    assert METHODS.read_text() == generated_methods(), "run `wasl sdk methods`"
    known = json.loads(METHODS.read_text())
    assert known["create_payment"]["call"] == "hub.payments.create"
    assert known["refund_payment"]["arguments"][:2] == ["payment_id", "amount"]
    assert known["list_payments"]["call"] == "hub.payments.list"
    assert known["rotate_api_key"]["spans"] == ["overlap"]
    assert known["usage"]["times"] == ["since", "until"]


def test_both_runtimes_offer_the_same_names() -> None:
    def names(path: Path) -> list[str]:
        exported = [node.value for node in ast.parse(path.read_text()).body if isinstance(node, ast.Assign)]
        return [ast.literal_eval(element) for element in exported[0].elts]  # type: ignore[attr-defined]

    assert names(SYNC / "runtime.py") == names(SYNC.parent / "_async/runtime.py")


@pytest.mark.parametrize(
    ("asynchronous", "synchronous"),
    [
        ("async def f() -> AsyncIterator[int]:\n    yield await g()\n", "def f() -> Iterator[int]:\n    yield g()\n"),
        ("async with a:\n    async for b in c: pass\n", "with a:\n    for b in c: pass\n"),
        ("async def __aenter__(self): ...\n", "def __enter__(self): ...\n"),
        ("await self.http.aclose()\n", "self.http.close()\n"),
        ("from wasl._async.api import AsyncApi\n", "from wasl._sync.api import Api\n"),
        ('"""AsyncWasl does\n\nAsyncThings."""\n', '"""Wasl does\n\nThings."""\n'),
        ("Asynchronous = 'await me'  # async\n", "Asynchronous = 'await me'  # async\n"),
    ],
)
def test_colour_is_taken_out_word_by_word(asynchronous: str, synchronous: str) -> None:
    assert without_colour(asynchronous) == synchronous


GENERATED = """
PublicMood: TypeAlias = Literal["good", "bad"]

class PublicNotes(BaseModel):
    amount: float = Field(alias="amount")
    body: Optional[bytes] = Field(alias="body")
    field_json: JsonValue = Field(alias="json")
    mood: Optional[PublicMood] = Field(alias="mood")
    secret: str = Field(alias="secret")
    tags: List[str] = Field(alias="tags")

class PublicNotesInsert(TypedDict):
    amount: Annotated[float, Field(alias="amount")]
"""
COLUMNS = {"notes": {"mood": "mood", "amount": "numeric", "body": "bytea", "json": "jsonb", "tags": "_text"}}


def test_rows_are_put_right() -> None:
    source = row_models(GENERATED, COLUMNS, {"notes": {"author": "text", "marks": "_text", "said": "jsonb"}})
    assert source.split("import Bytea, Row\n")[1].strip() == "\n".join(
        [
            "Mood: TypeAlias = SkipValidation[Literal['good', 'bad']]",
            "",
            "class Notes(Row):",
            "    mood: Mood | None",
            "    amount: Decimal",
            "    body: Bytea | None",
            "    json: Any",
            "    tags: list[str]",
            "    author: str | None",
            "    marks: list[str] | None",
            "    said: Any",
            "    _computed: ClassVar[tuple[str, ...]] = ('author', 'marks', 'said')",
        ]
    )


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [({"letters": {"id": "uuid"}}, "no class for the table letters"), ({"notes": {"id": "uuid"}}, "no column id")],
)
def test_a_generator_that_knows_less_than_the_database_is_told_so(
    columns: dict[str, dict[str, str]], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        row_models(GENERATED, columns, {})


def test_a_computed_column_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="the computed column shade is of the type colour"):
        row_models(GENERATED, COLUMNS, {"notes": {"shade": "colour"}})


def test_what_a_client_may_not_read_is_not_there() -> None:
    assert "key_hash" not in rows.ApiKeys.model_fields
    assert "token_hash" not in rows.WebhookEndpoints.model_fields
    assert models.ApiKey.model_fields.keys() == rows.ApiKeys.model_fields.keys()


def test_bytes_are_decoded() -> None:
    class Note(rows.Row):
        body: rows.Bytea

    assert Note.model_validate({"body": "\\x00ff"}).body == b"\x00\xff"
