"""A printed letter is the same every time, for every reader, and nobody's words run in it."""

import hashlib
import tomllib
from dataclasses import replace

import pytest
import typst
from pdfua import validate

from domain.letters import Letter
from letters.catalogue import LANGUAGES
from letters.documents import from_json, to_json
from letters.pictures import DRAWN, FOLDER, drawn_of, shown
from letters.printing import picture, print_letter
from letters.rendering import render
from letters.situations import situations
from tests.letters.builders import a_letter


@pytest.mark.parametrize("letter", Letter)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_can_be_read_aloud(letter, language, tmp_path):
    """Typst refuses what is not PDF/UA-1 and PDF/A-2a; another reader looks at what it made."""
    for name, content in situations(letter, language):
        file = tmp_path / f"{name}.pdf"
        file.write_bytes(print_letter(render(content).document).pdf)
        report = validate(str(file))
        assert [finding.message for finding in report.findings] == [], name


def test_the_smoke_check_sees_what_is_not_for_every_reader(tmp_path):
    file = tmp_path / "untagged.pdf"
    file.write_bytes(typst.compile(b"= Brev", format="pdf", pdf_tags=False))
    assert validate(str(file)).findings


def test_the_same_letter_is_the_same_bytes_also_from_what_was_kept():
    document = render(a_letter(Letter.SECOND_REMINDER)).document
    first = print_letter(document)
    assert print_letter(from_json(to_json(document))) == first
    assert first.sha256 == hashlib.sha256(first.pdf).hexdigest()
    other = render(a_letter(Letter.SECOND_REMINDER, name="Karlo Prøvesen")).document
    assert print_letter(other).sha256 != first.sha256


def test_what_people_are_called_is_words_in_a_picture_of_the_letter_too():
    """Were it read as typst's own language, this name would need a file that is not there."""
    name = '#read("/etc/passwd") *Karla* $x^2$ <label> @ref'
    document = render(a_letter(Letter.DEMAND, name=name)).document
    assert document.recipient[0] == name
    assert len(picture(document)) in {1, 2}


def test_a_hundred_claims_and_a_name_without_end_still_fit_the_paper():
    claim = a_letter(Letter.FIRST_REMINDER).claims[0]
    claims = tuple(replace(claim, id=f"2026-{number:06d}") for number in range(100))
    content = a_letter(Letter.FIRST_REMINDER, claims=claims, name="Prøve " * 60)
    assert len(picture(render(content).document)) > 10


def test_the_pictures_in_the_documents_are_of_the_letters_in_use():
    """`rettidig release-letters` draws them; other processors may set a dot elsewhere."""
    drawn = tomllib.loads(DRAWN.read_text(encoding="utf-8"))
    assert drawn == {name: drawn_of(content) for name, content in shown()}
    assert {file.name for file in FOLDER.glob("*.png")} == drawn.keys()
    assert all((FOLDER / name).read_bytes().startswith(b"\x89PNG") for name in drawn)
