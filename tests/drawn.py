"""What tests of drawings look at: the marks of a drawing, as a reader of SVG sees them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"
_MARKS = re.compile("[\u200e\u200f\u2066-\u2069]")


def read(svg: str) -> ET.Element:
    """Return a drawing as a tree; what is no XML fails here."""
    return ET.fromstring(svg)


def of_class(drawing: ET.Element, name: str) -> list[ET.Element]:
    """Return the elements that carry a class, in their order."""
    return [element for element in drawing.iter() if name in element.get("class", "").split()]


def plain(words: str | None) -> str:
    """Return words without isolates and marks of direction."""
    return _MARKS.sub("", words or "")


def texts(drawing: ET.Element) -> list[str]:
    """Return all words that are written, in their order."""
    return [plain(element.text) for element in drawing.iter(f"{SVG}text")]


def titles(drawing: ET.Element) -> list[str]:
    """Return what marks are told by, in their order; the first is the drawing's own."""
    return [plain(element.text) for element in drawing.iter(f"{SVG}title")]


def numbers(elements: list[ET.Element], name: str) -> list[float]:
    """Return one attribute of several elements as numbers."""
    return [float(element.get(name, "nan")) for element in elements]
