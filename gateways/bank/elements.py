"""Finds what stands in an element of a bank's XML, and lets go of what has been read."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree

FURTHEST_LINE = 65535
"""What a copied element can remember; one that was parsed knows its line however far it is."""


def all_at(element: etree._Element, *names: str) -> list[etree._Element]:
    """Every element on the path *names* below *element*."""
    return element.findall(_path(names))


def text_at(element: etree._Element, *names: str) -> str:
    """The first text on the path *names*, without the space around it; empty if there is none."""
    return (element.findtext(_path(names)) or "").strip()


def first_text(element: etree._Element, *paths: tuple[str, ...]) -> str:
    """The first text there is on any of *paths*."""
    return next((found for path in paths if (found := text_at(element, *path))), "")


@cache
def _path(names: tuple[str, ...]) -> str:
    """In whatever version's namespace; the paths are few and written in the code."""
    return "/".join(f"{{*}}{name}" for name in names)


def name_of(element: etree._Element) -> str:
    """Its name without the namespace; empty for a comment."""
    tag: object = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def parent_of(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    assert parent is not None
    return parent


def line_of(element: etree._Element) -> int:
    line: Any = element.sourceline
    return int(line or 0)


def place_of(element: etree._Element) -> dict[str, str]:
    return {"line": str(line_of(element))}


def forget(element: etree._Element) -> None:
    """Empty it, and drop its like before it: memory stays the same however many there are.

    Not the element itself: the parser still stands on it.
    """
    element.clear()
    drop_before(element)


def drop_before(element: etree._Element) -> None:
    """Its like right before it, and the comments between."""
    for earlier in _before(element, name_of(element)):
        parent_of(earlier).remove(earlier)


def drop(element: etree._Element, *path: str) -> None:
    """All that is left on *path* of what has been read."""
    for child in all_at(element, *path):
        parent_of(child).remove(child)


def _before(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The nearest first."""
    previous = element.getprevious()
    while previous is not None and name_of(previous) in {name, ""}:
        following = previous.getprevious()
        yield previous
        previous = following


def head_of(element: etree._Element, end: str) -> etree._Element:
    """A copy of it up to its first child called *end*."""
    head = etree.Element(element.tag)
    _set_line(head, element)
    for child in element:
        if name_of(child) == end:
            break
        _copy_into(head, child)
    return head


def _copy_into(parent: etree._Element, element: etree._Element) -> None:
    """With its lines, which a deep copy loses."""
    if not name_of(element):
        return
    copied = etree.SubElement(
        parent, element.tag, {str(name): str(value) for name, value in element.items()}
    )
    copied.text = element.text
    _set_line(copied, element)
    for child in element:
        _copy_into(copied, child)


def _set_line(copied: Any, element: etree._Element) -> None:
    copied.sourceline = min(line_of(element), FURTHEST_LINE)
