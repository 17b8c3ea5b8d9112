"""Facts as Today shows them: every number in the reader's words, with how sure, its change and its
definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.fact import Definition, Fact
from safar.doors.web.design.words import filled
from safar.show.locale import Locale
from safar.show.numbers import NO_BREAK, NO_VALUE
from safar.show.trend import TrendPoint, trend, trend_reach
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.calendar import Period
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate

from .changes import relative_change, sure_change
from .definitions import DEFINITIONS, note_sentence
from .measures import Counted, Estimated
from .periods import Chosen, Cut, Stretch

#: Observations in a stretch of a trend below which its line would be mostly noise.
_ENOUGH: Final = 10
#: Observations in a stretch below which its interval spans most of the scale: the table says it, no band is drawn.
_ENOUGH_FOR_BAND: Final = 5


@dataclass(frozen=True, slots=True)
class Scene:
    """What every fact of one page shares."""

    locale: Locale
    chosen: Chosen
    history: str = field(default="")

    def stretch_name(self, cut: Cut, stretch: Stretch) -> str:
        """Return the name of a stretch of the trend; one that is not whole is marked."""
        name = self._name(cut, stretch.start_day).replace(" ", NO_BREAK)
        if stretch.is_after_data:
            return filled(_("%(period)s (no data yet)"), period=name)
        return filled(_("%(period)s (in part)"), period=name) if stretch.is_partial else name

    def axis(self, cut: Cut) -> tuple[str, ...]:
        """Return the names of both ends of the period; one where they are the same."""
        first, end = self.chosen.days
        ends = self._name(cut, first), self._name(cut, end - 1)
        return ends if ends[0] != ends[1] else ends[:1]

    def _name(self, cut: Cut, day: int) -> str:
        """Return the name of a day, or of its month: from the first day of the period on, with its year only where
        the period has two. The head of the column says when it is weeks."""
        first, end = self.chosen.days
        unit: Period = "day" if cut.unit == "week" else cut.unit
        date = self.locale.calendar_lens.date
        return self.locale.period(max(day, first), unit, short=date(first)[0] == date(end - 1)[0])


def counting_fact(
    key: str, scene: Scene, counted: Counted, *, provenance: Provenance, notes: Sequence[Note] = ()
) -> Fact:
    """Return the card of a count or a sum: bars from zero, a relative change, no interval."""
    say_short = counted.say_short or counted.say
    cut, now, before = scene.chosen.cut, counted.values[0], counted.values[1]
    points = [
        TrendPoint(
            scene.stretch_name(cut, stretch),
            None if stretch.is_after_data else value,
            NO_VALUE if stretch.is_after_data else counted.say(value),
            is_partial=stretch.is_partial,
        )
        for stretch, value in zip(cut.stretches, scene.chosen.of_cut(counted.values), strict=True)
    ]
    reach = trend_reach(points, kind="bars")
    say_axis = counted.say_axis or counted.say
    return Fact(
        key=key,
        name=counted.name,
        value=say_short(now),
        unit="",
        sure=counted.sure,
        beside=counted.beside,
        change=None if scene.history else relative_change(now, before, counted, scene.locale),
        no_change=scene.history,
        drawing=trend(
            points, title=_trend_title(counted.name), kind="bars", trend_id=f"trend-{key}", reach=reach
        ),
        axis=scene.axis(cut),
        scale=(say_axis(round(reach[1])), say_axis(round(reach[0])))
        if any(point.value for point in points)
        else (),
        grouped=_grouped(cut),
        head=(period_head(cut), counted.head),
        rows=tuple((point.label, point.text) for point in points),
        definition=_definition(key, scene, notes, provenance),
        more_head=counted.more_head,
        more_rows=counted.more_rows,
    )


def estimating_fact(
    key: str,
    scene: Scene,
    estimated: Estimated,
    *,
    provenance: Provenance,
    notes: Sequence[Note] = (),
    links: tuple[tuple[str, str], ...] = (),
) -> Fact:
    """Return the card of a rate or score: a line with a band, interval, count, and a change with its own
    interval."""
    now, before = estimated.estimates[0], estimated.estimates[1]
    cut, trend_estimates = cut_with_enough(scene.chosen, estimated.estimates)
    points = []
    rows = []
    for stretch, each in zip(cut.stretches, trend_estimates, strict=True):
        name, is_partial = scene.stretch_name(cut, stretch), stretch.is_partial
        if each is None:
            missing = stretch.is_after_data
            points.append(
                TrendPoint(name, None, NO_VALUE if missing else _("no answers"), is_partial=is_partial)
            )
            rows.append((name, NO_VALUE, NO_VALUE, NO_VALUE if missing else scene.locale.number(0)))
            continue
        value = f"{estimated.wording.value(each.value)} {estimated.unit}".strip()
        interval = estimated.wording.interval(each.interval.low, each.interval.high)
        points.append(
            TrendPoint(
                name,
                each.value,
                f"{value} ({interval})",
                each.interval.low if each.n >= _ENOUGH_FOR_BAND else None,
                each.interval.high if each.n >= _ENOUGH_FOR_BAND else None,
                is_partial,
            )
        )
        rows.append((name, value, interval, scene.locale.number(each.n)))
    reach = trend_reach(points, limits=estimated.limits)
    no_change = ""
    if now is None or before is None:
        no_change = scene.history
        if not no_change and before is None:
            no_change = _("Nothing in the period before to compare with")
    return Fact(
        key=key,
        name=estimated.name,
        value=NO_VALUE if now is None else estimated.wording.value(now.value),
        unit="" if now is None else estimated.unit,
        sure=estimated.nothing if now is None else _how_sure(now, estimated, scene.locale),
        beside="" if now is None else estimated.beside,
        change=None
        if no_change or now is None or before is None
        else sure_change(now, before, estimated, scene.locale),
        no_change=no_change,
        drawing=trend(
            points, title=_trend_title(estimated.name), kind="line", trend_id=f"trend-{key}", reach=reach
        ),
        axis=scene.axis(cut),
        scale=tuple(estimated.wording.axis(end) for end in reversed(reach))
        if any(point.value is not None for point in points)
        else (),
        grouped=_grouped(cut, points),
        head=(
            period_head(cut),
            estimated.head,
            filled(_("%(level)s interval"), level=scene.locale.percent(DEFAULT_LEVEL)),
            estimated.head_of_count,
        ),
        rows=tuple(rows),
        definition=_definition(key, scene, notes, provenance),
        links=links,
    )


def _how_sure(estimate: Estimate, estimated: Estimated, locale: Locale) -> str:
    return filled(
        _("%(level)s interval: %(interval)s, %(answers)s"),
        level=locale.percent(estimate.interval.level),
        interval=estimated.wording.interval(estimate.interval.low, estimate.interval.high),
        answers=estimated.answers(estimate.n),
    )


def _trend_title(name: str) -> str:
    return filled(_("%(name)s over time; the table below has the same numbers."), name=name)


def cut_with_enough(
    chosen: Chosen, estimates: Sequence[Estimate | None]
) -> tuple[Cut, Sequence[Estimate | None]]:
    """Return the finest cut whose stretches have enough observations on average to draw more than noise."""
    fine = chosen.of_cut(estimates)
    coarser = len(chosen.coarse.stretches) < len(fine)
    if not coarser or sum(each.n for each in fine if each is not None) >= _ENOUGH * len(fine):
        return chosen.cut, fine
    return chosen.coarse, chosen.of_coarse(estimates)


def period_head(cut: Cut) -> str:
    """Return the head of the column of stretches."""
    return {
        "day": pgettext("column", "Day"),
        "week": pgettext("column", "Week"),
        "month": pgettext("column", "Month"),
    }[cut.unit]


def _grouped(cut: Cut, points: Sequence[TrendPoint] = ()) -> str:
    """Return what a mark of the drawing stands for, and that the last of these points is not over yet."""
    grouped = {
        "day": pgettext("trend", "daily"),
        "week": pgettext("trend", "weekly"),
        "month": pgettext("trend", "monthly"),
    }[cut.unit]
    if points and points[-1].is_partial and points[-1].value is not None:
        return filled(_("%(grouped)s, the last one in part"), grouped=grouped)
    return grouped


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
