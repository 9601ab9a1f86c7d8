"""Reads one payment of an entry: its booked amount, its payer, its references, its keys."""

import dataclasses
import hashlib
from dataclasses import dataclass
from datetime import date

from lxml import etree

from gateways.bank.amounts import Amount, amount_of, day_at, is_incoming, own_amount
from gateways.bank.charges import charges_of, is_charge
from gateways.bank.elements import all_at, first_text, text_at
from gateways.bank.references import references_of
from gateways.bank.seen import Seen
from gateways.bank.transactions import BankTransaction, TransactionKind

_TRUE = {"true", "1"}
_NOT_GIVEN = "NOTPROVIDED"
_LONGEST_TEXT = 500
_BOOKED_AMOUNTS = (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "CntrValAmt", "Amt"))
_INSTRUCTED_AMOUNTS = (("AmtDtls", "InstdAmt", "Amt"), ("AmtDtls", "TxAmt", "Amt"), ("Amt",))
_PAYERS = (("RltdPties", "Dbtr", "Nm"), ("RltdPties", "Dbtr", "Pty", "Nm"))


@dataclass(frozen=True, slots=True)
class Owner:
    """The statement a payment stands in, and what has been met in its file."""

    message: str
    statement_id: str
    account: str
    seen: Seen


class Payment:
    def __init__(
        self,
        owner: Owner,
        entry: etree._Element,
        part: etree._Element,
        place: str,
        *,
        is_alone: bool,
    ) -> None:
        """*part* is the entry itself where it tells of no payments."""
        self._owner, self._entry, self._part, self._place = owner, entry, part, place
        self._is_whole, self._is_alone = part is entry, is_alone or part is entry
        # What stands on the entry is about its payment only if there is one.
        self._about = (part, entry) if is_alone and part is not entry else (part,)
        self.content: bytes = etree.tostring(part, method="c14n")
        self.is_incoming = is_incoming(part if text_at(part, "CdtDbtInd") else entry)
        self.charges = charges_of(*self._about)

    @property
    def told(self) -> Amount:
        """Its own amount, in the entry's currency if the bank says it in that."""
        own = [amount_of(one) for path in _BOOKED_AMOUNTS for one in all_at(self._part, *path)]
        booked = own_amount(self._entry)
        return next((one for one in own if one[1] == booked[1]), own[0] if own else booked)

    def transaction(self, batch_count: int) -> BankTransaction:
        part, entry, owner = self._part, self._entry, self._owner
        ore, currency = own_amount(entry) if self._is_alone else self.told
        called = first_text(entry, ("AcctSvcrRef",), ("NtryRef",))
        found = BankTransaction(
            source_reference=f"{owner.statement_id}-{self._place}-{called}-{self._digest()}",
            kind=self._kind(),
            amount_ore=ore,
            currency=currency,
            paid_on=day_at((part, entry), ("RltdDts", "AccptncDtTm"), ("ValDt",), ("BookgDt",)),
            booked_on=self._booked_on,
            payment_references=references_of(*self._about),
            payer=first_text(part, *_PAYERS),
            text=" ".join(e.text for e in all_at(part, "RmtInf", "Ustrd") if e.text)[
                :_LONGEST_TEXT
            ],
            message=owner.message,
            statement_id=owner.statement_id,
            account=owner.account,
            bank_reference=text_at(part, "Refs", "AcctSvcrRef") or called,
            entry_reference=called,
            end_to_end_id=text_at(part, "Refs", "EndToEndId").replace(_NOT_GIVEN, ""),
            charges_ore=self.charges,
            original_amount=self._original_amount(currency),
            is_whole_entry=self._is_whole,
            batch_count=batch_count,
            bank_key="",
            is_incoming=self.is_incoming,
        )
        return dataclasses.replace(found, bank_key=self._bank_key(found))

    @property
    def _booked_on(self) -> date:
        return day_at((self._entry,), ("BookgDt",), ("ValDt",))

    def _kind(self) -> TransactionKind:
        if text_at(self._entry, "RvslInd") in _TRUE:
            return TransactionKind.REVERSAL
        if self.is_incoming:
            return TransactionKind.CREDIT
        is_fee = is_charge(self._part) or is_charge(self._entry)
        return TransactionKind.CHARGE if is_fee else TransactionKind.DEBIT

    def _original_amount(self, currency: str) -> str:
        """What the payer's bank was told, where that was other money than was booked."""
        for path in _INSTRUCTED_AMOUNTS:
            for amount in all_at(self._part, *path):
                if amount.get("Ccy") != currency:
                    return f"{(amount.text or '').strip()} {amount.get('Ccy')}"
        return ""

    def _digest(self) -> str:
        """Some banks begin their statements' numbers anew each year, and for each account."""
        said = f"{self._owner.account} {self._booked_on} ".encode() + self.content
        return hashlib.sha256(said).hexdigest()[:12]

    def _bank_key(self, found: BankTransaction) -> str:
        """Without what differs between messages: ids and places in them, the time they were made.

        Equal payments within one file are told apart by their number among themselves.
        """
        words = (
            found.account,
            found.booked_on.isoformat(),
            found.kind,
            str(found.amount_ore),
            found.currency,
            found.entry_reference,
            text_at(self._part, "Refs", "AcctSvcrRef"),
            found.end_to_end_id,
            *found.payment_references,
            found.payer,
        )
        times = self._owner.seen.times("payment", *words)
        said = "\x1f".join((*words, str(times)))
        return hashlib.sha256(said.encode()).hexdigest()[:24]
