"""Two lived maps of one design in the same cells: two stretches of time, or two groups of customers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.asking import Underway
from safar.doors.web.work.queries import WorkFacts
from safar.maps.comparing import LivedComparison, LivedDifference, compare_lived
from safar.show.locale import Locale
from safar.vocabulary.interval import Estimate
from safar.vocabulary.time_zone import local_days
from safar.vocabulary.window import Window

from .form import BEFORE
from .months import stretches
from .note_sentences import note_sentence
from .number_words import emotion_value, give_or_take, half_width, joined, metric_name, of_n, score_value
from .reading import Reading
from .scene import Scene

#: Months that can be compared with.
_MOST_MONTHS: Final = 24
_MONTH: Final = "month-"

#: What is compared at each step, in the order of the rows; whether more of it is better, where that can be said.
_NUMBERS: Final[tuple[tuple[str, Promise | str, Promise | str, bool | None], ...]] = (
    ("reach", gettext_lazy("Get here"), gettext_lazy("of all on the map"), None),
    ("lost", gettext_lazy("Lost here"), gettext_lazy("of the walks here"), False),
    ("retried", gettext_lazy("Tried again and again"), gettext_lazy("of the walks here"), False),
    ("went_back", gettext_lazy("Went back beside the map"), gettext_lazy("of the walks here"), False),
    ("contacted", gettext_lazy("Turned to support"), gettext_lazy("of the walks here"), False),
    ("score", gettext_lazy("Scores compared"), gettext_lazy("of the questions asked here"), True),
    ("said", gettext_lazy("Said in answers and comments"), gettext_lazy("from −2 to +2"), True),
    ("kept", gettext_lazy("Promises kept"), gettext_lazy("of those that fell due"), True),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a sheet can be compared with."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """One number on both sides.

    Attributes
    ----------
    name
        Of a score or a promise; empty where the row says it.
    one, other
        In the reader's words, with how sure they are and of how many.
    change
        The difference, with its arrow.
    spoken
        The same as a sentence.
    tone
        ``better``, ``worse`` or empty.
    stands_out
        The difference is clear among all that are compared.
    """

    name: str
    one: str
    one_sure: str
    other: str
    other_sure: str
    change: str
    spoken: str
    tone: str
    stands_out: bool


@dataclass(frozen=True, slots=True)
class PairCell:
    """Both sides of one number at one step."""

    step_id: str
    stage_id: str
    is_open: bool
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    """One number at all steps."""

    key: str
    name: str
    note: str
    cells: tuple[PairCell, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What the template of a comparison is given.

    Attributes
    ----------
    choices
        What it can be compared with.
    one, other
        What stands on either side, in words.
    one_name, other_name
        What the sides are called: before and now only where one time is before the other.
    overlap
        That the two times share days, in words; empty where they do not.
    whole
        Fitness and coverage.
    rows
        Step by step.
    clear
        The clear differences, the ones to read first, each with the step it belongs to.
    cautions
        Caveats.
    work
        Background work that finds one side out.
    problem
        Why there is nothing to compare.
    """

    choices: tuple[Choice, ...]
    one: str
    other: str
    one_name: str = ""
    other_name: str = ""
    overlap: str = ""
    whole: tuple[Pair, ...] = ()
    rows: tuple[PairRow, ...] = ()
    clear: tuple[tuple[str, Pair], ...] = ()
    cautions: tuple[str, ...] = ()
    work: WorkFacts | None = None
    problem: EmptyState | None = None


def compared(reading: Reading, scene: Scene) -> Compared:
    """Return the sheet beside what it is compared with."""
    locale = reading.locale
    choices = tuple(_choices(reading))
    against = _against(reading)
    other_words = reading.scope
    if against is None:
        problem = EmptyState(
            _("There is nothing to compare with"),
            _("All time has no time before it: choose a period, or somebody else to compare with."),
        )
        return Compared(choices, "", other_words, problem=problem)
    one_words = against.scope
    base = Compared(choices, one_words, other_words, *_sides(reading, against))
    for side in (reading, against):
        if side.problem is not None:
            return replace(base, problem=side.problem)
    for side in (reading, against):
        if isinstance(side.answer, Underway):
            return replace(base, work=side.answer.work)
    one, other = against.kept, reading.kept
    assert one is not None
    assert other is not None
    for words, lived in ((one_words, one.answer), (other_words, other.answer)):
        if lived.conformance is not None and not lived.conformance.customers:
            title = _("Nothing happened on the map on one of the two sides")
            return replace(base, problem=EmptyState(title, words))
    found = compare_lived(one.answer, other.answer)
    rows = tuple(_rows(scene, found))
    clear = tuple(
        (scene.step_name(cell.step_id), replace(pair, name=pair.name or row.name))
        for row in rows
        for cell in row.cells
        for pair in cell.pairs
        if pair.stands_out
    )
    whole = tuple(
        _pair(scene, each, name, is_good=True)
        for number, name in (
            ("fitness", _("Map fits reality")),
            ("coverage", _("Steps that were due and done")),
        )
        if (each := found.of("", number)) is not None
    )
    return replace(
        base,
        whole=whole,
        rows=rows,
        clear=clear,
        cautions=tuple(note_sentence(note, locale) for note in found.notes),
    )


def _sides(reading: Reading, against: Reading) -> tuple[str, str, str]:
    """Return what the two sides are called, and that their times overlap where they do."""
    one, other = against.window, reading.window
    if one is not None and other is not None and one.end_us <= other.start_us:
        return pgettext("side of a comparison", "before"), pgettext("side of a comparison", "now"), ""
    names = pgettext("side of a comparison", "compared with"), pgettext("side of a comparison", "this map")
    apart = one is not None and other is not None and other.end_us <= one.start_us
    if one == other or apart:
        return *names, ""
    return *names, _("The two times share days: what happened then stands on both sides.")


def _rows(scene: Scene, found: LivedComparison) -> Iterator[PairRow]:
    by_place: dict[tuple[str, str], list[LivedDifference]] = {}
    for each in found.differences:
        by_place.setdefault((each.step, each.number), []).append(each)
    for number, name, note, is_good in _NUMBERS:
        cells = tuple(
            PairCell(
                step.step_id,
                stage.stage_id,
                stage.stage_id == scene.open_stage,
                tuple(
                    _pair(scene, each, _of(scene, each), is_good=is_good)
                    for each in by_place.get((step.step_id, number), ())
                ),
            )
            for stage, step in scene.columns
        )
        if any(cell.pairs for cell in cells):
            yield PairRow(number, str(name), scene.locale.shape(str(note)), cells)


def _of(scene: Scene, each: LivedDifference) -> str:
    """Return what a score or a promise is of."""
    if each.number == "score":
        key, _dot, rest = each.of.partition(" · ")
        return f"{metric_name(rest.partition(' · ')[0])} · {key}"
    if each.number == "kept":
        step = scene.document.step(each.step)
        promise = next(
            (one for one in (step.binding.promises if step else ()) if one.promise_id == each.of), None
        )
        return each.of if promise is None else scene.promise_words(promise)
    return ""


def _pair(scene: Scene, each: LivedDifference, name: str, *, is_good: bool | None) -> Pair:
    locale, metric = scene.locale, _metric(each)

    def value(estimate: Estimate) -> str:
        if metric == "emotion":
            return emotion_value(estimate.value, locale)
        if metric == "share":
            return locale.percent(estimate.value)
        return score_value(metric, estimate.value, locale)  # type: ignore[arg-type]

    def sure(estimate: Estimate) -> str:
        half = half_width(estimate.interval)
        said = (
            locale.percent(half, decimals=1)
            if metric in ("share", "csat")
            else locale.number(half, decimals=1)
        )
        return joined(give_or_take(said, locale), of_n(estimate.n, locale))

    size = each.difference.value
    amount, shown = locale.signed(round(size, 1), decimals=1), round(size, 1)
    if metric in ("share", "csat"):
        shown = round(100 * size, 1)
        amount = filled(_("%(points)s points"), points=locale.points(size))
    arrow = "▲" if shown > 0 else "▼" if shown < 0 else "="
    tone = ""
    if each.stands_out and is_good is not None and size:
        tone = "better" if (size > 0) == is_good else "worse"
    spoken = (
        filled(_("difference %(amount)s, clear"), amount=amount)
        if each.stands_out
        else filled(_("difference %(amount)s, not clear"), amount=amount)
    )
    return Pair(
        name,
        value(each.one),
        sure(each.one),
        value(each.other),
        sure(each.other),
        f"{arrow} {amount}",
        spoken,
        tone,
        each.stands_out,
    )


def _metric(each: LivedDifference) -> str:
    if each.number == "score":
        return each.of.split(" · ")[1]
    return "emotion" if each.number == "said" else "share"


def _choices(reading: Reading) -> Iterator[Choice]:
    chosen = reading.state.versus
    yield Choice(BEFORE, _("The time before"), chosen == BEFORE)
    for whom in reading.whoms:
        if whom.key != reading.whom.key:
            key = whom.key or "everybody"
            yield Choice(key, filled(_("Same period: %(name)s"), name=whom.name), chosen == key)
    for first, end in reversed(stretches(reading.known, reading.locale)[-_MOST_MONTHS:]):
        key = f"{_MONTH}{first}"
        if (first, end) != _days(reading.window, reading.locale):
            yield Choice(key, reading.locale.period(first, "month"), chosen == key)


def _against(reading: Reading) -> Reading | None:
    """Return what the sheet is compared with; None where there is no such time."""
    versus = reading.state.versus
    if versus.startswith(_MONTH):
        found = next(
            (each for each in stretches(reading.known, reading.locale) if f"{_MONTH}{each[0]}" == versus),
            None,
        )
        if found is None:
            return None
        return reading.of(window=reading.locale.calendar_lens.window(*found, reading.locale.time_zone))
    whom = next((each for each in reading.whoms if versus == (each.key or "everybody")), None)
    if versus != BEFORE and whom is not None:
        return reading.of(whom=whom)
    window = reading.window
    if window is None:
        return None
    return reading.of(window=_before(window, reading.locale))


def _before(window: Window, locale: Locale) -> Window:
    """Return the month before a month of the reader's calendar, else as many days before."""
    lens, zone = locale.calendar_lens, locale.time_zone
    days = _days(window, locale)
    if days is not None:
        first, end = days
        if int(lens.period_start(first, "month")) == first and int(lens.period_end(first, "month")) == end:
            return lens.window(int(lens.period_start(first - 1, "month")), first, zone)
    return window.before()


def _days(window: Window | None, locale: Locale) -> tuple[int, int] | None:
    """Return the first civil day of a window and the one after its last."""
    if window is None:
        return None
    first, last = local_days([window.start_us, window.end_us - 1], locale.time_zone)
    return int(first), int(last) + 1
