"""Bank files as the versions differ, and where the samples and schemas lie if they are here."""

import re
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree

from gateways.bank.camt import BankTotals, BankTransaction, read_file

CAMT = Path(__file__).parents[2].parent / "shared" / "samples" / "camt"
SAMPLE = CAMT / "danskebank_dk_camt053.001.02.xml"
needs_samples = pytest.mark.skipif(
    not SAMPLE.exists(), reason="the bank's sample and the schemas do not lie beside the checkout"
)

ALL_VERSIONS = [f"camt.{kind}.001.{number}" for kind in ("053", "054") for number in
                ("02", "03", "04", "08")]  # fmt: skip
_OLDEST, _NEWEST = "02", "08"
_BODIES = {"053": ("BkToCstmrStmt", "Stmt"), "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}


_BOOKED = re.compile(
    r"<Ntry>(?:<NtryRef>[^<]*</NtryRef>)?<Amt Ccy=\"\w+\">([0-9.]+)</Amt>"
    r"<CdtDbtInd>(CRDT|DBIT)</CdtDbtInd>(?:<RvslInd>[^<]*</RvslInd>)?<Sts>(?:<Cd>)?BOOK"
)


def transactions_of(content):
    return [one for one in read_file(BytesIO(content)) if isinstance(one, BankTransaction)]


def totals_of(content):
    return [one for one in read_file(BytesIO(content)) if isinstance(one, BankTotals)]


def read_entries(*entries, **more):
    return transactions_of(a_file(*entries, **more))


def danish_sample():
    """As it lies, but with the closing balance its entries come to."""
    return SAMPLE.read_bytes().replace(b">23456.78<", b">355519.79<")


def a_file(*entries, version="camt.053.001.02", iban="DK5000400440116243", **more):
    """One statement of these entries, from nothing to what they come to."""
    body, _ = _BODIES[version[5:8]]
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><{body}>
<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-03-02T23:00:00</CreDtTm></GrpHdr>
{a_statement(*entries, version=version, iban=iban, **more)}</{body}></Document>
""".encode()


def a_statement(  # as many parts as a statement has
    *entries,
    version="camt.053.001.02",
    statement_id="S-1",
    iban="DK5000400440116243",
    opening="0",
    closing=None,
    summary="",
    currency="DKK",
):
    _, statement = _BODIES[version[5:8]]
    balances = ""
    if statement == "Stmt":
        closing = closing or str(Decimal(opening) + _come_to("".join(entries)))
        balances = a_balance("OPBD", opening, currency) + a_balance("CLBD", closing, currency)
    return f"""<{statement}><Id>{statement_id}</Id><CreDtTm>2026-03-02T23:00:00</CreDtTm>
<Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{balances}{summary}
{"".join(entries)}
</{statement}>"""


def _come_to(entries):
    signs = {"CRDT": 1, "DBIT": -1}
    return sum(Decimal(amount) * signs[way] for amount, way in _BOOKED.findall(entries))


def a_balance(code, amount, currency="DKK"):
    way = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">'
        f"{amount.removeprefix('-')}</Amt><CdtDbtInd>{way}</CdtDbtInd>"
        "<Dt><Dt>2026-03-02</Dt></Dt></Bal>"
    )


def an_entry(
    *details, amount="100.00", head="", booked="<Dt>2026-03-02</Dt>", more="", version="02"
):
    """*head* stands after the direction, *more* before the details, as the schema has them.

    A text about the entry stands at its end; give it as *more* all the same.
    """
    status = "<Sts><Cd>BOOK</Cd></Sts>" if version == _NEWEST else "<Sts>BOOK</Sts>"
    inside = f"<NtryDtls>{''.join(details)}</NtryDtls>" if details else ""
    more, text, said = more.partition("<AddtlNtryInf>")
    inside += text + said
    return (
        f'<Ntry><Amt Ccy="DKK">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>{head}{status}'
        f"<BookgDt>{booked}</BookgDt>"
        f"<BkTxCd><Prtry><Cd>INDBETALING</Cd></Prtry></BkTxCd>{more}{inside}</Ntry>"
    )


def a_detail(inside="", amount="100.00", payer="Karla Prøvesen", version="02"):
    """*inside* stands after the payer: remittance, dates, text."""
    name = f"<Nm>{payer}</Nm>"
    party = f"<Pty>{name}</Pty>" if version == _NEWEST else name
    money = f'<Amt Ccy="DKK">{amount}</Amt>'
    own = f"<AmtDtls><TxAmt>{money}</TxAmt></AmtDtls>"
    if version != _OLDEST:
        own = f"{money}<CdtDbtInd>CRDT</CdtDbtInd>"
    return (
        f"<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>{own}"
        f"<RltdPties><Dbtr>{party}</Dbtr></RltdPties>{inside}</TxDtls>"
    )


@cache
def _schema(version):
    path = CAMT / "xsd" / f"{version}.xsd"
    return etree.XMLSchema(file=str(path)) if path.exists() else None


def is_valid(content, version="camt.053.001.02"):
    """By the bank's own schema; True for the versions whose schema is not among the samples."""
    schema = _schema(version)
    if schema is not None:
        schema.assertValid(etree.fromstring(content))
    return True
