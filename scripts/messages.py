"""Translations: bring the catalogues up to date with the sources, compile them, and check that nothing is
missing.

    .venv/bin/python scripts/messages.py             extract, merge and compile
    .venv/bin/python scripts/messages.py --check     fail on what is missing, doubtful, stale or wrongly
    filled in .venv/bin/python scripts/messages.py --compile   only compile (set-up does this)

A desk with a folder ``locale`` keeps its own catalogues there; everything else stands in ``src/safar/locale``. A text
that stands in several catalogues is translated alike in all of them.

Python sources are read as syntax trees, templates by Django's own templatizer, catalogues by polib: no
gettext binary is needed.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "safar"
WEB = SOURCES / "doors" / "web"
LOCALE = SOURCES / "locale"
PLURALS = {
    "fa": "nplurals=2; plural=(n > 1);",
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
}
#: How each function that marks a text takes it: places of context, singular, plural.
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "ngettext": (None, 0, 1),
    "ngettext_noop": (None, 0, 1),
    "npgettext": (0, 1, 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")

Key = tuple[str | None, str]


@dataclass
class Message:
    """A text of the sources: its plural, and where it stands."""

    plural: str = ""
    places: list[str] = field(default_factory=list)


def messages() -> dict[Path, dict[Key, Message]]:
    """Return every text of sources and templates by context and singular, for each folder of catalogues."""
    found: dict[Path, dict[Key, Message]] = {LOCALE: {}}
    for path in sorted(SOURCES.rglob("*.py")):
        texts = found.setdefault(locale_of(path), {})
        read_python(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix(), texts)
    for path in sorted((*WEB.rglob("templates/**/*.html"), *WEB.rglob("templates/**/*.txt"))):
        texts = found.setdefault(locale_of(path), {})
        read_template(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix(), texts)
    return found


def locale_of(source: Path) -> Path:
    """Return the folder of catalogues for a source: its desk's own one, else the one of the house."""
    if source.is_relative_to(WEB) and source.parent != WEB:
        own = WEB / source.relative_to(WEB).parts[0] / "locale"
        if own.is_dir():
            return own
    return LOCALE


def read_python(source: str, place: str, found: dict[Key, Message]) -> None:
    """Add the texts that a Python source marks."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in FUNCTIONS or len(node.args) <= (FUNCTIONS[name][2] or FUNCTIONS[name][1]):
            continue
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
        context_at, singular_at, plural_at = FUNCTIONS[name]
        singular = texts[singular_at]
        if not isinstance(singular, str):
            continue  # a variable: its text was marked where it was written
        context = texts[context_at] if context_at is not None else None
        message = found.setdefault((context, singular), Message())
        if plural_at is not None:
            message.plural = texts[plural_at]
        message.places.append(place)


def read_template(source: str, place: str, found: dict[Key, Message]) -> None:
    """Add the texts that a template marks; Django turns the template into Python-like lines first."""
    from django.utils.translation.template import templatize  # only for templates

    lines = templatize(source, origin=place)
    for call in re.finditer(r"\b(?:gettext|pgettext|ngettext|npgettext)\((?:u?[\"'].*?)\)[ \n]", lines):
        text = call.group(0).rstrip()
        depth = text.count("(") - text.count(")")
        read_python(re.sub(r"\bu(['\"])", r"\1", text) + ")" * depth, place, found)


def catalogue(folder: Path, language: str) -> polib.POFile:
    """Return a folder's catalogue of a language, a new one where there is none."""
    path = folder / language / "LC_MESSAGES" / "django.po"
    if path.exists():
        return polib.pofile(str(path), wrapwidth=110)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = polib.POFile(wrapwidth=110)
    made.fpath = str(path)
    return made


def merged(folder: Path, language: str, found: dict[Key, Message]) -> polib.POFile:
    """Return the catalogue with exactly the texts of the sources; known translations stay."""
    before = {(entry.msgctxt, entry.msgid): entry for entry in catalogue(folder, language)}
    after = catalogue(folder, language)
    after.clear()
    after.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    for (context, singular), message in sorted(
        found.items(), key=lambda item: (item[1].places[0], item[0][1])
    ):
        known = before.get((context, singular))
        entry = polib.POEntry(
            msgid=singular,
            msgctxt=context,
            msgid_plural=message.plural,
            occurrences=[(place, "") for place in sorted(set(message.places))],
        )
        if message.plural:
            forms = int(re.match(r"nplurals=(\d)", PLURALS[language]).group(1))  # type: ignore[union-attr]
            old = known.msgstr_plural if known else {}
            entry.msgstr_plural = {form: old.get(form, "") for form in range(forms)}
        else:
            entry.msgstr = known.msgstr if known else ""
        if known:
            entry.flags, entry.comment, entry.tcomment = known.flags, known.comment, known.tcomment
        after.append(entry)
    return after


def faults(folder: Path, language: str, found: dict[Key, Message]) -> Iterator[str]:
    """Yield what is wrong with a catalogue."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue(folder, language)}
    for key in found.keys() - known.keys():
        yield f"{language}: not in the catalogue: {key[1]!r}"
    for key in known.keys() - found.keys():
        yield f"{language}: no longer in the sources: {key[1]!r}"
    for key in found.keys() & known.keys():
        entry, message = known[key], found[key]
        texts = list(entry.msgstr_plural.values()) if message.plural else [entry.msgstr]
        if entry.fuzzy:
            yield f"{language}: fuzzy: {key[1]!r}"
        if not texts or not all(text.strip() for text in texts):
            yield f"{language}: not translated: {key[1]!r}"
            continue
        wanted = set(PLACEHOLDER.findall(key[1])) | set(PLACEHOLDER.findall(message.plural))
        for text in texts:
            filled = set(PLACEHOLDER.findall(text))
            # A plural form for exactly one or two may say the number in words.
            if filled - wanted or (wanted - filled - ({"count"} if message.plural else set())):
                yield f"{language}: other placeholders than {sorted(wanted)} in {text!r}"
            if key[1][-1:] in ".?" and text[-1:] not in ".?؟":
                yield f"{language}: ends without a mark: {text!r}"


def quarrels(language: str, folders: Iterable[Path]) -> Iterator[str]:
    """Yield the texts that two catalogues of a language translate differently."""
    said: dict[tuple[str | None, str, bool], object] = {}
    for folder in folders:
        for entry in catalogue(folder, language):
            key = (entry.msgctxt, entry.msgid, bool(entry.msgid_plural))
            text = entry.msgstr_plural or entry.msgstr
            if said.setdefault(key, text) != text:
                yield f"{language}: translated in two ways: {entry.msgid!r}: {said[key]!r} and {text!r}"


def compiled(folder: Path, language: str) -> None:
    """Write the binary catalogue beside the text one, unless it is there and newer."""
    source = folder / language / "LC_MESSAGES" / "django.po"
    target = source.with_suffix(".mo")
    if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
        polib.pofile(str(source)).save_as_mofile(str(target))


def main() -> int:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="fail when a catalogue is not complete")
    action.add_argument("--compile", action="store_true", help="only compile")
    asked = parser.parse_args()
    if asked.compile:
        for path in sorted(SOURCES.rglob("locale/*/LC_MESSAGES/django.po")):
            compiled(path.parents[2], path.parents[1].name)
        return 0
    found = messages()
    if asked.check:
        wrong = [
            line
            for language in PLURALS
            for folder, texts in found.items()
            for line in sorted(faults(folder, language, texts))
        ]
        wrong += [line for language in PLURALS for line in quarrels(language, found)]
        count = sum(len(texts) for texts in found.values())
        print("\n".join(wrong) or f"{count} texts, all translated to {', '.join(PLURALS)}")
        return 1 if wrong else 0
    for folder, texts in found.items():
        for language in PLURALS:
            merged(folder, language, texts).save()
            compiled(folder, language)
    return 0


if __name__ == "__main__":
    sys.exit(main())
