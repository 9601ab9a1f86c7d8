"""Which claims hang together: by those who owe them, and by the agreements that cover them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_DEBTORS = text("""
select id from debtors where id > :after and id <= :last order by id limit :limit""")
_SPAN = text("select coalesce(min(id), 1), coalesce(max(id), 0) from debtors")
_OWED = text("""
select b.claim_id, b.debtor_id from liabilities b join claims c on c.id = b.claim_id
where c.registered_on <= :until and b.claim_id in (
  select claim_id from liabilities where debtor_id = any(:debtors))""")
_AGREED = text("""
select k.agreement_id, b.claim_id, b.debtor_id from agreement_claims k
join agreement_claims o on o.agreement_id = k.agreement_id
join agreements g on g.id = k.agreement_id join liabilities b on b.claim_id = o.claim_id
where g.signed_on <= :until and k.claim_id = any(:claims)""")


async def debtor_span(connection: AsyncConnection) -> tuple[int, int]:
    """The lowest and the highest number of a debtor."""
    first, last = (await connection.execute(_SPAN)).one()
    return int(first), int(last)


async def next_debtors(connection: AsyncConnection, after: int, last: int, limit: int) -> list[int]:
    """The next debtors in the order of their numbers, up to *last*."""
    values = {"after": after, "last": last, "limit": limit}
    return list((await connection.execute(_DEBTORS, values)).scalars())


async def groups_of(
    connection: AsyncConnection, debtors: Collection[int], until: date
) -> list[list[str]]:
    """The claims registered by *until* that hang together, group by group.

    A group belongs to the lowest number among its debtors: where that is none of *debtors* the
    group is another batch's, and is left out.
    """
    wanted, ties = set(debtors), _Ties()
    known: set[int] = set()
    while new := wanted - known:
        known |= new
        wanted |= await _tie(connection, ties, sorted(new), until)
    return [claims for lowest, claims in ties.groups() if lowest in set(debtors)]


async def _tie(
    connection: AsyncConnection, ties: "_Ties", debtors: list[int], until: date
) -> set[int]:
    """All who owe a claim with one of *debtors*, or one in an agreement with such a claim."""
    rows = await connection.execute(_OWED, {"debtors": debtors, "until": until})
    owed = [(claim, debtor) for claim, debtor in rows]
    claims = sorted({claim for claim, _ in owed})
    rows = await connection.execute(_AGREED, {"claims": claims, "until": until})
    agreed = [tuple(row) for row in rows]
    for claim, debtor in owed:
        ties.tie(claim, debtor)
    for agreement, claim, debtor in agreed:
        ties.tie(claim, debtor)
        ties.tie(claim, agreement)
    return {debtor for _, debtor in owed} | {debtor for *_, debtor in agreed}


class _Ties:
    """Claims (text), debtors (numbers) and agreements (text) that are tied, as sets."""

    def __init__(self) -> None:
        self._above: dict[str | int, str | int] = {}

    def tie(self, one: str | int, other: str | int) -> None:
        self._above[self._top(one)] = self._top(other)

    def groups(self) -> Iterator[tuple[int, list[str]]]:
        """The lowest debtor and the claims of each, in the order of those debtors."""
        members: dict[str | int, list[str | int]] = defaultdict(list)
        for one in self._above:
            members[self._top(one)].append(one)
        found = [(_lowest(group), sorted(_claims(group))) for group in members.values()]
        yield from sorted(found)

    def _top(self, one: str | int) -> str | int:
        above = self._above.setdefault(one, one)
        while above != one:
            self._above[one] = self._above[above]
            one, above = above, self._above[above]
        return one


def _lowest(group: Iterable[str | int]) -> int:
    return min(one for one in group if isinstance(one, int))


def _claims(group: Iterable[str | int]) -> Iterator[str]:
    return (one for one in group if isinstance(one, str) and not one.startswith("A-"))
