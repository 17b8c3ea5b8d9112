"""Every caveat that a lived map, its evidence or its comparison can carry has a sentence in each language."""

import re
from pathlib import Path

import pytest

import safar
from safar.show.locale import Locale
from safar.vocabulary.answer import Note

ROOM = Path(safar.__file__).parent
FILES = [
    *ROOM.glob("maps/*.py"),
    *ROOM.glob("observe/conformance*.py"),
    *ROOM.glob("observe/promises*.py"),
    *ROOM.glob("observe/thread.py"),
    *ROOM.glob("listen/*.py"),
]
#: Codes as they are written: plain, or of each metric.
CODE = re.compile(
    r'f?"((?:map|evidence|conformance|promise|thread|response|nps|csat|ces|\{metric\})\.[a-z_]+)"'
)
ERRORS = re.compile(r'^\s+code = "([a-z_.]+)"', re.MULTILINE)


def codes() -> set[str]:
    texts = {path.name: path.read_text() for path in FILES}
    # Codes of refusals are said as errors; in the evidence a variable has that name.
    errors = {code for name, text in texts.items() if name != "evidence.py" for code in ERRORS.findall(text)}
    noted = {
        code
        for text in texts.values()
        if re.search(r"import .*\bNote\b", text)
        for code in CODE.findall(text)
    }
    return {code.replace("{metric}", metric) for code in noted - errors for metric in ("nps", "csat", "ces")}


CODES = sorted(codes())


def test_the_codes_are_found() -> None:
    assert {"map.overlap", "map.no_amount", "nps.repeated", "csat.other_scale", "conformance.open"} <= set(
        CODES
    )
    assert {"evidence.supported", "evidence.contradicted", "evidence.noted"} <= set(CODES)


@pytest.mark.parametrize("language", ["fa", "ar", "en"])
@pytest.mark.parametrize("code", CODES)
@pytest.mark.usefixtures("web_home")
def test_each_code_has_a_sentence(code: str, language: str) -> None:
    from django.utils import translation

    from safar.doors.web.living.note_sentences import NOTE_SENTENCES, note_sentence

    assert code in NOTE_SENTENCES
    with translation.override(language):
        said = note_sentence(Note.of(code, count=3), Locale(language))
    assert code not in said
    assert "%(" not in said
    assert said.rstrip("\u2069").endswith(".")
    if language != "en":
        assert re.search("[\u0600-\u06ff]", said)
