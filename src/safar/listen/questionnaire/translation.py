"""Translating a survey in a table: a row for each text, a column for each language; out, and back exactly."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from safar.vocabulary.errors import Json, Refusal, nearest

from .anatomy import Survey
from .questions import Words
from .texts import paths, texts, with_texts

MOST_BYTES: Final = 5 << 20
_PATH: Final = "path"
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
#: What a spreadsheet would compute; a quotation mark before it is taken off again.
_FORMULA: Final = re.compile(r"'*[ \u00a0]*[=+\-@\t\r\n|%＝＋－＠]")
_ARABIC: Final = re.compile("[\u0620-\u064a\u067e\u0686\u0698\u06a9\u06af]{2}")
_SEPARATOR: Final = re.compile(r'"?sep=([,;\t])"?\r?\n', re.IGNORECASE)


class TranslationRefused(Refusal, ValueError):
    """The table is no translation of this survey; ``context["rows"]`` says which rows, as a spreadsheet counts."""

    code = "survey.translation_refused"


def table(survey: Survey, *, into: tuple[str, ...] = ()) -> bytes:
    """Return every text of a survey as CSV that spreadsheets open: UTF-8 with a mark, formulas made harmless.

    Parameters
    ----------
    into
        Languages to translate into, besides those the survey is written in: columns yet empty.

    Returns
    -------
    bytes
        The columns are ``path`` and the languages, the survey's first one first.
    """
    languages = tuple(dict.fromkeys((*survey.languages, *into)))
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_PATH, *languages])
    for path, words in texts(survey).items():
        writer.writerow([path, *(_harmless(words.get(language, "")) for language in languages)])
    return text.getvalue().encode("utf-8-sig")


def translated(survey: Survey, content: bytes) -> Survey:
    """Return the survey in the words of a table.

    A cell replaces the text of its language, an empty one takes it away. Languages that have no column, and texts that
    have no row, stay as they are. A language that is new is added behind the others.

    Parameters
    ----------
    content
        CSV in UTF-8, in UTF-16 with its mark, or in the code page 1256 of Windows; separated by commas, semicolons or
        tabs, or by what a first line ``sep=`` says.

    Raises
    ------
    TranslationRefused
        It is no such table; a column is no language; a row names a text that the survey does not have, or names one
        twice. Nothing is taken over then.
    """
    rows = list(_rows(content))
    names = [name.strip() for name in rows[0][1]] if rows else []
    if _PATH not in names:
        raise TranslationRefused(
            "The first row has no column path.", hint="Write the table out to see how it looks.", rows=[1]
        )
    languages = [name for name in names if name not in (_PATH, "")]
    odd = next((name for name in languages if not _LANGUAGE.fullmatch(name)), None)
    if odd is not None or len(set(languages)) < len(languages):
        raise TranslationRefused(
            f"{odd!r} is no language." if odd is not None else "A language has two columns.",
            hint="Columns are path, and languages such as fa, ar, en.",
            rows=[1],
        )
    said, known = texts(survey), set(paths(survey))
    changed: dict[str, Words] = {}
    for number, cells in rows[1:]:
        row = dict(zip(names, cells, strict=False))
        path = row.get(_PATH, "").strip()
        if not path and not any(row.values()):
            continue
        if path not in known or path in changed:
            problem = "is there twice" if path in changed else "is no text of this survey"
            raise TranslationRefused(
                f"{path[:200]!r} {problem}.", hint=nearest(path, known), rows=[number], path=path[:200]
            )
        changed[path] = _words(
            said.get(path, {}), {each: row.get(each, "") for each in languages if each in row}
        )
    added = [
        each
        for each in languages
        if each not in survey.languages and any(each in w for w in changed.values())
    ]
    return msgspec.structs.replace(with_texts(survey, changed), languages=(*survey.languages, *added))


def _words(now: Words, cells: dict[str, str]) -> Words:
    """Return the words with what the cells say; a text that only differs in its line ends stays."""
    found = dict(now)
    for language, cell in cells.items():
        text = _lines(_harmed(cell))
        if text == _lines(found.get(language, "")):
            continue
        if text.strip():
            found[language] = text
        else:
            found.pop(language, None)
    return found


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table with their numbers."""
    if len(content) > MOST_BYTES:
        raise TranslationRefused(
            f"{len(content)} bytes are more than a survey has.",
            hint="Is this the right file?",
            rows=list[Json](),
        )
    text = _decoded(content)
    marked = _SEPARATOR.match(text)
    skipped = 1 if marked else 0
    text = text[marked.end() :] if marked else text
    first = text.partition("\n")[0]
    delimiter = marked[1] if marked else max(",;\t", key=first.count)
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1 + skipped)
    except csv.Error as error:
        raise TranslationRefused(f"This is no CSV: {error}.", hint="Save it as “CSV UTF-8”.") from error


def _decoded(content: bytes) -> str:
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        # so Excel saves “CSV” in Persian and Arabic Windows: every byte is a sign there, words have to come of it
        arabic = "" if wide else content.decode("cp1256")
        if _ARABIC.search(arabic) and "\x00" not in arabic:
            return arabic
        raise TranslationRefused("The file is no text in UTF-8.", hint="Save it as “CSV UTF-8”.") from error


def _harmless(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _harmed(cell: str) -> str:
    """Return a cell as it was before it was made harmless."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
