"""How unplaced money covers what a claim owes, by the day on which the debtor paid."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ledger import DEBT, EntryKind
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.agreements.plan_sums import sum_up
from persistence.claims.facts import ClaimFacts, read_facts
from persistence.claims.telling import tell_of_payment
from persistence.endings.write_off_reversals import reverse_for_money
from persistence.money.accounts import Line, book_cover, book_lines, interest_lines, open_lines
from persistence.money.debts import Reason
from persistence.money.late_money import correct_from
from persistence.recovery.reporting import request_correction

_CHARGES = DEBT - {EntryKind.PRINCIPAL}  # A debtor may pay long before the due day.


@dataclass(frozen=True, slots=True)
class UnplacedMoney:
    """What of a payment is to be placed. *paid_on*: value date; *rule*: who said where it goes."""

    payment_id: int
    amount: Money
    paid_on: date
    rule: str = "payment"


async def place(
    connection: AsyncConnection,
    policy: Policy,
    claim_id: str,
    money: UnplacedMoney,
    on: date,
    actor: str,
) -> Money:
    """Cover what the claim owes on the day the debtor paid; returns how much it could take.

    What was charged after that day, for the money was not known yet, is corrected first. An ended
    claim takes nothing, but for one that was given up: what comes is owed again, and paid.
    """
    facts = await read_facts(connection, claim_id, on)
    if facts.claim["ending"]:
        return await _place_on_given_up(connection, policy, facts, money, on, actor)
    if interest := interest_lines(facts, policy, money.paid_on):
        await book_lines(connection, claim_id, interest, on)
        facts = await read_facts(connection, claim_id, on)
    if was_late := is_late(facts, money.paid_on):
        taken, balance = await _place_late(connection, policy, facts, money, on, actor)
    else:
        taken = await _cover(connection, policy, facts, money, on, actor)
        balance = facts.balance - taken
    if taken:
        await tell_of_payment(connection, policy, facts.claim, money.payment_id, taken, balance, on)
    if facts.claim["agreement_id"] and (interest or was_late):
        await sum_up(connection, facts.claim["agreement_id"])
    return taken


async def _place_on_given_up(
    connection: AsyncConnection,
    policy: Policy,
    facts: ClaimFacts,
    money: UnplacedMoney,
    on: date,
    actor: str,
) -> Money:
    taken = await reverse_for_money(
        connection, policy, facts, money.amount, money.paid_on, on, actor
    )
    if not taken:
        return NOTHING
    facts = await read_facts(connection, facts.id, on)
    paid = UnplacedMoney(money.payment_id, taken, money.paid_on, money.rule)
    return await _cover(connection, policy, facts, paid, on, actor)


def is_late(facts: ClaimFacts, paid_on: date) -> bool:
    """Whether the claim was charged anything after the day on which the debtor had paid."""
    return any(entry.effective_on > paid_on and entry.kind in _CHARGES for entry in facts.entries)


async def _cover(
    connection: AsyncConnection,
    policy: Policy,
    facts: ClaimFacts,
    money: UnplacedMoney,
    on: date,
    actor: str,
    until: date = date.max,
) -> Money:
    """Cover what arose by *until*; returns how much was taken."""
    owed = (line.open for line in open_lines(facts, until))
    amount = min(money.amount, sum(owed, NOTHING))
    if amount:
        line = Line(
            EntryKind.PAYMENT, -amount, money.paid_on, actor, money.rule, "",
            payment_id=money.payment_id,
        )  # fmt: skip
        await book_cover(connection, facts, policy, line, on, until)
    return amount


async def _place_late(
    connection: AsyncConnection,
    policy: Policy,
    facts: ClaimFacts,
    money: UnplacedMoney,
    on: date,
    actor: str,
) -> tuple[Money, Money]:
    """What was owed that day, then what is left of the later charges; returns taken and balance."""
    taken = await _cover(connection, policy, facts, money, on, actor, until=money.paid_on)
    reason = Reason("paid-earlier", on, actor)
    corrected = await correct_from(connection, policy, facts.id, money.paid_on, reason)
    if corrected and facts.claim["stage"] in {"transfer", "recovery"}:
        await request_correction(connection, facts.id, corrected, money.payment_id, on)
    facts = await read_facts(connection, facts.id, on)
    rest = UnplacedMoney(money.payment_id, money.amount - taken, money.paid_on, money.rule)
    later = await _cover(connection, policy, facts, rest, on, actor)
    return taken + later, facts.balance - later
