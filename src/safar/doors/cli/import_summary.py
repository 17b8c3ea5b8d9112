"""The report of an import as a person at a terminal reads it; JSON and CSV have it as data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from safar.collect.import_record import ImportReport

_STATES: Final = {
    "finished": "Imported",
    "dry_run": "Read, nothing kept:",
    "interrupted": "Interrupted, to be resumed:",
    "failed": "Failed:",
    "running": "Running:",
}


def summary_lines(
    report: ImportReport,
    *,
    added: int | None,
    zone: str,
    rejects: Path | None = None,
    doubts: Sequence[str] = (),
) -> list[str]:
    """Return the report in a few lines.

    Parameters
    ----------
    report
        What was done.
    added
        How many of its events the log did not have before; None when nothing was to be kept.
    zone
        IANA name of the clock on which times are shown.
    rejects
        Where the rejected rows are.
    doubts
        What to look at before the numbers are believed.
    """
    id_ = f" (import {report.import_id})" if report.import_id else ""
    lines = [f"{_STATES[report.state]} {report.file}{id_}"]
    lines.append(_line("Rows", f"{report.rows:,}, of which {report.rows_imported:,} became events"))
    lines += [_line("", f"{count:,} left out: {reason}") for reason, count in report.rows_left_out.items()]
    if report.rows_rejected:
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in report.rejected_by_reason.items())
        lines.append(_line("Rejected", f"{report.rows_rejected:,} rows: {reasons}"))
        if rejects:
            lines.append(_line("", f"in {rejects}"))
    names = sorted(report.events_by_name.items(), key=lambda each: -each[1])
    shown = ", ".join(f"{name} {count:,}" for name, count in names[:8])
    more = f" and {len(names) - 8} kinds more" if len(names) > 8 else ""
    lines.append(_line("Events", f"{report.events:,}" + (f": {shown}{more}" if names else "")))
    if added is not None and report.events:
        lines.append(_line("", _of_them_new(report.events, added)))
    if report.repeated:
        lines.append(
            _line("", f"{report.repeated:,} more stood in the file already, under the same id or key")
        )
    lines.append(_line("Customers", f"{report.customers:,}"))
    if report.first_at and report.last_at:
        clock = ZoneInfo(zone)
        lines.append(
            _line("From", f"{_time(report.first_at, clock)} to {_time(report.last_at, clock)} ({zone})")
        )
    lines += [
        _line("Amounts" if place == 0 else "", _amount(minor, currency))
        for place, (currency, minor) in enumerate(report.amounts.items())
    ]
    if report.amounts_rounded:
        lines.append(_line("", f"{report.amounts_rounded:,} of them rounded to what the currency has"))
    if not report.amounts and "order_placed" in report.events_by_name:
        lines.append(_line("Amounts", "none: these orders count without money"))
    return lines + [_line("Look at", doubt) for doubt in doubts]


def _line(title: str, text: str) -> str:
    return f"  {title:<10} {text}"


def _of_them_new(events: int, added: int) -> str:
    if not added:
        return "nothing new: all of them were known already"
    known = events - added
    return f"{added:,} new, {known:,} known already" if known else "all of them new"


def _time(at: datetime, clock: ZoneInfo) -> str:
    return f"{at.astimezone(clock):%Y-%m-%d %H:%M}"


def _amount(minor: int, currency: str) -> str:
    from safar.vocabulary.money import Money

    toman = f" (toman {minor / 10:,.0f})" if currency == "IRR" else ""
    return f"{currency} {Money(minor, currency).decimal:,f}{toman}"
