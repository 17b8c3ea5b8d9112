"""Single responses in the reader's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.answering.queries import ResponseFacts, ResponsesPage, files_of
from safar.doors.web.design.parts import EmptyState
from safar.doors.web.design.table import Cell, Column, Row, Table, Tone
from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, visible
from safar.doors.web.scores.words import mark_name
from safar.doors.web.surveys.queries import published
from safar.doors.web.surveys.shown import language_name
from safar.listen.questionnaire.table_columns import NOT_APPLICABLE, TableColumn, table_columns
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .queries import given_answers

STATES: Final[dict[str, tuple[Promise | str, Tone]]] = {
    "open": (pgettext_lazy("of a response", "under way"), "info"),
    "complete": (pgettext_lazy("of a response", "complete"), "good"),
    "screened": (pgettext_lazy("of a response", "turned away by a quota"), "soft"),
    "stopped": (pgettext_lazy("of a response", "given up"), "warn"),
}


@dataclass(frozen=True, slots=True)
class ListPage:
    """Responses, newest first."""

    title: str
    table: Table
    more: str
    tests_href: str
    is_of_tests: bool


@dataclass(frozen=True, slots=True)
class OnePage:
    """One response.

    Attributes
    ----------
    facts
        Pairs of a name and a value: when, how long, by which way.
    answers
        Each question with what was answered.
    files
        Names and addresses of what was sent along.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    customer_href: str
    customer: str
    answers: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]


def list_page(
    workspace: Workspace, survey_id: str, page: ResponsesPage, locale: Locale, query: QueryDict
) -> ListPage:
    """Return the page of a list of responses."""
    named = {"workspace_id": workspace.workspace_id, "survey_id": survey_id}
    is_of_tests = query.get("tests") == "1"
    rows = []
    for facts in page.responses:
        state, tone = STATES[facts.state]
        href = reverse("survey-response", kwargs={**named, "response_id": facts.public_id})
        rows.append(
            Row(
                (
                    Cell(locale.datetime(facts.started_at), href),
                    Cell(str(state), tone=tone),
                    Cell(channel_in_words(facts.channel)),
                    Cell(language_name(facts.language)),
                    Cell(_length(facts, locale)),
                    Cell(", ".join(mark_name(mark) for mark in facts.marks)),
                    Cell(*_customer(workspace, facts.customer_id)),
                )
            )
        )
    columns = (
        Column("at", _("Begun"), "when"),
        Column("state", _("Status")),
        Column("channel", _("Channel")),
        Column("language", _("Language")),
        Column("seconds", _("Took"), "number"),
        Column("marks", _("Marks")),
        Column("customer", _("Customer"), "code"),
    )
    empty = EmptyState(_("No responses"), _("They appear here as they come in."))
    table = Table(_("Responses"), columns, tuple(rows), empty=empty)
    more = ""
    if page.next_before is not None:
        kept = {"tests": "1"} if is_of_tests else {}
        more = f"?{urlencode({**kept, 'before': page.next_before})}"
    return ListPage(
        _("Test responses") if is_of_tests else _("Responses"),
        table,
        more,
        "?" if is_of_tests else "?tests=1",
        is_of_tests,
    )


def one_page(workspace: Workspace, facts: ResponseFacts, locale: Locale) -> OnePage:
    """Return the page of one response, in the words of the version it was begun in."""
    asked = published(workspace, facts.survey_id, facts.version)
    answers = given_answers(workspace, facts)
    columns = table_columns(asked.survey, locale.language) if asked is not None else ()
    lines = []
    for column in columns:
        answer = answers.get(column.key)
        value = None if answer is None else column.read(answer)
        if value is not None:
            lines.append((column.label, visible(_value(column, value, locale))))
    state, _tone = STATES[facts.state]
    told = [
        (_("Status"), str(state)),
        (_("Begun"), locale.datetime(facts.started_at)),
        (_("Took"), _length(facts, locale)),
        (_("Channel"), channel_in_words(facts.channel)),
        (_("Language"), language_name(facts.language)),
        (_("Marks"), ", ".join(mark_name(mark) for mark in facts.marks)),
        *((visible(name), visible(value)) for name, value in facts.hidden.items()),
    ]
    named = {"workspace_id": workspace.workspace_id}
    sent = tuple(
        (each.name, reverse("response-file", kwargs={**named, "sent_file_id": each.public_id}))
        for each in files_of(workspace, facts.public_id)
    )
    return OnePage(
        _("Response"),
        tuple((name, value) for name, value in told if value),
        _customer(workspace, facts.customer_id)[1],
        facts.customer_id,
        tuple(lines),
        sent,
    )


def _customer(workspace: Workspace, customer_id: str) -> tuple[str, str]:
    """Return a customer's id and the address of his page; of somebody unknown nothing."""
    if not customer_id:
        return "", ""
    address = reverse("customer", kwargs={"workspace_id": workspace.workspace_id})
    return customer_id, f"{address}?{urlencode({'id': customer_id})}"


def _length(facts: ResponseFacts, locale: Locale) -> str:
    return "" if not facts.seconds else locale.duration(timedelta(seconds=round(facts.seconds)))


def _value(column: TableColumn, value: float | str, locale: Locale) -> str:
    if value == NOT_APPLICABLE:
        return _("does not apply")
    if isinstance(value, str):
        return column.codes.get(value, value)
    if column.highest is None:  # yes and no have words, counts and shares have none
        return column.meanings.get(value) or locale.number(value)
    told = filled(
        _("%(value)s of %(highest)s"), value=locale.number(value), highest=locale.number(column.highest)
    )
    if value in column.meanings:
        return filled(_("%(told)s: %(words)s"), told=told, words=column.meanings[value])
    ends = [
        filled(_("%(point)s is “%(words)s”"), point=locale.number(point), words=words)
        for point, words in column.meanings.items()
    ]
    # no middle dot: beside Arabic digits it reads as a zero
    return f"{told} – {' / '.join(ends)}" if ends else told
