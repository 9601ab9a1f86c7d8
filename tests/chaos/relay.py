"""The relay as a process of its own, so that it can die alone."""

import asyncio
import json
import sys

from settings import Settings
from workers.assembly import open_house
from workers.relay import Relay


async def main(database_url, temporal_address, state_folder, patience):
    chosen = Settings(
        temporal_address=temporal_address,
        state_folder=state_folder,
        database_patience_seconds=patience,
    )
    async with open_house(chosen, database_url) as house:
        await Relay(house.database, house.client, house.policy).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(**json.loads(sys.argv[1])))
