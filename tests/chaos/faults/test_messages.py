"""Messages come twice, and the later ones first: stories hear each once."""

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import JSONB

from workers.addressing import Addressing, Pace
from workers.clock import real_now
from workflows.queues import ROUNDS, STORIES

_SIGNALS = text("""select id, target, name, payload from outbox where delivered_at is not null
  and (target like 'claim-%' or target like 'agreement-%') order by id desc""").columns(
    payload=JSONB
)


async def test_all_messages_again_and_backwards_change_nothing(town):
    async with town.at_work():
        await town.see_work_done()
        # Among living stories, of which many are in the middle of something.
        await deliver_again(town)
        await town.see_work_done()
    acts = await town.findings.rows("select subject, key, id from acts order by id")
    await deliver_again(town)
    await town.siege.see_rest()
    assert await town.findings.rows("select subject, key, id from acts order by id") == acts
    await town.check()


async def deliver_again(town):
    """Everything that was delivered so far, the latest first, by Temporal's real client."""
    policy, clock = town.findings.policy, town.findings.clock
    database = town.database
    addressing = Addressing(database, town.client, policy, STORIES, ROUNDS, real_now, Pace())
    async with database.transaction() as connection:
        rows = (await connection.execute(_SIGNALS)).all()
    assert len({row.name for row in rows}) > 3
    for row in rows:
        await addressing.deliver(row, clock, {})  # only stories that begin are known before
