"""`wasl providers`: the catalog on the terminal, and one call without the hub."""

import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from tests.providers.builders import a_payment
from workers.commands.providers import app
from workers.providers import registry
from workers.providers.manifest import Category, describe

runner = CliRunner()


def test_show_names_what_a_provider_can_do() -> None:
    shown = runner.invoke(app, ["show", "stripe"]).output
    assert "create_payment" in shown
    assert "secret_key (required, secret)" in shown
    assert json.loads(runner.invoke(app, ["show", "stripe", "--json"]).output)["manifest"]["key"] == "stripe"


@pytest.mark.parametrize("columns", [80, 140])
def test_the_list_shows_every_provider_whole_in_a_terminals_width(columns: int) -> None:
    lines = runner.invoke(app, ["list"], env={"COLUMNS": str(columns)}).output.splitlines()
    assert max(map(len, lines)) <= columns
    starts = [number for number, line in enumerate(lines) if line[:1].isalpha()][1:]
    shown = {
        lines[first].split()[0]: " ".join(" ".join(lines[first:last]).split())
        for first, last in zip(starts, [*starts[1:], len(lines)], strict=True)
    }
    assert shown.keys() == registry.CONNECTORS.keys()
    for key, kind in registry.CONNECTORS.items():
        words = shown[key].replace(",", "").split()
        is_gateway = kind.manifest.category is Category.PAYMENTS
        always = {"takes", "refunds", "webhooks"} if is_gateway else set()
        assert {*always, "health", *kind.manifest.methods} <= set(words), shown[key]
        if is_gateway:
            assert ("captures" in words) == ("captures_payments" in describe(kind).capabilities)
    assert len(lines) < 300


def test_an_unknown_provider_is_one_clear_error() -> None:
    result = runner.invoke(app, ["show", "nobody"])
    assert result.exit_code == 1
    assert json.loads(result.stderr)["error"]["field"] == "provider"


def test_seed_check_tells_an_old_file(tmp_path: Path) -> None:
    output = tmp_path / "seed.sql"
    assert runner.invoke(app, ["seed", "--check", "--output", str(output)]).exit_code == 1
    assert runner.invoke(app, ["seed", "--output", str(output)]).exit_code == 0
    assert runner.invoke(app, ["seed", "--check", "--output", str(output)]).exit_code == 0
    output.write_text("-- edited by hand")
    assert runner.invoke(app, ["seed", "--check", "--output", str(output)]).exit_code == 1


@pytest.fixture
def credentials(tmp_path: Path) -> str:
    path = tmp_path / "credentials.json"
    path.write_text('{"secret_key": "sk_test_hunter2"}')
    return str(path)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """The requests made; each is answered with a captured payment."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        intent = {"id": "pi_1", "amount": 9900, "amount_received": 9900, "currency": "aed", "status": "succeeded"}
        return httpx.Response(200, json=intent)

    monkeypatch.setattr(registry.httpx, "AsyncHTTPTransport", lambda: httpx.MockTransport(answer))
    return seen


def test_call_takes_input_from_a_file_and_prints_the_result(
    tmp_path: Path, credentials: str, answers: list[httpx.Request]
) -> None:
    given = tmp_path / "input.json"
    given.write_text(a_payment().model_dump_json(exclude_none=True))
    arguments = ["call", "stripe", "create_payment", "--credentials", credentials, "--input", str(given)]
    result = runner.invoke(app, [*arguments, "--base-url", "http://127.0.0.1:9/stripe"])
    assert result.exit_code == 0, result.stderr
    assert json.loads(result.stdout)["status"] == "captured"
    assert str(answers[0].url) == "http://127.0.0.1:9/stripe/v1/payment_intents"


@pytest.mark.parametrize(
    ("operation", "given", "field"),
    [
        ("get_payment", {}, "provider_payment_id"),
        ("get_payment", {"provider_payment_id": 5}, "provider_payment_id"),
        ("get_payment", {"provider_payment_id": "pi_1", "colour": "green"}, "colour"),
        ("create_payment", {"payment_id": "x"}, "payment_id"),
        ("parse_webhook", {}, None),
        ("_call", {}, None),
    ],
)
def test_call_refuses_wrong_input_by_field(
    tmp_path: Path,
    credentials: str,
    answers: list[httpx.Request],
    operation: str,
    given: dict[str, object],
    field: str | None,
) -> None:
    path = tmp_path / "input.json"
    path.write_text(json.dumps(given))
    result = runner.invoke(app, ["call", "stripe", operation, "--credentials", credentials, "--input", str(path)])
    assert result.exit_code == 1
    assert json.loads(result.stderr)["error"].get("field") == field
    assert "hunter2" not in result.output
    assert not answers


@pytest.mark.parametrize("contents", ["{", "[]", None])
def test_call_refuses_a_file_that_is_no_json_object(tmp_path: Path, contents: str | None) -> None:
    path = tmp_path / "credentials.json"
    if contents is not None:
        path.write_text(contents)
    result = runner.invoke(app, ["call", "stripe", "check_health", "--credentials", str(path)])
    assert result.exit_code == 1
    assert json.loads(result.stderr)["error"]["field"] == "--credentials"
