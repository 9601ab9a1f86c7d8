"""What docker-compose.yml says, started without containers: from the door to the letter."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import urlsplit
from wsgiref.simple_server import make_server

import asyncpg
import httpx
import pytest
import pytest_asyncio
import trustme
from sqlalchemy import text
from sqlalchemy.engine import make_url

from cli.demo.provider import guests_provider
from domain.authority import Role
from domain.calendar import TownClock
from persistence.clock import set_clock
from persistence.database import Database
from persistence.people.accounts import add_client
from servers.temporal import TemporalServer
from tests.api.conftest import claim_body
from tests.servers.composed import ROOT, Composed, free_ports

MORNING = datetime(2026, 3, 16, 7, tzinfo=UTC)  # a Monday
SECONDS_A_DAY = 4
SIGN_INS_A_MINUTE = 25
LARGEST = 64 * 1024 * 1024
SECRETS = {}
PEOPLE = (
    {"sub": "s-stine", "name": "Stine Styrer", "role": "supervisor"},
    {"sub": "s-mette", "name": "Mette Holm", "role": "caseworker"},
    {"sub": "s-rikke", "name": "Rikke Revisor", "role": "auditor"},
)
OURS = ("api", "relay", "worker", "proxy")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def empty_database(postgres_url):
    """Without a table: they are what `migrate` makes."""
    address = postgres_url.replace("+asyncpg", "")
    connection = await asyncpg.connect(address)
    await connection.execute("create database composed")
    yield make_url(postgres_url).set(database="composed").render_as_string(hide_password=False)
    await connection.execute("drop database composed with (force)")
    await connection.close()


@pytest.fixture(scope="module")
def folder():
    path = Path(mkdtemp(prefix="rettidig-composed-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def temporal(folder):
    (port,) = free_ports(1)
    with TemporalServer(
        folder / "temporal", ui_port=int(port), ui_path="/temporal", durable=False
    ) as server:
        yield server


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def secrets(folder, authority, empty_database):
    """As an operator makes them, who has a database, a certificate and a provider already."""
    path = folder / "secrets"
    path.mkdir()
    own = authority.issue_cert("localhost")
    own.private_key_pem.write_to_path(path / "tls_key.pem")
    for part in own.cert_chain_pems:
        part.write_to_path(path / "tls_certificate.pem", append=True)
    (path / "rettidig_database_url").write_text(empty_database)
    (path / "rettidig_oidc_client_secret").write_text("hemmeligt")
    subprocess.run([sys.executable, "-m", "cli", "new-secrets", path], cwd=ROOT, check=True)
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(folder, secrets, temporal, empty_database):
    with guests_provider(PEOPLE) as issuer:
        addresses = {
            "temporal:7233": temporal.address,
            "temporal-ui:8080": urlsplit(temporal.ui_url).netloc,
        }
        house = Composed(folder, secrets, addresses)
        house.env_file = {
            "RETTIDIG_TEMPORAL_NAMESPACE": "default",
            "RETTIDIG_OIDC_ISSUER": issuer,
            "RETTIDIG_OIDC_CLIENT_ID": "rettidig",
            "RETTIDIG_SIGN_INS_A_MINUTE": str(SIGN_INS_A_MINUTE),
        }
        try:
            await asyncio.to_thread(bring_up, house, empty_database)
            yield house
        finally:
            house.close()


def bring_up(house, database_url):
    """In the order in which the compose file has them wait for each other."""
    for job in ("migrate", "temporal-namespace"):
        assert house.start(job).wait(120) == 0, house.log(job)
    asyncio.run(settle(database_url))
    start_all(house)


def start_all(house):
    for name in OURS:
        house.start(name)
    for name in OURS:
        house.wait_until_healthy(name)


async def settle(database_url):
    """Its days pass quickly, and two programs have accounts."""
    database = Database(database_url, 1)
    async with database.transaction() as connection:
        clock = TownClock(datetime.now(UTC), MORNING, 86_400 / SECONDS_A_DAY)
        await set_clock(connection, clock)
        for role in (Role.SYSTEM, Role.AUDITOR):
            SECRETS[role.value] = await add_client(connection, role.value, role)
    await database.close()


@pytest.fixture(scope="module")
def trust(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def client(house, trust):
    """Someone outside, at an address of their own."""

    def open_client(address="127.0.0.1", base=house.url):
        way = httpx.AsyncHTTPTransport(verify=trust, local_address=address)
        return httpx.AsyncClient(transport=way, base_url=base, timeout=60)

    return open_client


async def sign_in(browser, hint, target="/"):
    """Through the provider and back; gives the answer that brings the cookie."""
    out = await browser.get("/sign-in/start", params={"hint": hint, "next": target})
    assert out.status_code == 303, out.text
    async with httpx.AsyncClient(trust_env=False) as http:
        back = await http.get(out.headers["location"])
    return await browser.get(back.headers["location"])


async def token(client, role):
    form = {"grant_type": "client_credentials"}
    answer = await client.post("/api/v1/token", data=form, auth=(role, SECRETS[role]))
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def test_people_sign_in_over_tls_with_a_cookie_of_this_host_alone(client):
    async with client() as browser:
        answer = await sign_in(browser, "s-stine", "/letters")
        assert answer.headers["location"] == "/letters"
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-rettidig=")
        assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/"))
        assert "domain" not in cookie.lower()
        page = await browser.get("/letters")
    assert "Stine Styrer" in page.text
    assert page.headers["strict-transport-security"].startswith("max-age=63072000")
    assert page.headers.get_list("x-content-type-options") == ["nosniff"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert not {"server", "via"} & set(page.headers)


async def test_whoever_comes_without_tls_is_sent_to_the_other_door(house, client):
    port = house.port["8080"]
    async with client(base=f"http://localhost:{port}") as browser:
        answer = await browser.get("/letters?day=2026-03-16")
    assert answer.status_code == 308
    assert answer.headers["location"] == "https://localhost/letters?day=2026-03-16"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
async def test_old_tls_is_not_spoken(house, authority, version):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = version
    with pytest.raises(ssl.SSLError):
        await asyncio.open_connection("localhost", int(house.port["8443"]), ssl=context)


async def guesses(browser, count):
    """The answers to wrong secrets, each said to come from somewhere else."""
    codes = []
    for number in range(count):
        told = f"198.51.100.{number}"
        headers = {"X-Forwarded-For": told, "Forwarded": f"for={told}", "X-Real-IP": told}
        form = {"grant_type": "client_credentials"}
        answer = await browser.post(
            "/api/v1/token", data=form, auth=("nobody", "guessed"), headers=headers
        )
        codes.append(answer.status_code)
    return codes


@pytest.mark.parametrize("way", ["through the proxy", "past the proxy"])
async def test_a_guesser_is_slowed_down_whatever_address_they_claim(house, client, way):
    """And nobody else is: each real address is counted by itself."""
    past = way.startswith("past")
    base = house.api if past else house.url
    first, second = ("127.0.0.4", "127.0.0.5") if past else ("127.0.0.2", "127.0.0.3")
    async with client(first, base) as guesser, client(second, base) as another:
        codes = await guesses(guesser, 2 * SIGN_INS_A_MINUTE + 1)  # more than two minutes' worth
        assert set(codes) == {401, 429}
        assert await guesses(another, 1) == [401]


async def send_large(house, trust, headers, declared, sent):
    """The first line of the answer, and the rest of its head."""
    lines = [
        "POST /api/v1/files HTTP/1.1",
        f"Host: localhost:{house.port['8443']}",
        f"Authorization: {headers['Authorization']}",
        "Content-Type: multipart/form-data; boundary=end",
        f"Content-Length: {declared}\r\n\r\n",
    ]
    form = b'--end\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    port = int(house.port["8443"])
    reader, writer = await asyncio.open_connection("localhost", port, ssl=trust)
    writer.write("\r\n".join(lines).encode() + form.ljust(sent))
    answer = await reader.readuntil(b"\r\n\r\n")
    writer.close()
    return answer.lower()


async def test_what_is_too_large_is_refused_before_it_reaches_us(house, client, trust):
    """Said beforehand it is not even read; else it is cut off where it becomes too much."""
    async with client() as program:
        headers = await token(program, "system")
    refused = await send_large(house, trust, headers, 70_000_000, 1000)
    cut_off = await send_large(house, trust, headers, LARGEST + 1000, LARGEST + 1)
    assert b" 413 " in refused.splitlines()[0]
    assert refused.split()[1] != b"202" != cut_off.split()[1]
    assert b"x-correlation-id" not in refused + cut_off, "the API has answered neither"


async def test_figures_are_for_those_within(house, client):
    addresses = ("/api/v1/metrics", "/api/v1/%6Detrics", "//api/v1/metrics", "/api/v1/./metrics")
    async with client() as program, client(base=house.api) as within:
        headers = await token(program, "auditor")
        codes = [(await program.get(one, headers=headers)).status_code for one in addresses]
        assert codes == [404] * len(addresses)
        assert (await within.get("/api/v1/metrics", headers=headers)).status_code == 200


@pytest.mark.parametrize(("hint", "code"), [("s-stine", 200), ("s-mette", 403), ("s-rikke", 403)])
async def test_temporals_pages_are_for_supervisors(client, hint, code):
    async with client() as browser:
        await sign_in(browser, hint)
        for path in ("/temporal/", "/temporal/api/v1/settings"):
            assert (await browser.get(path)).status_code == code, path
        posted = await browser.post("/temporal/api/v1/namespaces", json={})
        assert (posted.status_code == 403) is (code == 403)


async def test_who_is_not_signed_in_comes_to_temporals_pages_by_our_door(client):
    async with client() as browser:
        page = await browser.get("/temporal/namespaces/rettidig/workflows?query=a")
        assert page.status_code == 303
        wanted = "/sign-in?next=%2Ftemporal%2Fnamespaces%2Frettidig%2Fworkflows%3Fquery%3Da"
        assert page.headers["location"] == wanted
        assert page.headers["strict-transport-security"]
        script = await browser.get("/temporal/api/v1/settings", headers={"Sec-Fetch-Mode": "cors"})
        assert script.status_code == 401
        sent_elsewhere = await browser.get(
            "/temporal-door", headers={"X-Forwarded-Uri": "https://elsewhere.example/"}
        )
        assert sent_elsewhere.headers["location"] == "/sign-in?next=%2F"


@contextmanager
def echo():
    """What is told to whoever stands behind the proxy; nothing else happens there."""
    told = []

    def answer(environ, begin):
        told.append({k: v for k, v in environ.items() if k.startswith("HTTP_")})
        begin("200 OK", [("Content-Type", "text/plain"), ("Server", "echo")])
        return [b"ok"]

    with make_server("127.0.0.1", 0, answer) as server:
        serving = asyncio.get_running_loop().run_in_executor(None, server.serve_forever, 0.05)
        try:
            yield f"127.0.0.1:{server.server_port}", told
        finally:
            server.shutdown()
            del serving


async def test_temporals_pages_are_told_nothing_that_opens_our_doors(house, client, trust):
    with echo() as (address, told):
        ports = dict(zip(("HTTP_PORT", "HTTPS_PORT", "HEALTH_PORT"), free_ports(3), strict=True))
        first = house.running.pop("proxy")
        second = house.start("proxy", TEMPORAL_PAGES=address, **ports)
        house.running["proxy"] = first
        try:
            async with client() as browser:
                await sign_in(browser, "s-stine")
                way = httpx.AsyncHTTPTransport(verify=trust, retries=20)
                port = ports["HTTPS_PORT"]
                base = f"https://localhost:{port}"
                async with httpx.AsyncClient(transport=way, base_url=base) as other:
                    other.cookies = browser.cookies
                    other.cookies.set("_csrf", "theirs")
                    answer = await other.get("/temporal/", headers={"Authorization": "Bearer x"})
            assert answer.status_code == 200
        finally:
            await asyncio.to_thread(second.end)
    (headers,) = told
    assert "__Host-" not in headers["HTTP_COOKIE"]
    assert "_csrf=theirs" in headers["HTTP_COOKIE"]
    assert "HTTP_AUTHORIZATION" not in headers
    assert "x-frame-options" in answer.headers


async def test_sealed_payloads_are_opened_for_those_pages(house, client):
    async with client() as browser:
        await sign_in(browser, "s-stine")
        sent = {"payloads": [{"metadata": {}, "data": "cGxhaW4="}]}
        path = "/api/v1/payloads/decode"
        answer = await browser.post(path, json=sent, headers={"Origin": house.url})
        assert answer.json()["payloads"] == sent["payloads"]
        elsewhere = await browser.post(path, json=sent, headers={"Origin": "https://x.example"})
        assert elsewhere.status_code == 403


async def letter_of(database, claim):
    query = "select state from letters where claim_id = :claim and dispatched_on is not null"
    for _ in range(1200):  # two minutes: the machine may have other things to do
        async with database.transaction() as connection:
            found = (await connection.execute(text(query), {"claim": claim})).scalar()
        if found:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError("no letter has left")


async def test_a_claim_comes_in_through_the_door_and_its_first_letter_leaves(
    house, client, empty_database
):
    async with client() as program:
        headers = await token(program, "system")
        body = claim_body(due_date="2026-03-16")
        answer = await program.post("/api/v1/claims", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    database = Database(empty_database, 1)
    try:
        state = await letter_of(database, answer.json()["claim_id"])
    except AssertionError as silent:
        raise AssertionError(house.log("worker") + house.log("relay")) from silent
    finally:
        await database.close()
    assert state in {"dispatched", "delivered"}


async def test_a_process_that_cannot_work_says_so_and_is_well_again_afterwards(house, temporal):
    """It goes on living: nothing is lost by waiting."""
    heartbeat = Path(house.environment("relay")["RETTIDIG_HEARTBEAT"])
    await asyncio.to_thread(temporal.stop)
    try:
        os.utime(heartbeat, (0, 0))
        await asyncio.sleep(6)  # Had it been able to work, it would have said so by now.
        assert not await asyncio.to_thread(house.is_healthy, "relay")
        assert house.running["relay"].is_running
        assert await asyncio.to_thread(house.is_healthy, "api"), "decisions are taken all the same"
    finally:
        await asyncio.to_thread(temporal.start)
    await asyncio.to_thread(house.wait_until_healthy, "relay")
    await asyncio.to_thread(house.wait_until_healthy, "worker")


def wait_until_nobody_listens(port):
    for _ in range(1200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.05)
    raise AssertionError("requests are still taken")


@pytest_asyncio.fixture
async def ending_house(house):
    """Whose processes may end: afterwards they run again."""
    yield house
    await asyncio.to_thread(house.close)
    await asyncio.to_thread(start_all, house)


async def test_what_is_under_way_is_finished_before_a_process_ends(ending_house, client):
    house = ending_house
    async with client() as program:
        headers = await token(program, "system")
    body = b'{"debtors": []}'
    headers |= {"Host": "town", "Content-Type": "application/json", "Expect": "100-continue"}
    headers["Content-Length"] = str(len(body))
    lines = ["POST /api/v1/claims HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items()), "", ""]
    reader, writer = await asyncio.open_connection("127.0.0.1", int(house.port["8600"]))
    writer.write("\r\n".join(lines).encode())
    assert b"100 Continue" in await reader.readuntil(b"\r\n\r\n"), "it has begun to read"
    stopping = asyncio.create_task(asyncio.to_thread(house.stop, "api"))
    await asyncio.to_thread(wait_until_nobody_listens, int(house.port["8600"]))
    writer.write(body)
    assert b" 422 " in await reader.readline(), "read to its end, and answered"
    writer.close()
    assert await stopping == 0
    others = ("worker", "relay", "proxy")
    codes = {name: await asyncio.to_thread(house.stop, name) for name in others}
    assert codes == {"worker": 0, "relay": 0, "proxy": 0}
    assert "raceback" not in house.log("worker") + house.log("relay")
