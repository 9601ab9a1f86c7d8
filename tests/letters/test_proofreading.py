"""What the proofreader finds: each fault in a letter that would otherwise reach a citizen."""

from dataclasses import replace

import pytest

from domain.letters import Letter
from letters.catalogue import LANGUAGES
from letters.documents import Paragraph
from letters.proofreading import faults_in, is_hard_to_read
from letters.readability import lix
from letters.releasing import findings
from letters.rendering import render
from policies.loading import load_policy
from tests.letters.builders import DAY_CARE, a_letter

RULE = load_policy("skanderborg").post_room.entries[-1].value


def codes(content, document, **more):
    return {fault.code for fault in faults_in(content, document, **more)}


def with_words(document, text):
    return replace(document, blocks=(*document.blocks, Paragraph(text)))


def test_every_letter_in_both_languages_passes_in_every_situation():
    assert findings(RULE.most_lix) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Du skylder 99,00 kr. mere.", "letter-not-of-the-facts"),
        ("Betal inden den 3. marts 2027.", "letter-not-of-the-facts"),
        ("Kære {{ name }}", "letter-leftover"),
        ("Fristen er None", "letter-leftover"),
        ("[[owed]] står her", "letter-leftover"),
        ("Dit nummer er 010101-1234.", "letter-tells-cpr"),
        ("Spørg Karlo Prøvesen.", "letter-names-other"),
        ("Mødet er på Skjulvej 7.", "letter-tells-protected"),
    ],
)
def test_what_does_not_belong_in_a_letter_is_found(words, code):
    content = a_letter(Letter.DEMAND)
    document = render(content).document
    others = {"strangers": ["Karlo Prøvesen"], "hidden": ["Skjulvej 7"]}
    assert codes(content, document, **others) == set()
    found = codes(content, with_words(document, words), **others)
    assert found == {code}


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("slips", "letter-without-slip"),
        ("owed", "letter-without-basis"),
    ],
)
def test_what_is_missing_in_a_letter_is_found(part, code):
    content = a_letter(Letter.DEMAND)
    document = render(content).document
    less = [block for block in document.blocks if type(block).__name__.lower()[:4] != part[:4]]
    assert code in codes(content, replace(document, blocks=tuple(less)))


def test_a_letter_that_asks_for_money_names_its_claims():
    content = a_letter(Letter.FIRST_REMINDER, claims=(), fee=None)
    assert "letter-without-claim" in codes(content, render(content).document)


def test_a_law_that_is_not_named_is_missed():
    lawless = replace(DAY_CARE, lines=(replace(DAY_CARE.lines[0], legal_basis="tabt § 1"),))
    content = a_letter(Letter.DEMAND)
    assert "letter-without-basis" in codes(
        replace(content, claims=(lawless,)), render(content).document
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_sentences_of_long_words_are_too_hard(language):
    document = render(a_letter(Letter.DEMAND, language)).document
    assert is_hard_to_read(document, RULE.most_lix) is None
    hard = "Overdragelsen af fordringerne til restanceinddrivelsesmyndigheden forudsætter " * 30
    assert is_hard_to_read(with_words(document, hard + "."), RULE.most_lix).code == "letter-hard"


def test_abbreviations_and_dates_do_not_end_a_sentence():
    """13 words, of which two are long, in one sentence: 13 + 100 * 2 / 13."""
    document = render(a_letter(Letter.DEMAND)).document
    words = "Betal senest den 2. november efter gebyrlovens § 2, stk. 2, i din egen bank."
    read = lix(replace(document, title="", blocks=(Paragraph(words),)))
    assert read == pytest.approx(11 + 100 * 2 / 11)
