"""The daily watch over what nobody else would notice."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.executions import ExecutionActivities
    from activities.forecasts import ForecastActivities
    from activities.watch import WatchActivities
    from workflows.rounds import Round, perform


@workflow.defn(name="watch")
class WatchWorkflow:
    @workflow.run
    async def run(self, a_round: Round) -> None:
        await perform(WatchActivities.look, a_round)
        await perform(ForecastActivities.nudge, a_round)
        await perform(ForecastActivities.foresee, a_round)
        after: str | None = ""
        while after is not None:
            after = await perform(WatchActivities.look_ahead, a_round, after)
        after = ""
        while after is not None:
            after = await perform(ExecutionActivities.look_over, a_round, after)
        await perform(ExecutionActivities.look_again, a_round)
