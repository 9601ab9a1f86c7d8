"""What a real Temporal server keeps of a claim, when the house has keys: nothing to be read."""

import pytest
from temporalio.api.failure.v1 import Failure
from temporalio.client import Client
from temporalio.converter import DataConverter
from temporalio.exceptions import ApplicationError

from policies.loading import load_policy
from sealing.keys import CannotOpen, KeyRing, new_key
from tests.server.fast_town import FastTown
from tests.server.test_pages import relaying
from workers.stories import story_worker
from workflows.wire import SealedPayloads, data_converter

OLD, NEW = new_key("old"), new_key("new")


def connected(low_limits, *keys):
    ring = KeyRing.read(" ".join(keys)) if keys else None
    return Client.connect(low_limits.address, data_converter=data_converter(ring))


async def raw_history(client, claim):
    """Everything of every run, as an administrator of the server would see it."""
    runs = [run async for run in client.list_workflows(f'WorkflowId="claim-{claim}"')]
    handles = [client.get_workflow_handle(run.id, run_id=run.run_id) for run in runs]
    histories = [await handle.fetch_history() for handle in handles]
    return b"".join(event.SerializeToString() for one in histories for event in one.events)


async def test_temporal_can_read_nothing_of_a_claims_record(low_limits, fast_database):
    database, clock = fast_database
    policy = load_policy("skanderborg")
    town = FastTown(database, clock, policy)
    await town.move_in()
    client = await connected(low_limits, OLD)
    async with story_worker(client, database, policy), relaying(database, client, policy):
        claim = await town.open()
        await town.until(claim, "dialogue-0")
    kept = await raw_history(client, claim)
    assert b"binary/encrypted" in kept
    for word in (b"first-reminder", b"is_settled", b"is_withdrawn", b"deadline"):
        assert word not in kept, word


async def test_a_claim_begun_without_keys_goes_on_with_them_and_with_new_ones(
    low_limits, fast_database
):
    database, clock = fast_database
    policy = load_policy("skanderborg")
    town = FastTown(database, clock, policy)
    await town.move_in()
    client = await connected(low_limits)
    async with story_worker(client, database, policy), relaying(database, client, policy):
        claim = await town.open()
        await town.until(claim, "dialogue-0")
    for keys in ((OLD,), (OLD, NEW), (NEW, OLD)):
        client = await connected(low_limits, *keys)
    async with story_worker(client, database, policy), relaying(database, client, policy):
        await town.write_off(claim, 0)
    acts = await town.acts(claim)
    assert len(set(acts)) == len(acts)
    assert acts[-1] == "close"


async def test_what_a_failure_says_is_sealed_too():
    converter = data_converter(KeyRing.read(OLD))
    failure = await encoded(converter, ApplicationError("hemmeligt", "krav 2026-000123"))
    assert b"hemmeligt" not in failure.SerializeToString()
    assert b"2026-000123" not in failure.SerializeToString()
    opened = await converter.decode_failure(failure)
    assert "hemmeligt" in str(opened)


async def test_a_key_taken_from_the_ring_too_early_is_said_and_nothing_is_guessed():
    (sealed,) = await SealedPayloads(KeyRing.read(OLD)).encode(
        [*data_converter(None).payload_converter.to_payloads(["something"])]
    )
    with pytest.raises(CannotOpen):
        await SealedPayloads(KeyRing.read(NEW)).decode([sealed])


async def encoded(converter: DataConverter, error):
    failure = Failure()
    await converter.encode_failure(error, failure)
    return failure
