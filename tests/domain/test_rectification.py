"""What may stand of a person, what changes, and what others told of what stands by hand."""

from dataclasses import replace
from datetime import date

import pytest

from domain.errors import Invalid
from domain.keeping.retention import ProtectionRule
from domain.rectification import PersonFacts, RectifiedFact, overruled_by

TODAY = date(2026, 3, 16)
YEAR = ProtectionRule(12)
KARLA = PersonFacts("Karla Prøvesen", ("Prøvevej 1", "8660 Skanderborg"))


def rectified(then, before=KARLA, kind="person"):
    return before.rectified(then, kind, YEAR, TODAY)


def codes(then, **more):
    with pytest.raises(Invalid) as wrong:
        rectified(then, **more)
    return [(fault.field, fault.code) for fault in wrong.value.faults]


def test_what_is_otherwise_is_changed_and_nothing_else():
    then, changed = rectified(replace(KARLA, name="  Karla   Prøvesen-Ny "))
    assert (then.name, changed) == ("Karla Prøvesen-Ny", (RectifiedFact.NAME,))
    then, changed = rectified(PersonFacts("Karla", (" Nyvej 2 ", "", "8660  Skanderborg")))
    assert then.address == ("Nyvej 2", "8660 Skanderborg")
    assert changed == (RectifiedFact.NAME, RectifiedFact.ADDRESS)


def test_all_that_is_wrong_is_told_at_once():
    then = PersonFacts("", (*("Vej",) * 8,), is_protected=True)
    assert codes(then) == [
        ("name", "field-missing"),
        ("address", "address-too-long"),
        ("protected_until", "field-missing"),
    ]
    assert codes(KARLA) == [("", "rectify-nothing")]
    assert codes(replace(KARLA, name="x" * 201)) == [("name", "text-too-long")]


@pytest.mark.parametrize(
    ("until", "code"),
    [
        (date(2026, 3, 15), "rectify-until-over"),
        (date(2026, 3, 16), None),
        (date(2027, 3, 16), None),
        (date(2027, 3, 17), "rectify-until-too-late"),
    ],
)
def test_a_protection_lasts_a_year_at_a_time(until, code):
    then = replace(KARLA, is_protected=True, protected_until=until)
    if code:
        assert codes(then) == [("protected_until", code)]
    else:
        assert rectified(then) == (then, (RectifiedFact.PROTECTION,))


def test_a_company_has_no_protected_address():
    then = replace(KARLA, is_protected=True, protected_until=TODAY)
    assert codes(then, kind="company") == [("is_protected", "rectify-company-protected")]


def test_a_protection_that_others_told_without_a_day_may_stay_so():
    before = replace(KARLA, is_protected=True)
    then, changed = rectified(replace(before, name="Karla Ny"), before=before)
    assert (then.is_protected, changed) == (True, (RectifiedFact.NAME,))


def test_the_day_goes_with_the_protection():
    before = replace(KARLA, is_protected=True, protected_until=TODAY)
    then, changed = rectified(replace(before, is_protected=False), before=before)
    assert (then.protected_until, changed) == (None, (RectifiedFact.PROTECTION,))


def test_what_was_told_is_kept_until_it_stands_again():
    second, third = replace(KARLA, name="B"), replace(KARLA, name="C")
    told = overruled_by(KARLA, second, {})
    assert told == {"name": "Karla Prøvesen"}
    assert overruled_by(second, third, told) == told, "what others told, not what we wrote"
    assert overruled_by(third, KARLA, told) == {}
    assert overruled_by(third, replace(third, address=()), told) == told | {
        "address": ["Prøvevej 1", "8660 Skanderborg"]
    }


def test_a_renewed_protection_overrules_nobody():
    before = replace(KARLA, is_protected=True, protected_until=TODAY)
    assert overruled_by(before, replace(before, protected_until=date(2027, 1, 1)), {}) == {}


def test_a_mark_is_another_when_anything_is():
    others = (
        replace(KARLA, name="x"), replace(KARLA, address=()), replace(KARLA, is_protected=True),
        replace(KARLA, protected_until=TODAY),
    )  # fmt: skip
    assert len({KARLA.mark, *(one.mark for one in others)}) == 5
