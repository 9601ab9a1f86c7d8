"""The brake, the button, the hours and the pace: letters can always be stopped, and never rush."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.authority import Actor, Role
from domain.dated import Dated, Entry
from domain.errors import Conflict, Invalid, NotAllowed
from domain.letters import Letter
from gateways.ports import PersonStatus, RegisterEntry
from persistence.post.stops import keep_forecast, release_post, stop_post, stops_in_force
from tests.builders import CPR_NUMBERS, a_debtor
from tests.rounds.test_post_room import company
from tests.stories.town import ANNA

BOSS = Actor("birthe", Role.SUPERVISOR)


def with_rule(house, **changes):
    """The same house under a policy with another rule for its post."""
    [entry] = house.policy.post_room.entries
    rule = replace(entry.value, **changes)
    house.policy = replace(house.policy, post_room=Dated((Entry(entry.since, rule, entry.source),)))
    house.post_room = house.staffed(house.gateways.digital_post)
    return house


async def foresee(house, monday, letters):
    async with house.database.transaction() as connection:
        await keep_forecast(connection, house.day, letters, monday - timedelta(hours=12))


async def stop(house, now, actor=ANNA, reason="Forkert beløb i nat"):
    async with house.database.transaction() as connection:
        await stop_post(connection, reason, now, actor)


async def release(house, now, actor=BOSS):
    async with house.database.transaction() as connection:
        await release_post(connection, now, actor)


async def kinds(house):
    return await house.rows("select kind, state from tasks")


async def old_claims(house, number):
    """Claims that were known when the forecast was made."""
    for one in range(number):
        await house.open(debtors=(company(one),))
    await house.change("update claims set registered_on = registered_on - 1")


async def test_nothing_leaves_while_the_button_is_pressed(house, monday):
    await house.open()
    await stop(house, monday)
    assert (await house.empty(monday)).sent == 0
    with pytest.raises(Conflict):
        await stop(house, monday)
    await release(house, monday)
    assert (await house.empty(monday)).sent == 1


async def test_anyone_at_work_may_stop_the_post_and_a_supervisor_lets_it_go_on(house, monday):
    with pytest.raises(NotAllowed):
        await stop(house, monday, Actor("rev", Role.AUDITOR))
    with pytest.raises(Invalid):
        await stop(house, monday, reason=" ")
    await stop(house, monday)
    with pytest.raises(NotAllowed):
        await release(house, monday, ANNA)
    await release(house, monday)
    with pytest.raises(Conflict):
        await release(house, monday)


async def test_more_letters_than_foreseen_stop_the_day_and_ask_once(house, monday):
    with_rule(house, brake_from=3, brake_percent=50)
    await foresee(house, monday, 2)
    await old_claims(house, 5)
    for _ in range(2):
        assert (await house.empty(monday)).sent == 0
    assert await kinds(house) == [("post-stopped", "open")]
    async with house.database.transaction() as connection:
        [stopped] = await stops_in_force(connection)
    assert stopped.facts == {"day": "2026-03-02", "foreseen": 2, "volume": 5}
    await release(house, monday)
    assert (await house.empty(monday)).sent == 5
    assert await kinds(house) == [("post-stopped", "cancelled")]


@pytest.mark.parametrize(("foreseen", "least"), [(4, 0), (0, 5)])
async def test_what_is_near_the_forecast_or_too_little_to_matter_leaves(
    house, monday, foreseen, least
):
    with_rule(house, brake_from=least, brake_percent=50)
    await foresee(house, monday, foreseen)
    await old_claims(house, 5)
    assert (await house.empty(monday)).sent == 5


async def test_claims_that_came_after_the_forecast_do_not_pull_the_brake(house, monday):
    with_rule(house, brake_from=0, brake_percent=0)
    await foresee(house, monday, 0)
    await house.open()
    assert (await house.empty(monday)).sent == 1


async def test_letters_leave_in_staffed_hours_only(house, monday):
    await house.open()
    for hour in (0, 7, 16, 23):
        assert (await house.empty(monday.replace(hour=hour))).sent == 0
    assert (await house.empty(monday.replace(hour=15))).sent == 1


async def test_a_day_s_letters_are_spread_over_its_hours(house, monday):
    with_rule(house, letters_per_hour=60)
    for number in range(150):
        await house.open(debtors=(company(number),))
    sent = [(await house.empty(monday.replace(hour=hour))).sent for hour in (8, 8, 9, 10)]
    assert sent == [60, 0, 60, 30]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (PersonStatus.DEAD, "letter-to-the-dead"),
        (PersonStatus.DISSOLVED, "letter-to-the-dissolved"),
    ],
)
async def test_nobody_writes_to_the_dead(house, monday, status, reason):
    await house.open()
    entry = RegisterEntry(CPR_NUMBERS[0], "Karla Prøvesen", ("Prøvevej 1",), status)
    house.gateways.registers.enter(entry)
    assert (await house.empty(monday)).sent == 0
    [(facts,)] = await house.rows("select facts from tasks")
    assert facts["reason"] == reason
    assert await house.rows("select state from letters") == [("undelivered",)]


async def test_a_new_address_is_used_and_a_protected_one_stands_in_no_digital_letter(house, monday):
    await house.open(Letter.DEMAND)
    entry = RegisterEntry(
        CPR_NUMBERS[0], "Karla Prøvesen", ("Nyvej 2", "8660 Skanderborg"), PersonStatus.ALIVE
    )
    house.gateways.registers.enter(entry)
    await house.empty(monday)
    await house.open(Letter.DEMAND, reference="second")
    house.gateways.registers.enter(replace(entry, is_protected=True))
    await house.empty(monday)
    first, second = house.gateways.digital_post.sent()
    assert "Nyvej 2" in first.body["body"]
    assert "Nyvej 2" not in second.body["body"]


async def test_nobody_reads_in_a_letter_where_somebody_hidden_lives(house, monday):
    """Whoever owes with them gets a letter too; one who lives there may read where they live."""
    hidden, other = (
        RegisterEntry(number, name, (street, "8660 By"), PersonStatus.ALIVE)
        for number, name, street in (
            (CPR_NUMBERS[0], "Karla Prøvesen", "Skjulestien 77"),
            (CPR_NUMBERS[1], "Bo Prøvesen", "Åbenvej 3"),
        )
    )
    for entry in (replace(hidden, is_protected=True), other):
        house.gateways.registers.enter(entry)
    two = (a_debtor(), a_debtor(CPR_NUMBERS[1], "Bo Prøvesen"))
    await house.open(debtors=two)
    await house.change("update claims set description = 'Affald, Skjulestien 77'")
    assert (await house.empty(monday)).sent == 1
    [(facts, debtor)] = await house.rows(
        "select t.facts, d.name from tasks t join letters l on t.subject = 'letter-' || l.id "
        "join debtors d on d.id = l.debtor_id"
    )
    assert (facts["reason"], debtor) == ("letter-tells-protected", "Bo Prøvesen")
