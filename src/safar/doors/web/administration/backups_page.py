"""The page of backups in the reader's words."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.sizes import size_in_words
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.design.words import filled
from safar.doors.web.error_sentences import sentence_of
from safar.doors.web.work.queries import WorkFacts
from safar.show.locale import Locale

from .backups import BackupFacts


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the last check of a backup found, in the reader's words, and its tone."""

    sentence: str
    tone: str


def backups_table(found: list[BackupFacts], locale: Locale, *, can_export: bool = False) -> Table:
    """Return the backups of the folder, newest first."""
    return Table(
        caption=_("Backups in the folder"),
        columns=(
            Column("made", pgettext("a backup", "Made"), "when"),
            Column("name", _("Folder"), "code"),
            Column("workspaces", _("Workspaces")),
            Column("files", _("Files"), "number"),
            Column("size", _("Size"), "number"),
            Column("state", _("State")),
        ),
        rows=tuple(_row(each, locale) for each in found),
        can_export=can_export,
        empty=EmptyState(
            _("There is no backup in the folder"),
            _("Make the first one now. Everybody can go on working meanwhile."),
        ),
    )


def _row(each: BackupFacts, locale: Locale) -> Row:
    if each.error_code:
        state = Cell(sentence_of(each.error_code), tone="bad")
    elif each.damaged:
        words = ngettext(
            "%(count)s file was not whole when it was copied",
            "%(count)s files were not whole when they were copied",
            each.damaged,
        )
        state = Cell(filled(words, count=locale.number(each.damaged)), tone="warn")
    else:
        state = Cell(pgettext("a backup", "finished"), tone="good")
    address = reverse("installation-backup", kwargs={"name": each.name})
    return Row(
        (
            Cell(
                locale.datetime(each.made_at) if each.made_at else each.name, href=address, value=each.made_at
            ),
            Cell(each.name),
            Cell(_and_so_on(each.workspaces, locale), value=" ".join(each.workspaces)),
            Cell(locale.number(each.files), value=each.files),
            Cell(size_in_words(each.bytes, locale), value=each.bytes),
            state,
        ),
        key=each.name,
    )


def _and_so_on(workspaces: tuple[str, ...], locale: Locale) -> str:
    shown = pgettext("between things in a list", ", ").join(workspaces[:3])
    more = len(workspaces) - 3
    return shown if more <= 0 else f"{shown} +{locale.number(more)}"


def verdict_of(work: WorkFacts | None, name: str, locale: Locale) -> Verdict | None:
    """Return what the last check found, when it was of this backup and has ended well."""
    if work is None or work.result is None or work.result.get("name") != name or work.finished_at is None:
        return None
    when = locale.datetime(work.finished_at)
    wrong: list[str] = list(work.result["wrong"])
    if wrong:
        words = ngettext(
            "%(count)s file is missing or not what was written: %(files)s. This backup cannot be restored.",
            "%(count)s files are missing or not what was written: %(files)s. This backup cannot be restored.",
            len(wrong),
        )
        return Verdict(filled(words, count=locale.number(len(wrong)), files=" ".join(wrong[:5])), "bad")
    return Verdict(filled(_("Every file is what was written. Checked on %(when)s."), when=when), "good")


def restore_command(folder: Path, home: Path) -> str:
    """Return what a terminal is given to restore a backup into the home that is served now."""
    return f"safar restore {shlex.quote(str(folder))} --home {shlex.quote(str(home))} --replace"
