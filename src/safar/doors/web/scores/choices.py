"""What can be chosen on the page of a score, as plain fields of forms that work without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.words import filled
from safar.doors.web.segments.queries import SegmentFacts
from safar.doors.web.surveys.queries import AskedNames
from safar.listen.answer_rows import CHANNEL, LANGUAGE
from safar.listen.groups import By
from safar.listen.score_answers import ScoreSides
from safar.listen.surveys import SURVEY
from safar.show.locale import Locale

from .asked import DESIGN, EVERY, LIMITS, SPANS, Asked
from .list_page import SPAN_NAMES
from .reading import Reading
from .words import answers_in_words, by_name, group_name, kind_name, mark_name

#: Sides that answers can be narrowed to on the page; all of them by the address.
_NARROWED: Final = (CHANNEL, LANGUAGE, SURVEY)


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    value: str
    name: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """A list of which one thing is chosen."""

    name: str
    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ShareField:
    """Where the share of one group is typed, in percent."""

    name: str
    label: str
    value: str
    now: str


@dataclass(frozen=True, slots=True)
class ShareFields:
    """The shares of one grouping."""

    legend: str
    fields: tuple[ShareField, ...]


def _select(name: str, label: str, current: str, pairs: Iterable[tuple[str, str]]) -> Select:
    return Select(name, label, tuple(Option(value, words, value == current) for value, words in pairs))


def question_fields(
    reading: Reading, segments: Sequence[SegmentFacts], names: AskedNames, locale: Locale
) -> tuple[Select, ...]:
    """Return the fields of the question itself."""
    asked, sides = reading.asked, reading.sides
    found = []
    if len(reading.kinds) > 1:
        kinds = ((each.kind.text, kind_name(each.kind, locale)) for each in reading.kinds)
        found.append(_select("kind", _("Scale"), asked.kind, kinds))
    spans = ((key, locale.shape(str(SPAN_NAMES[key]))) for key in SPANS)
    found.append(_select("span", _("Time"), asked.span, spans))
    everybody = ("", pgettext("whose answers", "Everybody"))
    if segments:
        named = ((each.public_id, each.name) for each in segments)
        found.append(_select("segment", _("Whose answers"), asked.segment, (everybody, *named)))
    for side in _NARROWED:
        values = sides.values.get(side, ())
        if len(values) > 1:
            current = next((value for of, value in asked.only if of == side), "")
            by = By.read(side)
            pairs = [
                ("", pgettext("which answers", "All")),
                *((value, group_name(by, value, names)) for value, _n in values),
            ]
            found.append(_select(side, by_name(by), current, pairs))
    return (
        *found,
        _select(
            "by", _("Break down by"), asked.by.text if asked.by else "", _groupings(sides, segments, names)
        ),
    )


def _groupings(
    sides: ScoreSides, segments: Sequence[SegmentFacts], names: AskedNames
) -> list[tuple[str, str]]:
    kinds: list[By] = [By.read(side) for side, values in sides.values.items() if len(values) > 1]
    if segments:
        kinds.append(By("segment"))
    kinds += [By("question", key) for key in sides.choices]
    return [("", pgettext("breakdown", "Nothing")), *((by.text, by_name(by, names)) for by in kinds)]


def trend_fields(asked: Asked) -> tuple[Select, ...]:
    """Return the fields of the trend."""
    every = {
        "week": pgettext("period", "Weeks"),
        "month": pgettext("period", "Months"),
        "quarter": pgettext("period", "Quarters"),
        "year": pgettext("period", "Years"),
    }
    beside = {
        "previous": _("The period before"),
        "season": _("The same season a year before"),
        "nothing": pgettext("compared with", "Nothing"),
    }
    seasons = {
        "": _("As the periods"),
        "jalali": _("Jalali (Nowruz beside Nowruz)"),
        "hijri": _("Hijri (Ramadan beside Ramadan)"),
        "gregorian": _("Gregorian"),
    }
    return (
        _select("every", _("Periods"), asked.periods, ((key, every[key]) for key in EVERY)),
        _select("beside", _("Compared with"), asked.beside, beside.items()),
        _select("season", _("Whose year"), asked.season, seasons.items()),
    )


def mark_options(reading: Reading, locale: Locale) -> tuple[Option, ...]:
    """Return the quality marks whose answers can be left out."""
    return tuple(
        Option(
            mark, f"{mark_name(mark)} ({answers_in_words(count, locale)})", mark in reading.asked.leave_out
        )
        for mark, count in reading.sides.marks
    )


def weigh_options(
    reading: Reading, segments: Sequence[SegmentFacts], names: AskedNames
) -> tuple[Option, ...]:
    """Return by what answers can be weighted."""
    found = []
    if reading.sides.has_weights:
        found.append(
            Option(DESIGN, _("The weights that came with the answers"), DESIGN in reading.asked.weigh)
        )
    found += [
        Option(value, words, value in reading.asked.weigh)
        for value, words in _groupings(reading.sides, segments, names)
        if value
    ]
    return tuple(found)


def limit_field(asked: Asked, locale: Locale) -> Select:
    """Return the field of the largest weight."""
    pairs = [("", _("no limit"))] + [
        (each, filled(_("%(times)s times the mean"), times=locale.number(float(each)))) for each in LIMITS
    ]
    return _select("limit", _("Largest weight"), asked.limit, pairs)


def share_fields(reading: Reading, names: AskedNames, locale: Locale) -> tuple[ShareFields, ...]:
    """Return where the known shares are typed, for each grouping that is ticked."""
    return tuple(
        ShareFields(
            filled(_("Shares of everybody, in percent: %(what)s"), what=by_name(by, names)),
            tuple(
                ShareField(
                    f"share:{by.text}:{name}",
                    group_name(by, name, names),
                    reading.asked.share_of(by, name),
                    filled(_("of the answers %(share)s"), share=locale.percent(share, decimals=1)),
                )
                for name, share in reading.groups.get(by.text, ())
            ),
        )
        for by in reading.asked.groupings
        if reading.groups.get(by.text)
    )
