"""The inbox as a page: what it shows, what it asks the database, and how it hears of news."""

import asyncio
import json

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import event, select

from api.inbox.news import InboxNews
from api.server import serve
from domain.authority import Role
from domain.decisions import TaskKind
from persistence.database import Database
from persistence.debtors.lookup import fill_hashes
from persistence.models import AuditRow, Debtor
from tests.api.conftest import COOKIE, CPR, Api
from tests.api.inbox_town import lay_tasks


@pytest_asyncio.fixture
async def house(database_url):
    """One that has a key for numbers."""
    database = Database(database_url, 4, "prøvens egen nøgle")
    api = Api(database)
    await api.hire(*(role.value for role in Role))
    yield api
    await api.http.aclose()
    await database.close()


async def page(api, path="/?view=team", role="supervisor"):
    answer = await api.page(path, role)
    assert answer.status_code == 200, answer.text
    return answer.text


async def form(api, path, role="supervisor", **fields):
    return await api.page(path, role, method="POST", data=fields)


async def test_the_day_begins_with_a_sentence(api):
    assert "Ingen opgaver venter på dig i dag." in await page(api, "/")
    for _ in range(2):
        await api.ask(await api.register())
        await api.post("/tasks/next")
        [mine] = (await api.get("/tasks?view=mine&limit=1")).json()["items"]
    await api.post("/tasks/bulk", {"act": "claim", "tasks": [mine["id"], mine["id"] + 1]})
    text = await page(api, "/")
    assert "2 opgaver venter på dig i dag. Den ældste kom i dag." in text


@pytest.mark.parametrize("view", ["mine", "team", "upcoming", "snoozed", "waiting"])
async def test_each_view_is_a_page_with_and_without_tasks(api, view):
    assert "empty-state" in await page(api, f"/?view={view}")
    await lay_tasks(api, 12)
    await page(api, f"/?view={view}&sort=debtor&turned=true&kind=&amount=1")


async def test_who_answers_no_tasks_is_led_to_what_they_may_see(api):
    led = {role: (await api.page("/", role)) for role in ("auditor", "department", "system")}
    assert led["auditor"].headers["location"] == "/claims"
    assert led["department"].headers["location"] == "/consultations"
    assert led["system"].headers["location"] == "/payments"


async def test_the_number_of_questions_does_not_grow_with_the_inbox(api):
    await lay_tasks(api, 5)
    few = await questions(api)
    await lay_tasks(api, 60, seed=2)
    assert await questions(api) == few
    assert few < 15


async def questions(api):
    await page(api)
    seen = []
    engine = api.database.engine.sync_engine

    def count(*asked):
        seen.append(asked[2])

    event.listen(engine, "before_cursor_execute", count)
    await page(api)
    event.remove(engine, "before_cursor_execute", count)
    return len(seen)


async def test_hostile_words_are_shown_as_words(api):
    await api.ask(await api.register(debtors=[
        {"cpr_cvr": CPR[0], "name": "<script>alert(1)</script>", "address": []}]))  # fmt: skip
    text = await page(api)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


async def test_a_rows_button_takes_the_task_and_a_refusal_says_who_has_it(api):
    task = await api.ask(await api.register())
    done = await form(api, "/inbox/acts", one=f"claim:{task}", back="view=team")
    assert (done.status_code, done.headers["location"]) == (303, "/?view=team&done=1")
    refused = await form(api, "/inbox/acts", "caseworker", act="claim", task=str(task), back="")
    assert refused.status_code == 200
    assert "0 udført, 1 afvist" in refused.text
    assert "Supervisor tog opgaven for 1 sekund siden." in refused.text


async def test_the_next_button_opens_the_task(api):
    assert "Der er ikke flere opgaver til dig" in (await form(api, "/inbox/next")).text
    task = await api.ask(await api.register())
    assert (await form(api, "/inbox/next")).headers["location"] == f"/tasks/{task}"


async def test_a_default_filter_opens_the_inbox(api):
    kept = await form(api, "/inbox/filters", name="Mine krav", is_default="true",
                      back="view=team&kind=dialogue")  # fmt: skip
    assert kept.status_code == 303
    opened = await api.page("/")
    assert opened.headers["location"] == "/?view=team&kind=dialogue"
    assert (await api.page("/", "caseworker")).status_code == 200


@pytest.mark.parametrize("words", ["karla", "PRØVESEN karla", "prøvevej", "0703790123",
                                   "070379-0123", "claim", "reference"])  # fmt: skip
async def test_a_task_is_found_by_what_people_type(house, words):
    claim = await house.register()
    task = await house.ask(claim)
    await house.ask(await house.register(debtors=[
        {"cpr_cvr": CPR[1], "name": "Bo Attrap", "address": ["Andengade 2"]}]))  # fmt: skip
    reference = (await house.get(f"/claims/{claim}")).json()["payment_reference"]
    typed = {"claim": claim, "reference": reference}.get(words, words)
    found = (await house.post("/tasks/search", {"text": typed})).json()["items"]
    assert [one["id"] for one in found] == [task]
    text = (await form(house, "/", text=typed, back="view=team")).text
    assert f"/tasks/{task}" in text
    assert "Bo Attrap" not in text


async def test_no_address_holds_what_was_searched_for(house):
    await lay_tasks(house, 60)
    for one in (await house.get("/tasks?limit=200")).json()["items"]:
        await house.post(f"/tasks/{one['id']}/wake")
    text = (await form(house, "/", text=CPR[0], back="view=team")).text
    addresses = [part.split('"')[0] for part in text.split('href="')[1:]]
    assert addresses
    assert not any(CPR[0] in address for address in addresses)


async def test_a_number_leads_straight_to_its_debtor_and_the_look_is_written_down(house):
    await house.register()
    async with house.database.transaction() as connection:
        debtor, hashed = (
            await connection.execute(select(Debtor.id, Debtor.national_id_hash))
        ).one()
    assert hashed
    assert CPR[0] not in hashed
    for typed in (CPR[0], f" {CPR[0][:6]}-{CPR[0][6:]} "):
        found = await form(house, "/search", text=typed)
        assert (found.status_code, found.headers["location"]) == (303, f"/debtors/{debtor}")
    async with house.database.transaction() as connection:
        looked = select(AuditRow.subject, AuditRow.actor).where(AuditRow.act == "looked-up")
        assert (await connection.execute(looked)).all() == [(f"debtor-{debtor}", "supervisor")] * 2
    nobody = await form(house, "/search", text=CPR[1])
    assert "Intet her svarer til det." in nobody.text or nobody.status_code == 200


async def test_a_name_lists_debtors_and_a_protected_address_is_not_told(house):
    await house.register()
    async with house.database.transaction() as connection:
        [debtor] = (await connection.execute(select(Debtor.id))).scalars()
        await connection.execute(Debtor.__table__.update().values(is_protected=True))
    found = await form(house, "/search", text="karla")
    assert f"/debtors/{debtor}" in found.text
    assert "Prøvevej" not in found.text
    by_address = (await house.post("/search", {"text": "prøvevej"})).json()
    assert by_address["debtors"] == []


async def test_numbers_that_came_before_the_key_are_hashed_when_it_comes(api, database_url):
    await api.register()
    keyed = Database(database_url, 1, "en nøgle, der kom senere")
    async with keyed.transaction() as connection:
        assert await fill_hashes(connection) == 1
        assert await fill_hashes(connection) == 0
    await keyed.close()


async def test_a_page_that_is_open_hears_of_new_and_of_answered_tasks(api):
    news = InboxNews(api.database)
    async with asyncio.timeout(20), news.reading() as reader:
        task = await api.ask(await api.register())
        await reader.news.wait()
        assert [(one["task"], one["what"]) for one in reader.take()] == [(task, "opened")]
        await api.post(f"/tasks/{task}/claim")
        await reader.news.wait()
        assert [(one["what"], one["holder"]) for one in reader.take()] == [
            ("changed", "supervisor")
        ]
        await api.post(f"/tasks/{task}/decide", {"outcome": "go-on", "reasons": "Prøve."})
        await reader.news.wait()
        assert [one["what"] for one in reader.take()] == ["closed"]


async def test_news_is_of_tasks_the_reader_may_answer(api):
    """Over a socket, for a stream that never ends is none without."""
    stop, ports = asyncio.Event(), asyncio.Queue()
    serving = asyncio.create_task(serve(api.app, "127.0.0.1", 0, stop, ports.put_nowait))
    cookies = (await api.browse("caseworker")).cookies
    address = f"http://127.0.0.1:{await ports.get()}/inbox/events"
    browser = httpx.AsyncClient(timeout=30, cookies={COOKIE: cookies[COOKIE]})
    async with asyncio.timeout(30), browser, browser.stream("GET", address) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        assert await anext(lines) == "event: ready"
        await api.ask(await api.register(), TaskKind.DISTRAINT)
        task = await api.ask(await api.register())
        told = [await anext(lines) for _ in range(4)][2:]
        assert told[0] == "event: tasks"
        assert json.loads(told[1].removeprefix("data: "))["opened"] == [task]
    stop.set()
    await serving


async def test_who_else_looks_at_a_task_is_told(api):
    task = await api.ask(await api.register())
    assert "ser også på" not in (await form(api, f"/tasks/{task}/presence")).text
    assert "Supervisor ser også på opgaven" in (
        await form(api, f"/tasks/{task}/presence", "caseworker")).text  # fmt: skip
    assert "Caseworker ser på den nu" in await page(api)
