"""The commands of rettidig, one line each; what they do stands in the modules they call."""

# ruff: noqa: FBT002  # a flag of a command is a parameter with a default, as typer reads it

from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import (
    builds,
    claims,
    clients,
    files,
    forecast,
    operation,
    processes,
    rebuilding,
    reconciling,
    replaying,
)
from cli.demo.grounds import Plan
from cli.demo.running import demo as run_demo
from cli.doctor.examining import examine
from cli.ending import FAILED, conclude, leave
from cli.letter_texts import release_letters
from cli.letters import show_day
from cli.words import Words, words
from domain.authority import Role
from domain.replaying.trials import People

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Runs a municipality's debt collection, each claim as one durable workflow.",
)
English = Annotated[bool, typer.Option("--english", help="Speak English instead of Danish.")]
ClaimId = Annotated[str, typer.Argument(metavar="CLAIM", help="The claim's number: 2026-000123.")]
Command = Callable[[Words], Coroutine[Any, Any, int]]
File = Annotated[Path, typer.Argument(metavar="FILE")]


@app.command()
def demo(
    day: Annotated[
        float, typer.Option(help="Seconds a day of the town takes.", min=0.1, max=3600)
    ] = 2.0,
    robot: Annotated[bool, typer.Option(help="Let the demo's caseworkers answer tasks.")] = True,
    state: Annotated[Path, typer.Option(help="Where the town is kept.")] = Path("state"),
    minutes: Annotated[
        float | None, typer.Option(help="End by itself after so many minutes.", min=0)
    ] = None,
    port: Annotated[int, typer.Option(help="Of the API.", min=1, max=65535)] = 8600,
    ui_port: Annotated[
        int | None,
        typer.Option(help="Of Temporal's own pages, if wanted.", min=1, max=65535),
    ] = None,
    english: English = False,
) -> None:
    """Show a living municipality. Ctrl-C stops it; starting again goes on where it stopped."""
    plan = Plan(state.resolve(), day, minutes, has_robot=robot, port=port, ui_port=ui_port)
    _do(english, lambda say: run_demo(plan, say))


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="0: any free one.", min=0, max=65535)] = None,
    english: English = False,
) -> None:
    """Serve the JSON API (RETTIDIG_DATABASE_URL, TEMPORAL_ADDRESS)."""
    _do(english, lambda _: processes.serve(port))


@app.command()
def worker(
    build_id: Annotated[
        str | None,
        typer.Option(help="This code's name; stories stay with the code they began on."),
    ] = None,
    english: English = False,
) -> None:
    """Tell the stories, carry the messages, make the rounds."""
    _do(english, lambda _: processes.work(build_id))


@app.command()
def migrate(english: English = False) -> None:
    """Bring the database to this version's tables."""
    _do(english, operation.migrate)


@app.command("add-client")
def add_client(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.SYSTEM,
    english: English = False,
) -> None:
    """Give a program an account, and print its secret: once, for it is kept nowhere."""
    _do(english, lambda say: clients.add(name, role, say))


@app.command()
def doctor(english: English = False) -> None:
    """Look at everything once, and say what to do. 0: all is well; 1: something is wrong."""
    _do(english, examine)


@app.command("builds")
def show_builds(english: English = False) -> None:
    """Which builds tell the stories, and how many stay with each. 1: some with one not running."""
    _do(english, builds.show_builds)


@app.command()
def drain(
    build: Annotated[str, typer.Argument(metavar="BUILD", help="One that is not current.")],
    minutes: Annotated[float, typer.Option(help="How long to wait.", min=0)] = 10,
    english: English = False,
) -> None:
    """Move every story off a build. 0: its workers may be stopped; 1: some stay, and which."""
    _do(english, lambda say: builds.drain(build, timedelta(minutes=minutes), say))


@app.command("new-key")
def new_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A word of your own: 2026-12.")],
    english: English = False,
) -> None:
    """Print a key that RETTIDIG_PAYLOAD_KEYS can begin with; it is kept nowhere."""
    _do(english, lambda _: clients.print_key(name))


@app.command("import-claims")
def import_claims(file: File, english: English = False) -> None:
    """Register the claims of a CSV or JSON file. 0: all taken; 2: some refused; 1: none taken."""
    _do(english, lambda say: files.import_file("claims", file, say))


@app.command("import-payments")
def import_payments(file: File, english: English = False) -> None:
    """Book the payments of a bank's file (camt.053, camt.054)."""
    _do(english, lambda say: files.import_file("payments", file, say))


@app.command("forecast")
def show_forecast(
    days: Annotated[int, typer.Option(min=1, max=3660)] = 30,
    claim: Annotated[str | None, typer.Option(help="Only this claim.")] = None,
    english: English = False,
) -> None:
    """List what will go out and be asked, and why, if nobody pays and nobody decides."""
    _do(english, lambda say: forecast.show(days, claim, say))


@app.command()
def letters(
    day: Annotated[str | None, typer.Option(metavar="DAY", help="Or today.")] = None,
    english: English = False,
) -> None:
    """List the letters of a day: what left, what was held back or cancelled, and why."""
    _do(english, lambda say: show_day(day, say))


@app.command("release-letters")
def release_texts(
    check: Annotated[bool, typer.Option("--check", help="Only look; take nothing in use.")] = False,
    policy: Annotated[str, typer.Option(help="Whose limits the texts must keep.")] = "skanderborg",
    english: English = False,
) -> None:
    """Proofread the texts of all letters in every situation, and take new ones into use."""
    _do(english, lambda say: release_letters(policy, say, is_only_checked=check))


@app.command()
def rebuild(
    claim: Annotated[str | None, typer.Argument(metavar="CLAIM")] = None,
    all_lost: Annotated[
        bool, typer.Option("--all-lost", help="Every living story that is not running.")
    ] = False,
    english: English = False,
) -> None:
    """Start a lost or broken story again from its record; nothing is done twice."""
    if (claim is None) == (not all_lost):
        print(words(is_english=english)("rebuild-which"))
        leave(FAILED)
    if claim:
        _do(english, lambda say: rebuilding.rebuild(claim, say))
    _do(english, rebuilding.rebuild_all_lost)


@app.command()
def reconcile(
    since: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="1 January, if not said.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DAY", help="Or today.")] = None,
    lines: Annotated[
        str | None, typer.Option(metavar="FIGURE", help="List what stands behind: paid, new …")
    ] = None,
    part: Annotated[
        str | None, typer.Option(help="Of the lines, only these: parking-fee, statement …")
    ] = None,
    english: English = False,
) -> None:
    """Account for every øre of a period. 0: it balances; 1: it does not, and where."""
    if lines:
        _do(english, lambda say: reconciling.show_lines(lines, part, since, until, say))
    _do(english, lambda say: reconciling.show(since, until, say))


@app.command("replay")
def replay_the_past(
    months: Annotated[int, typer.Option(help="How far back, 12 to 36.")] = 24,
    policy: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="In force, if not the house's.")
    ] = None,
    against: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Another policy, to compare with.")
    ] = None,
    people: Annotated[
        People, typer.Option(help="What they do when letters come on other days.")
    ] = People.REACT,
    as_json: Annotated[bool, typer.Option("--json", help="All figures as JSON.")] = False,
    english: English = False,
) -> None:
    """Live the past again under one policy or two. 0: the first is as it was; 1: it is not."""
    asked = replaying.Asked(months, policy, against, people, as_json)
    _do(english, lambda say: replaying.show(asked, say))


@app.command("show-claim")
def show_claim(claim: ClaimId, english: English = False) -> None:
    """Where a claim stands, why, what comes next and when, and all that has happened."""
    _do(english, lambda say: claims.show_claim(claim, say))


@app.command("turn-pages")
def turn_pages(
    to: Annotated[
        str | None, typer.Option(metavar="BUILD", help="Not the newest: to go back.")
    ] = None,
    english: English = False,
) -> None:
    """Let every sleeping story go on with the newest worker's code."""
    _do(english, lambda say: builds.turn_pages(to, say))


@app.command("verify-audit")
def verify_audit(english: English = False) -> None:
    """Check that no row of the audit trail was changed or taken away."""
    _do(english, operation.verify_audit)


def _do(is_english: bool, command: Command) -> None:  # noqa: FBT001 - typer's flag, passed on
    say = words(is_english=is_english)
    conclude(command(say), say)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
