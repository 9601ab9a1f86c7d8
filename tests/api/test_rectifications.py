"""What is wrong of a person is put right by hand: seen before, done once, and it stays right."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from lxml import html
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.authority import Role
from gateways.ports import PersonStatus, RegisterEntry
from persistence.debtors.registers import heed_registers
from tests.api.conftest import CPR
from tests.api.test_debtor_page import KARLA, debtor_of

OLD, NEW = "Prøvevej 1", "Nyvej 2"
PROTECTED = {"is_protected": True, "protected_until": "2027-03-16"}
SAID = {"source": "Opkald fra borgeren", "reason": "Navnet var stavet forkert."}

SENT = """insert into letter_documents (message_id, letter_id, template, policy_version, written_on,
  document, sha256, layout, pdf, pdf_sha256) values (:message, :letter, 't', 'p', :on,
  '{"recipient": ["Karla Prøvesen", "Prøvevej 1", "8660 Skanderborg"]}', 's', 'l', 'x', 's')
returning message_id"""


async def rows(api, sql, **values):
    async with api.database.transaction() as connection:
        return [tuple(row) for row in await connection.execute(text(sql), values)]


@pytest.fixture
async def karla(api):
    """A claim's debtor, by number."""
    return await debtor_of(api, await api.register(debtors=[KARLA]))


async def rectify(api, debtor, role=Role.CASEWORKER, path="", **body):
    more = {"headers": {"Idempotency-Key": body.pop("key")}} if "key" in body else {}
    return await api.post(f"/debtors/{debtor}/rectifications{path}", SAID | body, role, **more)


async def done(api, debtor, **body):
    answer = await rectify(api, debtor, **body)
    assert answer.status_code == 201, answer.text
    return answer.json()["rectification_id"]


async def stands(api, debtor):
    [row] = await rows(
        api, "select name, address, is_protected, overruled from debtors where id = :d", d=debtor
    )
    return row


async def codes(api, debtor, **body):
    answer = await rectify(api, debtor, **body)
    assert answer.status_code == 422, answer.text
    return [(one["field"], one["code"]) for one in answer.json()["faults"]]


async def told_by_registers(api, **changes):
    entry = RegisterEntry(CPR[0], "Karla Prøvesen", (OLD,), PersonStatus.ALIVE)
    async with api.database.transaction() as connection:
        await heed_registers(connection, [replace(entry, **changes)])


async def read(api, address):
    return html.fromstring((await api.page(address)).text)


async def form(api, debtor, **changes):
    """As the page has it, with what was typed over it."""
    shown = await read(api, f"/debtors/{debtor}/correct")
    fields = {
        one.get("name"): one.get("value", "")
        for one in shown.xpath("//main//form[last()]//input[@type!='radio' or @checked]")
    }
    fields |= {one.get("name"): one.text or "" for one in shown.xpath("//main//textarea")}
    return fields | SAID | changes


async def send(api, debtor, data, **more):
    address = f"/debtors/{debtor}/correct"
    return await api.page(address, method="POST", data=data, **more)


async def test_only_what_is_said_changes_and_both_sides_are_kept(api, karla):
    number = await done(api, karla, name="Karla Prøvesen-Ny")
    assert await stands(api, karla) == (
        "Karla Prøvesen-Ny", [OLD], False, {"name": "Karla Prøvesen"}
    )  # fmt: skip
    [told] = (await api.get(f"/debtors/{karla}/rectifications", Role.CASEWORKER)).json()["items"]
    assert told["id"] == number
    assert (told["name_was"], told["name_became"]) == ("Karla Prøvesen", "Karla Prøvesen-Ny")
    assert (told["address_was"], told["reason"]) == (None, SAID["reason"])
    [(facts,)] = await rows(api, "select facts from audit where act = 'rectified'")
    assert facts == {"rectification": number, "facts": ["name"]}, "the trail names no name"


async def test_the_preview_tells_what_it_would_do_and_does_nothing(api, karla):
    [(claim,)] = await rows(api, "select claim_id from liabilities")
    await api.write(claim)
    foreseen = (await rectify(api, karla, path="/preview", address=[NEW])).json()
    assert foreseen["changed"] == ["address"]
    assert (foreseen["before"]["address"], foreseen["then"]["address"]) == ([OLD], [NEW])
    spread = foreseen["spread"]
    assert (spread["waiting"], spread["letters"], spread["claims_there"]) == (1, 0, 0)
    assert spread["sources"] == "institution"
    assert (await stands(api, karla))[1] == [OLD]
    assert await rows(api, "select id from rectifications") == []


async def test_a_letter_that_has_not_left_takes_what_is_right(api, karla):
    [(claim,)] = await rows(api, "select claim_id from liabilities")
    await api.write(claim)
    [(letter,)] = await rows(api, "select id from letters")
    await done(api, karla, name="Karla Rettet", address=[NEW, "8660 Skanderborg"])
    shown = (await api.page(f"/letters/{letter}")).text
    assert "Karla Rettet" in shown
    assert NEW in shown
    assert OLD not in shown


async def test_what_left_with_the_old_is_counted_and_never_changed(api, karla):
    [(claim,)] = await rows(api, "select claim_id from liabilities")
    await api.write(claim)
    [(letter,)] = await rows(api, "select id from letters")
    await rows(api, SENT, message=f"letter-{letter}-p", letter=letter, on=api.today)
    before = await rows(api, "select document::text from letter_documents")
    for change, letters in (({"name": "Ny"}, 1), ({"address": [NEW]}, 1), (PROTECTED, 0)):
        spread = (await rectify(api, karla, path="/preview", **change)).json()["spread"]
        assert (spread["letters"], spread["posted"]) == (letters, letters), change
    await done(api, karla, address=[NEW])
    assert await rows(api, "select document::text from letter_documents") == before


async def test_a_department_that_sends_the_old_again_changes_nothing(api, karla):
    await done(api, karla, name="Karla Rettet", address=[NEW])
    await api.register(debtors=[KARLA])
    assert (await stands(api, karla))[:2] == ("Karla Rettet", [NEW])


async def test_a_department_still_tells_what_no_person_has_put_right(api, karla):
    await done(api, karla, name="Karla Rettet")
    await api.register(debtors=[KARLA | {"name": "Karla Igen", "address": [NEW]}])
    assert (await stands(api, karla))[:2] == ("Karla Rettet", [NEW])


async def test_the_register_that_repeats_itself_is_overruled_and_one_with_news_is_not(api, karla):
    await done(api, karla, address=[NEW])
    await told_by_registers(api)
    assert await stands(api, karla) == ("Karla Prøvesen", [NEW], False, {"address": [OLD]})
    await told_by_registers(api, address=("Fjernvej 3",))
    assert await stands(api, karla) == ("Karla Prøvesen", ["Fjernvej 3"], False, {})
    await told_by_registers(api)
    assert (await stands(api, karla))[1] == [OLD], "from then on the register is heeded again"


async def test_a_protection_by_hand_stands_until_the_register_has_known_of_it(api, karla):
    await done(api, karla, **PROTECTED)
    await told_by_registers(api)
    assert (await stands(api, karla))[2] is True
    await told_by_registers(api, is_protected=True, protected_until=date(2027, 1, 1))
    [(until,)] = await rows(api, "select protected_until from debtors")
    assert until == date(2027, 1, 1)
    await told_by_registers(api)
    assert await stands(api, karla) == ("Karla Prøvesen", [OLD], False, {})


async def test_put_back_it_is_as_if_it_had_never_been_but_both_are_kept(api, karla):
    first = await done(api, karla, name="Karla Rettet")
    shown = await read(api, f"/debtors/{karla}/correct?back={first}")
    [name] = shown.xpath("//input[@id='name']/@value")
    assert name == "Karla Prøvesen"
    await done(api, karla, name=name)
    assert await stands(api, karla) == ("Karla Prøvesen", [OLD], False, {})
    assert len(await rows(api, "select id from rectifications")) == 2


async def test_a_refusal_changes_nothing_and_has_a_reason(api, karla):
    await done(api, karla, outcome="refused", name="Noget andet", reason="CPR siger det samme.")
    assert (await stands(api, karla))[0] == "Karla Prøvesen"
    [told] = (await api.get(f"/debtors/{karla}/rectifications", Role.CASEWORKER)).json()["items"]
    assert (told["outcome"], told["name_was"]) == ("refused", None)
    assert await codes(api, karla, outcome="refused", reason=" ") == [("reason", "field-missing")]


async def test_the_same_key_is_one_act(api, karla):
    answers = [await rectify(api, karla, name="Karla To", key="k-1") for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(await rows(api, "select id from rectifications")) == 1


async def test_what_cannot_stand_is_told_and_nothing_is_half_done(api, karla):
    assert await codes(api, karla) == [("", "rectify-nothing")]
    assert await codes(api, karla, name=" ", is_protected=True) == [
        ("name", "field-missing"),
        ("protected_until", "field-missing"),
    ]
    assert await codes(api, karla, name="x", source=" ") == [("source", "field-missing")]
    assert await rows(api, "select id from rectifications") == []
    assert (await rectify(api, 999, name="x")).status_code == 404


async def test_the_page_shows_old_and_new_first_and_then_does_it(api, karla):
    data = await form(api, karla, name="Karla Rettet")
    preview = await send(api, karla, data)
    assert preview.status_code == 200
    assert "Karla Rettet" in preview.text
    assert "Ingen breve venter" in preview.text
    assert (await stands(api, karla))[0] == "Karla Prøvesen"
    pressed = [await send(api, karla, data | {"is_sure": "yes"}) for _ in range(2)]
    assert {one.headers["location"] for one in pressed} == {f"/debtors/{karla}?said=rectified"}
    assert (await stands(api, karla))[0] == "Karla Rettet"
    assert len(await rows(api, "select id from rectifications")) == 1
    told = (await api.page(f"/debtors/{karla}?said=rectified")).text
    assert "Oplysningerne er rettet." in told
    assert "Noget er rettet i hånden" in told


async def test_what_was_typed_is_not_lost_when_something_is_wrong(api, karla):
    data = await form(api, karla, name="Karla Rettet", reason="", address=f"{NEW}\n8660 By")
    wrong = await send(api, karla, data)
    assert wrong.status_code == 422
    shown = html.fromstring(wrong.text)
    assert shown.xpath("//input[@id='name']/@value") == ["Karla Rettet"]
    assert shown.xpath("//textarea[@id='address']")[0].text.strip() == f"{NEW}\n8660 By"
    later = {"is_protected": "yes", "protected_until": "32-13-2026"}
    assert (await send(api, karla, data | later)).status_code == 422


async def test_who_corrects_what_somebody_else_changed_meanwhile_is_told(api, karla):
    data = await form(api, karla, name="Karla A")
    await done(api, karla, name="Karla B")
    late = await send(api, karla, data | {"is_sure": "yes"})
    assert late.status_code == 422
    assert "er ændret, siden du åbnede siden" in late.text
    assert "Karla B" in late.text
    assert (await stands(api, karla))[0] == "Karla B"
    again = html.fromstring(late.text).xpath("//main//form[last()]//input[@name='seen']/@value")[-1]
    assert (await send(api, karla, data | {"is_sure": "yes", "seen": again})).status_code == 303


async def test_of_two_at_once_one_is_told_that_it_changed(api, karla):
    data = await form(api, karla)
    sent = [
        send(api, karla, data | {"name": f"Karla {n}", "key": f"k{n}", "is_sure": "yes"})
        for n in range(2)
    ]
    answers = await asyncio.gather(*sent)
    assert sorted(one.status_code for one in answers) == [303, 422]
    assert len(await rows(api, "select id from rectifications")) == 1


async def test_the_person_reads_what_was_put_right_and_why(api, karla):
    await done(api, karla, name="Karla Rettet", address=[NEW], **PROTECTED)
    await done(api, karla, outcome="refused", reason="Skylden er rigtig.")
    report = (await api.get(f"/debtors/{karla}/access-report")).json()["sections"]
    [told] = [one["rows"] for one in report if one["code"] == "rectifications"]
    cells = [row["cells"][1:] for row in told]
    why = [SAID["reason"], SAID["source"]]
    assert cells == [
        ["rettet", "Navn", "Karla Prøvesen", "Karla Rettet", "", *why],
        ["rettet", "Adresse", OLD, NEW, "", *why],
        ["rettet", "Navne- og adressebeskyttelse", "ikke beskyttet", "beskyttet",
         "16. mar. 2027", *why],
        ["afvist", "", "", "", "", "Skylden er rigtig.", SAID["source"]],
    ]  # fmt: skip


async def test_a_protection_that_is_over_stays_hidden_and_is_on_the_list(api, karla):
    await done(api, karla, **PROTECTED)
    api.now += timedelta(days=366)
    [ended] = (await api.get("/protections/ended", Role.CASEWORKER)).json()["items"]
    assert ended == {
        "debtor_id": karla, "name": "Karla Prøvesen", "protected_until": "2027-03-16"
    }  # fmt: skip
    assert f"/debtors/{karla}/correct" in (await api.page("/protections", Role.CASEWORKER)).text
    assert (await api.get(f"/debtors/{karla}", Role.AUDITOR)).json()["address"] == []
    await done(api, karla, is_protected=False)
    assert (await api.get("/protections/ended", Role.CASEWORKER)).json()["items"] == []
    assert (await api.get(f"/debtors/{karla}", Role.AUDITOR)).json()["address"] == [OLD]


async def test_what_was_put_right_cannot_be_changed_afterwards(api, karla):
    await done(api, karla, name="Karla Rettet")
    for statement in ("update rectifications set reason = 'x'", "delete from rectifications"):
        with pytest.raises(DBAPIError, match="append-only"):
            await rows(api, statement)
