"""How an ended claim's account comes to nothing: what is left is taken out by its right name."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from domain.claim import Ending, Stage
from domain.ledger import EntryKind
from domain.letters import Letter
from domain.money import NOTHING
from domain.orders import Close
from domain.policy import Policy
from persistence.agreements.covered_claims import dissolve_if_alone
from persistence.agreements.plan_sums import sum_up
from persistence.claims.acts import Mark, cancelled, mark_act
from persistence.claims.facts import ClaimFacts
from persistence.claims.reopening import reopen
from persistence.claims.telling import is_settled
from persistence.endings.write_off_books import forget_overtaken, reaches_debtor, write_off_line
from persistence.money.accounts import Line, book_cover
from persistence.post.correspondence import Occasion, write_to_debtors

_NAMES = {
    Ending.PAID: (EntryKind.ROUNDING, "small-amount", "kommunens bagatelgrænse"),
    Ending.WITHDRAWN: (EntryKind.CORRECTION, "withdrawn", ""),
    Ending.SETTLED: (EntryKind.WRITE_OFF, "settled-by-authority", "GIL § 16"),
    Ending.WRITTEN_OFF: (EntryKind.WRITE_OFF, "write-off", "kasse- og regnskabsregulativ"),
}


def closing_line(facts: ClaimFacts, ending: Ending, on: date) -> Line:
    """The line that brings the claim's balance, which is not nothing, to nothing."""
    kind, rule, basis = _NAMES[ending]
    return Line(kind, -facts.balance, on, HOUSE.id, rule, basis)


async def end_claim(
    connection: AsyncConnection, policy: Policy, facts: ClaimFacts, order: Close
) -> Ending:
    """Bring the account to nothing and ask nobody about the claim any more; how it has ended.

    A claim that was to end as paid, and whose money was taken away again before, lives on. One
    that was to be given up, and was paid before, is paid.
    """
    ending = _ending(facts, order)
    is_paid = is_settled(policy, facts.claim, facts.balance, order.on)
    told = {"ending": ending.value}
    if ending is Ending.PAID and not is_paid:
        mark = Mark(facts.id, order.key, "close", order.on, facts=told)
        await mark_act(connection, facts.id, mark)
        await reopen(connection, facts.id, order.on)
        return ending
    await _bring_to_nothing(connection, policy, facts, ending, order.on)
    mark = Mark(facts.id, order.key, "close", order.on, None, Stage.ENDED, told)
    end = {"ending": ending.value, "ended_on": order.on}
    await mark_act(connection, facts.id, mark, *cancelled(facts.id), **end)
    if ending is Ending.WRITTEN_OFF and await reaches_debtor(connection, facts.id):
        occasion = Occasion(Letter.WRITE_OFF_DECISION, f"written-off-{order.key}", order.on)
        await write_to_debtors(connection, facts.id, occasion)
    if facts.claim["agreement_id"]:
        await dissolve_if_alone(connection, facts.claim["agreement_id"])
        await sum_up(connection, facts.claim["agreement_id"])
    return ending


def _ending(facts: ClaimFacts, order: Close) -> Ending:
    is_nothing_left = facts.balance <= NOTHING
    return Ending.PAID if order.ending is Ending.WRITTEN_OFF and is_nothing_left else order.ending


async def _bring_to_nothing(
    connection: AsyncConnection, policy: Policy, facts: ClaimFacts, ending: Ending, on: date
) -> None:
    if facts.balance:
        line = closing_line(facts, ending, on)
        line = await write_off_line(connection, facts.id, ending, line)
        await book_cover(connection, facts, policy, line, on)
    await forget_overtaken(connection, facts.id)
