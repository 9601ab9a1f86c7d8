"""The past of claims that hang together, read from the facts: what a replay of it begins from."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import HoldReason
from domain.decisions import Answer, Outcome
from domain.policy import Policy
from domain.record import News
from domain.replaying.anchoring import anchors
from domain.replaying.pasts import (
    BankBook,
    Deed,
    Happening,
    Origin,
    PastAgreement,
    PastClaim,
    PastGroup,
)
from persistence.replaying.covered import covered_when
from persistence.replaying.money import Account, read_account
from persistence.replaying.rows import PastRows, read_rows
from persistence.replaying.turns import PastTurns

_REOPEN = "reopen"
_ANSWERED = "write-off-approval"


async def read_pasts(
    connection: AsyncConnection, policy: Policy, groups: Sequence[Sequence[str]], until: date
) -> list[PastGroup]:
    """What happened up to the end of the day *until* in each of *groups* of claims.

    *policy*: the one in force, which says when a claim was settled.
    """
    rows = await read_rows(connection, [claim for group in groups for claim in group], until)
    claims = {row.subject: _claim(policy, rows, row) for row in rows.claims}
    agreements = [_agreement(rows, row) for row in rows.agreements]
    bank = BankBook(
        {one: tuple((s.received_on, s.last_day) for s in some)
         for one, some in rows.statements.items()}
    )  # fmt: skip
    return [
        PastGroup(
            tuple(claims[one] for one in group if one in claims),
            tuple(one for one in agreements if not set(group).isdisjoint(one.claims)),
            bank,
        )
        for group in groups
    ]


def _claim(policy: Policy, rows: PastRows, row: Any) -> PastClaim:
    story = _Story(row.subject, row.registered_on, rows)
    account = read_account(policy, row.claim_type, rows.lines[row.subject], story.deeds)
    return PastClaim(
        id=row.subject,
        begun_on=row.registered_on,
        deeds=tuple(story.deeds),
        happenings=_sorted(_of_claim(rows, story, account)),
        claim_type=row.claim_type,
        last_timely_payment_date=row.last_timely_payment_date,
        debtors=tuple(row.debtors or ()),
        principal_ore=row.principal_ore,
        is_demanded=story.is_demanded,
        fees=tuple(account.fees.values()),
        owed=account.owed,
        policy_version=row.policy_version,
    )


def _agreement(rows: PastRows, row: Any) -> PastAgreement:
    story = _Story(row.subject, row.signed_on, rows)
    return PastAgreement(
        id=row.subject,
        begun_on=row.signed_on,
        deeds=tuple(story.deeds),
        happenings=_sorted(_of_agreement(rows, story, row)),
        claims=tuple(claim for claim, _ in row.claims or ()),
        dues=tuple(date.fromisoformat(due) for due, _ in row.instalments or ()),
        grace_days=row.grace_days,
        catch_up_days=row.catch_up_days,
    )


def _sorted(happenings: Iterator[Happening]) -> tuple[Happening, ...]:
    return tuple(sorted(happenings, key=lambda one: (one.on, one.turn)))


class _Story:
    """What one story did, and where in it something came from outside.

    *own*: neither what another system did before us, nor what a bank did to an ended claim.
    """

    def __init__(self, subject: str, begun_on: date, rows: PastRows) -> None:
        self.id, self.begun_on = subject, begun_on
        self.acts = acts = rows.acts[subject]
        self._turns = PastTurns(rows.told[subject])
        self.own = [a for a in acts if a.kind != _REOPEN and "sent_by" not in a.facts]
        self.deeds = [Deed(subject, a.key, a.kind, a.done_on, _told(a)) for a in self.own]
        self.is_demanded = any("sent_by" in a.facts for a in acts)
        self._news = [_news(act) for act in self.own]

    def happening(
        self, origin: Origin, on: date, *, key: str = "", number: int = 0, **more: Any
    ) -> Happening:
        found = anchors(self.deeds, self._news, self.begun_on, origin, on, key, number)
        turn = self._turns.of(origin, key, number, is_settled=more.get("is_settled", False))
        return Happening(origin, on, found, key=key, number=number, turn=turn, **more)


def _told(act: Any) -> str:
    return str(act.facts.get("ending") or act.facts.get("outcome") or "")


def _news(act: Any) -> int | None:
    if act.kind == "recall":
        return int(act.key.rpartition("-")[2])
    known: int | None = act.facts.get("news")
    return known


def _of_claim(rows: PastRows, story: _Story, account: Account) -> Iterator[Happening]:
    for row in rows.decisions[story.id]:
        answer = Answer(Outcome(row.outcome), row.look_again_on, row.agreement_id)
        yield story.happening(Origin.DECIDED, row.decided_on, key=row.key, answer=answer)
    for row in rows.holds[story.id]:
        if row.reason != HoldReason.AGREEMENT:
            yield from _hold(story, row)
    for row in rows.stops[story.id]:
        yield _stop(story, row)
    for row in rows.news[story.id]:
        number, news = row.story_number, News(row.kind)
        yield story.happening(Origin.NEWS, row.noticed_on, number=number, news=news)
    nights = _nights(rows, story.id)
    for one in account.movements:
        more: dict[str, Any] = {
            "ore": one.ore,
            "is_settled": one.is_settled,
            "until": one.until,
        }
        is_after = one.on in nights
        yield story.happening(one.origin, one.on, key=one.key, is_after_the_night=is_after, **more)
    yield from _letters(rows, story)
    yield from _ends(rows, story)


def _stop(story: _Story, row: Any) -> Happening:
    """It follows the question that had been answered with a day to wait for."""
    asked = next(deed for deed in story.deeds if deed.key == row.waiting_for)
    ended = story.happening(
        Origin.WAIT_ENDED, row.decided_on, key=row.until_key, until=row.until_day
    )
    return replace(ended, anchors=((asked.key, (row.decided_on - asked.on).days),))


def _nights(rows: PastRows, claim_id: str) -> set[date]:
    """The days on which an agreement over the claim reminded of an instalment."""
    over = [row.subject for row in rows.agreements if _covers(row, claim_id)]
    acts = [act for agreement in over for act in rows.acts[agreement]]
    return {act.done_on for act in acts if act.kind == "letter"}


def _covers(agreement: Any, claim_id: str) -> bool:
    return any(claim == claim_id for claim, _ in agreement.claims or ())


def _hold(story: _Story, row: Any) -> Iterator[Happening]:
    yield story.happening(Origin.HELD, row.since, number=row.id, until=row.until)
    if row.released_on:
        # What is lifted on its first day came after what the story did on it.
        like = Origin.HELD if row.released_on == row.since else Origin.RELEASED
        anchored = story.happening(like, row.released_on, number=row.id).anchors
        lifted = story.happening(Origin.RELEASED, row.released_on, number=row.id)
        yield replace(lifted, anchors=anchored)


def _letters(rows: PastRows, story: _Story) -> Iterator[Happening]:
    """Those that left late, or not at all: then on no day that has come."""
    for row in rows.letters[story.id]:
        left_on = date.max if row.is_waiting or not row.left_on else row.left_on
        yield story.happening(Origin.LETTER_LEFT, left_on, key=row.key, until=row.deadline)


def _ends(rows: PastRows, story: _Story) -> Iterator[Happening]:
    """Why it ended, where no money and nobody's answer says it; and that it lived on."""
    approved = {row.key for row in rows.decisions[story.id] if row.outcome == Outcome.APPROVED}
    for number, act in enumerate(story.acts):
        told = _told(act) if act.kind == "close" else ""
        before = story.acts[number - 1].key if number else ""
        if told == "withdrawn":
            yield story.happening(Origin.WITHDRAWN, act.done_on)
        elif told == "written-off" and not (before.startswith(_ANSWERED) and before in approved):
            yield story.happening(Origin.GIVEN_UP, act.done_on)
        elif act.kind == _REOPEN:
            yield _reopened(story, number, act)


def _reopened(story: _Story, number: int, act: Any) -> Happening:
    """It has its place among the acts itself."""
    earlier = [one for one in story.acts[:number] if one in story.own]
    found = tuple((one.key, (act.done_on - one.done_on).days) for one in earlier)
    return replace(story.happening(Origin.REOPENED, act.done_on), anchors=found)


def _of_agreement(rows: PastRows, story: _Story, row: Any) -> Iterator[Happening]:
    for on, covered in covered_when(rows, row, story.deeds):
        yield story.happening(Origin.COVERED, on, number=covered)
    closed = [deed for deed in story.deeds if deed.kind == "close"]
    if row.is_ended_by_hand and closed and closed[0].told == "dissolved":
        yield story.happening(Origin.DISSOLVED, closed[0].on)
    for claim, _ in row.claims or ():
        for hold in rows.holds[claim]:
            if hold.reason != HoldReason.AGREEMENT and _concerns(story, closed, hold):
                yield from _hold(story, hold)
    yield from _letters(rows, story)


def _concerns(story: _Story, closed: Sequence[Deed], hold: Any) -> bool:
    """Whether the hold stood while the agreement did."""
    ended_on = closed[0].on if closed else date.max
    over = [day for day in (hold.released_on, hold.until) if day]
    return hold.since <= ended_on and (not over or min(over) >= story.begun_on)
