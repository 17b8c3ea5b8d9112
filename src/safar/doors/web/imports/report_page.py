"""What an import did or would do, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.collect.import_record import ImportReport, Rejected
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.events.words import in_words
from safar.show.locale import Locale
from safar.vocabulary.money import Money

from .queries import ImportFacts
from .words import reason_in_words

_CELLS_SHOWN: Final = 8
_LONGEST_CELL: Final = 60
_NAMES_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a report."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Rows that were rejected alike.

    Attributes
    ----------
    sentence, count
        Why, and how many.
    rows
        The first of them: number in the file, what is wrong exactly, and the row.
    """

    sentence: str
    count: str
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ReportPart:
    """The body of a report."""

    headline: str
    figures: tuple[Figure, ...]
    events: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]
    warnings: tuple[str, ...]
    has_rejects: bool
    error: str
    error_detail: str


def trial_part(facts: ImportFacts, locale: Locale) -> ReportPart:
    """Return what a dry run found."""
    trial = facts.trial
    assert trial
    report = trial.report
    if report.events:
        headline = filled(
            ngettext(
                "%(taken)s of %(rows)s row would be taken, as %(events)s events",
                "%(taken)s of %(rows)s rows would be taken, as %(events)s events",
                report.rows,
            ),
            taken=locale.number(report.rows_imported),
            rows=locale.number(report.rows),
            events=locale.number(report.events),
        )
    else:
        headline = _("No row would become an event. Go back to the columns.")
    warnings = _warnings(report, locale)
    if trial.in_future:
        warnings.insert(
            0,
            filled(
                ngettext(
                    "%(count)s event lies in the future. Check the order and the calendar of the dates.",
                    "%(count)s events lie in the future. Check the order and the calendar of the dates.",
                    trial.in_future,
                ),
                count=locale.number(trial.in_future),
            ),
        )
    if trial.is_dates_only:
        warnings.append(
            _(
                "All events happened at the same time of day: the file has dates without a clock. That is no mistake."
            )
        )
    if trial.known:
        warnings.insert(0, _known_already(trial.known, trial.looked_for, report, locale))
    return _part(report, headline, warnings, locale)


def report_part(facts: ImportFacts, held: int, locale: Locale) -> ReportPart:
    """Return what an import did; ``held`` is how many of its events the log has now."""
    report = facts.report
    assert report
    added = facts.row.added if facts.row else None
    return _part(report, _headline(facts, report, held, added, locale), _warnings(report, locale), locale)


def _headline(facts: ImportFacts, report: ImportReport, held: int, added: int | None, locale: Locale) -> str:
    row = facts.row
    if facts.state == "undone" and row:
        first = filled(
            ngettext("%(events)s event left the log.", "%(events)s events left the log.", row.undone_events),
            events=locale.number(row.undone_events),
        )
        parted = filled(
            ngettext(
                "%(ids)s id that only this import had joined to a customer stands alone again.",
                "%(ids)s ids that only this import had joined to customers stand alone again.",
                row.undone_parted,
            ),
            ids=locale.number(row.undone_parted),
        )
        return f"{first} {parted if row.undone_parted else _('No customers had been joined by it.')}"
    if facts.state in ("stopped", "failed", "running"):
        return filled(
            ngettext(
                "%(events)s event of this file is in the log.",
                "%(events)s events of this file are in the log.",
                held,
            ),
            events=locale.number(held),
        )
    if report.events and added == 0:
        return filled(
            ngettext(
                "Nothing new: the %(rows)s row was already here.",
                "Nothing new: all %(rows)s rows were already here.",
                report.rows_imported,
            ),
            rows=locale.number(report.rows_imported),
        )
    known = report.events - added if added is not None else 0
    first = filled(
        ngettext(
            "%(rows)s row was taken, as %(events)s events.",
            "%(rows)s rows were taken, as %(events)s events.",
            report.rows_imported,
        ),
        rows=locale.number(report.rows_imported),
        events=locale.number(report.events),
    )
    if known <= 0:
        return first
    second = filled(
        ngettext("%(count)s of them was already here.", "%(count)s of them were already here.", known),
        count=locale.number(known),
    )
    return f"{first} {second}"


def _known_already(known: int, looked_for: int, report: ImportReport, locale: Locale) -> str:
    if known == looked_for:
        return _("Everything in this file is already here: importing it would add nothing.")
    if looked_for == report.events:
        return filled(
            ngettext(
                "%(count)s event is already here and will not be counted twice.",
                "%(count)s events are already here and will not be counted twice.",
                known,
            ),
            count=locale.number(known),
        )
    return filled(
        _("About %(share)s of the events are already here and will not be counted twice."),
        share=locale.percent(known / looked_for),
    )


def _warnings(report: ImportReport, locale: Locale) -> list[str]:
    found = []
    if report.rows_rejected and report.rows_rejected * 5 > report.rows:
        found.append(
            filled(
                _("%(share)s of the rows are rejected. Usually one column is read in a wrong way."),
                share=locale.percent(report.rows_rejected / report.rows),
            )
        )
    if "order_placed" in report.events_by_name and not report.amounts:
        found.append(_("These orders have no amounts: revenue will not change."))
    if report.repeated:
        found.append(
            filled(
                ngettext(
                    "%(count)s row stood in the file twice under the same id; the first counts.",
                    "%(count)s rows stood in the file again under the same id; the first counts.",
                    report.repeated,
                ),
                count=locale.number(report.repeated),
            )
        )
    if report.amounts_rounded:
        found.append(
            filled(
                ngettext(
                    "%(count)s amount is finer than its currency and was rounded.",
                    "%(count)s amounts are finer than their currency and were rounded.",
                    report.amounts_rounded,
                ),
                count=locale.number(report.amounts_rounded),
            )
        )
    return found


def _part(report: ImportReport, headline: str, warnings: Sequence[str], locale: Locale) -> ReportPart:
    names = sorted(report.events_by_name.items(), key=lambda each: -each[1])[:_NAMES_SHOWN]
    error = report.error or {}
    return ReportPart(
        headline=headline,
        figures=_figures(report, locale),
        events=tuple((in_words(name), locale.number(count)) for name, count in names),
        left_out=tuple((reason, locale.number(count)) for reason, count in report.rows_left_out.items()),
        reasons=tuple(
            Reason(
                reason_in_words(reason, _column_of(report.examples_by_reason.get(reason, []))),
                locale.number(count),
                tuple(_example(each, locale) for each in report.examples_by_reason.get(reason, [])),
            )
            for reason, count in report.rejected_by_reason.items()
        ),
        warnings=tuple(warnings),
        has_rejects=report.rows_rejected > 0,
        error=locale.shape(sentence_of(str(error["code"]))) if error else "",
        error_detail=f"{error.get('message', '')} {error.get('hint', '')}".strip(),
    )


def _column_of(examples: Sequence[Rejected]) -> str:
    columns = {each.column for each in examples}
    return columns.pop() if len(columns) == 1 else ""


def _example(rejected: Rejected, locale: Locale) -> tuple[str, str, tuple[str, ...]]:
    cells = tuple(
        cell if len(cell) <= _LONGEST_CELL else cell[: _LONGEST_CELL - 1] + "…"
        for cell in rejected.cells[:_CELLS_SHOWN]
    )
    # The library says it in English; others read the reason above it.
    detail = rejected.detail[:200] if locale.language == "en" else ""
    more = ("…",) if len(rejected.cells) > _CELLS_SHOWN else ()
    return locale.number(rejected.row), detail, cells + more


def _figures(report: ImportReport, locale: Locale) -> tuple[Figure, ...]:
    found = [
        Figure(_("Rows in the file"), locale.number(report.rows)),
        Figure(_("Rows taken"), locale.number(report.rows_imported)),
        Figure(_("Rows rejected"), locale.number(report.rows_rejected)),
    ]
    left = sum(report.rows_left_out.values())
    if left:
        found.append(Figure(_("Rows left out on purpose"), locale.number(left)))
    found.append(Figure(_("Customers"), locale.number(report.customers)))
    found += [
        Figure(_("Amounts"), locale.money(Money(minor, currency)))
        for currency, minor in sorted(report.amounts.items(), key=lambda each: each[0])
    ]
    if report.first_at and report.last_at:
        found.append(Figure(_("From"), _day(report.first_at, locale)))
        found.append(Figure(_("To"), _day(report.last_at, locale)))
    return tuple(found)


def _day(instant: datetime, locale: Locale) -> str:
    return locale.datetime(instant)
