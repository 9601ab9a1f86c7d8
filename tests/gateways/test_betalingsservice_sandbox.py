"""The sandbox's Betalingsservice tells of all it was asked, once, in files that can be read."""

from datetime import date, timedelta

import pytest

from domain.errors import GatewayRejected
from gateways.betalingsservice.contents import Collection, MandateKind
from gateways.betalingsservice.reading import read_delivery
from gateways.betalingsservice.sandbox import CollectingBehaviour, SandboxBetalingsservice
from gateways.betalingsservice.walking import DeliveryTotals
from gateways.betalingsservice.writing import write_collection

MONDAY = date(2026, 3, 2)
TUESDAY = date(2026, 3, 3)
THURSDAY = date(2026, 3, 5)
FRIDAY = date(2026, 3, 6)
SATURDAY = date(2026, 3, 7)
NEXT_MONDAY = date(2026, 3, 9)
KARLA, KURT = "000000000000042", "000000000000043"

ALL_PAID = CollectingBehaviour(share_rejected=0, share_charged_back=0)
ALL_REJECTED = CollectingBehaviour(share_rejected=1)
ALL_TAKEN_BACK = CollectingBehaviour(share_rejected=0, share_charged_back=1)


def service(folder, behaviour=ALL_PAID):
    return SandboxBetalingsservice(folder / "service", behaviour=behaviour)


def a_file(*collections, delivery_id="0000000031"):
    return write_collection(
        "00000001", "00000002", "00001", delivery_id, MONDAY, collections, "Skanderborg"
    )


def a_collection(mandate, due_on=TUESDAY, customer=KARLA, ore=125_00, reference="RET-1"):
    return Collection(customer, mandate, due_on, ore, reference, ("Børnehave",))


def told(betalingsservice, on, folder):
    """What the day's files say, each of them whole."""
    read = []
    for path in betalingsservice.write_notices(on, folder / "inbox"):
        with path.open("rb") as stream:
            *contents, totals = read_delivery(stream)
        assert isinstance(totals, DeliveryTotals)
        read += contents
    return read


def kinds(betalingsservice, on, folder):
    return [notice.kind for notice in told(betalingsservice, on, folder)]


def test_a_mandate_is_told_when_it_begins_and_when_it_ends(tmp_path):
    bs = service(tmp_path)
    mandate = bs.sign_up(KARLA, MONDAY)
    [begun] = told(bs, MONDAY, tmp_path)
    assert (begun.kind, begun.customer_number, begun.mandate) == ("registered", KARLA, mandate)
    assert (begun.start, begun.end) == (MONDAY, None)
    bs.cancel(mandate, THURSDAY)
    assert told(bs, TUESDAY, tmp_path) == []
    [ended] = told(bs, THURSDAY, tmp_path)
    assert (ended.kind, ended.mandate, ended.end) == ("cancelled_by_bank", mandate, THURSDAY)


def test_a_customer_has_one_mandate_until_it_ends(tmp_path):
    bs = service(tmp_path)
    first = bs.sign_up(KARLA, MONDAY)
    assert bs.sign_up(KARLA, TUESDAY) == first
    assert bs.sign_up(KURT, MONDAY) != first
    bs.cancel(first, TUESDAY, MandateKind.CANCELLED_BY_CREDITOR)
    bs.cancel(first, THURSDAY)
    assert bs.sign_up(KARLA, FRIDAY) != first
    assert kinds(bs, FRIDAY, tmp_path) == [
        "registered",
        "registered",
        "cancelled_by_creditor",
        "registered",
    ]


def test_a_mandate_that_never_was_cannot_be_cancelled(tmp_path):
    with pytest.raises(GatewayRejected):
        service(tmp_path).cancel("000000099", MONDAY)


def test_a_collection_is_paid_on_its_day(tmp_path):
    bs = service(tmp_path)
    mandate = bs.sign_up(KARLA, MONDAY)
    bs.deliver("collection.txt", a_file(a_collection(mandate)))
    assert kinds(bs, MONDAY, tmp_path) == ["registered"]
    [paid] = told(bs, TUESDAY, tmp_path)
    assert (paid.kind, paid.customer_number, paid.mandate) == ("completed", KARLA, mandate)
    assert (paid.amount_ore, paid.paid_ore, paid.reference) == (125_00, 125_00, "RET-1")
    assert (paid.due_on, paid.paid_on, paid.booked_on) == (TUESDAY, TUESDAY, TUESDAY)
    assert told(bs, THURSDAY, tmp_path) == []


def test_what_falls_due_in_a_weekend_is_paid_on_the_next_working_day(tmp_path):
    bs = service(tmp_path)
    mandate = bs.sign_up(KARLA, MONDAY)
    bs.deliver("collection.txt", a_file(a_collection(mandate, SATURDAY)))
    assert kinds(bs, FRIDAY, tmp_path) == ["registered"]
    assert told(bs, SATURDAY, tmp_path) == []
    [paid] = told(bs, NEXT_MONDAY, tmp_path)
    assert (paid.due_on, paid.paid_on) == (SATURDAY, NEXT_MONDAY)


def test_a_rejected_payment_brings_no_money(tmp_path):
    bs = service(tmp_path, ALL_REJECTED)
    mandate = bs.sign_up(KARLA, MONDAY)
    bs.deliver("collection.txt", a_file(a_collection(mandate)))
    *_, rejected = told(bs, TUESDAY, tmp_path)
    assert (rejected.kind, rejected.amount_ore) == ("rejected", 125_00)
    assert (rejected.paid_ore, rejected.paid_on) == (0, None)


def test_without_a_mandate_nothing_is_collected(tmp_path):
    bs = service(tmp_path)
    ended = bs.sign_up(KARLA, MONDAY)
    others = bs.sign_up(KURT, MONDAY)
    bs.cancel(ended, TUESDAY)
    assert len(told(bs, MONDAY, tmp_path)) == 2
    collections = [a_collection(mandate) for mandate in (ended, others, "000000099")]
    bs.deliver("collection.txt", a_file(*collections))
    assert kinds(bs, TUESDAY, tmp_path) == ["cancelled_by_bank", *["cancelled"] * 3]


def test_a_payment_is_taken_back_some_working_days_later(tmp_path):
    bs = service(tmp_path, ALL_TAKEN_BACK)
    mandate = bs.sign_up(KARLA, MONDAY)
    bs.deliver("collection.txt", a_file(a_collection(mandate, THURSDAY)))
    assert kinds(bs, THURSDAY, tmp_path) == ["registered", "completed"]
    assert told(bs, NEXT_MONDAY, tmp_path) == []
    [back] = told(bs, date(2026, 3, 10), tmp_path)
    assert (back.kind, back.reference, back.paid_ore) == ("charged_back", "RET-1", 125_00)
    assert (back.paid_on, back.booked_on) == (THURSDAY, date(2026, 3, 10))


def test_some_are_rejected_and_some_taken_back_and_always_the_same(tmp_path):
    def outcome(folder):
        bs = service(folder, CollectingBehaviour(share_rejected=0.2, share_charged_back=0.1))
        mandate = bs.sign_up(KARLA, MONDAY)
        bs.deliver(
            "c.txt", a_file(*(a_collection(mandate, reference=f"RET-{n}") for n in range(200)))
        )
        days = [TUESDAY + timedelta(days=number) for number in range(10)]
        return [(n.kind, n.reference) for day in days for n in told(bs, day, folder)[1:]]

    first = outcome(tmp_path / "first")
    assert first == outcome(tmp_path / "second")
    found = [kind for kind, _ in first]
    assert 20 < found.count("rejected") < 60
    assert 5 < found.count("charged_back") < 30
    assert found.count("rejected") + found.count("completed") == 200


def test_the_same_day_gives_the_same_bytes_and_leaves_no_draft(tmp_path):
    bs = service(tmp_path, ALL_TAKEN_BACK)
    mandate = bs.sign_up(KARLA, MONDAY)
    bs.deliver("c.txt", a_file(a_collection(mandate)))
    paths = bs.write_notices(TUESDAY, tmp_path / "inbox")
    contents = [path.read_bytes() for path in paths]
    assert [path.name for path in paths] == ["bs0603-2026-03-03.txt", "bs0602-2026-03-03.txt"]
    bs.sign_up(KURT, TUESDAY)
    again = service(tmp_path).write_notices(TUESDAY, tmp_path / "inbox")
    assert (again, [path.read_bytes() for path in again]) == (paths, contents)
    assert sorted((tmp_path / "inbox").iterdir()) == sorted(paths)
    assert kinds(bs, THURSDAY, tmp_path) == ["registered"]


def test_days_that_nobody_asked_for_are_told_on_the_next_one_asked(tmp_path):
    bs = service(tmp_path)
    mandate = bs.sign_up(KARLA, MONDAY)
    bs.deliver("c.txt", a_file(a_collection(mandate)))
    assert kinds(bs, FRIDAY, tmp_path) == ["registered", "completed"]
    assert told(bs, TUESDAY, tmp_path) == []


def test_a_delivery_is_taken_once(tmp_path):
    bs = service(tmp_path)
    mandate = bs.sign_up(KARLA, MONDAY)
    for name in ("first.txt", "again.txt"):
        bs.deliver(name, a_file(a_collection(mandate)))
    assert kinds(bs, TUESDAY, tmp_path) == ["registered", "completed"]


def test_another_delivery_under_the_same_id_is_refused(tmp_path):
    bs = service(tmp_path)
    bs.deliver("first.txt", a_file(a_collection("000000001")))
    with pytest.raises(GatewayRejected) as refused:
        bs.deliver("second.txt", a_file(a_collection("000000001", ore=1)))
    assert refused.value.code == "DELIVERY-KNOWN"
    bs.deliver("second.txt", a_file(a_collection("000000001", ore=1), delivery_id="0000000032"))


def test_a_malformed_delivery_is_refused_with_its_place_and_nothing_of_it_is_taken(tmp_path):
    bs = service(tmp_path)
    mandate = bs.sign_up(KARLA, MONDAY)
    content = a_file(a_collection(mandate)).replace(b"0000012500", b"0000012501", 1)
    with pytest.raises(GatewayRejected) as refused:
        bs.deliver("collection.txt", content)
    assert refused.value.code == "bs-net"
    assert refused.value.reason == "collection.txt: line 5, column 43"
    assert kinds(bs, TUESDAY, tmp_path) == ["registered"]


@pytest.mark.parametrize("numbers", [("00000001", "00000009"), ("00000009", "00000002")])
def test_a_delivery_of_another_creditor_is_refused(tmp_path, numbers):
    theirs = [a_collection("000000001")]
    content = write_collection(*numbers, "00001", "0000000031", MONDAY, theirs)
    with pytest.raises(GatewayRejected) as refused:
        service(tmp_path).deliver("collection.txt", content)
    assert refused.value.code == "CREDITOR-UNKNOWN"


def test_a_day_without_news_has_no_files(tmp_path):
    assert service(tmp_path).write_notices(MONDAY, tmp_path / "inbox") == []
