"""What was put right of a person before, who has what was wrong, and protections that are over."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, RowMapping, Text, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import NotFound
from domain.rectification import PersonFacts, RectifiedFact
from persistence.columns import every
from persistence.debtors.rectifying import PERSON, facts_of
from persistence.models import Rectification

_NOW = text(PERSON).columns(overruled=JSONB)
_BEFORE = text(f"""
select {every(Rectification, "k")}, u.name as decided_by_name
from rectifications k join users u on u.id = k.decided_by
where k.debtor_id = :debtor order by k.id desc limit :limit""")

# A letter as it was printed begins with to whom it went, and where that stood in it, the address.
_SPREAD = text("""
select (select count(*) from letters where debtor_id = :debtor and state = 'requested') as waiting,
  count(*) as letters, max(o.written_on) as last_letter_on,
  count(*) filter (where o.message_id like '%-p%') as posted,
  (select string_agg(distinct c.source, ', ') from liabilities b join claims c
    on c.id = b.claim_id and b.debtor_id = :debtor) as sources,
  (select count(distinct r.claim_id) from recovery_claims r join liabilities b
    on b.claim_id = r.claim_id and b.debtor_id = :debtor) as claims_there
from letters l join letter_documents o on o.letter_id = l.id and o.pdf is not null
where l.debtor_id = :debtor and (o.document -> 'recipient' ->> 0 = cast(:name as text)
  or o.document -> 'recipient' @> to_jsonb(cast(:address as text[])))""").bindparams(
    bindparam("address", type_=ARRAY(Text))
)
_ENDED = text("""
select id, name, protected_until from debtors
where is_protected and protected_until < :on and erased_on is null
order by protected_until, id limit :limit""")


@dataclass(frozen=True, slots=True)
class Person:
    """*overruled*: by fact, what others told of it where it stands by hand."""

    id: int
    kind: str
    facts: PersonFacts
    overruled: dict[str, Any]


async def read_person(connection: AsyncConnection, debtor_id: int) -> Person:
    """Raises NotFound, also for one who is erased."""
    row = (await connection.execute(_NOW, {"debtor": debtor_id})).mappings().first()
    if row is None or row["erased_on"]:
        raise NotFound("debtor", debtor_id)
    return Person(row["id"], row["kind"], facts_of(row), row["overruled"])


async def read_rectifications(
    connection: AsyncConnection, debtor_id: int, limit: int
) -> Sequence[RowMapping]:
    """The newest first, those that were refused too."""
    values = {"debtor": debtor_id, "limit": limit}
    return (await connection.execute(_BEFORE, values)).mappings().all()


def changes_of(row: RowMapping) -> Iterator[tuple[RectifiedFact, PersonFacts, PersonFacts]]:
    """The facts that a rectification changed, with both sides of it; none when it was refused."""
    columns = {
        RectifiedFact.NAME: "name_became",
        RectifiedFact.ADDRESS: "address_became",
        RectifiedFact.PROTECTION: "protected_became",
    }
    for fact, column in columns.items():
        if row[column] is not None:
            yield fact, _side(row, "was"), _side(row, "became")


def _side(row: RowMapping, side: str) -> PersonFacts:
    return PersonFacts(
        row[f"name_{side}"] or "",
        tuple(row[f"address_{side}"] or ()),
        bool(row[f"protected_{side}"]),
        row[f"until_{side}"],
    )


async def read_spread(
    connection: AsyncConnection,
    debtor_id: int,
    was: PersonFacts,
    changed: Collection[RectifiedFact],
) -> RowMapping:
    """Who has what was wrong: *letters* that left with it, *posted* of them on paper, and
    *claims_there*, claims that the recovery authority has had; *waiting*: letters yet to leave;
    *sources*: the systems that claims came from.
    """
    has_name = RectifiedFact.NAME in changed
    has_address = RectifiedFact.ADDRESS in changed and was.address
    values = {
        "debtor": debtor_id,
        "name": was.name if has_name else None,
        "address": list(was.address) if has_address else None,
    }
    return (await connection.execute(_SPREAD, values)).mappings().one()


async def ended_protections(
    connection: AsyncConnection, on: date, limit: int
) -> Sequence[RowMapping]:
    """Whose protection had its last day before *on*, the longest ago first."""
    return (await connection.execute(_ENDED, {"on": on, "limit": limit})).mappings().all()
