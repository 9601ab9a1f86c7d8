"""The council's figures add up, and each is the sum of what stands behind it, whatever happened."""

from datetime import timedelta
from itertools import pairwise

import pytest_asyncio
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reports.council.figures import (
    BRIDGE,
    BRIDGE_THERE,
    PAID_FOR,
    CouncilFigure,
    Dimension,
    dimensions_of,
)
from reports.council.report import CouncilFigures
from reports.council.rows import ALL_COUNCIL_ROWS
from reports.reconciling.figures import Figure
from tests.reports.council_town import FIRST, REASONS, STAGES, TYPES, CouncilTown

KINDS = (
    "interest", "fee", "payment", "payment", "charge-back", "transfer", "recall", "correction",
    "move", "move", "give-up", "take-back", "agree", "end-agreement", "hold", "end",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(1, 90_000), st.integers(0, 45)),
    min_size=4,
    max_size=12,
)
LIVES = st.tuples(
    st.integers(0, 2), st.sampled_from(TYPES), st.integers(0, 1200), STEPS,
)  # fmt: skip
PERIODS = st.tuples(st.integers(-30, 200), st.integers(0, 300))
# What chance seldom brings together.
EVENTFUL = (
    (0, "day-care", 700, [("fee", 25_000, 20), ("interest", 1_200, 0), ("rounding", 37, 5),
        ("payment", 90_000, 20), ("payment", 90_000, 30), ("refund", 1, 5)]),
    (2, "rent", 90, [("agree", 80_000, 10), ("end-agreement", 3, 40), ("agree", 70_000, 20),
        ("end-agreement", 4, 40), ("agree", 60_000, 10), ("end-agreement", 5, 40)]),
)  # fmt: skip
OF_CLAIMS = (Dimension.TYPE, Dimension.KIND, Dimension.AGE, Dimension.STAGE)


def gathered(strategy, count):
    """Always the same ones."""
    found = []

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def gather(one):
        found.append(one)

    gather()
    return found


class Life:
    """A claim to which things happen."""

    def __init__(self, town, claim: str, number: int) -> None:
        self.town, self.claim, self.number = town, claim, number
        self.day, self.owed, self.is_there = FIRST, 100_000, False
        self.paid, self.given_up, self.agreement, self.is_over = [], [], None, False

    async def happen(self, kind: str, wish: int, later: int) -> None:
        """What is not possible for the claim as it is does not happen."""
        self.day += timedelta(days=later)
        await getattr(self, kind.replace("-", "_"))(wish)

    async def change(self, kind: str, ore: int, **more) -> None:
        if ore:
            await self.town.book(self.claim, kind, ore, self.day, **more)
            self.owed += ore

    async def interest(self, wish: int) -> None:
        await self.change("interest", wish)

    async def fee(self, wish: int) -> None:
        await self.change("fee", wish)

    async def correction(self, wish: int) -> None:
        await self.change("correction", -min(wish, self.owed))

    async def rounding(self, wish: int) -> None:
        await self.change("rounding", -min(wish, self.owed))

    async def payment(self, wish: int) -> None:
        if some := min(wish, self.owed):
            self.paid.append((await self.town.pay(self.claim, some, self.day), some))
            self.owed -= some

    async def charge_back(self, _: int) -> None:
        await self.undo("charge-back")

    async def refund(self, _: int) -> None:
        await self.undo("refund")

    async def undo(self, kind: str) -> None:
        if self.paid:
            payment, ore = self.paid.pop()
            await self.change(kind, ore, payment=payment)
            await self.town.pay_out(payment, ore, self.day, kind)

    async def transfer(self, _: int) -> None:
        await self.carry("recovery", is_back=False)

    async def recall(self, _: int) -> None:
        await self.carry("dialogue", is_back=True)

    async def carry(self, stage: str, *, is_back: bool) -> None:
        if self.is_there is is_back:
            await self.town.carry(self.claim, self.day, is_back=is_back)
            self.is_there = not is_back
            await self.town.move(self.claim, stage, self.day)

    async def move(self, wish: int) -> None:
        if not self.is_over:
            await self.town.move(self.claim, STAGES[wish % len(STAGES)], self.day)

    async def give_up(self, wish: int) -> None:
        if some := min(wish, self.owed):
            reason = REASONS[wish % len(REASONS)]
            entry = await self.town.give_up(self.claim, some, reason, self.day)
            self.given_up.append((entry, some))
            self.owed -= some

    async def take_back(self, _: int) -> None:
        if self.given_up:
            entry, ore = self.given_up.pop()
            await self.town.take_back(self.claim, entry, ore, self.day)
            self.owed += ore

    async def agree(self, wish: int) -> None:
        if self.agreement is None and not self.is_over:
            self.agreement = await self.town.agree(self.number, self.claim, wish, self.day)

    async def end_agreement(self, wish: int) -> None:
        if self.agreement:
            state = ("kept", "broken", "dissolved")[wish % 3]
            await self.town.end_agreement(self.agreement, state, self.day)
            self.agreement, self.number = None, self.number + 1000

    async def hold(self, wish: int) -> None:
        await self.town.hold(self.claim, self.day, wish % 90 if wish % 2 else None)

    async def end(self, wish: int) -> None:
        if not self.is_over:
            await self.town.end(self.claim, "paid" if wish % 2 else "withdrawn", self.day)
            self.is_over = True


@pytest_asyncio.fixture
async def town(books):
    town = CouncilTown(books.database, books.policy)
    await town.begin()
    return town


async def live(town, count=40):
    lives = [*EVENTFUL, *gathered(LIVES, count)]
    for number, (who, claim_type, days, steps) in enumerate(lives, start=1):
        due = FIRST - timedelta(days=days) + timedelta(days=90)
        life = Life(town, await town.register(who, claim_type, 1000, due, FIRST), number)
        for step in steps:
            await life.happen(*step)


def periods(count):
    found = gathered(PERIODS, count)
    return [
        (begin, begin + timedelta(days=length))
        for begin, length in ((FIRST + timedelta(days=days), length) for days, length in found)
    ]


def bridged(found: CouncilFigures, bridge, by=Dimension.TOTAL, part=""):
    """What the last figure must be, and what it is."""
    sums = [found.of(figure, by, part).ore for figure in bridge]
    return sum(sums[:-1]), sums[-1]


async def test_every_figure_is_the_sum_of_what_stands_behind_it(town):
    await live(town)
    seen = set()
    for period in periods(8):
        found = await town.figures(*period)
        for (figure, by, part), amount in found.cells.items():
            lines = await town.behind(found, figure, by, part, page=40)
            assert (sum(line.ore for line in lines), len(lines)) == (amount.ore, amount.lines)
            assert len({line.place for line in lines}) == len(lines)
            seen.add(figure)
    assert seen == set(CouncilFigure)


async def test_the_parts_of_a_figure_are_the_whole_of_it(town):
    await live(town)
    for period in periods(12):
        found = await town.figures(*period)
        for figure in CouncilFigure:
            for by in dimensions_of(figure):
                parts = [found.of(figure, by, part) for part in found.parts(by, [figure])]
                whole = found.of(figure)
                assert sum(one.ore for one in parts) == whole.ore, (figure, by)
                assert sum(one.lines for one in parts) == whole.lines, (figure, by)


async def test_the_bridges_add_up_in_whole_and_in_every_part(town):
    await live(town)
    for period in periods(12):
        found = await town.figures(*period)
        for bridge in (BRIDGE, BRIDGE_THERE):
            expected, closing = bridged(found, bridge)
            assert expected == closing
            for by in OF_CLAIMS:
                for part in found.parts(by, bridge):
                    expected, closing = bridged(found, bridge, by, part)
                    assert expected == closing, (by, part)
        assert found.of(CouncilFigure.SHIFTED).ore == 0
        covered = sum(found.of(figure).ore for figure in PAID_FOR)
        assert covered == found.of(CouncilFigure.PAID).ore


async def test_one_report_closes_where_the_next_one_opens_in_every_part(town):
    await live(town)
    days = [FIRST + timedelta(days=days) for days in (0, 40, 41, 130, 300)]
    reports = [
        await town.figures(since, until - timedelta(days=1)) for since, until in pairwise(days)
    ]
    for one, other in pairwise(reports):
        for closing, opening in (
            (CouncilFigure.CLOSING, CouncilFigure.OPENING),
            (CouncilFigure.THERE_CLOSING, CouncilFigure.THERE_OPENING),
            (CouncilFigure.DEBTORS, CouncilFigure.DEBTORS_BEFORE),
            (CouncilFigure.AGREEMENTS, CouncilFigure.AGREEMENTS_BEFORE),
        ):
            for by in (Dimension.TOTAL, *dimensions_of(closing)):
                for part in {*one.parts(by, [closing]), *other.parts(by, [opening])}:
                    assert one.of(closing, by, part) == other.of(opening, by, part)


async def test_agreements_are_bridged_in_number(town):
    await live(town)
    for period in periods(12):
        found = await town.figures(*period)
        count = {name: found.of(CouncilFigure(f"agreements-{name}")).lines for name in (
            "before", "made", "kept", "broken", "dissolved")}  # fmt: skip
        ended = count["kept"] + count["broken"] + count["dissolved"]
        standing = found.of(CouncilFigure.AGREEMENTS).lines
        assert count["before"] + count["made"] - ended == standing


async def test_it_says_what_the_reconciliation_says(town):
    await live(town)
    for period in periods(6):
        found, known = await town.figures(*period), await town.reconcile(*period)
        for figure in (*known.arrears.figures, *known.recovery.figures):
            mine = CouncilFigure(figure.value)
            parts = {*known.arrears.parts, *known.recovery.parts}
            assert found.of(mine).ore == sum(known.cells.get((figure, part), 0) for part in parts)
            for part in parts:
                assert found.of(mine, Dimension.TYPE, part).ore == known.cells.get(
                    (figure, part), 0
                )


def test_each_figure_is_defined_once():
    defined = [figure for rows in ALL_COUNCIL_ROWS for figure in rows.of]
    assert sorted(defined) == sorted(CouncilFigure)


def test_every_figure_of_the_reconciliations_bridges_is_among_them():
    bridges = {f.value for f in Figure if f.value in {c.value for c in CouncilFigure}}
    assert bridges == {f.value for f in (*BRIDGE, *BRIDGE_THERE)} - {"shifted", "there-shifted"}
