"""A debtor with several claims gets one letter and one fee, and all of them know of it."""

import asyncio
from datetime import timedelta

import pytest

from domain.authority import Actor, Role
from domain.letters import Letter
from gateways.post_sandbox import PostBehaviour
from persistence.post.arriving import accept_as_delivered, send_again
from persistence.post.correspondence import write_by_hand
from tests.builders import CPR_NUMBERS, a_debtor
from tests.rounds.test_post_room import EXEMPT, DyingPost

OTHER = a_debtor(CPR_NUMBERS[1], "Karlo Prøvesen")


async def reminded(house, letter=Letter.FIRST_REMINDER, **facts):
    return await house.open(letter, due=house.day - timedelta(days=40), **facts)


async def fees(house):
    """By claim: what has been charged in fees and what of it is left."""
    return await house.rows(
        "select coalesce(sum(amount_ore) filter (where kind = 'fee'), 0),"
        " coalesce(sum(amount_ore) filter (where kind = 'correction'), 0)"
        " from claims c left join ledger_entries e on e.claim_id = c.id group by c.id order by c.id"
    )


async def test_five_claims_give_one_letter_with_one_fee_and_a_line_each(house, monday):
    claims = [await reminded(house, reference=f"R{n}") for n in range(5)]
    assert (await house.empty(monday)).sent == 1
    [offer] = house.gateways.digital_post.sent()
    body = offer.body["body"]
    assert all(f"Krav {claim}" in body for claim in claims)
    assert body.count("Rykkergebyr") == 1
    assert len([ore for ore, _ in await fees(house) if ore]) == 1
    assert await house.rows("select distinct state from letters") == [("dispatched",)]
    total = await house.value("select sum(balance_ore)::bigint from claims")
    assert f"{total // 100:,}".replace(",", ".") in body


async def test_the_highest_level_gives_the_words_and_each_claim_keeps_its_own_warning(
    house, monday
):
    await reminded(house, reference="low")
    high = await reminded(house, Letter.SECOND_REMINDER, reference="high")
    await house.empty(monday)
    [offer] = house.gateways.digital_post.sent()
    assert offer.body["subject"] == "Rykker 2: 2 krav"
    assert f"til Gældsstyrelsen: {high}." in offer.body["body"]


async def test_a_fee_charged_on_another_day_is_given_up_when_the_letters_leave_as_one(
    house, monday
):
    await reminded(house, reference="first")
    house.day += timedelta(days=1)
    await reminded(house, reference="second")
    assert [ore for ore, _ in await fees(house)] == [25000, 25000]
    await house.empty(monday + timedelta(days=1))
    [offer] = house.gateways.digital_post.sent()
    assert offer.body["body"].count("Rykkergebyr") == 1
    assert sorted(rest for _, rest in await fees(house)) == [-25000, 0]


async def test_a_fee_is_given_up_though_the_claim_has_another_letter_in_the_tray(house, monday):
    first = await reminded(house, reference="first")
    house.day += timedelta(days=1)
    second = await reminded(house, reference="second")
    actor = Actor("anna", Role.CASEWORKER)
    async with house.database.transaction() as connection:
        for claim in (first, second):
            await write_by_hand(
                connection, house.policy, claim, Letter.ENQUIRY_REPLY, "Svar.", house.day, actor
            )
    await house.empty(monday + timedelta(days=1))
    assert sorted(rest for _, rest in await fees(house)) == [-25000, 0]
    assert await house.rows("select distinct state from letters") == [("dispatched",)]


async def test_demands_are_each_their_own_letter(house, monday):
    for number in range(3):
        await house.open(reference=f"D{number}")
    assert (await house.empty(monday)).sent == 3


async def test_each_who_owes_gets_a_letter_about_what_is_theirs(house, monday):
    shared = await reminded(house, debtors=(a_debtor(), OTHER), reference="shared")
    own = await reminded(house, reference="own")
    assert (await house.empty(monday)).sent == 2
    bodies = {offer.body["recipient"]["name"]: offer.body["body"]
              for offer in house.gateways.digital_post.sent()}  # fmt: skip
    assert shared in bodies["Karla Prøvesen"]
    assert own in bodies["Karla Prøvesen"]
    assert shared in bodies["Karlo Prøvesen"]
    assert own not in bodies["Karlo Prøvesen"]
    assert "Karla" not in bodies["Karlo Prøvesen"]


async def test_what_is_paid_before_it_leaves_is_left_out(house, monday):
    paid = await reminded(house, reference="paid")
    rest = await reminded(house, reference="rest")
    await house.pay(paid, 5000)
    await house.empty(monday)
    [offer] = house.gateways.digital_post.sent()
    assert paid not in offer.body["body"]
    assert rest in offer.body["body"]


async def test_all_who_went_with_it_share_its_fate(house, monday):
    for number in range(3):
        await reminded(house, reference=f"R{number}")
    house.gateways.digital_post.behave(EXEMPT)
    await house.serve(monday)
    rows = "select distinct state, channel from letters"
    assert await house.rows(rows) == [("requested", "physical-post")]
    await house.serve(monday + timedelta(hours=2))
    await house.collect(monday + timedelta(days=4))
    assert await house.rows(rows) == [("delivered", "physical-post")]
    [offer] = house.gateways.physical_post.sent()
    assert offer.body["body"].count("Krav 2026-") == 3


@pytest.mark.parametrize("way", [send_again, accept_as_delivered])
async def test_a_person_answers_once_for_all_of_them(house, monday, way):
    for number in range(2):
        await reminded(house, reference=f"R{number}")
    house.gateways.digital_post.behave(PostBehaviour(share_lost=1))
    await house.empty(monday)
    await house.collect(monday + timedelta(days=9))
    assert len(await house.rows("select id from tasks")) == 1
    assert await house.rows("select distinct state from letters") == [("undelivered",)]
    leader = await house.value("select id from letters where goes_with is null")
    await house.change("update tasks set state = 'decided'")
    async with house.database.transaction() as connection:
        await way(connection, leader, house.day + timedelta(days=9))
    expected = "requested" if way is send_again else "delivered"
    assert await house.rows("select distinct state from letters") == [(expected,)]


async def test_a_letter_of_several_that_left_before_a_kill_is_known_by_all(house, monday):
    for number in range(3):
        await reminded(house, reference=f"R{number}")
    with pytest.raises(asyncio.CancelledError):
        await house.empty(monday, house.staffed(DyingPost(house.gateways.digital_post, 1)))
    await reminded(house, reference="later")
    assert (await house.empty(monday)).sent == 2
    first, second = house.gateways.digital_post.sent()
    assert first.body["body"].count("Krav 2026-") == 3
    assert second.body["body"].count("Krav 2026-") == 1
    assert await house.rows("select distinct state from letters") == [("dispatched",)]


async def test_a_common_deadline_is_the_latest_and_every_story_hears_of_it(house, monday):
    """A first reminder that leaves with a later one gives no less time than it promised."""
    claim = await reminded(house, reference="longer")
    await house.change("update letters set deadline = deadline + 20")
    other = await reminded(house, reference="usual")
    await house.empty(monday)
    deadlines = await house.rows("select distinct deadline from letters")
    assert len(deadlines) == 1
    told = await house.rows("select target from outbox where name = 'letter_sent'")
    assert told == [(f"claim-{other}",)]
    assert claim in house.gateways.digital_post.sent()[0].body["body"]
    assert await house.value("select max(next_on) from claims") == deadlines[0][0]


async def test_what_was_sent_is_kept_as_it_was_printed(house, monday):
    await reminded(house)
    await house.empty(monday)
    [(kept, digest, sent)] = await house.rows(
        "select o.pdf_sha256, encode(sha256(o.pdf), 'hex'), l.body from letter_documents o"
        " join letters l on l.id = o.letter_id"
    )
    [offer] = house.gateways.digital_post.sent()
    assert kept == digest == offer.body["document"]
    assert sent == offer.body["body"]
    with pytest.raises(Exception, match="never changed"):
        await house.change("update letter_documents set pdf = 'x'")
