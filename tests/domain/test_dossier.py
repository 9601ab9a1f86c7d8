"""A claim may go to the recovery authority when each condition is proved, and only then."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.claim import HoldReason, Stage
from domain.ledger import EntryKind
from domain.letters import Letter
from domain.limitation.dates import LimitationEvent, LimitationKind, first_limitation
from domain.money import NOTHING, Money
from domain.recovery.claim import Part
from domain.recovery.description_lint import Blemish, Known, blemishes
from domain.recovery.dossier import COMES_BY_ITSELF, DossierFacts, Requirement, SentLetter, Standing
from domain.recovery.requirements import dossier_of
from domain.recovery.split import ClaimToSplit, DebtLine, Demanded, Share, recovery_claims_of
from domain.situation import HoldFact
from letters.catalogue import codes
from policies.loading import load_policy

POLICY = load_policy("skanderborg")
ON = date(2026, 6, 1)
DUE = date(2026, 1, 1)
LIMITATION = first_limitation(POLICY.claim_type("day-care"), DUE)
KARLA = Known(1, "Karla Prøvesen", ("Prøvevej 1", "8660 Skanderborg"))
KARLO = Known(2, "Karlo Prøvesen", ("Prøvevej 1", "8660 Skanderborg"))


def kroner(amount):
    return Money.kroner(amount)


def line(kind, amount, seq, on=DUE, *, left=None, period=None):
    start, end = period or (None, None)
    open_ = kroner(amount if left is None else left)
    return DebtLine(seq, EntryKind(kind), kroner(amount), open_, on, start, end)


def a_letter(number, letter, debtor=1, sent=date(2026, 3, 2), state="delivered", **more):
    deadline = sent + timedelta(days=14)
    arrived = sent if state == "delivered" else None
    left = None if state == "requested" else sent
    facts = {"sent_on": left, "delivered_on": arrived, "deadline": deadline} | more
    return SentLetter(number, Letter(letter), debtor, state, **facts)


LETTERS = (
    a_letter(1, "demand", sent=date(2026, 1, 2)),
    a_letter(2, "first-reminder"),
    a_letter(3, "second-reminder", sent=date(2026, 4, 1)),
)
CLAIM = ClaimToSplit(
    id="2026-000001",
    claim_type="day-care",
    description="Freja, faktura 4711",
    period_start=DUE,
    period_end=date(2026, 1, 31),
    originated_on=DUE,
    due_on=DUE,
    last_timely_on=DUE,
    lines=(line("principal", 3000, 1),),
    shares=(Share(1, LIMITATION),),
)
FACTS = DossierFacts(
    claim=CLAIM,
    stage=Stage.TRANSFER_NOTICE,
    letters_of_life=(Letter.DEMAND, Letter.FIRST_REMINDER, Letter.SECOND_REMINDER),
    notice_with=Letter.SECOND_REMINDER,
    letters=LETTERS,
    debtors=(KARLA,),
)


def of_claim(**changes):
    return lambda facts: replace(facts, claim=replace(facts.claim, **changes))


def of_facts(**changes):
    return lambda facts: replace(facts, **changes)


def with_last(**changes):
    """The notice, otherwise."""

    def otherwise(facts):
        notices = {one for one in facts.letters if one.letter is facts.notice_with}
        letters = [replace(x, **changes) if x in notices else x for x in facts.letters]
        return replace(facts, letters=tuple(letters))

    return otherwise


# What is otherwise, which condition fails for it, and the rule it rests on.
DEFECTS = {
    "nothing is owed": (
        of_claim(lines=(line("principal", 3000, 1, left=0),)), "owed", "GIL § 1",
    ),
    "the last timely day is today": (
        of_claim(last_timely_on=ON), "timely-day", "§ 2, stk. 3",
    ),
    "no reminder has left": (
        of_facts(letters=(LETTERS[0],)), "reminded", "§ 2, stk. 3",
    ),
    "a reminder lies waiting": (
        of_facts(letters=(*LETTERS, a_letter(4, "first-reminder", state="requested"))),
        "reminded", "§ 2, stk. 3",
    ),
    "no notice was written": (
        of_facts(letters=LETTERS[:-1]), "notified", "§ 2, stk. 4",
    ),
    "the notice has no receipt": (
        with_last(state="dispatched", delivered_on=None), "notified", "§ 2, stk. 4",
    ),
    "the notice came back": (
        with_last(state="undelivered", delivered_on=None), "notified", "§ 2, stk. 4",
    ),
    "the notice arrives on the day of the transfer": (
        with_last(delivered_on=ON), "notified", "§ 2, stk. 4",
    ),
    "the notice's time is not out": (
        with_last(deadline=ON), "notified", "§ 2, stk. 4",
    ),
    "an agreement is in force": (
        of_facts(agreement="A-000001"), "no-agreement", "§ 2, stk. 5",
    ),
    "a deferral is in force": (
        of_facts(holds=(HoldFact(HoldReason.DEFERRAL, ON, None),)), "no-hold", "§ 2, stk. 5",
    ),
    "it is there already": (
        of_facts(stage=Stage.RECOVERY), "not-there", "Den juridiske vejledning G.A.1.2.1",
    ),
    "a CPR number stands in the description": (
        of_claim(description="Freja 070379-0123"), "description", "GST 01",
    ),
    "the reference is too long": (
        of_claim(id="2026-" + "9" * 16), "reference", "GST 01",
    ),
    "nobody is liable": (
        lambda facts: replace(of_claim(shares=())(facts), debtors=()), "liable", "GST 01",
    ),
}  # fmt: skip


def test_a_claim_with_all_proofs_is_ready():
    dossier = dossier_of(FACTS, POLICY, ON)
    assert dossier.is_ready, (dossier.missing, dossier.rejections)
    assert {one.requirement for one in dossier.conditions} == set(Requirement)
    assert all(one.proofs for one in dossier.conditions)


@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_what_is_not_proved_stands_in_the_way(defect):
    change, requirement, _ = defect
    dossier = dossier_of(change(FACTS), POLICY, ON)
    assert not dossier.is_ready
    assert requirement in {one.requirement for one in dossier.missing}


@given(st.sets(st.sampled_from(sorted(DEFECTS)), max_size=4))
def test_no_transfer_without_every_proof(names):
    """Whatever is missing together, it is ready exactly when nothing is."""
    facts = FACTS
    for name in sorted(names):
        facts = DEFECTS[name][0](facts)
    assert dossier_of(facts, POLICY, ON).is_ready is (not names)


def test_a_notice_that_was_never_written_is_sent_by_the_claims_story():
    never = of_facts(letters=LETTERS[:-1])(FACTS)
    assert dossier_of(never, POLICY, ON).awaits_notice
    assert not dossier_of(with_last(state="undelivered")(FACTS), POLICY, ON).awaits_notice
    assert not dossier_of(of_claim(description="")(never), POLICY, ON).awaits_notice


def test_a_claim_that_the_municipality_enforces_itself_does_not_go():
    tax = of_claim(claim_type="property-tax", period_end=date(2023, 12, 31))(FACTS)
    missing = {one.requirement for one in dossier_of(tax, POLICY, ON).missing}
    assert Requirement.ROUTE in missing


def test_a_rule_that_rejects_stands_in_the_way_and_one_that_leads_to_a_hearing_does_not():
    odd = dossier_of(of_claim(originated_on=date(2026, 1, 2))(FACTS), POLICY, ON)
    assert [one.rule for one in odd.rejections] == ["R_6_16"]
    assert not odd.missing
    assert not odd.is_ready
    dear = dossier_of(of_claim(lines=(line("principal", 10_001, 1),))(FACTS), POLICY, ON)
    assert [one.rule for one in dear.hearings] == ["R_4_2"]
    assert dear.is_ready


def test_what_time_brings_is_underway_and_what_a_person_must_mend_is_not():
    fee = of_claim(lines=(line("principal", 3000, 1), line("fee", 250, 2, ON)))(FACTS)
    waiting = dossier_of(fee, POLICY, ON)
    assert {one.rule for one in waiting.rejections} <= COMES_BY_ITSELF
    assert waiting.standing is Standing.UNDERWAY
    assert dossier_of(fee, POLICY, ON + timedelta(days=1)).standing is Standing.READY
    blank = of_claim(description="")(fee)
    assert dossier_of(blank, POLICY, ON).standing is Standing.LACKING


@given(st.sets(st.sampled_from(sorted(DEFECTS)), max_size=4))
def test_a_claim_stands_as_ready_or_before_a_hearing_exactly_when_it_may_go(names):
    facts = FACTS
    for name in sorted(names):
        facts = DEFECTS[name][0](facts)
    dossier = dossier_of(facts, POLICY, ON)
    may_go = dossier.standing in {Standing.READY, Standing.HEARING}
    assert may_go is dossier.is_ready
    assert dossier.codes == sorted(set(dossier.codes), key=dossier.codes.index)


def test_each_debtor_must_have_been_told():
    both = replace(
        of_claim(shares=(Share(1, LIMITATION), Share(2, LIMITATION)))(FACTS),
        debtors=(KARLA, KARLO),
    )
    lacking = [(one.requirement, one.debtor_id) for one in dossier_of(both, POLICY, ON).missing]
    assert lacking == [(Requirement.REMINDED, 2), (Requirement.NOTIFIED, 2)]
    told = replace(both, letters=(*LETTERS, a_letter(4, "second-reminder", debtor=2)))
    assert dossier_of(told, POLICY, ON).is_ready


def test_a_persons_decision_about_an_undelivered_letter_is_the_proof():
    facts = with_last(decision_id=17)(FACTS)
    [notice] = [
        one for one in dossier_of(facts, POLICY, ON).conditions if one.requirement == "notified"
    ]
    assert notice.is_met
    assert notice.proofs[0].decision_id == 17
    assert notice.proofs[0].phrase.code == "proof-settled-by-person"


def test_a_practice_without_reminders_needs_none():
    facts = replace(
        FACTS, letters_of_life=(Letter.DEMAND,), notice_with=None,
        letters=(LETTERS[0], a_letter(5, "transfer-notice")),
    )  # fmt: skip
    assert dossier_of(facts, POLICY, ON).is_ready


@pytest.mark.parametrize("requirement", Requirement)
def test_every_condition_has_its_words(requirement):
    assert {f"transfer-{requirement}", f"transfer-{requirement}-do"} <= codes("da") & codes("en")


# The split.

MONTH = (date(2026, 1, 2), date(2026, 2, 1))
NEXT_MONTH = (date(2026, 2, 2), date(2026, 3, 1))
LINES = (
    line("principal", 3000, 1),
    line("interest", 30, 2, MONTH[0], period=MONTH),
    line("fee", 250, 3, date(2026, 3, 2)),
    line("interest", 30, 4, NEXT_MONTH[0], period=NEXT_MONTH),
)


def split(*lines, **changes):
    return recovery_claims_of(replace(CLAIM, lines=lines, **changes), POLICY, ON)


def test_each_month_of_interest_and_each_fee_is_a_claim_of_its_own():
    main, *related = split(*LINES)
    assert (main.reference, main.type_code, main.amount) == ("2026-000001", "KFDAINS", kroner(3000))
    assert [(one.reference, one.part, one.type_code, one.amount) for one in related] == [
        ("2026-000001-2", Part.INTEREST, "REOPDAG", kroner(30)),
        ("2026-000001-3", Part.FEE, "GEDAINS", kroner(250)),
        ("2026-000001-4", Part.INTEREST, "REOPDAG", kroner(30)),
    ]
    assert {one.parent for one in related} == {main.reference}


def test_a_paid_principal_goes_along_as_a_claim_of_nothing():
    main, interest = split(line("principal", 3000, 1, left=0), LINES[1])
    assert (main.principal, main.amount) == (kroner(3000), NOTHING)
    assert interest.parent == main.reference


def test_what_is_paid_of_interest_and_fees_is_no_claim():
    main = split(LINES[0], line("fee", 250, 3, left=0))
    assert len(main) == 1


def test_interest_of_one_period_posted_in_two_lines_is_one_claim():
    _, interest = split(LINES[0], LINES[1], line("interest", 5, 9, MONTH[0], period=MONTH))
    assert (interest.reference, interest.amount) == ("2026-000001-2", kroner(35))


def test_a_fee_arose_when_its_letter_left_and_was_timely_until_its_deadline():
    letter = Demanded(date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 18))
    _, fee = split(LINES[0], LINES[2], demanded=(letter,))
    days = (fee.period_start, fee.period_end, fee.originated_on, fee.due_on)
    assert set(days) == {date(2026, 3, 4)}
    assert fee.last_timely_on == date(2026, 3, 18)


def test_interest_that_no_letter_told_of_was_timely_when_it_fell_due():
    """Fordringstypebilag Renter, afsnit 4.9."""
    _, interest = split(LINES[0], LINES[1])
    assert interest.due_on == interest.last_timely_on == MONTH[0]


def test_a_claim_that_goes_anew_gets_another_reference():
    once, twice = split(*LINES), split(*LINES, attempt=2)
    assert not {one.reference for one in once} & {one.reference for one in twice}
    assert twice[1].parent == twice[0].reference == "2026-000001.2"


def test_each_debtor_has_a_limitation_of_their_own_and_a_judgment_gives_interest_no_ten_years():
    judged = LimitationEvent(LimitationKind.JUDGMENT, date(2026, 4, 1))
    shares = (Share(1, LIMITATION), Share(2, date(2036, 4, 1), (judged,)))
    main, interest = split(LINES[0], LINES[1], shares=shares)
    assert [one.limitation_date for one in main.liabilities] == [LIMITATION, date(2036, 4, 1)]
    assert [one.judged_on for one in main.liabilities] == [None, date(2026, 4, 1)]
    first, second = interest.liabilities
    assert first.limitation_date == date(2029, 1, 2)
    assert (second.limitation_date, second.judged_on) == (date(2029, 4, 3), None)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["interest", "fee", "court-fee"]),
            st.integers(1, 500),
            st.integers(0, 500),
            st.integers(0, 5),
        ),
        max_size=12,
    ),
    st.integers(0, 3000),
)
def test_the_parts_come_to_what_is_owed_under_references_of_their_own(lines, left):
    """Not an øre more or less than the books say, whatever was charged and paid."""
    booked = [line("principal", 3000, 1, left=left)]
    for seq, (kind, amount, open_, month) in enumerate(lines, start=2):
        start = DUE + timedelta(days=30 * month)
        period = (start, start + timedelta(days=29)) if kind == "interest" else None
        booked.append(line(kind, amount, seq, start, left=min(open_, amount), period=period))
    claims = split(*booked)
    assert sum((one.amount for one in claims), NOTHING) == sum((b.open for b in booked), NOTHING)
    assert len({one.reference for one in claims}) == len(claims)
    assert all(one.principal >= one.amount for one in claims)
    assert [one.parent for one in claims] == [None] + [claims[0].reference] * (len(claims) - 1)


# The description.

DESCRIPTIONS = {
    "Freja, faktura 4711": (),
    "Freja f. 07.03.2019, faktura 4711": (),
    "070379, januar": (),
    "0703790123": (Blemish.NATIONAL_ID,),
    "Freja 070379-0123": (Blemish.NATIONAL_ID,),
    "Freja 070379 0123": (Blemish.NATIONAL_ID,),
    "Husleje Prøvevej 1, januar": (),
    "Rotter ved Andetsteds Allé 12": (Blemish.ADDRESS,),
    "Faktura 12345678901234": (),
    "x" * 100: (),
    "x" * 101: (Blemish.TOO_LONG,),
}


@pytest.mark.parametrize(("description", "found"), DESCRIPTIONS.items())
def test_a_description_is_fit_for_the_authoritys_letters(description, found):
    assert blemishes(description, [KARLA]) == found


def test_of_several_debtors_none_may_read_the_others_name():
    assert blemishes("Karla Prøvesen, januar", [KARLA]) == ()
    assert blemishes("Karla Prøvesen, januar", [KARLA, KARLO]) == (Blemish.NAME,)
    assert blemishes("Karla, januar", [KARLA, KARLO]) == ()
