"""Builds the authority's XML and reads it, saying where something is missing or wrong."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

SERVICE = "urn:oio:skat:efi:ws:1.0.1"
CONCEPTS = "http://skat.dk/begrebsmodel/2009/01/15/"
_NAMES: dict[Any, str] = {None: SERVICE, "begreb": CONCEPTS}
_OF_CONCEPTS = ("DMI", "EFI", "Valuta", "Virksomhed", "Person", "Hæftelse", "Udlæg")
_LARGEST = Decimal(99_999_999)
_SAFELY: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "huge_tree": False,
    "load_dtd": False,
}


class UnreadableMessage(Exception):
    """*where* it cannot be read, as a path of element names, and *why*; no personal data."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where, self.why = where, why


def tag(name: str) -> str:
    """A field is named by the concept model, all that holds fields by the service."""
    is_field = name.startswith(_OF_CONCEPTS) and not name.endswith(("Samling", "Struktur"))
    return f"{{{CONCEPTS if is_field else SERVICE}}}{name}"


def begin(name: str) -> etree._Element:
    return etree.Element(tag(name), nsmap=_NAMES)


def add(parent: etree._Element, name: str, value: str | date | None = "") -> etree._Element:
    """Nothing is added for None."""
    child = etree.SubElement(parent, tag(name)) if value is not None else parent
    if value:
        child.text = value.isoformat() if isinstance(value, date) else value
    return child


def add_money(parent: etree._Element, structure: str, field: str, ore: int) -> None:
    holder = add(parent, structure)
    add(holder, "ValutaKode", "DKK")
    add(holder, field, f"{ore // 100}.{ore % 100:02d}")


def written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def parsed(document: bytes, name: str) -> "Element":
    """The first element, which must be called *name*. Raises UnreadableMessage."""
    try:
        root = etree.fromstring(document, etree.XMLParser(**_SAFELY))
    except etree.XMLSyntaxError as error:
        raise UnreadableMessage("/", f"not XML, line {error.lineno}") from error
    info: Any = root.getroottree().docinfo
    if info.doctype:
        raise UnreadableMessage("/", "has a DOCTYPE")
    if root.tag != tag(name):
        raise UnreadableMessage("/", f"not a {name}")
    return Element(root, name)


class Element:
    """An element with its path, so that what is wrong in it can be found."""

    def __init__(self, element: etree._Element, path: str) -> None:
        self._element, self.path = element, path

    def child(self, *names: str) -> "Element":
        found = self.maybe(*names)
        if found is None:
            raise UnreadableMessage("/".join((self.path, *names)), "missing")
        return found

    def maybe(self, *names: str) -> "Element | None":
        if not names:
            return self
        found = self._element.find("/".join(tag(name) for name in names))
        return None if found is None else Element(found, "/".join((self.path, *names)))

    def only(self) -> "Element":
        """The one choice that was made (Valg)."""
        children = list(self._element.iterchildren(tag="*"))
        if len(children) != 1:
            raise UnreadableMessage(self.path, "needs exactly one choice")
        return Element(children[0], f"{self.path}/{etree.QName(children[0]).localname}")

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def all(self, *names: str) -> Iterator["Element"]:
        path = "/".join((self.path, *names))
        for number, found in enumerate(
            self._element.findall("/".join(tag(name) for name in names)), start=1
        ):
            yield Element(found, f"{path}[{number}]")

    def text(self, *names: str) -> str:
        """Never empty."""
        return self.child(*names).content

    @property
    def content(self) -> str:
        text = (self._element.text or "").strip()
        if not text:
            raise UnreadableMessage(self.path, "empty")
        return text

    def text_or_none(self, *names: str) -> str | None:
        return self.text(*names) if self.maybe(*names) is not None else None

    def day(self, *names: str) -> date:
        return self._day(self.text(*names), *names)

    def day_or_none(self, *names: str) -> date | None:
        text = self.text_or_none(*names)
        return None if text is None else self._day(text, *names)

    def ore(self, structure: str, field: str) -> int:
        """Kroner with at most two decimals, no sign, no more than eight digits."""
        text = self.text(structure, field)
        if self.text(structure, "ValutaKode") != "DKK":
            raise UnreadableMessage(f"{self.path}/{structure}/ValutaKode", "not DKK")
        try:
            kroner = Decimal(text)
            is_whole = kroner * 100 == int(kroner * 100)
        except (InvalidOperation, ValueError, OverflowError):
            is_whole, kroner = False, Decimal(0)
        if not is_whole or not 0 <= kroner <= _LARGEST:
            raise UnreadableMessage(f"{self.path}/{structure}/{field}", "not an amount")
        return int(kroner * 100)

    def _day(self, text: str, *names: str) -> date:
        try:
            return date.fromisoformat(text[:10])
        except ValueError as error:
            raise UnreadableMessage("/".join((self.path, *names)), "not a day") from error
