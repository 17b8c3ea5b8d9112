"""The page Drivers: what goes with satisfaction, coming back and spending, and how much of it is whose."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.metric import Metric
from safar.doors.web.journeys.words import interval_in_words, number_with_interval, share_with_interval
from safar.doors.web.surveys.queries import asked_names
from safar.explain.driver_rows import DriversAnswer
from safar.explain.drivers import Driver
from safar.explain.penalty_reward import Contrast
from safar.show import drawing as draw
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate

from .contrasts import LEANS, contrast_columns
from .drivers_form import DriversForm
from .experience_names import EXPERIENCE_NAMES
from .groups import REASONS
from .quadrants import quadrants
from .words import NO_ANSWERS, NO_ORDERS, how_sure

#: Places of columns that findings speak of.
_SHARE, _PERFORMANCE, _STATED = 1, 4, 6


def shown_drivers(asked: Asked) -> Shown:
    """Return drivers in the reader's words."""
    contrasts = asked.answer.annoys_and_delights
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_bars(asked), *_map(asked), *_stated_map(asked)),
        tables=(_table(asked), *(() if contrasts is None else (_contrasts(asked, contrasts.contrasts),))),
    )


def driver_names(asked: Asked) -> dict[str, str]:
    """Return what each driver is called: the question's own words where there are such."""
    answer: DriversAnswer = asked.answer
    asks = asked_names(asked.workspace, asked.locale.language)
    return {
        each.name: str(EXPERIENCE_NAMES[each.name])
        if each.name in EXPERIENCE_NAMES
        else asks.question(each.name)
        for each in answer.ranked
    }


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: DriversAnswer = asked.answer
    locale, fit = asked.locale, answer.fit
    first = answer.ranked[0]
    return (
        Figure(
            _("Explained together"),
            locale.percent(fit.r_squared.value, decimals=1),
            how_sure(fit.r_squared, interval_in_words(fit.r_squared, locale), locale),
        ),
        Figure(
            _("Most important"),
            driver_names(asked)[first.name],
            filled(_("%(share)s of what is explained"), share=share_with_interval(first.share, locale)),
        ),
        Figure(
            _("Rests on"),
            locale.number(fit.n),
            filled(
                ngettext("answers of %(count)s customer", "answers of %(count)s customers", answer.customers),
                count=locale.number(answer.customers),
            ),
        ),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    answer: DriversAnswer = asked.answer
    locale, names = asked.locale, driver_names(asked)
    found = []
    first = answer.ranked[0]
    if first.ranks == (1, 1):
        found.append(
            Finding(
                filled(
                    _("“%(driver)s” goes with it most, in nearly every resample of the same customers."),
                    driver=names[first.name],
                ),
                "d1",
                _SHARE,
            )
        )
    elif len(answer.ranked) > 1:
        others = [each for each in answer.ranked[1:] if each.ranks[0] == 1]
        found.append(
            Finding(
                filled(
                    ngettext(
                        "“%(driver)s” stands first, but %(count)s other may be as important.",
                        "“%(driver)s” stands first, but %(count)s others may be as important.",
                        len(others),
                    ),
                    driver=names[first.name],
                    count=locale.number(len(others)),
                ),
                "d1",
                _SHARE,
            )
        )
    weak = _weak(answer)
    if weak is not None:
        place, driver, performance = weak
        found.append(
            Finding(
                filled(
                    _(
                        "“%(driver)s” matters more than most and stands lower than most: %(performance)s of 100."
                    ),
                    driver=names[driver.name],
                    performance=locale.number(performance, decimals=0),
                ),
                f"d{place}",
                _PERFORMANCE,
            )
        )
    return (*found, *_apart(asked))


def _apart(asked: Asked) -> list[Finding]:
    """Return what people say matters more than it shows, or less."""
    answer: DriversAnswer = asked.answer
    names = driver_names(asked)
    said = [(place, each) for place, each in enumerate(answer.ranked, 1) if each.name in answer.stated]
    if len(said) < 2:
        return []
    middle = sum(answer.stated[each.name].value for _place, each in said) / len(said)
    found = []
    for place, each in said:
        loud, high = answer.stated[each.name].value >= middle, each.share.value >= 1 / len(answer.ranked)
        if loud and not high:
            text = _(
                "“%(driver)s” matters more than most to people who are asked, and goes with it less than most."
            )
        elif high and not loud:
            text = _("“%(driver)s” goes with it more than most, though people say it matters less than most.")
        else:
            continue
        found.append(Finding(filled(text, driver=names[each.name]), f"d{place}", _STATED))
    return found


def _placed(answer: DriversAnswer) -> list[tuple[int, Driver, float]]:
    """Return the drivers that have a performance, with their places and it."""
    found = []
    for place, each in enumerate(answer.ranked, 1):
        performance = answer.performance[each.name]
        if performance is not None:
            found.append((place, each, performance))
    return found


def _weak(answer: DriversAnswer) -> tuple[int, Driver, float] | None:
    """Return the most important driver below the mean performance and above the mean importance."""
    placed = _placed(answer)
    if len(placed) < 3:
        return None
    middle = sum(performance for _place, _each, performance in placed) / len(placed)
    important = 1 / len(answer.ranked)
    weak = [each for each in placed if each[1].share.value > important and each[2] < middle]
    return weak[0] if weak else None


def _bars(asked: Asked) -> Drawing:
    answer: DriversAnswer = asked.answer
    locale, names = asked.locale, driver_names(asked)
    bars = [
        draw.Bar(
            names[each.name],
            each.share.value,
            locale.percent(each.share.value, decimals=0),
            each.share.interval.low,
            each.share.interval.high,
            detail=_direction(each),
            tone="plain" if each.direction else "soft",
        )
        for each in answer.ranked
    ]
    title = _("What is explained, by what goes with it; the table below has the same numbers.")

    drawn = partial(draw.draw_bars, bars, title=title, direction=locale.direction)
    return Drawing.in_both_widths(
        "drivers",
        _("What goes with it"),
        drawn,
        said=_("Shares of what all of them explain together. Soft bars may go either way beside the others."),
    )


def _direction(driver: Driver) -> str:
    if driver.direction == 0:
        return _("either way")
    return (
        _("more of it, more of the outcome") if driver.direction > 0 else _("more of it, less of the outcome")
    )


def _map(asked: Asked) -> tuple[Drawing, ...]:
    """Return what is done well, beside how much goes with it."""
    answer: DriversAnswer = asked.answer
    locale, names = asked.locale, driver_names(asked)
    points = [
        draw.ScatterPoint(
            names[each.name],
            performance,
            each.share.value,
            locale.number(place),
            filled(
                _("%(performance)s of 100; %(share)s"),
                performance=locale.number(performance, decimals=0),
                share=locale.percent(each.share.value, decimals=0),
            ),
            each.share.interval.low,
            each.share.interval.high,
        )
        for place, each, performance in _placed(answer)
    ]
    return quadrants(
        "map",
        _("What matters and is done badly"),
        points,
        locale,
        title=_("How much each thing matters and how well it is done; the table below has the same numbers."),
        middle=1 / len(answer.ranked),
    )


def _stated_map(asked: Asked) -> tuple[Drawing, ...]:
    """Return what is done well, beside how much people say it matters."""
    answer: DriversAnswer = asked.answer
    locale, names = asked.locale, driver_names(asked)
    points = [
        draw.ScatterPoint(
            names[each.name],
            performance,
            said.value / 100,
            locale.number(place),
            filled(
                _("%(performance)s of 100; said to matter: %(stated)s of 100"),
                performance=locale.number(performance, decimals=0),
                stated=locale.number(said.value, decimals=0),
            ),
            said.interval.low / 100,
            said.interval.high / 100,
        )
        for place, each, performance in _placed(answer)
        if (said := answer.stated.get(each.name)) is not None
    ]
    return quadrants(
        "stated",
        _("What people say matters"),
        points,
        locale,
        title=_("How much people say each thing matters and how well it is done."),
        matters=_("How much people say it matters"),
    )


def _stated(said: Estimate | None, locale: Locale) -> Cell:
    """Return how much people say it matters, with its interval."""
    if said is None:
        return Cell("")
    low, high = (locale.number(end, decimals=0) for end in (said.interval.low, said.interval.high))
    between = filled(_("%(low)s to %(high)s"), low=low, high=high)
    return Cell(
        number_with_interval(locale.number(said.value, decimals=0), between, locale), value=said.value
    )


def _table(asked: Asked) -> Table:
    answer: DriversAnswer = asked.answer
    locale, names = asked.locale, driver_names(asked)
    rows = []
    for place, each in enumerate(answer.ranked, 1):
        performance = answer.performance[each.name]
        best, worst = (locale.number(rank) for rank in each.ranks)
        rows.append(
            Row(
                (
                    Cell(names[each.name]),
                    Cell(share_with_interval(each.share, locale), value=each.share.value),
                    Cell(best if best == worst else filled(_("%(low)s to %(high)s"), low=best, high=worst)),
                    Cell(_direction(each)),
                    Cell("")
                    if performance is None
                    else Cell(locale.number(performance, decimals=0), value=performance),
                    Cell(locale.number(each.answers), value=each.answers),
                    *([_stated(answer.stated.get(each.name), locale)] if answer.stated else []),
                ),
                f"d{place}",
            )
        )
    return Table(
        caption=_("What goes with it"),
        columns=(
            Column("driver", _("Answer or experience")),
            Column("share", _("Share of what is explained"), "number"),
            Column("rank", _("Rank"), "number"),
            Column("direction", _("Direction")),
            Column("performance", _("How well, of 100"), "number"),
            Column("answers", _("Known of"), "number"),
            *([Column("stated", _("Said to matter, of 100"), "number")] if answer.stated else []),
        ),
        rows=tuple(rows),
    )


def _contrasts(asked: Asked, contrasts: tuple[Contrast, ...]) -> Table:
    locale, names = asked.locale, driver_names(asked)

    def effect(value: float) -> Cell:
        return Cell(locale.number(value, decimals=2), value=value)

    return Table(
        caption=_("What annoys and delights"),
        columns=contrast_columns(),
        rows=tuple(
            Row(
                (
                    Cell(names.get(each.name, each.name)),
                    effect(each.penalty.value),
                    effect(each.reward.value),
                    Cell(str(LEANS[each.lean])),
                ),
                f"c{place}",
            )
            for place, each in enumerate(contrasts, 1)
        ),
    )


DRIVERS: Final = KindPage(
    key="drivers",
    desk="value",
    group=REASONS,
    name=pgettext_lazy("kind of question", "Drivers"),
    lead=gettext_lazy("What goes with satisfaction, coming back and spending, and which of it matters most?"),
    form=DriversForm,
    shown=shown_drivers,
    meaning=gettext_lazy(
        "Of all that differs between customers in the outcome, the part that goes with each answer and experience. The"
        " parts add up, however much the things go together. It is an association: whether improving one would move the"
        " outcome is for Value at risk or an experiment to say."
    ),
    method=gettext_lazy(
        "Shares are averages over all orders in which the things can be added to a linear model (LMG, the Shapley value"
        " of what is explained), up to 15 of them, and Johnson's relative weights above. Answers that are missing are"
        " allowed for by the EM algorithm; nobody is left out for skipping a question. Intervals are between"
        " percentiles of resamples of customers."
    ),
    nothing={
        **NO_ORDERS,
        **NO_ANSWERS,
        "why.too_few_rows": (
            gettext_lazy("Too few answers to tell"),
            gettext_lazy("Look again when more customers have answered, or choose a longer time before."),
        ),
    },
    asks_in_notes=("driver",),
    more=gettext_lazy("Days before, day, what people say matters"),
    metric=lambda answer: Metric.of(answer.fit.r_squared),
    metric_name=gettext_lazy("Explained together"),
)
