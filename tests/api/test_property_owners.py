"""Owners who owe nothing: found or named, told by a letter of their own, and waited for."""

import re

import pytest

from activities.owner_questions import OwnerQuestionActivities
from domain.errors import GatewayUnavailable
from gateways.property_ports import PropertyEntry, PropertyOwner
from gateways.registers.owners import SandboxOwnerRegister
from gateways.registers.sandbox import RegistersBehaviour
from tests.api.bailiff import (
    TWO,
    change,
    codes,
    hold,
    minutes,
    on_the_day,
    rows,
    scheduled,
    send_post,
    slot,
    value,
)
from tests.api.test_distraint_pages import page, seen

EA = {
    "national_id": "2302580789",
    "name": "Ea Ejersen",
    "address": ["Andetvej 2", "8660 By"],
    "share": "1/2",
}
PROPERTY = "5381234"
NOTICES = "select letter, debtor_id, state from letters where key like 'hearing-%' order by id"


@pytest.fixture
def register(tmp_path):
    return SandboxOwnerRegister(tmp_path)


async def name(api, number, **changes):
    return await api.post(f"/distraints/{number}/owners", EA | changes, "bailiff")


async def ask(api, number, register):
    asked = {"number": PROPERTY}
    answer = await api.post(f"/distraints/{number}/property", asked, "bailiff")
    assert answer.status_code == 201, answer.text
    round_of = OwnerQuestionActivities(api.database, register)
    await round_of.ask(api.now)


def entry(*owners):
    return PropertyEntry(PROPERTY, "Prøvevej 1, 8660 By", owners)


def owner(number, name, share=(1, 2)):
    return PropertyOwner(number, name, ("Andetvej 2", "8660 By"), share)


async def taken(api, number):
    return await api.post(f"/distraints/{number}/minutes", minutes("property-taken"), "bailiff")


async def test_an_owner_who_owes_nothing_gets_a_letter_of_their_own(api):
    """Retsplejelovens §§ 493-494."""
    number, claim = await scheduled(api)
    answer = await name(api, number)
    assert answer.status_code == 201, answer.text
    [told] = answer.json()["owners"]
    assert (told["name"], told["national_id"], told["is_told"]) == (
        "Ea Ejersen",
        "230258-xxxx",
        False,
    )
    letters = [letter for letter, _, _ in await rows(api, NOTICES)]
    assert letters == ["distraint-notice", "owner-notice"]
    owed = "select count(*) from liabilities where debtor_id = :d"
    assert await value(api, owed, d=told["debtor_id"]) == 0
    fees = "select count(*) from ledger_entries where claim_id = :c and kind = 'fee'"
    assert await value(api, fees, c=claim) == 1


async def test_the_register_tells_who_owns_it_and_each_is_told(api, register):
    number, _ = await scheduled(api)
    karla = owner("0703790123", "Karla Prøvesen")
    register.enter(entry(karla, owner("2302580789", "Ea Ejersen")))
    await ask(api, number, register)
    view = (await api.get(f"/distraints/{number}", "bailiff")).json()
    owners = [(one["name"], one["share"], one["is_liable"]) for one in view["owners"]]
    assert owners == [("Karla Prøvesen", "1/2", True), ("Ea Ejersen", "1/2", False)]
    assert [one["is_found"] for one in view["properties"]] == [True]
    estate = "select facts -> 'hearing' ->> 'estate' from letters where letter = 'owner-notice'"
    assert await rows(api, estate) == [(f"BFE {PROPERTY}, Prøvevej 1, 8660 By",)]
    await OwnerQuestionActivities(api.database, register).ask(api.now)
    assert len(await rows(api, NOTICES)) == 2


async def test_a_property_nobody_knows_and_a_register_that_is_out_are_for_a_person(api, register):
    number, _ = await on_the_day(api)
    register.behave(RegistersBehaviour(is_out=True))
    with pytest.raises(GatewayUnavailable):
        await register.look_up(PROPERTY, api.today)
    answer = await api.post(f"/distraints/{number}/property", {"number": PROPERTY}, "bailiff")
    assert answer.status_code == 201
    assert "owners-not-answered" in codes(await taken(api, number))
    register.behave(RegistersBehaviour())
    await OwnerQuestionActivities(api.database, register).ask(api.now)
    view = (await api.get(f"/distraints/{number}", "bailiff")).json()
    assert [one["is_found"] for one in view["properties"]] == [False]
    assert codes(await taken(api, number)) == ["owners-unknown"]
    assert "Skriv ejerne selv" in seen(await page(api, f"/distraints/{number}"))


async def test_an_answer_with_an_owner_we_could_not_write_to_is_no_answer(api, register):
    number, _ = await scheduled(api)
    register.enter(entry(owner("2302580789", "Ea Ejersen"), owner("42", "Fremmed")))
    await ask(api, number, register)
    view = (await api.get(f"/distraints/{number}", "bailiff")).json()
    assert view["owners"] == []
    assert [one["is_found"] for one in view["properties"]] == [False]


async def test_no_hearing_is_held_before_every_owner_has_been_told_with_proof(api):
    number, claim = await on_the_day(api)
    named = (await name(api, number)).json()["owners"][0]["debtor_id"]
    assert codes(await hold(api, number, "in-vain")) == ["owner-not-told"]
    await send_post(api)
    assert codes(await hold(api, number, "in-vain")) == ["owner-not-told"]
    await change(
        api, "update letters set state = 'delivered', delivered_on = dispatched_on "
        "where letter = 'owner-notice'",
    )  # fmt: skip
    late = await hold(api, number, "in-vain")
    assert codes(late) == ["owner-told-late"], late.text
    assert not await rows(api, "select id from distraint_minutes")
    early = {"told_on": "2026-03-30", "how": "Forkyndt, sag BS 17"}
    address = f"/distraints/{number}/owners/{named}/told"
    assert (await api.post(address, early, "bailiff")).status_code == 200
    assert (await api.post(address, early, "bailiff")).status_code == 404
    assert (await hold(api, number, "in-vain")).status_code == 200
    assert await value(api, "select claim_id from distraints") == claim


async def test_moving_it_tells_the_owners_again_and_calling_it_off_tells_who_was_told(api):
    number, _ = await scheduled(api)
    await name(api, number)
    await api.post(f"/distraints/{number}/move", slot(day="2026-04-09", reason="Syg."), "bailiff")
    states = [(letter, state) for letter, _, state in await rows(api, NOTICES)]
    assert states == [
        ("distraint-notice", "dispatched"),
        ("owner-notice", "cancelled"),
        ("distraint-notice", "requested"),
        ("owner-notice", "requested"),
    ]
    await api.post(f"/distraints/{number}/call-off", {"reason": "Fejl."}, "bailiff")
    off = """select d.name from letters l join debtors d on d.id = l.debtor_id
    where letter = 'hearing-off'"""
    assert await rows(api, off) == [("Karla Prøvesen",)]


async def test_an_owner_named_by_mistake_is_struck_and_may_come_back(api):
    number, _ = await scheduled(api)
    named = (await name(api, number)).json()["owners"][0]["debtor_id"]
    address = f"/distraints/{number}/owners/{named}/strike"
    assert codes(await api.post(address, {"why": " "}, "bailiff")) == ["reasons-missing"]
    assert (await api.post(address, {"why": "Solgt."}, "bailiff")).json()["owners"] == []
    assert [state for letter, _, state in await rows(api, NOTICES) if letter == "owner-notice"] == [
        "cancelled"
    ]
    assert (await api.post(address, {"why": "Solgt."}, "bailiff")).status_code == 404
    assert len((await name(api, number)).json()["owners"]) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"national_id": "12"}, "national-id-shape"),
        ({"address": [" "]}, "owner-without-address"),
        ({"name": " "}, "owner-without-name"),
        ({"share": "1" * 60}, "owner-share-long"),
    ],
)
async def test_an_owner_nobody_could_write_to_is_refused(api, changes, code):
    number, _ = await scheduled(api)
    answer = await name(api, number, **changes)
    assert (answer.status_code, codes(answer)) == (422, [code])
    assert "2302580789" not in answer.text
    assert not await rows(api, "select id from distraint_owners")


async def test_a_known_persons_name_and_address_stay_as_they_are(api):
    await api.register(debtors=[TWO[1]])
    number, _ = await scheduled(api)
    answer = await name(api, number, national_id=TWO[1]["cpr_cvr"])
    assert [one["name"] for one in answer.json()["owners"]] == ["Bo Prøvesen"]


async def test_nobody_names_owners_but_a_bailiff_nor_of_what_is_over(api):
    number, _ = await scheduled(api)
    assert (await api.post(f"/distraints/{number}/owners", EA, "caseworker")).status_code == 403
    assert (await api.post(f"/distraints/{number}/owners/999", {}, "bailiff")).status_code == 404
    await api.post(f"/distraints/{number}/call-off", {"reason": "Fejl."}, "bailiff")
    assert (await name(api, number)).status_code == 409


async def test_owners_are_named_struck_and_told_on_the_hearings_page(api):
    number, _ = await scheduled(api)
    address = f"/distraints/{number}"
    shown = await page(api, address)
    assert "Ingen ejere er skrevet endnu" in seen(shown)
    wrong = await page(api, f"{address}/property", number="abc", key="k")
    assert wrong.status_code == 422
    assert "højst ti cifre" in seen(wrong)
    asked = await page(api, f"{address}/property", number="BFE 5 381 234", key="k")
    assert asked.headers["location"] == f"{address}?said=asked"
    typed = {
        "owner_name": "",
        "owner_number": "2302580789",
        "owner_address": "Andetvej 2",
        "key": "k",
    }
    wrong = await page(api, f"{address}/owners", **typed)
    assert wrong.status_code == 422
    named = await page(api, f"{address}/owners", **(typed | {"owner_name": "Ea Ejersen"}))
    assert named.headers["location"] == f"{address}?said=owner"
    debtor = await value(api, "select debtor_id from claims order by id desc limit 1")
    await page(api, f"{address}/owners/{debtor}", key="k")
    shown = seen(await page(api, address))
    for said in ("Ea Ejersen", "ikke underrettet", "er underrettet som skyldner", "BFE 5381234"):
        assert said in shown, said
    ea = await value(api, "select id from debtors where name = 'Ea Ejersen'")
    told = {f"told_on-{ea}": "2026-03-31", f"how-{ea}": "", "key": "k"}
    assert (await page(api, f"{address}/owners/{ea}/told", **told)).status_code == 422
    told |= {f"how-{ea}": "Forkyndt"}
    done = await page(api, f"{address}/owners/{ea}/told", **told)
    assert done.headers["location"] == f"{address}?said=told"
    struck = await page(api, f"{address}/owners/{ea}/strike", **{f"why-{ea}": "Solgt", "key": "k"})
    assert struck.headers["location"] == f"{address}?said=struck"
    assert not re.search(r"2302580789", (await page(api, address)).text)
