"""Kano out of a log: features that a survey asked about twice, if it were there and if it were missing.

Both answers are choices of `kano.ANSWERS`, under the keys ``<feature>.there`` and ``<feature>.missing``: a table of two
rows in a survey gives just these.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.listen.answer_rows import CHOICES, NoSuchScore, all_answers
from safar.listen.surveys import QUESTION
from safar.observe.among import EVERYBODY, Among
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, normal_quantile
from safar.vocabulary.window import Window

from .kano import ANSWERS, Category, Kano, category_of, of_counts

if TYPE_CHECKING:
    from safar.store.extracts import Rows
    from safar.store.log import Log

#: What a key ends in, of the question about a feature that is there, and of the one where it is missing.
THERE: Final = ".there"
MISSING: Final = ".missing"

_EVER: Final = Window.from_us(-(1 << 55), 1 << 55)
#: With fewer people a category is hardly more than chance.
_FEW: Final = 30
_CATEGORIES: Final[tuple[Category, ...]] = (
    "must_be",
    "one_dimensional",
    "attractive",
    "indifferent",
    "reverse",
    "questionable",
)


@dataclass(frozen=True, slots=True)
class KanoQuestion:
    """Which features are taken for granted, which please the more of them there is, which delight?

    Parameters
    ----------
    features
        Their keys, without ``.there`` and ``.missing``; all that were asked about when empty.
    window
        Answers in this stretch of time; all when None.
    among
        Whose.
    level
        Confidence level.

    Raises
    ------
    ImpossibleLevel
    """

    features: tuple[str, ...] = ()
    window: Window | None = field(default=None, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class KanoFeature:
    """How people see one feature.

    Attributes
    ----------
    feature
        Its key.
    found
        See `kano.Kano`.
    """

    feature: str
    found: Kano


@dataclass(frozen=True, slots=True)
class KanoAnswer:
    """How people see features, those that annoy most where they are missing first.

    Attributes
    ----------
    features
        One for each that was asked about.
    customers
        Who answered both questions about any.
    notes
        ``kano.unpaired``: answers to one of the two questions alone, left out; ``kano.few`` for each ``feature`` of
        fewer than 30 people, with the ``count`` of them; ``kano.questionable`` for each ``feature`` where more than a
        tenth contradict themselves.
    """

    features: tuple[KanoFeature, ...]
    customers: int
    notes: tuple[Note, ...]
    provenance: Provenance

    def __getitem__(self, feature: str) -> Kano:
        return next(each.found for each in self.features if each.feature == feature)

    @property
    def table(self) -> Table:
        """One row a feature: its category, people by category, better and worse."""
        found = [each.found for each in self.features]
        return Table.of(
            {
                "feature": [each.feature for each in self.features],
                "category": [each.category for each in found],
                "is_clear": [each.is_clear for each in found],
                "people": [each.n for each in found],
                **{name: [each.counts[name] for each in found] for name in _CATEGORIES},
                **estimates("better", [each.better for each in found]),
                **estimates("worse", [each.worse for each in found]),
            }
        )


def kano_of(log: Log, question: KanoQuestion) -> KanoAnswer:
    """Answer how people see features.

    Parameters
    ----------
    log
        Whose answers.
    question
        Which features.

    Raises
    ------
    NoSuchScore
        No feature was asked about twice, or not the one that is named.
    """
    rows = all_answers(log, question.window or _EVER)
    if question.among.segment is not None:
        members = [question.among.of(shard).person for shard in log.paths().shards]
        rows = rows.where(np.isin(rows.person, np.concatenate(members)) if members else np.zeros(0, np.bool_))
    there, missing = (_answers(rows, end) for end in (THERE, MISSING))
    asked = {feature for feature, _ in there} & {feature for feature, _ in missing}
    wanted = question.features or tuple(sorted(asked))
    unknown = [feature for feature in wanted if feature not in asked]
    if unknown or not wanted:
        raise NoSuchScore(
            f"Nobody was asked twice about {unknown[0]!r}."
            if unknown
            else "No feature was asked about twice.",
            hint=f"Answers stand under the keys <feature>{THERE} and <feature>{MISSING}: {', '.join(ANSWERS)}.",
            question_key=unknown[0] if unknown else "",
        )
    notes: list[Note] = []
    chosen = set(wanted)
    alone = sum(feature in chosen for feature, _ in there.keys() ^ missing.keys())
    if alone:
        notes.append(Note.of("kano.unpaired", count=alone))
    found, people = [], set()
    for feature in wanted:
        counts: Counter[Category] = Counter()
        for key, answer in there.items():
            if key[0] == feature and key in missing:
                counts[category_of(answer, missing[key])] += 1
                people.add(key[1])
        if not counts:
            continue
        seen = of_counts(counts, level=question.level)
        found.append(KanoFeature(feature, seen))
        if seen.n < _FEW:
            notes.append(Note.of("kano.few", feature=feature, count=seen.n))
        elif seen.counts["questionable"] > seen.n / 10:
            notes.append(Note.of("kano.questionable", feature=feature, count=seen.counts["questionable"]))
    return KanoAnswer(
        tuple(sorted(found, key=lambda each: (_worse(each.found), each.feature))),
        len(people),
        tuple(notes),
        Provenance(question, log.paths().version, len(rows.person)),
    )


def _worse(found: Kano) -> float:
    return found.worse.value if found.worse else 0.0


def _answers(rows: Rows, end: str) -> dict[tuple[str, int], str]:
    """Return the last answer of each person about each feature, to the question whose key ends so."""
    questions, choices = rows.fields[QUESTION], rows.fields[CHOICES]
    asked = np.array([text.endswith(end) and len(text) > len(end) for text in questions.texts], np.bool_)
    ours = np.flatnonzero(asked[questions.values]) if len(asked) else np.zeros(0, np.int64)
    said = [_answer(text) for text in choices.texts]
    found = {}
    for person, key, choice in _in_order(rows, ours):
        answer = said[choice]
        if answer:
            found[questions.texts[key].removesuffix(end), person] = answer
    return found


def _in_order(
    rows: Rows, places: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> Iterator[tuple[int, int, int]]:
    """Yield person, key and choice of rows from the oldest on."""
    order = places[np.argsort(rows.time[places], kind="stable")]
    yield from zip(
        rows.person[order].tolist(),
        rows.fields[QUESTION].values[order].tolist(),
        rows.fields[CHOICES].values[order].tolist(),
        strict=True,
    )


def _answer(text: str) -> str:
    """Return the answer that an event's choices tell; empty where they tell none of Kano."""
    try:
        found = json.loads(text) if text else []
    except ValueError:
        return text if text in ANSWERS else ""
    only = found[0] if isinstance(found, list) and len(found) == 1 else ""
    return only if only in ANSWERS else ""
