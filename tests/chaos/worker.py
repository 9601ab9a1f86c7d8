"""The workers as a process: the stories, the rounds and the caretaker, but no relay."""

import asyncio
import json
import sys

from settings import Settings
from workers.assembly import build_workers, open_house
from workers.executions.caretaker import Caretaker
from workers.schedules import keep_rounds


async def main(database_url, temporal_address, state_folder, patience):
    chosen = Settings(
        temporal_address=temporal_address,
        state_folder=state_folder,
        database_patience_seconds=patience,
    )
    async with open_house(chosen, database_url) as house:
        stories, rounds = build_workers(house)
        caretaker = Caretaker(house.database, house.client, house.policy)
        async with stories, rounds:
            await keep_rounds(house.client, house.clock.town)
            await caretaker.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
