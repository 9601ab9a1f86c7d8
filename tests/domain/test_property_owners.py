"""Every owner of a property is told of the hearing in time, with proof (RPL §§ 493-494)."""

from datetime import date

import pytest

from domain.decisions import Outcome
from domain.distraints.owners import (
    NewOwner,
    Told,
    faults_of_knowing,
    faults_of_owner,
    faults_of_telling,
    property_number,
)
from domain.errors import Invalid
from domain.identity import parse_national_id
from tests.domain.test_situations import POLICY

RULE = POLICY.distraint_rule(date(2026, 3, 2))
HELD = date(2026, 4, 7)
IN_TIME, LATE = date(2026, 3, 31), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        (Told("Ea", IN_TIME, IN_TIME), []),
        (Told("Ea", IN_TIME, HELD), []),
        (Told("Ea", by_hand_on=IN_TIME), []),
        (Told("Ea", LATE, LATE, by_hand_on=IN_TIME), []),
        (Told("Ea"), ["owner-not-told"]),
        (Told("Ea", IN_TIME), ["owner-not-told"]),
        (Told("Ea", LATE, LATE), ["owner-told-late"]),
        (Told("Ea", by_hand_on=HELD), ["owner-told-late"]),
    ],
)
def test_an_owner_is_told_a_week_before_and_with_proof(told, codes):
    assert [fault.code for fault in faults_of_telling(RULE, [told], HELD)] == codes


def test_each_owner_who_was_not_told_is_named():
    faults = faults_of_telling(RULE, [Told("Ea"), Told("Bo", IN_TIME, IN_TIME), Told("Ib")], HELD)
    assert [fault.values["name"] for fault in faults] == ["Ea", "Ib"]


@pytest.mark.parametrize(
    ("outcome", "owners", "unanswered", "codes"),
    [
        (Outcome.PROPERTY_TAKEN, 1, 0, []),
        (Outcome.PROPERTY_TAKEN, 0, 0, ["owners-unknown"]),
        (Outcome.PROPERTY_TAKEN, 1, 1, ["owners-not-answered"]),
        (Outcome.ASSETS_TAKEN, 0, 0, []),
        (Outcome.IN_VAIN, 0, 0, []),
        (Outcome.IN_VAIN, 0, 1, ["owners-not-answered"]),
    ],
)
def test_no_property_is_taken_while_an_owner_is_unknown(outcome, owners, unanswered, codes):
    found = faults_of_knowing(outcome, owners, unanswered)
    assert [fault.code for fault in found] == codes


@pytest.mark.parametrize("text", ["5381234", " 5 381 234", "BFE 5381234", "bfe5.381.234"])
def test_a_propertys_number_is_read_as_people_write_it(text):
    assert property_number(text) == "5381234"


@pytest.mark.parametrize("text", ["", "0123", "12345678901", "matr. 7b", "-5"])
def test_what_is_no_propertys_number_is_refused(text):
    with pytest.raises(Invalid, match="property-number-shape"):
        property_number(text)


def test_an_owner_has_a_name_an_address_and_a_share_that_can_be_read():
    number = parse_national_id("2302580789")
    assert not list(faults_of_owner(NewOwner(number, "Ea", ("Vej 1",), "1/2")))
    wrong = NewOwner(number, " ", (" ",), "x" * 41)
    codes = [fault.code for fault in faults_of_owner(wrong)]
    assert codes == ["owner-without-name", "owner-without-address", "owner-share-long"]
