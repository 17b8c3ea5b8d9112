"""The page Trends: how a number goes over time, beside what was before, and what is out of the ordinary."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.observe.measures import Measure
from safar.observe.series import Line, Point, SeriesAnswer
from safar.observe.series_time import Beside
from safar.show.journeys.series import SeriesWords, series_drawing
from safar.show.locale import Locale

from .counted_paths import nothing_happened
from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .trends_form import TrendsForm
from .trends_words import TrendsWords

_NARROW: Final = 340.0
#: Marks that sentences speak of; the table has them all.
_MOST_TOLD: Final = 3
#: Currencies that are drawn and stand at the head, each by itself; the table has them all.
_MOST_CURRENCIES: Final = 3
#: Places of columns of the table of periods and of the table of lines.
_VALUE, _LINE_CHANGE = 1, 4


def shown_trends(asked: Asked) -> Shown:
    """Return a series in the reader's words."""
    answer: SeriesAnswer = asked.answer
    if not any(point.value is not None and point.value.n for line in answer.lines for point in line.points):
        return Shown(empty=nothing_happened())
    currencies = tuple(dict.fromkeys(line.name.currency for line in answer.lines))
    words = TrendsWords(asked.question, asked.locale, len(currencies) > 1)
    single = len(answer.lines) == 1
    return Shown(
        figures=_figures(asked, words),
        findings=_findings(asked, words),
        drawings=tuple(
            _drawing(asked, words, currency, place)
            for place, currency in enumerate(currencies[:_MOST_CURRENCIES])
        ),
        tables=(_periods_table(asked, words),)
        if single
        else (_lines_table(asked, words), _values_table(asked, words)),
    )


def _totals(answer: SeriesAnswer) -> tuple[Line, ...]:
    return tuple(line for line in answer.lines if line.name.is_total)


def _cell(line: Line, point: Point | None = None) -> dict[str, str | int | None]:
    cell: dict[str, str | int | None] = {
        "line": line.name.name,
        "is_rest": int(line.name.is_rest),
        "is_total": int(line.name.is_total),
        "currency": line.name.currency,
    }
    return cell if point is None else {**cell, "start": point.window.start_us}


def _behind(asked: Asked, line: Line, point: Point | None = None) -> str:
    value = line.total if point is None else point.value
    return asked.behind(_cell(line, point)) if value is not None and value.n else ""


def _before_name(asked: Asked) -> str:
    """Return what the time is called that each number stands beside."""
    question = asked.question
    if question.beside is Beside.PREVIOUS:
        return _("The time before")
    return {
        "jalali": _("A Jalali year before"),
        "hijri": _("A Hijri year before"),
        "gregorian": _("A Gregorian year before"),
    }[question.season]


def _figures(asked: Asked, words: TrendsWords) -> tuple[Figure, ...]:
    answer, locale = asked.answer, asked.locale
    found = []
    for line in _totals(answer)[:_MOST_CURRENCIES]:
        currency, total = line.name.currency, line.total
        sure = ""
        if total is not None:
            sure = filled(
                _("%(level)s interval: %(interval)s"),
                level=locale.percent(total.interval.level),
                interval=words.interval(total, currency),
            )
        name = _("In the whole time")
        if words.has_currencies:
            name = f"{name} · {words.currency(currency)}"
        value = words.value(None if total is None else total.value, currency)
        found.append(Figure(name, value, sure, _behind(asked, line)))
        if asked.question.beside is not Beside.NOTHING:
            before = line.total_before
            found.append(Figure(_before_name(asked), words.value(before.value if before else None, currency)))
            found.append(Figure(_("Change"), words.change(line.change, currency), _verdict(line, words)))
    marked = sum(point.is_anomaly for line in answer.lines for point in line.points)
    found.append(Figure(_("Out of the ordinary"), locale.number(marked), _("points marked")))
    return tuple(found)


def _verdict(line: Line, words: TrendsWords) -> str:
    if line.change is None:
        return _("the log does not reach back so far") if line.total_before is None else ""
    return _("more than chance") if words.is_clear(line.change) else _("may be chance")


def _findings(asked: Asked, words: TrendsWords) -> tuple[Finding, ...]:
    """Return what is out of the ordinary, the farthest first, and which line changed most."""
    answer, single = asked.answer, len(asked.answer.lines) == 1
    marks = [
        (_distance(point), number, place, line, point)
        for number, line in enumerate(answer.lines)
        for place, point in enumerate(line.points)
        if point.is_anomaly and point.value is not None and point.expected is not None
    ]
    found = []
    for _far, number, place, line, point in sorted(marks, key=lambda mark: -mark[0])[:_MOST_TOLD]:
        assert point.value is not None and point.expected is not None  # noqa: PT018 - as chosen above
        facts = {
            "period": words.stretch(point.window),
            "value": words.value(point.value.value, line.name.currency),
            "interval": words.interval(point.expected, line.name.currency),
            "line": words.line(line.name),
        }
        sentence = (
            _("%(period)s is out of the ordinary: %(value)s, where %(interval)s was to be expected.")
            if single
            else _("%(line)s, %(period)s: %(value)s, where %(interval)s was to be expected.")
        )
        found.append(Finding(filled(sentence, **facts), f"p{place}", _VALUE if single else number + 1))
    return (*found, *_changed_most(asked, words))


def _distance(point: Point) -> float:
    """Return how far a point lies outside of what was expected, in widths of that."""
    expected = point.expected
    if expected is None or point.value is None:
        return 0.0
    width = expected.interval.high - expected.interval.low
    return abs(point.value.value - expected.value) / width if width else float("inf")


def _changed_most(asked: Asked, words: TrendsWords) -> list[Finding]:
    """Return which of several lines changed most, of those whose change is more than chance."""
    nothing = 1 if asked.question.metric.is_count else 0
    found = [
        (place, line)
        for place, line in enumerate(asked.answer.lines)
        if not line.name.is_total and line.change is not None and words.is_clear(line.change)
    ]
    if not found:
        return []
    place, line = max(found, key=lambda each: abs(each[1].change.value - nothing) if each[1].change else 0.0)
    sentence = filled(
        _("%(line)s changed most: %(change)s, more than chance."),
        line=words.line(line.name),
        change=words.change(line.change, line.name.currency),
    )
    return [Finding(sentence, f"l{place}", _LINE_CHANGE)]


def _drawing(asked: Asked, words: TrendsWords, currency: str, place: int) -> Drawing:
    """Return the lines of one currency; where there are several, without their total, which would dwarf them."""
    answer, locale = asked.answer, asked.locale
    lines = [line for line in answer.lines if line.name.currency == currency]
    lines = [line for line in lines if not line.name.is_total] or lines
    drawn = replace(answer, lines=tuple(lines))
    said = SeriesWords(
        line=words.line,
        stretch=words.stretch,
        number=partial(words.value, currency=currency),
        title=_("The number over time; the table below has the same numbers."),
        before=lambda _line: _before_name(asked),
        anomaly=_("out of the ordinary"),
        tick=words.tick,
        axis=partial(words.axis, currency=currency),
    )

    def drawing(width: float, drawing_id: str) -> str:
        return series_drawing(
            drawn,
            locale,
            said,
            href=lambda line, point: _behind(asked, line, point) or None,
            width=width,
            height=320.0 if width > _NARROW else 260.0,
            drawing_id=drawing_id,
        )

    key = "series" if not place else f"series-{place}"
    name = _("Over time")
    if currency:
        name = filled(_("Over time, in %(currency)s"), currency=words.currency(currency))
    return Drawing.in_both_widths(key, name, drawing, said=_how_to_read(lines, asked))


def _how_to_read(lines: list[Line], asked: Asked) -> str:
    points = [point for line in lines for point in line.points]
    parts = [_("The pale band is the 95% interval.")]
    if len(lines) == 1 and any(point.before is not None for point in points):
        parts.append(_("The dashed line is the time it stands beside."))
    if any(point.is_anomaly for point in points):
        parts.append(_("Rings mark what is out of the ordinary."))
    if any(not point.is_whole for point in points):
        parts.append(_("Hollow points are of periods that are not over, or not wholly asked about."))
    return asked.locale.shape(" ".join(parts))


def _periods_table(asked: Asked, words: TrendsWords) -> Table:
    """Return one line, a row a period, the newest first."""
    line = asked.answer.lines[0]
    currency, has_beside = line.name.currency, asked.question.beside is not Beside.NOTHING
    rows = []
    for place, point in reversed(list(enumerate(line.points))):
        cells = [
            Cell(_period(point, words), value=point.window.start_us),
            Cell(
                words.value(point.value.value if point.value else None, currency),
                _behind(asked, line, point),
                value=point.value.value if point.value else "",
            ),
            Cell(
                words.interval(point.value, currency), value=point.value.interval.low if point.value else ""
            ),
        ]
        if has_beside:
            cells.append(
                Cell(
                    words.value(point.before.value if point.before else None, currency),
                    value=point.before.value if point.before else "",
                )
            )
            cells.append(
                Cell(words.change(point.change, currency), value=point.change.value if point.change else "")
            )
        cells.append(
            Cell(
                words.interval(point.expected, currency),
                value=point.expected.value if point.expected else "",
            )
        )
        cells.append(
            Cell(_("out of the ordinary"), tone="warn", value=1) if point.is_anomaly else Cell("", value=0)
        )
        rows.append(Row(tuple(cells), f"p{place}"))
    beside = (
        (Column("before", _before_name(asked), "number"), Column("change", _("Change"), "number"))
        if has_beside
        else ()
    )
    return Table(
        caption=_("Period by period, the newest first"),
        columns=(
            Column("period", _("Period")),
            Column("value", pgettext("trend", "Number"), "number"),
            Column("interval", _("Interval"), "number"),
            *beside,
            Column("expected", _("To be expected"), "number"),
            Column("mark", _("Mark")),
        ),
        rows=tuple(rows),
    )


def _period(point: Point, words: TrendsWords) -> str:
    name = words.stretch(point.window)
    return name if point.is_whole else filled(_("%(period)s (not whole)"), period=name)


def _lines_table(asked: Asked, words: TrendsWords) -> Table:
    """Return the lines with the numbers of the whole time."""
    rows = []
    has_beside = asked.question.beside is not Beside.NOTHING
    for place, line in enumerate(asked.answer.lines):
        currency, total, before = line.name.currency, line.total, line.total_before
        cells = [
            Cell(words.line(line.name)),
            Cell(
                words.value(total.value if total else None, currency),
                _behind(asked, line),
                value=total.value if total else "",
            ),
            Cell(words.interval(total, currency), value=total.interval.low if total else ""),
        ]
        if has_beside:
            cells.append(
                Cell(
                    words.value(before.value if before else None, currency),
                    value=before.value if before else "",
                )
            )
            cells.append(
                Cell(words.change(line.change, currency), value=line.change.value if line.change else "")
            )
            cells.append(Cell(_verdict(line, words) if line.change is not None else ""))
        marked = sum(point.is_anomaly for point in line.points)
        cells.append(Cell(asked.locale.number(marked), value=marked))
        rows.append(Row(tuple(cells), f"l{place}"))
    beside = (
        (
            Column("before", _before_name(asked), "number"),
            Column("change", _("Change"), "number"),
            Column("chance", _("Chance")),
        )
        if has_beside
        else ()
    )
    return Table(
        caption=_("Line by line, in the whole time"),
        columns=(
            Column("line", pgettext("trend", "Line")),
            Column("value", pgettext("trend", "Number"), "number"),
            Column("interval", _("Interval"), "number"),
            *beside,
            Column("marked", _("Points marked"), "number"),
        ),
        rows=tuple(rows),
    )


def _values_table(asked: Asked, words: TrendsWords) -> Table:
    """Return all lines side by side, a row a period, the newest first."""
    lines = asked.answer.lines
    rows = [
        Row(
            (
                Cell(_period(point, words)),
                *(
                    Cell(
                        words.value(value.value if value else None, line.name.currency),
                        _behind(asked, line, line.points[place]),
                        "warn" if line.points[place].is_anomaly else "",
                    )
                    for line in lines
                    for value in (line.points[place].value,)
                ),
            ),
            f"p{place}",
        )
        for place, point in reversed(list(enumerate(lines[0].points)))
    ]
    return Table(
        caption=_("Period by period, the newest first"),
        columns=(
            Column("period", _("Period")),
            *(Column(f"line{number}", words.line(line.name), "number") for number, line in enumerate(lines)),
        ),
        rows=tuple(rows),
    )


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    name = str(cell.get("line") or "")
    if cell.get("is_total") or not name:
        return _("Customers behind a number over time")
    return filled(_("Customers behind a number over time: %(line)s"), line=name)


def _metric(answer: SeriesAnswer) -> Metric | None:
    """Return the number of the whole time where it counts something and there is one; it is a fact about the log."""
    totals = _totals(answer)
    question: Any = answer.provenance.question
    if len(totals) != 1 or totals[0].total is None or not _is_whole(question.metric.measure):
        return None
    return Metric(totals[0].total.value, None, totals[0].total.n)


def _is_whole(measure: Measure) -> bool:
    return measure in {Measure.EVENTS, Measure.CUSTOMERS, Measure.NEW_CUSTOMERS, Measure.SESSIONS}


TRENDS: Final = KindPage(
    key="trends",
    name=pgettext_lazy("kind of question", "Trends"),
    lead=gettext_lazy("How does a number go over time, and what is out of the ordinary?"),
    form=TrendsForm,
    shown=shown_trends,
    meaning=gettext_lazy(
        "Each point is the number of one period in your calendar. It can stand beside the same length of time before,"
        " or beside the same days of the year before in the calendar of a season: Nowruz beside Nowruz, Ramadan beside"
        " Ramadan."
    ),
    method=gettext_lazy(
        "Intervals of counts say what such a period brings when nothing changes, and take into account that the same"
        " customers come again. Shares have Wilson's interval, means and sums Student's by customer. A point is marked"
        " when it lies more than 3.5 robust deviations from its own trend and season. A period that is not over is"
        " compared with as much of the other one as has passed of it."
    ),
    cell_words=_cell_in_words,
    further_tables=(("lines_table", gettext_lazy("Line by line, in the whole time")),),
    metric=_metric,
    metric_name=gettext_lazy("In the whole time"),
    metric_unit="count",
)
