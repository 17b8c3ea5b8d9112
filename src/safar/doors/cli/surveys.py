"""`safar survey`: surveys as files: checked, begun from a template, translated."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from .asked import place_options
from .output import Form, form_options, say, write_rows

if TYPE_CHECKING:
    from safar.listen.questionnaire.anatomy import Survey

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW: Final = click.Path(dir_okay=False, path_type=Path)


@click.group(short_help="Surveys: check, begin, translate, publish, ask.")
@place_options
def survey() -> None:
    """Surveys as JSON files: check them, begin with one of those that are there, translate them in a table."""


@survey.command(short_help="Check a survey before it is published.")
@click.argument("file", type=_FILE)
@form_options
def check(*, file: Path, form: Form) -> None:
    """Say what is wrong with the survey in FILE, or may be; with an error the command fails.

    Unreachable questions, dead ends and circles are found by following every way of answering.
    """
    from safar.listen.questionnaire.checks import check as checked
    from safar.listen.questionnaire.findings import CODES, errors

    found = checked(survey_in(file))
    write_rows(
        form,
        ("severity", "code", "path", "meaning", "facts"),
        [(each.severity, each.code, each.path, CODES[each.code][1], _facts(each.facts)) for each in found],
    )
    if errors(found):
        raise click.exceptions.Exit(1)
    say("The survey can be published.")


@survey.command(short_help="List what surveys to begin with, or write one.")
@click.argument("key", required=False)
@click.argument("file", type=_NEW, required=False)
@form_options
def template(*, key: str | None, file: Path | None, form: Form) -> None:
    """List the surveys to begin with; with KEY print that one as JSON, or write it to FILE."""
    from safar.listen.questionnaire import templates
    from safar.listen.questionnaire.anatomy import told

    if key is None:
        write_rows(
            form,
            ("key", "name", "questions", "minutes", "languages"),
            [
                (each.key, each.name["en"], each.questions, each.minutes, " ".join(each.languages))
                for each in templates.templates()
            ],
        )
        return
    text = json.dumps(told(templates.template(key)), ensure_ascii=False, indent=1)
    if file is None:
        click.echo(text)
    else:
        _write(file, f"{text}\n".encode())


@survey.command(short_help="Write the texts of a survey to a table.")
@click.argument("file", type=_FILE)
@click.argument("table", type=_NEW)
@click.option(
    "--into", multiple=True, metavar="LANGUAGE", help="A language to translate into, such as fr or ku."
)
def translation(*, file: Path, table: Path, into: tuple[str, ...]) -> None:
    """Write every text of the survey in FILE to TABLE: CSV, a row for each text and a column for each language."""
    from safar.listen.questionnaire.translation import table as table_of

    _write(table, table_of(survey_in(file), into=into))


@survey.command(short_help="Take a translated table into a survey.")
@click.argument("file", type=_FILE)
@click.argument("table", type=_FILE)
@click.argument("result", type=_NEW)
def translate(*, file: Path, table: Path, result: Path) -> None:
    """Write the survey in FILE with the words of TABLE to RESULT. What the table does not name stays."""
    from safar.listen.questionnaire.anatomy import told
    from safar.listen.questionnaire.translation import translated

    made = translated(survey_in(file), table.read_bytes())
    _write(result, f"{json.dumps(told(made), ensure_ascii=False, indent=1)}\n".encode())


@survey.command(short_help="Print the JSON Schema of a survey.")
def schema() -> None:
    """Print the JSON Schema of a survey, as files and the API take it."""
    from safar.listen.questionnaire.anatomy import schema as schema_of

    click.echo(json.dumps(schema_of(), ensure_ascii=False, indent=1))


def survey_in(file: Path) -> Survey:
    """Return the survey of a JSON file.

    Raises
    ------
    SurveyUnreadable
    """
    from safar.listen.questionnaire.anatomy import SurveyUnreadable, read

    try:
        data: Any = json.loads(file.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise SurveyUnreadable(
            f"{file.name} holds no JSON: {error}.", hint="safar survey template shows how one looks."
        ) from error
    return read(data)


def _facts(facts: Any) -> str:
    return json.dumps(dict(facts), ensure_ascii=False) if facts else ""


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    say(f"Wrote {file}.")
