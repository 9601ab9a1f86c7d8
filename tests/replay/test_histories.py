"""Histories recorded by earlier code replay on today's: what sleeps now will wake well."""

import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from workers.following import Following
from workers.registry import story_workflows
from workflows.wire import DATA_CONVERTER

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


def test_there_are_histories_of_every_kind_of_end():
    names = {path.stem.split("--")[0] for path in HISTORIES}
    assert {"paid", "withdrawn", "settled", "written-off", "open", "agreement"} <= names
    assert {"enforced", "returned"} <= names


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_recorded_history_replays(path):
    history = json.loads(path.read_text(encoding="utf-8"))
    replayer = Replayer(
        workflows=story_workflows(),
        data_converter=DATA_CONVERTER,
        interceptors=[Following()],  # as every worker has it
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(path.stem, history))
