"""`wasl stack`: run the Supabase stack without Docker. Used by make; thin over the package `stack`."""

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from stack import Stack, StackError
from stack.announce import announce
from stack.control import remove_state, running_pid, stop_running
from stack.toolchain import ROOT

app = typer.Typer(help="Run the Supabase stack without Docker.", no_args_is_help=True)
console = Console()

NOT_RUNNING_STATUS = 3
StateDirectory = Annotated[
    Path, typer.Option("--state", envvar="WASL_STATE_DIRECTORY", help="Where the stack keeps its data, keys and logs.")
]
DEFAULT_STATE = ROOT / ".wasl"


@app.command()
def up(
    state: StateDirectory = DEFAULT_STATE,
    port: Annotated[int | None, typer.Option(help="The gateway's port; remembered (54321 at first).")] = None,
    workers: Annotated[bool, typer.Option(help="Also run the sandbox, the ingress and a worker.")] = True,
) -> None:
    """Start everything, say how to use it, and stay up until Ctrl-C."""
    stack = Stack(state, port=port, with_workers=workers, report=lambda step: console.print(f"[dim]{step} ...[/dim]"))
    with _plain_errors():
        asyncio.run(_stay_up(stack))
        console.print("Everything is stopped; the data stays for the next `make up`.")


@app.command()
def down(state: StateDirectory = DEFAULT_STATE) -> None:
    """Stop the stack that another terminal runs; its data stays."""
    with _plain_errors():
        console.print("Stopped." if stop_running(state) else "Nothing was running.")


@app.command()
def reset(state: StateDirectory = DEFAULT_STATE) -> None:
    """Stop the stack and delete its data and keys."""
    with _plain_errors():
        stop_running(state)
        remove_state(state)
        console.print("The stack's data and keys are deleted.")


@app.command()
def status(state: StateDirectory = DEFAULT_STATE) -> None:
    """Say whether the stack runs, and where."""
    with _plain_errors():
        if running_pid(state) is None:
            console.print("The stack does not run.")
            raise typer.Exit(NOT_RUNNING_STATUS)
        announce(Stack.attach(state), console)


async def _stay_up(stack: Stack) -> None:
    """Run the stack until Ctrl-C, a request to stop, or the end of a process that should go on."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task is None:
        raise RuntimeError("not called from a task")
    asked: list[int] = []

    def ask_to_stop(number: int) -> None:
        """Cancel once: a second Ctrl-C must not interrupt the orderly end."""
        asked.append(number)
        if len(asked) == 1:
            console.print("\n[dim]Stopping ...[/dim]")
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ask_to_stop, number)
    with contextlib.suppress(asyncio.CancelledError):
        async with stack:
            announce(stack, console)
            await stack.wait()


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    """Show a `StackError` as its sentence alone and end with status 1."""
    try:
        yield
    except StackError as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
