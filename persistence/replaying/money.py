"""What the account of a claim tells of its past: what was paid, what that settled, what it cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from domain.ledger import EntryKind
from domain.letters import Letter
from domain.money import NOTHING
from domain.policy import Policy
from domain.replaying.pasts import Deed, Fee, Origin

_REMINDERS = frozenset(letter.value for letter in Letter if letter.is_reminder)
_MAY_SETTLE = frozenset({EntryKind.PAYMENT, EntryKind.CORRECTION})
_OF_THE_END = frozenset({EntryKind.WRITE_OFF, EntryKind.ROUNDING})
_WITHDRAWN = "withdrawn"
_COMES_WITH_A_LETTER = frozenset({EntryKind.PRINCIPAL, EntryKind.INTEREST})


@dataclass(frozen=True, slots=True)
class Movement:
    """*ore*: what is owed afterwards without reminder fees, or how much of one was taken back."""

    origin: Origin
    on: date
    ore: int
    is_settled: bool
    key: str = ""
    until: date | None = None


@dataclass(slots=True)
class Account:
    """Read line by line. *without_fees*: what is owed beside reminder fees, in øre."""

    policy: Policy
    claim_type: str
    without_fees: int = 0
    reminder_fees: int = 0
    fees: dict[int, Fee] = field(default_factory=dict)
    owed: dict[str, int] = field(default_factory=dict)
    movements: list[Movement] = field(default_factory=list)

    def read(self, line: Any) -> None:
        kind, letter = EntryKind(line.kind), line.rule.partition(" ")[0]
        if kind is EntryKind.FEE and letter in _REMINDERS:
            self._charge(line, letter)
        elif kind is EntryKind.CORRECTION and line.fee in self.fees:
            self._take_back(line)
        else:
            self.without_fees += line.amount_ore
            self._move(kind, line)

    def _charge(self, line: Any, letter: str) -> None:
        self.owed[letter] = self.without_fees
        self.fees[line.id] = Fee(line.subject, letter, line.booked_on, line.amount_ore)
        self.reminder_fees += line.amount_ore

    def _take_back(self, line: Any) -> None:
        fee, ore = self.fees[line.fee], -line.amount_ore
        self.fees[line.fee] = replace(fee, returned_ore=fee.returned_ore + ore)
        self.reminder_fees -= ore
        is_settled = self._is_settled(line.booked_on)
        self.movements.append(
            Movement(Origin.RETURNED, line.booked_on, ore, is_settled, fee.letter)
        )

    def _move(self, kind: EntryKind, line: Any) -> None:
        if line.seq == 1 or kind in _OF_THE_END or line.rule == _WITHDRAWN:
            return
        is_settled = kind in _MAY_SETTLE and self._is_settled(line.booked_on)
        origin = Origin.CHARGED if kind is EntryKind.FEE else Origin.MONEY
        until = line.effective_on if kind is EntryKind.FEE else None
        if kind is not EntryKind.INTEREST:
            self.movements.append(
                Movement(origin, line.booked_on, self.without_fees, is_settled, until=until)
            )

    def _is_settled(self, on: date) -> bool:
        limits = self.policy.claim_type(self.claim_type).small_amounts.on(on)
        tolerance = limits.tolerance if limits else NOTHING
        return self.without_fees + self.reminder_fees <= tolerance.ore


def read_account(
    policy: Policy, claim_type: str, lines: Sequence[Any], deeds: Sequence[Deed]
) -> Account:
    account = Account(policy, claim_type)
    for line in lines:
        account.read(line)
    for deed in deeds:
        if deed.kind == "letter":
            account.owed.setdefault(deed.key, sum(_before(lines, deed.on)))
    return account


def _before(lines: Sequence[Any], on: date) -> Iterator[int]:
    """What was on the account when a letter was written on the day *on*, its interest included."""
    for line in lines:
        is_fee = line.kind == EntryKind.FEE and line.rule.partition(" ")[0] in _REMINDERS
        is_there = line.booked_on < on or (
            line.booked_on == on and line.kind in _COMES_WITH_A_LETTER
        )
        if is_there and not is_fee and line.fee is None:
            yield line.amount_ore
