"""A bank that takes payments and writes one camt.053 statement a day, as Danish banks do.

Payments with a payment slip's reference come as one collective entry with a line each; others
each as an entry of their own.
"""

import json
import os
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
_CREDITOR = "87654321"
_IBAN = "DK5000400440116243"
_CARD_75 = 16  # digits of its payment id; card 71 has 15
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_ID, _LONGEST_NAME = 35, 140


@dataclass(frozen=True, slots=True)
class SandboxPayment:
    id: str
    reference: str | None
    ore: int
    paid_on: date
    payer: str
    text: str


class SandboxBank:
    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "bank.sqlite"
        with self._open() as bank:
            bank.executescript(
                "pragma journal_mode=wal; create table if not exists payments"
                " (id text primary key, day text, body text)"
            )

    def pay(  # a payment has as many parts
        self,
        payment_id: str,
        payment_reference: str | None,
        amount_ore: int,
        paid_on: date,
        payer: str,
        text: str = "",
    ) -> None:
        """Taken once, however often it is told. *amount_ore* is more than 0."""
        assert amount_ore > 0
        body = json.dumps([payment_reference, amount_ore, payer, text])
        with self._open() as bank, bank:
            bank.execute(
                "insert or ignore into payments values (?, ?, ?)",
                (payment_id, paid_on.isoformat(), body),
            )

    def write_statement(self, on: date, into: Path) -> Path | None:
        """That day's statement as a file in *into*, the same bytes each time; None without one."""
        payments = self._paid("= ?", on)
        if not payments:
            return None
        opening = sum(payment.ore for payment in self._paid("< ?", on))
        path = into / f"camt053-{on.isoformat()}.xml"
        draft = path.with_suffix(f".{os.getpid()}.part")
        into.mkdir(parents=True, exist_ok=True)
        draft.write_text(_statement(on, opening, payments), encoding="utf-8")
        draft.replace(path)
        return path

    def _paid(self, condition: str, on: date) -> list[SandboxPayment]:
        query = f"select id, day, body from payments where day {condition} order by rowid"
        with self._open() as bank:
            rows = bank.execute(query, (on.isoformat(),)).fetchall()
        return [_payment(*row) for row in rows]

    def _open(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self._path, timeout=10))


def _payment(payment_id: str, day: str, body: str) -> SandboxPayment:
    reference, ore, payer, text = json.loads(body)
    return SandboxPayment(payment_id, reference, ore, date.fromisoformat(day), payer, text)


def _statement(on: date, opening: int, payments: list[SandboxPayment]) -> str:
    name = f"RETTIDIG{on:%Y%m%d}"
    slips = [payment for payment in payments if payment.reference]
    others = [payment for payment in payments if not payment.reference]
    entries = [_collective_entry(on, slips)] if slips else []
    entries += [_single_entry(on, payment) for payment in others]
    closing_balance = opening + sum(payment.ore for payment in payments)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{_NAMESPACE}"><BkToCstmrStmt>
<GrpHdr><MsgId>{name}</MsgId><CreDtTm>{on}T23:00:00</CreDtTm></GrpHdr>
<Stmt><Id>{name}</Id><CreDtTm>{on}T23:00:00</CreDtTm>
<Acct><Id><IBAN>{_IBAN}</IBAN></Id><Ccy>DKK</Ccy></Acct>
{_balance("OPBD", opening, on)}
{_balance("CLBD", closing_balance, on)}
{chr(10).join(entries)}
</Stmt></BkToCstmrStmt></Document>
"""


def _balance(code: str, ore: int, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_money(abs(ore))}"
        f"<CdtDbtInd>{'CRDT' if ore >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def _collective_entry(on: date, slips: Iterable[SandboxPayment]) -> str:
    slips = list(slips)
    details = "\n".join(_details(slip, _padded(slip.reference or "")) for slip in slips)
    total = sum(slip.ore for slip in slips)
    return (
        f"<Ntry>{_money(total)}<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt>"
        f"<AcctSvcrRef>FISAM-{on:%Y%m%d}</AcctSvcrRef>"
        f"<BkTxCd><Prtry><Cd>DIV.INDB.KORT {_CREDITOR} / 71</Cd></Prtry></BkTxCd>\n"
        f"<NtryDtls><Btch><NbOfTxs>{len(slips)}</NbOfTxs></Btch>\n{details}</NtryDtls></Ntry>"
    )


def _single_entry(on: date, payment: SandboxPayment) -> str:
    return (
        f"<Ntry>{_money(payment.ore)}<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt>"
        f"<AcctSvcrRef>{_clean(payment.id, _LONGEST_ID)}</AcctSvcrRef>"
        f"<BkTxCd><Prtry><Cd>INDBETALING</Cd></Prtry></BkTxCd>\n"
        f"<NtryDtls>{_details(payment, None)}</NtryDtls></Ntry>"
    )


def _padded(reference: str) -> str:
    card = "75" if len(reference) == _CARD_75 else "71"
    return f"{card}/{reference:0>19}"


def _details(payment: SandboxPayment, reference: str | None) -> str:
    structured = (
        "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
        f"<Ref>{reference}</Ref></CdtrRefInf></Strd>"
        if reference
        else ""
    )
    said, payer = _clean(payment.text, _LONGEST_NAME), _clean(payment.payer, _LONGEST_NAME)
    text = f"<Ustrd>{said}</Ustrd>" if said else ""
    remittance = f"<RmtInf>{text}{structured}</RmtInf>" if text or structured else ""
    parties = f"<RltdPties><Dbtr><Nm>{payer}</Nm></Dbtr></RltdPties>" if payer else ""
    return (
        f"<TxDtls><Refs><EndToEndId>{_clean(payment.id, _LONGEST_ID)}</EndToEndId></Refs>"
        f"<AmtDtls><TxAmt>{_money(payment.ore)}</TxAmt></AmtDtls>{parties}{remittance}"
        f"<RltdDts><AccptncDtTm>{payment.paid_on}T12:00:00</AccptncDtTm></RltdDts></TxDtls>"
    )


def _clean(text: str, longest: int) -> str:
    """As XML, cut before it is escaped and without what XML cannot hold."""
    return escape(" ".join(_NOT_IN_XML.sub("", text).split())[:longest].strip())


def _money(ore: int) -> str:
    return f'<Amt Ccy="DKK">{ore // 100}.{ore % 100:02d}</Amt>'
