"""The secrets of a new house, and the house standing up by one command."""

import os
import ssl
import subprocess
import sys
from pathlib import Path
from signal import SIGTERM

import httpx
import psutil
import pytest

from settings import Settings
from tests.cli.conftest import WITH_BYTECODE
from tests.cli.test_commands import ROOT, rettidig
from tests.servers.composed import free_ports

BARE = {k: v for k, v in WITH_BYTECODE.items() if not k.startswith(("RETTIDIG_", "TEMPORAL_"))}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("house") / "secrets"
    answer = rettidig(BARE, "new-secrets", str(path), "--host", "rettidig.example")
    assert answer.returncode == 0, answer.stderr
    return path


def test_secrets_can_be_read_by_whoever_may_enter_their_folder(folder):
    assert folder.stat().st_mode & 0o777 == 0o700
    modes = {each.name: each.stat().st_mode & 0o777 for each in folder.iterdir()}
    assert set(modes.values()) == {0o444}
    assert not [name for name in modes if name.startswith(".")]


def test_they_are_what_the_settings_want(folder):
    chosen = Settings(_secrets_dir=folder)
    password = (folder / "postgres_password").read_text()
    assert chosen.database_url == f"postgresql+asyncpg://rettidig:{password}@postgres/rettidig"
    assert chosen.payload_ring is not None
    assert chosen.lookup_key
    assert chosen.temporal_api_key is None
    assert password != (folder / "temporal_password").read_text()


def test_the_certificate_for_a_trial_fits_its_key_and_names_the_host(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls_certificate.pem", folder / "tls_key.pem")
    told = ssl._ssl._test_decode_cert(str(folder / "tls_certificate.pem"))
    assert told["subjectAltName"] == (("DNS", "rettidig.example"),)


def test_nothing_is_written_over_and_what_is_missing_is_made(folder):
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    (folder / "rettidig_smtp_password").unlink()
    answer = rettidig(BARE, "new-secrets", str(folder), "--english")
    assert answer.stdout.startswith(f"Laid in {folder}: rettidig_smtp_password. ")
    assert "certificate" not in answer.stdout
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before


def test_a_folder_that_cannot_be_made_is_said_in_words(folder):
    answer = rettidig(BARE, "new-secrets", str(folder / "tls_key.pem"), "--english")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert answer.stderr.strip()


def lasting(parent):
    """Our processes by their command, as ``serve``."""
    children = psutil.Process(parent).children(recursive=True)
    words = {child.pid: child.cmdline() for child in children}
    return {line[line.index("cli") + 1]: pid for pid, line in words.items() if "cli" in line}


def wait_for(condition, tries=1200):
    for _ in range(tries):
        if found := condition():
            return found
        psutil.time.sleep(0.1)
    raise AssertionError("has not come")


def answers(port):
    try:
        with httpx.Client(trust_env=False) as http:
            return http.get(f"http://127.0.0.1:{port}/api/v1/ready").json()
    except httpx.TransportError:
        return None


def test_a_house_stands_up_mends_itself_and_ends_in_peace(tmp_path, database_url, monkeypatch):
    """On a database that is there, and a Temporal of its own."""
    (port,) = free_ports(1)
    environment = BARE | {
        "RETTIDIG_DATABASE_URL": database_url,
        "RETTIDIG_STATE_FOLDER": str(tmp_path),
        "RETTIDIG_API_PORT": port,
    }
    command = [sys.executable, "-m", "cli", "up", "--english"]
    house = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert house.stdout.readline() == (
            f"The house is open at http://127.0.0.1:{port}. Logs: {tmp_path}/log. Ctrl-C stops.\n"
        )
        assert wait_for(lambda: answers(port)) == {"database": True, "temporal": True}
        first = wait_for(lambda: lasting(house.pid).keys() >= {"serve", "relay", "worker"})
        assert first
        os.kill(lasting(house.pid)["serve"], 9)
        wait_for(lambda: answers(port) is None)
        assert wait_for(lambda: answers(port))
        house.send_signal(SIGTERM)
        assert house.wait(60) == 0
        assert answers(port) is None
        assert "Traceback" not in (tmp_path / "log" / "worker.log").read_text()
    finally:
        house.kill()
        house.communicate()


def test_a_house_without_tables_does_not_open(tmp_path, database_url):
    environment = BARE | {
        "RETTIDIG_DATABASE_URL": database_url.replace("/test_", "/gone_"),
        "RETTIDIG_STATE_FOLDER": str(tmp_path),
        "RETTIDIG_TEMPORAL_ADDRESS": "127.0.0.1:1",
    }
    answer = rettidig(environment, "up", "--english")
    assert answer.returncode == 1
    assert "The tables could not be made" in answer.stderr
    assert Path(tmp_path, "log", "migrate.log").exists()
