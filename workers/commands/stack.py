"""`wasl stack`: run the Supabase stack without Docker. Used by make; thin over the package `stack`."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from stack import Stack, StackError
from stack.advise import advisors
from stack.announce import announce
from stack.control import ephemeral_directory, remove_state, running_pid, stop_running
from stack.dashboard import build_dashboard
from stack.toolchain import ROOT, find_toolchain

app = typer.Typer(help="Run the Supabase stack without Docker.", no_args_is_help=True)
console = Console()

NOT_RUNNING_STATUS = 3
INTERRUPTED_STATUS = 130
StateDirectory = Annotated[
    Path, typer.Option("--state", envvar="WASL_STATE_DIRECTORY", help="Where the stack keeps its data, keys and logs.")
]
DEFAULT_STATE = ROOT / ".wasl"


@app.command()
def up(
    state: StateDirectory = DEFAULT_STATE,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The gateway's port; remembered (54321 at first).")
    ] = None,
    workers: Annotated[bool, typer.Option(help="Also run the sandbox, the ingress and a worker.")] = True,
    dashboard: Annotated[bool, typer.Option(help="Also build the dashboard, when its sources have changed.")] = True,
    project: Annotated[Path, typer.Option(help="The Supabase project to serve.")] = ROOT / "supabase",
) -> None:
    """Start everything, say how to use it, and stay up until Ctrl-C."""
    stack = Stack(
        state,
        port=port,
        with_workers=workers,
        with_dashboard=dashboard,
        project=project.resolve(),
        report=_report,
    )
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


@app.command()
def url(state: StateDirectory = DEFAULT_STATE) -> None:
    """Print the address of the hub."""
    with _plain_errors():
        print(Stack.attach(state).url)


@app.command()
def dashboard() -> None:
    """Build the dashboard if its sources have changed; a hub that runs shows it at once."""
    with _plain_errors():
        asyncio.run(build_dashboard(find_toolchain(), _report))


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def run(
    command: Annotated[list[str], typer.Argument(help="The command; `wasl` means this Wasl.")],
    workers: Annotated[bool, typer.Option(help="Also run the sandbox, the ingress and a worker.")] = True,
) -> None:
    """Run a command in a new stack of its own, and end with its status; nothing is left behind."""
    with _plain_errors(), console.status("Starting a stack") as status:
        stack = Stack(ephemeral_directory(DEFAULT_STATE), ephemeral=True, with_workers=workers, report=status.update)
        raise typer.Exit(asyncio.run(_run_inside(stack, command, status.stop)))


@app.command()
def advise() -> None:
    """Ask Supabase's advisors about the migrated schema; end with status 1 when one of them warns."""
    with _plain_errors():
        stack = Stack(ephemeral_directory(DEFAULT_STATE), ephemeral=True, durable=False, only_database=True)
        console.print(asyncio.run(_advise(stack)).strip(), markup=False, highlight=False)


def _report(step: str) -> None:
    console.print(f"[dim]{step} ...[/dim]")


async def _run_inside(stack: Stack, command: list[str], started: Callable[[], None]) -> int:
    """The command's exit status; Ctrl-C ends the command first, then the stack."""
    program = [sys.executable, "-m", "workers.cli"] if command[0] == "wasl" else [command[0]]
    _cancel_on_signals("")
    with contextlib.suppress(asyncio.CancelledError):
        async with stack:
            started()
            environment = {**os.environ, **stack.worker_environment()}
            watching = asyncio.create_task(stack.wait())  # Brings services back that the command kills.
            process = await asyncio.create_subprocess_exec(*program, *command[1:], env=environment)
            try:
                return await process.wait()
            finally:
                watching.cancel()
                await _end(process)
    return INTERRUPTED_STATUS


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        await process.wait()


async def _advise(stack: Stack) -> str:
    async with stack:
        return await advisors(stack.state)


async def _stay_up(stack: Stack) -> None:
    """Run the stack until Ctrl-C, a request to stop, or the end of a process that should go on."""
    _cancel_on_signals("\n[dim]Stopping ...[/dim]")
    with contextlib.suppress(asyncio.CancelledError):
        async with stack:
            announce(stack, console)
            await stack.wait()


def _cancel_on_signals(notice: str) -> None:
    """Cancel this task at the first Ctrl-C or request to stop; a second one must not interrupt the orderly end."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    received: list[int] = []

    def cancel(number: int) -> None:
        received.append(number)
        if len(received) == 1 and task is not None:
            console.print(notice)
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, cancel, number)


@contextlib.contextmanager
def _plain_errors() -> Iterator[None]:
    """Show a `StackError` as its sentence alone and end with status 1."""
    try:
        yield
    except StackError as error:
        console.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
