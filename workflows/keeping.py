"""The round that erases what was approved to be, and draws looks for control."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.keeping import KeepingActivities
    from workflows.rounds import Round, perform

_MOST_HANDFULS = 400


@workflow.defn(name="keeping")
class KeepingWorkflow:
    @workflow.run
    async def run(self, a_round: Round) -> None:
        """A handful at a time; what a history has no room for is done by the next round."""
        await perform(KeepingActivities.sweep, a_round)
        for _ in range(_MOST_HANDFULS):
            if not await perform(KeepingActivities.erase, a_round):
                return
