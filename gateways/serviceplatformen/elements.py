"""Reads XML from outside by the local names of its elements, and nothing it refers to."""

from collections.abc import Iterator

from lxml import etree


class UnreadableXml(ValueError):
    """It is not XML, or has a document type, which no counterpart of ours sends."""


def read_xml(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        # Not told from where: a counterpart may repeat in it whom a letter was for.
        raise UnreadableXml from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableXml
    return root


def name_of(element: etree._Element) -> str:
    return etree.QName(element).localname


def all_named(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return element.iterfind(f".//{{*}}{name}")


def text_of(element: etree._Element, *names: str) -> str:
    """The first text there is in an element that has one of *names*; else nothing."""
    found = (one.text for name in names for one in all_named(element, name) if one.text)
    return next(found, "").strip()
