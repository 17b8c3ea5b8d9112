"""The page What annoys, what delights: what answers do to satisfaction and coming back at their two ends."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.words import number_with_interval
from safar.doors.web.surveys.queries import asked_names
from safar.explain.driver_rows import RETURN
from safar.explain.penalty_reward import Contrast
from safar.explain.penalty_reward_rows import PenaltyRewardAnswer
from safar.show import drawing as draw
from safar.vocabulary.interval import Estimate

from .contrasts import LEANS, contrast_columns
from .groups import REASONS
from .penalty_reward_form import PenaltyRewardForm
from .words import NO_ANSWERS, NO_ORDERS

#: Places of columns that findings speak of.
_LOWEST, _HIGHEST = 1, 2


def shown_penalty_reward(asked: Asked) -> Shown:
    """Return what annoys and what delights in the reader's words."""
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(_bars(asked),),
        tables=(_table(asked),),
    )


def _names(asked: Asked) -> dict[str, str]:
    asks = asked_names(asked.workspace, asked.locale.language)
    return {each.name: asks.question(each.name) for each in asked.answer.contrasts}


def _times(asked: Asked) -> float:
    """Return what numbers are multiplied by: shares who come back are shown as points of a hundred."""
    return 100.0 if asked.question.outcome == RETURN else 1.0


def _amount(asked: Asked, value: float) -> str:
    return asked.locale.signed(value * _times(asked), decimals=1 if _times(asked) > 1 else 2)


def _interval(asked: Asked, estimate: Estimate) -> str:
    times, interval = _times(asked), estimate.interval
    return asked.locale.interval(interval.low * times, interval.high * times, decimals=1 if times > 1 else 2)


def _with_interval(asked: Asked, estimate: Estimate) -> str:
    return number_with_interval(_amount(asked, estimate.value), _interval(asked, estimate), asked.locale)


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: PenaltyRewardAnswer = asked.answer
    locale, names = asked.locale, _names(asked)
    worst = answer.contrasts[0]
    best = max(answer.contrasts, key=lambda each: each.reward.value)
    figures = []
    # the worst of several may still annoy nobody, the best delight nobody
    if worst.penalty.value < 0:
        figures.append(
            Figure(
                _("Annoys most where it is low"),
                names[worst.name],
                filled(_("moves it by %(amount)s"), amount=_with_interval(asked, worst.penalty)),
            )
        )
    if best.reward.value > 0:
        figures.append(
            Figure(
                _("Delights most where it is high"),
                names[best.name],
                filled(_("moves it by %(amount)s"), amount=_with_interval(asked, best.reward)),
            )
        )
    return (
        *figures,
        Figure(
            _("Rests on"),
            locale.number(answer.fit.n),
            filled(
                ngettext("of %(count)s customer", "of %(count)s customers", answer.customers),
                count=locale.number(answer.customers),
            ),
        ),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    answer: PenaltyRewardAnswer = asked.answer
    names = _names(asked)
    return tuple(_finding(asked, each, names, f"p{place}") for place, each in enumerate(answer.contrasts, 1))


def _finding(asked: Asked, each: Contrast, names: dict[str, str], row: str) -> Finding:
    loses, gains = each.penalty.interval.high < 0, each.reward.interval.low > 0
    column = _LOWEST
    if each.lean == "annoys" and loses:
        words = _(
            "“%(answer)s” is taken for granted: where it is low the outcome falls by %(penalty)s, and where it is high"
            " little is won."
        )
    elif each.lean == "delights" and gains:
        words = _(
            "“%(answer)s” delights: where it is high the outcome rises by %(reward)s, and where it is low little is"
            " lost."
        )
        column = _HIGHEST
    elif loses and gains:
        words = _(
            "“%(answer)s” does both: %(penalty)s less where it is low, %(reward)s more where it is high. The better,"
            " the better."
        )
    elif loses:
        words = _(
            "“%(answer)s” annoys where it is low (%(penalty)s less). Whether it delights cannot be told."
        )
    elif gains:
        words = _(
            "“%(answer)s” delights where it is high (%(reward)s more). Whether it annoys cannot be told."
        )
        column = _HIGHEST
    else:
        words = _("“%(answer)s”: whether it annoys or delights cannot be told yet.")
    shown = [_amount(asked, abs(value)).lstrip("+") for value in (each.penalty.value, each.reward.value)]
    return Finding(filled(words, answer=names[each.name], penalty=shown[0], reward=shown[1]), row, column)


def _bars(asked: Asked) -> Drawing:
    answer: PenaltyRewardAnswer = asked.answer
    names = _names(asked)
    bars = []
    for each in answer.contrasts:
        for estimate, where in (
            (each.penalty, _("where it is lowest")),
            (each.reward, _("where it is highest")),
        ):
            bars.append(
                draw.Bar(
                    names[each.name],
                    estimate.value,
                    _amount(asked, estimate.value),
                    estimate.interval.low,
                    estimate.interval.high,
                    detail=where,
                    tone="soft" if 0 in estimate.interval else "plain",
                )
            )
    title = _(
        "What each answer does to the outcome where it is lowest and where it is highest, with intervals."
    )
    drawn = partial(draw.draw_bars, bars, title=title, direction=asked.locale.direction)
    return Drawing.in_both_widths(
        "ends",
        _("At its two ends"),
        drawn,
        said=_("Compared with customers who answered in the middle. Soft bars may be nothing."),
    )


def _table(asked: Asked) -> Table:
    answer: PenaltyRewardAnswer = asked.answer
    locale, names = asked.locale, _names(asked)
    rows = []
    for place, each in enumerate(answer.contrasts, 1):
        performance = answer.performance[each.name]
        rows.append(
            Row(
                (
                    Cell(names[each.name]),
                    Cell(_with_interval(asked, each.penalty), value=each.penalty.value),
                    Cell(_with_interval(asked, each.reward), value=each.reward.value),
                    Cell(str(LEANS[each.lean])),
                    Cell("")
                    if performance is None
                    else Cell(locale.number(performance, decimals=0), value=performance),
                    Cell(locale.number(each.low), value=each.low),
                    Cell(locale.number(each.high), value=each.high),
                ),
                f"p{place}",
            )
        )
    return Table(
        caption=_("What annoys and delights"),
        columns=(
            *contrast_columns(),
            Column("performance", _("How well, of 100"), "number"),
            Column("low", _("Answers at the lower end"), "number"),
            Column("high", _("Answers at the upper end"), "number"),
        ),
        rows=tuple(rows),
    )


PENALTY_REWARD: Final = KindPage(
    key="penalty_reward",
    desk="value",
    group=REASONS,
    name=pgettext_lazy("kind of question", "What annoys and delights"),
    lead=gettext_lazy("Which things annoy where they are bad, and which delight where they are good?"),
    form=PenaltyRewardForm,
    shown=shown_penalty_reward,
    asks_in_notes=("driver",),
    meaning=gettext_lazy(
        "For each answer two steps: how the outcome of customers who rate it lowest, and of those who rate it highest,"
        " differs from that of customers in the middle, who answered all else alike. What falls far and rises little is"
        " taken for granted: keep it from going wrong. What rises and does not fall delights: there is something to"
        " win. It is an association."
    ),
    method=gettext_lazy(
        "Penalty and reward contrasts: a linear model with a mark for the lowest fifth and one for the highest fifth of"
        " the answers to each question. Which it does more is told where the interval of the ratio leaves 1 out."
        " Intervals are between percentiles of resamples of customers. Only customers who answered everything that is"
        " compared are in it."
    ),
    nothing={
        **NO_ORDERS,
        **NO_ANSWERS,
        "why.too_few_rows": (
            gettext_lazy("Too few answers to tell"),
            gettext_lazy(
                "Sixty customers are needed who answered this and a question about a step before it, not all alike."
            ),
        ),
    },
    more=gettext_lazy("Day"),
)
