"""Questions that are answered by choosing: points, choices, and the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.walk import Shown
from safar.vocabulary.digits import fold_digits

from .card import Body, BodyOf, Drawing, Line, Option
from .faces import face


def _points(
    name: str, first: int, last: int, drawing: Drawing, *, low: str = "", high: str = "", look: str = ""
) -> tuple[Option, ...]:
    chosen, count = fold_digits(drawing.value(name)), last - first
    return tuple(
        Option(
            value=str(point),
            words=drawing.number(point),
            is_chosen=chosen in {str(point), f"{point}.0"},
            ends=low if point == first else high if point == last else "",
            face=face((point - first) / max(count, 1)) if look == "smileys" else None,
        )
        for point in range(first, last + 1)
    )


def _scale(shown: Shown, question: Any, drawing: Drawing) -> Body:
    low, high = drawing.said(question.low_words), drawing.said(question.high_words)
    look = getattr(question, "look", "numbers")
    scale = question.scale
    return {
        "template": "answering/scale.html",
        "look": look,
        "options": _points(shown.key, scale.lowest, scale.highest, drawing, low=low, high=high, look=look),
        "low": low,
        "high": high,
    }


def _slider(shown: Shown, question: kinds.Slider, drawing: Drawing) -> Body:
    lowest, highest = drawing.number(question.lowest), drawing.number(question.highest)
    return {
        "value": drawing.value(shown.key),
        "low": drawing.said(question.low_words),
        "high": drawing.said(question.high_words),
        "lowest": str(question.lowest),
        "highest": str(question.highest),
        "step": str(question.step),
        "hint": filled(_("A number from %(lowest)s to %(highest)s"), lowest=lowest, highest=highest),
        "is_whole": True,
        "is_grouped": False,
    }


def _options(shown: Shown, drawing: Drawing, chosen: Sequence[str]) -> tuple[Option, ...]:
    return tuple(
        Option(
            value=each.choice_id,
            words=drawing.said(each.words),
            is_chosen=each.choice_id in chosen,
            picture=drawing.picture_address(each.picture) if each.picture else "",
            asks_words=each.is_other,
            is_exclusive=each.is_exclusive,
        )
        for each in shown.choices
    )


def _choices(shown: Shown, question: Any, drawing: Drawing) -> Body:
    is_multiple = isinstance(question, kinds.Multiple)
    body = {
        "template": "answering/dropdown.html" if question.look == "dropdown" else "answering/choices.html",
        "look": question.look,
        "options": _options(shown, drawing, drawing.values.get(shown.key, ())),
        "other": drawing.value(f"{shown.key}.other"),
        "is_multiple": is_multiple,
        "is_grouped": question.look != "dropdown",
    }
    return body | ({"hint": _how_many(question, drawing)} if isinstance(question, kinds.Multiple) else {})


def _how_many(question: kinds.Multiple, drawing: Drawing) -> str:
    least, most = question.at_least, question.at_most
    if least and most:
        sentence = _("Choose from %(least)s to %(most)s.")
        return filled(sentence, least=drawing.number(least), most=drawing.number(most))
    if most:
        return filled(_("Choose up to %(most)s."), most=drawing.number(most))
    if least > 1:
        return filled(_("Choose at least %(least)s."), least=drawing.number(least))
    return _("Choose all that fit.")


def _matrix(shown: Shown, question: kinds.Matrix, drawing: Drawing) -> Body:
    lines = []
    for row in shown.rows:
        name = f"{shown.key}.{row.choice_id}"
        chosen = drawing.values.get(name, ())
        options = tuple(
            Option(
                # a scale keeps its points; either is read
                value=str(place) if question.is_scale else column.choice_id,
                words=drawing.said(column.words),
                is_chosen=(str(place) if question.is_scale else column.choice_id) in chosen,
            )
            for place, column in enumerate(question.columns, 1)
        )
        lines.append(Line(name, drawing.said(row.words), options))
    return {
        "lines": tuple(lines),
        "options": lines[0].options if lines else (),
        "is_multiple": question.is_multiple and not question.is_scale,
    }


def _dual(shown: Shown, question: kinds.Dual, drawing: Drawing) -> Body:
    low, high = drawing.said(question.low_words), drawing.said(question.high_words)
    words = {
        "importance_satisfaction": (_("How important it is"), _("How satisfied you are")),
        "expectation_perception": (_("What you expected"), _("What you found")),
    }[question.pair]
    lines = []
    for row in shown.rows:
        name = f"{shown.key}.{row.choice_id}"
        sides = [
            _points(f"{name}.{side}", 1, question.points, drawing, low=low, high=high)
            for side in ("first", "second")
        ]
        lines.append(Line(name, drawing.said(row.words), sides[0], second=sides[1]))
    return {
        "lines": tuple(lines),
        "low": low,
        "high": high,
        "first": drawing.said(question.first_words) or words[0],
        "second": drawing.said(question.second_words) or words[1],
    }


def _differential(shown: Shown, question: kinds.Differential, drawing: Drawing) -> Body:
    lines = []
    for row in shown.rows:
        name = f"{shown.key}.{row.choice_id}"
        low, high = drawing.said(row.words), drawing.said(row.opposite)
        options = _points(name, 1, question.points, drawing, low=low, high=high)
        lines.append(Line(name, low, options, opposite=high))
    return {"lines": tuple(lines)}


def _ranking(shown: Shown, question: kinds.Ranking, drawing: Drawing) -> Body:
    most = min(question.at_most or len(shown.choices), len(shown.choices))
    lines = []
    for choice in shown.choices:
        name = f"{shown.key}.{choice.choice_id}"
        lines.append(
            Line(name, drawing.said(choice.words), _points(name, 1, most, drawing), value=drawing.value(name))
        )
    sentence = _("Give each a place: 1 comes first.")
    if question.at_most:
        sentence = filled(_("Give the first %(count)s a place: 1 comes first."), count=drawing.number(most))
    return {"lines": tuple(lines), "hint": drawing.locale.shape(sentence), "at_most": most}


def _sum(shown: Shown, question: kinds.ConstantSum, drawing: Drawing) -> Body:
    unit, total = drawing.said(question.unit), drawing.number(question.total)
    return {
        "lines": tuple(
            Line(
                f"{shown.key}.{each.choice_id}",
                drawing.said(each.words),
                value=drawing.value(f"{shown.key}.{each.choice_id}"),
            )
            for each in shown.choices
        ),
        "unit": unit,
        "total": question.total,
        "total_words": total,
        "hint": filled(_("Divide %(total)s among them."), total=f"{total} {unit}".strip()),
    }


def _consent(shown: Shown, question: kinds.Consent, drawing: Drawing) -> Body:
    del question
    return {"options": (Option("yes", _("I agree"), drawing.value(shown.key) in {"yes", "1"}),)}


def _goal(shown: Shown, question: kinds.Goal, drawing: Drawing) -> Body:
    done = drawing.value(f"{shown.key}.done")
    words = (("yes", _("Yes")), ("partly", _("Partly")), ("no", _("No")))
    return {
        "options": _options(shown, drawing, drawing.values.get(shown.key, ())),
        "other": drawing.value(f"{shown.key}.other"),
        "lines": (
            Line(
                f"{shown.key}.done",
                _("Did you do what you came for?"),
                tuple(Option(value, word, value == done) for value, word in words),
            ),
        ),
        "why": drawing.value(f"{shown.key}.why"),
        "is_multiple": False,
        "look": "why" if question.asks_why else "",
    }


TO_CHOOSE: Final[dict[type[kinds.Asked], BodyOf]] = {
    kinds.Nps: _scale,
    kinds.Csat: _scale,
    kinds.Ces: _scale,
    kinds.Rating: _scale,
    kinds.Slider: _slider,
    kinds.Single: _choices,
    kinds.Multiple: _choices,
    kinds.Matrix: _matrix,
    kinds.Dual: _dual,
    kinds.Differential: _differential,
    kinds.Ranking: _ranking,
    kinds.ConstantSum: _sum,
    kinds.Consent: _consent,
    kinds.Goal: _goal,
}
