"""What those who run the house ask of it: migrate, verify the audit trail."""

from cli.doors import Door, database_url
from cli.ending import FAILED
from cli.words import Words
from persistence.database import Database
from persistence.migrations import upgrade
from persistence.trail.anchoring import last_anchor
from persistence.trail.verifying import find_breaks
from settings import settings
from workers.assembly import hash_numbers

_MOST_SHOWN = 50


async def migrate(say: Words) -> int:
    chosen = settings()
    await upgrade(database_url(chosen))
    database = Database(database_url(chosen), 1, chosen.lookup_key, chosen.record_ring)
    try:
        await hash_numbers(database)
    finally:
        await database.close()
    print(say("migrated"))
    return 0


async def verify_audit(say: Words) -> int:
    """1 when a row was changed, taken away or put in between, or a kept screen is not as it was."""
    async with Door.open() as door, door.database.transaction() as connection:
        breaks = await find_breaks(connection)
        anchor = await last_anchor(connection)
    for one in breaks[:_MOST_SHOWN]:
        print(say(f"audit-{one.what}", subject=one.subject, number=one.number))
    print(say("audit-broken-count", count=len(breaks)) if breaks else say("audit-whole"))
    if anchor:
        print(say("audit-anchor", number=anchor[0], hash=anchor[1]))
    return FAILED if breaks else 0
