"""The ``wasl`` command. Each of its commands is a module of `workers.commands` with an ``app``, loaded when called."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from workers import commands

_COMPLETION_OPTIONS = ("install_completion", "show_completion")  # which typer gives to every app


class CommandsByFile(TyperGroup):
    """A group whose commands are the modules of `workers.commands`: ``seed_demo.py`` is ``wasl seed-demo``.

    A worker must not wait for, or depend on, what only other commands import.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command's name, in order."""
        return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name.replace('-', '_')}")
        command = get_command(module.app)
        command.name = cmd_name
        command.params = [each for each in command.params if each.name not in _COMPLETION_OPTIONS]
        return command


app = typer.Typer(
    cls=CommandsByFile,
    help="Wasl: one place for a company's payment gateways, carriers, social networks and marketing tools.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # locals may hold secrets
)


@app.callback()
def wasl() -> None:
    """Only the commands do anything."""


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
