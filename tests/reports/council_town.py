"""A small town whose claims go every way there is, for the council's report to be held against."""

from datetime import date, timedelta

from sqlalchemy import text

from domain.authority import HOUSE
from persistence.claims.registration import register
from reports.council.lines import council_lines
from reports.council.report import council_figures
from reports.reconciling.lines import BEGINNING
from reports.reconciling.report import read_one_moment
from tests.builders import CPR_NUMBERS, a_claim, a_debtor
from tests.reports.books import Books

FIRST = date(2026, 1, 1)
TYPES = ("parking-fee", "day-care", "rent")
PEOPLE = (*CPR_NUMBERS[:2], "10150817")  # two citizens and a company
STAGES = ("reminder", "dialogue", "agreement", "assessment", "enforcement")
REASONS = ("limitation", "small-amount", "other")

_MOVE = text("update claims set stage = :stage, stage_since = :on where id = :claim")
_WRITE_OFF = text("""
insert into write_offs (claim_id, reason, legal_basis, explanation, amount_ore, approval, state,
  proposed_by, proposed_on) values (:claim, :reason, '', '', :ore, 'none', 'reversed', 'bo', :on)
returning id""")


class CouncilTown(Books):
    """Books with stages, holds, agreements and reasons."""

    async def begin(self) -> None:
        await self.value(
            "insert into users (id, name, role) values ('bo', 'Bo', 'supervisor') returning id"
        )

    async def register(self, who: int, claim_type: str, kroner: int, due: date, on: date) -> str:
        debtor = a_debtor(PEOPLE[who], "Prøve")
        new = a_claim(claim_type, kroner, due, (debtor,))
        async with self.database.transaction() as connection:
            return (await register(connection, self.policy, new, on, HOUSE.id)).claim_id

    async def move(self, claim: str, stage: str, on: date) -> None:
        async with self.database.transaction() as connection:
            await connection.execute(_MOVE, {"claim": claim, "stage": stage, "on": on})

    async def give_up(self, claim: str, ore: int, reason: str, on: date) -> int:
        """A part of what is owed; returns the entry."""
        async with self.database.transaction() as connection:
            values = {"claim": claim, "reason": reason, "ore": ore, "on": on}
            number = (await connection.execute(_WRITE_OFF, values)).scalar_one()
        return await self.book(
            claim, "write-off", -ore, on, rule=f"write-off {reason}", facts={"write_off": number}
        )

    async def take_back(self, claim: str, entry: int, ore: int, on: date) -> None:
        await self.book(claim, "correction", ore, on, rule="write-off-reversed", corrects=entry)

    async def agree(self, number: int, claim: str, ore: int, on: date) -> str:
        name = f"A-{number:06d}"
        await self.value(
            """insert into agreements (id, debtor_id, state, signed_on, grace_days, catch_up_days,
              owed_ore, paid_ore, bears_interest)
            select :name, debtor_id, 'active', :on, 0, 0, :ore, 0, false from claims
            where id = :claim""",
            name=name, claim=claim, ore=ore, on=on,
        )  # fmt: skip
        await self.move(claim, "agreement", on)
        return name

    async def end_agreement(self, name: str, state: str, on: date) -> None:
        await self.value(
            "update agreements set state = :state, ended_on = :on where id = :name",
            name=name, state=state, on=on,
        )  # fmt: skip

    async def hold(self, claim: str, on: date, days: int | None) -> None:
        await self.value(
            """insert into holds (claim_id, reason, note, since, until, placed_by)
            values (:claim, 'objection', '', :on, :until, 'bo')""",
            claim=claim, on=on, until=None if days is None else on + timedelta(days=days),
        )  # fmt: skip

    async def end(self, claim: str, ending: str, on: date) -> None:
        await self.value(
            """update claims set ending = :ending, ended_on = :on, stage = 'ended',
              stage_since = :on where id = :claim""",
            claim=claim, ending=ending, on=on,
        )  # fmt: skip

    async def figures(self, since: date, until: date):
        async with self.database.transaction() as connection:
            await read_one_moment(connection)
            return await council_figures(connection, since, until)

    async def behind(self, found, figure, by, part: str, page: int = 3):
        """All lines behind a figure, page by page."""
        lines, after = [], BEGINNING
        period = (found.since, found.until)
        async with self.database.transaction() as connection:
            await read_one_moment(connection)
            while some := await council_lines(connection, figure, by, part, period, after, page):
                lines += some
                after = some[-1].place
        return lines
