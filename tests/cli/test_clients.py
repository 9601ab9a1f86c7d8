"""A program's account as an operator opens it, and what the settings of sign-ins must be."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from domain.errors import Invalid
from persistence.database import Database
from persistence.people.access_tokens import is_secret_of
from settings import Settings, settings

ROOT = Path(__file__).parents[2]


async def rettidig(database_url, *arguments):
    command = [sys.executable, "-m", "cli", "add-client", *arguments]
    return await asyncio.to_thread(
        subprocess.run, command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        env=os.environ | {"RETTIDIG_DATABASE_URL": database_url},
    )  # fmt: skip


async def test_a_program_gets_a_secret_that_is_shown_once(database_url):
    answer = await rettidig(database_url, "library")
    assert answer.returncode == 0, answer.stderr
    told, secret = answer.stdout.splitlines()
    assert told.startswith("library er nu fagsystem")
    database = Database(database_url, 1)
    async with database.transaction() as connection:
        assert await is_secret_of(connection, "library", secret)
    await database.close()
    again = await rettidig(database_url, "library", "--english")
    assert again.returncode == 1
    assert "There is already a user called library." in again.stderr + again.stdout


async def test_a_name_that_is_none_is_refused(database_url):
    answer = await rettidig(database_url, "Biblioteket i Ry")
    assert answer.returncode == 1
    assert "små bogstaver" in answer.stderr + answer.stdout


DOOR = {
    "RETTIDIG_PUBLIC_URL": "https://rettidig.example/",
    "RETTIDIG_OIDC_CLIENT_ID": "rettidig",
    "RETTIDIG_OIDC_ISSUER": "https://login.example",
    "RETTIDIG_OIDC_ROLES": '{"OPK-Leder": "supervisor"}',
}


@pytest.fixture
def chosen(monkeypatch):
    def choose(**changes):
        for name, value in (DOOR | changes).items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        settings.cache_clear()
        return settings()

    yield choose
    settings.cache_clear()


def test_a_door_that_is_whole_is_taken(chosen):
    found = chosen()
    assert (found.public_url, found.oidc_issuer) == (
        "https://rettidig.example", "https://login.example",
    )  # fmt: skip
    assert found.oidc_roles == {"OPK-Leder": "supervisor"}
    assert chosen(RETTIDIG_PUBLIC_URL="http://127.0.0.1:8600").public_url


@pytest.mark.parametrize(
    ("name", "value", "blamed"),
    [("PUBLIC_URL", "http://rettidig.example", "PUBLIC_URL"), ("PUBLIC_URL", None, "OIDC_ISSUER"),
     ("OIDC_CLIENT_ID", None, "OIDC_ISSUER"),
     ("OIDC_ISSUER", "http://login.example", "OIDC_ISSUER"),
     ("OIDC_ROLES", "supervisor", "OIDC_ROLES"), ("OIDC_ROLES", '{"a": "emperor"}', "OIDC_ROLES"),
     ("OIDC_ROLES", '{"a": ["supervisor"]}', "OIDC_ROLES"), ("OIDC_ROLES", "[1]", "OIDC_ROLES"),
     ("SESSION_HOURS", "0", "SESSION_HOURS")],
)  # fmt: skip
def test_a_door_that_is_not_is_refused_by_the_variable(chosen, name, value, blamed):
    with pytest.raises(Invalid) as refused:
        chosen(**{f"RETTIDIG_{name}": value})
    assert f"RETTIDIG_{blamed}" in {fault.field for fault in refused.value.faults}


def test_a_secret_is_not_shown_with_the_settings():
    assert "hemmeligt" not in repr(Settings(oidc_client_secret="hemmeligt"))
