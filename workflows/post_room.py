"""The post room's rounds: read the receipts, and empty the tray of each kind of post."""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.post_receipts import PostReceiptActivities
    from activities.post_room import Channel, PostRoomActivities
    from workflows.rounds import Round, perform


@workflow.defn(name="post-room")
class PostRoomWorkflow:
    @workflow.run
    async def run(self, a_round: Round) -> None:
        """Each kind of post goes its own way: an outage of one does not stop the other."""
        ways = [self.serve(channel, a_round) for channel in Channel]
        outcomes = await asyncio.gather(*ways, return_exceptions=True)
        for outcome in outcomes:
            if outcome:
                raise outcome

    async def serve(self, channel: Channel, a_round: Round) -> None:
        await perform(PostReceiptActivities.collect_receipts, a_round, channel)
        after: int | None = 0
        while after is not None:
            emptied = await perform(PostRoomActivities.dispatch, a_round, channel, after)
            after = emptied.goes_on_after
