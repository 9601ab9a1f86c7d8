"""Which workflows and activities the workers offer, on which queue."""

from collections.abc import Callable
from typing import Any

from activities.agreements import AgreementActivities
from activities.bank_files import BankFileActivities
from activities.claim_files import ClaimFileActivities
from activities.claims import ClaimActivities
from activities.direct_debit import DirectDebitActivities
from activities.exchange import ExchangeActivities
from activities.executions import ExecutionActivities, Running
from activities.forecasts import ForecastActivities
from activities.owner_questions import OwnerQuestionActivities
from activities.payouts import PayoutActivities
from activities.post_receipts import PostReceiptActivities
from activities.post_room import PostRoomActivities
from activities.watch import WatchActivities
from domain.calendar import REAL_TIME, TownClock
from domain.policy import Policy
from gateways.choose import Gateways
from persistence.database import Database
from workers.foresight import foresight
from workflows.agreement import AgreementWorkflow
from workflows.bank_files import BankFileWorkflow
from workflows.claim import ClaimWorkflow
from workflows.claim_files import ClaimFileWorkflow
from workflows.direct_debit import DirectDebitWorkflow
from workflows.exchange import ExchangeWorkflow
from workflows.owner_questions import OwnerQuestionsWorkflow
from workflows.payouts import PayoutsWorkflow
from workflows.post_room import PostRoomWorkflow
from workflows.watch import WatchWorkflow


def story_workflows() -> list[type]:
    return [ClaimWorkflow, AgreementWorkflow]


def story_activities(database: Database, policy: Policy) -> list[Callable[..., Any]]:
    claims = ClaimActivities(database, policy)
    agreements = AgreementActivities(database, policy)
    return [
        claims.write_letter,
        claims.ask_person,
        claims.transfer,
        claims.recall,
        claims.close,
        agreements.remind,
        agreements.close,
    ]


def round_workflows() -> list[type]:
    """What the house does by the clock, and the files it reads."""
    return [
        PostRoomWorkflow,
        ExchangeWorkflow,
        WatchWorkflow,
        PayoutsWorkflow,
        OwnerQuestionsWorkflow,
        DirectDebitWorkflow,
        ClaimFileWorkflow,
        BankFileWorkflow,
    ]


def round_activities(
    database: Database,
    policy: Policy,
    gateways: Gateways,
    clock: TownClock = REAL_TIME,
    running: Running | None = None,
) -> list[Callable[..., Any]]:
    ways = (gateways.digital_post, gateways.physical_post)
    keeps_hours = clock.speed == REAL_TIME.speed  # hours of a hurried town are over too soon
    post = PostRoomActivities(database, policy, *ways, gateways.registers, keeps_hours=keeps_hours)
    forecasts = ForecastActivities(database, policy, foresight(policy, clock))
    exchange = ExchangeActivities(database, policy, gateways.recovery_authority)
    payouts = PayoutActivities(database, policy, gateways.nemkonto)
    return [
        post.dispatch,
        PostReceiptActivities(database, policy, *ways).collect_receipts,
        exchange.submit_actions,
        exchange.read_notices,
        exchange.read_statement,
        *_watch_activities(database, policy, running),
        forecasts.nudge,
        forecasts.foresee,
        DirectDebitActivities(database, policy, gateways.direct_debit).collect,
        payouts.send,
        payouts.read_receipts,
        OwnerQuestionActivities(database, gateways.owners).ask,
        *_file_activities(database, policy),
    ]


def _watch_activities(
    database: Database, policy: Policy, running: Running | None
) -> list[Callable[..., Any]]:
    watch, executions = WatchActivities(database, policy), ExecutionActivities(database, running)
    return [watch.look, watch.look_ahead, executions.look_over, executions.look_again]


def _file_activities(database: Database, policy: Policy) -> list[Callable[..., Any]]:
    claim_files = ClaimFileActivities(database, policy)
    bank_files = BankFileActivities(database, policy)
    return [
        claim_files.look_through,
        claim_files.take_rows,
        bank_files.look_through,
        bank_files.take_rows,
    ]
