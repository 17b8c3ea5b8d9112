"""The page Experiments: what each arm brought beside the control, how sure that is, and whether it may be believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.words import between, number_with_interval
from safar.explain.experiments.experiment import ArmResult
from safar.explain.experiments.logged import ExperimentAnswer
from safar.show import drawing as draw
from safar.vocabulary.interval import Estimate

from . import experiment_looks, experiment_pace
from .experiment_form import DID, ORDERED, ORDERS, REVENUE, TIMES, ExperimentForm
from .groups import TRYING
from .words import money

_DIFFERENCE: Final = 4
#: Of a metric in so many arms each has its sentence.
_TOLD_EACH: Final = 2

METRIC_NAMES: Final[Mapping[str, Any]] = {
    ORDERED: gettext_lazy("Customers who ordered"),
    ORDERS: gettext_lazy("Orders by customer"),
    REVENUE: gettext_lazy("Revenue by customer"),
    DID: gettext_lazy("Customers who did it"),
    TIMES: gettext_lazy("Times by customer"),
}


def shown_experiment(asked: Asked) -> Shown:
    """Return an experiment in the reader's words."""
    return Shown(
        figures=(*experiment_looks.figures(asked), *_figures(asked)),
        findings=(*experiment_looks.findings(asked), *_findings(asked), *_plainly(asked)),
        drawings=(*experiment_looks.drawings(asked), *_drawings(asked)),
        tables=(_results(asked), *experiment_looks.tables(asked), _arms(asked)),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: ExperimentAnswer = asked.answer
    locale, result = asked.locale, answer.result
    count = sum(result.arms.values())
    of_first = [each for each in result.results if each.metric == result.results[0].metric]
    first = min(of_first, key=lambda each: each.p_value)
    return (
        Figure(
            filled(_("Experiment “%(name)s”"), name=answer.name) if answer.name else _("Experiment"),
            filled(ngettext("%(count)s customer", "%(count)s customers", count), count=locale.number(count)),
            filled(
                ngettext("in %(count)s arm", "in %(count)s arms", len(result.arms)),
                count=locale.number(len(result.arms)),
            ),
        ),
        Figure(
            str(METRIC_NAMES[first.metric]),
            _difference(asked, first.metric, first.best.absolute.value),
            filled(
                _("“%(arm)s” beside “%(control)s”: %(interval)s"),
                arm=first.arm,
                control=result.control,
                interval=_interval(asked, first.metric, first.estimate),
            ),
        ),
        Figure(
            _("Assignment"),
            _("not as planned") if result.sample_ratio.is_off else _("as planned"),
            filled(
                _("chance of counts like these: %(share)s"),
                share=locale.percent(result.sample_ratio.p_value, decimals=1),
            ),
        ),
        Figure(
            _("Could be seen"),
            _difference(asked, first.metric, first.detectable, signed=False),
            _("the smallest true difference that so many customers show eight times in ten"),
        ),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    result = asked.answer.result
    found = []
    if result.sample_ratio.is_off:
        found.append(
            Finding(
                _("Decide nothing yet: arms do not have the customers they were to have. Find out why first.")
            )
        )
    for metric in dict.fromkeys(each.metric for each in result.results):
        found += _findings_of(asked, [each for each in result.results if each.metric == metric])
    if not result.sample_ratio.is_off and not experiment_looks.taken(asked):
        found.append(experiment_pace.stop_or_go_on(asked, _difference))
    best = max(result.results, key=lambda each: 1 - each.variance_ratio)
    if best.variance_ratio < 0.99:
        found.append(
            Finding(
                filled(
                    _(
                        "What customers did before explains %(share)s of the spread: intervals are that much surer."
                    ),
                    share=asked.locale.percent(1 - best.variance_ratio),
                )
            )
        )
    if asked.answer.others:
        names = _(", ").join(filled(_("“%(name)s”"), name=name) for name in asked.answer.others[:10])
        found.append(Finding(filled(_("The log shows other experiments too: %(names)s."), names=names)))
    return tuple(found)


def _plainly(asked: Asked) -> tuple[Finding, ...]:
    """Return, of what was adjusted, by how much the values that are shown differ: the two need not be alike."""
    result = asked.answer.result
    first = result.results[0]
    if first.adjusted is None:
        return ()
    words = _(
        "Differences are adjusted for how customers were before (CUPED): the values of “%(arm)s” and the control differ"
        " by %(plain)s as they stand, by %(adjusted)s when that is taken off."
    )
    return (
        Finding(
            filled(
                words,
                arm=first.arm,
                plain=_difference(asked, first.metric, first.effect.absolute.value),
                adjusted=_difference(asked, first.metric, first.best.absolute.value),
            ),
            _key(first),
            _DIFFERENCE,
        ),
    )


def _findings_of(asked: Asked, results: Sequence[ArmResult]) -> Iterator[Finding]:
    """Yield what stands out of one metric: of many arms those that may be chance are told together."""
    is_off = asked.answer.result.sample_ratio.is_off
    told = [each for each in results if len(results) <= _TOLD_EACH or (each.is_clear and not is_off)]
    for each in told:
        if is_off:
            words = _(
                "%(metric)s: “%(arm)s” differs by %(difference)s (%(interval)s), if arms are alike at all."
            )
        elif each.is_clear:
            words = _(
                "%(metric)s: “%(arm)s” changes it by %(difference)s (%(interval)s). That is more than chance."
            )
        else:
            words = _("%(metric)s: “%(arm)s” differs by %(difference)s (%(interval)s), which may be chance.")
        yield Finding(
            filled(
                words,
                metric=str(METRIC_NAMES[each.metric]),
                arm=each.arm,
                difference=_difference(asked, each.metric, each.best.absolute.value),
                interval=_interval(asked, each.metric, each.estimate),
            ),
            _key(each),
            _DIFFERENCE,
        )
    rest = len(results) - len(told)
    if rest and not is_off:
        words = ngettext(
            "%(metric)s: the difference of %(count)s arm may be chance.",
            "%(metric)s: the differences of %(count)s arms may be chance.",
            rest,
        )
        yield Finding(
            filled(words, metric=str(METRIC_NAMES[results[0].metric]), count=asked.locale.number(rest))
        )


def _drawings(asked: Asked) -> tuple[Drawing, ...]:
    result, locale = asked.answer.result, asked.locale
    drawings = []
    for metric in dict.fromkeys(each.metric for each in result.results):
        rows = [each for each in result.results if each.metric == metric]
        sides: list[tuple[str, Estimate]] = [(result.control, rows[0].control)]
        sides += [(each.arm, each.treated) for each in rows]
        bars = [
            draw.Bar(
                name,
                each.value,
                _amount(asked, metric, each.value),
                each.interval.low,
                each.interval.high,
                key=f"{metric}-{place}",
                tone="other" if place == 0 else "plain",
            )
            for place, (name, each) in enumerate(sides)
        ]
        name = str(METRIC_NAMES[metric])
        title = filled(
            _("%(metric)s in each arm, with intervals; the table below has the numbers."), metric=name
        )

        drawn = partial(draw.draw_bars, bars, title=title, direction=locale.direction)
        drawings.append(Drawing.in_both_widths(metric, name, drawn))
    return tuple(drawings)


def _results(asked: Asked) -> Table:
    locale = asked.locale
    has_looks = bool(experiment_looks.taken(asked))
    rows = []
    for each in asked.answer.result.results:
        relative = each.best.relative
        rows.append(
            Row(
                (
                    Cell(str(METRIC_NAMES[each.metric])),
                    Cell(each.arm),
                    Cell(_amount(asked, each.metric, each.control.value), value=each.control.value),
                    Cell(_amount(asked, each.metric, each.treated.value), value=each.treated.value),
                    Cell(_with_interval(asked, each.metric, each.estimate), value=each.estimate.value),
                    Cell(
                        locale.number(None)
                        if relative is None
                        else locale.signed_percent(relative.value, decimals=1),
                        value=None if relative is None else relative.value,
                    ),
                    Cell(_interval(asked, each.metric, each.always_valid.absolute)),
                    Cell(locale.number(each.p_value, decimals=4), value=each.p_value),
                    Cell(_verdict(asked, each)),
                ),
                _key(each),
            )
        )
    return Table(
        caption=_("What each arm brought"),
        columns=(
            Column("metric", _("What")),
            Column("arm", _("Arm")),
            Column("control", _("Control"), "number"),
            Column("value", _("With it"), "number"),
            Column("effect", _("Difference, at this look") if has_looks else _("Difference"), "number"),
            Column("relative", _("Relative"), "number"),
            Column("always", _("However often one looks"), "number"),
            Column("p", _("By chance alone (p), judged together"), "number"),
            Column("verdict", _("Verdict")),
        ),
        rows=tuple(rows),
    )


def _verdict(asked: Asked, result: ArmResult) -> str:
    if asked.answer.result.sample_ratio.is_off:
        return _("not to be judged")
    return _("more than chance") if result.is_clear else _("may be chance")


def _arms(asked: Asked) -> Table:
    locale, checked = asked.locale, asked.answer.result.sample_ratio
    return Table(
        caption=_("Who was in which arm"),
        columns=(
            Column("arm", _("Arm")),
            Column("customers", _("How many"), "number"),
            Column("planned", _("Planned"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(name),
                    Cell(locale.number(count), value=count),
                    Cell(locale.number(round(checked.expected[name])), value=checked.expected[name]),
                ),
                f"arm{place}",
            )
            for place, (name, count) in enumerate(checked.counts.items())
        ),
    )


def _key(result: ArmResult) -> str:
    return f"{result.metric}-{result.arm}"


def _amount(asked: Asked, metric: str, value: float) -> str:
    locale = asked.locale
    if metric == REVENUE:
        return money(value, asked.answer.currency, locale)
    if metric in {ORDERED, DID}:
        return locale.percent(value, decimals=2)
    return locale.number(value, decimals=3)


def _difference(asked: Asked, metric: str, value: float, *, signed: bool = True) -> str:
    locale = asked.locale
    number = locale.signed if signed else locale.number
    if metric == REVENUE:
        return money(value, asked.answer.currency, locale, signed=signed)
    if metric in {ORDERED, DID}:
        return filled(_("%(points)s points"), points=number(100 * value, decimals=2))
    return number(value, decimals=3)


def _interval(asked: Asked, metric: str, estimate: Estimate) -> str:
    ends = estimate.interval
    return between(_difference(asked, metric, ends.low), _difference(asked, metric, ends.high), asked.locale)


def _with_interval(asked: Asked, metric: str, estimate: Estimate) -> str:
    return number_with_interval(
        _difference(asked, metric, estimate.value), _interval(asked, metric, estimate), asked.locale
    )


EXPERIMENT: Final = KindPage(
    key="experiment",
    desk="value",
    group=TRYING,
    name=pgettext_lazy("kind of question", "Experiments"),
    lead=gettext_lazy("What did a change bring that some customers were shown and others not?"),
    form=ExperimentForm,
    shown=shown_experiment,
    meaning=gettext_lazy(
        "Chance decided who was shown what, so the difference is an effect, not an association. The interval holds for"
        " one reading at the end; the wider one holds however often one looks, so that the experiment may be stopped as"
        " soon as it leaves zero out. Where looks were planned, the interval holds at this look and all others"
        " together."
    ),
    method=gettext_lazy(
        "A customer counts in the arm that was shown first; what is done from then on is the outcome. What was done"
        " before takes noise out (CUPED). Means are compared by Welch's interval, rare shares by Newcombe's, relative"
        " differences by the delta method. The first number decides by itself; the others are judged together. Counts"
        " of arms are checked against the plan. Planned looks have bounds after O’Brien and Fleming, Pocock, or by"
        " spending (Lan and DeMets), shared evenly among the arms."
    ),
    nothing={
        "experiment.unknown": (
            gettext_lazy("No such experiment in the log"),
            gettext_lazy(
                "This is answered once events named experiment_viewed come in, each with the properties experiment and"
                " variation, whenever an arm is shown."
            ),
        ),
        "experiment.too_few_customers": (
            gettext_lazy("Too few customers so far"),
            gettext_lazy("Each arm needs two customers or more. Look again when more have come."),
        ),
    },
    more=gettext_lazy("Control, planned looks, time before, currency"),
    further_tables=(
        ("arms", gettext_lazy("Who was in which arm")),
        ("looks", gettext_lazy("The planned looks")),
    ),
)
