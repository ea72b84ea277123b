"""`wasl bench`: what is measured, against whom, on the same work."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(help="Measure, beside the peers.", no_args_is_help=True, add_completion=False)


@app.callback()
def bench() -> None:
    """Measure, beside the peers."""


@app.command()
def audit(
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured; medians are told.")] = 3,
    seconds: Annotated[float, typer.Option(min=1, help="How long one run takes.")] = 4.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Lines of the audit log written a second, with its chain and without, and how fast a chain is verified."""
    from benchmarks.audit import Plan, measure  # noqa: PLC0415 - needs what only a development environment has

    progress = Console(stderr=True)
    plan = Plan(rounds=rounds, seconds=seconds)
    results = asyncio.run(measure(plan, lambda line: progress.print(line, style="dim")))
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    else:
        Console().print(_audit_table(results))


@app.command()
def queue(
    jobs: Annotated[int, typer.Option(min=1000, help="Jobs in the queue before a drain.")] = 20_000,
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured; medians are told.")] = 3,
    peers: Annotated[
        bool, typer.Option(help="Also install and measure pgqueuer, procrastinate and graphile-worker.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Operations drained per second, and how soon one is picked up."""
    from benchmarks import queue_peers  # noqa: PLC0415 - needs what only a development environment has
    from benchmarks.queue import Plan, measure  # noqa: PLC0415

    progress = Console(stderr=True)
    subjects = [queue_peers.ours()]
    if peers:
        progress.print("[dim]installing the peers ...[/dim]")
        queue_peers.install()
        subjects += queue_peers.peers()
    results = asyncio.run(
        measure(subjects, Plan(jobs=jobs, rounds=rounds), lambda line: progress.print(line, style="dim"))
    )
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    else:
        Console().print(_drain_table(results["drain"]), _latency_table(results["latency"]))


@app.command()
def ingest(
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured; medians are told.")] = 5,
    seconds: Annotated[float, typer.Option(min=1, help="How long one run takes.")] = 5.0,
    peers: Annotated[bool, typer.Option(help="Also install and measure stripe-sync-engine.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Webhooks acknowledged per second once they are durable, and how long their senders wait."""
    from benchmarks.ingest import Plan, install, measure  # noqa: PLC0415 - needs what only a development environment has

    progress = Console(stderr=True)
    if peers:
        progress.print("[dim]installing the peer ...[/dim]")
        install()
    plan = Plan(rounds=rounds, seconds=seconds, peers=peers)
    results = asyncio.run(measure(plan, lambda line: progress.print(line, style="dim")))
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    else:
        Console().print(_ingest_table(results))


@app.command()
def deliver(
    deliveries: Annotated[int, typer.Option(min=100, help="Deliveries in a drain.")] = 5_000,
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured; medians are told.")] = 3,
    seconds: Annotated[float, typer.Option(min=1, help="How long latency is measured in a round.")] = 10.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Deliveries to subscriptions per second of one worker, and how soon an event is at its receiver."""
    from benchmarks.deliver import Plan, measure  # noqa: PLC0415 - needs what only a development environment has

    progress = Console(stderr=True)
    plan = Plan(deliveries=deliveries, rounds=rounds, seconds=seconds)
    results = asyncio.run(measure(plan, lambda line: progress.print(line, style="dim")))
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    else:
        Console().print(_deliver_table(results["drain"]), _latency_line(results["latency"]))


@app.command()
def outbound(
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured; medians are told.")] = 5,
    calls: Annotated[int, typer.Option(min=100, help="Calls per measurement.")] = 6000,
    in_flight: Annotated[str, typer.Option(help="Calls kept going at a time, separated by commas.")] = "1,64",
    clients: Annotated[str, typer.Option(help="Only these clients, separated by commas.")] = "",
    database: Annotated[bool, typer.Option(help="Record to a PostgreSQL, or only to memory.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What a call through the whole outbound pipeline costs, beside bare clients and the stripe package."""
    from benchmarks.outbound import Plan, measure  # noqa: PLC0415 - needs a development environment
    from benchmarks.outbound_clients import CLIENTS  # noqa: PLC0415

    chosen = [name.strip() for name in clients.split(",") if name.strip()] or list(CLIENTS)
    if unknown := [name for name in chosen if name not in CLIENTS]:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(CLIENTS)}", param_hint="--clients")
    try:
        numbers = [int(number) for number in in_flight.split(",")]
    except ValueError:
        raise typer.BadParameter("must be whole numbers", param_hint="--in-flight") from None
    progress = Console(stderr=True)
    plan = Plan(clients=chosen, in_flight=numbers, calls=calls, rounds=rounds, database=database)
    results = asyncio.run(measure(plan, lambda line: progress.print(line, style="dim")))
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    else:
        Console().print(_outbound_table(results))


@app.command()
def tracking(
    parcels: Annotated[int, typer.Option(min=100, help="Parcels on their way, per carrier.")] = 10_000,
    unbatched: Annotated[int, typer.Option(min=10, help="Parcels that are asked about one by one.")] = 2_000,
    rounds: Annotated[int, typer.Option(min=1, help="How often everything is measured; medians are told.")] = 3,
    quotes: Annotated[int, typer.Option(min=1, help="How often six carriers are compared.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What a round of asking about many parcels costs, and what comparing six carriers adds to the slowest."""
    from benchmarks.tracking import Plan, measure  # noqa: PLC0415 - needs what only a development environment has

    progress = Console(stderr=True)
    plan = Plan(parcels=parcels, unbatched=unbatched, rounds=rounds, quotes=quotes)
    results = asyncio.run(measure(plan, lambda line: progress.print(line, style="dim")))
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    else:
        Console().print(_tracking_table(results["tracking"]), _rates_line(results["rates"]))


def _audit_table(results: Mapping[str, Any]) -> Table:
    table = Table("audit log", "writers", "lines/s", "lowest", "highest", "p50 ms", "p99 ms")
    for each in results["results"]:
        rates = [f"{each[name]:,.0f}" for name in ("per_second", "lowest", "highest")]
        waits = [f"{each[name]:.2f}" for name in ("p50_ms", "p99_ms")]
        table.add_row(each["variant"], str(each["writers"]), *rates, *waits)
    table.caption = f"{results['verify']['per_second']:,.0f} lines a second are verified"
    return table


@app.command()
def rollup(
    connections: Annotated[int, typer.Option(min=1, help="Connections of the organization.")] = 200,
    operations: Annotated[int, typer.Option(min=1, help="Operations that each calls every hour.")] = 3,
    rounds: Annotated[int, typer.Option(min=1, help="How often each question is asked.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """A year of hourly figures: how long the dashboard's questions take, and how fast new figures are folded."""
    from benchmarks.rollup import Plan, measure  # noqa: PLC0415 - needs what only a development environment has

    progress = Console(stderr=True)
    plan = Plan(connections=connections, operations=operations, rounds=rounds)
    results = asyncio.run(measure(plan, lambda line: progress.print(line, style="dim")))
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    else:
        Console().print(_rollup_table(results))


def _rollup_table(results: Mapping[str, Any]) -> Table:
    table = Table("question", "rows", "median ms", "lowest", "highest", "CPU ms")
    for name, each in results["asked"].items():
        figures = (f"{each[key]:.1f}" for key in ("median_ms", "lowest_ms", "highest_ms", "cpu_ms"))
        table.add_row(name.replace("_", " "), f"{each['rows']:,}", *figures)
    rows = results["rows"]
    table.caption = (
        f"{rows['hourly']:,} hourly rows ({rows['hourly_size']}), {rows['daily']:,} daily, "
        f"{rows['totals']:,} totals ({rows['totals_size']}); "
        f"{results['increments_folded_per_second']:,} increments folded a second"
    )
    return table


@app.command()
def dashboard(
    lines: Annotated[int, typer.Option(min=1, help="Calls in the log.")] = 100_000,
    rounds: Annotated[int, typer.Option(min=1, help="How often each page is opened.")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """When the dashboard's pages can be used, and how smoothly a long log scrolls, in Chromium."""
    from benchmarks.dashboard import Plan, measure  # noqa: PLC0415 - needs what only a development environment has

    progress = Console(stderr=True)
    results = asyncio.run(measure(Plan(lines, rounds), lambda line: progress.print(line, style="dim")))
    if as_json:
        typer.echo(json.dumps(results, indent=2))
    else:
        Console().print(_dashboard_table(results))


def _dashboard_table(results: Mapping[str, Any]) -> Table:
    table = Table("page", "median ms", "lowest", "highest")
    for name, each in results["pages"].items():
        figures = (f"{each[key]:,}" for key in ("median_ms", "lowest_ms", "highest_ms"))
        table.add_row(name.removesuffix("_ms").replace("_", " "), *figures)
    log = results["table"]
    table.caption = (
        f"{log['rows']:,} calls, {log['rows_drawn']} rows drawn at most; a frame while scrolling: median "
        f"{log['frame_median_ms']} ms, p95 {log['frame_p95_ms']} ms, highest {log['frame_highest_ms']} ms"
    )
    return table


def _tracking_table(figures: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table("a round", "parcels", "calls", "s, three events each", "CPU s", "s, nothing new", "CPU s")
    for name, each in figures.items():
        measured = ("seconds_with_news", "cpu_seconds_with_news", "seconds_without", "cpu_seconds_without")
        table.add_row(name, f"{each['parcels']:,}", f"{each['calls']:,.0f}", *(f"{each[key]:.2f}" for key in measured))
    return table


def _rates_line(figures: Mapping[str, Any]) -> str:
    return (
        f"{figures['carriers']} carriers compared in {figures['all_ms']:.0f} ms, the slowest of them took "
        f"{figures['slowest_ms']:.0f} ms: {figures['over_slowest_ms']:.1f} ms more (at worst {figures['worst_ms']:.1f})"
    )


def _deliver_table(figures: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table("subscriptions", "deliveries/s", "lowest", "highest", "runs")
    for name, each in figures.items():
        rates = [f"{each[key]:,.0f}" for key in ("per_second", "lowest", "highest")]
        table.add_row(name, *rates, str(each["runs"]))
    return table


def _latency_line(figures: Mapping[str, Any]) -> str:
    return (
        f"from event to receiver {figures['p50_ms']:.1f} ms (p50), {figures['p99_ms']:.1f} ms (p99), "
        f"{figures['max_ms']:.1f} ms at most"
    )


def _outbound_table(results: Mapping[str, Any]) -> Table:
    table = Table("client", "at once", "calls/s", "lowest", "highest", "p50 ms", "p99 ms", "CPU µs", "rate", "CPU")
    for each in results["results"]:
        table.add_row(
            each["client"],
            str(each["in_flight"]),
            *(f"{each[name]:,.0f}" for name in ("calls_per_second", "lowest", "highest")),
            *(f"{each[name]:.2f}" for name in ("p50_ms", "p99_ms")),
            f"{each['cpu_us_per_call']:.0f}",
            *(f"{each[name]:.2f}" if name in each else "" for name in ("rate_of_aiohttp", "cpu_of_aiohttp")),
        )
    table.caption = f"one core; records go to {results['recorded_to']}; rate and CPU at the right beside aiohttp's"
    return table


def _ingest_table(results: Mapping[str, Any]) -> Table:
    table = Table("", "", "webhooks/s", "lowest", "highest", "p50 ms", "p99 ms", "CPU µs: server", "database", "client")
    figures = (
        "per_second",
        "lowest",
        "highest",
        "p50_ms",
        "p99_ms",
        "server_cpu_us",
        "database_cpu_us",
        "client_cpu_us",
    )
    for kind in ("saturation", "half", "limits"):
        for subject, variants in results[kind].items():
            for variant, each in variants.items():
                cells = [f"{each[name]:,.{1 if 'ms' in name else 0}f}" if name in each else "" for name in figures]
                table.add_row(f"{subject}, {kind}", variant, *cells)
    if "times_peer" in results:
        table.caption = f"{results['times_peer']} times stripe-sync-engine's rate"
    return table


def _drain_table(figures: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table("drain", "processes", "jobs/s", "lowest", "highest", "first to last", "runs")
    for name, variants in figures.items():
        for processes, each in variants.items():
            rates = [
                f"{each[key]:,.0f}" for key in ("jobs_per_second", "lowest", "highest", "first_to_last_per_second")
            ]
            table.add_row(name, processes, *rates, str(each["runs"]))
    return table


def _latency_table(figures: Mapping[str, Any]) -> Table:
    table = Table("pick-up", "p50 ms", "p99 ms", "max ms", "runs")
    for name, each in figures.items():
        table.add_row(name, *(f"{each[key]:.2f}" for key in ("p50_ms", "p99_ms", "max_ms")), str(each["runs"]))
    return table
