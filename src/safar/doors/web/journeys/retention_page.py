"""The page Retention: of those who began together, who comes back."""

from __future__ import annotations

from datetime import date
from typing import Final, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.observe.retention import Cohort, RetentionAnswer, RetentionCell, RetentionQuestion, Returned
from safar.show import drawing as draw
from safar.show.journeys.retention import RetentionWords, retention_drawing
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate, difference, is_clear, share

from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .note_sentences import ngettext_noop
from .retention_form import RetentionForm
from .words import interval_in_words, paths_in_words, share_with_interval

_NARROW: Final = 340.0
#: Cells that the page lists one by one; a file has them all.
_MOST_ROWS: Final = 40
#: Place of the rate among the columns of both tables.
_RATE_TOGETHER, _RATE = 3, 4
_LATER: Final = {
    "day": ngettext_noop("%(count)s day later", "%(count)s days later"),
    "week": ngettext_noop("%(count)s week later", "%(count)s weeks later"),
    "month": ngettext_noop("%(count)s month later", "%(count)s months later"),
    "quarter": ngettext_noop("%(count)s quarter later", "%(count)s quarters later"),
    "year": ngettext_noop("%(count)s year later", "%(count)s years later"),
}


def shown_retention(asked: Asked) -> Shown:
    """Return retention in the reader's words."""
    answer: RetentionAnswer = asked.answer
    if not any(cohort.size for cohort in answer.cohorts):
        return Shown(
            empty=EmptyState(
                _("Nobody began here"),
                _("Ask about a longer period, or with fewer conditions."),
            )
        )
    if not answer.together:
        return Shown(
            empty=EmptyState(
                _("It is too early to tell"),
                _("No period that follows is over yet. Ask about a longer period, or by days."),
            )
        )
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_heat(asked), _curve(asked)),
        tables=(_together_table(asked), _cells_table(asked)),
    )


def _question(asked: Asked) -> RetentionQuestion:
    return cast("RetentionQuestion", asked.question)


def _later(asked: Asked, after: int) -> str:
    """Return how much later a period is: by the calendar, or on everybody's own clock."""
    question, locale = _question(asked), asked.locale
    if question.every is not None:
        return filled(_("%(time)s later"), time=locale.duration(question.every * after))
    one, many = _LATER[question.period]
    return filled(ngettext(one, many, after), count=locale.number(after))


def _name(asked: Asked, cohort: Cohort) -> str:
    return cast("RetentionForm", asked.form).lens.period(_day(cohort.key), _question(asked).period)


def _began(asked: Asked, cohort: Cohort) -> str:
    """Return the name of a cohort where a head above it says that it is a week."""
    if _question(asked).period != "week":
        return _name(asked, cohort)
    return cast("RetentionForm", asked.form).lens.date(_day(cohort.key))


def _day(key: str) -> int:
    return date.fromisoformat(key).toordinal() - date(1970, 1, 1).toordinal()


def _cell(cohort: Cohort, after: int, *, lost: bool = False) -> dict[str, str | int | None]:
    return {"cohort": cohort.key, "periods_after": after, "lost": int(lost)}


def _figures(asked: Asked) -> tuple[Figure, ...]:
    locale, answer = asked.locale, asked.answer
    cohorts = [cohort for cohort in answer.cohorts if cohort.size]
    began = Figure(
        pgettext("retention", "Began"),
        locale.number(sum(cohort.size for cohort in cohorts)),
        filled(
            ngettext("customers in %(count)s cohort", "customers in %(count)s cohorts", len(cohorts)),
            count=locale.number(len(cohorts)),
        ),
    )
    rates = (
        Figure(
            filled(_("Came back %(later)s"), later=_later(asked, cell.periods_after)),
            locale.percent(cell.retention_rate.value, decimals=1),
            _how_sure(cell.retention_rate, locale),
        )
        for cell in dict.fromkeys((answer.together[0], answer.together[-1]))
    )
    return (began, *rates)


def _how_sure(rate: Estimate, locale: Locale) -> str:
    return filled(
        _("%(level)s interval: %(interval)s, of %(paths)s"),
        level=locale.percent(rate.interval.level),
        interval=interval_in_words(rate, locale),
        paths=paths_in_words(rate.n, locale, are_visits=False),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    """Return how many come back at first and at last, and whether the newest cohort does better than those before."""
    answer, locale = asked.answer, asked.locale
    found = []
    for cell in dict.fromkeys((answer.together[0], answer.together[-1])):
        words = (
            _("%(later)s, %(share)s of all came back.")
            if _question(asked).returned is Returned.IN
            else _("%(later)s or at any time after, %(share)s of all came back.")
        )
        found.append(
            Finding(
                filled(
                    words,
                    later=_later(asked, cell.periods_after),
                    share=locale.percent(cell.retention_rate.value, decimals=1),
                ),
                f"t{cell.periods_after}",
                _RATE_TOGETHER,
            )
        )
    newest = _newest(asked)
    return (*found, newest) if newest is not None else tuple(found)


def _newest(asked: Asked) -> Finding | None:
    """Return whether the newest cohort whose first period is over comes back more often than all those before it."""
    locale, answer = asked.locale, asked.answer
    over = [cohort for cohort in answer.cohorts if cohort.size and cohort.cells and cohort.cells[0].is_whole]
    if len(over) < 2:
        return None
    firsts = [cohort.cells[0] for cohort in over]
    now = firsts[-1].retention_rate
    before = share(
        sum(cell.count for cell in firsts[:-1]),
        sum(cell.retention_rate.n for cell in firsts[:-1]),
        level=_question(asked).level,
    )
    assert before is not None, "cohorts have customers"
    words = (
        _(
            "Of the newest cohort, “%(cohort)s”, %(now)s came back %(later)s; of those before it %(before)s:"
            " more than chance."
        )
        if is_clear(difference(now, before))
        else _(
            "Of the newest cohort, “%(cohort)s”, %(now)s came back %(later)s; of those before it %(before)s:"
            " may be chance."
        )
    )
    return Finding(
        filled(
            words,
            cohort=_name(asked, over[-1]),
            now=locale.percent(now.value, decimals=1),
            later=_later(asked, 1),
            before=locale.percent(before.value, decimals=1),
        ),
        f"c{over[-1].key}-1" if _is_listed(asked, over[-1]) else "",
        _RATE,
    )


def _heat(asked: Asked) -> Drawing:
    answer, locale = asked.answer, asked.locale
    is_partial = any(not cell.is_whole for cohort in answer.cohorts for cell in cohort.cells)

    def said(cohort: Cohort, cell: RetentionCell) -> str:
        words = filled(
            _("%(cohort)s, %(later)s: %(share)s; %(count)s of %(customers)s"),
            cohort=_name(asked, cohort),
            later=_later(asked, cell.periods_after),
            share=share_with_interval(cell.retention_rate, locale),
            count=locale.number(cell.count),
            customers=paths_in_words(cell.retention_rate.n, locale, are_visits=False),
        )
        return words if cell.is_whole else filled(_("%(cell)s (not over)"), cell=words)

    is_week = _question(asked).period == "week"
    return Drawing(
        key="retention",
        name=_("Who came back, cohort by cohort"),
        svg=retention_drawing(
            answer,
            locale,
            RetentionWords(
                cohort=lambda cohort: _began(asked, cohort),
                title=_(
                    "Of each cohort, who came back in the periods after; the tables below have the same numbers."
                ),
                corner=pgettext("retention", "Week of") if is_week else pgettext("retention", "Began"),
                sizes=_("Customers"),
                cell=said,
            ),
            href=lambda cohort, after: (
                asked.behind(_cell(cohort, after)) or None if cohort.cells[after - 1].count else None
            ),
        ),
        said=" ".join(
            [
                _("A line is a cohort, a column how many periods later. Point at a cell for its interval."),
                *([_("Hatched cells with an asterisk are not over yet.")] if is_partial else []),
            ]
        ),
    )


def _curve(asked: Asked) -> Drawing:
    """Draw all cohorts together, with intervals."""
    locale, cells = asked.locale, asked.answer.together
    points = tuple(
        draw.SeriesPoint(
            cell.retention_rate.value,
            share_with_interval(cell.retention_rate, locale),
            cell.retention_rate.interval.low,
            cell.retention_rate.interval.high,
        )
        for cell in cells
    )
    top = max(cell.retention_rate.interval.high for cell in cells)
    step = next(each for each in (0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if each * 5 >= top or each == 0.25)
    values = [place * step for place in range(6) if place * step <= max(top, step) + step]
    title = _("All cohorts together, period by period, with intervals; the first table has the same numbers.")

    def drawn(width: float, drawing_id: str) -> str:
        return draw.draw_series(
            [draw.Series(_("All cohorts"), points)],
            labels=[_later(asked, cell.periods_after) for cell in cells],
            ticks=[
                draw.Tick(place, locale.signed(cell.periods_after))
                for place, cell in enumerate(cells)
                if width > _NARROW or not place % max(1, len(cells) // 6)
            ],
            value_ticks=[draw.Tick(value, locale.percent(value)) for value in values if value <= 1],
            title=title,
            direction=locale.direction,
            width=width,
            drawing_id=drawing_id,
        )

    return Drawing.in_both_widths(
        "together",
        _("All cohorts together"),
        drawn,
        said=_("Only periods that are over count, so the farther ones come from fewer, older cohorts."),
    )


def _together_table(asked: Asked) -> Table:
    locale = asked.locale
    return Table(
        caption=_("All cohorts together"),
        columns=(
            Column("after", _("Later")),
            Column("customers", _("Customers followed so far"), "number"),
            Column("count", _("Came back"), "number"),
            Column("rate", _("Share (95% interval)"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_later(asked, cell.periods_after), value=cell.periods_after),
                    Cell(locale.number(cell.retention_rate.n), value=cell.retention_rate.n),
                    Cell(locale.number(cell.count), value=cell.count),
                    Cell(share_with_interval(cell.retention_rate, locale), value=cell.retention_rate.value),
                ),
                f"t{cell.periods_after}",
            )
            for cell in asked.answer.together
        ),
    )


def _listed(asked: Asked) -> list[tuple[Cohort, RetentionCell]]:
    """Return the cells that the page lists: of the newest cohorts, as many as it has room for."""
    cells: list[tuple[Cohort, RetentionCell]] = []
    for cohort in reversed(asked.answer.cohorts):
        if cells and len(cells) + len(cohort.cells) > _MOST_ROWS:
            break
        cells += [(cohort, cell) for cell in cohort.cells]
    return cells


def _is_listed(asked: Asked, cohort: Cohort) -> bool:
    return any(each is cohort for each, _cell in _listed(asked))


def _cells_table(asked: Asked) -> Table:
    locale, rows = asked.locale, []
    for cohort, cell in _listed(asked):
        rate, after = cell.retention_rate, cell.periods_after
        missed = rate.n - cell.count
        rows.append(
            Row(
                (
                    Cell(_name(asked, cohort)),
                    Cell(locale.number(cohort.size), asked.behind(_cell(cohort, 0)), value=cohort.size),
                    Cell(_later(asked, after), value=after),
                    Cell(
                        locale.number(cell.count),
                        asked.behind(_cell(cohort, after)) if cell.count else "",
                        value=cell.count,
                    ),
                    Cell(share_with_interval(rate, locale), value=rate.value),
                    Cell(
                        locale.number(missed),
                        asked.behind(_cell(cohort, after, lost=True)) if missed else "",
                        value=missed,
                    ),
                    Cell("" if cell.is_whole else _("not over"), tone="soft"),
                ),
                f"c{cohort.key}-{after}",
            )
        )
    return Table(
        caption=_("Cohort by cohort, the newest first"),
        columns=(
            Column("cohort", pgettext("retention", "Began")),
            Column("size", _("Customers"), "number"),
            Column("after", _("Later")),
            Column("count", _("Came back"), "number"),
            Column("rate", _("Share (95% interval)"), "number"),
            Column("missed", _("Did not"), "number"),
            Column("state", pgettext("period", "State")),
        ),
        rows=tuple(rows),
    )


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    after = cell.get("periods_after")
    told = {
        "day": locale.date(_day(str(cell.get("cohort")))),
        "count": locale.number(after if isinstance(after, int) else 0),
    }
    if not after:
        return filled(_("Customers who began in the period from %(day)s on"), **told)
    number = int(after)
    if cell.get("lost"):
        words = ngettext(
            "Customers who began in the period from %(day)s on and did not come back %(count)s period later",
            "Customers who began in the period from %(day)s on and did not come back %(count)s periods later",
            number,
        )
    else:
        words = ngettext(
            "Customers who began in the period from %(day)s on and came back %(count)s period later",
            "Customers who began in the period from %(day)s on and came back %(count)s periods later",
            number,
        )
    return filled(words, **told)


def _metric(answer: RetentionAnswer) -> Metric | None:
    return Metric.of(answer.together[0].retention_rate) if answer.together else None


RETENTION: Final = KindPage(
    key="retention",
    name=pgettext_lazy("kind of question", "Retention"),
    lead=gettext_lazy("Of those who began together, how many come back, and for how long?"),
    form=RetentionForm,
    shown=shown_retention,
    meaning=gettext_lazy(
        "A cohort is everybody who began in the same period. For each period after it, the share of the cohort that"
        " came back in it. A customer belongs to the period of their first event ever, not of their first one here."
    ),
    method=gettext_lazy(
        "Each customer counts once in a cell. Shares have Wilson's 95% interval. By the calendar, whoever began on the"
        " last day of a period has had a day when the next one starts; on their own clocks all have had the same time,"
        " and only those count whose time is over."
    ),
    cell_words=_cell_in_words,
    further_tables=(("together_table", gettext_lazy("All cohorts together")),),
    metric=_metric,
    metric_name=gettext_lazy("Came back one period later"),
)
