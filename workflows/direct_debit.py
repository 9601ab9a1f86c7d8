"""The round that asks Betalingsservice to collect what falls due."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.direct_debit import DirectDebitActivities
    from workflows.rounds import Round, perform


@workflow.defn(name="direct-debit")
class DirectDebitWorkflow:
    @workflow.run
    async def run(self, a_round: Round) -> None:
        await perform(DirectDebitActivities.collect, a_round)
