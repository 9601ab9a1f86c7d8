"""What one claim's page says, on a terminal."""

import textwrap

from rich.console import Console
from rich.table import Table

from api.schemas.claims import ClaimView
from api.views.claims import view_claim, view_debtors
from cli.doors import Door
from cli.words import Words
from domain.authority import HOUSE
from domain.money import Money
from persistence.claims.reading import read_debtors, read_ledger
from persistence.claims.standings import read_standing
from persistence.claims.timeline import read_timeline

_WIDTH = 100


async def show_claim(claim_id: str, say: Words) -> int:
    """Where it stands, why, what comes next and when, and all that has happened."""
    async with Door.open() as door, door.database.transaction() as connection:
        claim = await read_standing(connection, claim_id, door.today)
        debtors = await read_debtors(connection, claim_id)
        view = view_claim(
            claim,
            view_debtors(debtors, claim["debtor_id"], HOUSE),
            await read_ledger(connection, claim_id),
            await read_timeline(connection, claim_id),
            door.policy,
            door.today,
            say.language,
        )
    _print(view, say)
    return 0


def _print(view: ClaimView, say: Words) -> None:
    out = Console(highlight=False, width=_WIDTH)
    out.print(f"[bold]{view.id}[/] {view.claim_type_name} ({view.source} {view.reference})")
    for debtor in view.debtors:
        out.print(f"  {debtor.name}, {debtor.national_id}, {', '.join(debtor.address)}")
    balance = Money(view.balance.total_ore)
    out.print(say("claim-owed", principal=Money(view.principal_ore), balance=balance))
    out.print(say("claim-limitation", day=view.limitation_date))
    out.print()
    standing = view.standing
    for sentence in (standing.where, *standing.why, standing.next):
        out.print(textwrap.fill(sentence.text, _WIDTH))
    if standing.next_on:
        out.print(say("claim-next-on", day=standing.next_on))
    out.print()
    out.print(_timeline(view, say))


def _timeline(view: ClaimView, say: Words) -> Table:
    table = Table(say("column-day"), say("column-what"), say("column-because"), box=None)
    for event in view.timeline:
        because = "; ".join(part for part in (event.reason, event.legal_basis) if part)
        table.add_row(say.day(event.on), event.sentence, because)
    return table
