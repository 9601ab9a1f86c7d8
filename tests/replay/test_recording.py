"""Lives worth recording: one of every end, and one that sleeps. Only written when asked for."""

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.decisions import Outcome
from tests.builders import a_claim
from tests.stories.town import BENT, PIA

FOLDER = Path(__file__).parent / "histories"
LATER = timedelta(days=40)
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


async def _enforced(town, claim):
    """In vain, then a property is taken, kept, put up for a forced sale, and the claim paid."""
    await _go_on(town, claim)
    await town.decide(claim, "assessment-0", Outcome.ENFORCE)
    await town.until(claim, "distraint-0")
    await town.hold_hearing(claim, "distraint-0", Outcome.IN_VAIN)
    await town.decide(claim, "assessment-0-1", Outcome.ENFORCE)
    await town.until(claim, "distraint-0-1")
    day = town.today + LATER
    await town.hold_hearing(claim, "distraint-0-1", Outcome.PROPERTY_TAKEN, day)
    for step, outcome in enumerate((Outcome.KEEP, Outcome.FORCED_SALE, Outcome.REALISED)):
        key = f"after-distraint-0-1-{step}"
        await town.until(claim, key)
        day = town.today + LATER
        await town.decide(claim, key, outcome, PIA, look_again_on=day)
    await town.pay(claim)  # which books the interest that has grown meanwhile
    await town.pay(claim)


async def _returned(town, claim):
    """The authority has it for a while and gives it back: it is talked about again."""
    await _go_on(town, claim)
    await town.decide(claim, "assessment-0", Outcome.TRANSFER)
    await town.until(claim, "transfer-0-0")
    await town.hear_from_the_authority(claim, "executed")
    await town.sleep(40)
    await town.hear_from_the_authority(claim, "returned")
    await town.until(claim, "dialogue-1")


def _of_priority(town):
    """What the town enforces itself."""
    new = a_claim("household-waste", due=town.today + timedelta(days=30))
    return replace(new, period_start=date(2023, 10, 1), period_end=date(2023, 12, 31))


async def _go_on(town, claim):
    await town.until(claim, "dialogue-0")
    await town.decide(claim, "dialogue-0", Outcome.GO_ON)


LIVES = {
    "paid": _paid,
    "withdrawn": _withdrawn,
    "written-off": _written_off,
    "settled": _settled,
    "open": _open,
    "enforced": _enforced,
    "returned": _returned,
}
ENDINGS = {"enforced": "paid", "returned": "open"}
"""Of lives that are not named after how they end."""


@pytest.mark.parametrize("name", sorted(LIVES))
async def test_a_life_worth_recording_replays_at_once(town, name):
    await town.look_at_the_clock()
    claim = await town.open(_of_priority(town) if name == "enforced" else None)
    await LIVES[name](town, claim)
    assert (await town.ending(claim) or "open") == ENDINGS.get(name, name)
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
