"""Responses as files: CSV and XLSX with words or codes, SPSS with labels."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import IO, Final, cast

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from safar.doors.web.answering.ended import EndedResponse, ended_numbers, ended_responses
from safar.doors.web.answering.places import TooFewToShow
from safar.doors.web.design.export import export
from safar.doors.web.design.table import Column
from safar.doors.web.surveys.queries import promised_cell, published, survey_of
from safar.doors.web.surveys.shown import language_name
from safar.listen.questionnaire.anatomy import Survey
from safar.listen.questionnaire.table_columns import TableColumn, table_columns, values
from safar.maps.anatomy import said
from safar.show.locale import Locale
from safar.show.spss import SpssColumn, write_spss
from safar.store.registry import Workspace
from safar.vocabulary.time_zone import time_zone

from .queries import Wanted, is_wanted
from .responses_page import STATES

#: What stands before the answers; these names are the same in every language, for scripts.
_BEFORE: Final = (
    "response_id",
    "customer_id",
    "version",
    "language",
    "channel",
    "state",
    "marks",
    "started_at",
    "finished_at",
    "seconds",
)
_NUMBERS: Final = frozenset({"version", "seconds"})
_TIMES: Final = frozenset({"started_at", "finished_at"})
#: Bytes of a text in an SPSS file.
_WIDEST: Final = 8_000
SPSS_TYPE: Final = "application/x-spss-sav"
#: How often a file says how far it is, in responses.
_TOLD_EVERY: Final = 500
Line = tuple[object, ...]
Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class FileAsked:
    """Which file somebody wants.

    Attributes
    ----------
    form
        ``csv``, ``xlsx`` or ``sav``.
    in_words
        Choices as they read, instead of their ids.
    direction
        In which the reader's sheets run.
    """

    form: str
    wanted: Wanted
    in_words: bool
    direction: str


def heads(columns: Sequence[TableColumn], *, in_words: bool) -> tuple[Column, ...]:
    """Return the heads of the table: names for scripts, or the questions in words."""
    before = [Column(name, name, "code") for name in _BEFORE]
    return (*before, *(Column(each.name, each.label if in_words else each.name) for each in columns))


def csv_of(workspace: Workspace, survey_id: str, language: str, *, in_words: bool) -> Iterator[bytes] | None:
    """Return complete responses as pieces of a CSV file, as pages give it; None where nothing is published.

    Raises
    ------
    TooFewToShow
        The survey promises that single responses are shown to nobody.
    """
    newest = published(workspace, survey_id)
    if newest is None:
        return None
    opened = survey_of(workspace, survey_id)
    if opened is not None and keeps_to_itself(workspace, survey_id):
        raise TooFewToShow(
            "The survey shows single responses to nobody.", hint="safar survey results counts them."
        )
    columns = table_columns(newest.survey, language)
    rows = lines(workspace, survey_id, columns, Wanted(), in_words=in_words)
    locale = Locale("en", time_zone=workspace.time_zone)
    file = export(newest.survey.key, heads(columns, in_words=in_words), rows, "csv", locale, "ltr")
    return iter(cast("Iterable[bytes]", file.streaming_content))


def answers_file(  # noqa: PLR0917 - what a file is made of
    workspace: Workspace,
    survey_id: str,
    survey: Survey,
    asked: FileAsked,
    locale: Locale,
    report: Report = lambda _done, _whole: None,
) -> StreamingHttpResponse | FileResponse:
    """Return the responses as a file that is sent while it is read.

    Parameters
    ----------
    report
        Told how many responses are read of how many.

    Raises
    ------
    UnknownExport, TooManyWorkbooks
    """
    if asked.form == "sav":
        return spss_file(workspace, survey_id, survey, asked.wanted, locale.language, report)
    columns = table_columns(survey, locale.language)
    rows = lines(workspace, survey_id, columns, asked.wanted, in_words=asked.in_words, report=report)
    told = heads(columns, in_words=asked.in_words)
    return export(survey.key, told, rows, asked.form, locale, asked.direction)


def lines(
    workspace: Workspace,
    survey_id: str,
    columns: Sequence[TableColumn],
    wanted: Wanted,
    *,
    in_words: bool,
    report: Report = lambda _done, _whole: None,
) -> Iterator[Line]:
    """Yield a line for every response that is wanted, oldest first.

    Parameters
    ----------
    in_words
        Choices as they read, instead of their ids.
    """
    complete, others = ended_numbers(workspace, survey_id)
    numbers = complete if wanted.is_complete else sorted([*complete, *others])
    for place, response in enumerate(ended_responses(workspace, survey_id, numbers)):
        if place % _TOLD_EVERY == 0:
            report(place, len(numbers))
        if not is_wanted(response, wanted):
            continue
        given = values(columns, response.answers)
        told = (
            [
                column.codes.get(value, value) if isinstance(value, str) else value
                for column, value in zip(columns, given, strict=True)
            ]
            if in_words
            else given
        )
        yield (*_before(response), *map(_whole, told))


def keeps_to_itself(workspace: Workspace, survey_id: str) -> bool:
    """Return whether a survey promises, or ever promised, that nobody sees single responses."""
    return promised_cell(workspace, survey_id) > 1


def _whole(value: object) -> object:
    """Return a point of a scale as the whole number it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _before(facts: EndedResponse) -> tuple[object, ...]:
    return (
        facts.public_id,
        facts.customer_id,
        facts.version,
        facts.language,
        facts.channel,
        facts.state,
        " ".join(facts.marks),
        facts.started_at,
        facts.finished_at,
        facts.seconds,
    )


def spss_file(  # noqa: PLR0917 - what a file is made of
    workspace: Workspace,
    survey_id: str,
    survey: Survey,
    wanted: Wanted,
    language: str,
    report: Report = lambda _done, _whole: None,
) -> FileResponse:
    """Return the responses as an SPSS file: choices as numbers with their words as labels."""
    columns = table_columns(survey, language)
    codes = [{choice: float(place) for place, choice in enumerate(column.codes, 1)} for column in columns]
    rows = list(lines(workspace, survey_id, columns, wanted, in_words=False, report=report))
    widths = _widths(rows, len(_BEFORE) + len(columns))
    before = [_before_column(workspace, survey, name, widths[place]) for place, name in enumerate(_BEFORE)]
    told = [
        _spss_column(column, codes[place], widths[len(_BEFORE) + place])
        for place, column in enumerate(columns)
    ]
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response that sends it
    write_spss(
        file,
        [*before, *told],
        (_spss_line(row, columns, codes, time_zone(workspace.time_zone)) for row in rows),
        made_at=timezone.now(),
        label=said(survey.name, language, *survey.languages),
    )
    file.seek(0)
    response = FileResponse(file, content_type=SPSS_TYPE)
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{survey.key}.sav") or ""
    return response


def _before_column(workspace: Workspace, survey: Survey, name: str, width: int) -> SpssColumn:
    """Return a column that stands before the answers; times are those of the workspace's clock, as in other files."""
    if name in _TIMES:
        return SpssColumn(name, f"{name} ({workspace.time_zone})", is_time=True)
    if name in _NUMBERS:
        return SpssColumn(name, name)
    labels: dict[str, str] = {}
    if name == "state":
        labels = {state: str(words) for state, (words, _) in STATES.items()}
    elif name == "language":
        labels = {each: language_name(each) for each in survey.languages}
    return SpssColumn(name, name, width, labels)


def _spss_column(column: TableColumn, codes: Mapping[str, float], width: int) -> SpssColumn:
    if column.kind == "text":
        return SpssColumn(column.name, column.label, width)
    if column.kind == "day":
        return SpssColumn(column.name, column.label, is_day=True)
    labels = {number: column.codes[choice] for choice, number in codes.items()} or column.meanings
    return SpssColumn(column.name, column.label, labels=labels, measure=column.measure)


def _spss_line(
    row: Line, columns: Sequence[TableColumn], codes: Sequence[Mapping[str, float]], zone: tzinfo
) -> tuple[float | str | date | None, ...]:
    before = tuple(
        value.astimezone(zone) if isinstance(value, datetime) else _plain(value)
        for value in row[: len(_BEFORE)]
    )
    told = tuple(
        _coded(column, codes[place], value)
        for place, (column, value) in enumerate(zip(columns, row[len(_BEFORE) :], strict=True))
    )
    return (*before, *told)


def _coded(column: TableColumn, codes: Mapping[str, float], value: object) -> float | str | date | None:
    if column.kind == "choice" and isinstance(value, str):
        return codes.get(value)
    if column.kind == "day" and isinstance(value, str):
        return _day(value)
    return _plain(value)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _plain(value: object) -> float | str | None:
    if value is None or isinstance(value, str):
        return value
    return float(value) if isinstance(value, int | float) else str(value)


def _widths(rows: Sequence[Line], count: int) -> list[int]:
    """Return how many bytes the longest text of each column takes, at least 1."""
    found = [1] * count
    for row in rows:
        for place, value in enumerate(row):
            plain = _plain(value)
            if isinstance(plain, str):
                found[place] = max(found[place], len(plain.encode()))
    return [min(width, _WIDEST) for width in found]
