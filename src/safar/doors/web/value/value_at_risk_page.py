"""The page Value at risk: what bad experiences at a step cost, and how firm that is."""

from __future__ import annotations

from functools import partial
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.note_sentences import note_sentence
from safar.doors.web.journeys.words import between, number_with_interval
from safar.explain.value_at_risk import MoneyEstimate, ValueAtRisk, ValueAtRiskAnswer
from safar.show import drawing as draw
from safar.show.locale import Locale

from .experience_names import EXPERIENCE_NAMES
from .groups import FIXING
from .value_at_risk_form import ValueAtRiskForm
from .words import NO_ORDERS, money

#: Places of columns that findings speak of.
_EACH, _AT_RISK = 2, 3
#: Caveats of one experience that no column tells.
_CAVEATS: Final = frozenset({"effect.few", "effect.skewed", "value_at_risk.fragile"})
EVIDENCE_NAMES: Final = {
    "association": pgettext_lazy("evidence", "Association"),
    "experiment": pgettext_lazy("evidence", "Experiment"),
    "staggered": pgettext_lazy("evidence", "Change in stages"),
}


def shown_value_at_risk(asked: Asked) -> Shown:
    """Return value at risk in the reader's words."""
    answer: ValueAtRiskAnswer = asked.answer
    if not answer.risks:
        return Shown(
            empty=EmptyState(
                _("Too few customers to compare"),
                _("Of each experience 20 customers with it and 20 without are needed, followed long enough."),
            )
        )
    return Shown(
        figures=figures_of(asked, answer.risks[0]),
        findings=findings_of(asked),
        drawings=(_bars(asked),),
        tables=(_risks(asked), _firmness(asked)),
    )


def name_of(risk: ValueAtRisk) -> str:
    """Return what an experience is called."""
    return str(EXPERIENCE_NAMES.get(risk.experience, risk.experience))


def _shown(estimate: MoneyEstimate, locale: Locale) -> str:
    return locale.money(estimate.value, compact=True)


def _interval(estimate: MoneyEstimate, locale: Locale) -> str:
    return between(
        locale.money(estimate.low, compact=True), locale.money(estimate.high, compact=True), locale
    )


def _sure(estimate: MoneyEstimate, locale: Locale) -> str:
    return filled(
        _("%(level)s interval: %(interval)s"),
        level=locale.percent(estimate.level),
        interval=_interval(estimate, locale),
    )


def _with_interval(estimate: MoneyEstimate, locale: Locale) -> Cell:
    return Cell(
        number_with_interval(_shown(estimate, locale), _interval(estimate, locale), locale),
        value=float(estimate.value.decimal),
    )


def figures_of(asked: Asked, worst: ValueAtRisk) -> tuple[Figure, ...]:
    """Return what is at risk by one experience, what each one costs, what halving brings in a year, how many."""
    locale = asked.locale
    a_year = asked.answer.halved_in_a_year(worst.experience)
    return (
        Figure(
            filled(_("At risk: %(experience)s"), experience=name_of(worst)),
            _shown(worst.at_risk, locale),
            _sure(worst.at_risk, locale),
        ),
        Figure(
            _("Lost each time"),
            _shown(worst.lost_each, locale),
            _sure(worst.lost_each, locale),
        ),
        Figure(_("To halve it would bring in a year"), _shown(a_year, locale), _sure(a_year, locale)),
        Figure(
            _("Lived through it"),
            locale.number(worst.exposed),
            filled(
                ngettext(
                    "of %(count)s occasion; %(customers)s customers",
                    "of %(count)s occasions; %(customers)s customers",
                    worst.occasions,
                ),
                count=locale.number(worst.occasions),
                customers=locale.number(worst.exposed_customers),
            ),
        ),
    )


def findings_of(asked: Asked) -> tuple[Finding, ...]:
    """Return a sentence for each experience, in the order of the answer."""
    answer: ValueAtRiskAnswer = asked.answer
    locale = asked.locale
    days = locale.number(round(answer.horizon_days))
    found = []
    for place, risk in enumerate(answer.risks, 1):
        if risk.lost_each.low.minor > 0:
            words = (
                _(
                    "%(experience)s: each goes with %(amount)s less from its customer within %(days)s days"
                    " (%(interval)s), compared with customers who were alike before."
                )
                if risk.evidence == "association"
                else _(
                    "%(experience)s: each takes %(amount)s from its customer within %(days)s days (%(interval)s). That"
                    " is an effect, since “%(name)s” supports it."
                )
            )
        elif risk.lost_each.high.minor < 0:
            words = _(
                "%(experience)s: customers who had it bring more than others who were alike before, by %(amount)s"
                " each within %(days)s days (%(interval)s). Something else that is not known here may be behind it."
            )
        else:
            words = _(
                "%(experience)s: whether it costs anything cannot be told (%(interval)s each within %(days)s days)."
            )
        amount = risk.lost_each.value
        shown = locale.money(
            amount if amount.minor >= 0 else type(amount)(-amount.minor, amount.currency), compact=True
        )
        sentence = filled(
            words,
            experience=name_of(risk),
            amount=shown,
            days=days,
            interval=_interval(risk.lost_each, locale),
            name=risk.supported_by,
        )
        caveats = (note_sentence(note, locale) for note in risk.notes if note.code in _CAVEATS)
        found.append(
            Finding(
                " ".join([sentence, *caveats]),
                f"v{place}",
                _EACH,
            )
        )
    return tuple(found)


def _bars(asked: Asked) -> Drawing:
    answer: ValueAtRiskAnswer = asked.answer
    locale = asked.locale
    bars = [
        draw.Bar(
            name_of(risk),
            float(risk.at_risk.value.decimal),
            _shown(risk.at_risk, locale),
            float(risk.at_risk.low.decimal),
            float(risk.at_risk.high.decimal),
            detail=filled(
                ngettext("%(count)s time", "%(count)s times", risk.exposed), count=locale.number(risk.exposed)
            ),
            tone="plain" if risk.at_risk.low.minor > 0 else "soft",
        )
        for risk in answer.risks
    ]
    title = _("What each bad experience costs, with its interval; the table below has the same numbers.")

    drawn = partial(draw.draw_bars, bars, title=title, direction=locale.direction)
    return Drawing.in_both_widths(
        "at-risk",
        _("What it costs"),
        drawn,
        said=_("Soft bars may be nothing: their interval reaches over zero."),
    )


def _risks(asked: Asked) -> Table:
    answer: ValueAtRiskAnswer = asked.answer
    locale = asked.locale
    return Table(
        caption=_("What it costs, and what it would bring to halve it"),
        columns=(
            Column("experience", _("Experience")),
            Column("exposed", _("Times"), "number"),
            Column("each", _("Lost each time"), "number"),
            Column("at_risk", _("At risk"), "number"),
            Column("halve", _("To halve it, a year"), "number"),
            Column("keep", _("Estimate")),
        ),
        rows=tuple(
            Row(
                (
                    Cell(name_of(risk)),
                    Cell(locale.number(risk.exposed), value=risk.exposed),
                    _with_interval(risk.lost_each, locale),
                    _with_interval(risk.at_risk, locale),
                    _with_interval(answer.halved_in_a_year(risk.experience), locale),
                    Cell(_("Keep"), _keep_href(asked, risk)) if asked.may_save else Cell(""),
                ),
                f"v{place}",
            )
            for place, risk in enumerate(answer.risks, 1)
        ),
    )


def _keep_href(asked: Asked, risk: ValueAtRisk) -> str:
    """Return where halving an experience is kept as an estimate, to be scored when it was done."""
    query = urlencode({"experience": risk.experience})
    address = reverse("estimate-new", kwargs={"workspace_id": asked.workspace.workspace_id})
    return f"{address}?{asked.query}&{query}" if asked.query else f"{address}?{query}"


def _firmness(asked: Asked) -> Table:
    answer: ValueAtRiskAnswer = asked.answer
    locale = asked.locale

    def percent(share: float) -> Cell:
        return Cell(locale.percent(share, decimals=1), value=share)

    return Table(
        caption=_("How firm it is"),
        columns=(
            Column("experience", _("Experience")),
            Column("evidence", _("Evidence")),
            Column("plain", _("Plain difference"), "number"),
            Column("compared", _("Comparable"), "number"),
            Column("apart", _("Unlike before, at most"), "number"),
            Column("hidden", _("Put in doubt by an unknown cause of"), "number"),
            Column("hidden_of_all", _("Explained away by an unknown cause of"), "number"),
            Column("returned", _("Chance to come back"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(name_of(risk)),
                    Cell(
                        filled(
                            _("%(evidence)s: %(name)s"),
                            evidence=str(EVIDENCE_NAMES[risk.evidence]),
                            name=risk.supported_by,
                        )
                        if risk.supported_by
                        else str(EVIDENCE_NAMES[risk.evidence])
                    ),
                    Cell(
                        money(-risk.value.naive.value, risk.currency, locale), value=-risk.value.naive.value
                    ),
                    percent(risk.value.overlap.exposed_share_kept),
                    Cell(
                        locale.number(risk.value.overlap.imbalance_after, decimals=2),
                        value=risk.value.overlap.imbalance_after,
                    ),
                    percent(risk.value.sensitivity.robustness_value_of_interval),
                    percent(risk.value.sensitivity.robustness_value),
                    Cell(
                        filled(
                            _("%(points)s points"),
                            points=locale.number(100 * risk.returned.effect.value, decimals=1),
                        ),
                        value=risk.returned.effect.value,
                    ),
                ),
                f"f{place}",
            )
            for place, risk in enumerate(answer.risks, 1)
        ),
    )


VALUE_AT_RISK: Final = KindPage(
    key="value_at_risk",
    desk="value",
    group=FIXING,
    name=pgettext_lazy("kind of question", "Value at risk"),
    lead=gettext_lazy("Which bad experience costs most, and what would it bring to halve it?"),
    form=ValueAtRiskForm,
    shown=shown_value_at_risk,
    differs=gettext_lazy(
        "“%(value_what_if)s” may say another amount for the same halving, often a less sure one: it draws straight"
        " lines from all experiences to answers and value at once; here one experience is judged by itself, by two"
        " models of which one has to be right, of those customers alone who can be compared."
    ),
    meaning=gettext_lazy(
        "How often it happened, times what customers who had it bring less afterwards than others who were alike"
        " before: the same town, goods, season, channel, and as many earlier orders. Comparable: how many of those who"
        " had it have anybody to be compared with. Unlike before: how far the two groups were still apart before it, at"
        " most, in standard deviations; below 0.1 is little. An unknown cause, such as a difficult neighbourhood, may"
        " be behind both the experience and the loss: in doubt is how much of both it would have to explain before the"
        " loss might be nothing, all of it how much before nothing of it were left. The higher, the firmer."
    ),
    method=gettext_lazy(
        "Doubly robust and cross-fitted: one model expects what somebody would have brought without it, another how"
        " likely it was to happen to them, and each customer is judged by models that never saw them. The number is"
        " right if either model is, and if nothing hidden moves both. It stays an association until an experiment or a"
        " change in stages supports it. Intervals are of what those very customers lost, and take the occasions of one"
        " customer together."
    ),
    nothing={
        **NO_ORDERS,
        "why.too_few_rows": (
            gettext_lazy("Nobody came through this step"),
            gettext_lazy("Choose another step, or a later day."),
        ),
    },
    more=gettext_lazy("Models, margin, day; evidence; an experience of your own"),
)
