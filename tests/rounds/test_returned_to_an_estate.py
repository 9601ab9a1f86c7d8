"""A claim that the recovery authority gives back rests, where its debtor died meanwhile."""

from datetime import timedelta

from domain.claim import HoldReason
from domain.endings.suspension import Need, Told
from gateways.ports import NoticeKind
from persistence.endings.suspending import NewSuspension, end_suspension, suspend_debtor
from tests.rounds.test_exchange import ScriptedAuthority, exchange, stage
from tests.stories.town import ANNA

DAY = timedelta(days=1)


async def dead(house, claim, on):
    debtor = await house.value("select debtor_id from claims where id = :c", c=claim)
    wish = NewSuspension(HoldReason.DEATH, Told({Need.DIED_ON: on - DAY}))
    async with house.database.transaction() as connection:
        done = await suspend_debtor(connection, house.policy, debtor, wish, on, ANNA)
    return done.number


async def returned(house, monday, claim, authority):
    authority.will_tell(claim, NoticeKind.RETURNED)
    await exchange(house, monday, authority)
    assert await stage(house) == "dialogue"


async def test_it_rests_from_its_first_day_with_us_again_and_its_story_is_told(house, monday):
    """GIL § 4 and dødsboskifteloven § 81: from then on it is ours to file."""
    claim, authority = await house.transfer(kroner=1000), ScriptedAuthority()
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    await exchange(house, monday, authority)
    number = await dead(house, claim, monday.date())
    assert await house.value("select count(*) from holds") == 0, "the authority's to stop"
    await returned(house, monday, claim, authority)
    assert await house.rows("select reason, suspension_id, released_on from holds") == [
        ("death", number, None)
    ]
    assert (await house.rows("select name from outbox order by id"))[-1] == ("held",)
    asked = await house.rows("select claim_id from tasks where kind = 'estate-claim'")
    assert asked == [(claim,)]


async def test_it_does_not_rest_for_what_is_over(house, monday):
    claim, authority = await house.transfer(kroner=1000), ScriptedAuthority()
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    await exchange(house, monday, authority)
    number = await dead(house, claim, monday.date())
    async with house.database.transaction() as connection:
        await end_suspension(connection, house.policy, number, monday.date(), ANNA)
    await returned(house, monday, claim, authority)
    assert await house.value("select count(*) from holds") == 0
