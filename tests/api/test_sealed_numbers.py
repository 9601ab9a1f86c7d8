"""CPR numbers at rest: sealed for the row they stand in, found by a hash, opened where needed."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from domain.authority import Role
from persistence.claims.bulk_registration import register_all
from persistence.claims.registration import register
from persistence.database import Database
from persistence.debtors.lookup import fill_hashes
from persistence.debtors.numbers import NoKeys, forget_number
from persistence.debtors.sealing_numbers import (
    begin,
    begin_where_nobody_is,
    count_left,
    seal_secrets,
    seal_some,
)
from persistence.files.received import keep_file, read_content
from persistence.files.sealing_files import seal_a_file
from persistence.models import Debtor
from sealing.keys import KeyRing, new_key
from tests.api.conftest import CPR, Api, claim_body
from tests.builders import a_claim, a_debtor
from tests.sealed import KEYS, LOOKUP_KEY, sealed_database

NEWER = new_key("newer")
_TABLES = text("select tablename from pg_tables where schemaname = 'public' order by 1")


@pytest.fixture
async def house(database_url):
    """One that was given keys before anybody was known."""
    async with opened(await sealed_database(database_url, 4)) as api:
        await api.hire(*(role.value for role in Role))
        yield api


@asynccontextmanager
async def opened(database):
    api = Api(database)
    yield api
    await api.http.aclose()
    await database.close()


@asynccontextmanager
async def keyed(url, keys=KEYS, lookup_key=LOOKUP_KEY):
    """Another process of the same house, which has these keys."""
    database = Database(url, 2, lookup_key, KeyRing.read(keys) if keys else None)
    yield database
    await database.close()


async def rows_with(database, *words):
    """Each table and in how many of its rows one of *words* stands, in whatever column."""
    found = {}
    forms = [*words, *(word.encode().hex() for word in words)]  # as PostgreSQL shows bytes
    async with database.transaction() as connection:
        for table in (await connection.execute(_TABLES)).scalars().all():
            rows = await connection.execute(text(f'select t::text from "{table}" t'))
            count = sum(any(form in row for form in forms) for row in rows.scalars())
            found |= {table: count} if count else {}
    return found


async def seal_all(database):
    async with database.transaction() as connection:
        await fill_hashes(connection)
        await begin(connection)
        await seal_secrets(connection)
        last = 0
        while last is not None:
            last = (await seal_some(connection, last)).last
        last = 0
        while last is not None:
            last = await seal_a_file(connection, last)
        return await count_left(connection)


async def test_no_number_stands_in_clear_in_any_table_whatever_is_done(house):
    """A claim by a program, one by hand, a look-up, a file, a letter, an answer, a payment."""
    claim = await house.register()
    body = claim_body(debtors=[{"cpr_cvr": CPR[1], "name": "Bo", "address": ["Her 1"]}])
    kept = {"headers": {"Idempotency-Key": "once"}}
    assert (await house.post("/claims", body, **kept)).status_code == 201
    assert (await house.post("/debtors/search", {"national_id": CPR[0]})).status_code == 200
    assert (await house.page("/search", method="POST", data={"text": CPR[0]})).status_code == 303
    for address in (f"/claims/{claim}", "/debtors/1", "/debtors/1/access-report"):
        assert (await house.get(address)).status_code == 200, address
    assert (await house.page(f"/claims/{claim}")).status_code == 200
    await house.write(claim)
    task = await house.ask(claim)
    assert (await house.page(f"/tasks/{task}")).status_code == 200
    await house.post(f"/tasks/{task}/claim")
    await house.post(f"/tasks/{task}/decide", {"outcome": "go-on", "reasons": "Prøve."})
    wrong = claim_body(debtors=[{"cpr_cvr": CPR[2][:9], "name": "", "address": []}])
    assert (await house.post("/claims", wrong)).status_code == 422
    numbers = [*CPR[:2], *(f"{cpr[:6]}-{cpr[6:]}" for cpr in CPR[:2]), CPR[2][:9]]
    assert await rows_with(house.database, *numbers) == {}
    assert await rows_with(house.database, "Karla Prøvesen"), "the search finds what is there"


async def test_a_person_is_one_whoever_names_them_and_is_found(house):
    for _ in range(2):
        await house.register()
    async with house.database.transaction() as connection:
        new = [a_claim(debtors=(a_debtor(CPR[0], name),)) for name in ("Karla", "Karla P")]
        await register_all(connection, house.policy, new, house.today, "test")
        rows = (await connection.execute(select(Debtor.national_id, Debtor.name))).all()
    assert rows == [(None, "Karla P")]
    found = (await house.post("/debtors/search", {"national_id": CPR[0]})).json()
    assert (found["national_id"], len(found["claims"])) == (f"{CPR[0][:6]}-xxxx", 4)
    report = (await house.get("/debtors/1/access-report")).text
    assert CPR[0] in report, "who asks what we have of them is told all of it"
    assert house.database.safe.opened["search"] == 1


async def test_two_who_register_the_same_person_at_once_get_one(house):
    async def once(name):
        async with house.database.transaction() as connection:
            claim = a_claim(debtors=(a_debtor(CPR[1], name),))
            await register(connection, house.policy, claim, house.today, "test")

    await asyncio.gather(*(once(f"Bo {n}") for n in range(4)))
    async with house.database.transaction() as connection:
        assert len((await connection.execute(select(Debtor.id))).all()) == 1


async def test_a_sealed_number_opens_in_its_own_row_alone(house):
    await house.register()
    other = [{"cpr_cvr": CPR[1], "name": "Bo", "address": ["Her 1"]}]
    claim = await house.register(debtors=other)
    swap = text("""update debtors d set sealed_number = o.sealed_number from debtors o
        where o.id <> d.id""")
    async with house.database.transaction() as connection:
        await connection.execute(swap)
    assert (await house.get(f"/claims/{claim}")).status_code == 503


async def test_numbers_come_in_in_clear_until_the_operator_ends_it(database_url):
    """So the release before this one can read them, until its last process is gone."""
    async with opened(Database(database_url, 4, LOOKUP_KEY)) as before:
        await before.hire("supervisor", "caseworker", "system")
        await before.register()
    async with keyed(database_url) as database:
        async with database.transaction() as connection:
            await begin_where_nobody_is(connection)
        async with opened(Database(database_url, 4, LOOKUP_KEY, KeyRing.read(KEYS))) as now:
            await now.register(debtors=[{"cpr_cvr": CPR[1], "name": "Bo", "address": ["Her 1"]}])
        assert (await rows_with(database, *CPR)) == {"debtors": 2}
        left = await seal_all(database)
        assert (left.clear, left.old, left.has_begun) == (0, 0, True)
        assert (await rows_with(database, *CPR)) == {}
    async with opened(Database(database_url, 4, LOOKUP_KEY, KeyRing.read(KEYS))) as after:
        again = await after.register()
        debtor = (await after.get(f"/claims/{again}")).json()["debtors"][0]
        assert (debtor["id"], debtor["national_id"]) == (1, f"{CPR[0][:6]}-xxxx")


async def test_the_newest_key_seals_what_older_ones_did_and_they_can_go(house, database_url):
    claim = await house.register()
    async with keyed(database_url, f"{NEWER}\n{KEYS}") as database:
        async with database.transaction() as connection:
            assert (await count_left(connection)).old == 1
        assert (await seal_all(database)).old == 0
    async with opened(Database(database_url, 2, LOOKUP_KEY, KeyRing.read(NEWER))) as api:
        assert (await api.get(f"/claims/{claim}")).status_code == 200
    house.furnish()  # the app is its own again
    assert (await house.get(f"/claims/{claim}")).status_code == 503


@pytest.mark.parametrize(
    ("keys", "lookup_key"),
    [("", LOOKUP_KEY), (KEYS, "en anden nøgle her")],
    ids=["none", "another"],
)
async def test_a_process_with_other_keys_does_not_begin(house, database_url, keys, lookup_key):
    async with keyed(database_url, keys, lookup_key) as database:
        with pytest.raises(NoKeys):
            async with database.transaction() as connection:
                await begin_where_nobody_is(connection)


async def test_a_process_without_keys_writes_nobody_twice(house, database_url):
    """One that ran on while the others got theirs: it can do less, and nothing wrong."""
    await house.register()
    async with keyed(database_url, "") as database:
        with pytest.raises(IntegrityError):
            async with database.transaction() as connection:
                await register(connection, house.policy, a_claim(), house.today, "test")


async def test_a_number_can_be_forgotten_and_what_was_owed_stays(house):
    claim = await house.register()
    async with house.database.transaction() as connection:
        await forget_number(connection, 1)
    assert (await house.post("/debtors/search", {"national_id": CPR[0]})).status_code == 404
    [debtor] = (await house.get(f"/claims/{claim}")).json()["debtors"]
    assert CPR[0][:6] not in debtor["national_id"]


async def test_what_messages_are_signed_with_is_sealed_and_shown_once(house):
    body = {"name": "økonomi", "url": "https://erp.kommune.example/hook", "events": ["claim.paid"]}
    made = await house.post("/webhooks", body)
    assert made.status_code == 201, made.text
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    assert await rows_with(house.database, secret, secret.removeprefix("whsec_")) == {}


async def test_a_file_of_claims_is_sealed_and_reads_as_it_came(house, database_url):
    content = f"cpr_cvr,name\n{CPR[0]},Karla\n".encode()
    async with house.database.transaction() as connection:
        number, _ = await keep_file(
            connection, "claims", "krav.csv", content, "system", house.today
        )
    assert await rows_with(house.database, CPR[0]) == {}
    async with keyed(database_url, f"{NEWER}\n{KEYS}") as database:
        assert (await seal_all(database)).old == 0
    async with keyed(database_url, NEWER) as database, database.transaction() as connection:
        assert await read_content(connection, number) == content


async def test_a_file_that_came_before_the_keys_is_sealed_with_the_rest(database_url):
    content = CPR[0].encode()
    async with opened(Database(database_url, 2, LOOKUP_KEY)) as before:
        async with before.database.transaction() as connection:
            number, _ = await keep_file(
                connection, "claims", "krav.csv", content, "system", before.today
            )
        assert await rows_with(before.database, CPR[0]) == {"files": 1}
    async with keyed(database_url) as database:
        assert (await seal_all(database)).clear == 0
        assert await rows_with(database, CPR[0]) == {}
        async with database.transaction() as connection:
            assert await read_content(connection, number) == content
