"""What may change between two versions of a survey: words may, what a question key measures may not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from safar.vocabulary.errors import Json

from .anatomy import Page, Survey
from .checks_of_keys import Measure, measures, measures_of
from .findings import Finding
from .paths import asked
from .piping import named
from .questions import Question, Words
from .texts import texts, with_texts

Change = Literal["added", "removed", "reworded", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that is not as it was.

    Attributes
    ----------
    change
        ``added``, ``removed``, ``reworded`` (the same but for its words) or ``changed`` otherwise.
    """

    question_id: str
    change: Change


def compatible(old: Survey, new: Survey) -> tuple[Finding, ...]:
    """Return what keeps a survey from being the next version of another: errors, and what is worth a look.

    A question key keeps its metric, scale and direction for ever, for answers of all versions are counted together.
    An id of a choice, a row or a column that was taken away is worth a look, and so is one whose words are others in
    every language: answers that were given would be read in the new words.

    Notes
    -----
    Answers keep the version they were given to, so the words that respondents read can always be shown.
    """
    return (*against(measures_of(old), new), *_part_changes(old, new))


def against(known: Mapping[str, Measure], new: Survey) -> Iterator[Finding]:
    """Yield question keys of a survey that measure something else than is known of them.

    Parameters
    ----------
    known
        Measures by question key: of an earlier version, or of all that a workspace ever asked.
    """
    for path, _, question in asked(new):
        for key, measure in measures(question).items():
            was = known.get(key)
            if was is not None and was != measure:
                facts: dict[str, Json] = {"key": key, "was": _told(was), "now": _told(measure)}
                yield Finding("version.key_changed", f"{path}.key", facts)


def _told(measure: Measure) -> Json:
    return {
        "metric": measure.metric,
        "scale": None if measure.scale is None else list[Json](measure.scale),
        "direction": measure.direction,
    }


def differences(old: Survey, new: Survey) -> tuple[Difference, ...]:
    """Return the questions that differ, in the order of the new version, those removed last."""
    before, after = _by_id(old), _by_id(new)
    found: list[Difference] = []
    for name, question in after.items():
        if name not in before:
            found.append(Difference(name, "added"))
        elif question != before[name]:
            is_same = _bare(question) == _bare(before[name])
            found.append(Difference(name, "reworded" if is_same else "changed"))
    return (*found, *(Difference(name, "removed") for name in before if name not in after))


def _by_id(survey: Survey) -> dict[str, Question]:
    return {each.question_id: each for each in survey.questions}


def _bare(question: Question) -> Question:
    """Return a question without its words."""
    alone = Survey(pages=(Page(page_id="p", questions=(question,)),))
    return with_texts(alone, {path: {} for path in texts(alone)}).questions[0]


def _parts(survey: Survey) -> dict[tuple[str, str], Words]:
    """Return the words of all that can be chosen or rated, by question and id."""
    return {
        (question.question_id, part): words
        for question in survey.questions
        for part, words in (
            *named(question).items(),
            *((row.choice_id, row.words) for row in getattr(question, "rows", ())),
        )
    }


def _part_changes(old: Survey, new: Survey) -> Iterator[Finding]:
    """Yield parts of questions that were taken away, or are called otherwise in every language."""
    before, after = _parts(old), _parts(new)
    paths = {question.question_id: path for path, _, question in asked(new)}
    for (question_id, part), words in before.items():
        if question_id not in paths:
            continue
        now = after.get((question_id, part))
        path, facts = paths[question_id], {"question": question_id, "part": part}
        if now is None:
            yield Finding("version.part_removed", path, dict(facts))
        elif words and not any(now.get(language) == text for language, text in words.items()):
            yield Finding("version.part_renamed", path, dict(facts))
