"""The page What if, fewer bad experiences: satisfaction, coming back and value follow."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, NextStep, Shown
from safar.doors.web.journeys.metric import Metric
from safar.doors.web.journeys.words import as_read, between, number_with_interval
from safar.doors.web.surveys.queries import asked_names
from safar.explain.chain_what_if import MovedPart
from safar.explain.value_what_if import ValueWhatIfAnswer
from safar.show import drawing as draw
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate, is_clear

from .experience_names import EXPERIENCE_NAMES
from .groups import FIXING
from .what_if_form import ValueWhatIfForm
from .words import NO_ANSWERS, NO_ORDERS, money

#: Place of the change among the columns of the first table.
_CHANGE: Final = 3
#: Columns that tell how things stand, of both tables.
_STANDS: Final = 2
#: Puts a level, or a change with its sign, into words.
_Said = Callable[[float], str]


def shown_what_if(asked: Asked) -> Shown:
    """Return before and after in the reader's words."""
    moved = [part for part in asked.answer.moves.parts if part.share_now != part.share_after]
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked, moved),
        next_steps=_keeping(asked, moved),
        drawings=(_bridge(asked, moved),) if moved else (),
        tables=(_outcomes(asked, is_moved=bool(moved)), _experiences(asked, is_moved=bool(moved))),
    )


def _keeping(asked: Asked, moved: list[MovedPart]) -> tuple[NextStep, ...]:
    """Return how the number of a year is kept as an estimate, to be scored when it was done."""
    if not moved or not asked.may_save or asked.answer.currency is None:
        return ()
    address = reverse("estimate-new", kwargs={"workspace_id": asked.workspace.workspace_id})
    query = "&".join(part for part in (asked.query, urlencode({"of": "value_what_if"})) if part)
    return (NextStep(_("Keep this estimate"), f"{address}?{query}"),)


def _called(part: MovedPart) -> str:
    return str(EXPERIENCE_NAMES.get(part.name, part.name))


def _words(asked: Asked, outcome: str) -> tuple[_Said, _Said]:
    """Return what says a level of an outcome, and what says a change of it."""
    locale, currency = asked.locale, asked.answer.currency
    if outcome == "satisfaction":
        return partial(locale.number, decimals=2), partial(locale.signed, decimals=2)
    if outcome == "returned":
        return partial(locale.percent, decimals=1), partial(_points, locale)
    return partial(_money, currency, locale), partial(_money, currency, locale, signed=True)


def _points(locale: Locale, value: float) -> str:
    return filled(_("%(points)s points"), points=locale.signed(100 * value, decimals=2))


def _plain_points(locale: Locale, value: float) -> str:
    return locale.signed(100 * value, decimals=2)


def _money(currency: str | None, locale: Locale, value: float, *, signed: bool = False) -> str:
    return money(value, currency, locale, signed=signed)


def _interval(estimate: Estimate, said: _Said, locale: Locale) -> str:
    """Return an interval; of points in numbers alone, for the estimate beside it has the unit."""
    ends = estimate.interval
    if isinstance(said, partial) and said.func is _points:
        said = partial(_plain_points, locale)
    return between(said(ends.low), said(ends.high), locale)


def _cell(estimate: Estimate, said: _Said, locale: Locale) -> Cell:
    return Cell(
        number_with_interval(said(estimate.value), _interval(estimate, said, locale), locale),
        value=estimate.value,
    )


def _outcome_names(asked: Asked) -> dict[str, str]:
    answer: ValueWhatIfAnswer = asked.answer
    names = asked_names(asked.workspace, asked.locale.language)
    days = asked.locale.number(round(answer.horizon_days))
    return {
        "satisfaction": names.question(answer.question_key),
        "returned": filled(_("Come back within %(days)s days"), days=days),
        "value": filled(_("Bring within %(days)s days"), days=days),
    }


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: ValueWhatIfAnswer = asked.answer
    locale, moves = asked.locale, answer.moves
    found = []
    for outcome, name in _outcome_names(asked).items():
        level, change = _words(asked, outcome)
        now: Estimate = getattr(moves.now, outcome)
        after: Estimate = getattr(moves.after, outcome)
        moved: Estimate = getattr(moves, outcome)
        if moved.value:
            value = as_read(
                filled(_("%(now)s → %(after)s"), now=level(now.value), after=level(after.value)), locale
            )
            sure = filled(
                _("changes by %(change)s; %(level)s interval: %(interval)s"),
                change=change(moved.value),
                level=locale.percent(moved.interval.level),
                interval=_interval(moved, change, locale),
            )
        else:
            value = level(now.value)
            sure = filled(
                _("now; %(level)s interval: %(interval)s"),
                level=locale.percent(now.interval.level),
                interval=_interval(now, level, locale),
            )
        found.append(Figure(name, value, sure))
    found.append(
        Figure(
            _("Rests on"),
            locale.number(answer.n),
            filled(_("of them with an answer: %(count)s"), count=locale.number(answer.answered)),
        )
    )
    return tuple(found)


def _findings(asked: Asked, moved: list[MovedPart]) -> tuple[Finding, ...]:
    answer: ValueWhatIfAnswer = asked.answer
    locale, moves = asked.locale, answer.moves
    if not moved:
        return (
            Finding(
                _(
                    "No slider is moved yet: these are the numbers of today. Move one to see what would follow."
                )
            ),
        )
    year = answer.value_a_year
    _level, change = _words(asked, "value")
    facts = {
        "amount": _money(answer.currency, locale, abs(year.value)),
        "interval": _interval(year, change, locale),
        "count": locale.number(answer.occasions_a_year),
    }
    if not is_clear(year):
        words = _(
            "Whether customers would bring more or less over a year cannot be told (%(interval)s; %(count)s occasions)."
        )
    elif year.value > 0:
        words = _(
            "Over a year, customers would bring about %(amount)s more (%(interval)s; %(count)s occasions)."
        )
    else:
        words = _(
            "Over a year, customers would bring about %(amount)s less (%(interval)s; %(count)s occasions)."
        )
    found = [Finding(filled(words, **facts), "value", _CHANGE)]
    again = round(moves.returned.value * answer.occasions_a_year)
    if is_clear(moves.returned) and again:
        words = (
            ngettext(
                "Over a year, customers would come back after %(count)s more occasion.",
                "Over a year, customers would come back after %(count)s more occasions.",
                abs(again),
            )
            if again > 0
            else ngettext(
                "Over a year, customers would come back after %(count)s fewer occasion.",
                "Over a year, customers would come back after %(count)s fewer occasions.",
                abs(again),
            )
        )
        found.append(Finding(filled(words, count=locale.number(abs(again))), "returned", _CHANGE))
    best = max(moved, key=lambda part: abs(part.value.value))
    if len(moved) > 1:
        found.append(
            Finding(
                filled(_("%(experience)s moves value most."), experience=_called(best)),
                f"e{answer.moves.parts.index(best)}",
            )
        )
    return tuple(found)


def _bridge(asked: Asked, moved: list[MovedPart]) -> Drawing:
    answer: ValueWhatIfAnswer = asked.answer
    locale, times = asked.locale, answer.occasions_a_year
    said = partial(_money, answer.currency, locale, signed=True)
    whole = answer.value_a_year.value
    steps = [
        draw.BridgeStep(pgettext("what if", "As it is now"), 0.0, said(0.0), is_total=True),
        *(
            draw.BridgeStep(
                _called(part), part.value.value * times, said(part.value.value * times), key=part.name
            )
            for part in moved
        ),
        draw.BridgeStep(_("All together"), whole, said(whole), is_total=True),
    ]
    title = _("What each change would bring over a year; the tables below have the same numbers.")
    drawn = partial(draw.draw_bridge, steps, title=title, direction=locale.direction)
    return Drawing.in_both_widths(
        "bridge",
        _("Where the change comes from"),
        drawn,
        said=filled(
            ngettext(
                "Of %(count)s occasion, as many as there were in the last 365 days.",
                "Of %(count)s occasions, as many as there were in the last 365 days.",
                times,
            ),
            count=locale.number(times),
        ),
    )


def _outcomes(asked: Asked, *, is_moved: bool) -> Table:
    """Return outcome by outcome how things stand and, where a slider was moved, how they would."""
    answer: ValueWhatIfAnswer = asked.answer
    locale, moves = asked.locale, answer.moves
    through = {
        "returned": moves.returned_through_satisfaction,
        "value": moves.value_through_satisfaction,
    }
    columns = [
        Column("outcome", _("What follows")),
        Column("now", pgettext("what if", "Now"), "number"),
        Column("after", _("With the changes"), "number"),
        Column("change", _("Change"), "number"),
        Column("through", _("Of it through satisfaction"), "number"),
    ]
    rows = []
    for outcome, name in _outcome_names(asked).items():
        level, change = _words(asked, outcome)
        cells = [
            Cell(name),
            _cell(getattr(moves.now, outcome), level, locale),
            _cell(getattr(moves.after, outcome), level, locale),
            _cell(getattr(moves, outcome), change, locale),
            _cell(through[outcome], change, locale) if outcome in through else Cell(locale.number(None)),
        ]
        rows.append(Row(tuple(cells if is_moved else cells[:_STANDS]), outcome))
    return Table(
        caption=_("Before and after, an occasion on average")
        if is_moved
        else _("As it is, an occasion on average"),
        columns=tuple(columns if is_moved else columns[:_STANDS]),
        rows=tuple(rows),
    )


def _experiences(asked: Asked, *, is_moved: bool) -> Table:
    answer: ValueWhatIfAnswer = asked.answer
    locale = asked.locale
    said = {outcome: _words(asked, outcome)[1] for outcome in ("satisfaction", "returned", "value")}
    columns = [
        Column("experience", _("Experience")),
        Column("now", _("Happens now"), "number"),
        Column("after", _("Would happen"), "number"),
        Column("satisfaction", _("Satisfaction"), "number"),
        Column("returned", _("Coming back"), "number"),
        Column("value", _("Value of an occasion"), "number"),
    ]

    def share(value: float) -> Cell:
        return Cell(locale.percent(value, decimals=1), value=value)

    rows = []
    for place, part in enumerate(answer.moves.parts):
        has_moved = part.share_now != part.share_after
        cells = [
            Cell(_called(part)),
            share(part.share_now),
            share(part.share_after),
            *(
                _cell(getattr(part, outcome), words, locale) if has_moved else Cell(locale.number(None))
                for outcome, words in said.items()
            ),
        ]
        rows.append(Row(tuple(cells if is_moved else cells[:_STANDS]), f"e{place}"))
    return Table(
        caption=_("Experience by experience"),
        columns=tuple(columns if is_moved else columns[:_STANDS]),
        rows=tuple(rows),
    )


VALUE_WHAT_IF: Final = KindPage(
    key="value_what_if",
    desk="value",
    group=FIXING,
    name=pgettext_lazy("kind of question", "What if: fewer bad experiences"),
    lead=gettext_lazy("If bad experiences were rarer, how would satisfaction, coming back and value follow?"),
    form=ValueWhatIfForm,
    form_template="value/what_if_fields.html",
    shown=shown_what_if,
    differs=format_lazy(
        "{} {}",
        gettext_lazy(
            "Here bad experiences become rarer, and satisfaction, coming back and money follow; what other paths"
            " through the steps would bring is told by “%(what-if)s”."
        ),
        gettext_lazy(
            "“%(value_at_risk)s” may say another amount, even where this cannot tell more from less: it compares"
            " customers with and without one experience, alike before, and is right if either of its two models is;"
            " here straight lines through the answers tell all sliders at once, of the occasions after this step, which"
            " is less sure. To judge one experience, take that one; to weigh several, this one."
        ),
    ),
    meaning=gettext_lazy(
        "What would follow if an experience happened as often as its slider says, everything else being as it is. It is"
        " read off how customers differ who had it and who did not, and were alike before: an association, not a"
        " promise. Value is what orders after the occasion bring, without what the occasion itself brings."
    ),
    method=gettext_lazy(
        "Two straight lines in a chain: from experiences and what was known before to the answer, and from both to"
        " coming back and value. A slider changes how often an experience happens, and the lines say what follows."
        " Intervals are between percentiles of 500 resamples of customers."
    ),
    nothing={
        **NO_ORDERS,
        **NO_ANSWERS,
        "why.too_few_rows": (
            gettext_lazy("Too few answers after this step"),
            gettext_lazy(
                "Ask a short question after the step, and look again when more customers have answered."
            ),
        ),
    },
    further_tables=(("experience_table", gettext_lazy("Experience by experience")),),
    more=gettext_lazy("Question, margin, day"),
    metric=lambda answer: Metric.of(answer.moves.after.returned),
    metric_name=gettext_lazy("Coming back, with the changes"),
)
