"""What the pages say exists, exists: links, files, commands, settings, decisions."""

import re
from functools import cache

import pytest
from typer.main import get_command

from cli.main import app
from settings import Settings
from tests.architecture.tree import ROOT, files

PAGES = [path for path in files() if path.suffix == ".md" and "tests" not in path.parts]
LINK = re.compile(r"\]\(([^)#\s]+)?(#[^)\s]+)?\)")
QUOTED = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[a-z_]+(?:/[a-zA-Z0-9_.-]+)+/?|[a-z_]+/")
MADE = re.compile(r"\bmake ([a-z]+)\b(?=[ `\n]|$)")
RUN = re.compile(r"\brettidig(?: |`, `)([a-z]+(?:-[a-z]+)*)")
SECTIONS = ["Status", "Context", "Decision", "Consequences"]
MOST_WORDS_OF_A_DECISION = 400
# Examples of what somebody may write, and what exists only while the house runs or once it is made.
NOT_FILES = re.compile(r"state/|dist/|migrations/versions/0|actual/")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())


def code_in(text):
    return QUOTED.findall(text) + re.findall(r"```sh\n(.*?)```", text, re.DOTALL)


def anchor(heading):
    return "#" + re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")


def anchors(path):
    return {anchor(h) for h in re.findall(r"^#+ (.*)$", path.read_text("utf-8"), re.MULTILINE)}


@each_page
def test_every_link_leads_somewhere(page):
    for target, place in LINK.findall(page.read_text("utf-8")):
        if "://" in target:
            continue
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), target
        assert not place or place in anchors(found), f"{target}{place}"


@each_page
def test_every_file_named_exists(page):
    for quoted in QUOTED.findall(page.read_text("utf-8")):
        if PATH.fullmatch(quoted) and not NOT_FILES.match(quoted):
            assert (ROOT / quoted).exists() or (page.parent / quoted).exists(), quoted


@each_page
def test_every_command_named_exists(page):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    text = "\n".join(code_in(page.read_text("utf-8")))
    for target in MADE.findall(text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), f"make {target}"
    for command in RUN.findall(text):
        assert command in commands(), f"rettidig {command}"


@cache
def commands():
    return set(get_command(app).commands)


def test_every_command_is_in_the_readme():
    [table] = re.findall(r"## Commands\n(.*?)\n## ", (ROOT / "README.md").read_text(), re.DOTALL)
    named = {word.split()[0] for word in QUOTED.findall(table) if word.split()[0] in commands()}
    assert named == commands()


def test_every_folder_is_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf-8")
    folders = {path.relative_to(ROOT).parts[0] for path in files() if path.parent != ROOT}
    for folder in folders:
        assert folder.startswith(".") or f"`{folder}/`" in readme or f"{folder}/" in readme, folder


def test_every_setting_is_in_operations():
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    named = set(re.findall(r"\bRETTIDIG_[A-Z_]+[A-Z]\b", page))
    assert named == {f"RETTIDIG_{name.upper()}" for name in Settings.model_fields}


RECORDS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))


def test_decisions_are_numbered_without_a_gap_and_listed():
    index = (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")
    assert [p.name[:4] for p in RECORDS] == [f"{n:04d}" for n in range(1, len(RECORDS) + 1)]
    for path in RECORDS:
        title = path.read_text("utf-8").partition("\n")[0].removeprefix(f"# {path.name[:4]} ")
        assert f"[{path.name[:4]}]({path.name}) | {title} |" in index


@pytest.mark.parametrize("path", RECORDS, ids=lambda p: p.stem)
def test_a_decision_is_one_page_of_four_parts(path):
    text = path.read_text("utf-8")
    found = re.findall(r"^(?:## |\*\*)(Status|Context|Decision|Consequences)", text, re.MULTILINE)
    assert found == SECTIONS
    assert len(text.split()) < MOST_WORDS_OF_A_DECISION
