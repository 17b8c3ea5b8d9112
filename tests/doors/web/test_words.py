"""Words: every error code and caveat has its sentence in three languages, catalogues are complete, numbers isolated."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import messages
import pytest

import safar
from safar.vocabulary.answer import Note
from safar.vocabulary.errors import known_codes


@pytest.fixture(scope="session")
def codes(web_home) -> list[str]:
    """Every error code of Safar, after importing all of it."""
    for module in pkgutil.walk_packages(safar.__path__, "safar."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    return sorted(code for code, error in known_codes().items() if error.__module__.startswith("safar."))


def test_every_error_code_has_a_sentence_of_its_own(codes) -> None:
    from safar.doors.web.error_sentences import all_sentences

    sentences = all_sentences()
    assert len(codes) > 80
    assert [code for code in codes if code not in sentences] == []
    assert sorted(set(sentences) - set(codes) - {"safar"}) == []


@pytest.mark.parametrize("language", ["fa", "ar"])
def test_every_error_sentence_is_translated(codes, language) -> None:
    from django.utils import translation

    from safar.doors.web.error_sentences import all_sentences, sentence_of

    with translation.override("en"):
        english = {code: sentence_of(code) for code in all_sentences()}
    with translation.override(language):
        translated = {code: sentence_of(code) for code in all_sentences()}
    assert [code for code in all_sentences() if translated[code] == english[code]] == []
    assert [code for code, text in translated.items() if not re.search("[\u0600-\u06ff]", text)] == []


def test_a_code_of_tomorrow_still_gets_a_sentence(web_home) -> None:
    from safar.doors.web.error_sentences import sentence_of

    assert sentence_of("tomorrow.unheard_of") == "Something went wrong."


def caveats() -> list[str]:
    """Return the codes of all notes that the library's sources name."""
    found = set()
    for path in Path(safar.__file__).parent.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "/doors/" in path.as_posix() or "notes_with_facts" not in source:
            continue
        found |= set(re.findall(r'\("((?:conversion|response|revenue)\.\w+)"', source))
        found |= {
            f"{metric}.{rest}"
            for rest in re.findall(r'f"\{metric\}\.(\w+)"', source)
            for metric in ("nps", "csat", "ces")
        }
    return sorted(found)


def test_every_caveat_has_a_sentence(web_home) -> None:
    from safar.doors.web.today.definitions import NOTE_SENTENCES

    assert caveats() == sorted(NOTE_SENTENCES)
    assert len(caveats()) == 16


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 11, 100, 1234])
def test_a_caveat_reads_in_every_number(web_home, language, count) -> None:
    from django.utils import translation

    from safar.doors.web.today.definitions import NOTE_SENTENCES, note_sentence
    from safar.show.locale import Locale

    with translation.override(language):
        sentences = [note_sentence(Note.of(code, count=count), Locale(language)) for code in NOTE_SENTENCES]
    assert all("%(" not in sentence for sentence in sentences)
    if language == "fa":
        assert all(re.search("[۰-۹]", sentence) for sentence in sentences)


def test_catalogues_are_complete() -> None:
    found = messages.messages()
    assert [
        fault
        for language in messages.PLURALS
        for folder, texts in found.items()
        for fault in messages.faults(folder, language, texts)
    ] == []
    assert [line for language in messages.PLURALS for line in messages.quarrels(language, found)] == []


def test_every_text_of_the_templates_is_found() -> None:
    found = {singular for texts in messages.messages().values() for _, singular in texts}
    templates = list((messages.SOURCES / "doors" / "web").rglob("templates/**/*.html"))
    assert len(templates) >= 10
    marked = [
        text for path in templates for text in re.findall(r'{% translate "([^"]+)"', path.read_text("utf-8"))
    ]
    assert len(marked) > 25
    assert [text for text in marked if text.replace("%", "%%") not in found] == []  # as Django asks for it


def test_the_check_sees_what_is_wrong(tmp_path) -> None:
    key = (None, "%(count)s orders.")
    found = {key: messages.Message(places=["a.py"])}
    messages.merged(tmp_path, "fa", found).save()
    assert list(messages.faults(tmp_path, "fa", found)) == ["fa: not translated: '%(count)s orders.'"]
    catalogue = messages.catalogue(tmp_path, "fa")
    catalogue[0].msgstr = "%(n)s سفارش"
    catalogue[0].flags = ["fuzzy"]
    catalogue.save()
    assert sorted(messages.faults(tmp_path, "fa", found)) == [
        "fa: ends without a mark: '%(n)s سفارش'",
        "fa: fuzzy: '%(count)s orders.'",
        "fa: other placeholders than ['count'] in '%(n)s سفارش'",
    ]
    assert list(messages.faults(tmp_path, "fa", {})) == ["fa: no longer in the sources: '%(count)s orders.'"]
    assert list(messages.faults(tmp_path, "ar", found)) == ["ar: not in the catalogue: '%(count)s orders.'"]


def test_merging_keeps_what_was_translated_and_drops_what_is_gone(tmp_path) -> None:
    first = {
        (None, "Orders"): messages.Message(places=["a.py"]),
        ("period", "Day"): messages.Message(places=["a.py"]),
    }
    catalogue = messages.merged(tmp_path, "ar", first)
    catalogue.find("Orders").msgstr = "الطلبات"
    catalogue.save()
    second = {(None, "Orders"): messages.Message(places=["b.py"])}
    merged = messages.merged(tmp_path, "ar", second)
    assert [(entry.msgid, entry.msgstr) for entry in merged] == [("Orders", "الطلبات")]


@pytest.mark.parametrize(
    ("words", "direction"),
    [
        ("\u2068\u200e۲۲٪\u2069 منفی، از \u2068۲۸۷\u2069 نظر", ' dir="rtl"'),
        ("\u200e−۳٫۲ میلیون", ' dir="rtl"'),
        ("\u200e−۳٫۲", ""),
        ("\u200e22% negative", ""),
        ("منفی: \u2068\u200e۲۲٪\u2069", ""),
    ],
)
def test_words_around_a_number_keep_their_direction(words, direction) -> None:
    from safar.doors.web.design.templatetags.page import num

    assert num(words) == f'<bdi class="num"{direction}>{words}</bdi>'


def test_numbers_in_a_sentence_are_isolated() -> None:
    from safar.doors.web.design.words import filled

    assert filled("%(a)s: %(b)s", a="۹۵٪", b="۳۲٪") == "\u2068۹۵٪\u2069: \u2068۳۲٪\u2069"


@pytest.mark.parametrize(
    ("sentence", "name", "said"),
    [
        (
            "«%(name)s» کنار گذاشته شد",
            "«آسان بود.» موافقید؟",
            "«\u2068‹آسان بود.› موافقید؟\u2069» کنار گذاشته شد",
        ),
        ("“%(name)s” is left out", "“It was easy.”", "“\u2068‘It was easy.’\u2069” is left out"),
        ("%(name)s: left out", "“It was easy.”", "\u2068“It was easy.”\u2069: left out"),
    ],
)
def test_a_quotation_in_a_quotation_has_marks_of_its_own(sentence, name, said) -> None:
    from safar.doors.web.design.words import filled

    assert filled(sentence, name=name) == said


def test_digits_of_codes_stay_as_they_are_typed(web_home) -> None:
    from safar.doors.web.design.reader import Reader
    from safar.doors.web.design.templatetags.page import shaped

    text = "Such as https://example.com/v1 or 30d. At most 12, or 3."
    assert shaped(text, Reader("fa")) == "Such as https://example.com/v1 or 30d. At most ۱۲, or ۳."
    assert shaped("[" * 300_000 + " 7", Reader("fa")).endswith("[ ۷"), "a word of any length is read once"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b>Sara</b> · cus-0000466", '&lt;b&gt;Sara&lt;/b&gt; · <span class="code-word">cus-0000466</span>'),
        ("respondent-gVc4VVO-3VYT6EusEhZUFw", "respondent-gVc4VVO-3VYT6EusEhZUFw"),
        ("−5 - 3", "−5 - 3"),
    ],
)
def test_a_short_code_does_not_break_at_its_hyphens(text, html) -> None:
    from safar.doors.web.design.templatetags.page import codes_whole

    assert codes_whole(text) == html
