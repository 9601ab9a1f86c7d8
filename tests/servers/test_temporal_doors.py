"""Temporal behind TLS: by a client's certificate, or by a key, as Temporal Cloud asks for them."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL
from tempfile import TemporaryDirectory

import pytest
import trustme

from servers.child import Child
from servers.temporal import TemporalServer
from tests.servers.composed import ROOT, free_ports

DOORS = """
{{
	admin off
	persist_config off
	auto_https off
	storage file_system {folder}/caddy
}}
localhost:{certified} {{
	tls {folder}/cert.pem {folder}/key.pem {{
		client_auth {{
			mode require_and_verify
			trust_pool file {folder}/ca.pem
		}}
	}}
	reverse_proxy h2c://{temporal}
}}
localhost:{keyed} {{
	tls {folder}/cert.pem {folder}/key.pem
	@known header Authorization "Bearer hemmelig"
	handle @known {{
		reverse_proxy h2c://{temporal}
	}}
	handle {{
		respond 403
	}}
}}
"""


@pytest.fixture(scope="module")
def doors():
    with (
        TemporaryDirectory(prefix="rettidig-doors-") as path,
        TemporalServer(Path(path, "temporal"), durable=False) as temporal,
    ):
        folder = Path(path)
        certified, keyed = free_ports(2)
        authority = trustme.CA()
        authority.cert_pem.write_to_path(folder / "ca.pem")
        for own, prefix in (
            (authority.issue_cert("localhost"), ""),
            (authority.issue_cert("rettidig"), "our-"),
        ):
            own.private_key_pem.write_to_path(folder / f"{prefix}key.pem")
            own.cert_chain_pems[0].write_to_path(folder / f"{prefix}cert.pem")
        said = DOORS.format(
            folder=folder, certified=certified, keyed=keyed, temporal=temporal.address
        )
        (folder / "Caddyfile").write_text(said)
        with proxy(folder):
            yield folder, certified, keyed


@contextmanager
def proxy(folder):
    program = Path(sys.executable).with_name("caddy")
    command = [program, "run", "--config", folder / "Caddyfile", "--adapter", "caddyfile"]
    child = Child(command, log=folder / "caddy.log", folder=folder, farewell=SIGKILL)
    try:
        for _ in range(600):
            if "serving initial configuration" in child.last_words():
                break
            assert child.wait(0.1) is None, child.last_words()
        yield
    finally:
        child.end()


def connect(doors, port, **settings):
    """What the house's own way to Temporal says: nothing when it was let in."""
    code = (
        "import asyncio, os; from settings import settings; from workers.assembly import connect\n"
        "async def main():\n"
        "    client = await connect(settings())\n"
        "    assert await client.service_client.check_health()\n"
        "    assert await client.count_workflows() is not None\n"
        "asyncio.run(main())\n"
        "os._exit(0)"  # past Python's own clearing up, in which Temporal's threads may crash it
    )
    folder = doors[0]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TEMPORAL_")} | {
        "RETTIDIG_TEMPORAL_ADDRESS": f"localhost:{port}",
        "TEMPORAL_TLS_SERVER_CA_CERT_PATH": str(folder / "ca.pem"),
        "TEMPORAL_CONFIG_FILE": str(folder / "none.toml"),
        **settings,
    }
    (folder / "none.toml").touch()
    asked = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    return asked.stderr if asked.returncode else ""


def test_a_certificate_of_ours_lets_us_in_and_nothing_else_does(doors):
    folder, certified, _ = doors
    ours = {
        "TEMPORAL_TLS_CLIENT_CERT_PATH": str(folder / "our-cert.pem"),
        "TEMPORAL_TLS_CLIENT_KEY_PATH": str(folder / "our-key.pem"),
    }
    assert connect(doors, certified, **ours) == ""
    assert connect(doors, certified) != ""


def test_a_key_from_a_file_lets_us_in_and_another_does_not(doors, tmp_path):
    (tmp_path / "rettidig_temporal_api_key").write_text("hemmelig\n")
    assert connect(doors, doors[2], RETTIDIG_SECRETS_FOLDER=str(tmp_path)) == ""
    refused = connect(doors, doors[2], RETTIDIG_TEMPORAL_API_KEY="guessed")
    assert refused != ""
