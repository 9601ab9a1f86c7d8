"""Opens a bank's file and hands out its parts as each ends, refusing what no bank sends."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from domain.errors import Fault, Invalid
from gateways.bank.elements import head_of, line_of, name_of
from gateways.bank.schemas import VERSIONS, check_part, fault_of, schema_of
from gateways.bank.transactions import ADVICE, STATEMENT

_MESSAGE = re.compile(
    r"urn:iso:std:iso:20022:tech:xsd:(?P<name>camt\.05(?P<kind>[34])\.001\.(?P<version>[0-9]{2}))"
)
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_CHUNK = 1 << 15
_LONGEST_HEAD = 1 << 20  # comments before the first element, beyond which we do not listen
_ROOT = "Document"
_MESSAGES = {"3": STATEMENT, "4": ADVICE}
_STATEMENTS = {STATEMENT: ("BkToCstmrStmt", "Stmt"), ADVICE: ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}


class BankDocument:
    """*message* says whether it holds statements or advices."""

    def __init__(self, stream: BinaryIO) -> None:
        """Read only as far as its first element; nothing outside the file is ever read."""
        self._stream, self._lines = stream, 1
        self._head, namespace = _head_of(stream)
        name, kind = _known_message(namespace)
        self.message = _MESSAGES[kind]
        self._schema = schema_of(name)
        body, statement = _STATEMENTS[self.message]
        above = [_ROOT, body]
        self._places = {
            statement: above[::-1],
            "Ntry": [*above, statement][::-1],
            "TxDtls": [*above, statement, "Ntry", "NtryDtls"][::-1],
        }
        self._tags = [f"{{{namespace}}}{name}" for name in (*self._places, _ROOT)]

    def check(self, part: etree._Element) -> None:
        """Raises Invalid unless *part* is as its schema says."""
        check_part(self._schema, part, line_of(part))

    def check_head(self, part: etree._Element, end: str) -> None:
        """Of a part that has not ended: all that stands before its first *end*."""
        check_part(self._schema, head_of(part, end), line_of(part))

    def parts(self) -> Iterator[etree._Element]:
        """Each ended payment (TxDtls), entry (Ntry) and statement, before it has been checked.

        The schema also follows the whole file, so that no order of parts escapes; but of that it
        tells only at the end, and not where. Entities need not be forbidden here, as none can
        have been declared; were they, lxml would not tell of a file cut off while it validates.
        """
        events = etree.iterparse(
            self,
            events=("end",),
            tag=self._tags,
            schema=self._schema,
            no_network=True,
            huge_tree=False,
        )
        line, name = 1, ""
        try:
            for _, element in events:
                name = name_of(element)
                if name != _ROOT and self._is_in_place(element):
                    line = line_of(element)
                    yield element
        except etree.XMLSyntaxError as error:
            if name != _ROOT:
                raise Invalid(self._cut_off(error, events.error_log)) from error
            raise Invalid(_fault(error, events.error_log, line)) from error
        if name != _ROOT:
            raise Invalid(Fault("file", "bank-file-not-xml", {"line": str(self._lines)}))

    def read(self, size: int = _CHUNK) -> bytes:
        """The file from its beginning, for the parser."""
        head, self._head = self._head, b""
        chunk = head or self._stream.read(min(size, _CHUNK))
        self._lines += chunk.count(b"\n")
        return chunk

    def _cut_off(self, error: etree.XMLSyntaxError, log: Any) -> Fault:
        """The first element has not ended; what the schema misses may just have been cut off.

        Where the schema has spoken first, the parser does not say how far it came.
        """
        cut = [entry.line for entry in log if entry.domain_name != "SCHEMASV"]
        line = cut[0] if cut else error.lineno or self._lines
        return Fault("file", "bank-file-not-xml", {"line": str(line)})

    def _is_in_place(self, element: etree._Element) -> bool:
        """Supplementary data may hold anything, even what looks like an entry."""
        return [name_of(one) for one in element.iterancestors()] == self._places[name_of(element)]


def _head_of(stream: BinaryIO) -> tuple[bytes, str]:
    """The file's first bytes, and the namespace of its first element."""
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True)
    head = b""
    try:
        while len(head) < _LONGEST_HEAD and (chunk := stream.read(_CHUNK)):
            head += chunk
            # Without the zeros of UTF-16; an entity must not even be declared.
            if _DOCTYPE.search(head.replace(b"\0", b"")):
                raise Invalid(Fault("file", "bank-file-doctype"))
            parser.feed(chunk)
            for _, root in parser.read_events():
                assert root is not None
                assert not isinstance(root, tuple)
                return head, _namespace(root)
        return head, _namespace(parser.close())  # too short for the parser to have begun
    except etree.XMLSyntaxError as error:
        values = {"line": str(error.lineno or 1)}
        raise Invalid(Fault("file", "bank-file-not-xml", values)) from error


def _namespace(root: etree._Element) -> str:
    """In other encodings than ASCII's kin a DOCTYPE shows only once it is parsed."""
    document = root.getroottree().docinfo
    if document.internalDTD is not None or document.doctype:
        raise Invalid(Fault("file", "bank-file-doctype"))
    return etree.QName(root).namespace or ""


def _known_message(namespace: str) -> tuple[str, str]:
    """Its name and its kind's digit, of the messages and versions we read."""
    match = _MESSAGE.fullmatch(namespace)
    if match is None:
        raise Invalid(Fault("file", "bank-file-version", {"namespace": namespace or "-"}))
    if match["version"] not in VERSIONS:
        values = {"message": match["name"], "versions": ", ".join(VERSIONS)}
        raise Invalid(Fault("file", "bank-file-version-unknown", values))
    return match["name"], match["kind"]


def _fault(error: etree.XMLSyntaxError, log: Any, line: int) -> Fault:
    broken = [entry for entry in log if entry.domain_name == "SCHEMASV"]
    if not broken:
        return Fault("file", "bank-file-not-xml", {"line": str(error.lineno or line)})
    return fault_of(broken[0].message, broken[0].type_name, broken[0].line or line)
