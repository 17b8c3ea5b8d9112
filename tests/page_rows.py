"""What stands in the tables of a page, as a reader sees it."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Return what is read, without tags and marks of direction."""
    return re.sub(r"<[^>]*>|[\u2066-\u2069\u200e\u200f]", "", text).replace("\u00a0", " ")


def cells_of(text: str, key: str) -> list[str]:
    """Return the texts of the cells of a row."""
    row = re.search(rf'<tr id="row-{key}">(.*?)</tr>', text, re.DOTALL)
    assert row, f"no row {key}"
    return [plain(cell).strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row[1], re.DOTALL)]


def figures_of(text: str) -> dict[str, tuple[str, str]]:
    """Return the figures at the head of a page: of each name its number, and how sure it is."""
    found = re.findall(r"<div><dt>(.*?)</dt><dd><strong>(.*?)</strong>(.*?)</dd></div>", text, re.DOTALL)
    return {plain(name): (plain(value), plain(sure)) for name, value, sure in found}
