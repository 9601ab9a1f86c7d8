"""Whatever happens to claims, in whatever order: the books close where a replay of it ends."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reports.reconciling.figures import Figure

FIRST = date(2026, 1, 1)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "interest",
                "fee",
                "payment",
                "payment",
                "charge-back",
                "transfer",
                "recall",
            ]
        ),
        st.integers(1, 60_000),
        st.integers(0, 40),  # days later
    ),
    max_size=8,
)
LIVES = st.tuples(STEPS, st.integers(0, 200), st.integers(0, 200))


def lives():
    """Always the same ones."""
    gathered = []

    @settings(
        max_examples=25, derandomize=True, database=None, deadline=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(LIVES)
    def gather(life):
        gathered.append(life)

    gather()
    return gathered


class Replay:
    """What each side owed after each thing that happened: (day, on which side, øre)."""

    def __init__(self) -> None:
        self.moves = []

    def owed(self, until: date) -> Counter:
        owed = Counter()
        for on, side, ore in self.moves:
            if on <= until:
                owed[side] += ore
        return owed


class Life:
    """A claim to which things happen, by the books and in the replay."""

    def __init__(self, books, replay, claim: str) -> None:
        self.books, self.replay, self.claim = books, replay, claim
        self.day, self.owed, self.is_there, self.paid = FIRST, 0, False, []
        self.note(100_000)

    def note(self, ore: int) -> None:
        self.owed += ore
        self.replay.moves.append((self.day, self.is_there, ore))

    async def happen(self, kind: str, wish: int, later: int) -> None:
        self.day += timedelta(days=later)
        match kind:
            case "transfer" | "recall":
                await self.carry(kind == "recall")
            case "payment":
                await self.pay(min(wish, self.owed))
            case "charge-back":
                await self.take_back()
            case _:
                await self.books.book(self.claim, kind, wish, self.day)
                self.note(wish)

    async def carry(self, is_back: bool) -> None:
        if self.is_there is not is_back:
            return
        await self.books.carry(self.claim, self.day, is_back=is_back)
        owed = self.owed
        self.note(-owed)
        self.is_there = not is_back
        self.note(owed)

    async def pay(self, ore: int) -> None:
        if ore:
            self.paid.append((await self.books.pay(self.claim, ore, self.day), ore))
            self.note(-ore)

    async def take_back(self) -> None:
        if self.paid:
            payment, ore = self.paid.pop()
            await self.books.book(self.claim, "charge-back", ore, self.day, payment)
            await self.books.pay_out(payment, ore, self.day, "charge-back")
            self.note(ore)


async def live(books, steps, replay) -> None:
    life = Life(books, replay, await books.claim(FIRST, 1000))
    for step in steps:
        await life.happen(*step)


async def test_random_lives_close_where_their_replay_ends(books):
    replay, came_to_the_authority = Replay(), 0
    for steps, since, length in lives():
        await live(books, steps, replay)
        since = FIRST + timedelta(days=since)  # noqa: PLW2901
        until = since + timedelta(days=length)
        found = await books.reconcile(since, until)
        assert found.differences == ()
        before, after = replay.owed(since - timedelta(days=1)), replay.owed(until)
        assert found.arrears.ore(Figure.OPENING) == before[False]
        assert found.recovery.ore(Figure.THERE_OPENING) == before[True]
        assert found.arrears.ore(Figure.CLOSING) == found.arrears.expected() == after[False]
        assert found.recovery.ore(Figure.THERE_CLOSING) == after[True]
        came_to_the_authority += bool(after[True])
    assert came_to_the_authority > 3
