"""The page Next best action: what each action brings, how often it was chosen, what the learnt policy would bring."""

from __future__ import annotations

import math
from functools import partial
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.act.action_values import ActionValue, NextBestActionAnswer
from safar.act.decisions import NOTHING
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.metric import Metric
from safar.doors.web.journeys.words import between, number_with_interval
from safar.doors.web.offering.queries import names_of
from safar.show import drawing as draw
from safar.vocabulary.interval import Estimate

from .groups import OFFERING
from .next_best_action_form import NextBestActionForm
from .words import how_sure, money

_MORE: Final = 4


def shown_actions(asked: Asked) -> Shown:
    """Return what actions bring in the reader's words."""
    page = _Page(asked)
    return Shown(
        figures=page.figures(),
        findings=page.findings(),
        drawings=(page.drawing(),),
        tables=(page.actions(), page.policies()),
    )


class _Page:
    """One answer for one reader."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answer: NextBestActionAnswer = asked.answer
        self.locale = asked.locale
        self._names = names_of(asked.workspace, asked.locale.language)

    def name(self, action: str) -> str:
        """Return what an action is called; its key where nobody described it."""
        return pgettext("an action", "Nothing") if action == NOTHING else self._names.get(action, action)

    def figures(self) -> tuple[Figure, ...]:
        found, locale = self.answer.off_policy, self.locale
        customers = filled(
            ngettext("of %(count)s customer", "of %(count)s customers", self.answer.customers),
            count=locale.number(self.answer.customers),
        )
        actions = reverse("actions", kwargs={"workspace_id": self.asked.workspace.workspace_id})
        return (
            Figure(_("Decisions that count"), locale.number(self.answer.decisions), customers, actions),
            Figure(_("A decision brought"), self.amount(found.logged.value), self.sure(found.logged)),
            Figure(_("The learnt policy would bring"), self.amount(found.best.value), self.sure(found.best)),
            Figure(
                _("More than was had"),
                self.amount(found.gain.value, signed=True),
                how_sure(found.gain, self.interval(found.gain, signed=True), locale),
            ),
        )

    def findings(self) -> tuple[Finding, ...]:
        found: list[Finding] = []
        for each in self.answer.actions:
            more = each.over_nothing
            if more is None:
                continue
            if not each.is_clear:
                words = _(
                    "What %(action)s brings cannot be told from doing nothing yet: %(more)s (%(interval)s)."
                )
            elif more.value > 0:
                words = _(
                    "%(action)s brings %(more)s more than doing nothing (%(interval)s). That is an effect."
                )
            else:
                words = _(
                    "%(action)s brings less than doing nothing: %(more)s (%(interval)s). That is an effect."
                )
            said = filled(
                words,
                action=self.name(each.action),
                more=self.amount(more.value, signed=True),
                interval=self.interval(more, signed=True),
            )
            found.append(Finding(said, each.action, _MORE))
        gain = self.answer.off_policy.gain
        if gain.interval.low > 0:
            found.append(Finding(_("Doing what was learnt would have brought more than what was done.")))
        elif gain.interval.high < 0:
            found.append(Finding(_("Doing what was learnt would have brought less than what was done.")))
        else:
            found.append(
                Finding(
                    _(
                        "Whether what was learnt is better than what was done cannot be told from so many decisions."
                    )
                )
            )
        return tuple(found)

    def drawing(self) -> Drawing:
        bars = [
            draw.Bar(
                self.name(each.action),
                each.brought.value,
                self.amount(each.brought.value),
                each.brought.interval.low,
                each.brought.interval.high,
                key=each.action,
                tone="other" if each.action == NOTHING else "plain",
            )
            for each in self.answer.actions
        ]
        title = _("What each action would bring by decision if it were always done, with intervals.")
        drawn = partial(draw.draw_bars, bars, title=title, direction=self.locale.direction)
        return Drawing.in_both_widths("actions", _("What each action brings"), drawn)

    def actions(self) -> Table:
        return Table(
            caption=_("What each action brings"),
            columns=(
                Column("action", _("Action")),
                Column("chosen", _("Chosen"), "number"),
                Column("allowed", _("Allowed"), "number"),
                Column("chance", _("Mean chance"), "number"),
                Column("brought", _("Brings by decision"), "number"),
                Column("more", _("More than nothing"), "number"),
                Column("verdict", _("Verdict")),
            ),
            rows=tuple(self._row(each) for each in self.answer.actions),
        )

    def _row(self, each: ActionValue) -> Row:
        locale, more = self.locale, each.over_nothing
        if each.action == NOTHING:
            verdict = _("the others are compared with it")
        elif more is None:
            verdict = _("too few decisions")
        else:
            verdict = _("more than chance") if each.is_clear else _("may be chance")
        return Row(
            (
                Cell(self.name(each.action)),
                Cell(locale.number(each.chosen), value=each.chosen),
                Cell(locale.number(each.allowed), value=each.allowed),
                Cell(locale.percent(each.chance, decimals=1), value=each.chance),
                Cell(self.with_interval(each.brought), value=each.brought.value),
                Cell(
                    locale.number(None) if more is None else self.with_interval(more, signed=True),
                    value=None if more is None else more.value,
                ),
                Cell(verdict),
            ),
            each.action,
        )

    def policies(self) -> Table:
        found = self.answer.off_policy
        named = [
            (_("What was done"), found.logged, False),
            (_("Learnt, by inverse chances (IPS)"), found.ips, False),
            (_("Learnt, the same with weights made to sum to one (SNIPS)"), found.snips, False),
        ]
        if found.dr is not None:
            named.append((_("Learnt, doubly robust (DR)"), found.dr, False))
        named.append((_("Learnt less done"), found.gain, True))
        return Table(
            caption=filled(
                _(
                    "The policy that was learnt, against what was done: as sure as %(count)s decisions of its own"
                    " would be"
                ),
                count=self.locale.number(round(found.effective_n)),
            ),
            columns=(
                Column("policy", _("Way of choosing")),
                Column("value", _("Brings by decision"), "number"),
            ),
            rows=tuple(
                Row((Cell(name), Cell(self.with_interval(value, signed=signed), value=value.value)))
                for name, value, signed in named
            ),
        )

    def amount(self, value: float, *, signed: bool = False) -> str:
        counted = self.asked.question.counted
        if counted == "amount":
            return money(value, self.answer.currency, self.locale, signed=signed)
        if counted == "how_many":
            shaped = self.locale.signed if signed else self.locale.number
            return shaped(value, decimals=3)
        if signed:
            return filled(_("%(points)s points"), points=self.locale.signed(100 * value, decimals=1))
        return self.locale.percent(value, decimals=1)

    def interval(self, found: Estimate, *, signed: bool = False) -> str:
        ends = (found.interval.low, found.interval.high)
        if signed and self.asked.question.counted == "any":  # their unit stands beside the value
            low, high = (self.locale.signed(100 * each, decimals=1) for each in ends)
        else:
            low, high = (self.amount(each, signed=signed) for each in ends)
        return between(low, high, self.locale)

    def with_interval(self, found: Estimate, *, signed: bool = False) -> str:
        if not math.isfinite(found.interval.low):
            return self.amount(found.value, signed=signed)
        return number_with_interval(
            self.amount(found.value, signed=signed), self.interval(found, signed=signed), self.locale
        )

    def sure(self, found: Estimate) -> str:
        return how_sure(found, self.interval(found), self.locale)


NEXT_BEST_ACTION: Final = KindPage(
    key="next_best_action",
    desk="value",
    group=OFFERING,
    beside=(("actions", pgettext_lazy("next best actions", "Actions")),),
    name=pgettext_lazy("kind of question", "Next best action"),
    lead=gettext_lazy("What does each action bring, and would what was learnt do better than what was done?"),
    form=NextBestActionForm,
    shown=shown_actions,
    meaning=gettext_lazy(
        "Every decision was drawn by lot, with chances that were written down. So a difference between actions is an"
        " effect, not an association, for the customers to whom rules allowed both. The learnt policy does what"
        " promises most for each customer, and leaves a tenth of the chance to trying."
    ),
    method=gettext_lazy(
        "A decision counts by one over the chance that it was made with. Only those count whose time is over. The"
        " policy that is judged learnt from other customers' decisions. Inverse chances are unbiased and noisy; with"
        " weights made to sum to one they are steadier; the doubly robust estimate also uses what each action was"
        " expected to bring, and is right if either is. Decisions of one customer go together in every interval."
    ),
    nothing={
        "decision.none": (
            gettext_lazy("No decision has had its time yet"),
            gettext_lazy(
                "Describe actions, ask the API what to do next for a customer, and look again when the time is over"
                " in which an outcome counts."
            ),
        ),
    },
    more=gettext_lazy("Currency"),
    further_tables=(("policies", gettext_lazy("Learnt against done")),),
    metric=lambda answer: (
        Metric.of(answer.off_policy.logged) if answer.provenance.question.counted == "any" else None
    ),
    metric_name=gettext_lazy("Decisions that worked"),
)
