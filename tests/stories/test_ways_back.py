"""What becomes of a claim after its transfer: the authority answers, and the story goes on."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from activities.exchange import ExchangeActivities
from domain.claim import HoldReason
from domain.decisions import Outcome
from domain.errors import Conflict
from domain.recovery.actions import ActionKind, ActionReason
from gateways.recovery_authority.sandbox import RecoveryBehaviour, SandboxRecoveryAuthority
from persistence.claims.holding import place_hold
from persistence.recovery.recall_proposals import read_proposal
from persistence.recovery.recalling import Recall, recall_claim
from tests.stories.town import ANNA

QUIET = RecoveryBehaviour(days_between_payouts=1000, days_to_end=1000)


class Abroad:
    """A town's claim at the recovery authority."""

    def __init__(self, town, folder) -> None:
        self.town, self.authority = town, SandboxRecoveryAuthority(folder)
        self.authority.behave(QUIET)
        self.acts = ExchangeActivities(town.database, town.policy, self.authority)

    async def transfer(self) -> str:
        claim = await self.town.open()
        await self.town.until(claim, "dialogue-0")
        await self.town.decide(claim, "dialogue-0", Outcome.GO_ON)
        await self.town.decide(claim, "assessment-0", Outcome.TRANSFER)
        await self.town.until(claim, "transfer-0-0")
        return claim

    async def exchange(self, days: int = 2) -> None:
        """A round now, and one when so many days have passed."""
        for pause in (0, days):
            await self.town.sleep(pause)
            await self.town.look_at_the_clock()
            while await self.acts.read_notices(self.town.now):
                pass
            while await self.acts.submit_actions(self.town.now):
                pass
            await self.town.settle_down()

    async def recall(self, claim, reason, **more) -> None:
        async with self.town.database.transaction() as connection:
            wish = Recall(reason, "Det er aftalt med skyldneren", **more)
            await recall_claim(connection, claim, wish, self.town.today, ANNA)

    async def last_act(self, claim) -> str:
        return (await self.town.acts(claim))[-1]

    async def stage(self, claim) -> str:
        return await self.town.value("select stage from claims where id = :id", id=claim)

    def sent(self) -> list[tuple[ActionKind, ActionReason | None]]:
        deliveries = self.authority.deliveries()
        return [(one.kind, one.reason) for delivery in deliveries for one in delivery.actions]


@pytest.fixture
def abroad(town, tmp_path):
    return Abroad(town, tmp_path)


async def test_a_returned_claim_is_talked_about_again_and_its_limitation_is_noted(abroad):
    claim = await abroad.transfer()
    abroad.authority.behave(RecoveryBehaviour(share_returned=1))
    await abroad.exchange()
    assert await abroad.stage(claim) == "recovery"
    await abroad.exchange(days=40)
    assert await abroad.last_act(claim) == "dialogue-1"
    kinds = "select distinct kind from limitation_events where claim_id = :id and kind like 're%'"
    assert set(await abroad.town.values(kinds, id=claim)) == {"received", "returned"}


async def test_a_claim_recalled_for_respite_comes_back_and_is_sent_again_in_its_old_name(abroad):
    claim = await abroad.transfer()
    await abroad.exchange()
    async with abroad.town.database.transaction() as connection:
        await place_hold(
            connection, claim, HoldReason.DEFERRAL, "", abroad.town.today,
            abroad.town.today + timedelta(days=20), ANNA,
        )  # fmt: skip
        proposal = await read_proposal(connection, claim, abroad.town.today)
    assert [str(event) for event in proposal.events] == ["respite"]
    await abroad.recall(claim, ActionReason.HENS)
    with pytest.raises(Conflict):
        await abroad.recall(claim, ActionReason.HENS)
    assert await abroad.stage(claim) == "recovery", "until the authority has done it"
    await abroad.exchange()
    assert await abroad.stage(claim) == "dialogue"
    await abroad.town.until(claim, "dialogue-1")
    await abroad.town.decide(claim, "dialogue-1", Outcome.GO_ON)
    await abroad.town.decide(claim, "assessment-1", Outcome.TRANSFER)
    await abroad.town.until(claim, "transfer-1-0")
    await abroad.exchange()
    assert abroad.sent()[-1] == (ActionKind.RESEND, None)
    assert abroad.authority.deliveries()[-1].actions[0].undoes == claim
    assert await abroad.stage(claim) == "recovery"


async def test_a_claim_recalled_for_an_error_is_sent_as_a_new_one(abroad):
    claim = await abroad.transfer()
    await abroad.exchange()
    await abroad.recall(claim, ActionReason.FEJL)
    await abroad.exchange()
    await abroad.town.until(claim, "dialogue-1")
    await abroad.town.decide(claim, "dialogue-1", Outcome.GO_ON)
    await abroad.town.decide(claim, "assessment-1", Outcome.TRANSFER)
    await abroad.town.until(claim, "transfer-1-0")
    await abroad.exchange()
    assert abroad.sent()[-1] == (ActionKind.CREATE, None)
    assert await abroad.stage(claim) == "recovery"


async def test_a_rejection_that_is_mended_is_sent_anew_under_a_new_reference(abroad):
    claim = await abroad.transfer()
    abroad.authority.behave(RecoveryBehaviour(share_rejected=1))
    await abroad.exchange()
    assert await abroad.last_act(claim) == "exception-0-news1"
    assert await abroad.stage(claim) == "assessment", "what was not received is ours"
    abroad.authority.behave(QUIET)
    await abroad.town.decide(claim, "exception-0-news1", Outcome.RETRY)
    await abroad.exchange()
    assert await abroad.stage(claim) == "recovery"
    references = [delivery.actions[0].reference for delivery in abroad.authority.deliveries()]
    assert references == [claim, f"{claim}.2"]


async def test_a_claim_we_hold_to_in_its_hearing_is_received_with_our_reasons(abroad):
    claim = await abroad.transfer()
    abroad.authority.behave(RecoveryBehaviour(share_in_hearing=1, days_to_end=1000))
    before = await abroad.town.value("select limitation_date from claims where id = :id", id=claim)
    await abroad.exchange()
    assert await abroad.last_act(claim) == "hearing-0-1"
    during = await abroad.town.value("select limitation_date from claims where id = :id", id=claim)
    assert during == before, "while in hearing the claim is ours, and its limitation runs"
    await abroad.town.decide(claim, "hearing-0-1", Outcome.APPROVED)
    await abroad.exchange()
    assert abroad.sent()[-1] == (ActionKind.APPROVE, None)
    assert abroad.authority.deliveries()[-1].actions[0].remark == "Talt med skyldner"
    assert await abroad.stage(claim) == "recovery"
    after = await abroad.town.value("select limitation_date from claims where id = :id", id=claim)
    assert after >= before


async def test_a_claim_withdrawn_in_its_hearing_was_never_there_and_is_talked_about(abroad):
    claim = await abroad.transfer()
    abroad.authority.behave(RecoveryBehaviour(share_in_hearing=1))
    await abroad.exchange()
    await abroad.town.decide(claim, "hearing-0-1", Outcome.WITHDRAW)
    await abroad.exchange()
    assert await abroad.last_act(claim) == "dialogue-1"
    states = await abroad.town.values("select state from recovery_actions order by id")
    assert states == ["withdrawn", "executed"]
    assert await abroad.town.values("select kind from recovery_moves") == []


async def test_a_claim_recovered_in_full_ends_as_settled(abroad):
    claim = await abroad.transfer()
    abroad.authority.behave(RecoveryBehaviour(share_returned=0, share_written_off=0))
    for _ in range(4):
        await abroad.exchange(days=12)
    assert await abroad.town.ending(claim) == "settled"
    assert await abroad.town.value("select balance_ore from claims where id = :id", id=claim) == 0


async def test_a_claim_written_off_there_ends(abroad):
    claim = await abroad.transfer()
    abroad.authority.behave(RecoveryBehaviour(share_returned=0, share_written_off=1))
    for _ in range(4):
        await abroad.exchange(days=12)
    assert await abroad.town.ending(claim) == "settled"
    told = "select kind from ledger_entries where claim_id = :id and kind = 'write-off'"
    assert await abroad.town.values(told, id=claim) == ["write-off"]


async def test_a_claim_that_was_asked_for_before_its_parts_were_told_apart_is_sent(abroad):
    """As the rows of the version before: no part of it laid down."""
    claim = await abroad.transfer()
    async with abroad.town.database.transaction() as connection:
        for statement in (
            "alter table recovery_claims disable trigger refuse_change",
            "delete from recovery_claims",
            "alter table recovery_claims enable trigger refuse_change",
        ):
            await connection.execute(text(statement))
    await abroad.exchange()
    assert await abroad.stage(claim) == "recovery"
    [delivery] = abroad.authority.deliveries()
    owed = await abroad.town.value("select amount_ore from recovery_actions")
    assert delivery.actions[0].claim.amount.ore == owed
