"""Builds the small XML a sandbox answers with."""

from lxml import etree


def build(
    name: str, *parts: etree._Element | str | None, namespace: str | None = None
) -> etree._Element:
    """An element of *parts*: text, other elements, and nothing for those that are None."""
    element = etree.Element(etree.QName(namespace, name))
    for part in parts:
        if isinstance(part, str):
            element.text = part
        elif part is not None:
            element.append(part)
    return element
