"""What the recovery authority tells moves the limitation of every debtor, and nothing else does."""

from datetime import date

import pytest

from gateways.ports import NoticeKind
from tests.builders import CPR_NUMBERS, a_debtor
from tests.rounds.test_exchange import ScriptedAuthority, exchange

DUE = date(2024, 6, 3)  # time-barred on 3 June 2027
TWO = (a_debtor(), a_debtor(CPR_NUMBERS[1], "Karlo Prøvesen"))


async def told(house):
    found = "select kind, happened_on, limitation_date, source from limitation_events order by id"
    return await house.rows(found)


async def dates(house):
    found = "select limitation_date from {} order by 1"
    claim = await house.rows(found.format("claims"))
    return [day for [day] in claim + await house.rows(found.format("liabilities"))]


async def tell(house, monday, *kinds, **facts):
    """The authority answers the transfer, and tells more; each on 3 March 2026."""
    claim = await house.transfer(due=DUE, **facts)
    authority = ScriptedAuthority()
    for number, kind in enumerate(kinds):
        authority.will_tell(claim, kind, action=None if number else 1)
    await exchange(house, monday, authority)


async def test_a_received_claim_has_three_years_from_receipt_for_each_debtor(house, monday):
    """Gældsinddrivelseslovens § 18 a, stk. 7; 3 March 2029 is a Saturday."""
    await tell(house, monday, NoticeKind.EXECUTED, debtors=TWO)
    day, then = date(2026, 3, 3), date(2029, 3, 5)
    assert await told(house) == [("received", day, then, "notice-1")] * 2
    assert await dates(house) == [then] * 3


@pytest.mark.parametrize("kind", [NoticeKind.IN_HEARING, NoticeKind.REJECTED])
async def test_a_claim_in_hearing_or_rejected_keeps_our_own_date(house, monday, kind):
    await tell(house, monday, kind)
    assert await told(house) == []
    assert await dates(house) == [date(2027, 6, 3)] * 2


async def test_a_returned_claim_keeps_the_date_it_has(house, monday):
    """Gældsinddrivelseslovens § 18 a, stk. 5."""
    await tell(house, monday, NoticeKind.EXECUTED, NoticeKind.RETURNED)
    assert [kind for kind, *_ in await told(house)] == ["received", "returned"]
    assert await dates(house) == [date(2029, 3, 5)] * 2


async def test_a_notice_read_twice_moves_nothing_twice(house, monday):
    claim = await house.transfer(due=DUE)
    authority = ScriptedAuthority()
    authority.will_tell(claim, NoticeKind.EXECUTED, action=1)
    for _ in range(2):
        await exchange(house, monday, authority)
    assert len(await told(house)) == 1
