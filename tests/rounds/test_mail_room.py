"""Those who work here are mailed once a day what waits for them, whatever dies on the way."""

import asyncio
from datetime import datetime, timedelta

import pytest

from activities.mail_room import MailRoomActivities
from domain.authority import Role
from domain.calendar import COPENHAGEN
from domain.telling.mail_wishes import MailWish
from gateways.mail.account import MailAccount
from gateways.mail.sandbox import MailBehaviour, SandboxMailServer
from gateways.mail.smtp import SmtpMailer
from persistence.telling.mails import keep_wish

PAGES = "https://rettidig.example"
MONDAY = datetime(2026, 3, 2, 8, tzinfo=COPENHAGEN)
OVERDUE = """
insert into tasks (subject, key, claim_id, kind, state, department, opened_on, due_on, claimed_by,
  facts) values (:claim, :key, :claim, 'dialogue', 'open', 'collection', :due, :due, :who, '{}')"""
STOP = """
insert into post_stops (kind, reason, stopped_at, stopped_by, facts)
values ('button', 'Fejl i brevene', now(), 'rettidig', '{}')"""


class Room:
    """The mail room of a house, and the mailboxes its mails end in."""

    def __init__(self, house, server) -> None:
        self.house, self.server = house, server
        self.acts = None

    async def hire(self, name, role=Role.CASEWORKER, email=True):
        await self.house.change(
            "insert into users (id, name, role, email) values (:id, :name, :role, :email)",
            id=name, name=name.title(), role=role.value,
            email=f"{name}@kommune.example" if email else None,
        )  # fmt: skip

    async def give(self, who, days=3, key="dialogue-0"):
        """An overdue task, on a claim of somebody named Karla."""
        claim = await self.house.register()
        due = self.house.day - timedelta(days=days)
        await self.house.change(OVERDUE, claim=claim, key=key, due=due, who=who)
        return claim

    async def go_round(self, now):
        await self.acts.lay_down(now)
        while await self.acts.send(now):
            pass

    def mails(self, who=None):
        taken = [offer.body for offer in self.server.taken()]
        return [one for one in taken if who is None or one["to"] == [f"{who}@kommune.example"]]


@pytest.fixture
async def room(house, tmp_path):
    server = SandboxMailServer(tmp_path)
    room = Room(house, server)
    async with server.serving() as account:
        room.acts = MailRoomActivities(house.database, SmtpMailer(account), PAGES)
        await room.hire("anna")
        yield room


async def test_whoever_has_something_waiting_is_told_once_a_day(room):
    claim = await room.give("anna")
    for minutes in range(0, 600, 60):
        await room.go_round(MONDAY + timedelta(minutes=minutes))
    [mail] = room.mails("anna")
    assert mail["subject"] == "rettidig: 1 ting venter på dig"
    assert f"Dialog med skyldneren, krav {claim}, frist 27. februar 2026" in mail["plain"]
    assert f"{PAGES}/tasks/" in mail["plain"]
    assert f'<a href="{PAGES}/tasks/' in mail["html"]
    assert mail["unsubscribe"] == f"<{PAGES}/notifications>"
    await room.go_round(MONDAY + timedelta(days=1))
    assert len(room.mails("anna")) == 2


async def test_a_mail_holds_nobodys_name_or_debt(room):
    await room.give("anna")
    await room.go_round(MONDAY)
    [mail] = room.mails()
    for words in (mail["subject"], mail["plain"], mail["html"]):
        for personal in ("Karla", "Prøvesen", "Prøvevej", "070379", "1.000", "kr."):
            assert personal not in words


async def test_nobody_is_mailed_when_nothing_waits_nor_later_that_day(room):
    await room.go_round(MONDAY)
    await room.give("anna")
    await room.go_round(MONDAY + timedelta(hours=2))
    assert room.mails() == []
    assert await room.house.value("select state from mails") == "nothing"


async def test_before_the_hour_on_weekends_and_holidays_nobody_is_mailed(room):
    await room.give("anna")
    maundy_thursday = datetime(2026, 4, 2, 9, tzinfo=COPENHAGEN)
    saturday = MONDAY + timedelta(days=5)
    for now in (MONDAY - timedelta(hours=2), saturday, maundy_thursday):
        await room.go_round(now)
    assert room.mails() == []


async def test_each_chooses_hour_days_language_and_whether_at_all(room):
    for name in ("bo", "cia"):
        await room.hire(name)
    for who in ("anna", "bo", "cia"):
        await room.give(who)
    wishes = {
        "anna": MailWish(False, 7, (0, 1, 2, 3, 4), False, "da"),
        "bo": MailWish(True, 10, (0, 1, 2, 3, 4), False, "en"),
        "cia": MailWish(True, 7, (1,), False, "da"),
    }
    async with room.house.database.transaction() as connection:
        for who, wish in wishes.items():
            await keep_wish(connection, who, wish)
    await room.go_round(MONDAY)
    assert room.mails() == []
    await room.go_round(MONDAY + timedelta(hours=2))
    [mail] = room.mails()
    assert mail["subject"] == "rettidig: 1 thing waits for you"
    await room.go_round(MONDAY + timedelta(days=1))
    assert len(room.mails("cia")) == 1
    assert room.mails("anna") == []


async def test_what_is_put_off_arrives_later_the_same_morning_and_once(room):
    room.server.behave(MailBehaviour(puts_off=2))
    await room.give("anna")
    await room.go_round(MONDAY)
    assert room.mails() == []
    told = await room.house.value("select trouble from mails")
    assert told == "mail-trouble-put-off"
    for minutes in range(10, 90, 10):
        await room.go_round(MONDAY + timedelta(minutes=minutes))
    assert len(room.mails("anna")) == 1
    assert await room.house.rows("select state, tries from mails") == [("sent", 3)]


async def test_a_server_that_takes_a_mail_and_is_gone_gets_the_same_again(room):
    room.server.behave(MailBehaviour(hangs_up=1))
    await room.give("anna")
    await room.go_round(MONDAY)
    await room.go_round(MONDAY + timedelta(minutes=10))
    [offer] = room.server.taken()
    assert offer.times == 2
    assert await room.house.value("select state from mails") == "sent"


async def test_what_is_refused_is_noted_and_no_other_mail_suffers(room):
    await room.hire("bo")
    for who in ("anna", "bo"):
        await room.give(who)
    room.server.behave(MailBehaviour(refuses="anna"))
    await room.go_round(MONDAY)
    found = await room.house.rows("select user_id, state, trouble, plain from mails order by id")
    assert found == [("anna", "refused", "mail-trouble-refused", None), ("bo", "sent", None, None)]


async def test_a_digest_that_could_not_leave_that_day_is_given_up(room):
    away = MailRoomActivities(
        room.house.database, SmtpMailer(MailAccount("127.0.0.1", 9, "none", "x@y.example")), PAGES
    )
    await room.give("anna")
    await away.lay_down(MONDAY)
    assert await away.send(MONDAY) == 1
    assert await room.house.value("select trouble from mails") == "mail-trouble-away"
    await room.go_round(MONDAY + timedelta(days=1))
    [mail] = room.mails()
    assert "3. marts" in mail["plain"]
    states = await room.house.rows("select state from mails order by id")
    assert states == [("given-up",), ("sent",)]


class Dying:
    """A mailer whose house is killed: before it hands over, or after."""

    def __init__(self, mailer, after):
        self.mailer, self.after = mailer, after

    async def send(self, mail):
        if self.after:
            await self.mailer.send(mail)
        raise asyncio.CancelledError


@pytest.mark.parametrize("after", [False, True])
async def test_whoever_is_killed_while_sending_the_person_has_one_mail(room, after):
    await room.give("anna")
    mailer = room.acts._mailer
    dying = MailRoomActivities(room.house.database, Dying(mailer, after), PAGES)
    await dying.lay_down(MONDAY)
    with pytest.raises(asyncio.CancelledError):
        await dying.send(MONDAY)
    await room.go_round(MONDAY + timedelta(minutes=10))
    assert len(room.mails()) == 1
    assert await room.house.rows("select state from mails") == [("sent",)]


async def test_two_rounds_at_once_send_one_mail(room):
    await room.give("anna")
    await asyncio.gather(*(room.go_round(MONDAY) for _ in range(4)))
    await room.go_round(MONDAY)
    assert [offer.times for offer in room.server.taken()] == [1]


async def test_who_steers_is_told_at_once_that_the_post_stands_still_and_never_twice(room):
    await room.hire("sofus", Role.SUPERVISOR)
    sunday_night = MONDAY - timedelta(hours=12)
    await room.house.change(STOP)
    for minutes in (0, 10, 20):
        await room.go_round(sunday_night + timedelta(minutes=minutes))
    [mail] = room.mails()
    assert mail["to"] == ["sofus@kommune.example"]
    assert mail["subject"] == "rettidig: 1 ting står stille, til du gør noget"
    assert f"{PAGES}/letters" in mail["plain"]
    await room.house.change(STOP.replace("'button'", "'brake'"))
    await room.go_round(sunday_night + timedelta(minutes=30))
    assert len(room.mails("sofus")) == 2


async def test_many_things_escalated_at_once_are_one_mail(room):
    await room.hire("sofus", Role.SUPERVISOR)
    for number in range(20):
        claim = await room.house.register()
        await room.house.change(
            OVERDUE.replace("'dialogue'", "'limitation-unoffered'"),
            claim=claim, key=f"limitation-{number}", due=room.house.day, who=None,
        )  # fmt: skip
    await room.go_round(MONDAY - timedelta(hours=12))
    [mail] = room.mails()
    assert mail["subject"] == "rettidig: 20 ting står stille, til du gør noget"


async def test_who_stands_in_is_told_so_and_told_of_the_others_tasks(room):
    await room.hire("bo")
    claim = await room.give("bo")
    await room.house.change(
        "insert into substitutions (absent, substitute, since, until, made_by) "
        "values ('bo', 'anna', :on, :on, 'bo')",
        on=room.house.day,
    )
    await room.go_round(MONDAY)
    [mail] = room.mails("anna")
    assert "Bo til og med 2. marts 2026: 1 åben opgave" in mail["plain"]
    assert claim in mail["plain"]


async def test_without_a_server_nothing_is_laid_down(room):
    await room.give("anna")
    mute = MailRoomActivities(room.house.database, None, PAGES)
    await mute.lay_down(MONDAY)
    assert await mute.send(MONDAY) == 0
    assert await room.house.rows("select 1 from mails") == []


async def test_whoever_has_no_address_is_not_mailed(room):
    await room.hire("dan", email=False)
    await room.give("dan")
    await room.go_round(MONDAY)
    assert room.mails() == []
