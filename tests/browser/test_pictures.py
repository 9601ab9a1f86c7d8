"""The pictures of the main pages in `docs/pages`: drawn anew with ``RETTIDIG_DRAW=1``."""

import os
import time

import pytest

from tests.architecture.tree import ROOT
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.pages import council_report, debtor, trial

FOLDER = ROOT / "docs" / "pages"
PICTURES = {
    "sign-in": (None, DESKTOP, lambda _: "/sign-in"),
    "inbox": ("caseworker", DESKTOP, lambda _: "/?view=team"),
    "inbox-phone": ("caseworker", PHONE, lambda _: "/?view=team"),
    "task": ("caseworker", DESKTOP, lambda town: f"/tasks/{town.task('dialogue')['id']}"),
    "task-phone": ("caseworker", PHONE, lambda town: f"/tasks/{town.task('dialogue')['id']}"),
    "assessment": ("caseworker", DESKTOP, lambda t: f"/tasks/{t.task('assessment')['id']}"),
    "claim": ("supervisor", DESKTOP, lambda town: f"/claims/{town.claim('agreement')}"),
    "claim-phone": ("supervisor", PHONE, lambda town: f"/claims/{town.claim('agreement')}"),
    "debtor": ("supervisor", DESKTOP, lambda town: f"/debtors/{debtor(town)}"),
    "enquiries": ("caseworker", DESKTOP, lambda _: "/enquiries"),
    "transfer": ("caseworker", DESKTOP, lambda t: f"/claims/{t.claim('assessment')}/transfer"),
    "recovery": ("supervisor", DESKTOP, lambda _: "/recovery"),
    "limitation": ("supervisor", DESKTOP, lambda _: "/limitation"),
    "distraints": ("bailiff", DESKTOP, lambda _: "/distraints"),
    "write-offs": ("supervisor", DESKTOP, lambda _: "/write-offs"),
    "tomorrow": ("supervisor", DESKTOP, lambda _: "/tomorrow?days=30"),
    "execution": ("supervisor", DESKTOP, lambda town: f"/claims/{looked_at(town)}/execution"),
    "time-machine": ("supervisor", DESKTOP, lambda town: f"/time-machine/{tried(town)}"),
    "council-report": (
        "supervisor",
        DESKTOP,
        lambda town: f"/council-reports/{council_report(town)}",
    ),
    "workload": ("supervisor", DESKTOP, lambda _: "/workload"),
    "flow": ("supervisor", DESKTOP, lambda _: "/flow"),
    "audit": ("auditor", DESKTOP, lambda _: "/audit"),
}
LONGEST = 1600  # pixels: what a reader sees before they scroll on


def looked_at(town):
    """A claim of which Temporal has been asked."""
    claim = town.claim("dialogue")
    town.tell(f"/claims/{claim}/execution/steps", {"act": "look"})
    for _ in range(300):
        if town.ask(f"/claims/{claim}/execution")["has_answered"]:
            return claim
        time.sleep(0.2)
    raise AssertionError("nobody looked")


def tried(town):
    """A trial that is over."""
    number = trial(town)
    for _ in range(300):
        if town.ask(f"/policy-trials/{number}")["state"] == "done":
            return number
        time.sleep(0.2)
    raise AssertionError("the trial never came to its end")


@pytest.mark.parametrize("name", PICTURES)
def test_a_main_page_has_its_picture(town, visit, name):
    who, screen, address = PICTURES[name]
    page = visit(who, screen).open(address(town))
    page.wait_for_load_state("load")
    path = FOLDER / f"{name}.png"
    if os.environ.get("RETTIDIG_DRAW"):
        high = min(page.evaluate("document.documentElement.scrollHeight"), LONGEST)
        page.set_viewport_size({"width": screen["width"], "height": high})
        page.wait_for_timeout(500)
        page.screenshot(path=path)
    assert path.stat().st_size > 0
