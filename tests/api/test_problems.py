"""Whatever goes wrong, the answer is a problem in the reader's language with a number to name."""

import json
import socket
import tomllib
from pathlib import Path
from string import Formatter

import pytest
from sqlalchemy import text

from api.languages import preferred
from api.problems import Problem
from domain.authority import Role
from persistence.database import Database
from persistence.migrations import upgrade
from servers.postgres import PostgresServer
from tests.api.conftest import Api, claim_body

LOCALE = Path(__file__).parents[2] / "locale"


def assert_problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(answer.json())
    assert (problem.status, problem.code) == (status, code)
    assert problem.correlation_id == answer.headers["x-correlation-id"]
    return problem


async def test_a_problem_is_danish_unless_english_is_asked_for(api):
    danish = assert_problem(await api.get("/claims/2026-999999"), 404, "not-found")
    english = assert_problem(
        await api.get("/claims/2026-999999", headers={"Accept-Language": "en-GB"}), 404, "not-found"
    )
    assert (danish.title, english.title) == ("Findes ikke", "Not found")
    assert danish.detail != english.detail


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "da"), ("en", "en"), ("en-US,en;q=0.9", "en"), ("da;q=0.8, en;q=0.9", "en"),
     ("da,en", "da"), ("de", "da"), ("de, en;q=0.1", "en"), ("*", "da"), ("en;q=x", "da"),
     ("en;q=0", "da"), (";;;,,,", "da"), ("en;q=1e999", "en")],
)  # fmt: skip
def test_the_reader_gets_the_language_they_weigh_most(header, language):
    assert preferred(header) == language


async def test_the_callers_correlation_id_is_kept_if_it_is_one(api):
    kept = await api.get("/claims", headers={"X-Correlation-Id": "fag-17"})
    assert kept.headers["x-correlation-id"] == "fag-17"
    made = await api.get("/claims", headers={"X-Correlation-Id": "a b" * 100})
    assert len(made.headers["x-correlation-id"]) == 32


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"{", 422, "invalid"), (b"", 422, "invalid"), (b"[]", 422, "invalid"),
     (b"null", 422, "invalid"), (b'{"a": "\xff"}', 400, "unreadable"),
     (b'{"a": ' * 5000, 400, "unreadable"), (b'"\\ud800"', 422, "invalid")],
)  # fmt: skip
async def test_a_body_that_is_not_a_claim_is_refused(api, content, status, code):
    headers = {"Content-Type": "application/json"}
    answer = await api.send("POST", "/claims", content=content, headers=headers)
    assert_problem(answer, status, code)


async def test_a_lone_surrogate_is_refused_and_not_echoed_broken(api):
    body = json.dumps(claim_body(source="\ud800", claim_type="\udfff")).encode()
    headers = {"Content-Type": "application/json"}
    answer = await api.send("POST", "/claims", content=body, headers=headers)
    assert_problem(answer, 422, "invalid")


async def test_a_number_too_large_for_json_readers_is_refused(api):
    body = json.dumps(claim_body()).replace("100000", "1" + "0" * 5000).encode()
    headers = {"Content-Type": "application/json"}
    answer = await api.send("POST", "/claims", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_beyond_reason_is_refused(api):
    answer = await api.send("POST", "/claims", content=b" " * (9 * 1024 * 1024))
    assert_problem(answer, 413, "too-large")


async def test_addresses_and_methods_that_do_not_exist_are_problems_too(api):
    assert_problem(await api.get("/nothing"), 404, "no-such-page")
    assert_problem(await api.send("DELETE", "/claims"), 405, "no-such-method")


async def test_a_bug_is_told_without_its_message_and_with_a_number(api, capsys):
    api.policy.claim_types.pop("parking-fee", None)

    async def explode():
        raise ZeroDivisionError("0703790123") from KeyError("0703790123")

    object.__setattr__(api.app.state.house, "temporal", explode)
    answer = await api.http.get("/ready")
    problem = assert_problem(answer, 500, "bug")
    assert "0703790123" not in answer.text
    logged = capsys.readouterr().out
    assert problem.correlation_id in logged
    assert "ZeroDivisionError from KeyError" in logged
    assert f"{Path(__file__).name}:" in logged
    assert "0703790123" not in logged


async def test_without_the_database_the_answer_is_try_again(unused_database):
    api = Api(unused_database)
    assert_problem(await api.get("/claims"), 503, "unavailable")
    ready = await api.http.get("/ready")
    assert (ready.status_code, ready.json()) == (503, {"database": False, "temporal": True})
    assert (await api.http.get("/health")).json() == {"is_alive": True}


async def test_a_killed_database_costs_time_and_no_claim(tmp_path):
    server = PostgresServer(tmp_path / "data", durable=True)
    server.start()
    try:
        await upgrade(server.url)
        api = Api(Database(server.url))
        await api.hire(Role.SUPERVISOR)
        before = [await api.register() for _ in range(2)]
        server.kill()
        refused = await api.post("/claims", claim_body())
        assert_problem(refused, 503, "unavailable")
        server.start()
        after = await api.register()
        listed = (await api.get("/claims")).json()["items"]
        assert [claim["id"] for claim in listed] == [after, *before[::-1]]
        await api.database.close()
    finally:
        server.stop()


async def test_who_asked_before_a_step_of_an_upgrade_is_answered_after_it(api):
    claim = await api.register()
    addresses = (f"/claims/{claim}", "/claims", "/tasks")
    before = [(await api.get(address)).json() for address in addresses]
    await change_tables(api, "alter table claims add column one_more text")
    for address, answer in zip(addresses, before, strict=True):
        again = await api.get(address)
        assert again.status_code == 200, again.text
        assert again.json().keys() == answer.keys()


async def test_a_question_whose_answer_has_another_shape_since_is_asked_again(api):
    claim = await api.register()
    assert (await api.get(f"/claims/{claim}")).is_success
    await change_tables(api, "alter table claims alter column description type varchar")
    assert_problem(await api.get(f"/claims/{claim}"), 409, "overtaken")
    assert (await api.get(f"/claims/{claim}")).is_success


async def change_tables(api, statement):
    """As another process does; ours has planned its questions before."""
    other = Database(api.database.url)
    async with other.transaction() as connection:
        await connection.execute(text(statement))
    await other.close()


@pytest.fixture
async def unused_database():
    """Nothing listens on its port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        database = Database(f"postgresql+asyncpg://nobody@127.0.0.1:{port}/nothing")
        yield database
        await database.close()


@pytest.mark.parametrize("part", ["api", "explanation"])
def test_both_languages_have_the_same_sentences_with_the_same_placeholders(part):
    danish, english = (
        tomllib.loads((LOCALE / language / f"{part}.toml").read_text("utf-8"))
        for language in ("da", "en")
    )
    assert list(danish) == list(english)
    for code, sentence in danish.items():
        assert placeholders(sentence) == placeholders(english[code]), code


def placeholders(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
