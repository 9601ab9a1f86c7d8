"""Letters that answer something that has happened, beside those a claim's story asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.calendar import working_days_after
from domain.claim import HoldReason
from domain.deadlines import dispatch_day
from domain.errors import Conflict, Fault, Invalid, NotFound
from domain.letters import Letter
from domain.policy import Policy
from persistence.post.arriving import ask_about_undelivered
from persistence.post.log import RECALLED, Happening, log
from persistence.trail.audit import note

# Those who are told that the clock stands still, and by which letter: not the dead, nor one whose
# agreement has been confirmed.
_ON_HOLD = {
    HoldReason.OBJECTION: Letter.OBJECTION_RECEIVED,
    HoldReason.DEFERRAL: Letter.HOLD_CONFIRMED,
    HoldReason.HARDSHIP: Letter.HOLD_CONFIRMED,
    HoldReason.INVESTIGATION: Letter.HOLD_CONFIRMED,
}
_MOST_PARAGRAPHS, _LONGEST_NOTE = 12, 4000

_LAY = text("""
insert into letters (subject, key, claim_id, debtor_id, letter, days, requested_on, planned_on,
  deadline, state, channel, facts)
select :claim, :key, :claim, b.debtor_id, :letter, :days, :on, :planned, :deadline, 'requested',
  'digital-post', :facts
from liabilities b where b.claim_id = :claim and b.discharged_on is null
  and (cast(:debtor as bigint) is null or b.debtor_id = :debtor)
on conflict do nothing returning id""").bindparams(bindparam("facts", type_=JSONB))
_REFUND = text("""
select r.debtor_id, r.amount_ore, (select c.id from liabilities b join claims c on c.id = b.claim_id
  where b.debtor_id = r.debtor_id order by (c.id = p.claim_id) desc nulls last, c.serial desc
  limit 1) as claim_id
from refunds r join payments p on p.id = r.payment_id where r.id = :refund""")
_NUMBER = text("""
select count(distinct key) + 1 from letters where subject = :claim and key like 'by-hand-%'""")
_RECALL = text("""
update letters set state = 'undelivered' where id = :letter and state = 'requested'
  and template is null returning claim_id""")


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a letter is written for, once by its *key*. *debtor_id*: to that debtor alone.

    *days*: how long it gives from the day it leaves, where the deadline moves with that.
    """

    letter: Letter
    key: str
    on: date
    facts: dict[str, Any] = field(default_factory=dict)
    deadline: date | None = None
    debtor_id: int | None = None
    days: int = 0


async def write_to_debtors(
    connection: AsyncConnection, claim_id: str, occasion: Occasion
) -> list[int]:
    """Lay a copy for each who owes the claim in the tray; returns the letters that are new."""
    planned = dispatch_day(occasion.on)
    values = {
        "claim": claim_id,
        "key": occasion.key,
        "letter": occasion.letter.value,
        "on": occasion.on,
        "planned": planned,
        "deadline": occasion.deadline or planned,
        "debtor": occasion.debtor_id,
        "days": occasion.days,
        "facts": occasion.facts,
    }
    return list((await connection.execute(_LAY, values)).scalars())


async def tell_of_hold(
    connection: AsyncConnection,
    claim_id: str,
    number: int,
    reason: HoldReason,
    since: date,
    until: date | None,
) -> None:
    """Tell the debtors that the clock stands still, where they are told at all."""
    if letter := _ON_HOLD.get(reason):
        facts = {"held_since": since.isoformat()}
        if until:
            facts["held_until"] = until.isoformat()
        await write_to_debtors(
            connection, claim_id, Occasion(letter, f"hold-{number}", since, facts)
        )


async def tell_of_release(
    connection: AsyncConnection, claim_id: str, number: int, hold: Any, on: date
) -> None:
    """*hold*: its reason, and the day since which it was."""
    if HoldReason(hold.reason) in _ON_HOLD:
        facts = {"held_since": hold.since.isoformat()}
        occasion = Occasion(Letter.HOLD_ENDED, f"release-{number}", on, facts)
        await write_to_debtors(connection, claim_id, occasion)


async def tell_of_refund(connection: AsyncConnection, refund_id: int, on: date) -> None:
    """Tell who gets money back, where there is a claim to write about."""
    found = (await connection.execute(_REFUND, {"refund": refund_id})).first()
    if found and found.claim_id:
        occasion = Occasion(
            Letter.REFUND_NOTICE, f"refund-{refund_id}", on, {"refund_ore": found.amount_ore},
            debtor_id=found.debtor_id,
        )  # fmt: skip
        await write_to_debtors(connection, found.claim_id, occasion)


async def write_by_hand(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    letter: Letter,
    words: str,
    on: date,
    actor: Actor,
) -> Sequence[int]:
    """Lay a letter with a person's own words in the tray, one copy for each who owes the claim.

    *words*: paragraphs with an empty line between. Raises Invalid, NotFound, NotAllowed.
    """
    require(actor, Right.WORK_ON_TASKS)
    if not letter.is_written_by_hand:
        raise Invalid(Fault("letter", "letter-not-by-hand"))
    paragraphs = paragraphs_of(words)
    if not paragraphs and letter is not Letter.DIRECT_DEBIT_INVITATION:
        raise Invalid(Fault("words", "words-missing"))
    key = f"by-hand-{(await connection.execute(_NUMBER, {'claim': claim_id})).scalar_one()}"
    facts = {"note": paragraphs}
    occasion = Occasion(letter, key, on, facts, policy.reply_deadline(on))
    ids = await write_to_debtors(connection, claim_id, occasion)
    if not ids:
        raise NotFound("claim", claim_id)
    await note(connection, claim_id, actor.id, "letter-written", letter=letter.value, letters=ids)
    return ids


def paragraphs_of(words: str) -> list[str]:
    """A person's own words as a letter has them. Raises Invalid when there are too many."""
    paragraphs = [" ".join(part.split()) for part in words.split("\n\n") if part.strip()]
    if len(words) > _LONGEST_NOTE or len(paragraphs) > _MOST_PARAGRAPHS:
        raise Invalid(Fault("words", "words-too-long", {"most": str(_LONGEST_NOTE)}))
    return paragraphs


async def recall_letter(
    connection: AsyncConnection, policy: Policy, letter_id: int, on: date, actor: Actor
) -> None:
    """Take a letter out of the tray before it leaves: a person is asked what is to become of it.

    Raises Conflict when it has left, or is leaving at this moment.
    """
    require(actor, Right.WORK_ON_TASKS)
    claim_id = (await connection.execute(_RECALL, {"letter": letter_id})).scalar()
    if claim_id is None:
        raise Conflict(f"letter {letter_id} is not in the tray")
    await log(connection, [Happening(letter_id, RECALLED, RECALLED)], on)
    due = working_days_after(on, policy.exception_days)
    await ask_about_undelivered(connection, [letter_id], "recalled", on, due)
    await note(connection, claim_id, actor.id, "letter-recalled", letter=letter_id)
