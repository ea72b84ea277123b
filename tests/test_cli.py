"""The command line: every command is found by its file, and only what is called is loaded."""

import subprocess
import sys

from typer.testing import CliRunner

from workers.cli import app

RUNNER = CliRunner()


def test_help_lists_the_commands() -> None:
    shown = RUNNER.invoke(app, ["--help"])
    assert shown.exit_code == 0
    for command in ("worker", "keys", "stack"):
        assert command in shown.output


def test_without_a_command_it_helps() -> None:
    assert "Usage" in RUNNER.invoke(app, []).output


def test_an_unknown_command_is_an_error() -> None:
    shown = RUNNER.invoke(app, ["fly"])
    assert shown.exit_code == 2
    assert "fly" in shown.output


def test_asking_for_help_loads_no_part_of_the_house() -> None:
    script = (
        "import sys; from workers.cli import app; app(['worker', '--help'], standalone_mode=False);"
        "sys.exit(sum(name in sys.modules for name in ('workers.runtime', 'psycopg', 'stack', 'aiohttp')))"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode == 0
