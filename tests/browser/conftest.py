"""A real browser before a living town: the demo as a process of its own, its clock near still."""

import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil
import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser.town import Town
from tests.browser.visitor import Visitor

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Chromium would otherwise look for its maker's hosts, which tests must not.
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LONGEST_SECONDS = 300
BEFORE_THE_SCREEN = ThreadPoolExecutor(1)
expect.set_options(timeout=30_000)  # nobody waits so long unless something is broken


def pytest_collection_modifyitems(items):
    """One town for all, on one worker (tests.conftest): or they say why they do not run."""
    for item in items:
        if Path(__file__).parent not in item.path.parents:
            continue
        item.add_marker(pytest.mark.timeout(600))
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="there is no Chromium on this machine"))


@pytest.fixture(scope="session")
def town():
    """One that has moved in, with claims in every stage and open tasks."""
    with TemporaryDirectory(prefix="rettidig-town-") as folder:
        port = free_port()
        command = [sys.executable, "-m", "cli", "demo", "--state", folder, "--port", str(port)]
        with (Path(folder) / "out").open("w") as out:
            demo = subprocess.Popen(
                [*command, "--day", "3600", "--no-robot"], cwd=ROOT, stdout=out, stderr=out
            )
            try:
                address = f"http://127.0.0.1:{port}"
                wait_for(address, demo, Path(folder))
                yield Town(address, Path(folder))
            finally:
                end(demo)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(address, demo, folder):
    latest = time.monotonic() + LONGEST_SECONDS
    while "| demand=" not in (folder / "out").read_text():
        assert demo.poll() is None, (folder / "out").read_text()
        assert time.monotonic() < latest, (folder / "out").read_text()
        time.sleep(0.2)
    assert httpx.get(f"{address}/betaling", timeout=60).status_code == 200


def end(demo):
    family = psutil.Process(demo.pid).children(recursive=True) if demo.poll() is None else []
    demo.terminate()
    try:
        demo.wait(timeout=60)
    except subprocess.TimeoutExpired:
        demo.kill()
        demo.wait()
    for one in psutil.wait_procs(family, timeout=10)[1]:
        one.kill()


@pytest.fixture(scope="session")
def chromium():
    def start():
        playwright = sync_playwright().start()
        return playwright, playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))

    playwright, browser = BEFORE_THE_SCREEN.submit(start).result()
    yield browser
    BEFORE_THE_SCREEN.submit(lambda: (browser.close(), playwright.stop())).result()


def pytest_pyfunc_call(pyfuncitem):
    """In a thread of its own: there the browser has its loop, and all other tests have theirs."""
    wanted = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    BEFORE_THE_SCREEN.submit(pyfuncitem.obj, **wanted).result()
    return True


@pytest.fixture(scope="session")
def cookies():
    """Of those who have signed in once, by role."""
    return {}


@pytest.fixture
def visit(town, chromium, cookies):
    """Sign someone in: ``visit("caseworker")``, on a phone with ``screen=PHONE``.

    When the test is over, nothing may have been said on any page's console, and nothing missed.
    """
    visitors = []

    def arrive(who=None, screen=DESKTOP, **more):
        context = chromium.new_context(viewport=screen, locale="da-DK", **more)
        visitors.append(Visitor(context, town.address))
        if who in cookies:
            context.add_cookies(cookies[who])
        elif who:
            visitors[-1].sign_in(who)
            cookies[who] = context.cookies()
        return visitors[-1]

    yield arrive
    BEFORE_THE_SCREEN.submit(lambda: [one.context.close() for one in visitors]).result()
    assert [line for one in visitors for line in one.complaints] == []
