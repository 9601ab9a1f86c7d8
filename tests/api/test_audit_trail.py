"""Whatever someone with all rights in the database does to the trail, it is found and named."""

from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.screens import Block, Screen, mark_of, read_screen, write_screen
from persistence.tasks.screens import keep_screen
from persistence.trail.anchoring import anchor_audit, last_anchor
from persistence.trail.audit import note
from persistence.trail.verifying import Break, find_breaks

SUBJECTS = ("2026-000001", "debtor-1", "post-room")
LENGTHS = (4, 1, 3)
AT_ONCE = timedelta(0)
PLACES = [(s, n) for s, length in zip(SUBJECTS, LENGTHS, strict=True) for n in range(1, length + 1)]
SCREEN = Screen("2026-000001", "prøve-1", "da", (Block("heading", ("Dialog",)),))

CHANGES = {
    "actor": "actor || 'x'",
    "act": "'viewed'",
    "facts": """facts || '{"x": 1}'""",
    "at": "at - interval '1 second'",
    "hash": "md5(hash)",
    "previous": "md5(previous)",
}


async def fill(connection):
    """A trail of three subjects, woven into each other."""
    numbers = count()
    for turn in range(max(LENGTHS)):
        for subject, length in zip(SUBJECTS, LENGTHS, strict=True):
            if turn < length:
                await note(connection, subject, "anna", "held", number=next(numbers))
    assert await anchor_audit(connection, AT_ONCE) == sum(LENGTHS)


async def with_all_rights(connection, statement, **values):
    """No trigger stands in the way, as for one who may do anything."""
    await connection.execute(text("set local session_replication_role = 'replica'"))
    done = await connection.execute(text(statement), values)
    await connection.execute(text("set local session_replication_role = 'origin'"))
    assert done.rowcount


async def rewrite(connection, subject):
    """All hashes of the subject anew, so that its chain holds again."""
    found = text("select seq from audit where subject = :subject order by seq")
    previous = ""
    for seq in (await connection.execute(found, {"subject": subject})).scalars().all():
        await with_all_rights(
            connection,
            """update audit set previous = :previous, hash = encode(sha256(convert_to(concat_ws('|',
                 cast(:previous as text), subject, seq, extract(epoch from at), actor, act,
                 facts::text), 'UTF8')), 'hex') where subject = :subject and seq = :seq""",
            previous=previous, subject=subject, seq=seq,
        )  # fmt: skip
        hashed = text("select hash from audit where subject = :subject and seq = :seq")
        previous = (await connection.execute(hashed, {"subject": subject, "seq": seq})).scalar()


@pytest.fixture
async def trail(api):
    """Each use begins with the same whole trail, and ends undone."""

    @asynccontextmanager
    async def opened():
        async with api.database.engine.connect() as connection:
            await fill(connection)
            assert await find_breaks(connection) == []
            yield connection

    return opened


def tried(function):
    few = settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    return few(function)


@tried
@given(place=st.sampled_from(PLACES), column=st.sampled_from(sorted(CHANGES)), anew=st.booleans())
async def test_a_changed_row_is_named_even_when_the_chain_is_made_anew(trail, place, column, anew):
    assume(not (anew and column in {"hash", "previous"}))  # made anew they are as they were
    subject, number = place
    async with trail() as connection:
        change = f"update audit set {column} = {CHANGES[column]} where subject = :s and seq = :n"
        await with_all_rights(connection, change, s=subject, n=number)
        if anew:
            await rewrite(connection, subject)
        found = await find_breaks(connection)
        assert {one.subject for one in found} == {subject}
        assert anew or Break(subject, number, "changed") in found


@tried
@given(places=st.sets(st.sampled_from(PLACES), min_size=1))
async def test_every_row_taken_away_is_named_and_no_other(trail, places):
    async with trail() as connection:
        for subject, number in places:
            gone = "delete from audit where subject = :s and seq = :n"
            await with_all_rights(connection, gone, s=subject, n=number)
        found = [one for one in await find_breaks(connection) if one.what == "gone"]
        assert {(one.subject, one.number) for one in found} == places


@tried
@given(subject=st.sampled_from(SUBJECTS))
async def test_a_whole_subject_taken_away_is_named(trail, subject):
    async with trail() as connection:
        await with_all_rights(connection, "delete from audit where subject = :s", s=subject)
        assert {one.subject for one in await find_breaks(connection)} == {subject}


@tried
@given(subject=st.sampled_from((*SUBJECTS, "debtor-9")), anew=st.booleans())
async def test_a_row_put_in_afterwards_is_named(trail, subject, anew):
    async with trail() as connection:
        first = (await connection.execute(text("select min(id) from audit"))).scalar()
        await with_all_rights(
            connection,
            """insert into audit (id, subject, seq, actor, act, facts, previous, hash)
               overriding system value select :id, :s, coalesce(max(seq), 0) + 1, 'anna', 'held',
               '{}', '', 'made-up' from audit where subject = :s""",
            id=first - 1, s=subject,
        )  # fmt: skip
        if anew:
            await rewrite(connection, subject)
        found = await find_breaks(connection)
        assert {one.subject for one in found} == {subject}


@tried
@given(pair=st.lists(st.sampled_from(PLACES), min_size=2, max_size=2, unique=True))
async def test_two_rows_that_changed_places_are_named(trail, pair):
    swap = """
      update audit a set facts = b.facts from audit b where (a.subject, a.seq, b.subject, b.seq) in
        ((:one, :n, :other, :m), (:other, :m, :one, :n))"""
    (one, n), (other, m) = pair
    async with trail() as connection:
        await with_all_rights(connection, swap, one=one, n=n, other=other, m=m)
        assert set(await find_breaks(connection)) >= {Break(*place, "changed") for place in pair}


async def test_an_anchor_that_was_changed_or_taken_away_is_named(trail):
    async with trail() as connection:
        await with_all_rights(connection, "update audit_anchors set heads = '{}'")
        assert "audit-anchors" in {one.subject for one in await find_breaks(connection)}
    async with trail() as connection:
        await with_all_rights(connection, "delete from audit_anchors")
        [gone] = await find_breaks(connection)
        assert (gone.subject, gone.what) == ("audit-anchors", "gone")


async def test_what_is_not_settled_is_held_the_next_time_and_only_once(trail):
    async with trail() as connection:
        number, mark = await last_anchor(connection)
        assert await anchor_audit(connection, timedelta(hours=1)) == 0
        assert await last_anchor(connection) == (number, mark)
        await note(connection, "debtor-1", "anna", "held")
        assert await anchor_audit(connection, AT_ONCE) == 2  # and the note of the first anchor
        assert (await last_anchor(connection))[0] == number + 1
        assert await find_breaks(connection) == []
        await with_all_rights(
            connection, "delete from audit where subject = 'debtor-1' and seq = 2"
        )
        assert await find_breaks(connection) == [Break("debtor-1", 2, "gone")]


async def test_one_subject_may_be_looked_at_alone(trail):
    async with trail() as connection:
        await with_all_rights(connection, "delete from audit where subject = 'debtor-1'")
        assert await find_breaks(connection, "post-room") == []
        assert await find_breaks(connection, "debtor-1") == [Break("debtor-1", 1, "gone")]


async def test_a_screen_that_was_changed_or_taken_away_is_named(trail):
    for statement, what in (
        ("update screens set content = replace(content, 'Dialog', 'Andet')", "screen-changed"),
        ("delete from screens", "screen-gone"),
    ):
        async with trail() as connection:
            mark = await keep_screen(connection, SCREEN)
            assert await keep_screen(connection, SCREEN) == mark
            await note(connection, SCREEN.subject, "anna", "decided", screen=mark)
            assert await find_breaks(connection) == []
            await with_all_rights(connection, statement)
            assert await find_breaks(connection) == [Break(SCREEN.subject, 5, what)]


@pytest.mark.parametrize("table", ["audit", "audit_anchors", "screens"])
@pytest.mark.parametrize("act", ["delete from {}", "truncate {} cascade", "update {} set {} = {}"])
async def test_nobody_changes_or_removes_what_was_written(api, table, act):
    column = {"audit": "act", "audit_anchors": "hash", "screens": "content"}[table]
    with pytest.raises(DBAPIError, match="append-only"):
        async with api.database.transaction() as connection:
            await connection.execute(text(act.format(table, column, column)))


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.builds(Block, words, st.lists(words, max_size=3).map(tuple)), max_size=5))
def test_a_screen_is_read_as_it_was_written(blocks):
    screen = Screen("2026-000001", "prøve-1", "da", tuple(blocks))
    content = write_screen(screen)
    assert read_screen(content) == screen
    assert mark_of(content) == mark_of(write_screen(read_screen(content)))
