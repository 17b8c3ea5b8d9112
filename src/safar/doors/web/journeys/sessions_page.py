"""The page Sessions: how many, how long, with what they begin and end, who leaves at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words
from safar.observe.sessions import DepthBin, SessionsAnswer, SessionStep
from safar.observe.spans import TimeBin
from safar.show import drawing as draw
from safar.show.journeys.sessions import MOST_DRAWN, SessionsWords, sessions_drawing
from safar.show.locale import Locale

from .counted_paths import nothing_happened
from .kind import Asked, Drawing, Figure, Finding, KindPage, Shown
from .kind import Cell as NumberCell
from .metric import Metric
from .sessions_form import SessionsForm
from .words import interval_in_words, step_names

#: Rows of the table on the page; a file has them all.
_MOST_ROWS: Final = 40
#: Places of columns of the table.
_ENTRIES, _EXITS, _BOUNCE_SHARE = 1, 2, 4
#: A step is frequent with which so large a share of sessions begins.
_FREQUENT: Final = 0.05


def shown_sessions(asked: Asked) -> Shown:
    """Return sessions in the reader's words."""
    answer: SessionsAnswer = asked.answer
    if not answer.sessions:
        return Shown(empty=nothing_happened())
    called = step_names([step.name for step in answer.steps])
    return Shown(
        figures=_figures(asked),
        findings=_findings(asked, called),
        drawings=(_entries(asked, called), _depths(asked), _lengths(asked)),
        tables=(_table(asked, called),),
    )


def _behind(step: SessionStep | None, of: str, asked: Asked) -> str:
    if step is not None and not getattr(step, of):
        return ""
    return asked.behind({"step": None if step is None else step.name, "of": of})


def _pauses(asked: Asked) -> str:
    """Return after which pause a session ends, in words."""
    locale, question = asked.locale, asked.question
    told = [filled(_("each ends after a pause of %(time)s"), time=locale.duration(question.pause))]
    told += [
        filled(
            _("by “%(channel)s” after %(time)s"),
            channel=channel_in_words(channel),
            time=locale.duration(pause),
        )
        for channel, pause in question.pauses
    ]
    return " · ".join(told)


def _figures(asked: Asked) -> tuple[Figure, ...]:
    answer, locale = asked.answer, asked.locale
    bounces = answer.bounce_rate
    return (
        Figure(pgettext("sessions", "Sessions"), locale.number(answer.sessions), _pauses(asked)),
        Figure(
            _("Customers"),
            locale.number(answer.customers),
            filled(
                _("%(number)s sessions each"),
                number=locale.number(answer.sessions / answer.customers, decimals=2),
            ),
            _behind(None, "entries", asked),
        ),
        Figure(
            _("Left at once"),
            locale.percent(bounces.value, decimals=1),
            filled(
                _("%(level)s interval: %(interval)s"),
                level=locale.percent(bounces.interval.level),
                interval=interval_in_words(bounces, locale),
            ),
            _behind(None, "bounces", asked) if bounces.value else "",
        ),
        Figure(
            _("Steps in a session"),
            locale.number(answer.mean_events, decimals=1),
            filled(
                _("half have more than %(median)s, a tenth more than %(p90)s"),
                median=locale.number(
                    answer.median_events, decimals=0 if answer.median_events % 1 == 0 else 1
                ),
                p90=locale.number(answer.p90_events, decimals=0 if answer.p90_events % 1 == 0 else 1),
            ),
        ),
        Figure(
            _("Length"),
            locale.duration(answer.median_length),
            filled(
                _("half take longer, a tenth longer than %(p90)s; %(mean)s on average"),
                p90=locale.duration(answer.p90_length),
                mean=locale.duration(answer.mean_length),
            ),
        ),
    )


def _findings(asked: Asked, called: Mapping[str, str]) -> tuple[Finding, ...]:
    """Return with what sessions begin and end, and where they are over at once."""
    answer, locale = asked.answer, asked.locale
    listed = {step.name: place for place, step in enumerate(answer.steps[:_MOST_ROWS])}
    first, last = answer.steps[0], max(answer.steps, key=lambda step: step.exits)

    def found(words: str, step: SessionStep, count: int, of: int, column: int) -> Finding:
        sentence = filled(words, step=called[step.name], share=locale.percent(count / of, decimals=1))
        return Finding(sentence, f"s{listed[step.name]}" if step.name in listed else "", column)

    findings = [
        found(
            _("Most sessions begin with “%(step)s”: %(share)s."),
            first,
            first.entries,
            answer.sessions,
            _ENTRIES,
        ),
        found(_("Most sessions end with “%(step)s”: %(share)s."), last, last.exits, answer.sessions, _EXITS),
    ]
    frequent = [step for step in answer.steps if step.entries >= _FREQUENT * answer.sessions]
    if len(frequent) > 1:
        worst = max(frequent, key=lambda step: step.bounces / step.entries)
        if worst.bounces:
            findings.append(
                found(
                    _(
                        "Of frequent beginnings, “%(step)s” is most often all there is: %(share)s leave at once."
                    ),
                    worst,
                    worst.bounces,
                    worst.entries,
                    _BOUNCE_SHARE,
                )
            )
    return tuple(findings)


def _entries(asked: Asked, called: Mapping[str, str]) -> Drawing:
    answer, locale = asked.answer, asked.locale
    words = SessionsWords(
        title=_("With which steps sessions begin; the table below has the same numbers."),
        bounces=lambda share: filled(_("%(share)s left at once"), share=share),
        step=lambda step: called[step],
    )
    hidden = sum(bool(step.entries) for step in answer.steps[MOST_DRAWN:])
    return Drawing.in_both_widths(
        "entries",
        _("How sessions begin"),
        partial(
            sessions_drawing,
            answer,
            locale,
            words,
            href=lambda step: _behind(step, "entries", asked) or None,
        ),
        said=filled(
            ngettext("%(count)s rarer step is not drawn.", "%(count)s rarer steps are not drawn.", hidden),
            count=locale.number(hidden),
        )
        if hidden
        else "",
    )


def _bars(key: str, name: str, title: str, bars: Sequence[draw.Bar], asked: Asked) -> Drawing:
    drawn = partial(draw.draw_bars, bars, title=title, direction=asked.locale.direction)
    return Drawing.in_both_widths(key, name, drawn)


def _bar(label: str, count: int, asked: Asked) -> draw.Bar:
    locale = asked.locale
    share = locale.percent(count / asked.answer.sessions, decimals=1)
    return draw.Bar(label, float(count), f"{locale.number(count)} · {share}")


def _depths(asked: Asked) -> Drawing:
    locale = asked.locale

    def name(each: DepthBin) -> str:
        if each.until is None:
            return filled(_("%(number)s and more steps"), number=locale.number(each.since))
        if each.until == each.since + 1:
            return filled(
                ngettext("%(count)s step", "%(count)s steps", each.since), count=locale.number(each.since)
            )
        return filled(
            _("%(low)s to %(high)s steps"), low=locale.number(each.since), high=locale.number(each.until - 1)
        )

    return _bars(
        "depths",
        _("How many steps they have"),
        _("How many sessions have how many steps."),
        [_bar(name(each), each.count, asked) for each in asked.answer.depths],
        asked,
    )


def _lengths(asked: Asked) -> Drawing:
    locale = asked.locale

    def name(each: TimeBin) -> str:
        if each.until is None:
            return filled(_("%(time)s and longer"), time=locale.duration(each.since))
        if not each.since:
            return filled(_("up to %(time)s"), time=locale.duration(each.until))
        return filled(
            _("%(low)s to %(high)s"), low=locale.duration(each.since), high=locale.duration(each.until)
        )

    return _bars(
        "lengths",
        _("How long they are"),
        _("How many sessions are how long."),
        [_bar(name(each), each.count, asked) for each in asked.answer.lengths],
        asked,
    )


def _table(asked: Asked, called: Mapping[str, str]) -> Table:
    locale, rows = asked.locale, []
    for place, step in enumerate(asked.answer.steps[:_MOST_ROWS]):
        bounced = step.bounces / step.entries if step.entries else None
        rows.append(
            Row(
                (
                    Cell(called[step.name]),
                    Cell(locale.number(step.entries), _behind(step, "entries", asked), value=step.entries),
                    Cell(locale.number(step.exits), _behind(step, "exits", asked), value=step.exits),
                    Cell(locale.number(step.bounces), _behind(step, "bounces", asked), value=step.bounces),
                    Cell(locale.percent(bounced, decimals=1), value="" if bounced is None else bounced),
                ),
                f"s{place}",
            )
        )
    return Table(
        caption=_("How sessions begin and end, the most frequent beginning first"),
        columns=(
            Column("step", pgettext("funnel", "Step")),
            Column("entries", _("Begin with it"), "number"),
            Column("exits", _("End with it"), "number"),
            Column("bounces", _("Are nothing else"), "number"),
            Column("share", _("Of those that begin with it"), "number"),
        ),
        rows=tuple(rows),
    )


def _cell_in_words(cell: NumberCell, locale: Locale) -> str:
    of, step = cell.get("of"), cell.get("step")
    if step is None:
        return _("Customers who left at once") if of == "bounces" else _("Customers with a session")
    words = {
        "entries": _("Customers with a session that begins with “%(step)s”"),
        "exits": _("Customers with a session that ends with “%(step)s”"),
        "bounces": _("Customers with a session of nothing else than “%(step)s”"),
    }.get(str(of), "%(step)s")
    return filled(words, step=step_names([str(step)])[str(step)])


SESSIONS: Final = KindPage(
    key="sessions",
    name=pgettext_lazy("kind of question", "Sessions"),
    lead=gettext_lazy("How many sessions are there, how long are they, and where do they begin and end?"),
    form=SessionsForm,
    shown=shown_sessions,
    meaning=gettext_lazy(
        "A session, or visit, is all that a customer does without a longer pause; what is sent to them counts only"
        " where everything is asked for, or a step names it. Who left at once has a single step in it. Its length"
        " runs from its first step to its last: what came after the last one is not known."
    ),
    method=gettext_lazy(
        "All sessions are counted; medians and tenths are exact. Sessions of one customer depend on one another, and"
        " the 95% interval of those that left at once takes that into account. A session across the edge of the period"
        " is cut there."
    ),
    cell_words=_cell_in_words,
    metric=lambda answer: Metric.of(answer.bounce_rate),
    metric_name=gettext_lazy("Left at once"),
)
