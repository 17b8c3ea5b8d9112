"""Reading answers that are points: of one scale, of a table of scales, of a ranking, of a sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from safar.vocabulary.errors import Json

from .anatomy import Answer
from .controls import Controls
from .questions import Choice, ConstantSum, Differential, Dual, Matrix, Ranking, Scored, Slider
from .refusals import NoRanking, OneOnly, RowsMissing, TooManyChosen, WrongSum


def score(question: Scored, sent: Controls) -> Answer | None:
    """Read a point of a scale: ``<key>``."""
    text = sent.one()
    if not text:
        return None
    step = question.step if isinstance(question, Slider) else 1
    return Answer(value=_point(text, sent, question.scale.lowest, question.scale.highest, step))


def matrix(question: Matrix, sent: Controls) -> Answer | None:
    """Read a table: ``<key>.<row>`` is a column, several of them, or a point."""
    rows = {}
    for row in question.rows:
        chosen = sent.many(row.choice_id)
        if not chosen:
            continue
        if len(set(chosen)) > 1 and not (question.is_multiple and not question.is_scale):
            raise sent.refused(
                OneOnly,
                f"{len(set(chosen))} answers were given in a row where one is wanted.",
                "Choose one.",
                row=row.choice_id,
            )
        rows[row.choice_id] = _cell(question, chosen, sent)
    return _table(rows, [row.choice_id for row in question.rows], sent)


def _cell(question: Matrix, chosen: Sequence[str], sent: Controls) -> Answer:
    ids = [column.choice_id for column in question.columns]
    if not question.is_scale:
        found = {sent.known(each, question.columns).choice_id for each in chosen}
        return Answer(choices=tuple(each for each in ids if each in found))
    if chosen[0] in ids:
        return Answer(value=float(ids.index(chosen[0]) + 1))
    return Answer(value=_point(chosen[0], sent, 1, len(ids)))


def dual(question: Dual, sent: Controls) -> Answer | None:
    """Read a table of two ratings a row: ``<key>.<row>.first`` and ``<key>.<row>.second``."""
    names = [f"{row.choice_id}.{side}" for row in question.rows for side in ("first", "second")]
    return _points(names, question.points, sent)


def differential(question: Differential, sent: Controls) -> Answer | None:
    """Read rows between opposite words: ``<key>.<row>`` is a point."""
    return _points([row.choice_id for row in question.rows], question.points, sent)


def _points(names: Sequence[str], points: int, sent: Controls) -> Answer | None:
    given = {name: text for name in names if (text := sent.one(name))}
    return _table(
        {name: Answer(value=_point(text, sent, 1, points)) for name, text in given.items()}, names, sent
    )


def _table(rows: dict[str, Answer], names: Iterable[str], sent: Controls) -> Answer | None:
    """Return the answer of a table, all of whose rows are there where it is required."""
    missing = [name for name in names if name not in rows]
    if rows and missing and sent.question.is_required:
        raise sent.refused(
            RowsMissing, f"{len(missing)} rows have no answer.", "Answer every row.", rows=list(missing)
        )
    return Answer(rows=rows) if rows else None


def ranking(question: Ranking, sent: Controls) -> Answer | None:
    """Read what comes first: ``<key>.<choice>`` is a rank, or ``<key>`` are choices in their order."""
    order = [sent.known(each, question.choices).choice_id for each in sent.many()]
    ranks = {each: float(place) for place, each in enumerate(order, 1)} or _ranks(question.choices, sent)
    if not ranks:
        return None
    places = sorted(ranks.values())
    is_whole = question.at_most is None and question.is_required
    if places != [float(place) for place in range(1, len(places) + 1)] or len(order) > len(ranks):
        raise sent.refused(
            NoRanking,
            "A rank was given twice or left out.",
            "Give each rank once, from 1 on.",
            ranks=list[Json](places),
        )
    if is_whole and len(ranks) < len(question.choices):
        missing = [each.choice_id for each in question.choices if each.choice_id not in ranks]
        raise sent.refused(RowsMissing, f"{len(missing)} have no rank.", "Rank them all.", rows=list(missing))
    if question.at_most is not None and len(ranks) > question.at_most:
        raise sent.refused(
            TooManyChosen,
            f"{len(ranks)} were ranked.",
            f"Rank at most {question.at_most}.",
            at_most=question.at_most,
        )
    chosen = sorted(ranks, key=ranks.__getitem__)
    return Answer(choices=tuple(chosen), rows={each: Answer(value=ranks[each]) for each in chosen})


def _ranks(choices: Sequence[Choice], sent: Controls) -> dict[str, float]:
    given = {each.choice_id: sent.one(each.choice_id) for each in choices}
    return {name: _point(text, sent, 1, len(choices)) for name, text in given.items() if text}


def constant_sum(question: ConstantSum, sent: Controls) -> Answer | None:
    """Read how a total is divided: ``<key>.<choice>``; a part that is not given is nothing."""
    given = {each.choice_id: sent.one(each.choice_id) for each in question.choices}
    if not any(given.values()):
        return None
    parts = {name: _point(text, sent, 0, question.total) if text else 0.0 for name, text in given.items()}
    total = sum(parts.values())
    if total != question.total:
        raise sent.refused(
            WrongSum,
            f"The parts give {total:g}, not {question.total}.",
            f"Divide {question.total} among them.",
            given=total,
            total=question.total,
        )
    return Answer(rows={name: Answer(value=value) for name, value in parts.items()})


def _point(text: str, sent: Controls, lowest: int, highest: int, step: int = 1) -> float:
    return sent.between(sent.number(text), lowest, highest, step)
