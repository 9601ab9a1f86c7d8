"""Files sent by hand: known by what they hold, read once, and seen as they are read."""

import pytest
from temporalio.testing import ActivityEnvironment

from activities.bank_files import BankFileActivities
from activities.files import RowsFrom
from domain.authority import Role
from tests.gateways.bank_files import a_file, an_entry

CLAIMS = "fagsystem;løbenummer\n".encode()


async def send(api, name, content, role=Role.SUPERVISOR):
    return await api.send("POST", "/files", role, files={"file": (name, content)})


async def page(api, address, role=Role.SUPERVISOR, **more):
    return await api.page(address, role, **more)


async def read(api, file_id):
    acts, environment = BankFileActivities(api.database, api.policy), ActivityEnvironment()
    if await environment.run(acts.look_through, file_id):
        await environment.run(acts.take_rows, RowsFrom(file_id, 0))


async def test_a_file_is_taken_once_and_its_progress_is_told(api):
    content = a_file(an_entry(), an_entry(amount="3.00"))
    taken = await send(api, "bank.xml", content)
    assert taken.status_code == 202, taken.text
    number = taken.json()["file_id"]
    assert taken.json() == {"file_id": number, "kind": "payments", "is_new": True}
    assert (await send(api, "igen.xml", content)).json()["is_new"] is False
    await read(api, number)
    told = (await api.get(f"/files/{number}")).json()
    assert (told["state"], told["rows"], told["rows_done"], told["rows_taken"]) == ("done", 2, 2, 2)
    assert [fault["row"] for fault in told["faults"]] == [1, 2]
    assert [file["file_id"] for file in (await api.get("/files")).json()["items"]] == [number]


@pytest.mark.parametrize(
    ("role", "bank", "claims"),
    [
        (Role.FINANCE, 202, 403), (Role.DEPARTMENT, 403, 403), (Role.SUPERVISOR, 202, 202),
        (Role.AUDITOR, 403, 403), (Role.BAILIFF, 403, 403),
    ],
)  # fmt: skip
async def test_who_may_send_what(api, role, bank, claims):
    assert (await send(api, "a.xml", a_file(an_entry()), role)).status_code == bank
    assert (await send(api, "a.csv", CLAIMS, role)).status_code == claims


async def test_what_nobody_reads_is_refused_with_a_sentence(api):
    answer = await send(api, "ferie.jpg", b"\xff\xd8")
    assert answer.status_code == 422
    [fault] = answer.json()["faults"]
    assert fault["field"] == "file"
    assert fault["sentence"].startswith("Filen er hverken en bankfil")


async def test_the_page_of_files_says_when_there_are_none(api):
    shown = await page(api, "/files")
    assert shown.status_code == 200
    assert "Her er ingen filer endnu." in shown.text
    assert "http-equiv" not in shown.text


async def test_a_file_sent_on_the_page_is_shown_while_it_is_read(api):
    sent = await page(
        api, "/files", method="POST", files={"file": ("bank.xml", a_file(an_entry()))}
    )
    assert sent.status_code == 303
    shown = await page(api, sent.headers["location"])
    assert "<progress" in shown.text
    assert 'hx-trigger="every 2s"' in shown.text
    await read(api, int(sent.headers["location"].rpartition("/")[2]))
    shown = await page(api, sent.headers["location"])
    assert "Læst: 1 af 1 rækker taget" in shown.text
    assert "passer ikke til noget krav" in shown.text
    assert "bank.xml" in (await page(api, "/files")).text


async def test_a_stranger_is_led_to_the_door_and_a_department_sees_no_files(api):
    assert (await api.http.get("http://town/files")).status_code == 303
    assert (await page(api, "/files", Role.DEPARTMENT)).status_code == 403


async def test_a_file_may_be_larger_than_other_requests(api):
    content = a_file(an_entry()) + b" " * (9 * 1024 * 1024)
    assert (await send(api, "bank.xml", content)).status_code == 202
