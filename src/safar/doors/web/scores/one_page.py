"""The page of one score in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.comments.queries import Filters
from safar.doors.web.design.drawings import Drawing
from safar.doors.web.design.parts import Tab
from safar.doors.web.design.table import Table
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import cut, visible
from safar.doors.web.segments.queries import SegmentFacts
from safar.doors.web.surveys.page import tabs
from safar.doors.web.surveys.queries import AskedNames
from safar.listen.detectable import answers_needed, detectable_change, spread_of
from safar.listen.distribution import Bin, distribution
from safar.listen.scoring import Score
from safar.listen.trend import TrendPoint
from safar.show.locale import Locale
from safar.store.registry import Workspace
from safar.vocabulary.answer import Note
from safar.vocabulary.interval import Estimate

from .asked import Asked, number_typed
from .choices import (
    Option,
    Select,
    ShareFields,
    limit_field,
    mark_options,
    question_fields,
    share_fields,
    trend_fields,
    weigh_options,
)
from .definitions import NOTE_SENTENCES, definition_of
from .drawings import distribution_drawing, groups_drawing, trend_drawing
from .list_page import change_in_words, scope_of
from .queries import BoundStep
from .reading import MOST_SHARES, Reading
from .tables import (
    breakdown_table,
    distribution_table,
    first_places_table,
    goals_table,
    mix_table,
    trend_table,
)
from .words import ScoreWords, answers_in_words, by_name, kind_name, stretches, verdict

_LONGEST: Final = 80
#: So many periods are about a year: fewer need no year on the axis.
_A_YEAR: Final = {"week": 50, "month": 12}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number at the head: its name, itself, how sure, and where it leads."""

    name: str
    value: str
    sure: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: sentences, a drawing, tables; and what was refused."""

    title: str
    key: str
    sentences: tuple[str, ...] = ()
    drawing: Drawing | None = None
    tables: tuple[Table, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ScorePage:
    """What the template of one score is given.

    Attributes
    ----------
    tabs, list_href
        Of the desk, and of the list.
    name, key, kind, scope
        The question, its key, its metric and scale, which days.
    meaning, method, origin
        The definition, and where the numbers came from.
    is_mixed
        The key was answered on several scales: which one is shown stands in ``kind``.
    figures, sentences, cautions
        The numbers at the head, what they say, and what weakens them.
    sections
        Distribution, trend, groups, mix, goals, findability.
    fields, marks, trend_fields, weigh, limit, shares
        Of the forms.
    hidden, hidden_of_trend, hidden_of_weights, hidden_of_wish
        What each form keeps of the question.
    plan
        Sentences on what so many answers can show.
    wish
        What was typed as the change to notice.
    weights_said, weights_problem
        What the weights cost, and why there are none.
    answers_href, comments_href
        Where the single answers are, and what was written with them; empty for who may not see them.
    steps
        Steps of maps that the question speaks of.
    """

    tabs: tuple[Tab, ...]
    list_href: str
    name: str
    key: str
    kind: str
    scope: str
    meaning: str
    method: str
    origin: tuple[tuple[str, str], ...]
    is_mixed: bool
    figures: tuple[Figure, ...]
    sentences: tuple[str, ...]
    cautions: tuple[str, ...]
    sections: tuple[Section, ...]
    fields: tuple[Select, ...]
    marks: tuple[Option, ...]
    trend_fields: tuple[Select, ...]
    weigh: tuple[Option, ...]
    limit: Select
    shares: tuple[ShareFields, ...]
    hidden: tuple[tuple[str, str], ...]
    hidden_of_trend: tuple[tuple[str, str], ...]
    hidden_of_weights: tuple[tuple[str, str], ...]
    hidden_of_wish: tuple[tuple[str, str], ...]
    plan: tuple[str, ...]
    wish: str
    weights_said: str
    weights_problem: str
    answers_href: str
    comments_href: str
    steps: tuple[Tab, ...]
    problem: str


def score_page(
    workspace: Workspace,
    reading: Reading,
    segments: Sequence[SegmentFacts],
    steps: Sequence[BoundStep],
    locale: Locale,
    *,
    names: AskedNames,
    sees_customers: bool,
) -> ScorePage:
    """Return the page of one score.

    Parameters
    ----------
    reading
        What the log says.
    segments, steps
        Of the workspace: whose answers can be looked at, and where the question stands on maps.
    names
        What its surveys and questions are called.
    sees_customers
        Whether numbers lead to the answers behind them.
    """
    words = ScoreWords(locale, reading.key.scoring, names)
    return _Page(workspace, reading, segments, words, sees_customers).page(steps)


class _Page:
    def __init__(
        self,
        workspace: Workspace,
        reading: Reading,
        segments: Sequence[SegmentFacts],
        words: ScoreWords,
        sees_customers: bool,
    ) -> None:
        self._workspace, self._reading, self._segments = workspace, reading, segments
        self._words, self._locale, self._sees = words, words.locale, sees_customers
        self._asked: Asked = reading.asked
        self._score: Score | None = reading.score.scores[0] if reading.score else None

    def page(self, steps: Sequence[BoundStep]) -> ScorePage:
        reading, locale, asked = self._reading, self._locale, self._asked
        scoring = reading.key.scoring
        meaning, method = definition_of(scoring.metric, scoring.unit)
        return ScorePage(
            tabs=tabs(self._workspace, "scores"),
            list_href=reverse("scores", kwargs={"workspace_id": self._workspace.workspace_id}),
            name=cut(visible(self._words.names.question(asked.key)), _LONGEST),
            key=visible(asked.key),
            kind=kind_name(reading.key.kind, locale),
            scope=scope_of(reading.times, locale),
            meaning=locale.shape(meaning),
            method=locale.shape(method),
            origin=self._origin(),
            is_mixed=len(reading.kinds) > 1,
            figures=self._figures(),
            sentences=self._sentences(),
            cautions=self._cautions(),
            sections=tuple(each for each in self._sections() if each is not None),
            fields=question_fields(reading, self._segments, self._words.names, locale),
            marks=mark_options(reading, locale),
            trend_fields=trend_fields(asked),
            weigh=weigh_options(reading, self._segments, self._words.names),
            limit=limit_field(asked, locale),
            shares=share_fields(reading, self._words.names, locale),
            hidden=self._kept("kind", "span", "segment", "channel", "language", "survey", "by", "leave_out"),
            hidden_of_trend=self._kept("every", "beside", "season"),
            hidden_of_weights=self._kept("weigh", "share", "limit"),
            hidden_of_wish=self._kept("wish"),
            plan=self._plan(),
            wish=asked.wish,
            weights_said=self._weights_said(),
            weights_problem=reading.problems.get("weights", "") or self._shares_missing(),
            answers_href=self._behind() if self._score else "",
            comments_href=self._written() if self._sees else "",
            steps=tuple(
                Tab(
                    filled(_("%(step)s on the map %(map)s"), step=step.step_name, map=step.map_name),
                    reverse(
                        "living-map",
                        kwargs={"workspace_id": self._workspace.workspace_id, "map_id": step.map_id},
                    ),
                )
                for step in steps
            ),
            problem=reading.problems.get("score", ""),
        )

    def _kept(self, *own: str) -> tuple[tuple[str, str], ...]:
        """Return what a form keeps of the question beside its own fields; a scale that is no choice is not said."""
        kept = self._asked.without(*own)
        return tuple((name, value) for name, value in kept if name != "kind" or len(self._reading.kinds) > 1)

    def _behind(self, **more: str) -> str:
        if not self._sees:
            return ""
        address = reverse("score-answers", kwargs={"workspace_id": self._workspace.workspace_id})
        return f"{address}?{self._asked.query(**more)}"

    def _written(self) -> str:
        """Return where the comments to the question are, of the days that are looked at."""
        zone, now = ZoneInfo(self._locale.time_zone), self._reading.times.now
        last = (now.end - timedelta(microseconds=1)).astimezone(zone).date()
        wanted = Filters(asked=self._asked.key, since=now.start.astimezone(zone).date(), until=last)
        address = reverse("comments", kwargs={"workspace_id": self._workspace.workspace_id})
        return f"{address}?{wanted.query(self._locale)}"

    def _behind_bin(self, one: Bin) -> str:
        return self._behind(lowest=f"{one.low:g}", highest=f"{one.high:g}")

    def _behind_point(self, point: TrendPoint) -> str:
        return (
            self._behind(since=str(point.window.start_us), until=str(point.window.end_us))
            if point.score
            else ""
        )

    def _behind_group(self, name: str) -> str:
        return self._behind(group=name)

    def _origin(self) -> tuple[tuple[str, str], ...]:
        found = self._reading.score
        if found is None:
            return ()
        return (
            (_("Answers read"), self._locale.number(found.provenance.rows_read)),
            (_("Version of the log"), found.provenance.log_version),
        )

    def _figures(self) -> tuple[Figure, ...]:
        reading, locale, words, score = self._reading, self._locale, self._words, self._score
        estimate = None if score is None else score.estimate
        found = [
            Figure(
                _("Score"),
                words.value(None if estimate is None else estimate.value),
                "" if estimate is None else self._sure(estimate, words.interval(estimate)),
            ),
            Figure(
                _("Answers"),
                locale.number(0 if score is None else score.n),
                _("weighted") if reading.is_weighted else "",
                self._behind() if score else "",
            ),
        ]
        change = reading.change
        if reading.times.before is not None:
            found.append(
                Figure(
                    _("Change"),
                    change_in_words(change, words) or locale.number(None),
                    verdict(change) if change else _("nothing to compare with"),
                )
            )
        rate = reading.response.estimate if reading.response else None
        if rate is not None:
            said = locale.percent_interval(rate.interval.low, rate.interval.high, decimals=1)
            found.append(
                Figure(_("Response rate"), locale.percent(rate.value, decimals=1), self._sure(rate, said))
            )
        done = reading.completion.estimate if reading.completion else None
        if done is not None:
            said = locale.percent_interval(done.interval.low, done.interval.high, decimals=1)
            found.append(
                Figure(_("Came to the end"), locale.percent(done.value, decimals=1), self._sure(done, said))
            )
        return tuple(found)

    def _sure(self, estimate: Estimate, interval: str) -> str:
        return filled(
            _("%(level)s interval: %(interval)s"),
            level=self._locale.percent(estimate.interval.level),
            interval=interval,
        )

    def _sentences(self) -> tuple[str, ...]:
        """Return what the numbers say, in whole sentences."""
        change, words = self._reading.change, self._words
        found = []
        if change is not None:
            facts = {
                "size": words.size(change.change.value),
                "interval": words.difference_interval(change.change),
                "p": words.p_value(change.p_value),
            }
            if not change.change.value:
                found.append(_("The score is the same as before."))
            elif change.is_clear:
                sentence = (
                    _("It rose by %(size)s (%(interval)s), which is more than chance (p = %(p)s).")
                    if change.change.value > 0
                    else _("It fell by %(size)s (%(interval)s), which is more than chance (p = %(p)s).")
                )
                found.append(filled(sentence, **facts))
            else:
                sentence = (
                    _("It is %(size)s higher than before (%(interval)s), which may be chance (p = %(p)s).")
                    if change.change.value > 0
                    else _(
                        "It is %(size)s lower than before (%(interval)s), which may be chance (p = %(p)s)."
                    )
                )
                found.append(filled(sentence, **facts))
        breakdown, by = self._reading.breakdown, self._asked.by
        if breakdown is not None and by is not None:
            out = [each for each in breakdown.groups if each.gap is not None and each.gap.is_clear]
            for one in out[:3]:
                gap = one.gap
                assert gap is not None  # as chosen above
                sentence = (
                    _("%(group)s lies %(size)s above all others, more than chance.")
                    if gap.change.value > 0
                    else _("%(group)s lies %(size)s below all others, more than chance.")
                )
                name = _("Others") if one.is_rest else words.group(by, one.name)
                found.append(filled(sentence, group=name, size=words.size(gap.change.value)))
        return tuple(found)

    def _cautions(self) -> tuple[str, ...]:
        reading = self._reading
        notes: list[Note] = list(reading.score.notes) if reading.score else []
        if reading.completion and reading.completion.screened:
            notes.append(Note.of("completion.screened", count=reading.completion.screened))
        for part in (reading.breakdown, reading.mix, reading.trend):
            notes += part.notes if part else ()
        return tuple(
            self._locale.shape(NOTE_SENTENCES[note.code](note, self._locale))
            for note in notes
            if note.code in NOTE_SENTENCES
        )

    def _sections(self) -> tuple[Section | None, ...]:
        return (
            self._distribution(),
            self._trend(),
            self._breakdown(),
            self._mix(),
            self._goals(),
            self._findability(),
        )

    def _distribution(self) -> Section | None:
        score, words, locale = self._score, self._words, self._locale
        if score is None:
            return None
        found = distribution(score.counts, words.scoring.scale)
        if found is None:
            return None
        said = [filled(_("Median %(median)s, standard deviation %(deviation)s."),
                       median=locale.number(found.median),
                       deviation=locale.number(found.deviation, decimals=2))]  # fmt: skip
        if found.mean is not None:
            said.insert(
                0,
                filled(
                    _("Mean %(mean)s (%(low)s to %(high)s)."),
                    mean=locale.number(found.mean.value, decimals=2),
                    low=locale.number(found.mean.interval.low, decimals=2),
                    high=locale.number(found.mean.interval.high, decimals=2),
                ),
            )
        if self._reading.is_weighted:
            said.append(_("The distribution shows the answers as they came, not weighted."))
        return Section(
            _("How the answers are spread"),
            "distribution",
            tuple(said),
            distribution_drawing(found, words, self._behind_bin),
            (distribution_table(found, words, self._behind_bin),),
        )

    def _trend(self) -> Section:
        reading, words, locale = self._reading, self._words, self._locale
        found = reading.trend
        if found is None:
            return Section(_("Over time"), "trend", problem=reading.problems.get("trend", ""))
        said = stretches(locale, self._asked.periods)
        before_name = {
            "previous": _("The period before"),
            "season": _("A year before"),
            "nothing": "",
        }[self._asked.beside]
        drawing = None
        is_short = (
            self._asked.periods in {"week", "month"} and len(found.points) < _A_YEAR[self._asked.periods]
        )
        if len(found.points) > 1:
            ghost = before_name if self._asked.beside == "season" else ""
            drawing = trend_drawing(
                found.points,
                words,
                said,
                tick=stretches(locale, self._asked.periods, short=is_short),
                before_name=ghost,
                href=self._behind_point,
            )
        return Section(
            _("Over time"),
            "trend",
            (_("The pale band is the interval: periods with few answers are unsure."),) if drawing else (),
            drawing,
            (trend_table(found, words, said, before_name, self._behind_point),),
        )

    def _breakdown(self) -> Section | None:
        reading, words, by = self._reading, self._words, self._asked.by
        if by is None:
            return None
        title = filled(_("Group by group: %(what)s"), what=by_name(by, words.names))
        found = reading.breakdown
        if found is None:
            problem = reading.problems.get("breakdown", "") or _(
                "There is nothing to break this score down by."
            )
            return Section(title, "breakdown", problem=problem)

        def name(group: str) -> str:
            return words.group(by, group)

        return Section(
            title,
            "breakdown",
            (
                _(
                    "Each group beside all other answers. The groups are judged together: only what stands out then is"
                    " told."
                ),
            ),
            groups_drawing(found.groups, words, name) if len(found.groups) > 1 else None,
            (breakdown_table(found, by, words, self._behind_group),),
        )

    def _mix(self) -> Section | None:
        reading, words, by = self._reading, self._words, self._asked.by
        if by is None or reading.times.before is None or reading.breakdown is None:
            return None
        title = _("Real change, or other people answering?")
        if reading.mix is None:
            return Section(title, "mix", problem=reading.problems.get("mix", ""))
        split = reading.mix.split
        sentence = filled(
            _(
                "Of the change of %(total)s, %(within)s (%(within_interval)s) happened within the groups, and %(mix)s"
                " (%(mix_interval)s) because their shares of the answers changed."
            ),
            total=words.difference(split.total.value),
            within=words.difference(split.within.value),
            within_interval=words.difference_interval(split.within),
            mix=words.difference(split.mix.value),
            mix_interval=words.difference_interval(split.mix),
        )
        said = [sentence]
        if reading.is_weighted:
            said.append(_("The answers are not weighted here."))
        return Section(title, "mix", tuple(said), tables=(mix_table(reading.mix, by, words),))

    def _goals(self) -> Section | None:
        found, locale = self._reading.goals, self._locale
        if found is None or found.whole is None or not found.goals:
            return None
        whole = found.whole
        sentence = filled(
            _("Of %(answers)s, %(done)s could do what they came for, %(partly)s partly."),
            answers=answers_in_words(whole.n, locale),
            done=locale.number(whole.done),
            partly=locale.number(whole.partly),
        )
        return Section(
            _("What they came for"), "goals", (sentence,), tables=(goals_table(found, self._words),)
        )

    def _findability(self) -> Section | None:
        found, locale = self._reading.findability, self._locale
        if found is None:
            return None
        parts: list[tuple[str, Estimate | None]] = [
            (_("Directly, without going back: %(share)s (%(interval)s)."), found.directness),
            (_("Found, and directly: %(share)s (%(interval)s)."), found.direct_success),
            (_("The first click led the right way: %(share)s (%(interval)s)."), found.first_right),
        ]
        said = [
            filled(sentence, share=locale.percent(of.value, decimals=1), interval=self._words.interval(of))
            for sentence, of in parts
            if of is not None
        ]
        if found.seconds is not None:
            said.append(
                filled(
                    _("Who found it needed %(seconds)s seconds (%(low)s to %(high)s; geometric mean)."),
                    seconds=locale.number(found.seconds.value, decimals=1),
                    low=locale.number(found.seconds.interval.low, decimals=1),
                    high=locale.number(found.seconds.interval.high, decimals=1),
                )
            )
        if found.given_up:
            sentence = ngettext("%(count)s gave up.", "%(count)s gave up.", found.given_up)
            said.append(filled(sentence, count=locale.number(found.given_up)))
        tables = (first_places_table(found, self._words),) if found.first else ()
        return Section(_("How it was looked for"), "findability", tuple(said), tables=tables)

    def _plan(self) -> tuple[str, ...]:
        """Return what so many answers can show, and how many a wished change needs."""
        score, words, locale = self._score, self._words, self._locale
        if score is None or score.estimate is None or not score.standard_error:
            return ()
        spread = spread_of(score)
        smallest = detectable_change(spread, score.n)
        found = [
            filled(
                _(
                    "With as many answers in another time (%(answers)s), a true change of %(size)s is noticed four"
                    " times in five. Smaller ones may be there: so few answers cannot show them."
                ),
                answers=answers_in_words(score.n, locale),
                size=words.size(smallest),
            )
        ]
        typed = number_typed(self._asked.wish)
        if typed:
            wished = typed / 100 if words.scoring.unit == "share" else typed
            needed = answers_needed(spread, wished)
            sentence = ngettext(
                "To notice a change of %(size)s four times in five, each time needs %(count)s answer.",
                "To notice a change of %(size)s four times in five, each time needs %(count)s answers.",
                needed,
            )
            found.append(filled(sentence, size=words.size(wished), count=locale.number(needed)))
        return tuple(found)

    def _weights_said(self) -> str:
        raked = self._reading.score.raked[0] if self._reading.score and self._reading.is_weighted else None
        if raked is None or self._score is None:
            return ""
        locale = self._locale
        return filled(
            _(
                "The answers are weighted. They are worth %(effective)s answers of equal weight; weights reach from"
                " %(least)s to %(most)s, their mean is 1."
            ),
            effective=locale.number(round(raked.effective_n)),
            least=locale.number(float(raked.weights.min()), decimals=2),
            most=locale.number(float(raked.weights.max()), decimals=2),
        )

    def _shares_missing(self) -> str:
        reading = self._reading
        if reading.is_weighted or not reading.asked.weigh:
            return ""
        if any(len(groups) >= MOST_SHARES for groups in reading.groups.values()):
            return _("There are too many groups for shares to be known of each.")
        return _("The answers are not weighted yet: type the share of every group.")
