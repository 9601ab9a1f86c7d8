"""The Makefile explains itself, and says in words what a bare machine lacks."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def not_within_make(monkeypatch):
    """A make that runs these tests hands its options on, and they are not meant for this one."""
    for name in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"):
        monkeypatch.delenv(name, raising=False)


def make(folder, *arguments):
    command = ["make", "-f", ROOT / "Makefile", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "requirements.lock").touch()
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "package-lock.json").touch()
    (tmp_path / "assets" / "install.py").touch()
    return tmp_path


def test_every_target_is_explained(tmp_path):
    (targets,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    explained = make(tmp_path).stdout
    assert targets.split() == re.findall(r"^  make (\w+) +\S", explained, re.MULTILINE)


def test_a_python_that_is_too_old_is_refused_in_words(checkout):
    answer = make(checkout, "setup", "PYTHON=false")
    assert answer.returncode != 0
    assert "needs Python 3.11 or newer" in answer.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_without_venv_names_the_package_to_install(checkout):
    python = checkout / "python"
    python.write_text("#!/bin/sh\ncase $2 in *ensurepip*) exit 1;; esac\n")
    python.chmod(0o755)
    answer = make(checkout, "setup", f"PYTHON={python}")
    assert answer.returncode != 0
    assert "apt install python3-venv" in answer.stderr


def test_a_finished_setup_is_not_done_again_until_the_lock_changes(checkout):
    ready = checkout / ".venv" / ".ready"
    ready.parent.mkdir()
    ready.touch()
    assert make(checkout, "setup", "PYTHON=false").returncode == 0
    newer = ready.stat().st_mtime + 10
    os.utime(checkout / "requirements.lock", (newer, newer))
    assert make(checkout, "setup", "PYTHON=false").returncode != 0


def test_a_day_is_handed_to_the_demo(checkout):
    ready = checkout / ".venv" / ".ready"
    ready.parent.mkdir()
    ready.touch()
    asked = make(checkout, "-n", "demo", "DAY=2", "ARGS=--no-robot").stdout
    assert asked.strip() == ".venv/bin/rettidig demo --day 2 --no-robot"


def test_the_bill_of_materials_bears_the_time_it_is_told(checkout, monkeypatch):
    ready = checkout / ".venv" / ".ready"
    ready.parent.mkdir()
    ready.touch()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795990400")
    asked = make(checkout, "-n", "sbom").stdout.split()
    assert asked[-3:] == ["dist/rettidig.cdx.json", "--made-at", "1795990400"]


def test_continuous_integration_runs_what_a_person_runs():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("make test")
