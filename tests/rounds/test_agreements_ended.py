"""An agreement that is over before its plan: what rested is added, and the debtor is told why."""

from datetime import date, timedelta

import pytest

from domain.authority import Actor, Role
from domain.claim import HoldReason
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.record import AgreementOutcome
from persistence.agreements.ending import end_agreement
from persistence.claims.holding import place_hold
from tests.builders import CPR_NUMBERS, a_debtor
from tests.rounds.test_agreements_kept import (
    agree,
    broken,
    close,
    kept,
    plan,
    remind,
    sums_up,
    take_up,
)
from tests.stories.town import ANNA

__all__ = ["kept"]
WHY = "Du har selv bedt om det.\n\nRing, hvis det er en fejl."
LATER = date(2026, 6, 1)


async def end(house, reasons=WHY, on=LATER, actor=ANNA, number="A-000001"):
    async with house.database.transaction() as connection:
        return await end_agreement(connection, house.policy, number, reasons, actor, on)


def last_letter(house):
    return house.gateways.digital_post.sent()[-1].body["body"]


async def sent_later(house, monday, days=91):
    """All that lies in the tray leaves on the day of the end."""
    return await house.empty(monday + timedelta(days=days))


async def test_the_debtor_is_told_why_it_ended_what_is_owed_and_what_happens_next(
    house, monday, kept
):
    await house.empty(monday)
    await end(house)
    assert (await sent_later(house, monday)).sent == 1
    body = last_letter(house)
    assert "Vi har nu afsluttet aftalen" in body
    assert "Derfor er aftalen slut" in body
    assert "Du har selv bedt om det." in body
    assert "Ring, hvis det er en fejl." in body
    assert "Det sker der nu" in body
    assert all(claim in body for claim in kept)
    assert "gældsinddrivelseslovens § 2, stk. 3" in body


async def test_the_letter_asks_for_all_of_it_with_the_interest_that_stood_still(
    house, monday, kept
):
    """Were it added afterwards, who paid what the letter asks for would still owe something."""
    await house.empty(monday)
    await end(house)
    owed = await house.value("select sum(balance_ore) from claims")
    rested = await house.value("select sum(amount_ore) from ledger_entries where kind = 'interest'")
    assert owed == 90_000 + rested > 90_000
    assert await sums_up(house)
    await sent_later(house, monday)
    body = last_letter(house)
    assert f"I alt: {owed // 100}" in body
    assert f"Nu har vi lagt {rested // 100},{rested % 100:02} kr. til." in body


async def test_the_same_is_told_of_one_that_was_broken(house, monday, kept):
    await house.empty(monday)
    await close(house, AgreementOutcome.BROKEN, LATER)
    owed = await house.value("select sum(balance_ore) from claims")
    assert owed > 90_000
    await sent_later(house, monday)
    assert f"I alt: {owed // 100}" in last_letter(house)
    assert "Mens du holdt aftalen, stod renterne stille." in last_letter(house)


async def test_it_gives_the_days_the_council_has_set(house, kept):
    await end(house)
    found = "select days, deadline, planned_on from letters where key = 'ended'"
    [(days, deadline, planned)] = await house.rows(found)
    assert (days, (deadline - planned).days >= days) == (14, True)


async def test_who_pays_before_it_leaves_is_not_written_to(house, monday, kept):
    await house.empty(monday)
    await end(house)
    for claim in kept:
        owed = await house.value("select balance_ore from claims where id = :id", id=claim)
        await house.pay(claim, -(-owed // 100))
    assert (await sent_later(house, monday)).cancelled == 1


async def test_who_agrees_anew_before_it_leaves_is_not_told_to_pay_it_all(house, monday, kept):
    await house.empty(monday)
    await broken(house)
    await take_up(house, monday, months=3)
    await sent_later(house, monday)
    assert "gælder vores aftale ikke længere" not in last_letter(house)
    assert await house.value("select state from letters where key = 'broken'") == "cancelled"


async def test_those_who_owe_a_part_of_it_too_hear_nothing_of_the_agreement(house, monday):
    """What a debtor owes beside, and how they pay it, is no business of a co-debtor's."""
    together = (a_debtor(), a_debtor(CPR_NUMBERS[1], "Karlo Prøvesen"))
    await agree(house, monday, 900, debtors=together)
    assert await house.value("select count(*) from liabilities") == 2
    await remind(house)
    await end(house)
    found = "select distinct l.debtor_id, g.debtor_id from letters l join agreements g on true"
    [(written_to, party)] = await house.rows(found)
    assert written_to == party


async def test_one_whose_end_was_asked_for_is_not_called_broken_as_well(house, kept):
    await end(house)
    await close(house, AgreementOutcome.BROKEN, LATER + timedelta(days=1))
    keys = "select key from letters where subject = 'A-000001' order by id"
    assert await house.rows(keys) == [("confirmation",), ("ended",)]


async def test_the_interest_is_added_once(house, kept):
    await end(house)
    owed = await house.value("select sum(balance_ore) from claims")
    await close(house, AgreementOutcome.DISSOLVED, LATER)
    assert await house.value("select sum(balance_ore) from claims") == owed


async def test_a_withdrawn_claim_is_neither_charged_nor_written_about(house, monday, kept):
    await house.empty(monday)
    await house.change("update claims set is_withdrawn = true where id = :id", id=kept[0])
    await end(house)
    charged = "select distinct claim_id from ledger_entries where kind = 'interest'"
    assert await house.rows(charged) == [(kept[1],)]
    await sent_later(house, monday)
    assert kept[0] not in last_letter(house)


async def test_nobody_is_reminded_of_what_has_been_withdrawn(house, kept):
    await house.change("update claims set is_withdrawn = true")
    verdict = await remind(house)
    assert (verdict.is_done, verdict.is_withdrawn) == (False, True)
    assert await house.value("select count(*) from ledger_entries where kind = 'fee'") == 0


async def test_the_fee_is_borne_by_a_claim_that_is_still_to_be_paid(house, kept):
    await house.change("update claims set is_withdrawn = true where id = :id", id=kept[0])
    assert (await remind(house)).is_done
    bears = "select claim_id from ledger_entries where kind = 'fee'"
    assert await house.rows(bears) == [(kept[1],)]


async def test_a_second_reminder_within_ten_days_is_free_for_that_claim(house, kept):
    """Renteloven § 9 b: at least ten days between; each claim is counted for itself."""
    await remind(house)
    await house.pay(kept[0], 300)
    days = await house.rows("select due_on from instalments order by number")
    late = days[1][0] + timedelta(days=7)
    assert (await remind(house, late, number=2)).is_done
    fees = await house.rows(
        "select claim_id, effective_on from ledger_entries where kind = 'fee' order by id"
    )
    assert len(fees) == 2
    assert (fees[1][1] - fees[0][1]).days >= 10
    assert await sums_up(house)


@pytest.mark.parametrize("reason", [HoldReason.DEATH, HoldReason.DEFERRAL, HoldReason.OBJECTION])
async def test_whatever_the_hold_no_reminder_and_no_fee(house, kept, reason):
    async with house.database.transaction() as connection:
        until = house.day + timedelta(days=200) if reason is HoldReason.DEFERRAL else None
        await place_hold(connection, kept[0], reason, "", house.day, until, ANNA)
    verdict = await remind(house)
    assert (verdict.is_done, len(verdict.holds)) == (False, 1)
    assert await house.value("select count(*) from ledger_entries where kind = 'fee'") == 0
    assert await plan(house) == [30_000, 30_000, 30_000]


REFUSED = [
    ({"reasons": "  "}, Invalid),
    ({"reasons": "a" * 20_000}, Invalid),
    ({"reasons": "\n\n".join("afsnit" for _ in range(20))}, Invalid),
    ({"actor": Actor("aud", Role.AUDITOR)}, NotAllowed),
    ({"number": "A-999999"}, NotFound),
]


@pytest.mark.parametrize(("more", "refusal"), REFUSED)
async def test_what_cannot_be_ended_so_leaves_nothing_behind(house, kept, more, refusal):
    with pytest.raises(refusal):
        await end(house, **more)
    assert await house.value("select ended_by from agreements") is None
    assert await house.value("select count(*) from letters where key = 'ended'") == 0
    assert "dissolved" not in await house.told()


async def test_one_that_is_over_is_not_ended_again(house, kept):
    await close(house, AgreementOutcome.BROKEN, LATER)
    with pytest.raises(Conflict):
        await end(house)
