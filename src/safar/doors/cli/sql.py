"""`safar sql`: ask the log a question."""

from __future__ import annotations

import sys

import click

from .asked import Asked, pass_asked, place_options
from .output import Form, form_options, write_rows


@click.command(short_help="Ask the log a question in SQL.")
@click.argument("query")
@click.option("-p", "--parameter", "parameters", multiple=True, help="The text of the next ? in the query.")
@place_options
@form_options
@pass_asked
def sql(asked: Asked, query: str, parameters: tuple[str, ...], form: Form) -> None:
    """Ask the log a question in SQL. QUERY is the question, or - to read it from standard input.

    The view `events` has event_id, customer_id, original_id, event_name, occurred_at, received_at, channel,
    source, amount, currency, properties and sequence; an event a row, those of a moment ago too.

    \b
    safar sql "select event_name, count(*) from events group by all order by 2 desc"
    safar sql --json -p sara "select * from events where customer_id = ? order by occurred_at"
    """
    if query == "-":
        query = sys.stdin.read()
    with asked.open_log() as log:
        table = log.sql(query, list(parameters) or None)
        write_rows(form, table.names, table.rows())
