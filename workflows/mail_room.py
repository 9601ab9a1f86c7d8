"""The round that mails those who work here: lay down what is to be told, then send it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.mail_room import MailRoomActivities
    from workflows.rounds import Round, perform


@workflow.defn(name="mail-room")
class MailRoomWorkflow:
    @workflow.run
    async def run(self, a_round: Round) -> None:
        await perform(MailRoomActivities.lay_down, a_round)
        while await perform(MailRoomActivities.send, a_round):
            pass
