"""Lives worth recording: one of every end, and one that sleeps. Only written when asked for."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from domain.decisions import Outcome
from tests.stories.town import BENT

FOLDER = Path(__file__).parent / "histories"
IS_RECORDING = os.environ.get("RETTIDIG_RECORD") == "1"


async def _paid(town, claim):
    await town.pay(claim)


async def _withdrawn(town, claim):
    await town.hold(claim, until=town.today + timedelta(days=20))
    await town.sleep(30)
    await town.withdraw(claim)


async def _written_off(town, claim):
    await _go_on(town, claim)
    await town.decide(claim, "assessment-0", Outcome.WRITE_OFF)
    await town.decide(claim, "write-off-approval-0", Outcome.APPROVED, by=BENT)


async def _settled(town, claim):
    await _go_on(town, claim)
    await town.decide(claim, "assessment-0", Outcome.TRANSFER)
    await town.until(claim, "transfer-0-0")
    await town.hear_from_the_authority(claim, "rejected")
    await town.decide(claim, "exception-0-news1", Outcome.RETRY)
    await town.hear_from_the_authority(claim, "executed")
    await town.hear_from_the_authority(claim, "settled")


async def _open(town, claim):
    await town.until(claim, "dialogue-0")
    await town.agree(claim, "dialogue-0", months=2)
    await town.until(claim, "dialogue-1")


async def _go_on(town, claim):
    await town.until(claim, "dialogue-0")
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)


LIVES = {
    "paid": _paid,
    "withdrawn": _withdrawn,
    "written-off": _written_off,
    "settled": _settled,
    "open": _open,
}


@pytest.mark.parametrize("name", sorted(LIVES))
async def test_a_life_worth_recording_replays_at_once(town, name):
    claim = await town.open()
    await LIVES[name](town, claim)
    assert (await town.ending(claim) or "open") == name
    stories = {name: f"claim-{claim}"}
    if name == "open":
        stories["agreement"] = "agreement-A-000001"
    for label, workflow_id in stories.items():
        await town.replay(workflow_id)
        if IS_RECORDING:
            await _record(town, label, workflow_id)


async def _record(town, label, workflow_id):
    FOLDER.mkdir(exist_ok=True)
    history = await town.env.client.get_workflow_handle(workflow_id).fetch_history()
    (FOLDER / f"{label}--0.1.0.json").write_text(history.to_json() + "\n", encoding="utf-8")
