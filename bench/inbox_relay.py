"""The relay in a process of its own, which is killed now and then."""

import asyncio
import json
import sys

from temporalio.client import Client

from persistence.database import Database
from policies.loading import load_policy
from workers import loop
from workers.relay import Relay
from workflows.wire import DATA_CONVERTER


async def main(address: str, database_url: str) -> None:
    client = await Client.connect(address, data_converter=DATA_CONVERTER)
    relay = Relay(Database(database_url, 4), client, load_policy("skanderborg"))
    await relay.run(asyncio.Event())


if __name__ == "__main__":
    loop.run(main(**json.loads(sys.argv[1])))
