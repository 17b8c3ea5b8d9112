"""The page Value by segment: what the customers of each segment will bring, beside everybody."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.explain.clv_by_segment import CLVBySegmentAnswer
from safar.show import drawing as draw

from .clv_by_segment_form import CLVBySegmentForm
from .clv_page import CLV, groups_table, value_bars
from .groups import WORTH
from .words import NO_ORDERS, how_sure, money, money_interval

#: The place of a column that a finding speaks of.
_SHARE: Final = 3


def shown_by_segment(asked: Asked) -> Shown:
    """Return the value of segments in the reader's words."""
    answer: CLVBySegmentAnswer = asked.answer
    if not answer.segments:
        return Shown(
            empty=EmptyState(
                _("No segments yet"),
                _("Say which customers belong together, and what each group will bring is told here."),
                _("To the segments"),
                reverse("segments", kwargs={"workspace_id": asked.workspace.workspace_id}),
            )
        )
    everybody = (_("Everybody"), answer.worth.total)
    named = [everybody, *answer.segments]
    drawn = partial(
        draw.draw_bars,
        value_bars(asked, [(name, each.mean) for name, each in named], key="s"),
        title=_(
            "What a customer of each segment will bring, with intervals; the table below has the same numbers."
        ),
        direction=asked.locale.direction,
    )
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked),
        drawings=(
            Drawing.in_both_widths(
                "segments",
                _("What a customer of each segment will bring"),
                drawn,
                said=_("Segments may overlap, and not everybody is in one: they do not add up to everybody."),
            ),
        ),
        tables=(
            groups_table(
                asked,
                _("Segment by segment"),
                _("Segment"),
                named,
                answer.worth.total.value.value,
                key="s",
            ),
        ),
    )


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer: CLVBySegmentAnswer = asked.answer
    locale, total = asked.locale, answer.worth.total
    return tuple(
        Figure(
            name, money(each.value, answer.currency, locale),
            how_sure(each, money_interval(each, answer.currency, locale), locale),
        )
        for name, each in ((_("To come of everybody"), total.value), (_("By customer"), total.mean))
    )  # fmt: skip


def _findings(asked: Asked) -> tuple[Finding, ...]:
    """Return what share of customers the most valuable segment is, and of what is to come."""
    answer: CLVBySegmentAnswer = asked.answer
    locale, everybody = asked.locale, answer.worth.total
    name, first = answer.segments[0]
    if not first.customers or everybody.value.value <= 0:
        return ()
    words = _("“%(segment)s” are %(people)s of customers and bring %(share)s of what is to come.")
    return (
        Finding(
            filled(
                words,
                segment=name,
                people=locale.percent(first.customers / everybody.customers, decimals=1),
                share=locale.percent(first.value.value / everybody.value.value, decimals=1),
            ),
            "s2",
            _SHARE,
        ),
    )


CLV_BY_SEGMENT: Final = KindPage(
    key="clv_by_segment",
    desk="value",
    group=WORTH,
    name=pgettext_lazy("kind of question", "Value by segment"),
    lead=gettext_lazy("What will the customers of each segment bring?"),
    form=CLVBySegmentForm,
    shown=shown_by_segment,
    meaning=gettext_lazy(
        "The margin that the customers of a segment are expected to bring within the time ahead, each purchase counted"
        " for less the later it comes: the same as on the page Lifetime value, for those alone who are in the segment"
        " now."
    ),
    method=CLV.method,
    nothing=NO_ORDERS,
    more=CLV.more,
)
