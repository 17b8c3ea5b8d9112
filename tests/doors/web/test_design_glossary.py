"""The glossaries name the words that the pages really use."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[3]
ROW = re.compile(r"^\| ([^|`]+?) \| ((?:`[^`]+`(?:, )?)+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def catalogues(language: str) -> dict[str, set[str]]:
    """Every translation of every text, whichever desk it belongs to; what a context sets apart is another text, and
    is written with it: ``kind of question: Flow``.
    """
    found: dict[str, set[str]] = {}
    for path in (ROOT / "src" / "safar").rglob(f"locale/{language}/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(path)):
            if entry.msgstr:
                text = f"{entry.msgctxt}: {entry.msgid}" if entry.msgctxt else entry.msgid
                found.setdefault(text, set()).add(entry.msgstr)
    return found


@pytest.mark.parametrize("language", ["fa", "ar"])
def test_each_text_is_translated_with_its_word(language: str) -> None:
    page = (ROOT / "docs" / f"glossary.{language}.md").read_text(encoding="utf-8")
    said, rows = catalogues(language), ROW.findall(page)
    assert len(rows) == page.count("\n| ") - 1 >= 24  # all but the head
    other = {
        text: translations
        for word, texts, _meaning, _why in rows
        for text in re.findall(r"`([^`]+)`", texts)
        if not (translations := said.get(text, set())) or not all(word in each for each in translations)
    }
    assert other == {}
