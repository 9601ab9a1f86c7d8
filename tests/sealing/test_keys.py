"""What is sealed is opened by the ring that holds its key, and by nothing else."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealing.keys import CannotOpen, KeyRing, Sealed, new_key

OLD, NEW = new_key("2026-11"), new_key("2026-12")
anything = st.binary(max_size=200)


@given(anything, anything)
def test_what_is_sealed_comes_back_as_it_was(content, about):
    ring = KeyRing.read(OLD)
    assert ring.open(ring.seal(content, about), about) == content


@given(st.binary(min_size=8, max_size=200))
def test_nothing_of_it_can_be_read_meanwhile(content):
    sealed = KeyRing.read(OLD).seal(content)
    assert content not in sealed.content
    assert KeyRing.read(OLD).seal(content).content != sealed.content  # not even that it is the same


@given(anything, st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_bit_is_found_out(content, place, change):
    ring = KeyRing.read(OLD)
    sealed = ring.seal(content)
    changed = bytearray(sealed.content)
    changed[place % len(changed)] ^= change
    with pytest.raises(CannotOpen):
        ring.open(Sealed(sealed.key, bytes(changed)))


def test_what_stands_beside_it_cannot_be_changed_either():
    ring = KeyRing.read(OLD)
    sealed = ring.seal(b"paid", b"about claim 1")
    with pytest.raises(CannotOpen):
        ring.open(sealed, b"about claim 2")


def test_keys_are_changed_while_everything_goes_on():
    rings = (OLD, f"{OLD}\n{NEW}", f"{NEW} {OLD}")
    before, both, after = (KeyRing.read(ring) for ring in rings)
    early, late = before.seal(b"early"), after.seal(b"late")
    assert (early.key, both.seal(b"").key, late.key) == ("2026-11", "2026-11", "2026-12")
    assert both.open(late) == after.open(late) == b"late"
    assert after.open(early) == b"early"
    with pytest.raises(CannotOpen):
        KeyRing.read(NEW).open(early)


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 40])
def test_what_nobody_sealed_is_not_opened(content):
    with pytest.raises(CannotOpen):
        KeyRing.read(OLD).open(Sealed("2026-11", content))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "needs a key"),
        ("   \n", "needs a key"),
        ("c2VjcmV0", "key 1 must be NAME:KEY"),
        (f"{OLD} 2027:{b64encode(b'short').decode()}", "key 2 must be 32 bytes"),
        ("2027:not-base64!", "key 1 must be 32 bytes"),
        (f":{OLD.partition(':')[2]}", "key 1 must be NAME:KEY"),
    ],
    ids=["none", "blank", "bare", "short", "not-base64", "nameless"],  # keys are new each time
)
def test_a_ring_that_is_none_is_refused_without_telling_a_key(text, what):
    with pytest.raises(ValueError, match=what) as refused:
        KeyRing.read(text)
    keys = [key for _, found, key in (word.partition(":") for word in text.split()) if found]
    assert not [key for key in keys if key in str(refused.value)]


@pytest.mark.parametrize("name", ["", "two words", "-x", "x" * 41, "nøgle"])
def test_a_key_has_a_plain_name(name):
    with pytest.raises(ValueError, match="name"):
        new_key(name)
