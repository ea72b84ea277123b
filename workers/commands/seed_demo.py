"""`wasl seed-demo`: a user, an organization and sandbox connections to try the hub with."""

import asyncio

import typer
from wasl import WaslError

from workers.commands.demo.seed import seed
from workers.commands.demo.settings import DemoError, DemoSettings

app = typer.Typer(add_completion=False)


@app.command()
def seed_demo() -> None:
    """Make what is missing of the demo user, organization and connections, and print the login."""
    try:
        login = asyncio.run(seed(DemoSettings.read()))
    except (DemoError, WaslError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{login.organization}: {login.email} / {login.password}")
