"""The page Change explained: why a score differs between two times or two groups of customers."""

from __future__ import annotations

from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from safar.doors.web.journeys.words import as_read, number_with_interval
from safar.doors.web.scores.words import ScoreWords
from safar.doors.web.surveys.queries import asked_names
from safar.explain.change_explained import ExplainedChange, TouchpointPart
from safar.explain.change_rows import ChangeExplainedAnswer
from safar.listen.mix import GroupPart
from safar.show import drawing as draw
from safar.vocabulary.interval import Estimate, is_clear

from .change_form import ChangeExplainedForm
from .experience_names import EXPERIENCE_NAMES
from .groups import REASONS
from .words import NO_ANSWERS, how_sure

#: Groups that are drawn, those that add most first.
_MOST_DRAWN: Final = 8
#: Place of the exposure among the columns of the touchpoints, and of what a group adds within among those of groups.
_EXPOSURE, _WITHIN = 3, 5


def shown_change(asked: Asked) -> Shown:
    """Return a change and its parts in the reader's words."""
    answer: ChangeExplainedAnswer = asked.answer
    words = ScoreWords(asked.locale, answer.scoring, asked_names(asked.workspace, asked.locale.language))
    touchpoints = answer.touchpoints
    return Shown(
        figures=_figures(asked, words),
        findings=_findings(asked, words),
        drawings=(
            *((_bridge(asked, words, touchpoints),) if touchpoints else ()),
            _groups_drawing(asked, words),
        ),
        tables=(
            *((_touchpoints(asked, words, touchpoints),) if touchpoints else ()),
            _groups(asked, words),
        ),
    )


def _called(part: TouchpointPart) -> str:
    return str(EXPERIENCE_NAMES.get(part.name, part.name))


def _group_name(asked: Asked, words: ScoreWords, part: GroupPart) -> str:
    return words.group(asked.question.by, part.name)


def _sides(asked: Asked) -> dict[str, str]:
    """Return what the two sides are called."""
    if asked.form.are_groups:  # type: ignore[attr-defined]
        return {"before": pgettext("side", "the others"), "now": pgettext("side", "the group")}
    return {"before": pgettext("side", "before"), "now": pgettext("side", "now")}


def _sure(estimate: Estimate, words: ScoreWords) -> str:
    return how_sure(estimate, as_read(words.difference_interval(estimate), words.locale), words.locale)


def _figures(asked: Asked, words: ScoreWords) -> tuple[Figure, ...]:
    answer: ChangeExplainedAnswer = asked.answer
    locale, split = asked.locale, answer.split
    facts = {"before": words.value(answer.score_before.value), "now": words.value(answer.score_now.value)}
    between = _("%(before)s against %(now)s") if asked.form.are_groups else _("from %(before)s to %(now)s")  # type: ignore[attr-defined]
    return (
        Figure(
            words.names.question(answer.question_key),
            words.difference(split.total.value),
            filled(
                _("%(between)s; %(sure)s"),
                between=filled(between, **facts),
                sure=_sure(split.total, words),
            ),
        ),
        Figure(
            _("Because the same groups answer otherwise"),
            words.difference(split.within.value),
            _sure(split.within, words),
        ),
        Figure(_("Because other groups answer"), words.difference(split.mix.value), _sure(split.mix, words)),
        Figure(
            _("Rests on"),
            filled(
                ngettext("%(count)s answer", "%(count)s answers", answer.provenance.rows_read),
                count=locale.number(answer.provenance.rows_read),
            ),
            filled(
                ngettext("of %(count)s customer", "of %(count)s customers", answer.customers),
                count=locale.number(answer.customers),
            ),
        ),
    )


def _findings(asked: Asked, words: ScoreWords) -> tuple[Finding, ...]:
    answer: ChangeExplainedAnswer = asked.answer
    split = answer.split
    if not is_clear(split.total):
        found = [Finding(_("The difference may be chance: its interval holds zero. So may its parts."))]
    elif is_clear(split.within) and not is_clear(split.mix):
        found = [Finding(_("It is real: the same groups of customers answer otherwise."))]
    elif is_clear(split.mix) and not is_clear(split.within):
        found = [Finding(_("It is who answers: no group is clearly more or less content than it was."))]
    else:
        found = [
            Finding(_("The same groups answer otherwise, and other groups answer: both have a part in it."))
        ]
    touchpoints = answer.touchpoints
    if touchpoints is not None:
        for place, part in enumerate(touchpoints.parts):
            found += _of_touchpoint(part, place, words)
    return tuple(found)


def _of_touchpoint(part: TouchpointPart, place: int, words: ScoreWords) -> list[Finding]:
    """Return what a touchpoint did, where that is more than chance."""
    found = []
    share = partial(words.locale.percent, decimals=1)
    if is_clear(part.exposure):
        sentence = _(
            "%(touchpoint)s: lived through by %(now)s, and by %(before)s on the other side, which moves the score by"
            " %(change)s."
        )
        found.append(
            Finding(
                filled(
                    sentence,
                    touchpoint=_called(part),
                    before=share(part.mean_before),
                    now=share(part.mean_now),
                    change=words.difference(part.exposure.value),
                ),
                f"t{place}",
                _EXPOSURE,
            )
        )
    if is_clear(part.response):
        found.append(
            Finding(
                filled(
                    _(
                        "%(touchpoint)s: it goes with another score on the other side, which makes %(change)s."
                    ),
                    touchpoint=_called(part),
                    change=words.difference(part.response.value),
                ),
                f"t{place}",
                _EXPOSURE + 1,
            )
        )
    return found


def _in_drawing(words: ScoreWords, difference: float) -> str:
    """Return a difference without its unit: beside it names would be cut."""
    return words.locale.points(difference) if words.scoring.unit == "share" else words.difference(difference)


def _with_unit(sentence: str, words: ScoreWords) -> str:
    """Return a sentence about a drawing, with the unit that its numbers leave out."""
    if words.scoring.unit != "share":
        return sentence
    return f"{sentence} {_('Numbers are percentage points.')}"


def _bridge(asked: Asked, words: ScoreWords, touchpoints: ExplainedChange) -> Drawing:
    pieces = []
    for part in touchpoints.parts:
        for name, estimate in (
            (_("%(touchpoint)s: how often"), part.exposure),
            (_("%(touchpoint)s: how it is felt"), part.response),
        ):
            pieces.append(
                draw.BridgeStep(
                    filled(name, touchpoint=_called(part)), estimate.value, _in_drawing(words, estimate.value)
                )
            )
    rest, total = touchpoints.rest.value, touchpoints.total.value
    steps = [
        draw.BridgeStep(_("No difference"), 0.0, _in_drawing(words, 0.0), is_total=True),
        *pieces,
        draw.BridgeStep(_("No touchpoint explains it"), rest, _in_drawing(words, rest)),
        draw.BridgeStep(_("The whole difference"), total, _in_drawing(words, total), is_total=True),
    ]
    title = _("What each touchpoint adds to the difference; the table below has the same numbers.")
    drawn = partial(draw.draw_bridge, steps, title=title, direction=asked.locale.direction)
    return Drawing.in_both_widths(
        "touchpoints",
        _("Which touchpoints moved it"),
        drawn,
        said=_with_unit(
            _("How often: more or fewer lived through it. How it is felt: it goes with another score."), words
        ),
    )


def _groups_drawing(asked: Asked, words: ScoreWords) -> Drawing:
    answer: ChangeExplainedAnswer = asked.answer
    bars = []
    for part in answer.split.groups[:_MOST_DRAWN]:
        bars += [
            draw.Bar(
                _group_name(asked, words, part),
                part.within,
                _in_drawing(words, part.within),
                detail=_("answer otherwise"),
            ),
            draw.Bar(
                "",
                part.mix,
                _in_drawing(words, part.mix),
                detail=_("answer more or less often"),
                tone="other",
            ),
        ]
    title = _("What each group adds to the difference; the table below has the same numbers.")
    drawn = partial(draw.draw_bars, bars, title=title, direction=asked.locale.direction)
    return Drawing.in_both_widths(
        "groups",
        _("Which groups moved it"),
        drawn,
        said=_with_unit(
            _(
                "Each group adds what its own score changed, and what the change of its share of the answers"
                " does."
            ),
            words,
        ),
    )


def _touchpoints(asked: Asked, words: ScoreWords, touchpoints: ExplainedChange) -> Table:
    locale, sides = asked.locale, _sides(asked)

    def change(estimate: Estimate) -> Cell:
        return Cell(
            number_with_interval(
                words.difference(estimate.value), words.difference_interval(estimate), locale
            ),
            value=estimate.value,
        )

    def share(value: float) -> Cell:
        return Cell(locale.percent(value, decimals=1), value=value)

    rows = [
        Row(
            (
                Cell(_called(part)),
                share(part.mean_before),
                share(part.mean_now),
                change(part.exposure),
                change(part.response),
            ),
            f"t{place}",
        )
        for place, part in enumerate(touchpoints.parts)
    ]
    nothing = Cell("")
    rows.append(
        Row(
            (Cell(_("No touchpoint explains it")), nothing, nothing, nothing, change(touchpoints.rest)),
            "rest",
        )
    )
    return Table(
        caption=_("Touchpoint by touchpoint"),
        columns=(
            Column("touchpoint", _("What they lived through")),
            Column("before", filled(_("Had it: %(side)s"), side=sides["before"]), "number"),
            Column("now", filled(_("Had it: %(side)s"), side=sides["now"]), "number"),
            Column("exposure", _("By how often"), "number"),
            Column("response", _("By how it is felt"), "number"),
        ),
        rows=tuple(rows),
    )


def _groups(asked: Asked, words: ScoreWords) -> Table:
    answer: ChangeExplainedAnswer = asked.answer
    locale, sides = asked.locale, _sides(asked)

    def share(value: float) -> Cell:
        return Cell(locale.percent(value, decimals=1), value=value)

    def score(value: float | None) -> Cell:
        return Cell(words.value(value)) if value is None else Cell(words.value(value), value=value)

    def change(value: float) -> Cell:
        return Cell(words.difference(value), value=value)

    return Table(
        caption=_("Group by group"),
        columns=(
            Column("group", _("Group")),
            Column("share_before", filled(_("Of the answers: %(side)s"), side=sides["before"]), "number"),
            Column("share_now", filled(_("Of the answers: %(side)s"), side=sides["now"]), "number"),
            Column("score_before", filled(_("Score: %(side)s"), side=sides["before"]), "number"),
            Column("score_now", filled(_("Score: %(side)s"), side=sides["now"]), "number"),
            Column("within", _("By answering otherwise"), "number"),
            Column("mix", _("By answering more or less often"), "number"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_group_name(asked, words, part)),
                    share(part.share_before),
                    share(part.share_now),
                    score(part.score_before),
                    score(part.score_now),
                    change(part.within),
                    change(part.mix),
                ),
                f"g{place}",
            )
            for place, part in enumerate(answer.split.groups)
        ),
    )


_TOO_FEW: Final = (
    gettext_lazy("Too few answers to compare"),
    gettext_lazy("Compare longer times or larger groups; about 50 answers on each side are needed."),
)
CHANGE_EXPLAINED: Final = KindPage(
    key="change_explained",
    desk="value",
    group=REASONS,
    name=pgettext_lazy("kind of question", "Change explained"),
    lead=gettext_lazy(
        "A score moved: did customers answer otherwise, did others answer, and which touchpoints moved it?"
    ),
    form=ChangeExplainedForm,
    shown=shown_change,
    meaning=gettext_lazy(
        "The difference of a score, split in two ways, each of which adds up to it exactly. By group: what the same"
        " groups answer otherwise, and what comes of other groups answering. By touchpoint: what comes of more or fewer"
        " customers living through it, and of its going with another score than before; the rest is what no"
        " touchpoint explains. Both are associations."
    ),
    method=gettext_lazy(
        "Groups: Kitagawa's symmetric split with intervals by linearisation. Touchpoints: the split of Oaxaca and"
        " Blinder with slopes half way between both sides; intervals are between percentiles of 500 resamples of"
        " customers."
    ),
    nothing={
        **NO_ANSWERS,
        "why.too_few_rows": _TOO_FEW,
        "score.nothing_to_split": _TOO_FEW,
    },
    further_tables=(("touchpoint_table", gettext_lazy("Touchpoint by touchpoint")),),
    more=gettext_lazy("Groups, days before, day"),
)
