"""Who owes together: debtors whose claims and letters move each other, and nobody else's."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_OWING = text("""
select d.id from debtors d where d.id > :after and exists (
  select from liabilities b join claims c on c.id = b.claim_id
  where b.debtor_id = d.id and c.ending is null)
order by d.id limit :limit""")
_TOGETHER = text("""
select b.debtor_id, o.debtor_id from liabilities b
join claims c on c.id = b.claim_id and c.ending is null
join liabilities o on o.claim_id = b.claim_id and o.debtor_id <> b.debtor_id
where b.debtor_id = any(:debtors)
union
select b.debtor_id, g.debtor_id from liabilities b
join claims c on c.id = b.claim_id and c.ending is null
join agreements g on g.id = c.agreement_id and g.state = 'active'
where b.debtor_id = any(:debtors) and g.debtor_id <> b.debtor_id""")


async def circles_of_debtors(
    connection: AsyncConnection, after: int, limit: int
) -> tuple[list[frozenset[int]], int | None]:
    """Those who owe something together, the next *limit* debtors after the debtor *after*.

    Each circle comes once: with the first of its debtors. Also how far it came, None at the end.
    """
    values = {"after": after, "limit": limit}
    debtors = list((await connection.execute(_OWING, values)).scalars())
    beside = await _beside(connection, debtors)
    circles, seen = [], set[int]()
    for debtor in debtors:
        if debtor not in seen:
            circle = _circle(debtor, beside)
            seen |= circle
            circles += [circle] if min(circle) == debtor else []
    return circles, debtors[-1] if len(debtors) == limit else None


async def circle_of(connection: AsyncConnection, debtors: Sequence[int]) -> frozenset[int]:
    """Everyone who owes together with the debtors, and they themselves."""
    beside = await _beside(connection, debtors)
    return frozenset(debtors).union(*(_circle(debtor, beside) for debtor in debtors))


async def _beside(connection: AsyncConnection, debtors: Collection[int]) -> dict[int, set[int]]:
    """By debtor, those who owe something with them: of all who can be reached so."""
    beside: dict[int, set[int]] = defaultdict(set)
    known, new = set(debtors), set(debtors)
    while new:
        rows = await connection.execute(_TOGETHER, {"debtors": sorted(new)})
        for one, other in rows.tuples():
            beside[one].add(other)
            beside[other].add(one)
        new = set(beside) - known
        known |= new
    return beside


def _circle(debtor: int, beside: dict[int, set[int]]) -> frozenset[int]:
    found, new = {debtor}, {debtor}
    while new:
        new = set().union(*(beside.get(one, set()) for one in new)) - found
        found |= new
    return frozenset(found)
