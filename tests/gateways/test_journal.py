"""A sandbox's journal keeps all of a transaction or none of it, and tells what is due in order."""

from datetime import UTC, datetime, timedelta

import pytest

from gateways.journal import Journal, share

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal.sqlite")


class Broken(Exception):
    pass


def _break_half_way(journal):
    with journal.open() as page:
        page.take("a", NOW, {})
        page.will_tell(NOW, {})
        raise Broken


def test_what_broke_half_way_left_nothing_and_blocks_nobody(journal, tmp_path):
    with pytest.raises(Broken):
        _break_half_way(journal)
    with Journal(tmp_path / "journal.sqlite").open() as page:
        page.tell_due(NOW)
        assert (page.offers(), page.told(0)) == ([], [])


def test_what_is_due_at_the_same_moment_is_told_in_the_order_it_was_planned(journal):
    with journal.open() as page:
        for hours, name in ((2, "c"), (1, "a"), (2, "d"), (1, "b")):
            page.will_tell(NOW + timedelta(hours=hours), {"name": name})
        page.tell_due(NOW + timedelta(hours=2))
        assert [(number, body["name"]) for number, body in page.told(0)] == [
            (1, "a"),
            (2, "b"),
            (3, "c"),
            (4, "d"),
        ]


def test_days_before_the_year_2001_come_before_those_after(journal):
    """Their seconds have fewer digits."""
    with journal.open() as page:
        page.will_tell(datetime(2002, 1, 1, tzinfo=UTC), {"name": "late"})
        page.will_tell(datetime(1999, 1, 1, tzinfo=UTC), {"name": "early"})
        page.tell_due(NOW)
        assert [body["name"] for _, body in page.told(0)] == ["early", "late"]


def test_a_share_belongs_to_its_name_and_seed():
    names = [f"name-{number}" for number in range(1000)]
    assert [share(1, name) for name in names] == [share(1, name) for name in names]
    assert share(1, "a") != share(2, "a")
    assert all(0 <= share(1, name) < 1 for name in names)
    assert 400 < sum(share(1, name) < 0.5 for name in names) < 600
