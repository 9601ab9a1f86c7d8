"""A file of claims becomes claims and a report, once, whatever dies on the way."""

import json

import pytest
from temporalio.testing import ActivityEnvironment

from activities.claim_files import ROWS_AT_ONCE, ClaimFileActivities
from activities.files import RowsFrom
from domain.errors import Conflict, Invalid, NotFound
from persistence.files import received as files
from persistence.models import Debtor, FileRow, LedgerEntry, OutboxRow
from tests.files.builders import a_mixed_table, a_row, a_source, a_table
from tests.files.desk import FOR_EVER


async def test_the_rows_of_a_file_become_claims_whose_stories_start(desk):
    source = a_source()
    messages = await desk.count(OutboxRow.id)
    file_id = await desk.read(a_table(a_row(source, 1), a_row(source, 2)))
    assert await desk.claims(source) == [("1", 150, 150), ("2", 250, 250)]
    assert await desk.count(OutboxRow.id) == messages + 3  # the file's own, and each claim's
    progress = await desk.progress(file_id)
    assert (progress.state, progress.rows, progress.rows_done) == ("done", 2, 2)
    assert (progress.rows_taken, progress.rows_refused) == (2, 0)


async def test_a_json_list_becomes_claims_too(desk):
    source = a_source()
    claim = {
        "source": source,
        "reference": 7,
        "claim_type": "rent",
        "principal": 6125.50,
        "period_start": "2026-01-01",
        "period_end": "2026-01-31",
        "due_date": "2026-01-05",
        "debtors": [
            {"cpr_cvr": "0703790123", "name": "Karla"},
            {"cpr_cvr": "1108650456", "name": "Aksel"},
        ],
    }
    file_id = await desk.read(json.dumps([claim]).encode())
    assert await desk.faults(file_id) == []
    assert await desk.claims(source) == [("7", 612550, 612550)]


async def test_a_bad_row_holds_no_good_row_back(desk):
    source = a_source()
    content = a_table(a_row(source, 1), a_row(source, 2, beløb="1.234"), a_row(source, 3))
    file_id = await desk.read(content)
    assert [claim[0] for claim in await desk.claims(source)] == ["1", "3"]
    assert await desk.faults(file_id) == [(3, "beløb", "amount-ambiguous")]
    assert (await desk.progress(file_id)).rows_refused == 1


async def test_the_same_file_twice_changes_nothing_and_shows_the_old_report(desk):
    source = a_source()
    content = a_table(a_row(source, 1), a_row(source, 2, beløb="-1"))
    file_id = await desk.read(content)
    before = await desk.claims(source), await desk.faults(file_id), await desk.count(OutboxRow.id)
    assert await desk.receive(content) == (file_id, False)
    await desk.go_on(file_id)
    after = await desk.claims(source), await desk.faults(file_id), await desk.count(OutboxRow.id)
    assert after == before


async def test_the_same_rows_in_another_file_are_known(desk):
    source = a_source()
    await desk.read(a_table(a_row(source, 1)))
    file_id = await desk.read(a_table(a_row(source, 1), a_row(source, 2)))
    assert [claim[0] for claim in await desk.claims(source)] == ["1", "2"]
    assert await desk.faults(file_id) == [(2, "løbenummer", "claim-known")]
    progress = await desk.progress(file_id)
    assert (progress.rows_taken, progress.rows_refused) == (1, 0)


async def test_a_known_reference_with_other_facts_is_refused(desk):
    source = a_source()
    await desk.read(a_table(a_row(source, 1)))
    file_id = await desk.read(a_table(a_row(source, 1, beløb="99,00")))
    assert await desk.faults(file_id) == [(2, "løbenummer", "reference-other-claim")]
    assert await desk.claims(source) == [("1", 150, 150)]


async def test_a_reference_twice_in_a_file_is_refused_the_second_time(desk):
    source = a_source()
    content = a_table(a_row(source, 1), a_row(source, 2), a_row(source, 1, beløb="9"))
    file_id = await desk.read(content)
    assert await desk.faults(file_id) == [(4, "løbenummer", "reference-twice")]
    assert [claim[0] for claim in await desk.claims(source)] == ["1", "2"]


async def test_a_field_nobody_knows_is_mentioned_once_in_json(desk):
    source = a_source()
    names = ("source", "reference", "claim_type", "cpr_cvr", "name", "principal", "period_start")
    row = dict(zip(names, a_row(source, 1).split(";"), strict=False))
    row |= {"period_start": "2026-01-01", "period_end": "2026-01-31", "due_date": "2026-01-05"}
    lines = [row | {"reference": str(n), "skonummer": "42"} for n in range(3 * ROWS_AT_ONCE)]
    file_id = await desk.read("\n".join(map(json.dumps, lines)).encode())
    assert await desk.faults(file_id) == [(1, "skonummer", "field-unknown")]
    assert len(await desk.claims(source)) == len(lines)


async def test_a_file_that_cannot_be_read_is_kept_and_refused_whole(desk):
    content = b"sko;st\xc3\xb8rrelse\r\n" + a_source().encode()
    file_id = await desk.read(content)
    assert await desk.faults(file_id) == [(0, "", "header-missing")]
    assert (await desk.progress(file_id)).state == "refused"
    async with desk.database.transaction() as connection:
        assert await files.read_content(connection, file_id) == content


async def test_a_refused_file_may_be_sent_again_as_the_other_kind(desk):
    source = a_source()
    content = a_table(a_row(source, 1))
    file_id, _ = await desk.receive(content, kind="payments")
    async with desk.database.transaction() as connection:
        await files.set_state(connection, file_id, files.REFUSED)
    assert await desk.receive(content) == (file_id, True)
    await desk.go_on(file_id)
    assert len(await desk.claims(source)) == 1
    with pytest.raises(Conflict):
        await desk.receive(content, kind="payments")


async def test_a_file_beyond_all_measure_is_refused_before_it_is_kept(desk, monkeypatch):
    monkeypatch.setattr(files, "LARGEST_FILE", 1000)
    kept = await desk.count(FileRow.id)
    with pytest.raises(Invalid) as caught:
        await desk.receive(b"x" * 1001)
    assert caught.value.faults[0].code == "file-too-large"
    assert await desk.count(FileRow.id) == kept


async def test_a_file_that_does_not_exist_is_not_found(desk):
    with pytest.raises(NotFound):
        await desk.progress(0)


async def test_a_worker_killed_between_two_batches_repeats_and_loses_nothing(desk):
    one_go, resumed = a_source(), a_source()
    count = 3 * ROWS_AT_ONCE + 17
    whole = await desk.read(a_mixed_table(one_go, count))
    file_id, _ = await desk.receive(a_mixed_table(resumed, count))
    for done in (0, ROWS_AT_ONCE, ROWS_AT_ONCE, 2 * ROWS_AT_ONCE):
        acts = ClaimFileActivities(
            desk.database, desk.policy, FOR_EVER
        )  # a new worker knows nothing
        await ActivityEnvironment().run(acts.look_through, file_id)
        await ActivityEnvironment().run(acts.take_rows, RowsFrom(file_id, done))
    await desk.go_on(file_id)
    assert await desk.claims(resumed) == await desk.claims(one_go)
    assert await desk.faults(file_id) == await desk.faults(whole)


class Killed(Exception):
    pass


async def test_a_worker_killed_in_the_middle_of_a_batch_repeats_and_loses_nothing(desk):
    one_go, resumed = a_source(), a_source()
    count = 2 * ROWS_AT_ONCE
    whole = await desk.read(a_mixed_table(one_go, count))
    file_id, _ = await desk.receive(a_mixed_table(resumed, count))
    for row in (2, 50, ROWS_AT_ONCE + 1, ROWS_AT_ONCE + 2, 2 * ROWS_AT_ONCE):
        with pytest.raises(Killed):
            await desk.go_on(file_id, environment=_killed_at(row))
    assert (await desk.progress(file_id)).rows_done == ROWS_AT_ONCE
    await desk.go_on(file_id)
    assert await desk.claims(resumed) == await desk.claims(one_go)
    assert await desk.faults(file_id) == await desk.faults(whole)
    assert await desk.progress(file_id) != await desk.progress(whole), "they are two files"


def _killed_at(row):
    def die(number):
        if number == row:
            raise Killed

    environment = ActivityEnvironment()
    environment.on_heartbeat = die
    return environment


async def test_a_row_refused_by_nothing_of_ours_leaves_no_trace_of_its_batch(desk):
    """All or nothing: what the rows before it had become is undone with it."""
    source, debtors = a_source(), await desk.count(Debtor.id)
    entries = await desk.count(LedgerEntry.id)
    file_id, _ = await desk.receive(a_table(*(a_row(source, n) for n in range(1, 9))))
    with pytest.raises(Killed):
        await desk.go_on(file_id, environment=_killed_at(9))
    assert await desk.claims(source) == []
    assert await desk.count(Debtor.id) == debtors
    assert await desk.count(LedgerEntry.id) == entries
