"""The round that keeps what must be kept, and no more, as Temporal runs it."""

from datetime import date, datetime

from sqlalchemy import insert, text

from activities.keeping import KeepingActivities
from domain.calendar import COPENHAGEN
from persistence.models import Erasure, ErasureItem, FileRow, User
from tests.rounds.test_round_workflows import clock_from, run
from workflows.keeping import KeepingWorkflow

YEARS_LATER = datetime(2032, 3, 1, 9, tzinfo=COPENHAGEN)
FILES = 60  # more than two handfuls


async def test_a_round_erases_all_that_was_approved_and_draws_last_months_looks(
    house, time_skipping
):
    rule = {"kind": "file", "years": 5, "before": "2027-01-01", "source": "x"}
    async with house.database.transaction() as connection:
        people = [{"id": name, "name": name, "role": "supervisor"} for name in ("ane", "bo")]
        await connection.execute(insert(User), people)
        files = [
            {"sha256": str(n), "kind": "claims", "name": "a.csv", "content": b"Karla", "facts": {},
             "received_on": date(2026, 3, 2), "received_by": "ane", "state": "done"}
            for n in range(FILES)
        ]  # fmt: skip
        await connection.execute(insert(FileRow), files)
        erasure = {"state": "approved", "as_of": YEARS_LATER.date(), "rules": [rule], "kept": {},
                   "proposed_by": "ane", "proposed_at": YEARS_LATER, "approved_by": "bo",
                   "approved_at": YEARS_LATER}  # fmt: skip
        made = insert(Erasure).values(erasure).returning(Erasure.id)
        number = (await connection.execute(made)).scalar_one()
        keys = (await connection.execute(text("select id::text from files"))).scalars().all()
        items = [{"erasure_id": number, "kind": "file", "key": key, "last_on": date(2026, 3, 2)}
                 for key in keys]  # fmt: skip
        await connection.execute(insert(ErasureItem), items)
    acts = KeepingActivities(house.database, house.policy)
    clock = await clock_from(time_skipping, YEARS_LATER)
    await run(time_skipping, KeepingWorkflow, [acts.sweep, acts.erase], clock)
    assert await house.rows("select distinct name, length(content) from files") == [
        ("(slettet)", 0)
    ]
    assert await house.rows("select state, rows_erased from erasures") == [
        ("done", {"files": FILES})
    ]
    assert await house.value("select month from look_samples") == date(2032, 2, 1)
