"""Whatever a browser may send goes through one guard, and no page holds code of its own."""

import re

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from api.app import PREFIX, create_app
from api.pages.rendering import TERMS
from api.pages.routing import PageRoute
from persistence.database import Database
from policies.loading import load_policy
from tests.architecture.tree import ROOT

TEMPLATES = sorted((ROOT / "templates" / "web").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "web").glob("*.js"))
FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
each_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.stem)


def routes():
    database = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    app = create_app(database, load_policy("skanderborg"), lambda: None)
    found = list(iter_route_contexts(app.routes))
    return [route for route in found if isinstance(route.original_route, APIRoute)]


def test_every_route_for_people_is_behind_the_guard_of_pages():
    pages = [route for route in routes() if not route.path.startswith(PREFIX)]
    assert len(pages) > 20
    outside = [page for page in pages if not isinstance(page.original_route, PageRoute)]
    assert {page.path for page in outside} == set(TERMS.values()), "everyone may read these"
    assert all(page.methods == {"GET"} for page in outside)


def test_what_changes_something_is_never_a_get():
    """A link in a letter must not be able to do anything."""
    assert [route.path for route in routes() if len(route.methods - {"HEAD"}) > 1] == []


@each_template
def test_every_form_that_is_sent_holds_the_token(path):
    for form in FORM.findall(path.read_text("utf-8")):
        if 'method="post"' in form.partition(">")[0] + ">":
            assert "hidden_csrf()" in form or 'name="csrf_token"' in form, form[:80]


@each_template
def test_no_page_holds_code_or_looks_of_its_own(path):
    """The Content-Security-Policy would let none of it work."""
    page = path.read_text("utf-8")
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|hx-on|javascript:", page)
    assert all("src=" in tag for tag in re.findall(r"<script\b[^>]*>", page))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.stem)
def test_no_script_makes_code_of_text(path):
    script = path.read_text("utf-8")
    assert not re.search(r"\beval\(|new Function|insertAdjacentHTML|(inner|outer)HTML\b", script)
