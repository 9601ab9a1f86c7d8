"""What the living stories would do in the coming days, a few lives at a time.

The stories themselves are rehearsed: there is no second copy of the rules. A claim moves no other
but those it shares an agreement with: so each such group is rehearsed alone, and forgotten.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.calendar import TownClock, today
from domain.policy import Policy
from domain.record import AgreementRecord, ClaimRecord, Life
from persistence.claims.records import agreement_records, claim_records
from persistence.claims.sleeping import (
    claims_alone,
    claims_covered,
    living_agreements,
    living_claims,
    some_agreements,
)
from workflows.rehearsal import ClaimTerms, Rehearsal, RehearsedAct

A_HANDFUL = 500  # lives that are read at once
_ALONE, _COVERED = "claims-", "A-"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose future is asked for: by this policy and clock, as all is at *now*, until *until*."""

    policy: Policy
    clock: TownClock
    now: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Lives that may move each other. *terms*: of each claim; *agreement*: over them, if one is.

    *about* is the agreement as `living_agreements` has it.
    """

    claims: Sequence[ClaimRecord]
    terms: dict[str, ClaimTerms]
    agreement: AgreementRecord | None = None
    about: Any = None

    @property
    def lives(self) -> list[Life]:
        return [*self.claims, *([self.agreement] if self.agreement else [])]

    @property
    def claim_ids(self) -> list[str]:
        """Those too of which nothing comes by itself."""
        return list(self.about.claims) if self.about else [claim.id for claim in self.claims]

    @property
    def is_held(self) -> bool:
        return any(life.holds for life in self.lives)

    def freed(self) -> "Group":
        """The same lives as if nothing held them."""
        claims, agreement = deepcopy((self.claims, self.agreement))
        free = replace(self, claims=claims, agreement=agreement)
        for life in free.lives:
            life.holds.clear()
            life.held_since = life.resumed_on = None
        return free


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a group would do. *given*: by subject and key, until when each act gives time."""

    group: Group
    acts: list[RehearsedAct]

    @property
    def given(self) -> dict[tuple[str, str], date | None]:
        lives = self.group.lives
        known = {(life.id, key): day for life in lives for key, day in life.acts.items()}
        return known | {(act.subject, act.key): act.deadline for act in self.acts}


def play(asked: Asked, group: Group) -> Rehearsed:
    """All that would be done if nobody pays and nobody decides anything; the lives are used up."""
    rehearsal = Rehearsal(asked.policy, asked.now)
    for record in group.claims:
        rehearsal.add_claim(record, group.terms[record.id])
    if group.agreement:
        covers, days = tuple(group.about.claims), group.about.catch_up_days
        rehearsal.add_agreement(group.agreement, covers, days)
    return Rehearsed(group, rehearsal.play(asked.until))


async def read_groups(
    connection: AsyncConnection, asked: Asked, after: str, limit: int = A_HANDFUL
) -> tuple[list[Group], str | None]:
    """The next lives after the place *after* ("" is the first), and the place they end at.

    The place is None when no more come.
    """
    if after.startswith(_COVERED):
        return await _covered(connection, asked, after, limit)
    serial = int(after.removeprefix(_ALONE) or 0)
    rows = await claims_alone(connection, today(asked.until), serial, limit)
    groups = [
        Group([record], terms) for record, terms in await _with_terms(connection, asked, rows)
    ]
    return groups, f"{_ALONE}{rows[-1].serial}" if len(rows) == limit else _COVERED


async def rehearse(
    connection: AsyncConnection, asked: Asked, claim_id: str | None = None
) -> AsyncIterator[Rehearsed]:
    """Group by group; of one claim only, with the agreement over it, where one is named."""
    if claim_id is not None:
        yield play(asked, await _group_of(connection, asked, claim_id))
        return
    place: str | None = ""
    while place is not None:
        groups, place = await read_groups(connection, asked, place)
        for group in groups:
            yield play(asked, group)


async def _covered(
    connection: AsyncConnection, asked: Asked, after: str, limit: int
) -> tuple[list[Group], str | None]:
    agreements = await some_agreements(connection, after, limit)
    groups = await _over(connection, asked, agreements)
    return groups, agreements[-1].id if len(agreements) == limit else None


async def _over(
    connection: AsyncConnection, asked: Asked, agreements: Sequence[Any]
) -> list[Group]:
    ids, on = [row.id for row in agreements], today(asked.now)
    rows = await claims_covered(connection, today(asked.until), ids)
    belongs = {row.id: row.agreement_id for row in rows}
    claims: dict[str, list[tuple[ClaimRecord, dict[str, ClaimTerms]]]] = defaultdict(list)
    for record, terms in await _with_terms(connection, asked, rows):
        claims[belongs[record.id]].append((record, terms))
    about = {row.id: row for row in agreements}
    return [
        Group(
            [claim for claim, _ in claims[record.id]],
            {key: value for _, terms in claims[record.id] for key, value in terms.items()},
            record,
            about[record.id],
        )
        for record in await agreement_records(connection, ids, asked.clock, on)
    ]


async def _with_terms(
    connection: AsyncConnection, asked: Asked, rows: Sequence[Any]
) -> list[tuple[ClaimRecord, dict[str, ClaimTerms]]]:
    ids, on = [row.id for row in rows], today(asked.now)
    terms = {
        row.id: ClaimTerms(row.claim_type, row.registered_on, row.last_timely_payment_date)
        for row in rows
    }
    records = await claim_records(connection, asked.policy, ids, asked.clock, on)
    return [(record, {record.id: terms[record.id]}) for record in records]


async def _group_of(connection: AsyncConnection, asked: Asked, claim_id: str) -> Group:
    over = [row for row in await living_agreements(connection) if claim_id in row.claims]
    if over:
        [group] = await _over(connection, asked, over)
        return group
    rows = await living_claims(connection, until=today(asked.until))
    mine = [row for row in rows if row.id == claim_id]
    found = await _with_terms(connection, asked, mine)
    return Group([record for record, _ in found], found[0][1] if found else {})
