"""The round that asks the register of owners, so that every owner is told of a hearing."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.owner_questions import OwnerQuestionActivities
    from workflows.rounds import Round, perform


@workflow.defn(name="owners")
class OwnerQuestionsWorkflow:
    @workflow.run
    async def run(self, a_round: Round) -> None:
        """A handful at a time, until nothing is left to ask about."""
        after = await perform(OwnerQuestionActivities.ask, a_round, 0)
        while after:
            after = await perform(OwnerQuestionActivities.ask, a_round, after)
