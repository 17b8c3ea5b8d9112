"""The page Through satisfaction: what an experience does because customers are less content, and what anyway."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.words import number_with_interval, share_with_interval
from safar.doors.web.surveys.queries import asked_names
from safar.explain.mediation import Mediation
from safar.explain.mediation_rows import MediatedExperience, MediationAnswer
from safar.show import drawing as draw
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate

from .experience_names import EXPERIENCE_NAMES
from .groups import REASONS
from .mediation_form import MediationForm
from .words import NO_ANSWERS, NO_ORDERS, how_sure, money_with_interval

#: Places of columns that findings speak of.
_TOTAL, _THROUGH = 1, 2
#: Experiences that are drawn, the weightiest first.
_MOST_DRAWN: Final = 3
#: Fewer who come back, at which an arrow is as thick as it gets.
_THICK: Final = 0.4


def shown_mediation(asked: Asked) -> Shown:
    """Return the parts in the reader's words."""
    answer: MediationAnswer = asked.answer
    if not answer.experiences:
        return Shown(
            empty=EmptyState(
                _("Too few answers after this step"),
                _(
                    "Of each experience 20 answers of customers with it and 20 of others are needed, followed long"
                    " enough. Ask a short question after the step, and look again."
                ),
            )
        )
    return Shown(
        figures=_figures(asked, answer.experiences[0]),
        findings=_findings(asked),
        drawings=tuple(
            _drawing(asked, each, place) for place, each in enumerate(answer.experiences[:_MOST_DRAWN], 1)
        ),
        tables=(_returns(asked), _spending(asked), _links(asked)),
    )


def _name(each: MediatedExperience) -> str:
    return str(EXPERIENCE_NAMES.get(each.experience, each.experience))


def _between(asked: Asked) -> str:
    """Return what the answer between is called: the question's own words where there are such."""
    return asked_names(asked.workspace, asked.locale.language).question(asked.answer.question_key)


def _points(estimate: Estimate, locale: Locale) -> str:
    return filled(_("%(points)s points"), points=locale.points(estimate.value))


def _interval(estimate: Estimate, locale: Locale, *, times: float = 100.0, decimals: int = 1) -> str:
    interval = estimate.interval
    return locale.interval(interval.low * times, interval.high * times, decimals=decimals)


def _figures(asked: Asked, first: MediatedExperience) -> tuple[Figure, ...]:
    locale, parts = asked.locale, first.returned
    return (
        Figure(
            filled(_("Coming back: %(experience)s"), experience=_name(first)),
            _points(parts.total, locale),
            how_sure(parts.total, _interval(parts.total, locale), locale),
        ),
        Figure(
            _("Through satisfaction"),
            _points(parts.indirect, locale),
            how_sure(parts.indirect, _interval(parts.indirect, locale), locale),
        ),
        Figure(
            _("Past it"),
            _points(parts.direct, locale),
            how_sure(parts.direct, _interval(parts.direct, locale), locale),
        ),
        Figure(
            _("Rests on"),
            locale.number(first.occasions),
            filled(
                ngettext(
                    "answers after the step; %(count)s of them had it",
                    "answers after the step; %(count)s of them had it",
                    first.exposed,
                ),
                count=locale.number(first.exposed),
            ),
        ),
    )


def _findings(asked: Asked) -> tuple[Finding, ...]:
    return tuple(_finding(asked, each, f"m{place}") for place, each in enumerate(asked.answer.experiences, 1))


def _finding(asked: Asked, each: MediatedExperience, row: str) -> Finding:
    locale, parts = asked.locale, each.returned
    total, through = parts.total, parts.indirect
    if total.interval.high < 0 and parts.share is None:
        words = _(
            "%(experience)s: %(total)s points fewer come back within %(days)s days. What goes through “%(answer)s”"
            " (%(signed)s) and what goes past it (%(past)s) point in opposite directions: no share of it is told."
        )
        column = _THROUGH
    elif total.interval.high < 0 and through.interval.high < 0:
        words = _(
            "%(experience)s: of the %(total)s points fewer who come back within %(days)s days, %(through)s go through"
            " “%(answer)s” (%(interval)s)."
        )
        column = _THROUGH
    elif total.interval.high < 0:
        words = _(
            "%(experience)s: %(total)s points fewer come back within %(days)s days than of others who were alike"
            " before. Whether any of it goes through “%(answer)s” cannot be told (%(interval)s points)."
        )
        column = _THROUGH
    elif through.interval.high < 0:
        words = _(
            "%(experience)s: it lowers “%(answer)s”, and with that %(through)s points fewer come back (%(interval)s)."
            " Whether fewer come back in all cannot be told."
        )
        column = _THROUGH
    elif total.interval.low > 0:
        words = _(
            "%(experience)s: more come back than of others who were alike before, by %(total)s points. Something else"
            " that is not known here may be behind it."
        )
        column = _TOTAL
    else:
        words = _(
            "%(experience)s: whether fewer come back within %(days)s days cannot be told (%(whole)s points)."
        )
        column = _TOTAL
    return Finding(
        filled(
            words,
            experience=_name(each),
            total=locale.number(abs(100 * total.value), decimals=1),
            through=locale.number(abs(100 * through.value), decimals=1),
            signed=locale.points(through.value),
            past=locale.points(parts.direct.value),
            answer=_between(asked),
            interval=_interval(through, locale),
            whole=_interval(total, locale),
            days=locale.number(round(asked.answer.horizon_days)),
        ),
        row,
        column,
    )


def _drawing(asked: Asked, each: MediatedExperience, place: int) -> Drawing:
    locale, parts = asked.locale, each.returned
    boxes = [
        draw.CauseBox("experience", _name(each), 0, 1),
        draw.CauseBox("answer", _between(asked), 1, 0),
        draw.CauseBox("returned", _("Coming back"), 2, 1, _points(parts.total, locale), is_goal=True),
    ]
    arrows = [
        _arrow("experience", "answer", parts.a, locale.signed(parts.a.value, decimals=2), 2.0),
        _arrow("answer", "returned", parts.b, locale.points(parts.b.value), _THICK / 2),
        _arrow("experience", "returned", parts.direct, locale.points(parts.direct.value), _THICK),
    ]
    title = filled(
        _(
            "%(experience)s, the answer after it and coming back, joined by arrows; the table below has the numbers."
        ),
        experience=_name(each),
    )
    drawn = partial(draw.draw_causes, boxes, arrows, title=title, direction=locale.direction)
    return Drawing.in_both_widths(
        f"through-{place}",
        _name(each),
        drawn,
        said=_(
            "First arrow: how far the answer moves. Second: points more who come back for each point of the answer. The"
            " long one: what goes past the answer. Dashed is less, dotted and grey may be nothing."
        ),
    )


def _arrow(source: str, target: str, estimate: Estimate, text: str, thick: float) -> draw.CauseArrow:
    way: draw.Way = "up" if estimate.value > 0 else "down"
    if 0 in estimate.interval:
        way = "open"
    return draw.CauseArrow(source, target, abs(estimate.value) / thick, text, way)


def _returns(asked: Asked) -> Table:
    locale = asked.locale

    def points(estimate: Estimate) -> Cell:
        return Cell(
            number_with_interval(locale.points(estimate.value), _interval(estimate, locale), locale),
            value=estimate.value,
        )

    def share(parts: Mediation) -> Cell:
        if parts.share is None:
            return Cell(_("none: the parts point in opposite directions"))
        if 0 in parts.total.interval:
            return Cell(locale.number(None))
        return Cell(share_with_interval(parts.share, locale, decimals=0))

    return Table(
        caption=_("Coming back: points more or fewer of a hundred"),
        columns=(
            Column("experience", _("Experience")),
            Column("total", _("In all"), "number"),
            Column("through", _("Through satisfaction"), "number"),
            Column("past", _("Past it"), "number"),
            Column("share", _("Share through satisfaction"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_name(each)),
                    points(each.returned.total),
                    points(each.returned.indirect),
                    points(each.returned.direct),
                    share(each.returned),
                ),
                f"m{place}",
            )
            for place, each in enumerate(asked.answer.experiences, 1)
        ),
    )


def _spending(asked: Asked) -> Table:
    answer: MediationAnswer = asked.answer
    locale = asked.locale

    def amount(estimate: Estimate) -> Cell:
        return Cell(money_with_interval(estimate, answer.currency, locale), value=estimate.value)

    return Table(
        caption=_("What is brought afterwards, each time"),
        columns=(
            Column("experience", _("Experience")),
            Column("total", _("In all"), "number"),
            Column("through", _("Through satisfaction"), "number"),
            Column("past", _("Past it"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_name(each)),
                    amount(each.value.total),
                    amount(each.value.indirect),
                    amount(each.value.direct),
                ),
                f"s{place}",
            )
            for place, each in enumerate(answer.experiences, 1)
        ),
    )


def _links(asked: Asked) -> Table:
    locale = asked.locale

    def with_interval(estimate: Estimate, times: float) -> Cell:
        return Cell(
            number_with_interval(
                locale.signed(estimate.value * times, decimals=2),
                _interval(estimate, locale, times=times, decimals=2),
                locale,
            ),
            value=estimate.value,
        )

    return Table(
        caption=_("The links, and how firm they are"),
        columns=(
            Column("experience", _("Experience")),
            Column("a", _("Moves the answer by"), "number"),
            Column("b", _("Points who come back for each point of it"), "number"),
            Column("hidden", _("Hidden mood needed"), "number"),
            Column("exposed", _("Had it"), "number"),
            Column("occasions", _("Answers"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_name(each)),
                    with_interval(each.returned.a, 1.0),
                    with_interval(each.returned.b, 100.0),
                    Cell(
                        locale.number(each.returned.hidden_correlation, decimals=2),
                        value=each.returned.hidden_correlation,
                    ),
                    Cell(locale.number(each.exposed), value=each.exposed),
                    Cell(locale.number(each.occasions), value=each.occasions),
                ),
                f"l{place}",
            )
            for place, each in enumerate(asked.answer.experiences, 1)
        ),
    )


MEDIATION: Final = KindPage(
    key="mediation",
    desk="value",
    group=REASONS,
    name=pgettext_lazy("kind of question", "Through satisfaction"),
    lead=gettext_lazy(
        "Do customers stay away after a bad experience because they are less content, or whatever they feel?"
    ),
    form=MediationForm,
    shown=shown_mediation,
    meaning=gettext_lazy(
        "An experience goes with an answer, and the answer with coming back: the two together are the part through"
        " satisfaction. What is left between customers who answered alike is the part past it. Both add up. Where the"
        " first part is large, excuses and repair help; where the second is, only doing it better does. These are"
        " associations. Hidden mood needed: what is hidden in both the answer and coming back, such as mood, would"
        " have to correlate like this to explain the part through satisfaction away; near 0 it is easily so."
    ),
    method=gettext_lazy(
        "Two straight lines: the answer on the experience, and coming back on both; what was known before (goods, town,"
        " season, earlier orders and answers) is held equal in each. Only occasions with an answer are compared."
        " Intervals are between percentiles of resamples of customers."
    ),
    nothing={
        **NO_ORDERS,
        **NO_ANSWERS,
        "why.too_few_rows": (
            gettext_lazy("Nobody came through this step"),
            gettext_lazy("Choose another step, or a later day."),
        ),
    },
    more=gettext_lazy("Question, margin, day"),
)
