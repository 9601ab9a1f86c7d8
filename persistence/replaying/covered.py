"""On which days money covered more, or fewer, of an agreement's instalments."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from domain.ledger import EntryKind
from domain.record import AgreementOutcome
from domain.replaying.pasts import Deed
from persistence.replaying.rows import PastRows

_COUNTED = frozenset({EntryKind.PAYMENT, EntryKind.REFUND, EntryKind.CHARGE_BACK})


def covered_when(
    rows: PastRows, agreement: Any, deeds: Sequence[Deed]
) -> Iterator[tuple[date, int]]:
    """Each day with how many instalments were covered at the end of it, where that changed."""
    totals = [total for _, total in agreement.instalments or ()]
    closed = [deed for deed in deeds if deed.kind == "close"]
    last_day = closed[0].on if closed else date.max
    paid = covered = 0
    for on, ore in _moves(rows, agreement, last_day):
        paid += ore
        now = sum(total <= paid for total in totals)
        if now != covered:
            covered = now
            yield on, covered
    if closed and closed[0].told == AgreementOutcome.KEPT and covered < len(totals):
        yield last_day, len(totals)


def _moves(rows: PastRows, agreement: Any, last_day: date) -> Iterator[tuple[date, int]]:
    """What came, and was taken away again, while the agreement stood; in øre, day by day."""
    found: dict[date, int] = {}
    for claim, seq in agreement.claims or ():
        for line in rows.lines[claim]:
            is_later = line.seq > seq if seq is not None else line.booked_on >= agreement.signed_on
            if is_later and line.kind in _COUNTED and line.booked_on <= last_day:
                found[line.booked_on] = found.get(line.booked_on, 0) - line.amount_ore
    yield from sorted(found.items())
