"""The house one release later: its tables have a step more, and its stories say one thing more."""

from dataclasses import dataclass
from pathlib import Path

from temporalio import workflow

import persistence.migrations
from domain.claim import Ending
from domain.record import AgreementOutcome, AgreementRecord, ClaimRecord
from workflows.agreement import AgreementWorkflow
from workflows.claim import ClaimWorkflow

STEPS = Path(__file__).with_name("steps")
RELEASED = persistence.migrations.configuration
tries: list[str] = []
"""Which steps of ours were begun in this process."""


@dataclass
class NextClaimRecord(ClaimRecord):
    first_told_by: str = "the release before"


@dataclass
class NextAgreementRecord(AgreementRecord):
    first_told_by: str = "the release before"


def say_one_thing_more():
    """What no history of the release before has: told on one of those, the story would stumble."""
    workflow.upsert_memo({"release": "next"})


@workflow.defn(name="claim")
class NextClaim(ClaimWorkflow):
    @workflow.init
    def __init__(self, record: NextClaimRecord) -> None:
        super().__init__(record)

    @workflow.run
    async def run(self, record: NextClaimRecord) -> Ending:
        say_one_thing_more()
        return await super().run(record)


@workflow.defn(name="agreement")
class NextAgreement(AgreementWorkflow):
    @workflow.init
    def __init__(self, record: NextAgreementRecord) -> None:
        super().__init__(record)

    @workflow.run
    async def run(self, record: NextAgreementRecord) -> AgreementOutcome:
        say_one_thing_more()
        return await super().run(record)


def next_stories():
    return [NextClaim, NextAgreement]


def next_configuration(connection=None):
    config = RELEASED(connection)
    folders = (persistence.migrations.FOLDER / "versions", STEPS)
    config.set_main_option("version_locations", ":".join(map(str, folders)))
    return config
