"""Writes the sandbox bank's statement of a day.

Payments with a payment slip's reference come as one collective entry with a line each; others,
and what is taken back, each as an entry of their own.
"""

import re
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

IBAN = "DK5000400440116243"

_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
_CREDITOR = "87654321"
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
    is_bounced: bool = False

    @property
    def signed(self) -> int:
        return -self.ore if self.is_bounced else self.ore


def write_camt053(on: date, opening: int, payments: list[SandboxPayment]) -> str:
    """*payments*: what came in that day, and what was taken back."""
    name = f"RETTIDIG{on:%Y%m%d}"
    slips = [payment for payment in payments if payment.reference and not payment.is_bounced]
    others = [payment for payment in payments if not payment.reference or payment.is_bounced]
    entries = [_collective_entry(on, slips)] if slips else []
    entries += [_single_entry(on, payment) for payment in others]
    closing_balance = opening + sum(payment.signed for payment in payments)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{_NAMESPACE}"><BkToCstmrStmt>
<GrpHdr><MsgId>{name}</MsgId><CreDtTm>{on}T23:00:00</CreDtTm></GrpHdr>
<Stmt><Id>{name}</Id><CreDtTm>{on}T23:00:00</CreDtTm>
<FrToDt><FrDtTm>{on}T00:00:00</FrDtTm><ToDtTm>{on}T23:59:59</ToDtTm></FrToDt>
<Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>DKK</Ccy></Acct>
{_balance("OPBD", opening, on)}
{_balance("CLBD", closing_balance, on)}
{_summary(slips, others)}
{chr(10).join(entries)}
</Stmt></BkToCstmrStmt></Document>
"""


def _summary(slips: list[SandboxPayment], others: list[SandboxPayment]) -> str:
    back = [payment.ore for payment in others if payment.is_bounced]
    came = [payment.ore for payment in others if not payment.is_bounced]
    incoming, times = sum(came) + sum(slip.ore for slip in slips), len(came) + bool(slips)
    net = incoming - sum(back)
    return (
        f"<TxsSummry><TtlNtries>{_counted(times + len(back), incoming + sum(back))}"
        f"<TtlNetNtryAmt>{_kroner(abs(net))}</TtlNetNtryAmt>{_direction(net)}</TtlNtries>"
        f"<TtlCdtNtries>{_counted(times, incoming)}</TtlCdtNtries>"
        f"<TtlDbtNtries>{_counted(len(back), sum(back))}</TtlDbtNtries></TxsSummry>"
    )


def _counted(times: int, ore: int) -> str:
    return f"<NbOfNtries>{times}</NbOfNtries><Sum>{_kroner(ore)}</Sum>"


def _direction(ore: int) -> str:
    return f"<CdtDbtInd>{'CRDT' if ore >= 0 else 'DBIT'}</CdtDbtInd>"


def _balance(code: str, ore: int, on: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_money(abs(ore))}"
        f"{_direction(ore)}<Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def _collective_entry(on: date, slips: list[SandboxPayment]) -> str:
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
    name = f"RETUR-{payment.id}" if payment.is_bounced else payment.id
    back = "<RvslInd>true</RvslInd>" if payment.is_bounced else ""
    code = "TILBAGEFOERSEL" if payment.is_bounced else "INDBETALING"
    reference = payment.reference and _padded(payment.reference)
    return (
        f"<Ntry>{_money(payment.ore)}{_direction(payment.signed)}{back}<Sts>BOOK</Sts>"
        f"<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt>"
        f"<AcctSvcrRef>{_clean(name, _LONGEST_ID)}</AcctSvcrRef>"
        f"<BkTxCd><Prtry><Cd>{code}</Cd></Prtry></BkTxCd>\n"
        f"<NtryDtls>{_details(payment, reference)}</NtryDtls></Ntry>"
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
    return f'<Amt Ccy="DKK">{_kroner(ore)}</Amt>'


def _kroner(ore: int) -> str:
    return f"{ore // 100}.{ore % 100:02d}"
