"""Answers that stand for all answers, as far as the logic of a survey can tell them apart.

A condition sees of an answer only on which side of its constants it lies. So a few answers of each question, one for
every combination that its conditions can tell apart, stand for all of them, and following those is following all ways.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, pairwise, permutations, product
from typing import Any, Final

from safar.vocabulary.text import fold

from . import questions as kinds
from .anatomy import Answer, Survey
from .conditions import Condition, Test
from .logic import leaves, number_of
from .reading_tasks import places

#: More answers of one question are not followed.
_MOST: Final = 64
#: What no condition will look for.
_NEUTRAL: Final = "§"
_DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Samples:
    """Answers that stand for all.

    Attributes
    ----------
    answers
        None among them is leaving the question without an answer. Empty: it cannot be answered, and must be.
    is_whole
        Whether the logic can tell no further answers apart.
    """

    answers: tuple[Answer | None, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Uses:
    """What the logic looks at in a question.

    Attributes
    ----------
    tests
        Tests of it, with the row (or empty) that each looks at.
    takes_value
        A calculation takes its value.
    takes_choices
        A page is repeated for its choices.
    """

    tests: tuple[tuple[str, Test], ...] = ()
    takes_value: bool = False
    takes_choices: bool = False

    @property
    def rows(self) -> tuple[str, ...]:
        """Rows that are looked at."""
        return tuple(dict.fromkeys(row for row, _ in self.tests if row))

    def of_row(self, row: str) -> Uses:
        """Return the uses of one row."""
        return Uses(tuple(("", test) for own, test in self.tests if own == row), self.takes_value)

    @property
    def numbers(self) -> tuple[float, ...]:
        """Numbers that it is compared with, ascending."""
        found = (number_of(test.value) for _, test in self.tests)
        return tuple(sorted({each for each in found if each is not None}))

    @property
    def texts(self) -> tuple[str, ...]:
        """Texts that it is compared with."""
        return tuple(dict.fromkeys(str(test.value) for _, test in self.tests if test.value is not None))

    @property
    def orders(self) -> bool:
        """Whether it is asked what is more and what is less."""
        return any(test.compares in ("<", "<=", ">", ">=") for _, test in self.tests)


def conditions_of(survey: Survey) -> Iterator[Condition | None]:
    """Yield every condition of a survey, those that are not there too; without those of quotas."""
    for page in survey.pages:
        yield page.show_when
        for question in page.questions:
            yield question.show_when
    for group in (survey.jumps, survey.calculations, survey.endings):
        for part in group:
            yield part.when


def uses_of(survey: Survey) -> dict[str, Uses]:
    """Return what the logic of a survey looks at, by question id; questions it does not look at are left out."""
    found: dict[str, list[tuple[str, Test]]] = {}
    for test in chain.from_iterable(map(leaves, conditions_of(survey))):
        kind, _, rest = test.of.partition(".")
        if kind == "question":
            name, _, row = rest.partition(".")
            found.setdefault(name.partition("@")[0], []).append((row, test))
    values = {
        str(each.value).split(".")[1].partition("@")[0]
        for each in survey.calculations
        if isinstance(each.value, str) and each.value.startswith("question.")
    }
    repeated = {page.repeats_for for page in survey.pages if page.repeats_for}
    return {
        name: Uses(tuple(found.get(name, ())), name in values, name in repeated)
        for name in dict.fromkeys((*found, *sorted(values), *sorted(repeated)))
    }


def samples(question: kinds.Question, uses: Uses | None = None) -> Samples:
    """Return answers that stand for all answers of a question.

    Parameters
    ----------
    uses
        What the logic looks at; nothing when None.
    """
    uses = uses or Uses()
    given, is_whole = _SAMPLES[type(question)](question, uses)
    answers: list[Answer | None] = []
    for each in given:
        if each not in answers:
            answers.append(each)
        if len(answers) > _MOST:
            is_whole = False
            break
    if question.can_not_apply:
        answers.append(Answer(does_not_apply=True))
    if not question.is_required or isinstance(question, kinds.Statement):
        answers.append(None)
    return Samples(tuple(answers), is_whole)


def texts_for(constants: Sequence[str]) -> tuple[str, ...]:
    """Return texts that equal, hold or lack each of these constants, and one that has to do with none."""
    held = [
        " ".join(some)
        for size in (1, 2, 3)
        for some in combinations(constants, size)
        if any(map(str.strip, some))
    ]
    return tuple(dict.fromkeys((_NEUTRAL, *held, *(f"{each} {_NEUTRAL}" for each in held))))


_Given = tuple[Iterable[Answer], bool]


def _steps(uses: Uses, lowest: int, highest: int, step: int = 1) -> tuple[list[float], bool]:
    """Return numbers on either side of, and at, every number compared with; whether they stand for all."""
    count = (highest - lowest) // step + 1
    if count <= _MOST:
        return [float(lowest + step * place) for place in range(count)], True
    places = {0, count // 2, count - 1}
    for each in uses.numbers:
        place = math.floor((each - lowest) / step)
        places |= {place - 1, place, place + 1}
    return [float(lowest + step * each) for each in sorted(places) if 0 <= each < count], not uses.takes_value


def _points(uses: Uses, question: Any) -> tuple[list[float], bool]:
    scale = question.scale
    return _steps(
        uses, scale.lowest, scale.highest, question.step if isinstance(question, kinds.Slider) else 1
    )


def _score(question: kinds.Scored, uses: Uses) -> _Given:
    points, is_whole = _points(uses, question)
    return (Answer(value=each) for each in points), is_whole


def _mentioned(parts: Sequence[kinds.Choice], uses: Uses) -> list[kinds.Choice]:
    """Return the choices that the logic tells apart, and two it does not."""
    if uses.takes_choices or uses.takes_value or uses.orders:
        return list(parts)
    if uses.numbers and any(number_of(each.choice_id) is not None for each in parts):
        return list(parts)
    wanted = {fold(each) for each in uses.texts}
    named = [each for each in parts if fold(each.choice_id) in wanted or each.is_exclusive or each.is_other]
    return [*named, *[each for each in parts if each not in named][:2]]


def _contains(uses: Uses) -> bool:
    return any(test.compares == "contains" for _, test in uses.tests)


def _single(question: kinds.Single, uses: Uses) -> _Given:
    def given() -> Iterator[Answer]:
        for each in _mentioned(question.choices, uses):
            for text in texts_for(uses.texts) if each.is_other else ("",):
                yield Answer(choices=(each.choice_id,), text=text)

    return given(), True


def _multiple(question: kinds.Multiple, uses: Uses) -> _Given:
    named = _mentioned(question.choices, uses)
    rest = [each for each in question.choices if each not in named and not each.is_exclusive]
    most = len(question.choices) if question.at_most is None else question.at_most

    def given() -> Iterator[Answer]:
        for size in (1, len(named), *range(2, len(named))):
            for some in combinations(named, size):
                alone = [each for each in some if each.is_exclusive]
                if alone and size > 1:
                    continue
                chosen = some if alone else (*some, *rest[: max(question.at_least - size, 0)])
                if len(chosen) > most or (not alone and len(chosen) < question.at_least):
                    continue
                ids = tuple(each.choice_id for each in question.choices if each in chosen)
                other = any(each.is_other for each in chosen)
                for text in texts_for(uses.texts) if other else ("",):
                    yield Answer(choices=ids, text=text)

    return given(), True


def _rows(names: Sequence[str], uses: Uses, cell: Callable[[Uses], tuple[list[Answer], bool]]) -> _Given:
    """Return answers of a table: every mix of the rows that are looked at, the others alike."""
    cells = [cell(uses.of_row(name)) if name in uses.rows else (cell(Uses())[0][:1], True) for name in names]
    if any(not found for found, _ in cells):
        return (), True

    def given() -> Iterator[Answer]:
        for mix in product(*(found for found, _ in cells)):
            yield Answer(rows=dict(zip(names, mix, strict=True)))

    # a table that need not be filled may also be filled in part
    return given(), not uses.rows or all(is_whole for _, is_whole in cells)


def _matrix(question: kinds.Matrix, uses: Uses) -> _Given:
    ids = [each.choice_id for each in question.columns]

    def cell(of_row: Uses) -> tuple[list[Answer], bool]:
        if question.is_scale:
            points, is_whole = _points(of_row, question)
            return [Answer(value=each) for each in points] if ids else [], is_whole
        one = [Answer(choices=(each,)) for each in ids]
        several = [
            Answer(choices=some) for size in range(2, len(ids) + 1) for some in combinations(ids, size)
        ]
        return one + (several[:_MOST] if question.is_multiple else []), len(several) <= _MOST

    given, is_whole = _rows([row.choice_id for row in question.rows], uses, cell)
    return given, is_whole and (question.is_required or not uses.rows)


def _dual(question: kinds.Dual, uses: Uses) -> _Given:
    return _rated(
        [f"{row.choice_id}.{side}" for row in question.rows for side in ("first", "second")], question, uses
    )


def _differential(question: kinds.Differential, uses: Uses) -> _Given:
    return _rated([row.choice_id for row in question.rows], question, uses)


def _rated(names: Sequence[str], question: kinds.Dual | kinds.Differential, uses: Uses) -> _Given:
    def cell(of_row: Uses) -> tuple[list[Answer], bool]:
        points, is_whole = _points(of_row, question)
        return [Answer(value=each) for each in points], is_whole

    given, is_whole = _rows(names, uses, cell)
    return given, is_whole and (question.is_required or not uses.rows)


def _ranking(question: kinds.Ranking, uses: Uses) -> _Given:
    ids = [each.choice_id for each in question.choices]
    size = len(ids) if question.at_most is None else min(question.at_most, len(ids))
    orders = permutations(ids, size) if len(ids) <= 4 else [ids[:size], ids[::-1][:size]]

    def given() -> Iterator[Answer]:
        for order in orders:
            yield Answer(
                choices=tuple(order),
                rows={each: Answer(value=float(rank)) for rank, each in enumerate(order, 1)},
            )

    is_told_apart = bool(uses.rows or uses.texts or uses.takes_value)
    return (given() if ids else ()), not is_told_apart or (
        len(ids) <= 4 and size == len(ids) and question.is_required
    )


def _sum(question: kinds.ConstantSum, uses: Uses) -> _Given:
    ids = [each.choice_id for each in question.choices]

    def given() -> Iterator[Answer]:
        for whole in ids:
            yield Answer(rows={each: Answer(value=float(question.total * (each == whole))) for each in ids})

    return given(), not (uses.rows or uses.takes_value)


def _text(question: kinds.Text, uses: Uses) -> _Given:
    texts = [
        *texts_for(uses.texts),
        *(f"{number:g}" for each in uses.numbers for number in (each - 1, each, each + 1)),
    ]
    long_enough = [text.ljust(question.at_least, _NEUTRAL) for text in texts]
    fitting = [Answer(text=text) for text in long_enough if len(text) <= question.at_most]
    is_bounded = question.at_least > 0 or len(fitting) < len(texts)
    if question.at_least > question.at_most:
        return (), True
    return fitting, not (
        uses.orders or uses.takes_value or (is_bounded and uses.texts) or len(uses.texts) > 3
    )


def _number(question: kinds.Number, uses: Uses) -> _Given:
    known = uses.numbers
    low = question.lowest if question.lowest is not None else min((*known, question.highest or 0.0)) - 2
    high = question.highest if question.highest is not None else max((*known, low)) + 2
    if question.is_whole:
        found, is_whole = _steps(uses, math.ceil(low), math.floor(high))
    else:
        inside = sorted({low, high, *(each for each in known if low <= each <= high)}) if low <= high else []
        found = sorted({*inside, *((one + other) / 2 for one, other in pairwise(inside))})
        is_whole = True
    is_bounded = question.lowest is not None and question.highest is not None
    return (Answer(value=each) for each in found), is_whole and not (
        uses.takes_value and not (is_bounded and question.is_whole)
    )


def _date(question: kinds.Date, uses: Uses) -> _Given:
    days = {dt.date(2000, 1, 1)}
    for text in (*uses.texts, question.earliest, question.latest):
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            continue
        days |= {day - _DAY, day, day + _DAY}
    found = [
        Answer(text=day.isoformat())
        for day in sorted(days)
        if (not question.earliest or day.isoformat() >= question.earliest)
        and (not question.latest or day.isoformat() <= question.latest)
    ]
    return found, not (_contains(uses) or uses.takes_value)


def _anything(answer: Answer) -> Callable[[Any, Uses], _Given]:
    """Return samples of a kind that the logic knows nothing of but whether it was answered."""

    def given(_question: Any, uses: Uses) -> _Given:
        asks = {test.compares for _, test in uses.tests}
        return (answer,), asks <= {"answered", "unanswered"} and not uses.takes_value

    return given


def _consent(_question: kinds.Consent, _uses: Uses) -> _Given:
    return (Answer(value=1.0), Answer(value=0.0)), True


def _statement(_question: kinds.Statement, _uses: Uses) -> _Given:
    return (), True


def _tree(question: kinds.TreeTest, uses: Uses) -> _Given:
    chosen = [node.node_id for _, node in places(question.nodes)]
    given = [Answer(value=float(each in question.right), choices=(each,)) for each in chosen]
    return [*given, Answer(value=0.0, choices=("",))] if chosen else [], not uses.texts


def _click(question: kinds.FirstClick, uses: Uses) -> _Given:
    hits = [
        (area.area_id, area.is_right, area.x + area.width / 2, area.y + area.height / 2)
        for area in question.areas
    ]
    given = [Answer(value=float(right), choices=(name,), point=(x, y)) for name, right, x, y in hits]
    return [*given, Answer(value=0.0, point=(0.0, 0.0))], not uses.texts


def _goal(question: kinds.Goal, uses: Uses) -> _Given:
    def given() -> Iterator[Answer]:
        for value in (1.0, 0.5, 0.0):
            for each in _mentioned(question.choices, uses):
                for text in ("", *texts_for(uses.texts)) if value < 1 and question.asks_why else ("",):
                    yield Answer(value=value, choices=(each.choice_id,), text=text)

    return given(), question.is_required and not uses.rows


_SAMPLES: Final[Mapping[type[kinds.Asked], Callable[[Any, Uses], _Given]]] = {
    kinds.Nps: _score,
    kinds.Csat: _score,
    kinds.Ces: _score,
    kinds.Rating: _score,
    kinds.Slider: _score,
    kinds.Single: _single,
    kinds.Multiple: _multiple,
    kinds.Matrix: _matrix,
    kinds.Dual: _dual,
    kinds.Differential: _differential,
    kinds.Ranking: _ranking,
    kinds.ConstantSum: _sum,
    kinds.Text: _text,
    kinds.Number: _number,
    kinds.Date: _date,
    kinds.Phone: _anything(Answer(text="+989123456789")),
    kinds.Email: _anything(Answer(text="name@example.com")),
    kinds.File: _anything(Answer(files=("file",))),
    kinds.Consent: _consent,
    kinds.Statement: _statement,
    kinds.TreeTest: _tree,
    kinds.FirstClick: _click,
    kinds.Goal: _goal,
}
