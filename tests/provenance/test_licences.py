"""What we run has a licence that somebody has read and said yes to."""

import re
import subprocess
import sys
from dataclasses import replace

import pytest
from pydantic import ValidationError

from provenance.licences import OURS, Licences, NotAllowed
from provenance.packages import ROOT, Package, all_packages

A_PACKAGE = Package("pypi", "a-package", "1.2", "MIT", (), frozenset(), is_asked_for=True)


@pytest.fixture(scope="module")
def licences():
    return Licences.read(OURS)


@pytest.fixture(scope="module")
def packages():
    return list(all_packages())


def test_every_package_in_the_bill_has_an_allowed_licence(licences, packages):
    assert len(packages) > 80
    assert list(licences.complaints(packages)) == []


def test_nothing_is_allowed_that_no_package_needs(licences, packages):
    """A list that forgives more than there is, lies."""
    used = " ".join(licences.licence_of(one) for one in packages)
    words = set(used.replace("(", " ").replace(")", " ").split())
    assert {one.id for one in licences.allowed} <= words
    read = {licences.reading_of(one) for one in packages} - {None}
    assert read == set(licences.reading)
    assert {name for one in read for name in one.of} <= {one.name for one in packages}


def test_a_new_licence_is_told_in_one_sentence(licences):
    new = replace(A_PACKAGE, says="GPL-3.0-only")
    (complaint,) = licences.complaints([A_PACKAGE, new])
    assert complaint == (
        "a-package 1.2 has the licence GPL-3.0-only, which is not allowed: "
        "do without it, or write under [[allowed]] why it will do"
    )


@pytest.mark.parametrize("says", ["", "Use-it-after-midnight", "BSD", "LGPL"])
def test_words_nobody_has_read_are_told_in_one_sentence(licences, says):
    """What is read of one package does not count for another."""
    (complaint,) = licences.complaints([replace(A_PACKAGE, says=says)])
    assert complaint.startswith(f"a-package 1.2 says {says!r} of its licence")
    assert "[[reading]]" in complaint


@pytest.mark.parametrize(
    ("says", "is_allowed"),
    [
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only AND MIT", False),
        ("mit and (gpl-3.0-only or bsd-2-clause)", True),
        ("(MIT OR ISC) AND GPL-3.0-only", False),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
    ],
)
def test_of_several_licences_one_may_choose_where_one_may(licences, says, is_allowed):
    package = replace(A_PACKAGE, says=says)
    assert bool(list(licences.complaints([package]))) is not is_allowed
    if not is_allowed:
        with pytest.raises(NotAllowed):
            licences.licence_of(package)


@pytest.mark.parametrize("left_out", ["since", "reason"])
def test_nothing_is_allowed_without_a_day_and_a_reason(tmp_path, left_out):
    entry = {"id": '"MIT"', "since": "2026-11-29", "reason": '"Asks for its notice only."'}
    lines = [f"{key} = {value}" for key, value in entry.items() if key != left_out]
    file = tmp_path / "licences.toml"
    file.write_text("[[allowed]]\n" + "\n".join(lines))
    with pytest.raises(ValidationError, match=left_out):
        Licences.read(file)


def test_no_bill_is_written_while_a_licence_is_not_allowed(tmp_path):
    file = tmp_path / "licences.toml"
    entry = r'\[\[allowed\]\]\nid = "MPL-2.0"\n.*\n.*\n'
    file.write_text(re.sub(entry, "", OURS.read_text()))
    bill = tmp_path / "bill.json"
    command = [sys.executable, "-m", "provenance.bill", bill, "--licences", file]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("certifi ")
    assert "has the licence MPL-2.0, which is not allowed" in done.stderr
    assert not bill.exists()
