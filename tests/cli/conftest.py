"""The environment of an operator of a house, with a Temporal of its own."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from servers.temporal import TemporalServer

# A command compiles all it imports anew where Python may not keep what it compiled.
WITH_BYTECODE = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


@pytest.fixture
def temporal():
    """One for each test: claims are numbered anew in each database, and name their stories."""
    with (
        TemporaryDirectory(prefix="rettidig-cli-") as folder,
        TemporalServer(Path(folder), durable=False) as server,
    ):
        yield server


@pytest.fixture
def house(database_url, temporal, tmp_path):
    """The environment of an operator of this house."""
    return WITH_BYTECODE | {
        "RETTIDIG_DATABASE_URL": database_url,
        "RETTIDIG_STATE_FOLDER": str(tmp_path),
        "TEMPORAL_ADDRESS": temporal.address,
        "RETTIDIG_TEMPORAL_ADDRESS": temporal.address,
    }
