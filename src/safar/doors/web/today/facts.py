"""Facts as Today shows them: every number in the reader's words, with how sure, its change and its
definition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.words import filled
from safar.show.locale import Locale
from safar.show.numbers import NO_VALUE
from safar.show.trend import TrendPoint, trend
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.calendar import Period
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, difference, ratio_of_counts

from .definitions import DEFINITIONS, note_sentence
from .periods import Chosen, Cut, Stretch

#: Observations in a stretch of a trend below which its line would be mostly noise.
_ENOUGH: Final = 10


@dataclass(frozen=True, slots=True)
class Change:
    """A difference to the window before.

    Attributes
    ----------
    arrow
        ``▲``, ``▼`` or ``＝``; never the only sign of the direction.
    amount
        The size in the reader's words.
    tone
        ``better``, ``worse`` or empty: not clear, or neither.
    explained
        How sure the change is, or what it is compared with.
    spoken
        The whole change as a sentence, for those who hear the page.
    """

    arrow: str
    amount: str
    tone: str
    explained: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Definition:
    """What a number means and where it came from.

    Attributes
    ----------
    meaning, method
        Sentences.
    cautions
        Caveats of this very answer.
    origin
        Pairs of a name and a value: rows read, window, version of the log.
    """

    meaning: str
    method: str
    cautions: tuple[str, ...]
    origin: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One card.

    Attributes
    ----------
    key
        Unique on the page.
    name, value, unit
        The number, in the reader's words; the unit stands after it, small.
    sure
        The interval and how many answers are behind it; for a count, what it is made of.
    beside
        A further phrase; may be empty.
    change
        None when there is nothing to compare with.
    no_change
        Why not.
    drawing
        The trend as SVG.
    axis
        Names of the first and the last stretch.
    head, rows
        The same numbers as a table.
    more_head, more_rows
        A second table; empty for none.
    """

    key: str
    name: str
    value: str
    unit: str
    sure: str
    beside: str
    change: Change | None
    no_change: str
    drawing: str
    axis: tuple[str, str]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    definition: Definition
    more_head: tuple[str, ...] = ()
    more_rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What every fact of one page shares."""

    locale: Locale
    chosen: Chosen
    history: str = field(default="")

    def stretch_name(self, cut: Cut, stretch: Stretch) -> str:
        """Return the name of a stretch of the trend; one that is not whole is marked."""
        # The head of the column says that it is weeks.
        unit: Period = "day" if cut.unit == "week" else cut.unit
        name = self.locale.period(stretch.start_day, unit)
        return filled(_("%(period)s (in part)"), period=name) if stretch.is_partial else name

    def axis(self, cut: Cut) -> tuple[str, str]:
        """Return the names at both ends of the trend."""
        unit: Period = "day" if cut.unit == "week" else cut.unit
        first, last = cut.stretches[0].start_day, cut.stretches[-1].start_day
        return self.locale.period(first, unit), self.locale.period(last, unit)


@dataclass(frozen=True, slots=True)
class Counted:
    """A count or sum in words: what a counting fact needs.

    Attributes
    ----------
    values
        One for each window of the question.
    say, say_short
        A value in words, whole and in few digits.
    are_events
        True for a count of things that happen, whose change may be chance; False for a sum of money.
    more_head, more_rows
        A second table.
    """

    name: str
    head: str
    values: tuple[int, ...]
    say: Callable[[int], str]
    sure: str
    beside: str = ""
    say_short: Callable[[int], str] | None = None
    are_events: bool = True
    more_head: tuple[str, ...] = ()
    more_rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """How estimates of one kind are said.

    Attributes
    ----------
    value
        The value.
    interval
        Two ends.
    difference
        A difference, with its sign, without a unit.
    difference_interval
        Two ends of a difference, with their signs.
    """

    value: Callable[[float], str]
    interval: Callable[[float, float], str]
    difference: Callable[[float], str]
    difference_interval: Callable[[float, float], str]


@dataclass(frozen=True, slots=True)
class Estimated:
    """An estimate in words: what an estimating fact needs.

    Attributes
    ----------
    estimates
        One for each window of the question.
    answers
        The count behind it, as a phrase: ``from 958 answers``.
    head_of_count
        The same as the head of a column.
    nothing
        What to say where there is no estimate.
    beside
        A further phrase.
    """

    name: str
    estimates: tuple[Estimate | None, ...]
    wording: Wording
    answers: Callable[[int], str]
    head_of_count: str
    nothing: str
    unit: str = ""
    beside: str = ""


def counting_fact(
    key: str, scene: Scene, counted: Counted, *, provenance: Provenance, notes: Sequence[Note] = ()
) -> Fact:
    """Return the card of a count or a sum: bars from zero, a relative change, no interval."""
    say_short = counted.say_short or counted.say
    cut, now, before = scene.chosen.cut, counted.values[0], counted.values[1]
    points = [
        TrendPoint(scene.stretch_name(cut, stretch), value, counted.say(value), is_partial=stretch.is_partial)
        for stretch, value in zip(cut.stretches, scene.chosen.of_cut(counted.values), strict=True)
    ]
    return Fact(
        key=key,
        name=counted.name,
        value=say_short(now),
        unit="",
        sure=counted.sure,
        beside=counted.beside,
        change=None if scene.history else _relative_change(now, before, counted, scene.locale),
        no_change=scene.history,
        drawing=trend(points, title=_trend_title(counted.name), kind="bars", trend_id=f"trend-{key}"),
        axis=scene.axis(cut),
        head=(_period_head(cut), counted.head),
        rows=tuple((point.label, point.text) for point in points),
        definition=_definition(key, scene, notes, provenance),
        more_head=counted.more_head,
        more_rows=counted.more_rows,
    )


def estimating_fact(
    key: str, scene: Scene, estimated: Estimated, *, provenance: Provenance, notes: Sequence[Note] = ()
) -> Fact:
    """Return the card of a rate or score: a line with a band, interval, count, and a change with its own
    interval."""
    now, before = estimated.estimates[0], estimated.estimates[1]
    cut, trend_estimates = _cut_with_enough(scene.chosen, estimated.estimates)
    points = []
    rows = []
    for stretch, each in zip(cut.stretches, trend_estimates, strict=True):
        name, is_partial = scene.stretch_name(cut, stretch), stretch.is_partial
        if each is None:
            points.append(TrendPoint(name, None, _("no answers"), is_partial=is_partial))
            rows.append((name, NO_VALUE, NO_VALUE, scene.locale.number(0)))
            continue
        value = f"{estimated.wording.value(each.value)} {estimated.unit}".strip()
        interval = estimated.wording.interval(each.interval.low, each.interval.high)
        points.append(
            TrendPoint(
                name, each.value, f"{value} ({interval})", each.interval.low, each.interval.high, is_partial
            )
        )
        rows.append((name, value, interval, scene.locale.number(each.n)))
    no_change = ""
    if now is None or before is None:
        no_change = scene.history or _("Nothing in the period before to compare with")
    return Fact(
        key=key,
        name=estimated.name,
        value=NO_VALUE if now is None else estimated.wording.value(now.value),
        unit="" if now is None else estimated.unit,
        sure=estimated.nothing if now is None else _how_sure(now, estimated, scene.locale),
        beside="" if now is None else estimated.beside,
        change=None
        if no_change or now is None or before is None
        else _sure_change(now, before, estimated, scene.locale),
        no_change=no_change,
        drawing=trend(points, title=_trend_title(estimated.name), kind="line", trend_id=f"trend-{key}"),
        axis=scene.axis(cut),
        head=(
            _period_head(cut),
            estimated.name,
            filled(_("%(level)s interval"), level=scene.locale.percent(DEFAULT_LEVEL)),
            estimated.head_of_count,
        ),
        rows=tuple(rows),
        definition=_definition(key, scene, notes, provenance),
    )


def _how_sure(estimate: Estimate, estimated: Estimated, locale: Locale) -> str:
    return filled(
        _("%(level)s interval: %(interval)s, %(answers)s"),
        level=locale.percent(estimate.interval.level),
        interval=estimated.wording.interval(estimate.interval.low, estimate.interval.high),
        answers=estimated.answers(estimate.n),
    )


def _sure_change(now: Estimate, before: Estimate, estimated: Estimated, locale: Locale) -> Change:
    """Return a change whose interval says whether it may be chance."""
    change = difference(now, before)
    low, high = change.interval.low, change.interval.high
    is_clear = 0 not in change.interval
    amount = estimated.wording.difference(change.value)
    interval = estimated.wording.difference_interval(low, high)
    level = locale.percent(change.interval.level)
    return Change(
        arrow=_arrow(change.value),
        amount=amount,
        tone=_tone(change.value) if is_clear else "",
        explained=filled(
            _("%(level)s: %(interval)s") if is_clear else _("%(level)s: %(interval)s, may be chance"),
            level=level,
            interval=interval,
        ),
        spoken=_spoken(amount, interval, level, is_clear=is_clear),
    )


def _relative_change(now: int, before: int, counted: Counted, locale: Locale) -> Change:
    """Return a change in percent of what was before; for a count, whether it may be chance."""
    said = (counted.say_short or counted.say)(before)
    compared = filled(_("%(value)s in the period before"), value=said)
    if not before:
        return Change("", "", "", compared, compared)
    relative = Decimal(now) / Decimal(before) - 1
    amount = locale.signed_percent(relative, decimals=0 if abs(relative) >= Decimal("0.1") else 1)
    ratio = ratio_of_counts(now, before) if counted.are_events else None
    if ratio is None:
        spoken = filled(_("Changed by %(amount)s; %(compared)s."), amount=amount, compared=compared)
        return Change(_arrow(float(relative)), amount, "", compared, spoken)
    is_clear = 1 not in ratio.interval
    ends = (locale.signed_percent(end - 1, decimals=1) for end in (ratio.interval.low, ratio.interval.high))
    maybe = filled(_("%(value)s in the period before, may be chance"), value=said)
    return Change(
        arrow=_arrow(float(relative)),
        amount=amount,
        tone=_tone(float(relative)) if is_clear else "",
        explained=compared if is_clear else maybe,
        spoken=_spoken(amount, _between(*ends), locale.percent(ratio.interval.level), is_clear=is_clear),
    )


def _spoken(amount: str, interval: str, level: str, *, is_clear: bool) -> str:
    """Return a change with its interval as a whole sentence."""
    sentence = (
        _("Changed by %(amount)s since the period before, %(level)s interval %(interval)s: more than chance.")
        if is_clear
        else _(
            "Changed by %(amount)s since the period before, %(level)s interval %(interval)s: may be chance."
        )
    )
    return filled(sentence, amount=amount, level=level, interval=interval)


def _arrow(change: float) -> str:
    return "▲" if change > 0 else "▼" if change < 0 else "="


def _tone(change: float) -> str:
    return "better" if change > 0 else "worse" if change < 0 else ""


def _trend_title(name: str) -> str:
    return filled(_("%(name)s over time; the table below has the same numbers."), name=name)


def _cut_with_enough(
    chosen: Chosen, estimates: Sequence[Estimate | None]
) -> tuple[Cut, Sequence[Estimate | None]]:
    """Return the finest cut whose stretches have enough observations on average to draw more than noise."""
    fine = chosen.of_cut(estimates)
    if sum(each.n for each in fine if each is not None) >= _ENOUGH * len(fine):
        return chosen.cut, fine
    return chosen.coarse, chosen.of_coarse(estimates)


def _period_head(cut: Cut) -> str:
    return {
        "day": pgettext("column", "Day"),
        "week": pgettext("column", "Week"),
        "month": pgettext("column", "Month"),
    }[cut.unit]


def _definition(key: str, scene: Scene, notes: Sequence[Note], provenance: Provenance) -> Definition:
    locale, meaning = scene.locale, DEFINITIONS[key]
    return Definition(
        meaning=locale.shape(str(meaning.meaning)),
        method=locale.shape(str(meaning.method)),
        cautions=tuple(locale.shape(note_sentence(note, locale)) for note in notes),
        origin=(
            (_("Period"), locale.range(*scene.chosen.days)),
            (_("Compared with"), locale.range(*scene.chosen.before_days)),
            (_("Events read"), locale.number(provenance.rows_read)),
            (_("Version of the log"), provenance.log_version),
        ),
    )


def answers_phrase(locale: Locale) -> Callable[[int], str]:
    """Return how many answers are behind a number, as a phrase."""
    return lambda n: filled(
        ngettext("from %(count)s answer", "from %(count)s answers", n), count=locale.number(n)
    )


def scores_wording(locale: Locale, *, decimals: int, decimals_of_value: int) -> Wording:
    """Return how scores in points are said."""
    return Wording(
        value=lambda value: locale.number(value, decimals=decimals_of_value),
        interval=lambda low, high: locale.interval(low, high, decimals=decimals),
        difference=lambda change: locale.signed(change, decimals=decimals),
        difference_interval=lambda low, high: _between(
            locale.signed(low, decimals=decimals), locale.signed(high, decimals=decimals)
        ),
    )


def shares_wording(locale: Locale) -> Wording:
    """Return how shares are said; their differences are in percentage points."""
    return Wording(
        value=lambda value: locale.percent(value, decimals=1),
        interval=lambda low, high: locale.percent_interval(low, high, decimals=1),
        difference=locale.points,
        difference_interval=lambda low, high: _between(locale.points(low), locale.points(high)),
    )


def _between(low: str, high: str) -> str:
    return filled(_("%(low)s to %(high)s"), low=low, high=high)
