"""Counts a statement's entries, to be compared with what the bank has counted itself."""

from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from domain.errors import Fault
from gateways.bank.elements import all_at, first_text, text_at

_NET = (("TtlNetNtryAmt",), ("TtlNetNtry", "Amt"))
_NET_DIRECTION = (("CdtDbtInd",), ("TtlNetNtry", "CdtDbtInd"))


@dataclass(slots=True)
class _Sums:
    """Øre, and how many entries."""

    incoming: int = 0
    outgoing: int = 0
    times_in: int = 0
    times_out: int = 0

    def add(self, ore: int, *, is_incoming: bool) -> None:
        if is_incoming:
            self.incoming, self.times_in = self.incoming + ore, self.times_in + 1
        else:
            self.outgoing, self.times_out = self.outgoing + ore, self.times_out + 1

    def told(self) -> dict[str, tuple[int, int]]:
        return {
            "TtlNtries": (self.times_in + self.times_out, self.incoming + self.outgoing),
            "TtlCdtNtries": (self.times_in, self.incoming),
            "TtlDbtNtries": (self.times_out, self.outgoing),
        }


class Counted:
    """Banks differ on whether entries that are not booked yet are among those they count."""

    def __init__(self) -> None:
        self._all, self._booked = _Sums(), _Sums()

    @property
    def booked(self) -> int:
        return self._booked.incoming - self._booked.outgoing

    def add(self, ore: int, *, is_incoming: bool, is_booked: bool) -> None:
        self._all.add(ore, is_incoming=is_incoming)
        if is_booked:
            self._booked.add(ore, is_incoming=is_incoming)

    def faults(self, head: etree._Element, statement_id: str) -> list[Fault]:
        """What the summary in *head* says otherwise, as all entries and as the booked ones."""
        found = [
            [
                Fault(name, "bank-file-summary", {"statement": statement_id} | values)
                for summary in all_at(head, "TxsSummry")
                for name, (times, ore) in sums.told().items()
                for total in all_at(summary, name)
                for values in _disagreements(total, times, ore, sums)
            ]
            for sums in (self._booked, self._all)
        ]
        return min(found, key=len)


def _disagreements(
    total: etree._Element, times: int, ore: int, sums: _Sums
) -> list[dict[str, str]]:
    pairs: list[tuple[Decimal, Decimal]] = []
    if said := text_at(total, "NbOfNtries"):
        pairs.append((Decimal(said), Decimal(times)))
    if said := text_at(total, "Sum"):
        pairs.append((Decimal(said), Decimal(ore).scaleb(-2)))
    if said := first_text(total, *_NET):
        is_debit = first_text(total, *_NET_DIRECTION) == "DBIT"
        net = Decimal(sums.incoming - sums.outgoing).scaleb(-2)
        pairs.append((-Decimal(said) if is_debit else Decimal(said), net))
    return [{"said": f"{said:f}", "found": f"{found:f}"} for said, found in pairs if said != found]
