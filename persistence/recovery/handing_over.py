"""The transfer of a claim: only when all is proved, and written down as it was then."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import Insert, RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.claim import Stage
from domain.money import NOTHING, Money
from domain.policy import Policy
from domain.recovery.requirements import dossier_of
from domain.recovery.split import DebtLine
from persistence.claims.acts import Mark, mark_act, requested_recovery
from persistence.claims.facts import ClaimFacts
from persistence.money.accounts import Line, book_lines, interest_lines
from persistence.recovery.actions import moved_to_authority
from persistence.recovery.dossiers import read_dossier_facts, recovery_claims
from persistence.recovery.preflights import forget_preflight, keep_preflight
from persistence.recovery.sent_claims import lay_claims, lay_for

_A_DAY = timedelta(days=1)


async def hand_over(
    connection: AsyncConnection, policy: Policy, facts: ClaimFacts, key: str, on: date
) -> bool:
    """Lay the claim ready to be sent; False when something is not proved, which is written down.

    Interest is posted to the day before: what arose on the day of the transfer the authority
    rejects (R_5_1, R_5_5). The claim must be locked.
    """
    lines = interest_lines(facts, policy, on - _A_DAY)
    [known] = await read_dossier_facts(connection, [facts.id], on)
    dossier = dossier_of(known.with_lines(_posted(facts, lines)), policy, on)
    if not dossier.is_ready:
        await keep_preflight(connection, facts.id, dossier, on, refused_act=key)
        return False
    await book_lines(connection, facts.id, lines, on)
    await forget_preflight(connection, facts.id)
    owed = facts.balance + sum((line.amount for line in lines), NOTHING)
    told = {
        "news": facts.news,
        "claims": [claim.reference for claim in dossier.claims],
        "in_hearing": sorted({finding.rule for finding in dossier.hearings}),
    }
    mark = Mark(facts.id, key, "transfer", on, None, Stage.TRANSFER, told)
    asked, moved = _asked(facts.id, key, owed, on), moved_to_authority(facts.id, on)
    await mark_act(connection, facts.id, mark, asked, moved)
    await lay_claims(connection, facts.id, key, dossier.claims)
    return True


async def lay_whole(
    connection: AsyncConnection, policy: Policy, action: RowMapping, on: date
) -> None:
    """A transfer that was asked for before its parts were told apart goes as one claim."""
    main, *_ = await recovery_claims(connection, policy, action["claim_id"], on)
    known = action["parts"][0]["reference"] if action["parts"] else main.reference
    whole = replace(main, reference=known, amount=Money(action["amount_ore"]))
    await lay_for(connection, action["claim_id"], action["id"], [whole])


def _asked(claim_id: str, key: str, owed: Money, on: date) -> Insert:
    return requested_recovery(
        claim_id=claim_id, key=key, kind="create", amount_ore=owed.ore, requested_on=on, facts={}
    )


def _posted(facts: ClaimFacts, lines: Sequence[Line]) -> Iterator[DebtLine]:
    """The lines as they will stand in the books, whose numbers have no gap."""
    for seq, line in enumerate(lines, start=facts.claim["ledger_seq"] + 1):
        start, end = line.period or (None, None)
        yield DebtLine(seq, line.kind, line.amount, line.amount, line.effective_on, start, end)
