"""Each kind of question as the template draws it: texts in the respondent's language, values as they are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.logic import Facts
from safar.listen.questionnaire.piping import in_language, piped
from safar.listen.questionnaire.walk import Shown
from safar.show.locale import Locale
from safar.vocabulary.digits import fold_digits

from .faces import Face, face

#: What a picture to click on is wide without JavaScript, in CSS pixels: clicks are measured against it.
CLICK_WIDTH: Final = 320


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose.

    Attributes
    ----------
    value, words
        What is sent, and what is read.
    ends
        Said to who hears the option alone: what the end of the scale means; empty in the middle.
    face
        Of a scale of smileys.
    picture
        Address of one; empty without.
    asks_words
        Whether choosing it asks for words of one's own.
    """

    value: str
    words: str
    is_chosen: bool = False
    ends: str = ""
    face: Face | None = None
    picture: str = ""
    asks_words: bool = False
    is_exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its control, its words, the words at its other end, and what is chosen in it."""

    name: str
    words: str
    options: tuple[Option, ...] = ()
    opposite: str = ""
    second: tuple[Option, ...] = ()
    value: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A place of a menu."""

    value: str
    words: str
    nodes: tuple[Node, ...]
    is_open: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One question on a page. What a kind does not have is empty.

    Attributes
    ----------
    kind, template
        ``nps``, ``single``, …; and which template draws it.
    key
        Root of the names of its controls.
    label
        Id of its title, which names the control or the group.
    error
        Why the answer was not taken; empty where it was, or none was given.
    value
        What a single control holds.
    low, high
        Words at the ends of a scale.
    hint
        What is taken, in words.
    """

    kind: str
    template: str
    key: str
    title: str
    about: str
    is_required: bool
    error: str = ""
    can_not_apply: bool = False
    does_not_apply: bool = False
    look: str = ""
    options: tuple[Option, ...] = ()
    lines: tuple[Line, ...] = ()
    nodes: tuple[Node, ...] = ()
    value: str = ""
    other: str = ""
    why: str = ""
    low: str = ""
    high: str = ""
    first: str = ""
    second: str = ""
    hint: str = ""
    unit: str = ""
    picture: str = ""
    at_most: int = 0
    at_least: int = 0
    lowest: str = ""
    highest: str = ""
    step: str = ""
    total: int = 0
    total_words: str = ""
    is_multiple: bool = False
    is_whole: bool = False
    accept: str = ""
    files: tuple[Option, ...] = ()
    opened: tuple[str, ...] = ()
    is_grouped: bool = True

    @property
    def anchor(self) -> str:
        """Where an error leads to."""
        return f"q-{self.key}"

    @property
    def described(self) -> str:
        """Ids of what describes the controls, for ``aria-describedby``."""
        parts = ((self.about, "about"), (self.hint, "hint"), (self.error, "error"))
        return " ".join(f"q-{self.key}-{name}" for words, name in parts if words)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a question is drawn with.

    Attributes
    ----------
    facts
        What is known of the respondent, for the places in texts that it fills.
    values
        What stands in the controls, by their names.
    errors
        Why answers were not taken, by key.
    picture_address
        Where a picture of the survey is.
    file_names
        Names of the files that were sent, by id.
    is_unfilled
        The places in texts are filled later, by the page itself.
    picture_size
        Width and height of a picture of the survey; None where it is not known.
    """

    facts: Facts
    locale: Locale
    values: Mapping[str, Sequence[str]]
    errors: Mapping[str, str]
    picture_address: Callable[[str], str]
    file_names: Mapping[str, str]
    is_unfilled: bool = False
    picture_size: Callable[[str], tuple[int, int] | None] = lambda _: None

    def said(self, words: kinds.Words) -> str:
        """Return words in the respondent's language, their places filled, or as they are for who fills them later."""
        if self.is_unfilled:
            return in_language(words, self.facts.language, *self.facts.survey.languages[:1])
        return piped(words, self.facts, number=self.locale.number, day=self._day)

    def _day(self, iso: str) -> str:
        return self.locale.date(dt.date.fromisoformat(iso))

    def value(self, name: str) -> str:
        """Return what stands in a control."""
        return next(iter(self.values.get(name, ())), "")

    def number(self, value: float) -> str:
        """Return a number as the respondent reads it."""
        return self.locale.number(value)


def card_of(shown: Shown, drawing: Drawing) -> Card:
    """Return a question as it is drawn."""
    question, key = shown.question, shown.key
    kind = str(question.__struct_config__.tag)
    own: Body = {
        "template": f"answering/{kind}.html",
        **_BODIES[type(question)](shown, question, drawing),
    }
    return Card(
        kind=kind,
        **own,
        key=key,
        title=drawing.said(question.title),
        about=drawing.said(question.about),
        is_required=question.is_required,
        error=drawing.errors.get(key, ""),
        can_not_apply=question.can_not_apply,
        does_not_apply=bool(drawing.value(f"{key}.na")),
    )


Body = dict[str, Any]


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


def _text(shown: Shown, question: kinds.Text, drawing: Drawing) -> Body:
    return {
        "value": drawing.value(shown.key),
        "look": "long" if question.is_long else "short",
        "at_most": question.at_most,
        "at_least": question.at_least,
        "is_grouped": False,
    }


def _number(shown: Shown, question: kinds.Number, drawing: Drawing) -> Body:
    lowest, highest = question.lowest, question.highest
    hint = ""
    if lowest is not None and highest is not None:
        sentence = _("A number from %(lowest)s to %(highest)s")
        hint = filled(sentence, lowest=drawing.number(lowest), highest=drawing.number(highest))
    elif lowest is not None:
        hint = filled(_("At least %(lowest)s"), lowest=drawing.number(lowest))
    elif highest is not None:
        hint = filled(_("At most %(highest)s"), highest=drawing.number(highest))
    return {
        "template": "answering/typed.html",
        "look": "number",
        "value": drawing.value(shown.key),
        "unit": drawing.said(question.unit),
        "is_whole": question.is_whole,
        "hint": hint,
        "is_grouped": False,
    }


def _typed(shown: Shown, question: kinds.Asked, drawing: Drawing) -> Body:
    look = "phone" if isinstance(question, kinds.Phone) else "email"
    return {
        "template": "answering/typed.html",
        "look": look,
        "value": drawing.value(shown.key),
        "is_grouped": False,
    }


def _date(shown: Shown, question: kinds.Date, drawing: Drawing) -> Body:
    calendar = question.calendar or drawing.locale.calendar
    locale = Locale(drawing.locale.language, calendar=calendar)
    month = fold_digits(drawing.value(f"{shown.key}.month")).lstrip("0")
    return {
        "look": calendar,
        "options": tuple(
            Option(str(each), f"{drawing.number(each)} · {locale.month_name(each)}", str(each) == month)
            for each in range(1, 13)
        ),
        "first": drawing.value(f"{shown.key}.day"),
        "second": drawing.value(f"{shown.key}.year"),
    }


def _file(shown: Shown, question: kinds.File, drawing: Drawing) -> Body:
    sent = drawing.values.get(shown.key, ())
    size = drawing.number(question.most_mb)
    return {
        "template": "answering/file.html",
        "at_most": question.at_most,
        "is_multiple": question.at_most > 1,
        "accept": ",".join(_ACCEPTS[each] for each in question.takes),
        "files": tuple(
            Option(each, drawing.file_names[each], is_chosen=True)
            for each in sent
            if each in drawing.file_names
        ),
        "hint": filled(
            _("%(kinds)s, each of at most %(size)s MB"),
            kinds=_and(tuple(str(_file_kinds()[each]) for each in question.takes)),
            size=size,
        ),
        "is_grouped": False,
    }


_ACCEPTS: Final = {
    "image": "image/png,image/jpeg,image/webp,image/gif",
    "pdf": "application/pdf",
    "text": "text/plain",
    "audio": "audio/*",
}


def _file_kinds() -> dict[str, str]:
    return {"image": _("Pictures"), "pdf": _("PDF files"), "text": _("text files"), "audio": _("sound")}


def _and(words: tuple[str, ...]) -> str:
    return (
        _("%(some)s and %(last)s") % {"some": _(", ").join(words[:-1]), "last": words[-1]}
        if len(words) > 1
        else "".join(words)
    )


def _consent(shown: Shown, question: kinds.Consent, drawing: Drawing) -> Body:
    del question
    return {"options": (Option("yes", _("I agree"), drawing.value(shown.key) in {"yes", "1"}),)}


def _statement(shown: Shown, question: kinds.Statement, drawing: Drawing) -> Body:
    del shown, question, drawing
    return {"is_grouped": False}


def _tree(shown: Shown, question: kinds.TreeTest, drawing: Drawing) -> Body:
    opened = tuple(drawing.values.get(f"{shown.key}.opened", ()))
    chosen = drawing.value(shown.key)
    return {
        "nodes": _nodes(question.nodes, _unfolded(question.nodes, opened), chosen, drawing),
        "opened": opened,
    }


def _nodes(
    nodes: Sequence[kinds.TreeNode], unfolded: frozenset[str], chosen: str, drawing: Drawing
) -> tuple[Node, ...]:
    return tuple(
        Node(
            each.node_id,
            drawing.said(each.words),
            _nodes(each.nodes, unfolded, chosen, drawing),
            each.node_id in unfolded,
            each.node_id == chosen,
        )
        for each in nodes
    )


def _unfolded(nodes: Sequence[kinds.TreeNode], opened: Sequence[str]) -> frozenset[str]:
    """Return the places that stand open: the one opened last, and those it lies in."""
    last = opened[-1] if opened else ""
    for each in nodes:
        if each.node_id == last:
            return frozenset({last})
        within = _unfolded(each.nodes, opened)
        if within:
            return within | {each.node_id}
    return frozenset()


def _click(shown: Shown, question: kinds.FirstClick, drawing: Drawing) -> Body:
    x, y = drawing.value(f"{shown.key}.x"), drawing.value(f"{shown.key}.y")
    places = (
        _("Top, at the start"), _("Top, in the middle"), _("Top, at the end"),
        _("Middle, at the start"), _("In the very middle"), _("Middle, at the end"),
        _("Bottom, at the start"), _("Bottom, in the middle"), _("Bottom, at the end"),
    )  # fmt: skip
    size = drawing.picture_size(question.picture) if question.picture else None
    across = (5 / 6, 1 / 2, 1 / 6) if drawing.locale.direction == "rtl" else (1 / 6, 1 / 2, 5 / 6)
    return {
        "picture": drawing.picture_address(question.picture) if question.picture else "",
        "first": x,
        "second": y,
        "total": round(CLICK_WIDTH * size[1] / size[0]) if size else CLICK_WIDTH,
        "options": tuple(
            Option(f"{across[place % 3]:.4f} {(1 + 2 * (place // 3)) / 6:.4f}", words)
            for place, words in enumerate(places)
        ),
    }


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


_BODIES: Final[Mapping[type[kinds.Asked], Callable[[Shown, Any, Drawing], Body]]] = {
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
    kinds.Text: _text,
    kinds.Number: _number,
    kinds.Date: _date,
    kinds.Phone: _typed,
    kinds.Email: _typed,
    kinds.File: _file,
    kinds.Consent: _consent,
    kinds.Statement: _statement,
    kinds.TreeTest: _tree,
    kinds.FirstClick: _click,
    kinds.Goal: _goal,
}
