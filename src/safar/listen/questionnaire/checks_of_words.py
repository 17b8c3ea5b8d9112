"""Checks of words: is everything said in every language, and does every placeholder stand for something."""

from __future__ import annotations

from collections.abc import Iterator

from safar.vocabulary.errors import Json

from .anatomy import Survey
from .findings import Finding
from .logic import REFERENCES
from .paths import asked
from .piping import ITEM, placeholders
from .precedence import Precedence
from .texts import texts


def words(survey: Survey) -> Iterator[Finding]:
    """Yield texts and placeholders that are missing."""
    if not survey.languages:
        yield Finding("survey.no_language", "languages")
        return
    for path, _, question in asked(survey):
        if not any(question.title.values()) and not any(question.about.values()):
            yield Finding("words.none", f"{path}.title", {"question": question.question_id})
    precedence = Precedence(survey)
    for path, said in texts(survey).items():
        if path.startswith("quotas["):
            continue  # read by members alone
        missing = [each for each in survey.languages if not said.get(each)]
        if missing:
            yield Finding("words.missing", path, {"languages": list[Json](missing)})
        yield from _placeholders(survey, precedence, path, said)


def _placeholders(
    survey: Survey, precedence: Precedence, path: str, said: dict[str, str]
) -> Iterator[Finding]:
    first = said.get(survey.languages[0], "")
    wanted = dict.fromkeys(placeholders(first))
    for language, text in said.items():
        lost = [name for name in wanted if text and name not in placeholders(text)]
        if lost:
            yield Finding("words.placeholder_lost", path, {"language": language, "names": list[Json](lost)})
    for name in dict.fromkeys(name for text in said.values() for name in placeholders(text)):
        facts: dict[str, Json] = {"name": name}
        if not _stands_for(survey, path, name):
            yield Finding("words.placeholder_unknown", path, facts)
        elif name.startswith("question.") and not precedence.is_given(name, path):
            yield Finding("words.placeholder_later", path, facts)


def _stands_for(survey: Survey, path: str, name: str) -> bool:
    """Whether there is anything that a placeholder names."""
    kind, _, rest = name.partition(".")
    if name == ITEM:
        return any(page.repeats_for and path.startswith(f"pages[{page.page_id}]") for page in survey.pages)
    if not name.startswith(REFERENCES):
        return False
    known = {
        "question": [each.question_id for each in survey.questions],
        "variable": [each.name for each in survey.variables],
        "hidden": [each.name for each in survey.hidden],
        "respondent": ["language"],
    }
    return rest.partition(".")[0].partition("@")[0] in known[kind]
