"""The page of health in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from safar.doors.web.design.sizes import size_in_words
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import all_sentences
from safar.doors.web.work.queries import WorkFacts
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .backups import BackupFacts
from .finding_sentences import FINDINGS, SEVERITIES
from .health import Machine, days_left
from .queries import PACE_DAYS, LogHealth
from .upkeep_failures import UpkeepFailure

#: With less than this the page warns.
_FEW_DAYS: Final = 30
_OLD_BACKUP: Final = timedelta(days=2)
_FOREVER_DAYS: Final = 3650


@dataclass(frozen=True, slots=True)
class HealthFact:
    """One fact: its name, what it is, what to know about it, and how good that is (a tone of a badge)."""

    name: str
    value: str
    beside: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One finding of the doctor, in the reader's words; ``detail`` is the doctor's own."""

    severity: str
    tone: str
    sentence: str
    advice: str
    path: str
    detail: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What the last check found.

    Attributes
    ----------
    sentence
        The whole of it.
    tone
        ``good``, ``warn`` or ``bad``.
    lines
        Finding by finding.
    """

    sentence: str
    tone: str
    lines: tuple[FoundLine, ...]


def log_facts(health: LogHealth, locale: Locale, now: datetime) -> tuple[HealthFact, ...]:
    """Return what a workspace's log holds."""
    info = health.info
    waiting = ngettext(
        "%(count)s of them not yet compacted", "%(count)s of them not yet compacted", info.waiting_events
    )
    parts = ngettext("in %(count)s file", "in %(count)s files", info.parts)
    came = ngettext(
        "%(count)s event came in during the last %(days)s days",
        "%(count)s events came in during the last %(days)s days",
        health.received,
    )
    return (
        *_trouble(health),
        HealthFact(
            _("Events"),
            locale.number(info.events),
            filled(waiting, count=locale.number(info.waiting_events)) if info.waiting_events else "",
        ),
        HealthFact(
            _("Last event came in"),
            locale.relative(health.last_received_at, now) if health.last_received_at else _("never"),
            locale.datetime(health.last_received_at) if health.last_received_at else "",
        ),
        HealthFact(
            _("Size of the log"),
            size_in_words(health.bytes, locale),
            filled(parts, count=locale.number(info.parts)) if info.parts else "",
        ),
        HealthFact(
            _("Growth a day"),
            size_in_words(round(health.bytes_a_day), locale),
            filled(came, count=locale.number(health.received), days=locale.number(PACE_DAYS)),
        ),
        HealthFact(
            _("From"),
            locale.date(info.first_at) if info.first_at else "—",
            filled(_("until %(day)s"), day=locale.date(info.last_at)) if info.last_at else "",
        ),
    )


def _trouble(health: LogHealth) -> tuple[HealthFact, ...]:
    if not health.error_code:
        return ()
    return (
        HealthFact(
            _("The log"), _("cannot be read"), _("Check it below: the check says what is wrong."), "bad"
        ),
    )


def disk_fact(free_bytes: int, disk_bytes: int, bytes_a_day: float, locale: Locale) -> HealthFact:
    """Return how much of the disk is free, and for how long that suffices."""
    days = days_left(free_bytes, bytes_a_day)
    if days is None:
        beside, tone = _("nothing comes in at the moment"), ""
    elif days > _FOREVER_DAYS:
        beside, tone = _("enough for more than ten years at this pace"), "good"
    else:
        words = ngettext(
            "enough for about %(days)s day at this pace", "enough for about %(days)s days at this pace", days
        )
        beside, tone = filled(words, days=locale.number(days)), "bad" if days < _FEW_DAYS else "good"
    value = filled(
        _("%(free)s of %(all)s"),
        free=size_in_words(free_bytes, locale),
        all=size_in_words(disk_bytes, locale),
    )
    return HealthFact(_("Free disk"), value, beside, tone)


def upkeep_fact(failures: Sequence[UpkeepFailure], locale: Locale, now: datetime) -> HealthFact:
    """Return what upkeep could not do since this process began."""
    if not failures:
        return HealthFact(_("Upkeep"), _("no failure"), _("since this process began"), "good")
    last = max(failures, key=lambda failure: failure.at)
    sentence = all_sentences().get(last.reason)
    beside = filled(
        _("%(workspace)s: %(reason)s"),
        workspace=last.workspace_id,
        reason=str(sentence) if sentence is not None else last.reason,
    )
    return HealthFact(
        _("Upkeep"), filled(_("failed %(when)s"), when=locale.relative(last.at, now)), beside, "bad"
    )


def backup_fact(found: Sequence[BackupFacts], locale: Locale, now: datetime) -> HealthFact:
    """Return how old the last backup is."""
    good = [each for each in found if each.made_at is not None]
    if not good:
        return HealthFact(_("Last backup"), _("none yet"), "", "warn")
    last = good[0].made_at
    assert last is not None
    tone = "warn" if now - last > _OLD_BACKUP else "good"
    return HealthFact(_("Last backup"), locale.relative(last, now), locale.datetime(last), tone)


def machine_facts(found: Machine, locale: Locale) -> tuple[HealthFact, ...]:
    """Return memory and versions."""
    return (
        HealthFact(_("Memory of this process"), size_in_words(found.memory_bytes, locale)),
        HealthFact(_("Version"), found.safar, f"Python {found.python} · {found.database}"),
    )


def check_report(work: WorkFacts | None, locale: Locale, now: datetime) -> CheckReport | None:
    """Return what the last check found; None while there was none, or it goes on."""
    if work is None or work.result is None or work.finished_at is None:
        return None
    findings: list[Mapping[str, Any]] = list(work.result.get("findings", ()))
    when = locale.relative(work.finished_at, now)
    if not findings:
        return CheckReport(filled(_("Nothing is wrong. Checked %(when)s."), when=when), "good", ())
    errors = sum(each["severity"] == "error" for each in findings)
    if errors:
        words = ngettext(
            "%(count)s error was found. Checked %(when)s.",
            "%(count)s errors were found. Checked %(when)s.",
            errors,
        )
        sentence, tone = filled(words, count=locale.number(errors), when=when), "bad"
    else:
        sentence = filled(_("Nothing is lost; there are warnings or notes. Checked %(when)s."), when=when)
        tone = "warn" if any(each["severity"] == "warning" for each in findings) else "good"
    return CheckReport(sentence, tone, tuple(_line(each) for each in findings))


def _line(found: Mapping[str, Any]) -> FoundLine:
    sentence, advice = FINDINGS.get(found["code"], (found["code"], ""))
    severity, tone = SEVERITIES[found["severity"]]
    return FoundLine(str(severity), tone, str(sentence), str(advice), found["path"], found["message"])


def workspaces_table(found: Sequence[tuple[Workspace, LogHealth]], locale: Locale, now: datetime) -> Table:
    """Return the logs of all workspaces beside each other."""
    return Table(
        caption=_("Logs of all workspaces"),
        columns=(
            Column("workspace", _("Workspace")),
            Column("events", _("Events"), "number"),
            Column("waiting", _("Waiting"), "number"),
            Column("parts", _("Files"), "number"),
            Column("size", _("Size"), "number"),
            Column("growth", _("Growth a day"), "number"),
            Column("last", _("Last event came in"), "when"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(workspace.name),
                    Cell(locale.number(health.info.events), value=health.info.events),
                    Cell(locale.number(health.info.waiting_events), value=health.info.waiting_events),
                    Cell(locale.number(health.info.parts), value=health.info.parts),
                    Cell(size_in_words(health.bytes, locale), value=health.bytes),
                    Cell(size_in_words(round(health.bytes_a_day), locale), value=health.bytes_a_day),
                    Cell(_("cannot be read"), tone="bad")
                    if health.error_code
                    else Cell(
                        locale.relative(health.last_received_at, now)
                        if health.last_received_at
                        else _("never"),
                        value=health.last_received_at,
                    ),
                ),
                key=workspace.workspace_id,
            )
            for workspace, health in found
        ),
        can_export=True,
    )
