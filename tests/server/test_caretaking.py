"""On a real server: a story that is broken is found, looked at, mended, and repeats no act."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text
from temporalio import workflow
from temporalio.worker import Worker

from activities.executions import ExecutionActivities
from domain.decisions import Outcome
from domain.executions.stage_steps import StageStep
from domain.executions.troubles import BatchState, StoryAct, Trouble
from domain.record import ClaimRecord
from persistence.executions.batches import ask_batch, move_batch, read_batch
from persistence.executions.looks import read_look
from persistence.executions.stage_steps import decide_step, propose_step, read_place
from persistence.executions.steps import ask_step, steps_of
from persistence.executions.troubles import list_troubled, troubles_of
from policies.loading import load_policy
from tests.server.fast_town import FastTown
from tests.stories.town import BENT
from workers.executions.caretaker import Caretaker
from workers.executions.looking import running_stories
from workers.relay import Relay
from workers.stories import story_worker
from workflows.queues import STORIES

POLICY = load_policy("skanderborg")
CHIEF = "chief"
OF_TEMPORAL = {Trouble.MISSING, Trouble.FAILING, Trouble.RETRYING}  # days pass in a blink here


@pytest.fixture
async def town(fast_database):
    database, clock = fast_database
    town = FastTown(database, clock, POLICY)
    await town.move_in()
    await run(town, "insert into users (id, name, role, token_sha256) values "
              "('chief', 'Chief', 'supervisor', 'chief')")  # fmt: skip
    return town


async def run(town, statement, **values):
    async with town.database.transaction() as connection:
        await connection.execute(text(statement), values)


@asynccontextmanager
async def told(client, town):
    """The stories are told, and hear what they should."""
    stop = asyncio.Event()
    relay = asyncio.create_task(Relay(town.database, client, POLICY).run(stop))
    async with story_worker(client, town.database, POLICY):
        yield
        stop.set()
        await relay


async def care(client, town):
    """All that is asked is carried out, and what follows from it."""
    caretaker = Caretaker(town.database, client, POLICY)
    while await caretaker.work():
        pass


async def ask(town, claim, act, by=BENT):
    async with town.database.transaction() as connection:
        await ask_step(connection, f"claim-{claim}", act, "Står stille", by, town.now)


async def look(client, town, claim):
    await ask(town, claim, StoryAct.LOOK)
    await care(client, town)
    async with town.database.transaction() as connection:
        return await read_look(connection, f"claim-{claim}")


async def watch(client, town):
    """As the nightly round does."""
    acts = ExecutionActivities(town.database, running_stories(client))
    after = ""
    while after is not None:
        after = await acts.look_over(town.now, after)
    await acts.look_again(town.now)
    await care(client, town)


async def troubles(town):
    async with town.database.transaction() as connection:
        rows = await list_troubled(connection, town.now, None, None, 100)
    return [(row["claim_id"], row["trouble"]) for row in rows if row["trouble"] in OF_TEMPORAL]


async def latest_step(town, claim):
    async with town.database.transaction() as connection:
        return (await steps_of(connection, f"claim-{claim}", 1))[0]


async def until(true, what):
    for _ in range(300):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(what)


async def test_a_look_tells_what_a_healthy_story_waits_for_and_that_nothing_differs(client, town):
    async with told(client, town):
        claim = await town.open()
        await town.until(claim, "dialogue-0")
        seen = await look(client, town, claim)
    assert (seen["status"], seen["trouble"]) == ("running", None)
    assert seen["facts"]["has_answered"]
    assert seen["facts"]["waits_for"].startswith("waits: dialogue-0")
    assert seen["facts"]["differences"] == []
    assert set(seen["facts"]["acts"]) == set(await town.acts(claim))


async def test_a_look_says_what_the_story_missed(client, town):
    async with told(client, town):
        claim = await town.open()
        await town.until(claim, "dialogue-0")
        await run(
            town,
            "insert into acts (subject, key, kind, done_on, facts)"
            " values (:claim, 'assessment-0', 'task', current_date, '{}')",
            claim=claim,
        )
        seen = await look(client, town, claim)
    [difference] = seen["facts"]["differences"]
    assert difference == {"field": "acts", "told": [], "known": ["assessment-0"]}


async def test_what_no_worker_tells_is_looked_at_without_its_own_record(client, town):
    async with told(client, town):
        claim = await town.open()
        await town.until(claim, "demand")
    seen = await look(client, town, claim)
    assert (seen["status"], seen["facts"]["has_answered"]) == ("running", False)


async def test_a_story_ended_behind_our_back_is_found_at_night_and_rebuilt(client, town):
    async with told(client, town):
        claim, other = await town.open(), await town.open()
        await town.until(claim, "dialogue-0")
        await town.until(other, "dialogue-0")
        await client.get_workflow_handle(f"claim-{claim}").terminate("somebody's mistake")
        await until(lambda: is_hidden(client, claim), "the list of what runs never heard of it")
        await watch(client, town)
        assert await troubles(town) == [(claim, Trouble.MISSING)]
        before = await town.acts(claim)
        await ask(town, claim, StoryAct.REBUILD)
        await care(client, town)
        assert (await latest_step(town, claim))["state"] == "done"
        assert await troubles(town) == []
        await town.decide(claim, "dialogue-0", Outcome.GO_ON)
        await town.until(claim, "assessment-0")
    assert await town.acts(claim) == [*before, "assessment-0"]


async def is_hidden(client, claim):
    return not await running_stories(client)(f"claim-{claim}", f"claim-{claim}")


async def test_an_act_that_the_database_refuses_is_seen_and_tried_again_when_it_is_mended(
    client, town
):
    await run(town, "create function refuse_it() returns trigger language plpgsql as"
              " $$ begin raise exception 'no room for Karla'; end $$")  # fmt: skip
    await run(town, "create trigger refuse_it before insert on acts"
              " for each row execute function refuse_it()")  # fmt: skip
    async with told(client, town):
        claim = await town.open()

        async def is_retrying():
            seen = await look(client, town, claim)
            return seen["trouble"] == Trouble.RETRYING

        await until(is_retrying, "the refusal was never seen")
        async with town.database.transaction() as connection:
            [trouble, *_] = await troubles_of(connection, f"claim-{claim}", town.now)
        [pending] = trouble["facts"]["pending"]
        assert pending["name"] == "claim.write-letter"
        assert pending["attempts"] > 1
        assert "Karla" not in str(trouble["facts"]), "words of a failure may hold personal data"
        await run(town, "drop trigger refuse_it on acts")
        await ask(town, claim, StoryAct.RETRY)
        await care(client, town)
        assert (await latest_step(town, claim))["trouble"] is None
        await town.until(claim, "demand")
        await look(client, town, claim)
        assert await troubles(town) == []


@workflow.defn(name="claim", sandboxed=False)
class StumblingStory:
    @workflow.run
    async def run(self, _: ClaimRecord) -> None:
        raise RuntimeError("a bug in a story's code")


async def test_a_story_whose_code_stumbles_is_seen_and_rebuilt_once_it_is_mended(client, town):
    claim = await town.open()
    await Relay(town.database, client, POLICY).deliver_waiting()
    async with Worker(client, task_queue=STORIES, workflows=[StumblingStory]):

        async def is_failing():
            await Caretaker(town.database, client, POLICY).glance()
            await care(client, town)
            return (claim, Trouble.FAILING) in await troubles(town)

        await until(is_failing, "that its code stumbles was never seen")
    async with told(client, town):
        await rebuild(client, town, claim)
        await town.until(claim, "demand")
        assert (await look(client, town, claim))["trouble"] is None


async def test_where_nothing_waits_to_be_tried_again_the_answer_says_so(client, town):
    async with told(client, town):
        claim = await town.open()
        await town.until(claim, "dialogue-0")
        await ask(town, claim, StoryAct.RETRY)
        await care(client, town)
    step = await latest_step(town, claim)
    assert (step["state"], step["trouble"]) == ("failed", "nothing-to-retry")


async def test_a_nudge_of_a_story_that_is_gone_says_so(client, town):
    claim = await town.open()
    await ask(town, claim, StoryAct.NUDGE)
    await care(client, town)
    step = await latest_step(town, claim)
    assert (step["state"], step["trouble"]) == ("failed", "story-missing")


async def move(town, claim, step):
    chief = type(BENT)(CHIEF, BENT.role)
    async with town.database.transaction() as connection:
        number = await propose_step(connection, claim, step, "Fejl i vurderingen", BENT, town.now)
    async with town.database.transaction() as connection:
        await decide_step(connection, number, chief, town.now, is_approved=True)


async def rebuild(client, town, claim):
    await ask(town, claim, StoryAct.REBUILD)
    await care(client, town)
    assert (await latest_step(town, claim))["state"] == "done"


@pytest.mark.parametrize("is_rebuilt", [False, True])
async def test_a_claim_moved_by_two_goes_that_way_and_a_rebuilt_story_too(client, town, is_rebuilt):
    async with told(client, town):
        claim = await town.open()
        await town.until(claim, "dialogue-0")
        await move(town, claim, StageStep.TO_ASSESSMENT)
        await town.until(claim, "assessment-0")
        await move(town, claim, StageStep.TO_DIALOGUE)
        if is_rebuilt:
            await rebuild(client, town, claim)
        await town.until(claim, "dialogue-1")
        day = town.today + timedelta(days=3000)
        await town.decide(claim, "dialogue-1", Outcome.PROMISE, look_again_on=day)
        await until(lambda: has_promise(client, claim), "the promise was never heard")
        await move(town, claim, StageStep.STOP_WAITING)
        if is_rebuilt:
            await rebuild(client, town, claim)
        await town.until(claim, "dialogue-2")
        async with town.database.transaction() as connection:
            standing = await read_place(connection, claim)
        assert standing.steps == (StageStep.TO_ASSESSMENT,)
    acts = await town.acts(claim)
    assert len(acts) == len(set(acts))
    assert sum(key in {"demand", "first-reminder", "second-reminder"} for key in acts) <= 3


async def has_promise(client, claim):
    record = await client.get_workflow_handle(f"claim-{claim}").query("current")
    return "promise-1" in record["acts"]


async def test_a_batch_is_held_goes_on_and_outlives_a_killed_caretaker(client, town):
    async with told(client, town):
        claims = [await town.open() for _ in range(30)]
        for claim in claims:
            await town.until(claim, "demand")
            await client.get_workflow_handle(f"claim-{claim}").terminate("all of them")
        await until(lambda: are_hidden(client, claims), "the list of what runs never heard of it")
        await watch(client, town)
        async with town.database.transaction() as connection:
            number = await ask_batch(
                connection, Trouble.MISSING, StoryAct.REBUILD, "Server faldt", BENT, town.now
            )
        caretaker = Caretaker(town.database, client, POLICY)
        assert await caretaker.work() == 20
        await move_to(town, number, BatchState.PAUSED)
        await caretaker.work()  # the looks that follow; of the batch nothing more
        await caretaker.work()
        assert (await progress(town, number))["waiting"] == 10
        await move_to(town, number, BatchState.RUNNING)
        async with town.database.transaction() as connection:  # one who took them all, and died
            await connection.execute(text(
                "update story_steps set taken_until = now() - interval '1 second', attempts = 1"
                " where state = 'asked' and batch_id = :batch"), {"batch": number})  # fmt: skip
        await care(client, town)
        done = await progress(town, number)
        assert (done["state"], done["done"], done["failed"]) == ("done", 30, 0)
        assert await troubles(town) == []


async def are_hidden(client, claims):
    return not await running_stories(client)(f"claim-{min(claims)}", f"claim-{max(claims)}")


async def move_to(town, number, state):
    async with town.database.transaction() as connection:
        await move_batch(connection, number, state, BENT, town.now)


async def progress(town, number):
    async with town.database.transaction() as connection:
        return (await read_batch(connection, number))[0]
