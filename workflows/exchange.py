"""The exchange with the recovery authority: hear what it tells, send what waits, compare books."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.exchange import ExchangeActivities
    from workflows.rounds import Round, perform


@workflow.defn(name="exchange")
class ExchangeWorkflow:
    @workflow.run
    async def run(self, a_round: Round) -> None:
        """Each act does a handful, and says when there was none left."""
        while await perform(ExchangeActivities.read_notices, a_round):
            pass
        while await perform(ExchangeActivities.submit_actions, a_round):
            pass
        await perform(ExchangeActivities.read_statement, a_round)
