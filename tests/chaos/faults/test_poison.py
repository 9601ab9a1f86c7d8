"""One claim's act always fails: the others go on; it is seen with its cause, and mended."""

import asyncio

from sqlalchemy import text

_PATIENCE = 60
_REFUSE = """create function refuse_one() returns trigger language plpgsql as
  $$ begin raise exception 'poisoned'; end $$"""
_POISON = """create trigger refuse_one before insert on acts for each row
  when (new.subject = '{claim}') execute function refuse_one()"""
_ACTS = "select count(*) from acts where subject = :claim and not facts ? 'sent_by'"


async def test_a_poisoned_claim_stands_alone_is_seen_and_goes_on_once_mended(town):
    async with town.at_work():
        await town.see_work_done()
        claim = await poison_a_claim(town)
        await until(lambda: is_seen(town, claim), "nobody saw the poisoned claim")
        await town.see_work_done()
        assert await acts_of(town, claim) == 0
        await run(town, "drop trigger refuse_one on acts")
        await ask(town, claim, "retry")
        await until(lambda: acts_of(town, claim), "the mended claim did not go on")
    await town.check()


async def poison_a_claim(town):
    """Of the claims just registered, the newest; it is poisoned before its first act."""
    await run(town, _REFUSE)
    await town.house.kill("worker")
    await town.people.register()
    claim = town.people.living[-1]
    await run(town, _POISON.format(claim=claim))
    await town.house.start("worker")
    return claim


async def is_seen(town, claim):
    """On the list of stories that stand still, with which act fails and how."""
    await ask(town, claim, "look")
    listed = (await town.people.client.ask("GET", "/executions?limit=100", "anna")).json()
    if not any(one["claim_id"] == claim for one in listed["items"]):
        return False
    answer = await town.people.client.ask("GET", f"/claims/{claim}/execution", "anna")
    return any(one["attempts"] > 1 and one["failure"] for one in answer.json()["pending"])


async def ask(town, claim, act):
    body = {"act": act, "reason": "Står stille"}
    path = f"/claims/{claim}/execution/steps"
    answer = await town.people.client.ask("POST", path, "anna", body)
    assert answer.status_code in {202, 409}, answer.text


async def acts_of(town, claim):
    [count] = await town.findings.values(_ACTS, claim=claim)
    return count


async def run(town, statement):
    async with town.database.transaction() as connection:
        await connection.execute(text(statement))


async def until(happened, otherwise):
    try:
        async with asyncio.timeout(_PATIENCE):
            while not await happened():  # noqa: ASYNC110  # the state of others
                await asyncio.sleep(1)
    except TimeoutError:
        raise AssertionError(otherwise) from None
