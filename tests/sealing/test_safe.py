"""What is closed for one place opens there and nowhere else, as it was and not otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealing.keys import CannotOpen, KeyRing, new_key
from sealing.safe import Safe

OLD, NEW = new_key("2026-01"), new_key("2026-12")
PLACES = st.integers(1, 10**9).map("debtors.sealed_number {}".format)


def safe(*keys):
    return Safe(KeyRing.read("\n".join(keys)))


@given(st.text(), PLACES)
def test_what_was_closed_opens_to_the_same_where_it_stands(content, place):
    assert safe(OLD).open(safe(OLD).close(content, place), place, "test") == content


@given(st.text(), PLACES, PLACES)
def test_it_opens_for_no_other_row(content, place, other):
    closed = safe(OLD).close(content, place)
    if other != place:
        with pytest.raises(CannotOpen):
            safe(OLD).open(closed, other, "test")


@given(st.text(), PLACES, st.data())
def test_it_does_not_open_when_a_character_was_changed(content, place, data):
    closed = safe(OLD).close(content, place)
    at = data.draw(st.integers(0, len(closed) - 1))
    changed = closed[:at] + chr(ord(closed[at]) ^ 1) + closed[at + 1 :]
    try:
        opened = safe(OLD).open(changed, place, "test")
    except CannotOpen:
        return
    # The last character of base64 may have bits that say nothing.
    assert opened == content
    assert at >= len(closed.rstrip("=")) - 1


@given(st.text(), PLACES)
def test_keys_can_be_changed_in_peace(content, place):
    """The new key is added, then closes; what the old one closed is closed anew; the old goes."""
    before = safe(OLD).close(content, place)
    both = safe(NEW, OLD)
    assert both.open(before, place, "test") == content
    after = both.close(both.open(before, place, "test"), place)
    assert after.startswith(both.current)
    assert not before.startswith(both.current)
    assert safe(NEW).open(after, place, "test") == content
    with pytest.raises(CannotOpen):
        safe(NEW).open(before, place, "test")


@given(st.text(min_size=1), PLACES)
def test_the_same_twice_looks_different(content, place):
    assert safe(OLD).close(content, place) != safe(OLD).close(content, place)


def test_it_is_counted_what_for_something_is_opened():
    one = safe(OLD)
    closed = one.close("0703790123", "here")
    for why in ("letters", "letters", "search"):
        one.open(closed, "here", why)
    with pytest.raises(CannotOpen):
        one.open(closed, "there", "search")
    assert one.opened == {"letters": 2, "search": 1}
