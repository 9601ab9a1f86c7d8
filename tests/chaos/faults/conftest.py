"""One town that all these faults come over, one after another."""

import pytest_asyncio

from tests.chaos.town import open_town


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def town():
    async with open_town() as town:
        yield town
