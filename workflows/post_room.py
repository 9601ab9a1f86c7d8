"""The post room's rounds: empty the tray, and read the receipts."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.post_room import PostRoomActivities
    from workflows.rounds import Round, perform


@workflow.defn(name="post-room")
class PostRoomWorkflow:
    @workflow.run
    async def run(self, a_round: Round) -> None:
        await perform(PostRoomActivities.collect_receipts, a_round)
        await perform(PostRoomActivities.dispatch, a_round)
