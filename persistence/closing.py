"""How an ended claim's account comes to nothing: what is left is taken out by its right name."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.authority import HOUSE
from domain.claim import Ending, Stage
from domain.ledger import EntryKind
from domain.letters import Letter
from domain.orders import Close
from domain.policy import Policy
from persistence.accounts import Line, book_cover
from persistence.agreement_claims import dissolve_if_alone
from persistence.claim_acts import Mark, cancelled, mark_act
from persistence.claim_facts import ClaimFacts
from persistence.correspondence import Occasion, write_to_debtors
from persistence.plan_sums import sum_up
from persistence.reopening import reopen
from persistence.telling import is_settled

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
) -> None:
    """Bring the account to nothing and ask nobody about the claim any more.

    A claim that was to end as paid, and whose money was taken away again before, lives on.
    """
    is_paid = is_settled(policy, facts.claim, facts.balance, order.on)
    told = {"ending": order.ending.value}
    if order.ending is Ending.PAID and not is_paid:
        mark = Mark(facts.id, order.key, "close", order.on, facts=told)
        await mark_act(connection, facts.id, mark)
        await reopen(connection, facts.id, order.on)
        return
    if facts.balance:
        line = closing_line(facts, order.ending, order.on)
        await book_cover(connection, facts, policy, line, order.on)
    mark = Mark(facts.id, order.key, "close", order.on, None, Stage.ENDED, told)
    end = {"ending": order.ending.value, "ended_on": order.on}
    await mark_act(connection, facts.id, mark, *cancelled(facts.id), **end)
    if order.ending is Ending.WRITTEN_OFF:
        occasion = Occasion(Letter.WRITE_OFF_DECISION, f"written-off-{order.key}", order.on)
        await write_to_debtors(connection, facts.id, occasion)
    if facts.claim["agreement_id"]:
        await dissolve_if_alone(connection, facts.claim["agreement_id"])
        await sum_up(connection, facts.claim["agreement_id"])
