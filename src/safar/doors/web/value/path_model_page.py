"""The page Satisfaction index: what image, expectation, quality and value move in satisfaction, and it in loyalty."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.words import (
    interval_in_words,
    number_with_interval,
    share_with_interval,
)
from safar.doors.web.surveys.queries import asked_names
from safar.explain.path_model import Arrow, Felt, PathModel
from safar.show import drawing as draw
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate

from .groups import REASONS
from .path_model_form import FELT_NAMES, PathModelForm
from .quadrants import quadrants
from .words import how_sure

#: Places of columns that findings speak of.
_TOTAL, _HOW_WELL = 3, 2
#: Where the boxes stand, so that each arrow has a free way: along the line, and from above.
_PLACES: Final = {
    "image": (0.0, 0.0),
    "expectation": (0.7, 1.0),
    "quality": (0.0, 2.0),
    "value": (1.45, 2.0),
    "satisfaction": (2.3, 1.0),
    "complaints": (3.3, 2.0),
    "loyalty": (3.3, 0.0),
}
#: From here on the questions of a thing go together.
_TOGETHER: Final = 0.7
#: A path as strong as this is drawn as thick as it gets.
_THICK: Final = 0.8


def shown_path_model(asked: Asked) -> Shown:
    """Return the model in the reader's words."""
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_graph(asked), *_map(asked)),
        tables=(_arrows(asked), _things(asked), _questions(asked)),
    )


def _name(felt: str) -> str:
    return str(FELT_NAMES[felt])


def _goal(model: PathModel) -> Felt:
    """Return what is asked about: the last thing of the index that something leads to."""
    return [each for each in model.felt if each.r_squared is not None][-1]


def _moving(model: PathModel, goal: Felt) -> list[Arrow]:
    """Return what moves the goal along all ways, the strongest first."""
    return sorted(
        (each for each in model.arrows if each.target == goal.name), key=lambda each: -each.total.value
    )


def _number(estimate: Estimate, locale: Locale) -> str:
    return locale.signed(estimate.value, decimals=2)


def _interval(estimate: Estimate, locale: Locale) -> str:
    return locale.interval(estimate.interval.low, estimate.interval.high, decimals=2)


def _with_interval(estimate: Estimate | None, locale: Locale) -> Cell:
    if estimate is None:
        return Cell(locale.number(None))
    return Cell(
        number_with_interval(_number(estimate, locale), _interval(estimate, locale), locale),
        value=estimate.value,
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    model: PathModel = asked.answer.model
    locale, goal = asked.locale, _goal(model)
    found = [
        Figure(
            filled(_("%(felt)s explained"), felt=_name(each.name)),
            locale.percent(each.r_squared.value),
            how_sure(each.r_squared, interval_in_words(each.r_squared, locale, decimals=0), locale),
        )
        for each in model.felt
        if each.r_squared is not None and each.name in {"satisfaction", goal.name}
    ]
    strongest = _moving(model, goal)[0]
    return (
        *found,
        Figure(
            filled(_("Moves %(felt)s most"), felt=_name(goal.name)),
            _name(strongest.source),
            filled(
                _("%(amount)s standard deviations (%(interval)s)"),
                amount=_number(strongest.total, locale),
                interval=_interval(strongest.total, locale),
            ),
        ),
        Figure(
            _("Rests on"),
            locale.number(model.n),
            filled(
                ngettext(
                    "customers; %(count)s question", "customers; %(count)s questions", len(model.indicators)
                ),
                count=locale.number(len(model.indicators)),
            ),
        ),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    model: PathModel = asked.answer.model
    locale, goal = asked.locale, _goal(model)
    places = {(each.source, each.target): f"a{place}" for place, each in enumerate(model.arrows, 1)}
    found = []
    first = _moving(model, goal)[0]
    if first.total.interval.low > 0:
        found.append(
            Finding(
                filled(
                    _(
                        "%(source)s moves %(target)s most: where it stands a standard deviation higher, %(target)s"
                        " stands %(amount)s higher (%(interval)s), all ways together."
                    ),
                    source=_name(first.source),
                    target=_name(goal.name),
                    amount=locale.number(first.total.value, decimals=2),
                    interval=_interval(first.total, locale),
                ),
                places[first.source, first.target],
                _TOTAL,
            )
        )
    placed = [(each, model[each.source].performance) for each in _moving(model, goal)]
    known = [(each, value) for each, value in placed if value is not None]
    if len(known) > 2:
        middle = sum(value for _, value in known) / len(known)
        important = sum(each.total.value for each, _ in known) / len(known)
        weak = [(each, value) for each, value in known if each.total.value > important and value < middle]
        if weak:
            each, value = weak[0]
            row = [thing.name for thing in model.felt].index(each.source) + 1
            found.append(
                Finding(
                    filled(
                        _(
                            "%(felt)s matters more than most and stands lower than most: %(performance)s of 100."
                        ),
                        felt=_name(each.source),
                        performance=locale.number(value, decimals=0),
                    ),
                    f"t{row}",
                    _HOW_WELL,
                )
            )
    for place, thing in enumerate(model.felt, 1):
        questions = sum(each.felt == thing.name for each in model.indicators)
        if questions > 1 and thing.composite_reliability < _TOGETHER:
            found.append(
                Finding(
                    filled(
                        _(
                            "The questions that show %(felt)s do not go together well: do they ask about one thing?"
                        ),
                        felt=_name(thing.name),
                    ),
                    f"t{place}",
                    3,
                )
            )
    return tuple(found)


def _graph(asked: Asked) -> Drawing:
    model: PathModel = asked.answer.model
    locale, goal = asked.locale, _goal(model)
    places = _places(
        [each.name for each in model.felt], [(each.source, each.target) for each in model.arrows]
    )
    boxes = [
        draw.CauseBox(
            each.name,
            _name(each.name),
            *places[each.name],
            filled(_("%(share)s explained"), share=locale.percent(each.r_squared.value))
            if each.r_squared
            else "",
            is_goal=each is goal,
        )
        for each in model.felt
    ]
    arrows = []
    for each in model.arrows:
        if each.path is None:
            continue
        way: draw.Way = "open" if 0 in each.path.interval else "up" if each.path.value > 0 else "down"
        size = abs(each.path.value) / _THICK
        arrows.append(draw.CauseArrow(each.source, each.target, size, _number(each.path, locale), way))
    title = _("What leads to what, with how strongly; the table below has the same numbers.")
    drawn = partial(draw.draw_causes, boxes, arrows, title=title, direction=locale.direction)
    return Drawing.in_both_widths(
        "paths",
        _("What leads to what"),
        drawn,
        said=_(
            "Numbers are standard deviations that the one moves the other by. Dashed is less, dotted and grey may be"
            " nothing."
        ),
    )


def _places(names: list[str], arrows: list[tuple[str, str]]) -> dict[str, tuple[float, float]]:
    """Return where boxes stand: where some of the index are missing the others stand closer, and on one line where each
    leads to the next alone."""
    if len(names) == len(_PLACES):
        return _PLACES
    found = [_PLACES[name] for name in names]
    columns, rows = (sorted(set(each)) for each in zip(*found, strict=True))
    across = {name: columns.index(x) for name, (x, _y) in zip(names, found, strict=True)}
    if len(columns) == len(names) and all(across[end] - across[start] == 1 for start, end in arrows):
        return {name: (column, 0) for name, column in across.items()}
    return {name: (across[name], rows.index(y)) for name, (_x, y) in zip(names, found, strict=True)}


def _map(asked: Asked) -> tuple[Drawing, ...]:
    model: PathModel = asked.answer.model
    locale, goal = asked.locale, _goal(model)
    placed = [(each, model[each.source].performance) for each in _moving(model, goal)]
    points = [
        draw.ScatterPoint(
            _name(each.source),
            value,
            each.total.value,
            locale.number(place),
            filled(
                _("%(performance)s of 100; %(amount)s"),
                performance=locale.number(value, decimals=0),
                amount=_number(each.total, locale),
            ),
            each.total.interval.low,
            each.total.interval.high,
        )
        for place, (each, value) in enumerate(placed, 1)
        if value is not None
    ]
    return quadrants(
        "map",
        filled(_("What matters for %(felt)s and is done badly"), felt=_name(goal.name)),
        points,
        locale,
        title=_("How much each thing matters and how well it is done; the table below has the same numbers."),
    )


def _arrows(asked: Asked) -> Table:
    model: PathModel = asked.answer.model
    locale = asked.locale
    return Table(
        caption=_("What moves what, in standard deviations"),
        columns=(
            Column("source", pgettext("path", "From")),
            Column("target", pgettext("path", "To")),
            Column("path", _("Directly"), "number"),
            Column("total", _("All ways together"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_name(each.source)),
                    Cell(_name(each.target)),
                    _with_interval(each.path, locale),
                    _with_interval(each.total, locale),
                ),
                f"a{place}",
            )
            for place, each in enumerate(model.arrows, 1)
        ),
    )


def _things(asked: Asked) -> Table:
    model: PathModel = asked.answer.model
    locale = asked.locale

    def plain(value: float | None, decimals: int = 2) -> Cell:
        return Cell(locale.number(value, decimals=decimals), value=value)

    return Table(
        caption=_("How well each thing stands, and whether its questions go together"),
        columns=(
            Column("felt", _("Thing")),
            Column("r_squared", _("Explained"), "number"),
            Column("performance", _("How well, of 100"), "number"),
            Column("rho", _("Reliability"), "number"),
            Column("alpha", _("Cronbach's alpha"), "number"),
            Column("variance", _("Shared by its questions"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_name(each.name)),
                    Cell(
                        share_with_interval(each.r_squared, locale, decimals=0),
                        value=each.r_squared.value if each.r_squared else None,
                    ),
                    plain(each.performance, 0),
                    plain(each.composite_reliability),
                    plain(each.alpha),
                    Cell(locale.percent(each.average_variance), value=each.average_variance),
                ),
                f"t{place}",
            )
            for place, each in enumerate(model.felt, 1)
        ),
    )


def _questions(asked: Asked) -> Table:
    model: PathModel = asked.answer.model
    locale = asked.locale
    asks = asked_names(asked.workspace, locale.language)
    return Table(
        caption=_("Which question shows what"),
        columns=(
            Column("question", _("Question")),
            Column("felt", _("Thing")),
            Column("loading", _("Loading"), "number"),
            Column("weight", _("Weight"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(asks.question(each.name)),
                    Cell(_name(each.felt)),
                    _with_interval(each.loading, locale),
                    _with_interval(each.weight, locale),
                ),
                f"q{place}",
            )
            for place, each in enumerate(model.indicators, 1)
        ),
    )


PATH_MODEL: Final = KindPage(
    key="path_model",
    desk="value",
    group=REASONS,
    name=pgettext_lazy("kind of question", "Satisfaction index"),
    lead=gettext_lazy("What moves satisfaction, and how much of loyalty hangs on it?"),
    form=PathModelForm,
    shown=shown_path_model,
    meaning=gettext_lazy(
        "Image, expectation, quality and value for money are felt, not asked: several questions show each. The model"
        " weighs the questions and says how far one thing stands higher where another does, straight and along all"
        " ways. The arrows are those of the European and the American index: they are assumed, not found. Choose for"
        " each question what it shows; at first that is guessed from the names of keys."
    ),
    method=gettext_lazy(
        "Partial least squares of the last answer of each customer to each question; gaps are allowed for by the EM"
        " algorithm. Where a thing has no questions, what led to it leads on. Reliability is Dillon and Goldstein's:"
        " from 0.7 on the questions of a thing go together. Intervals are between percentiles of resamples."
    ),
    nothing={
        "score.unknown_key": (
            gettext_lazy("No questions that show what leads to what"),
            gettext_lazy(
                "Ask about image, expectation, quality, value for money, satisfaction and loyalty: the template"
                " “SERVQUAL” on the desk Listen asks about expectation and quality, and a question of NPS about"
                " loyalty. Or choose in the form what each question shows."
            ),
        ),
        "why.too_few_rows": (
            gettext_lazy("Too few answers to tell"),
            gettext_lazy("Five customers are needed for each question, or fewer questions."),
        ),
        "path_model.refused": (
            gettext_lazy("Nothing leads to anything yet"),
            gettext_lazy("Two things at least need questions that enough customers answered, not all alike."),
        ),
    },
    further_tables=(
        ("felt", gettext_lazy("How well each thing stands, and whether its questions go together")),
        ("indicators", gettext_lazy("Which question shows what")),
    ),
    form_template="value/path_model_fields.html",
    asks_in_notes=("question",),
    more=gettext_lazy("How questions are weighed, day"),
)
