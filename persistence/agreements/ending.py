"""How an agreement ends before its plan is over: what stood still is added, the debtor is told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import Actor, Right, require
from domain.deadlines import deadline_after, dispatch_day
from domain.errors import Conflict, Invalid, NotFound
from domain.file_notes import LONGEST_NOTE, read_prose
from domain.letters import Letter
from domain.money import NOTHING, Money
from domain.policy import Policy
from domain.record import AgreementOutcome
from persistence.agreements.covered_claims import lock_claims_of
from persistence.agreements.plan_sums import sum_up
from persistence.agreements.reading import AgreementFile
from persistence.claims.acts import LetterRequest, request_letters
from persistence.claims.facts import read_facts
from persistence.models import Agreement, LetterRow
from persistence.money.accounts import book_lines, interest_lines
from persistence.outbox import tell
from persistence.post.correspondence import paragraphs_of
from persistence.trail.audit import note

_KEYS = {Letter.AGREEMENT_BROKEN: "broken", Letter.AGREEMENT_ENDED: "ended"}


async def end_agreement(
    connection: AsyncConnection,
    policy: Policy,
    agreement_id: str,
    reasons: str,
    actor: Actor,
    on: date,
) -> int | None:
    """Let the agreement end before its plan is over; its story lets the claims go on.

    The debtor is written to with the *reasons*; returns the letter, if anybody can be written to.
    Raises NotAllowed, NotFound, Conflict when it has ended or somebody has asked for it before.
    """
    require(actor, Right.WORK_ON_TASKS)
    words = read_prose("reasons", reasons, LONGEST_NOTE)
    paragraphs = _paragraphs(words)
    covered = await lock_claims_of(connection, agreement_id)
    claims = [claim for claim in covered if not (claim.ending or claim.is_withdrawn)]
    await _ask_for_end(connection, agreement_id, words, actor)
    await tell(connection, f"agreement-{agreement_id}", "dissolved")
    await note(connection, agreement_id, actor.id, "agreement-ended", reasons=words)
    if not claims:
        return None
    rested = await book_rested(connection, policy, [claim.id for claim in claims], on)
    await sum_up(connection, agreement_id)
    letter, facts = Letter.AGREEMENT_ENDED, {"note": paragraphs} | told_of(rested)
    await write_of_end(connection, policy, agreement_id, claims[0], letter, on, facts)
    return await _letter_of(connection, agreement_id)


async def _ask_for_end(
    connection: AsyncConnection, agreement_id: str, words: str, actor: Actor
) -> None:
    asked = (
        update(Agreement)
        .where(Agreement.id == agreement_id, Agreement.state == "active")
        .where(Agreement.ended_by.is_(None))
        .values(ended_by=actor.id, ended_because=words)
        .returning(Agreement.id)
    )
    if (await connection.execute(asked)).first() is None:
        await debtor_of(connection, agreement_id)
        raise Conflict(f"agreement {agreement_id} is not in force")


def _paragraphs(words: str) -> list[str]:
    """As the letter has them."""
    try:
        return paragraphs_of(words)
    except Invalid as invalid:
        raise Invalid(*(replace(one, field="reasons") for one in invalid.faults)) from None


async def _letter_of(connection: AsyncConnection, agreement_id: str) -> int | None:
    key = _KEYS[Letter.AGREEMENT_ENDED]
    found = select(LetterRow.id).where(LetterRow.subject == agreement_id, LetterRow.key == key)
    number: int | None = await connection.scalar(found)
    return number


async def book_rested(
    connection: AsyncConnection, policy: Policy, claim_ids: Iterable[str], on: date
) -> Money:
    """Add the interest that stood still on each claim, so that who is told to pay is told it all.

    Returns how much it came to. The agreement must be over, or its end asked for.
    """
    total = NOTHING
    for claim_id in sorted(claim_ids):
        facts = await read_facts(connection, claim_id, on)
        if not facts.claim["is_withdrawn"]:
            lines = interest_lines(facts, policy, on)
            await book_lines(connection, claim_id, lines, on)
            total += sum((line.amount for line in lines), NOTHING)
    return total


async def interest_when_ended(
    connection: AsyncConnection, policy: Policy, file: AgreementFile, on: date
) -> Money:
    """What would be added on the day *on*. To be asked in a transaction that is taken back."""
    ended = update(Agreement).where(Agreement.id == file.agreement["id"])
    await connection.execute(ended.values(state=AgreementOutcome.DISSOLVED.value))
    return await book_rested(connection, policy, [one["id"] for one in file.alive], on)


def told_of(rested: Money) -> dict[str, Any]:
    """What a letter says of the interest that has been added now."""
    return {"rested_ore": rested.ore} if rested else {}


async def write_of_end(
    connection: AsyncConnection,
    policy: Policy,
    agreement_id: str,
    claim: Any,
    letter: Letter,
    on: date,
    facts: dict[str, Any],
) -> None:
    """Lay the letter in the tray that says that all is owed at once."""
    planned = dispatch_day(on)
    days = policy.letter_step(claim.claim_type, letter, claim.registered_on).days
    deadline = deadline_after(planned, days)
    request = LetterRequest(
        agreement_id, _KEYS[letter], letter, days, on, planned, deadline, facts
    )  # fmt: skip
    await request_letters(connection, claim.id, request)


async def debtor_of(connection: AsyncConnection, agreement_id: str) -> int:
    """Raises NotFound."""
    found = select(Agreement.debtor_id).where(Agreement.id == agreement_id)
    debtor_id = await connection.scalar(found)
    if debtor_id is None:
        raise NotFound("agreement", agreement_id)
    return int(debtor_id)
