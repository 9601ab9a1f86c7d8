"""Claims paused together: each in a transaction of its own, with an answer for each."""

from api.house import House
from domain.authority import Actor
from domain.errors import NotFound, Refusal
from persistence.foresight.pausing import NewPause, begin_pause, note_refused, pause_claim


async def pause_each(house: House, actor: Actor, wish: NewPause) -> int:
    """What is held stays so, whatever comes of the others; the number of the pause.

    Asked for again with the same key, it goes on where it was cut short. Raises Invalid.
    """
    policy, on = house.policy, house.today
    async with house.database.transaction() as connection:
        number = await begin_pause(connection, policy, wish, on, actor)
    for claim_id in sorted(set(wish.claims)):
        try:
            async with house.database.transaction() as connection:
                await pause_claim(connection, policy, number, claim_id, wish, on, actor)
        except NotFound:
            continue
        except Refusal as refusal:
            async with house.database.transaction() as connection:
                await note_refused(connection, number, claim_id, refusal)
    return number
