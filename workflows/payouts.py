"""The round that pays money back: hear what came of the last, then send what is approved."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.payouts import PayoutActivities
    from workflows.rounds import Round, perform


@workflow.defn(name="payouts")
class PayoutsWorkflow:
    @workflow.run
    async def run(self, a_round: Round) -> None:
        """Each act does a handful, and says when there was none left."""
        while await perform(PayoutActivities.read_receipts, a_round):
            pass
        while await perform(PayoutActivities.send, a_round):
            pass
