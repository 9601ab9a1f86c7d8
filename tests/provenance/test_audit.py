"""A known flaw is told with what mends it; one accepted counts again in time; silence is no news.

pip-audit and npm are the real ones; only whom they ask is on loopback.
"""

import os
import subprocess
import sys
from http import HTTPStatus
from importlib.metadata import version

import pytest
import trustme
from pydantic import ValidationError

from provenance.flaws import ACCEPTED as OURS
from provenance.flaws import AcceptedFlaws
from provenance.packages import PYTHON_LOCK, ROOT, locked_hashes, npm_packages
from tests.provenance.advisory_service import OSV, advisory_service, an_npm_flaw, an_osv_flaw

CLEAN, FLAWED, NOT_KNOWN = 0, 1, 3
ACCEPTED = """
[[accepted]]
package = "starlette"
flaw = "CVE-2026-0001"
since = 2026-11-29
until = 2027-01-31
reason = "We have no strangers."
"""


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def service(authority):
    with advisory_service(authority) as running:
        yield running


@pytest.fixture
def audit(service, authority, tmp_path):
    """Asks *service*; the package managers keep nothing outside of *tmp_path*."""
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    environment = {
        **os.environ,
        "npm_config_registry": service.url,
        "npm_config_cache": str(tmp_path / "npm"),
        "XDG_CACHE_HOME": str(tmp_path),
        "HTTPS_PROXY": service.url,
        "https_proxy": service.url,
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "REQUESTS_CA_BUNDLE": str(tmp_path / "authority.pem"),
    }
    accepted = tmp_path / "accepted_flaws.toml"

    def ask(*, accepting="", on="2026-11-29", osv=service.url):
        accepted.write_text(accepting)
        command = [sys.executable, "-m", "provenance.audit", "--accepted", accepted, "--on", on]
        command += ["--osv-url", osv + OSV] if osv else []
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    return ask


def test_it_is_clean_when_nothing_is_known_of_anything_we_use(service, audit):
    answer = audit()
    assert answer.returncode == CLEAN, answer.stdout + answer.stderr
    assert answer.stdout.splitlines()[-1] == (
        f"Asked about {len(service.asked)} packages: 0 flaws to mend, 0 accepted."
    )
    for_others = {name for name, _ in locked_hashes(PYTHON_LOCK.read_text()).keys() - service.asked}
    assert (
        {"colorama"}
        <= for_others
        <= {"colorama", "deprecated", "httpx2-jsfetch", "oidc-provider-mock"}
    )
    assert all(f"{name} " in answer.stdout for name in for_others)
    assert {(one.name, one.version) for one in npm_packages()} <= service.asked


def test_a_flaw_is_named_with_the_version_that_mends_it(service, audit):
    service.python_flaws["starlette"] = an_osv_flaw("starlette", fixed="99.1")
    service.npm_flaws["htmx.org"] = an_npm_flaw(vulnerable="<99.2.0")
    answer = audit()
    assert answer.returncode == FLAWED
    assert (
        f"Flawed: starlette {version('starlette')} has PYSEC-2026-1, CVE-2026-0001, "
        "mended by 99.1: Lets strangers in."
    ) in answer.stdout.splitlines()
    (browser,) = (line for line in answer.stdout.splitlines() if "htmx.org" in line)
    assert browser.endswith(
        "has GHSA-xxxx-yyyy-zzzz, mended by a version not in <99.2.0: Runs what it is sent."
    )


def test_an_accepted_flaw_counts_again_when_its_time_is_over(service, audit):
    service.python_flaws["starlette"] = an_osv_flaw("starlette", fixed="99.1")
    answer = audit(accepting=ACCEPTED, on="2027-01-31")
    assert answer.returncode == CLEAN
    assert "Accepted until 2027-01-31: starlette" in answer.stdout
    assert "(We have no strangers.)" in answer.stdout
    answer = audit(accepting=ACCEPTED, on="2027-02-01")
    assert answer.returncode == FLAWED
    assert "(accepted until 2027-01-31, which is over)" in answer.stdout


def test_what_is_accepted_of_one_package_or_flaw_is_not_of_another(service, audit):
    service.python_flaws["starlette"] = an_osv_flaw("starlette", fixed="99.1")
    service.python_flaws["jinja2"] = an_osv_flaw("jinja2", fixed="99.1")
    answer = audit(accepting=ACCEPTED)
    assert answer.returncode == FLAWED
    assert answer.stdout.splitlines()[-1].endswith(": 1 flaws to mend, 1 accepted.")


def test_a_service_that_is_not_there_is_no_good_news(service, audit):
    answer = audit(osv="http://127.0.0.1:9")
    assert answer.returncode == NOT_KNOWN
    assert "Not known: the advisory service could not be asked. pip-audit: " in answer.stdout
    assert service.asked == {(one.name, one.version) for one in npm_packages()}


def test_what_one_service_knows_is_told_though_the_other_is_silent(service, audit):
    service.npm_flaws["htmx.org"] = an_npm_flaw(vulnerable="<99.2.0")
    answer = audit(osv="http://127.0.0.1:9")
    assert answer.returncode == FLAWED
    assert "could not be asked" in answer.stdout


def test_a_package_nobody_has_heard_of_is_no_good_news(service, audit):
    """pip-audit's own service, or a mirror that answers for it; pip-audit would end with 0."""
    service.unheard = frozenset({"jinja2", "lxml"})
    answer = audit(osv=None)
    assert answer.returncode == NOT_KNOWN
    told = answer.stdout.splitlines()
    assert told[0] == "Not known: the advisory service knows nothing of jinja2, lxml."
    assert told[-1].startswith(f"Asked about {len(service.asked)} packages: 0 flaws")


def test_a_service_that_breaks_down_is_no_good_news(service, audit):
    service.status = HTTPStatus.INTERNAL_SERVER_ERROR
    answer = audit()
    assert answer.returncode == NOT_KNOWN
    assert "could not be asked. pip-audit: " in answer.stdout
    assert "could not be asked. npm: " in answer.stdout


@pytest.mark.parametrize("left_out", ["since", "until", "reason"])
def test_no_flaw_is_accepted_without_an_end_and_a_reason(tmp_path, left_out):
    file = tmp_path / "accepted_flaws.toml"
    lines = ACCEPTED.splitlines()
    file.write_text("\n".join(line for line in lines if not line.startswith(left_out)))
    with pytest.raises(ValidationError, match=left_out):
        AcceptedFlaws.read(file)


def test_what_we_accept_ourselves_can_be_read():
    assert all(one.since <= one.until for one in AcceptedFlaws.read(OURS).accepted)
