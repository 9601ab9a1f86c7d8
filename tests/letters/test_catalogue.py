"""Both languages say the same things, with the same values in them."""

from string import Formatter

import pytest

from domain.ledger import DEBT
from letters.catalogue import _catalogue, codes, sentence


def placeholders(code, language):
    return {name for _, name, _, _ in Formatter().parse(_catalogue(language)[code]) if name}


def test_what_can_be_said_in_danish_can_be_said_in_english():
    assert codes("da") == codes("en")


@pytest.mark.parametrize("code", sorted(codes("da") & codes("en")))
def test_both_languages_name_the_same_values(code):
    assert placeholders(code, "da") == placeholders(code, "en")


def test_each_kind_of_debt_has_a_name_a_debtor_understands():
    assert {f"owed-{kind}" for kind in DEBT} <= codes("da")


def test_a_missing_sentence_is_never_passed_over():
    with pytest.raises(KeyError):
        sentence("no-such-sentence", "da")


def test_a_missing_value_is_never_passed_over():
    with pytest.raises(KeyError):
        sentence("reference-twice", "da")


def test_values_may_be_called_what_they_like():
    assert sentence("reference-twice", "en", row=7, code="x", language="y").count("7") == 1


def test_a_value_is_words_not_a_template():
    assert "{row}" in sentence("reference-twice", "da", row="{row}")
