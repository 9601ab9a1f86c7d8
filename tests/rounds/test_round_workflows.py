"""A round runs its acts to the end, patiently, and never with yesterday's date."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError
from temporalio.worker import Worker

from activities.exchange import ExchangeActivities
from activities.executions import ExecutionActivities
from activities.failures import told_to_temporal
from activities.forecasts import ForecastActivities
from activities.post_room import PostRoomActivities
from domain.calendar import COPENHAGEN, TownClock
from domain.errors import GatewayUnavailable, NotFound
from gateways.post_sandbox import PostBehaviour
from persistence.clock import set_clock
from persistence.outbox import LOOK_AHEAD, tell
from workers.foresight.forecasts import Foresight
from workers.relay import Relay
from workflows.exchange import ExchangeWorkflow
from workflows.forecast import ForecastWorkflow
from workflows.post_room import PostRoomWorkflow
from workflows.rounds import PAUSES, Round
from workflows.watch import WatchWorkflow

EVENING = datetime(2026, 3, 2, 23, 30, tzinfo=COPENHAGEN)


class ComingBack:
    """Answers again after so many tries."""

    def __init__(self, real, failures):
        self.real, self.failures, self.asked = real, failures, 0

    async def send(self, message, now):
        self.asked += 1
        if self.asked <= self.failures:
            raise GatewayUnavailable("digital-post")
        await self.real.send(message, now)

    async def taken(self, message_ids):
        return await self.real.taken(message_ids)

    async def receipts(self, after, now):
        return await self.real.receipts(after, now)


async def clock_from(environment, town_start, speed=1.0):
    return TownClock(await environment.get_current_time(), town_start, speed)


async def run(environment, workflow, activities, clock):
    queue = uuid4().hex
    worker = Worker(
        environment.client, task_queue=queue, workflows=[workflow], activities=activities
    )
    async with worker:
        await environment.client.execute_workflow(
            workflow.run, Round(clock), id=queue, task_queue=queue
        )


def post_acts(house, acts: PostRoomActivities | None = None):
    return [(acts or house.post_room).dispatch, house.receipts.collect_receipts]


async def test_the_post_room_empties_a_tray_of_several_handfuls(house, time_skipping, monday):
    for _ in range(120):
        await house.open()
    clock = await clock_from(time_skipping, monday)
    await run(time_skipping, PostRoomWorkflow, post_acts(house), clock)
    assert len(house.gateways.digital_post.sent()) == 120
    later = await clock_from(time_skipping, monday + timedelta(hours=1))
    await run(time_skipping, PostRoomWorkflow, post_acts(house), later)
    assert await house.rows("select distinct state from letters") == [("delivered",)]


async def test_a_letter_that_had_to_wait_past_midnight_bears_the_day_it_left(house, time_skipping):
    """The pauses before the third try take three seconds, which are an hour and a half here."""
    await house.open()
    coming_back = ComingBack(house.gateways.digital_post, failures=2)
    acts = house.staffed(coming_back, keeps_hours=False)
    clock = await clock_from(time_skipping, EVENING, speed=1800)
    await run(time_skipping, PostRoomWorkflow, post_acts(house, acts), clock)
    assert str(await house.value("select dispatched_on from letters")) == "2026-03-03"


async def test_a_dead_counterpart_ends_the_round_but_not_the_other_counterparts_part(
    house, time_skipping, monday
):
    await house.open()
    house.gateways.digital_post.behave(PostBehaviour(share_failing=1))
    await house.serve(monday)
    house.gateways.digital_post.behave(PostBehaviour(is_out=True))
    clock = await clock_from(time_skipping, monday)
    with pytest.raises(WorkflowFailureError):
        await run(time_skipping, PostRoomWorkflow, post_acts(house), clock)
    assert len(house.gateways.physical_post.sent()) == 1


class Refusing:
    def __init__(self):
        self.tries = 0

    @activity.defn(name="watch.look")
    @told_to_temporal
    async def look(self, now: datetime) -> None:
        self.tries += 1
        raise NotFound("claim-type", "nobody-knows")


async def test_a_refusal_is_not_tried_again(time_skipping, monday):
    refusing, clock = Refusing(), await clock_from(time_skipping, monday)
    with pytest.raises(WorkflowFailureError) as failed:
        await run(time_skipping, WatchWorkflow, [refusing.look], clock)
    assert refusing.tries == 1
    assert failed.value.cause.cause.type == "NotFound"


async def nothing_runs(_first: str, _last: str) -> set[str]:
    return set()


async def test_the_exchange_and_the_watch_do_their_rounds(house, time_skipping, monday):
    claim = await house.transfer()
    await house.change("update outbox set delivered_at = now()")
    clock = await clock_from(time_skipping, monday)
    acts: ExchangeActivities = house.exchange
    exchange = [acts.read_notices, acts.submit_actions, acts.read_statement]
    await run(time_skipping, ExchangeWorkflow, exchange, clock)
    assert len(house.gateways.recovery_authority.sent()) == 1
    forecasts = ForecastActivities(house.database, house.policy, Foresight(house.policy, clock))
    executions = ExecutionActivities(house.database, nothing_runs)
    watch = [house.watch.look, forecasts.nudge, forecasts.foresee, house.watch.look_ahead]
    watch += [executions.look_over, executions.look_again]
    await run(time_skipping, WatchWorkflow, watch, clock)
    assert await house.rows("select letters from post_forecasts") == [(0,)]
    asked = "select story, act from story_steps"
    assert await house.rows(asked) == [(f"claim-{claim}", "look")], "its execution is gone"


async def test_a_new_look_ahead_is_carried_to_its_round_and_stands_when_it_is_done(
    house, time_skipping, monday
):
    claim, queue = await house.open(), uuid4().hex
    await house.change("update outbox set delivered_at = now()")
    clock = await clock_from(time_skipping, monday)
    async with house.database.transaction() as connection:
        await set_clock(connection, clock)
        for _ in range(2):
            await tell(connection, "forecast", LOOK_AHEAD)
    acts = ForecastActivities(house.database, house.policy, Foresight(house.policy, clock))
    worker = Worker(
        time_skipping.client,
        task_queue=queue,
        workflows=[ForecastWorkflow],
        activities=[acts.begin, acts.rehearse, acts.price, acts.put_in_force],
    )
    relay = Relay(house.database, time_skipping.client, house.policy, rounds=queue)
    async with worker:
        assert await relay.deliver_waiting() == 2
        await time_skipping.client.get_workflow_handle("forecast").result()
    assert await house.rows("select state from forecasts") == [("in-force",)]
    coming = "select claim_id from foreseen where kind = 'letter' and what = 'demand'"
    assert await house.rows(coming) == [(claim,)]


def test_a_round_gives_up_before_the_next_but_one_begins():
    assert timedelta(minutes=2) < sum(PAUSES, timedelta()) < timedelta(minutes=30)
