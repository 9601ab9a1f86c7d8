"""All letters say what a citizen must know, in words a citizen understands."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from domain.letters import Letter
from domain.money import Money
from letters.catalogue import LANGUAGES
from letters.rendering import render
from letters.situations import situations
from tests.letters.builders import DAY_CARE, OFFICE, PLAN, WASTE, a_letter

NOTICE = "gældsinddrivelseslovens § 2, stk. 4"
REMINDERS = (Letter.FIRST_REMINDER, Letter.SECOND_REMINDER)

each_letter = pytest.mark.parametrize("letter", Letter)
each_that_asks = pytest.mark.parametrize("letter", [one for one in Letter if one.asks_for_payment])
in_both_languages = pytest.mark.parametrize("language", LANGUAGES)


@each_that_asks
def test_a_letter_says_to_whom_about_what_and_how_much(letter):
    rendered = render(a_letter(letter))
    for words in ("Karla Prøvesen", "Prøvevej 1", "12. oktober 2026", DAY_CARE.id,
                  "Børnehaven Solsikken, september", "1. september 2026", "30. september 2026",
                  "1.234,50 kr.", "24,70 kr.", "250,00 kr.", "I alt: 1.509,20 kr."):  # fmt: skip
        assert words in rendered.body, words
    assert rendered.title
    assert "\n" not in rendered.title


@each_that_asks
def test_a_letter_names_the_law_behind_each_amount(letter):
    body = render(a_letter(letter)).body
    for law in ("dagtilbudslovens § 31", "gebyrlovens § 3", "gebyrlovens § 2, stk. 2"):
        assert law in body


@each_that_asks
def test_a_letter_says_how_to_pay_and_whom_to_call(letter):
    body = render(a_letter(letter)).body
    assert DAY_CARE.payment_line in body
    assert OFFICE.phone in body
    assert "\n".join(OFFICE.sender) in body


@pytest.mark.parametrize(
    "letter",
    sorted(
        {letter for letter in Letter if letter.asks_for_payment}
        - {Letter.AGREEMENT_CONFIRMATION, Letter.INSTALMENT_NUDGE, Letter.HOLD_ENDED}
        - {Letter.WRITE_OFF_REVERSED}
    ),
)
def test_a_letter_that_gives_time_says_until_when(letter):
    assert "senest den 2. november 2026" in render(a_letter(letter)).body


@each_letter
@in_both_languages
def test_a_letter_has_one_empty_line_between_its_parts_and_no_leftovers(letter, language):
    for _, content in situations(letter, language):
        body = render(replace(content, name="Karla Prøvesen")).body
        assert "\n\n\n" not in body
        assert not re.search(r"[{}%]|None|  ", body)
        assert all(line == line.strip() for line in body.splitlines())


@each_letter
def test_the_english_letter_has_the_same_parts_as_the_danish(letter):
    shapes = [
        [type(block) for block in render(a_letter(letter, language)).document.blocks]
        for language in LANGUAGES
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("letter", REMINDERS)
def test_a_reminder_says_what_it_costs_by_which_law(letter):
    fee = "Dette brev koster 250,00 kr. i gebyr (gebyrlovens § 2, stk. 2)."
    assert fee in render(a_letter(letter)).body
    assert "koster" not in render(a_letter(letter, fee=None)).body


@pytest.mark.parametrize("letter", REMINDERS)
def test_whichever_reminder_carries_the_transfer_notice_says_so(letter):
    telling = replace(DAY_CARE, carries_transfer_notice=True)
    assert NOTICE in render(a_letter(letter, claims=(telling,))).body
    assert NOTICE not in render(a_letter(letter, claims=(DAY_CARE,))).body


def test_only_the_claims_that_may_be_transferred_are_said_to_be():
    telling = replace(DAY_CARE, carries_transfer_notice=True)
    body = render(a_letter(Letter.SECOND_REMINDER, claims=(WASTE, telling))).body
    assert "sende disse krav til Gældsstyrelsen: 2026-000123." in body


def test_a_transfer_notice_says_what_the_recovery_authority_may_do():
    assert NOTICE in render(a_letter(Letter.TRANSFER_NOTICE)).body


def test_nobody_is_threatened_with_what_cannot_happen():
    """Wages are not withheld for civil claims, nor from companies."""
    civil = a_letter(Letter.TRANSFER_NOTICE, can_be_withheld_from_wages=False)
    assert "løn" not in render(civil).body
    assert "løn" in render(replace(civil, can_be_withheld_from_wages=True)).body
    free = replace(DAY_CARE, can_grow=False)
    assert "komme renter og gebyr" not in render(a_letter(Letter.DEMAND, claims=(free,))).body


def test_the_confirmation_lists_every_instalment():
    body = render(a_letter(Letter.AGREEMENT_CONFIRMATION)).body
    for instalment in PLAN:
        assert str(instalment.amount) in body
    assert "- 2. november 2026: 500,00 kr.\n- 1. december 2026: 500,00 kr." in body


def test_the_agreements_reminder_says_what_is_missing():
    body = render(a_letter(Letter.AGREEMENT_REMINDER)).body
    assert "Vi mangler 300,00 kr. af det, du skulle betale senest den 1. december 2026." in body


def test_an_agreement_over_several_claims_gives_each_its_payment_line_and_sums_them():
    body = render(a_letter(Letter.AGREEMENT_CONFIRMATION, claims=(DAY_CARE, WASTE))).body
    assert DAY_CARE.payment_line in body
    assert WASTE.payment_line in body
    assert "I alt: 2.309,20 kr." in body


def test_those_who_owe_together_are_told_so():
    assert "Hver af jer" in render(a_letter(Letter.DEMAND, has_co_debtors=True)).body
    assert "Hver af jer" not in render(a_letter(Letter.DEMAND)).body


def test_the_same_facts_give_the_same_letter_and_other_facts_another():
    first = render(a_letter(Letter.DEMAND))
    assert first == render(a_letter(Letter.DEMAND))
    other = render(a_letter(Letter.DEMAND, name="Karlo Prøvesen"))
    assert first.sha256 != other.sha256


def test_what_debtors_and_systems_wrote_is_words_and_no_template():
    claim = replace(DAY_CARE, description="{{ letter.office }} {% raw %}")
    body = render(a_letter(Letter.DEMAND, claims=(claim,), name="{{ 7 * 7 }}")).body
    assert "{{ letter.office }} {% raw %}" in body
    assert "{{ 7 * 7 }}" in body


def test_a_letter_of_a_million_is_still_readable():
    line = replace(DAY_CARE.lines[0], amount=Money(123456789))
    claim = replace(DAY_CARE, lines=(line,))
    assert "I alt: 1.234.567,89 kr." in render(a_letter(Letter.DEMAND, claims=(claim,))).body


def test_every_text_belongs_to_a_letter():
    folder = Path(__file__).parents[2] / "templates" / "letters"
    names = {path.name for path in folder.iterdir() if path.is_dir()}
    assert names == {*Letter, "parts", "layout"}
