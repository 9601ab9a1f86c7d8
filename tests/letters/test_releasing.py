"""A text in use is never changed, and a new one is used only once it is released."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from letters.releasing import findings, unreleased
from letters.templates import RELEASED, released, texts

ROOT = Path(__file__).parents[2]
ASK = "from letters.templates import active; print(active('demand', 'da'))"
RELEASE = "from letters.releasing import release; release()"


@pytest.fixture
def house(tmp_path):
    """A copy of all that letters are made of."""
    for part in ("letters", "domain", "locale", "templates"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


def said(house, words):
    command = [sys.executable, "-c", words]
    return subprocess.run(command, cwd=house, capture_output=True, text=True, check=False)


def test_every_text_there_is_has_been_released():
    assert unreleased() == []
    assert released() == texts()
    assert findings(40) == []


def test_a_text_in_use_that_was_changed_is_refused(house):
    text = house / "templates" / "letters" / "demand" / "1.da.txt"
    text.write_text(text.read_text(encoding="utf-8") + "Mere.\n", encoding="utf-8")
    answer = said(house, ASK)
    assert "TemplateChanged: demand/1.da.txt" in answer.stderr
    assert "TemplateChanged" in said(house, RELEASE).stderr


def test_a_new_text_is_used_once_it_is_released_and_the_old_one_is_kept(house):
    folder = house / "templates" / "letters" / "demand"
    shutil.copy(folder / "1.da.txt", folder / "2.da.txt")
    assert said(house, ASK).stdout.strip() == "demand/1.da.txt"
    assert said(house, RELEASE).returncode == 0
    assert said(house, ASK).stdout.strip() == "demand/2.da.txt"
    kept = (house / RELEASED.relative_to(ROOT)).read_text(encoding="utf-8")
    assert '"demand/1.da.txt"' in kept


def test_a_text_that_is_wrong_is_found_with_the_situation_it_is_wrong_in(house):
    folder = house / "templates" / "letters" / "demand"
    (folder / "2.da.txt").write_text(
        (folder / "1.da.txt").read_text(encoding="utf-8") + "\n\n{{ letter.owner }} 99,00 kr.\n",
        encoding="utf-8",
    )
    answer = said(
        house,
        "from letters.releasing import findings\n"
        "for one in findings(40): print(one.template, one.situation, one.fault.code)",
    )
    assert "demand/2.da.txt plain letter-incomplete" in answer.stdout
