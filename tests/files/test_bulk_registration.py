"""Many claims at once leave the same facts as one by one."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Row, select, text

from domain.errors import Conflict
from persistence.claims.bulk_registration import register_all
from persistence.claims.registration import register
from persistence.debtors.lookup import is_numbered
from persistence.models import Debtor
from tests.builders import a_claim, a_debtor
from tests.files.builders import a_source

TODAY = date(2026, 3, 2)
OWN = {"id", "serial", "payment_reference", "source", "at", "previous", "hash", "created_at"}
TABLES = {
    "claims": "source = :source",
    "liabilities": "claim_id in (select id from claims where source = :source)",
    "ledger_entries": "claim_id in (select id from claims where source = :source)",
    "acts": "subject in (select id from claims where source = :source)",
    "audit": "subject in (select id from claims where source = :source)",
    "outbox": "target in (select 'claim-' || id from claims where source = :source)",
}
ORDER = {
    "claims": "serial",
    "liabilities": "claim_id, debtor_id",
    "acts": "subject, key",
    "audit": "subject, seq",
}


def some_claims(source):
    pair = (a_debtor("1108650456", "Aksel Prøvesen"), a_debtor())
    return [
        replace(a_claim(reference="1"), source=source),
        replace(a_claim("rent", reference="2", debtors=pair), source=source),
        replace(a_claim("day-care", 17, reference="3"), source=source),
        replace(a_claim(reference="4", demand_sent_on=date(2026, 2, 10)), source=source),
    ]


async def facts(connection, source):
    """All that was written, but for what differs from claim to claim by nature."""
    found = {}
    for table, where in TABLES.items():
        order = ORDER.get(table, "id")
        statement = text(f"select * from {table} where {where} order by {order}")
        found[table] = [
            _plain(row) for row in await connection.execute(statement, {"source": source})
        ]
    return found


def _plain(row: Row):
    own = OWN | {"claim_id", "subject", "target", "facts"}
    return {name: value for name, value in row._mapping.items() if name not in own}


async def test_all_at_once_leave_what_one_by_one_leave(database, policy):
    one_by_one, at_once = a_source(), a_source()
    async with database.transaction() as connection:
        for claim in some_claims(one_by_one):
            await register(connection, policy, claim, TODAY, "anna")
        done = await register_all(connection, policy, some_claims(at_once), TODAY, "anna")
        assert await facts(connection, at_once) == await facts(connection, one_by_one)
    assert all(one.is_new for one in done)
    assert [one.claim_id for one in done] == sorted(one.claim_id for one in done)


async def test_known_claims_are_told_from_new_ones_and_from_others(database, policy):
    source = a_source()
    claims = some_claims(source)
    async with database.transaction() as connection:
        first = await register(connection, policy, claims[0], TODAY, "anna")
        other = replace(claims[2], due_date=date(2026, 2, 2))
        await register(connection, policy, other, TODAY, "anna")
        done = await register_all(connection, policy, claims[:3], TODAY, "anna")
    assert (done[0].claim_id, done[0].is_new) == (first.claim_id, False)
    assert done[1].is_new
    assert isinstance(done[2], Conflict)


async def test_the_latest_name_of_a_debtor_counts(database, policy):
    source = a_source()
    named = [
        replace(claim, debtors=(a_debtor("2302580789", name),))
        for claim, name in zip(
            some_claims(source), ("Ellen Prøvesen", "Ellen Mønster"), strict=False
        )
    ]
    async with database.transaction() as connection:
        await register_all(connection, policy, named, TODAY, "anna")
        found = select(Debtor.name).where(is_numbered(connection, "2302580789"))
        assert await connection.scalar(found) == "Ellen Mønster"


async def test_no_claims_are_no_work(database, policy):
    async with database.transaction() as connection:
        assert await register_all(connection, policy, [], TODAY, "anna") == []
