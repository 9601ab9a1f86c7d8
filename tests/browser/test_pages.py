"""Each page: nothing against WCAG 2.2 AA or on the console, for mouse and keys, wide and narrow."""

import pytest

from api.parts import PAGES as MODULES
from domain.decisions import TaskKind
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.pages import PAGES, SEEN_ELSEWHERE

SCREENS = {"desktop": DESKTOP, "phone": PHONE}


def test_no_page_is_left_out():
    there = {route.path for one in MODULES for route in one.router.routes if "GET" in route.methods}
    assert there == PAGES.keys() | SEEN_ELSEWHERE.keys()


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_for_everyone(town, visit, page, screen):
    who, address = PAGES[page]
    visitor = visit(who, SCREENS[screen])
    visitor.open(address(town))
    assert visitor.flaws() == []
    if screen == "desktop":  # on a phone there is no keyboard
        assert visitor.unreached() == []


@pytest.mark.parametrize("kind", TaskKind)
def test_a_task_of_each_kind_is_for_everyone(town, visit, kind):
    if not town.ask(f"/tasks?kind={kind}&limit=1")["items"]:
        return  # the town has none; tests/api/test_task_screens.py has
    for screen in SCREENS.values():
        visitor = visit("supervisor", screen)
        visitor.open(f"/tasks/{town.ask(f'/tasks?kind={kind}&limit=1')['items'][0]['id']}")
        assert visitor.flaws() == []


@pytest.mark.parametrize("language", ["da", "en"])
def test_a_page_is_in_the_language_that_was_chosen(visit, language):
    visitor = visit("caseworker")
    page = visitor.open("/?view=team")
    if language == "en":
        page.get_by_role("button", name="English").click()
    page.wait_for_selector(f"html[lang={language}]")
    assert visitor.flaws() == []


def test_what_is_not_there_is_said_on_a_page(visit):
    visitor = visit("caseworker")
    page = visitor.open("/claims/1999-000001")
    assert page.get_by_role("heading", level=1).is_visible()
    assert visitor.flaws() == []
    visitor.complaints.clear()  # the browser complains of the 404 itself
