"""The commands of those who run the house: secrets, accounts, the relay, all of it at once."""

# ruff: noqa: FBT002  # a flag of a command is a parameter with a default, as typer reads it

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli import builds, clients, processes, secrets_folder, standing
from cli.doctor.examining import examine
from cli.ending import do
from domain.authority import Role

app = typer.Typer()
English = Annotated[bool, typer.Option("--english", help="Speak English instead of Danish.")]


@app.command()
def relay(english: English = False) -> None:
    """Carry the messages to the stories, and look after those that stand still."""
    do(english, lambda _: processes.carry())


@app.command("add-client")
def add_client(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.SYSTEM,
    english: English = False,
) -> None:
    """Give a program an account, and print its secret: once, for it is kept nowhere."""
    do(english, lambda say: clients.add(name, role, say))


@app.command()
def doctor(english: English = False) -> None:
    """Look at everything once, and say what to do. 0: all is well; 1: something is wrong."""
    do(english, examine)


@app.command("builds")
def show_builds(english: English = False) -> None:
    """Which builds tell the stories, and how many stay with each. 1: some with one not running."""
    do(english, builds.show_builds)


@app.command()
def drain(
    build: Annotated[str, typer.Argument(metavar="BUILD", help="One that is not current.")],
    minutes: Annotated[float, typer.Option(help="How long to wait.", min=0)] = 10,
    english: English = False,
) -> None:
    """Move every story off a build. 0: its workers may be stopped; 1: some stay, and which."""
    do(english, lambda say: builds.drain(build, timedelta(minutes=minutes), say))


@app.command("new-key")
def new_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A word of your own: 2026-12.")],
    english: English = False,
) -> None:
    """Print a key that RETTIDIG_PAYLOAD_KEYS can begin with; it is kept nowhere."""
    do(english, lambda _: clients.print_key(name))


@app.command("new-secrets")
def new_secrets(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER")],
    host: Annotated[str, typer.Option(help="The name browsers know us by.")] = "localhost",
    english: English = False,
) -> None:
    """Make the secrets that docker-compose.yml asks for; what is there already stays as it is."""
    do(english, lambda say: secrets_folder.fill(folder, host, say))


@app.command()
def up(english: English = False) -> None:
    """Run the whole house here: migrate, then the API, the relay and a worker, until Ctrl-C."""
    do(english, standing.stand)
