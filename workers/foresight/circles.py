"""What the living stories would do in the coming days, a few circles of debtors at a time.

The stories themselves are rehearsed: there is no second copy of the rules. A claim moves others
only through its debtors, by an agreement or a letter that leaves with another: so those who owe
together are rehearsed together, with their post, and forgotten.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import TownClock, today
from domain.foresight.foreseen import Foreseen
from domain.policy import Policy
from domain.record import AgreementRecord, ClaimRecord, Life
from persistence.claims.linked_debtors import circle_of, circles_of_debtors
from persistence.claims.records import agreement_records, claim_records
from persistence.claims.sleeping import agreements_of_debtors, claims_of_debtors, debtors_of
from persistence.debtors.unreached import unreached_among
from persistence.post.arriving import tray_of_debtors
from workers.foresight.foreseen_tray import Window, tray_rows, window_of
from workers.foresight.imagined_post import ImaginedPost
from workflows.rehearsal import ClaimTerms, Rehearsal, RehearsedAct

A_HANDFUL = 300  # debtors whose claims are read at once
L = TypeVar("L", bound=Life)
Given = dict[tuple[str, str], date | None]
"""By subject and key: until when each act gives time."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose future is asked for: by this policy and clock, as all is at *now*, until *until*."""

    policy: Policy
    clock: TownClock
    now: datetime
    until: datetime

    @property
    def window(self) -> Window:
        return window_of(self.policy, self.now, today(self.until))


@dataclass(slots=True)
class Group:
    """Lives that may move each other, and what lies in the tray for them.

    *terms*, *owing*: by claim, its terms and who owes it; *about*: the agreements as
    `living_agreements` has them, by id; *unreached*: those whom no letter reaches.
    """

    claims: list[ClaimRecord]
    agreements: list[AgreementRecord]
    terms: dict[str, ClaimTerms]
    about: dict[str, Any]
    owing: dict[str, Sequence[int]]
    tray: list[Foreseen]
    unreached: set[int]

    @property
    def lives(self) -> list[Life]:
        return [*self.claims, *self.agreements]

    @property
    def claim_ids(self) -> list[str]:
        """Those too of which nothing comes by itself."""
        covered = [claim for about in self.about.values() for claim in about.claims]
        return sorted({*covered, *self.terms})

    @property
    def is_held(self) -> bool:
        return any(life.holds for life in self.lives)

    def freed(self) -> "Group":
        """The same lives as if nothing held them."""
        return replace(
            self,
            claims=[_freed(claim) for claim in self.claims],
            agreements=[_freed(agreement) for agreement in self.agreements],
        )


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a group would do. *given*: by subject and key, until when each act gives time."""

    group: Group
    acts: list[RehearsedAct]

    @property
    def given(self) -> Given:
        lives = self.group.lives
        planned = {(act.subject, act.key): act.deadline for act in self.acts}
        return planned | {(life.id, key): day for life in lives for key, day in life.acts.items()}


def _freed(life: L) -> L:
    """A life of its own: what the other learns, it does not."""
    own = {name: copy(value) for name, value in vars(life).items()}
    return replace(life, **own | {"holds": {}, "held_since": None, "resumed_on": None})


def play(asked: Asked, group: Group) -> Rehearsed:
    """All that would be done if nobody pays and nobody decides anything; the lives are used up."""
    post = ImaginedPost(
        asked.policy, asked.window.first, group.terms, group.owing, group.unreached
    )  # fmt: skip
    rehearsal = Rehearsal(asked.policy, asked.now, post.respond)
    for event in post.lies_in_tray(group.tray):
        rehearsal.expect(event)
    for claim in group.claims:
        rehearsal.add_claim(claim, group.terms[claim.id])
    for agreement in group.agreements:
        about = group.about[agreement.id]
        rehearsal.add_agreement(agreement, tuple(about.claims), about.catch_up_days)
    return Rehearsed(group, rehearsal.play(asked.until))


async def read_groups(
    connection: AsyncConnection, asked: Asked, after: int, limit: int = A_HANDFUL
) -> tuple[list[Group], int | None]:
    """Those of the next debtors after the debtor *after*, and how far it came: None at the end."""
    circles, reached = await circles_of_debtors(connection, after, limit)
    return await _groups(connection, asked, circles), reached


async def rehearse(
    connection: AsyncConnection, asked: Asked, claim_id: str | None = None
) -> AsyncIterator[Rehearsed]:
    """Group by group; only that to which the claim belongs, where one is named."""
    if claim_id is not None:
        owing = await debtors_of(connection, [claim_id])
        circle = await circle_of(connection, owing.get(claim_id, []))
        for group in await _groups(connection, asked, [circle]):
            yield play(asked, group)
        return
    reached: int | None = 0
    while reached is not None:
        groups, reached = await read_groups(connection, asked, reached)
        for group in groups:
            yield play(asked, group)


async def _groups(
    connection: AsyncConnection, asked: Asked, circles: Sequence[frozenset[int]]
) -> list[Group]:
    groups = [_empty() for _ in circles]
    of = {debtor: group for circle, group in zip(circles, groups, strict=True) for debtor in circle}
    rows = await claims_of_debtors(connection, asked.window.last, of)
    agreements = await agreements_of_debtors(connection, of)
    ids, on = [row.id for row in rows], today(asked.now)
    owing = await debtors_of(connection, ids)
    belongs = {row.id: of[row.debtor_id] for row in [*rows, *agreements]}
    for row in rows:
        group = belongs[row.id]
        group.terms[row.id] = ClaimTerms(
            row.claim_type, row.registered_on, row.last_timely_payment_date
        )
        group.owing[row.id] = owing.get(row.id, [])
    for about in agreements:
        belongs[about.id].about[about.id] = about
    for claim in await claim_records(connection, asked.policy, ids, asked.clock, on):
        belongs[claim.id].claims.append(claim)
    over = [row.id for row in agreements]
    for agreement in await agreement_records(connection, over, asked.clock, on):
        belongs[agreement.id].agreements.append(agreement)
    await _give_post(connection, asked, of)
    return [group for group in groups if group.lives]


async def _give_post(connection: AsyncConnection, asked: Asked, of: Mapping[int, Group]) -> None:
    """What lies in the tray for each, and whom no letter reaches."""
    ids = await tray_of_debtors(connection, of, asked.window.last)
    for row in await tray_rows(connection, asked.policy, asked.window, ids):
        if row.why is None:
            of[row.debtor_id or 0].tray.append(row)
    for debtor in await unreached_among(connection, of):
        of[debtor].unreached.add(debtor)


def _empty() -> Group:
    return Group([], [], {}, {}, {}, [], set())
