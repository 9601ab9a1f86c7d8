"""Who always pays, but late, is found, offered help once, and followed."""

import re
from datetime import timedelta

from sqlalchemy import text

from domain.authority import Role
from domain.claim import Stage
from tests.api.conftest import CPR

KARLO = {"cpr_cvr": CPR[1], "name": "Karlo Prøvesen", "address": ["Prøvevej 1"]}
_REMIND = text("""
insert into letters (subject, key, claim_id, debtor_id, letter, days, requested_on, planned_on,
  deadline, state, channel, dispatched_on, delivered_on, facts)
select id, 'first-reminder', id, debtor_id, 'first-reminder', 14, :on, :on, :on, 'delivered',
  'digital-post', :on, :on, '{}' from claims where id = :claim""")

_PAY = text("""
update claims set ending = 'paid', ended_on = :on, stage = 'ended', stage_since = :on
where id = :claim""")


async def page(api, address="/prevention", **more):
    answer = await api.page(address, Role.CASEWORKER, **more)
    return answer.status_code, answer.text


async def run(api, statement, **values):
    async with api.database.transaction() as connection:
        return await connection.execute(statement, values)


async def pay_late(api, times, **more):
    """So many claims, each paid after a reminder; returns the debtor."""
    claim = ""
    for _ in range(times):
        claim = await api.register(**more)
        await run(api, _REMIND, claim=claim, on=api.today)
        await run(api, _PAY, claim=claim, on=api.today)
    found = await run(api, text("select debtor_id from claims where id = :c"), c=claim)
    return found.scalar_one()


def named(shown):
    listed = shown.split('id="late"')[1].split("</table>")[0] if 'id="late"' in shown else ""
    return re.findall(r'href="/debtors/[0-9]+">([^<]*)<', listed)


async def test_who_paid_three_claims_late_and_left_none_is_found(api):
    await pay_late(api, 3)
    await pay_late(api, 2, debtors=[KARLO])
    _, shown = await page(api)
    assert named(shown) == ["Karla Prøvesen"]


async def test_whoever_left_a_claim_to_the_authority_is_not_one_who_always_pays(api):
    await pay_late(api, 3)
    gone = await api.register()
    move = text("update claims set stage = :stage, stage_since = :on where id = :claim")
    await run(api, move, stage=Stage.RECOVERY.value, on=api.today, claim=gone)
    _, shown = await page(api)
    assert named(shown) == []
    assert "Ingen betaler gang på gang for sent." in shown


async def test_what_lies_too_far_back_counts_no_longer(api):
    await pay_late(api, 3)
    api.now += timedelta(days=800)
    _, shown = await page(api)
    assert named(shown) == []


async def test_who_has_joined_direct_debit_needs_no_offer(api):
    debtor = await pay_late(api, 3)
    mandate = text("insert into mandates (number, debtor_id, began_on) values ('1', :who, :on)")
    await run(api, mandate, who=debtor, on=api.today)
    _, shown = await page(api)
    assert named(shown) == []


async def test_the_offer_is_a_letter_written_once(api):
    debtor = await pay_late(api, 3)
    letters = text("select letter, state from letters where letter = 'direct-debit-invitation'")
    sent = {"debtors": str(debtor)}
    for told in ("1 breve er lagt i bakken.", "Ingen fik et brev"):
        status, _ = await page(api, method="POST", data=sent)
        assert status == 303
        _, shown = await page(api, "/prevention?offered=" + ("1" if "1 breve" in told else "0"))
        assert told in shown
    rows = (await run(api, letters)).all()
    assert [tuple(row) for row in rows] == [("direct-debit-invitation", "requested")]
    _, shown = await page(api)
    assert "disabled" in shown.split('id="late"')[1]


async def test_nobody_else_gets_the_letter_whatever_is_sent(api):
    await pay_late(api, 3)
    other = await pay_late(api, 1, debtors=[KARLO])
    await page(api, method="POST", data={"debtors": str(other)})
    count = text("select count(*) from letters where letter = 'direct-debit-invitation'")
    assert (await run(api, count)).scalar_one() == 0


async def test_it_is_seen_whether_the_offer_helped(api):
    debtor = await pay_late(api, 3)
    await page(api, method="POST", data={"debtors": str(debtor)})
    leave = text(
        "update letters set dispatched_on = :on, state = 'delivered'"
        " where letter = 'direct-debit-invitation'"
    )
    api.now += timedelta(days=30)
    await run(api, leave, on=api.today)
    due = (api.today + timedelta(days=10)).isoformat()
    await api.register(period_start=due, period_end=due, due_date=due)
    api.now += timedelta(days=60)
    _, shown = await page(api)
    told = re.sub(r"<[^>]*>", " ", shown.split('id="effect-table"')[1].split("</table>")[0])
    words = " ".join(told.split())
    assert "Før tilbuddet 3 3 100 %" in words
    assert "Efter tilbuddet 1 0 0 %" in words
