"""`wasl demo`: the main job of the hub, shown on a running one, every step checked and timed."""

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console
from wasl import WaslError

from workers.commands.demo.scenario import Report, play
from workers.commands.demo.seed import seed
from workers.commands.demo.settings import DemoError, DemoSettings
from workers.commands.demo.show import Show, summary
from workers.commands.demo.steps import STEPS
from workers.commands.demo.world import open_world

app = typer.Typer(add_completion=False)


@app.command()
def demo(as_json: Annotated[bool, typer.Option("--json", help="Print what was seen as JSON.")] = False) -> None:
    """Take a payment, refund it, ship a parcel, and kill a worker in between; needs a running hub."""
    try:
        report = asyncio.run(show(DemoSettings.read(), Console(stderr=as_json, quiet=as_json)))
    except (DemoError, WaslError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
    else:
        Console().print(summary(report))
    raise typer.Exit(0 if report.ok else 1)


async def show(settings: DemoSettings, console: Console) -> Report:
    """Run the demo on a hub and show it on a console."""
    login = await seed(settings)
    async with open_world(settings, login) as world:
        with Show(console) as shown:
            return await play(STEPS, world, began=shown.began, ended=shown.ended)
