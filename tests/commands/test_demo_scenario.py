"""The demo's runner: steps in order, timed, until one is not as expected."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from stack.ports import free_ports
from workers.commands import demo
from workers.commands.demo.scenario import Facts, Report, Step, StepReport, Unexpected, expect, play
from workers.commands.demo.seed import Login
from workers.commands.demo.settings import DemoError, DemoSettings
from workers.commands.demo.show import summary


def step(name: str, error: Exception | None = None) -> Step[list[str]]:
    async def run(seen: list[str]) -> Facts:
        seen.append(name)
        if error is not None:
            raise error
        return {"did": name}

    return Step(name, name.title(), run)


async def test_steps_run_in_order_and_are_timed() -> None:
    seen: list[str] = []
    told: list[str] = []
    report = await play(
        [step("one"), step("two")], seen, began=lambda s: told.append(s.name), ended=lambda r: told.append(r.title)
    )
    assert (report.ok, seen, told) == (True, ["one", "two"], ["one", "One", "two", "Two"])
    assert [each.facts for each in report.steps] == [{"did": "one"}, {"did": "two"}]
    assert report.milliseconds == sum(each.milliseconds for each in report.steps)


@pytest.mark.parametrize("error", [Unexpected("Two charges."), DemoError("No."), TimeoutError("slow"), OSError("gone")])
async def test_the_first_step_that_is_not_as_expected_is_the_last(error: Exception) -> None:
    seen: list[str] = []
    report = await play([step("one"), step("two", error), step("three")], seen)
    assert (report.ok, seen) == (False, ["one", "two"])
    assert report.steps[-1].error == f"{type(error).__name__}: {error}"


async def test_a_mistake_of_the_demo_itself_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        await play([step("one", ZeroDivisionError())], [])


def test_expect_speaks_up() -> None:
    expect(True, "fine")
    with pytest.raises(Unexpected, match="Two charges"):
        expect(False, "Two charges.")


def test_a_report_is_data() -> None:
    report = Report([StepReport("one", "One", 12.34, {"a": 1}), StepReport("two", "Two", 1.0, error="No.")], 2)
    assert json.loads(json.dumps(report.as_dict())) == {
        "ok": False,
        "milliseconds": 13.3,
        "steps": [
            {"name": "one", "title": "One", "milliseconds": 12.34, "facts": {"a": 1}, "error": None},
            {"name": "two", "title": "Two", "milliseconds": 1.0, "facts": {}, "error": "No."},
        ],
    }
    assert summary(report).row_count == 3


@pytest.mark.parametrize(
    ("steps", "status"),
    [([StepReport("one", "One", 1.0)], 0), ([StepReport("one", "One", 1.0, error="No.")], 1), ([], 1)],
)
@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_ends_as_the_demo_did(
    monkeypatch: pytest.MonkeyPatch, steps: list[StepReport], status: int, as_json: bool
) -> None:
    async def show(*_: object) -> Report:
        return Report(steps, 1)

    monkeypatch.setattr(demo, "show", show)
    monkeypatch.setattr(DemoSettings, "read", lambda: None)
    ran = CliRunner().invoke(demo.app, ["--json"] if as_json else [])
    assert ran.exit_code == status
    if as_json:
        assert json.loads(ran.stdout)["ok"] is (status == 0)


def test_a_demo_without_a_hub_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WASL_PUBLIC_URL", raising=False)
    monkeypatch.setenv("WASL_STATE_DIRECTORY", str(tmp_path))
    ran = CliRunner().invoke(demo.app, ["--json"])
    assert ran.exit_code == 2
    assert "make up" in ran.stderr


def test_a_demo_of_a_hub_that_is_down_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    [port] = free_ports(1)
    monkeypatch.setenv("WASL_PUBLIC_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("WASL_PUBLISHABLE_KEY", "sb_publishable_x")
    monkeypatch.setenv("WASL_SANDBOX_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("WASL_STATE_DIRECTORY", str(tmp_path))
    ran = CliRunner().invoke(demo.app)
    assert ran.exit_code == 2
    assert "not reached" in ran.stderr


def test_a_hub_that_is_half_described_is_told_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WASL_PUBLISHABLE_KEY", "WASL_SANDBOX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WASL_PUBLIC_URL", "http://hub")
    with pytest.raises(DemoError, match="WASL_PUBLISHABLE_KEY is not set"):
        DemoSettings.read()


def test_the_login_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    assert Login.load(tmp_path) is None
    login = Login.new()
    login.save(tmp_path / "state")
    assert Login.load(tmp_path / "state") == login
    assert (tmp_path / "state/demo.json").stat().st_mode & 0o777 == 0o600
    assert login.password not in repr(login)


def test_a_login_that_is_damaged_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "demo.json").write_text('{"email": ')
    assert Login.load(tmp_path) is None
