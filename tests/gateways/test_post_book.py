"""The post's book: each thing told once, numbered in order, whatever is lost or cannot be read."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from gateways.ports import PostOutcome
from gateways.serviceplatformen.account import DIGITAL_POST, PHYSICAL_POST
from gateways.serviceplatformen.post_book import PostBook
from gateways.serviceplatformen.sandbox.building import build
from gateways.serviceplatformen.sandbox.envelopes import News, write_envelope
from gateways.serviceplatformen.statuses import (
    FAILED,
    RECALLED,
    UnreadableStatus,
    read_status,
)
from tests.gateways.test_memo import ACCOUNT

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DELIVERED, REFUSED, RETURNED = PostOutcome.DELIVERED, PostOutcome.REFUSED, PostOutcome.RETURNED


@pytest.fixture
def book(tmp_path):
    return PostBook(tmp_path, ACCOUNT)


def envelope(message_id="letter-1", outcome=DELIVERED, channel=DIGITAL_POST, name="", at=NOW):
    return write_envelope(News(channel, ACCOUNT.uuid_of(channel, message_id), name, outcome, at))


def told(book, channel=DIGITAL_POST, after=0):
    return [(one.message_id, one.outcome) for one in book.receipts(channel, after)]


def test_what_is_told_twice_counts_once(book):
    book.begin(DIGITAL_POST, "letter-1")
    book.keep(envelope())
    book.keep(envelope())
    book.keep(envelope(at=NOW + timedelta(hours=1)))
    assert told(book) == [("letter-1", DELIVERED)]


def test_a_letter_on_its_way_is_taken_and_nothing_is_told_of_it(book):
    book.begin(DIGITAL_POST, "letter-1")
    assert book.taken(DIGITAL_POST, ["letter-1"]) == []
    book.keep(envelope(outcome=None))
    assert book.taken(DIGITAL_POST, ["letter-1"]) == ["letter-1"]
    assert told(book) == []


def test_a_letter_that_was_taken_is_not_offered_again(book):
    assert book.begin(DIGITAL_POST, "letter-1")
    assert book.begin(DIGITAL_POST, "letter-1")
    book.accept(DIGITAL_POST, "letter-1", NOW)
    assert not book.begin(DIGITAL_POST, "letter-1")
    assert book.begin(PHYSICAL_POST, "letter-1")


def test_what_lies_in_a_mailbox_is_not_refused_afterwards(book):
    """Offered twice for want of an answer: the second is refused, and the first was delivered."""
    book.begin(DIGITAL_POST, "letter-1")
    book.keep(envelope(outcome=DELIVERED))
    book.keep(envelope(outcome=REFUSED))
    assert told(book) == [("letter-1", DELIVERED)]


def test_a_printed_letter_may_come_back_after_it_was_delivered(book):
    book.begin(PHYSICAL_POST, "letter-1")
    book.keep(envelope(outcome=DELIVERED, channel=PHYSICAL_POST))
    book.keep(envelope(outcome=RETURNED, channel=PHYSICAL_POST))
    assert told(book, PHYSICAL_POST) == [("letter-1", DELIVERED), ("letter-1", RETURNED)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not XML",
        b"<Haendelsesbesked/>",
        envelope()[:-20],
        b"<a><Base64>@@@</Base64></a>",
        b"<a><Base64>" + b64encode(b"<PKO_PostStatus/>") + b"</Base64></a>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a><Base64>&b;</Base64></a>',
    ],
)
def test_what_cannot_be_read_is_put_aside_and_keeps_nothing_back(book, content):
    with pytest.raises(UnreadableStatus):
        read_status(content)
    book.begin(DIGITAL_POST, "letter-1")
    book.keep(content)
    book.keep(envelope())
    assert told(book) == [("letter-1", DELIVERED)]
    assert kept_aside(book) == [b64encode(content).decode()]


def test_a_receipt_for_a_letter_that_is_not_ours_is_put_aside(book):
    book.keep(envelope("letter-of-others"))
    assert told(book) == []
    assert len(kept_aside(book)) == 1


def kept_aside(book):
    rows = book._journal._file.execute(
        "select body ->> 'envelope' from notes where name like 'put-aside-%'"
    )
    return [text for (text,) in rows]


def test_a_book_that_was_lost_knows_a_letter_by_the_name_the_platform_repeats(tmp_path):
    PostBook(tmp_path / "lost", ACCOUNT).begin(DIGITAL_POST, "letter-1")
    book = PostBook(tmp_path / "new", ACCOUNT)
    book.keep(envelope(name="letter-1"))
    book.keep(envelope("letter-2", name="letter-1"))  # its number does not fit its name
    assert told(book) == [("letter-1", DELIVERED)]


def test_a_new_book_numbers_on_from_what_was_heeded_in_the_old_one(book):
    for place in range(3):
        book.begin(DIGITAL_POST, f"letter-{place}")
        book.keep(envelope(f"letter-{place}"))
    receipts = book.receipts(DIGITAL_POST, 500)
    assert [one.number for one in receipts] == [501, 502, 503]
    assert book.receipts(DIGITAL_POST, 500) == receipts
    assert book.receipts(DIGITAL_POST, 502) == receipts[2:]


def test_each_kind_of_post_is_told_all_whichever_was_heeded_further(book):
    """A thing may be told again after a book was lost; none is missed."""
    assert book.receipts(PHYSICAL_POST, 80) == []
    for channel in (DIGITAL_POST, PHYSICAL_POST):
        book.begin(channel, "letter-1")
        book.keep(envelope(channel=channel))
    assert told(book, PHYSICAL_POST, after=80) == [("letter-1", DELIVERED)]
    assert told(book, DIGITAL_POST, after=500) == [("letter-1", DELIVERED)]
    book.begin(PHYSICAL_POST, "letter-2")
    book.keep(envelope("letter-2", channel=PHYSICAL_POST))
    assert ("letter-2", DELIVERED) in told(book, PHYSICAL_POST, after=82)


def status_of(happening, *, moment="2026-03-02T09:00:00", details=None):
    status = build(
        "PKO_PostStatus",
        build("MessageUUID", "ABC"),
        build("TransaktionsDatoTid", moment),
        build("FejlDetaljer", build("FejlTekst", details)) if details is not None else None,
    )
    content = b64encode(etree.tostring(status)).decode()
    happened = build("ObjektHandling", build("UUIDIdentifikator", happening))
    return read_status(etree.tostring(build("a", happened, build("Base64", content))))


@pytest.mark.parametrize(
    ("happening", "details", "outcome"),
    [
        (FAILED, None, REFUSED),
        (RECALLED, None, REFUSED),
        (FAILED.upper(), None, REFUSED),
        ("e2b30d57-504a-4e2e-ae2d-a1394a9cb0b8", None, None),
        ("e2b30d57-504a-4e2e-ae2d-a1394a9cb0b8", "", None),
        ("00000000-0000-4000-8000-000000000000", "the mailbox is closed", REFUSED),
    ],
    ids=["failed", "recalled", "in capitals", "ready", "no details", "unknown, with an error"],
)
def test_what_has_happened_is_read_from_its_code(happening, details, outcome):
    status = status_of(happening, details=details)
    assert (status.uuid, status.outcome) == ("abc", outcome)


def test_a_moment_without_a_zone_is_danish():
    assert status_of(FAILED).at.astimezone(UTC) == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert status_of(FAILED, moment="2026-03-02T09:00:00Z").at == NOW
