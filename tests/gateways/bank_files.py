"""Bank files as the versions differ, and where the samples and schemas lie if they are here."""

from functools import cache
from pathlib import Path

import pytest
from lxml import etree

CAMT = Path(__file__).parents[2].parent / "shared" / "samples" / "camt"
SAMPLE = CAMT / "danskebank_dk_camt053.001.02.xml"
needs_samples = pytest.mark.skipif(
    not SAMPLE.exists(), reason="the bank's sample and the schemas do not lie beside the checkout"
)

ALL_VERSIONS = [f"camt.{kind}.001.{number}" for kind in ("053", "054") for number in
                ("02", "03", "04", "08")]  # fmt: skip
_OLDEST, _NEWEST = "02", "08"
_BODIES = {"053": ("BkToCstmrStmt", "Stmt"), "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}


def a_file(*entries, version="camt.053.001.02", statement_id="S-1", iban="DK5000400440116243"):
    """One statement of these entries, whose balances agree with nothing in particular."""
    body, statement = _BODIES[version[5:8]]
    balances = _balance("OPBD") + _balance("CLBD") if statement == "Stmt" else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><{body}>
<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-03-02T23:00:00</CreDtTm></GrpHdr>
<{statement}><Id>{statement_id}</Id><CreDtTm>2026-03-02T23:00:00</CreDtTm>
<Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{balances}
{"".join(entries)}
</{statement}></{body}></Document>
""".encode()


def _balance(code):
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="DKK">0</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
    )


def an_entry(
    *details, amount="100.00", head="", booked="<Dt>2026-03-02</Dt>", more="", version="02"
):
    """*head* stands after the direction, *more* before the details, as the schema has them."""
    status = "<Sts><Cd>BOOK</Cd></Sts>" if version == _NEWEST else "<Sts>BOOK</Sts>"
    inside = f"<NtryDtls>{''.join(details)}</NtryDtls>" if details else ""
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
