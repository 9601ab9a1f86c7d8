"""Tries another policy on the past to its end, whatever dies on the way."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.policy_trials import PolicyTrialActivities

# A batch takes seconds; the heartbeat tells soon that a worker was killed in the middle of one.
TRYING = workflow.ActivityConfig(
    start_to_close_timeout=timedelta(minutes=10),
    heartbeat_timeout=timedelta(seconds=30),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(milliseconds=500), maximum_interval=timedelta(seconds=30)
    ),
)


@dataclass(frozen=True)
class PolicyTrying:
    """*reached*: the last debtor that is done, as far as the table has been asked."""

    number: int
    reached: int = 0


@workflow.defn(name="policy-trial")
class PolicyTrialWorkflow:
    @workflow.run
    async def run(self, trying: PolicyTrying) -> PolicyTrying:
        is_over = False
        while not is_over:
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(trying)
            tried = await workflow.execute_activity_method(
                PolicyTrialActivities.try_some, trying.number, **TRYING
            )
            trying, is_over = PolicyTrying(trying.number, tried.reached), tried.is_over
        return trying
