"""Which of a day's foreseen letters leave as one, what they cost, and which cannot be sent."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Text, any_, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.foresight.foreseen import Foreseen, ForeseenKind, WhyNot
from domain.merging import Waiting, merge
from domain.money import NOTHING, Money
from domain.policy import Policy
from persistence.claims.facts import ClaimFacts, look_at_facts
from persistence.debtors.unreached import IS_UNREACHED
from persistence.foresight.forecasts import keep_foreseen
from persistence.models import Claim
from persistence.money.accounts import interest_lines
from persistence.money.letter_fees import Price, price_of

_UNREACHED = text(f"""
update foreseen f set why = case when d.status in ('dead', 'dissolved') then d.status
  else 'no-address' end
from debtors d where d.id = f.debtor_id and f.forecast_id = :forecast and f.day = :day
  and f.kind = 'letter' and f.why is null and {IS_UNREACHED}
returning f.id""")
_LETTERS = text("""
select id, what, subject, key, claim_id, debtor_id, asked_on, planned_on,
  letter_id, fee_ore
from foreseen where forecast_id = :forecast and day = :day and kind = 'letter' and why is null
order by id""")
_CHARGED = text("""
select claim_id, day, fee_ore from foreseen where forecast_id = :forecast and kind = 'fee'
  and why is null and day < :day and claim_id = any(:claims)""")
_FOLLOW = text("""
update foreseen f set why = 'merged', facts = jsonb_build_object('with', m.leader)
from unnest(cast(:ids as bigint[]), cast(:leaders as text[])) as m (id, leader)
where f.id = m.id""")
_BEAR = text("""
update foreseen f set claim_id = m.claim
from unnest(cast(:ids as bigint[]), cast(:claims as text[])) as m (id, claim) where f.id = m.id""")
_COVERED = (
    select(Claim.agreement_id, func.array_agg(aggregate_order_by(Claim.id, Claim.id)))
    .where(Claim.agreement_id == any_(bindparam("agreements", type_=ARRAY(Text))))
    .where(Claim.ending.is_(None), Claim.is_withdrawn.is_(False))
    .group_by(Claim.agreement_id)
)

_Act = tuple[str, str]  # subject and key


@dataclass(slots=True)
class _Day:
    """The letters of a day in the order in which they are asked for, and what each act costs.

    *charged*: by claim, the fees foreseen for the days before; *covers*: the claims of agreements.
    *fees*: what comes of it; *free*: why an act that could cost something does not.
    """

    policy: Policy
    on: date
    letters: list[tuple[int, Foreseen]]
    facts: Mapping[str, ClaimFacts]
    charged: Mapping[str, Sequence[tuple[date, Money]]]
    covers: Mapping[str, Sequence[str]]
    fees: dict[_Act, Foreseen] = field(default_factory=dict)
    free: dict[_Act, Foreseen] = field(default_factory=dict)


async def price_day(
    connection: AsyncConnection, policy: Policy, forecast_id: int, on: date
) -> None:
    """The days before it must have been priced: what is charged then counts."""
    asked = {"forecast": forecast_id, "day": on}
    day = await _read(connection, policy, asked)
    _price_all(day)
    unreached = set((await connection.execute(_UNREACHED, asked)).scalars())
    followers = dict(_lay_together(day, unreached))
    bears = dict(_who_bears(day))
    await connection.execute(_FOLLOW, {"ids": list(followers), "leaders": list(followers.values())})
    await connection.execute(_BEAR, {"ids": list(bears), "claims": list(bears.values())})
    await keep_foreseen(connection, forecast_id, [*day.fees.values(), *day.free.values()])


async def _read(connection: AsyncConnection, policy: Policy, asked: dict[str, Any]) -> _Day:
    on = asked["day"]
    letters = [(row.id, _letter(row, on)) for row in await connection.execute(_LETTERS, asked)]
    costing = [one for _, one in letters if one.letter.is_reminder and not one.letter_id]
    agreements = sorted({one.subject for one in costing if one.subject != one.claim_id})
    found = await connection.execute(_COVERED, {"agreements": agreements})
    covers = {str(agreement): list(claims) for agreement, claims in found.tuples()}
    claims = {one.claim_id for one in costing} | {c for ids in covers.values() for c in ids}
    charged: dict[str, list[tuple[date, Money]]] = defaultdict(list)
    for row in await connection.execute(_CHARGED, asked | {"claims": sorted(claims)}):
        charged[row.claim_id].append((row.day, Money(row.fee_ore)))
    facts = await look_at_facts(connection, claims, on)
    in_order = sorted(letters, key=lambda pair: pair[1].rank)
    return _Day(policy, on, in_order, facts, charged, covers)


def _letter(row: Any, on: date) -> Foreseen:
    return Foreseen(
        on, ForeseenKind.LETTER, row.what, row.subject, row.key, row.claim_id, row.debtor_id,
        row.asked_on, row.planned_on, letter_id=row.letter_id, fee_ore=row.fee_ore,
    )  # fmt: skip


def _price_all(day: _Day) -> None:
    """Each act once, however many debtors its letter goes to."""
    copies: dict[_Act, list[Foreseen]] = defaultdict(list)
    for _, one in day.letters:
        copies[one.subject, one.key].append(one)
    charged: dict[int | None, list[Foreseen]] = defaultdict(list)  # by debtor, what costs already
    for act, letters in copies.items():
        beside = [fee for letter in letters for fee in charged[letter.debtor_id]]
        _price(day, act, letters[0], beside)
        for letter in letters if act in day.fees else ():
            charged[letter.debtor_id].append(day.fees[act])


def _price(day: _Day, act: _Act, letter: Foreseen, beside: Sequence[Foreseen]) -> None:
    """*beside*: fees of letters to the same people that were asked for before it."""
    fee = replace(letter, kind=ForeseenKind.FEE, debtor_id=None)
    if letter.letter_id:
        if letter.fee_ore:
            day.fees[act] = fee
        return
    if not letter.letter.is_reminder:
        return
    claim, price = _price_of(day, letter)
    fee = replace(fee, claim_id=claim)
    if price.fee and _is_shared(day, letter, beside):
        day.free[act] = replace(fee, why=WhyNot.SHARED_FEE)
    elif price.fee:
        day.fees[act] = replace(fee, fee_ore=price.fee.amount.ore)
    elif price.free:
        day.free[act] = replace(fee, why=WhyNot(price.free.value))


def _price_of(day: _Day, letter: Foreseen) -> tuple[str, Price]:
    """An agreement's reminder is charged to the first of its claims that may be charged."""
    if letter.subject == letter.claim_id:
        return letter.claim_id, _price_of_claim(day, letter)
    prices = [
        (claim, _price_on(day, letter, day.facts[claim], day.facts[claim].balance))
        for claim in day.covers.get(letter.subject, ())
    ]
    with_fee = [one for one in prices if one[1].fee]
    return [*with_fee, *prices, (letter.claim_id, Price(None))][0]


def _price_of_claim(day: _Day, letter: Foreseen) -> Price:
    facts = day.facts[letter.claim_id]
    row = facts.claim
    step = day.policy.letter_step(row["claim_type"], letter.letter, row["registered_on"])
    if not step.has_fee:
        return Price(None)
    interest = interest_lines(facts, day.policy, letter.planned_on or day.on)
    owed = facts.balance + sum((line.amount for line in interest), NOTHING)
    return _price_on(day, letter, facts, owed)


def _price_on(day: _Day, letter: Foreseen, facts: ClaimFacts, owed: Money) -> Price:
    foreseen = day.charged.get(facts.id, ())
    owed += sum((fee for _, fee in foreseen), NOTHING)
    on = letter.planned_on or day.on
    return price_of(day.policy, facts, letter.letter, on, owed, foreseen)


def _is_shared(day: _Day, letter: Foreseen, beside: Sequence[Foreseen]) -> bool:
    """As the act looks at it (`is_fee_shared`): letters that leave as one have one fee."""
    merges = day.policy.post_rule(letter.planned_on or day.on).merges
    if letter.letter not in merges or letter.subject != letter.claim_id:
        return False
    return any(
        one.letter in merges
        and one.subject == one.claim_id != letter.claim_id
        and one.planned_on == letter.planned_on
        for one in beside
    )


def _lay_together(day: _Day, unreached: set[int]) -> Iterator[tuple[int, str]]:
    """The letters that leave in another's envelope, and the claim that one is about.

    What was charged for them beside the first fee is given up.
    """
    reached = [(number, one) for number, one in day.letters if number not in unreached]
    leaving = dict(enumerate(reached, start=1))
    waiting = [_waiting(day, place, one) for place, (_, one) in leaving.items()]
    for sending in merge(waiting, day.policy.post_rule(day.on).merges):
        for one in sending.surplus_fees:
            act = leaving[one.id][1].subject, leaving[one.id][1].key
            if fee := day.fees.pop(act, None):
                day.free[act] = replace(fee, fee_ore=0, why=WhyNot.SHARED_FEE)
        for follower in sending.letters[1:]:
            yield leaving[follower.id][0], sending.leader.claim


def _waiting(day: _Day, place: int, one: Foreseen) -> Waiting:
    fee = day.fees.get((one.subject, one.key))
    ore = fee.fee_ore if fee else 0
    return Waiting(place, one.debtor_id or 0, one.letter, one.claim_id, one.subject, ore)


def _who_bears(day: _Day) -> Iterator[tuple[int, str]]:
    """An agreement's letter is about the claim that bears its fee."""
    for number, one in day.letters:
        fee = day.fees.get((one.subject, one.key))
        if fee and fee.claim_id != one.claim_id:
            yield number, fee.claim_id
