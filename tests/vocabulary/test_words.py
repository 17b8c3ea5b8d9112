"""The glossary: every term has a word in each language, and no word of a table stands for two."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "vocabulary.md").read_text(encoding="utf-8")
TABLES = dict(re.findall(r"^## (.+?)\n(\|.+?)(?=\n\n|\Z)", PAGE, re.MULTILINE | re.DOTALL))
ARABIC_LETTERS = re.compile(r"[\u0620-\u064a]")


def rows(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|\n").split("|")] for line in table.splitlines()[2:]]


def without_rivals(words: str) -> str:
    return re.sub(r" \(.*?\)", "", words)


@pytest.mark.parametrize("name", TABLES)
def test_every_term_has_a_word_in_each_language(name: str) -> None:
    found = rows(TABLES[name])
    assert found
    for english, _, persian, arabic, *_ in found:
        assert re.search(r"[A-Za-z]", english), english
        assert ARABIC_LETTERS.search(re.sub("[۰-۹]", "", persian)) or re.search("[آ-ی]", persian), english
        assert ARABIC_LETTERS.search(arabic), english
        assert not set(persian) & set("يكىة"), f"{persian} has Arabic letters"
        assert not set(arabic) & set("یکپچگژ"), f"{arabic} has Persian letters"


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("column", [0, 2, 3], ids=["en", "fa", "ar"])
def test_no_word_of_a_table_stands_for_two_terms(name: str, column: int) -> None:
    words = Counter(without_rivals(row[column]) for row in rows(TABLES[name]))
    assert [word for word, count in words.items() if count > 1] == []


def test_no_name_of_the_code_is_explained_twice() -> None:
    names = Counter(row[1] for table in TABLES.values() for row in rows(table) if row[1])
    assert [name for name, count in names.items() if count > 1] == []
