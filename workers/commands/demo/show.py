"""Showing the demo in a terminal: a line a step while it runs, and a table at the end."""

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from workers.commands.demo.scenario import Facts, Report, Step, StepReport
from workers.commands.demo.world import World


class Show:
    """Progress on a console; use it as a context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            SpinnerColumn(finished_text=" "),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> "Show":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def began(self, step: Step[World]) -> None:
        """A step begins."""
        self._task = self._progress.add_task(step.title, total=1)

    def ended(self, report: StepReport) -> None:
        """A step has ended."""
        if self._task is not None:
            self._progress.remove_task(self._task)
        mark = "[green]✓[/]" if report.error is None else "[red]✗[/]"
        seen = facts_text(report.facts) if report.error is None else f"[red]{escape(report.error)}[/]"
        line = f"{mark} {report.title:<40} [dim]{report.milliseconds:>8.0f} ms[/]  {seen}"
        self._console.print(line, highlight=False, soft_wrap=True)


def facts_text(facts: Facts) -> str:
    """What was seen, on one line."""
    return ", ".join(f"{name} [bold]{escape(str(value))}[/]" for name, value in facts.items())


def summary(report: Report) -> Table:
    """The whole demo as a table."""
    table = Table(title="Wasl, all the way through" if report.ok else "Wasl: not as expected", title_justify="left")
    table.add_column("step")
    table.add_column("ms", justify="right")
    table.add_column("as expected")
    for step in report.steps:
        table.add_row(step.title, f"{step.milliseconds:.0f}", "yes" if step.error is None else "no")
    table.add_section()
    table.add_row(
        f"{len(report.steps)} of {report.expected_steps} steps",
        f"{report.milliseconds:.0f}",
        "yes" if report.ok else "no",
    )
    return table
