"""The look comes from the registry by name and hash alone; no page asks for what is not there."""

import json
import re

import pytest

from api.pages.assets import asset
from tests.architecture.tree import ROOT

LOCK = json.loads((ROOT / "assets" / "package-lock.json").read_text(encoding="utf-8"))
FETCHED = {name: facts for name, facts in LOCK["packages"].items() if name}
TEMPLATES = sorted((ROOT / "templates" / "web").rglob("*.html"))
ASKED_FOR = re.compile(r"asset\(\"([^\"]+)\"\)")
NAMED_IN_STYLE = re.compile(r"url\(\"?(\.\./[^)\"]+)\"?\)")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|<style|javascript:|hx-on", re.IGNORECASE
)


def relative(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("package", FETCHED)
def test_each_package_is_held_to_its_hash_and_comes_from_no_address(package):
    assert FETCHED[package]["integrity"].startswith("sha512-")
    assert "resolved" not in FETCHED[package]


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_what_a_template_asks_for_is_there(template):
    for name in ASKED_FOR.findall(template.read_text(encoding="utf-8")):
        assert re.fullmatch(r"/static/[\w./-]+\?v=[0-9a-f]{10}", asset(name))


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_no_template_has_code_or_style_in_itself(template):
    """The Content-Security-Policy would refuse it, and nobody would see what is missing."""
    assert INLINE.findall(template.read_text(encoding="utf-8")) == []


def test_what_the_theme_shows_was_laid_out_with_it():
    theme = ROOT / "static" / "vendor" / "dkfds" / "css" / "dkfds-virkdk.min.css"
    asked = {name.partition("#")[0] for name in NAMED_IN_STYLE.findall(theme.read_text("utf-8"))}
    there = [name for name in asked if (theme.parent / name).exists()]
    missing = {name for name in asked - set(there) if not name.endswith((".eot", ".ttf"))}
    assert missing == set()
    assert any(name.endswith(".woff2") for name in there)
