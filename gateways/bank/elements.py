"""Walks a bank's XML one element at a time, and refuses what no bank sends."""

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO

from lxml import etree

from domain.errors import Fault, Invalid

_NAMESPACE = re.compile(r"^urn:iso:std:iso:20022:tech:xsd:camt\.05[34]\.001\.0[2348]$")
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_WANTED = ("{*}Bal", "{*}Ntry", "{*}Stmt", "{*}Ntfctn")
STATEMENTS = {"Stmt", "Ntfctn"}


def walk(content: bytes) -> Iterator[etree._Element]:
    """Balances, entries and statements as each ends; nothing outside the file is ever read."""
    if _DOCTYPE.search(content):
        raise Invalid(Fault("file", "bank-file-doctype"))
    events = etree.iterparse(
        BytesIO(content),
        events=("end",),
        tag=_WANTED,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
    )
    statements = 0
    is_known = False
    try:
        for _, element in events:
            is_known = is_known or _check_document(element)
            statements += name_of(element) in STATEMENTS
            yield element
    except etree.XMLSyntaxError as error:
        values = {"line": str(error.lineno or 0)}
        raise Invalid(Fault("file", "bank-file-not-xml", values)) from error
    if not statements:
        _check_document(events.root)
        raise Invalid(Fault("file", "bank-file-empty"))


def _check_document(element: etree._Element) -> bool:
    """In other encodings than ASCII's kin a DOCTYPE shows only once it is parsed."""
    document = element.getroottree()
    if document.docinfo.internalDTD is not None or document.docinfo.doctype:
        raise Invalid(Fault("file", "bank-file-doctype"))
    namespace = etree.QName(document.getroot()).namespace or ""
    if not _NAMESPACE.match(namespace):
        raise Invalid(Fault("file", "bank-file-version", {"namespace": namespace or "-"}))
    return True


def forget(entry: etree._Element) -> None:
    """Keep memory the same however many entries a statement has."""
    entry.clear()
    parent, previous = entry.getparent(), entry.getprevious()
    while parent is not None and previous is not None and name_of(previous) in {"Ntry", ""}:
        parent.remove(previous)
        previous = entry.getprevious()


def all_at(element: etree._Element, *names: str) -> list[etree._Element]:
    """Every element on the path *names* below *element*."""
    return element.findall(_path(names))


def text_at(element: etree._Element, *names: str) -> str:
    """The first text on the path *names*, without the space around it; empty if there is none."""
    return (element.findtext(_path(names)) or "").strip()


@cache
def _path(names: tuple[str, ...]) -> str:
    """In whatever version's namespace; the paths are few and written in the code."""
    return "/".join(f"{{*}}{name}" for name in names)


def name_of(element: etree._Element) -> str:
    """Its name without the namespace; empty for a comment."""
    tag: object = element.tag
    return etree.QName(element).localname if isinstance(tag, str) else ""


def place_of(element: etree._Element) -> dict[str, str]:
    return {"line": str(element.sourceline)}
