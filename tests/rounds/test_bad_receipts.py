"""Receipts that fit nothing, come twice or in the wrong order: a person is asked, none is lost."""

from datetime import date, timedelta

import pytest

from domain.letters import Letter
from domain.money import Money
from domain.orders import Transfer
from domain.recovery.actions import ActionKind
from gateways.ports import NoticeKind, RecoveryNotice
from gateways.recovery_authority.messages_v1.notices import read_notice
from persistence.money.undoing import charge_back
from persistence.recovery.correcting import Correction, correct_there
from tests.proofs import make_ready
from tests.rounds.test_exchange import ScriptedAuthority, actions, answer, exchange, news, unclear
from tests.stories.town import ANNA, move_in

EXECUTED, REJECTED = NoticeKind.EXECUTED, NoticeKind.REJECTED
_HEARD = "select count(*) from recovery_notices"
_MOVED = "select kind, amount_ore, state from recovery_moves order by id"


@pytest.fixture
async def corrected(house, monday):
    """A claim there of which 300 kr. are being written down: the create is 1, the correction 2."""
    await move_in(house.database)
    claim, authority = await house.transfer(kroner=1000), ScriptedAuthority()
    authority.will_tell(claim, EXECUTED, action=1)
    await exchange(house, monday, authority)
    await exchange(house, monday, authority)
    wish = Correction(ActionKind.WRITE_DOWN, "Rettet", claim, Money.kroner(300))
    async with house.database.transaction() as connection:
        await correct_there(connection, house.policy, claim, wish, house.day, ANNA)
    await exchange(house, monday, authority)
    return claim, authority


async def test_a_receipt_that_comes_twice_moves_once(house, monday, corrected):
    claim, authority = corrected
    for kind in (EXECUTED, EXECUTED, REJECTED):
        authority.will_tell(claim, kind, action=2)
    await exchange(house, monday, authority)
    assert await house.rows(_MOVED) == [("came", 100_000, "done"), ("down", 30_000, "done")]
    assert await house.value("select left_ore from recovery_claims") == 70_000
    assert await house.value(_HEARD) == 4, "each is kept as it came"
    assert await house.rows("select id from tasks") == []


async def test_a_correction_that_is_refused_is_a_question_and_our_books_stand(
    house, monday, corrected
):
    claim, authority = corrected
    authority.will_tell(claim, REJECTED, action=2)
    await exchange(house, monday, authority)
    assert (await actions(house))[-1] == ("write-down", "rejected")
    assert await house.rows("select kind, key from tasks") == [("exception", "exception-action-2")]
    assert await house.value("select balance_ore from claims") == 70_000
    assert await house.value("select left_ore from recovery_claims") == 100_000


async def test_a_receipt_before_that_of_what_came_first_counts_for_itself(house, monday):
    claim, other = await house.transfer(kroner=1000), await house.transfer(kroner=500)
    authority = ScriptedAuthority()
    await exchange(house, monday, authority)
    authority.will_tell(other, EXECUTED, action=2)
    authority.will_tell(claim, NoticeKind.SETTLED)
    authority.will_tell(claim, EXECUTED, action=1)
    await exchange(house, monday, authority)
    assert await actions(house) == [("create", "executed")] * 2
    assert await news(house) == ["1 executed", "1 settled", "2 executed"]


@pytest.mark.parametrize("action", ["action-77", "action-99999999999999999999", "noget andet", ""])
async def test_a_receipt_for_what_we_never_sent_is_asked_about(house, monday, corrected, action):
    claim, authority = corrected
    authority.script.append(RecoveryNotice(9, action, claim, REJECTED, date(2026, 3, 3), "900"))
    await exchange(house, monday, authority)
    assert await unclear(house) == [("missed", None, None), ("rejected", claim, claim)]
    assert (await actions(house))[-1] == ("write-down", "submitted")


async def test_a_receipt_about_another_claim_of_the_same_delivery_changes_neither(
    house, monday, corrected
):
    _, authority = corrected
    other = await house.transfer(kroner=500)
    await exchange(house, monday, authority)
    authority.will_tell(other, EXECUTED, action=2)
    await exchange(house, monday, authority)
    assert await unclear(house) == [("executed", other, other)]
    assert await house.value("select state from recovery_actions where id = 2") == "submitted"


async def test_money_told_of_a_claim_that_has_ended_is_asked_about(house, monday, corrected):
    claim, authority = corrected
    await house.change(
        "update claims set stage = 'ended', ending = 'withdrawn', ended_on = :on", on=house.day
    )
    owed = await house.value("select balance_ore from claims")
    authority.will_tell(claim, NoticeKind.PAID, ore=5_000)
    authority.will_tell(claim, NoticeKind.RETURNED)
    await exchange(house, monday, authority)
    assert await house.value("select balance_ore from claims") == owed
    asked = "select kind, facts ->> 'unused_ore' from tasks"
    assert await house.rows(asked) == [("unplaced-payment", "5000")]
    assert await news(house) == ["1 executed"]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\x00\xff\xfe",
        b"<MFKvitteringHent_O/>",
        b"<MFUnderretSamlingHent_O><MFUnderretStruktur/></MFUnderretSamlingHent_O>",
        b"<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><MFKvitteringHent_O>&y;</x>",
    ],
    ids=["empty", "bytes", "receipt-of-nothing", "notice-of-nothing", "entity"],
)
async def test_what_cannot_be_read_is_kept_as_it_came_and_asked_about(house, monday, document):
    notice = read_notice(1, document, date(2026, 3, 3))
    authority = ScriptedAuthority()
    authority.script.append(notice)
    await exchange(house, monday, authority)
    assert notice.kind is NoticeKind.UNREADABLE
    assert await unclear(house) == [("unreadable", None, None)]
    kept = await house.value("select coalesce(document, '') from recovery_notices")
    assert kept == document.decode("utf-8", "replace").replace("\0", "�")


async def test_what_came_back_has_come_back_whatever_is_heard_of_it_later(house, monday):
    await move_in(house.database)
    claim, authority = await house.transfer(kroner=1000), ScriptedAuthority()
    await exchange(house, monday, authority)
    authority.will_tell(claim, EXECUTED, action=1)
    await exchange(house, monday, authority)
    await house.pay(claim, 1000)
    await exchange(house, monday, authority)
    authority.will_tell(claim, EXECUTED, action=2)
    authority.will_tell(claim, NoticeKind.SETTLED)
    await exchange(house, monday, authority)
    async with house.database.transaction() as connection:
        await charge_back(
            connection, house.policy, 1, Money.kroner(1000), "back", house.day, ANNA.id
        )
    await exchange(house, monday, authority)
    authority.will_tell(claim, NoticeKind.RETURNED)
    authority.will_tell(claim, EXECUTED, action=3)
    await exchange(house, monday, authority)
    assert (await actions(house))[-1] == ("write-up", "executed")
    assert await house.value("select state from recovery_claims") == "returned"


async def test_a_related_claim_is_not_sent_anew_without_its_main_claim(house, monday):
    claim = await house.register(kroner=1000, due=house.day - timedelta(days=90))
    await house.write(claim, Letter.DEMAND)  # and so there is interest
    async with house.database.transaction() as connection:
        await make_ready(connection, claim, house.day)
    await house.acts.transfer(Transfer(claim, "transfer-0", house.day))
    authority = ScriptedAuthority()
    await exchange(house, monday, authority)
    parts = await house.rows("select reference from recovery_claims")
    for (reference,) in parts:
        authority.will_tell(reference, REJECTED, action=1)
    await exchange(house, monday, authority)
    asked = await house.value("select count(*) from tasks where kind = 'exception'")
    assert asked == len(parts) - 1 > 0
    await answer(house, "retry")
    await exchange(house, monday, authority)
    assert await actions(house) == [("create", "rejected")]
