"""The single answers behind a number, for those who may see customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.table import Cell, Column, Row, Table
from safar.doors.web.events.page import customer_href
from safar.doors.web.events.words import cut, visible
from safar.doors.web.surveys.page import tabs
from safar.doors.web.surveys.queries import AskedNames
from safar.listen.groups import By
from safar.listen.score_answers import ScoreAnswersAnswer
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .asked import Asked
from .list_page import score_href
from .words import answers_in_words, group_name, mark_name

#: Answers of one page.
ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """What the template of the answers is given.

    Attributes
    ----------
    tabs, name, score_href
        Of the desk, the question key, and its page.
    narrowed
        What the answers are narrowed to, in words.
    count
        How many there are in all.
    table
        One page of them, the newest first.
    """

    tabs: tuple[Tab, ...]
    name: str
    score_href: str
    narrowed: tuple[str, ...]
    count: str
    table: Table


def answers_page(
    workspace: Workspace,
    asked: Asked,
    found: ScoreAnswersAnswer,
    customers: Mapping[int, str],
    locale: Locale,
    *,
    names: AskedNames,
    narrowed: tuple[str, ...],
    query: str,
    skip: int,
) -> AnswersPage:
    """Return a page of answers.

    Parameters
    ----------
    customers
        Id of each person by key.
    names
        What surveys and questions are called.
    narrowed
        What they are narrowed to, in words.
    query, skip
        The address's query without the place, and how many newer ones stand before.
    """
    rows = []
    for one in found.answers:
        name = customers.get(one.person, "")
        rows.append(
            Row(
                (
                    Cell(
                        cut(visible(name), 40) if name else _("erased"),
                        customer_href(workspace, name) if name else "",
                    ),
                    Cell(locale.number(one.value), value=one.value),
                    Cell(locale.datetime(datetime.fromtimestamp(one.at_us / 1e6, UTC), "short")),
                    Cell(group_name(By("channel"), one.channel) if one.channel else ""),
                    Cell(group_name(By("language"), one.language) if one.language else ""),
                    Cell(visible(names.survey(one.survey))),
                    Cell(", ".join(mark_name(mark) for mark in one.marks), tone="warn" if one.marks else ""),
                )
            )
        )
    more = skip + len(found.answers) < found.count
    table = Table(
        _("Answers, the newest first"),
        (
            Column("customer", _("Customer")),
            Column("value", pgettext("column", "Answer"), "number"),
            Column("at", _("When"), "when"),
            Column("channel", _("Channel")),
            Column("language", _("Language")),
            Column("survey", _("Survey")),
            Column("marks", _("Marks")),
        ),
        tuple(rows),
        next_query=f"{query}&skip={skip + ROWS}" if more else "",
        first_query=query if skip else "",
        empty=EmptyState(_("No such answers"), _("Perhaps they were erased since.")),
    )
    return AnswersPage(
        tabs(workspace, "scores"),
        cut(visible(names.question(asked.key)), 80),
        score_href(workspace, asked),
        narrowed,
        answers_in_words(found.count, locale),
        table,
    )
