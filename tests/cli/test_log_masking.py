"""No log says a CPR number or a secret, whoever wrote the line and whatever went wrong."""

import io
import json
import logging
import subprocess
import sys
from contextlib import redirect_stderr

import pytest
import structlog

from cli.log_masking import masked
from cli.logs import write_logs
from tests.cli.conftest import WITH_BYTECODE

CPR = "0703790123"
SECRET = "whsec_bmljZSB0cnksIHN0cmFuZ2VyIQ=="
KEY = "2026-12:" + "A" * 43 + "="
URL = "postgresql://rettidig:hemmeligt@127.0.0.1:1/rettidig"
PLANTED = (CPR, "070379-0123", SECRET, KEY, "hemmeligt")


@pytest.fixture
def log():
    """What is written while a test runs."""
    before = structlog.get_config()
    out = io.StringIO()
    with redirect_stderr(out):
        write_logs("debug")
        yield out
    structlog.configure(**before)
    logging.basicConfig(force=True)


@pytest.mark.parametrize("planted", [*PLANTED[:4], URL, f"Bearer {SECRET}"])
def test_structured_lines_and_those_of_libraries_are_masked(log, planted):
    structlog.get_logger().info(planted, deep={"list": [planted, {planted: planted}]}, n=7)
    structlog.get_logger().error("bug", error=ValueError(planted))
    logging.getLogger("library").error("it said %s", planted)
    logging.getLogger("library").error("and fell", exc_info=ValueError(planted))
    written = log.getvalue()
    assert "[masked]" in written
    assert not [word for word in PLANTED if word in written]
    assert json.loads(written.splitlines()[0])["n"] == 7


@pytest.mark.parametrize("name", ["password", "client_secret", "Authorization", "national_id"])
def test_what_is_called_a_secret_is_masked_whatever_it_looks_like(log, name):
    structlog.get_logger().info("asked", **{name: "kat"})
    assert "kat" not in log.getvalue().replace('"event": "asked"', "")


@pytest.mark.parametrize(
    "word", ["2026-000123", "claim-2026-000123", "000000000000174", "2026-03-16T11:00:00", "id 12"]
)
def test_what_an_operator_needs_stays(word):
    assert masked(word) == word


@pytest.mark.parametrize(
    ("command", "environment"),
    [
        (["migrate"], {"RETTIDIG_DATABASE_URL": URL}),
        (["doctor"], {"RETTIDIG_DATABASE_URL": URL, "RETTIDIG_PAYLOAD_KEYS": KEY + "!"}),
    ],
)
def test_a_command_that_fails_says_no_secret(command, environment):
    """With wrong settings, and with a database that is not there."""
    answer = subprocess.run(
        [sys.executable, "-m", "cli", *command],
        env=WITH_BYTECODE | environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert answer.returncode != 0
    told = answer.stdout + answer.stderr
    assert not [word for word in PLANTED if word in told], told
