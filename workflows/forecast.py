"""The look ahead: what comes in the coming days, made anew as a whole."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.forecasts import ForecastActivities
    from workflows.rounds import Round, perform


@workflow.defn(name="forecast")
class ForecastWorkflow:
    @workflow.run
    async def run(self, a_round: Round) -> None:
        """One that was left half done by a round that died is brought to its end."""
        await perform(ForecastActivities.begin, a_round)
        while await perform(ForecastActivities.rehearse, a_round):
            pass
        while await perform(ForecastActivities.price, a_round):
            pass
        await perform(ForecastActivities.put_in_force, a_round)
