"""One letter, one fee: what a debtor was spared is what the letters would have cost apart."""

from datetime import timedelta

from domain.letters import Letter
from persistence.post.reading_sendings import letters_to
from reports.sendings import sendings
from tests.builders import CPR_NUMBERS, a_debtor


async def posted(house):
    async with house.database.transaction() as connection:
        debtor = await house.value("select min(id) from debtors")
        rows = await letters_to(connection, debtor, 100)
    return sendings(house.policy, rows, house.day)


async def reminded(house, **facts):
    return await house.open(Letter.FIRST_REMINDER, due=house.day - timedelta(days=40), **facts)


def kroner(money):
    return money.ore // 100


async def test_what_waits_tells_what_will_be_spared_and_what_left_what_was(house, monday):
    for number in range(3):
        await reminded(house, reference=f"R{number}")
    [waiting] = await posted(house)
    assert (len(waiting.rows), kroner(waiting.fee), kroner(waiting.spared)) == (3, 250, 500)
    assert not waiting.has_left
    await house.empty(monday)
    [left] = await posted(house)
    assert (len(left.rows), kroner(left.fee), kroner(left.spared)) == (3, 250, 500)
    assert left.has_left


async def test_a_letter_by_itself_spares_nothing(house, monday):
    await reminded(house)
    await house.empty(monday)
    [left] = await posted(house)
    assert (kroner(left.fee), kroner(left.spared)) == (250, 0)


async def test_letters_of_different_days_spare_nothing(house, monday):
    await reminded(house, reference="A")
    await house.empty(monday)
    house.day += timedelta(days=1)
    await reminded(house, reference="B")
    await house.empty(monday + timedelta(days=1))
    assert [kroner(one.spared) for one in await posted(house)] == [0, 0]
    assert [kroner(one.fee) for one in await posted(house)] == [250, 250]


async def test_a_claim_without_a_fee_of_its_own_spares_none(house, monday):
    await reminded(house, reference="A")
    await reminded(house, reference="B", claim_type="cash-benefit-repayment")
    await house.empty(monday)
    [left] = await posted(house)
    assert (len(left.rows), kroner(left.fee), kroner(left.spared)) == (2, 250, 0)


async def test_a_co_debtors_letters_are_their_own(house, monday):
    both = (a_debtor(), a_debtor(CPR_NUMBERS[1], "Karlo Prøvesen"))
    await reminded(house, reference="A", debtors=both)
    await reminded(house, reference="B")
    await house.empty(monday)
    [left] = await posted(house)
    assert (len(left.rows), kroner(left.spared)) == (2, 250)
