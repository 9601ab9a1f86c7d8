"""The commands of rettidig, one line each; what they do stands in the modules they call."""

# ruff: noqa: FBT002  # a flag of a command is a parameter with a default, as typer reads it

from pathlib import Path
from typing import Annotated

import typer

from cli import (
    builds,
    claims,
    files,
    forecast,
    operation,
    processes,
    production,
    rebuilding,
    reconciling,
    replaying,
    sealing,
)
from cli.demo.grounds import Plan
from cli.demo.running import demo as run_demo
from cli.ending import FAILED, leave
from cli.ending import do as _do
from cli.letter_texts import release_letters
from cli.letters import show_day
from cli.words import words
from domain.replaying.trials import People

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Runs a municipality's debt collection, each claim as one durable workflow.",
)
app.add_typer(production.app)
English = Annotated[bool, typer.Option("--english", help="Speak English instead of Danish.")]
ClaimId = Annotated[str, typer.Argument(metavar="CLAIM", help="The claim's number: 2026-000123.")]
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
    relay: Annotated[
        bool, typer.Option(help="Carry the messages too; not where a relay does.")
    ] = True,
    english: English = False,
) -> None:
    """Tell the stories, carry the messages, make the rounds."""
    _do(english, lambda _: processes.work(build_id, carries=relay))


@app.command()
def migrate(english: English = False) -> None:
    """Bring the database to this version's tables."""
    _do(english, operation.migrate)


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
    every: Annotated[bool, typer.Option("--all", help="Every story, after a restore.")] = False,
    skip: Annotated[
        int, typer.Option("--skip-numbers", min=0, help="With --all: give so many to nobody.")
    ] = 0,
    english: English = False,
) -> None:
    """Start a lost or broken story again from its record; nothing is done twice."""
    if [claim is not None, all_lost, every].count(True) != 1 or (skip and not every):
        print(words(is_english=english)("rebuild-which"))
        leave(FAILED)
    if claim:
        _do(english, lambda say: rebuilding.rebuild(claim, say))
    if every:
        _do(english, lambda say: rebuilding.rebuild_all(skip, say))
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


@app.command("seal-numbers")
def seal_numbers(english: English = False) -> None:
    """Seal all CPR numbers with the newest of RETTIDIG_RECORD_KEYS; safe to stop and run again."""
    _do(english, sealing.seal_numbers)


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


def main() -> None:
    app()


if __name__ == "__main__":
    main()
