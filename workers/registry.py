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
from activities.keeping import KeepingActivities
from activities.mail_room import MailRoomActivities
from activities.owner_questions import OwnerQuestionActivities
from activities.payouts import PayoutActivities
from activities.policy_trials import PolicyTrialActivities
from activities.post_receipts import PostReceiptActivities
from activities.post_room import PostRoomActivities
from activities.watch import WatchActivities
from activities.webhooks import WebhookActivities
from domain.calendar import REAL_TIME, TownClock
from domain.policy import Policy
from gateways.choose import Gateways
from persistence.database import Database
from workers.clock import real_now
from workers.foresight.forecasts import Foresight
from workers.time_machine import trying
from workflows.agreement import AgreementWorkflow
from workflows.bank_files import BankFileWorkflow
from workflows.claim import ClaimWorkflow
from workflows.claim_files import ClaimFileWorkflow
from workflows.direct_debit import DirectDebitWorkflow
from workflows.exchange import ExchangeWorkflow
from workflows.forecast import ForecastWorkflow
from workflows.keeping import KeepingWorkflow
from workflows.mail_room import MailRoomWorkflow
from workflows.owner_questions import OwnerQuestionsWorkflow
from workflows.payouts import PayoutsWorkflow
from workflows.policy_trials import PolicyTrialWorkflow
from workflows.post_room import PostRoomWorkflow
from workflows.watch import WatchWorkflow
from workflows.webhooks import WebhooksWorkflow


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
    """What the house does by the clock, the files it reads, and what it is asked to try."""
    return [
        PostRoomWorkflow,
        ExchangeWorkflow,
        WatchWorkflow,
        ForecastWorkflow,
        PayoutsWorkflow,
        OwnerQuestionsWorkflow,
        MailRoomWorkflow,
        WebhooksWorkflow,
        KeepingWorkflow,
        DirectDebitWorkflow,
        ClaimFileWorkflow,
        BankFileWorkflow,
        PolicyTrialWorkflow,
    ]


def round_activities(
    database: Database,
    policy: Policy,
    gateways: Gateways,
    clock: TownClock = REAL_TIME,
    pages: str = "",
    running: Running | None = None,
) -> list[Callable[..., Any]]:
    """*pages*: the address under which people find ours, as mails tell it."""
    ways = (gateways.digital_post, gateways.physical_post)
    keeps_hours = clock.speed == REAL_TIME.speed  # hours of a hurried town are over too soon
    post = PostRoomActivities(database, policy, *ways, gateways.registers, keeps_hours=keeps_hours)
    exchange = ExchangeActivities(database, policy, gateways.recovery_authority)
    keeping = KeepingActivities(database, policy)
    return [
        post.dispatch,
        PostReceiptActivities(database, policy, *ways).collect_receipts,
        exchange.submit_actions,
        exchange.read_notices,
        exchange.read_statement,
        *_watch_activities(database, policy, running),
        *_money_activities(database, policy, gateways),
        OwnerQuestionActivities(database, gateways.owners).ask,
        keeping.sweep,
        keeping.erase,
        *_foreseeing_activities(database, policy, clock),
        *_telling_activities(database, gateways, pages),
        *_file_activities(database, policy),
    ]


def _money_activities(
    database: Database, policy: Policy, gateways: Gateways
) -> list[Callable[..., Any]]:
    payouts = PayoutActivities(database, policy, gateways.nemkonto)
    direct_debit = DirectDebitActivities(database, policy, gateways.direct_debit)
    return [direct_debit.collect, payouts.send, payouts.read_receipts]


def _foreseeing_activities(
    database: Database, policy: Policy, clock: TownClock
) -> list[Callable[..., Any]]:
    """What will come, and what would have come under another policy."""
    forecasts = ForecastActivities(database, policy, Foresight(policy, clock))
    return [
        forecasts.nudge,
        forecasts.foresee,
        forecasts.begin,
        forecasts.rehearse,
        forecasts.price,
        forecasts.put_in_force,
        PolicyTrialActivities(database, trying(policy)).try_some,
    ]


def _telling_activities(
    database: Database, gateways: Gateways, pages: str
) -> list[Callable[..., Any]]:
    """People are mailed, and other systems told."""
    mail_room = MailRoomActivities(database, gateways.mailer, pages)
    hooks = WebhookActivities(database, gateways.hooks, real_now)
    return [mail_room.lay_down, mail_room.send, hooks.deliver]


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
