"""A folder's files are taken once, whole, and laid aside; what is not ours to read says why."""

from datetime import date

import pytest
import pytest_asyncio
from sqlalchemy import text

from domain.file_kinds import kind_of
from persistence.database import Database
from tests.gateways.bank_files import a_file, an_entry
from workers.inbox import InboxFolder

TODAY = date(2026, 3, 2)
CLAIMS = "fagsystem;løbenummer\n".encode()


class Folder:
    def __init__(self, database, path):
        self.database, self.path = database, path
        self.inbox = self.opened()

    def opened(self):
        """As a worker finds it that has just started."""
        return InboxFolder(self.path, self.database, lambda: TODAY)

    def lay(self, name, content):
        (self.path / name).write_bytes(content)

    async def look(self, times=2):
        return [await self.inbox.look() for _ in range(times)]

    async def rows(self, query):
        async with self.database.transaction() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]

    async def kept(self):
        return await self.rows("select kind, name from files order by id")

    def names(self, folder=""):
        return sorted(path.name for path in (self.path / folder).iterdir() if path.is_file())


@pytest_asyncio.fixture
async def folder(database_url, tmp_path):
    database = Database(database_url, 2)
    yield Folder(database, tmp_path / "inbox")
    await database.close()


async def test_a_file_is_taken_when_it_has_stopped_growing(folder):
    content = a_file(an_entry())
    folder.lay("bank.xml", content[:100])
    assert await folder.look(1) == [0]
    folder.lay("bank.xml", content)
    assert await folder.look(1) == [0]
    assert await folder.kept() == []
    assert await folder.look(1) == [1]
    assert await folder.kept() == [("payments", "bank.xml")]
    assert (folder.names(), folder.names("taken")) == ([], ["1-bank.xml"])
    assert await folder.rows("select target, name from outbox") == [("file-1", "start-file")]


async def test_the_same_file_again_is_kept_once(folder):
    for name in ("a.xml", "b.xml"):
        folder.lay(name, a_file(an_entry()))
    await folder.look()
    assert await folder.kept() == [("payments", "a.xml")]
    assert folder.names("taken") == ["1-a.xml", "1-b.xml"]
    assert await folder.rows("select count(*) from outbox") == [(1,)]


async def test_a_worker_killed_before_it_laid_the_file_aside_takes_it_once(folder):
    folder.lay("krav.csv", CLAIMS)
    await folder.look()
    (folder.path / "taken" / "1-krav.csv").rename(folder.path / "krav.csv")
    folder.inbox = folder.opened()
    await folder.look()
    assert await folder.kept() == [("claims", "krav.csv")]
    assert folder.names("taken") == ["1-krav.csv"]


async def test_what_is_half_written_hidden_or_a_link_is_left_alone(folder, tmp_path):
    for name in ("x.xml.part", ".x.xml", "x.tmp"):
        folder.lay(name, a_file(an_entry()))
    (tmp_path / "elsewhere.xml").write_bytes(a_file(an_entry()))
    (folder.path / "link.xml").symlink_to(tmp_path / "elsewhere.xml")
    assert await folder.look(3) == [0, 0, 0]
    assert await folder.kept() == []


async def test_what_nobody_reads_is_laid_aside_with_the_reason(folder):
    folder.lay("ferie.jpg", b"\xff\xd8\xff")
    await folder.look()
    assert folder.names("refused") == ["ferie.jpg", "ferie.jpg.txt"]
    reason = (folder.path / "refused" / "ferie.jpg.txt").read_text(encoding="utf-8")
    assert reason.startswith("Filen er hverken en bankfil")
    assert await folder.kept() == []


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("x", b"<?xml version", "payments"),
        ("x.txt", b"\xef\xbb\xbf  <Document", "payments"),
        ("x.xml", "<?xml".encode("utf-16"), "payments"),
        ("krav.CSV", b"fagsystem;", "claims"),
        ("krav.json", b"[{", "claims"),
        ("krav.pdf", b"%PDF", None),
        ("", b"", None),
    ],
)
def test_a_file_is_known_by_its_first_bytes_or_its_name(name, head, kind):
    assert kind_of(name, head) == kind
