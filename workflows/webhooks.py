"""The round that tells other systems what became of their claims."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.webhooks import WebhookActivities
    from workflows.rounds import Round, perform


@workflow.defn(name="webhooks")
class WebhooksWorkflow:
    @workflow.run
    async def run(self, a_round: Round) -> None:
        """A handful at a time, as long as anything arrives."""
        while await perform(WebhookActivities.deliver, a_round):
            pass
