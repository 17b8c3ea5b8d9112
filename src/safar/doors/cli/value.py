"""`safar value`: what customers are worth, from a workspace or straight from a file of orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from safar.doors.notebook.note_sentences import sentence
from safar.vocabulary.dates import parse_date
from safar.vocabulary.progress import watched

from .asked import Asked, pass_asked, place_options
from .numbers import NUMBER
from .order_files import orders_of
from .output import Form, form_options, say, write_rows
from .progress import progress
from .reading import Reading, pass_reading, reading_options
from .value_actions import actions
from .value_contracts import sbg
from .value_experiments import experiment, plan
from .value_files import churn, retention, service, survival
from .value_paths import contrasts, mediation, paths
from .value_recommend import recommend
from .value_why import at_risk, drivers

if TYPE_CHECKING:
    from safar.measure.clv import CLVAnswer
    from safar.store.table import Table
    from safar.vocabulary.answer import Note
    from safar.vocabulary.interval import Estimate

_EXISTING: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
#: Customers that a table on a terminal shows; CSV and JSON have all of them.
_SHOWN: Final = 20


class Day(click.ParamType[date]):
    """A day: ``2026-03-21``, or one of another calendar, such as ``jalali:1405/01/01``."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the day."""
        if isinstance(value, date):
            return value
        calendar, colon, rest = value.partition(":")
        return parse_date(rest, calendar=calendar) if colon else parse_date(value)


@click.group(short_help="What customers are worth, also straight from a file.")
@place_options
def value() -> None:
    """What customers are worth and how well they are served: lifetime value, RFM, baskets, churn, revenue kept, clocks.

    Of a workspace, or straight from a file.
    """


def _which(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which orders."""
    options = (
        click.argument("file", type=_EXISTING, required=False),
        click.option("--mapping", type=_EXISTING, help="How the file is read. Default: a draft."),
        click.option("--currency", help="ISO 4217 code. Default: that of most orders."),
        click.option("--until", type=Day(), metavar="DAY", help="The first day not looked at."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@value.command(short_help="Customer lifetime value.")
@_which
@click.option("--horizon", type=NUMBER, default=365, show_default=True, help="How far ahead, in days.")
@click.option("--discount", type=NUMBER, default=10, show_default=True, help="Percent a year (nominal).")
@click.option("--inflation", type=NUMBER, default=0, show_default=True, help="Percent a year.")
@click.option("--margin", type=NUMBER, default=100, show_default=True, help="Percent of revenue.")
@click.option("--model", type=click.Choice(["bgnbd", "mbgnbd", "pareto_nbd"]), help="Default: by hold-out.")
@click.option("--level", type=NUMBER, default=95, show_default=True, help="Of intervals, in percent.")
@click.option(
    "--segment",
    "segments",
    multiple=True,
    metavar="TEXT",
    help='Rows of segments in place of customers: "Regulars: did order_placed >= 3". Repeatable.',
)
@reading_options
@place_options
@form_options
@pass_reading
@pass_asked
def clv(
    asked: Asked,
    reading: Reading,
    /,
    *,
    file: Path | None,
    mapping: Path | None,
    currency: str | None,
    until: date | None,
    horizon: float,
    discount: float,
    inflation: float,
    margin: float,
    model: Any,
    level: float,
    segments: tuple[str, ...],
    form: Form,
) -> None:
    """Say what customers brought and will bring, of a workspace or of FILE.

    One row for each customer, or everybody and each segment, the most valuable first, to standard output; the total
    with its interval, how earlier predictions did and what is taken for granted to standard error.

    \b
    safar value clv orders.csv
    safar value clv سفارش‌ها.xlsx --inflation 38 --discount 45 --margin 30
    safar value clv --segment "Regulars: did order_placed >= 3" --segment "Returners: did order_returned"
    """
    from safar.explain.clv_by_segment import CLVBySegmentQuestion
    from safar.explain.clv_by_segment import clv_by_segment as worth
    from safar.observe.segment_text import segment_of

    with orders_of(asked, reading, file=file, mapping=mapping, currency=currency) as orders:
        question = CLVBySegmentQuestion(
            until=until,
            currency=orders.currency,
            margin_share=margin / 100,
            time_zone=orders.time_zone,
            horizon_days=round(horizon),
            discount_rate=discount / 100,
            inflation=inflation / 100,
            model=model,
            level=level / 100,
            segments=tuple(map(segment_of, segments)),
        )
        with (
            progress("Fitting") as tell,
            watched(lambda done, steps: tell(done / steps, f"{done} of {steps}")),
        ):
            found = worth(orders.log, question)
    answer = replace(found.worth, currency=None) if orders.is_plain else found.worth
    _write(form, found.table if segments else answer.customer_table, answer.notes)
    _say_value(answer)


@value.command(short_help="How lately, how often, for how much.")
@_which
@click.option("--groups", "by_group", is_flag=True, help="One row for each group in place of each customer.")
@reading_options
@place_options
@form_options
@pass_reading
@pass_asked
def rfm(
    asked: Asked,
    reading: Reading,
    /,
    *,
    file: Path | None,
    mapping: Path | None,
    currency: str | None,
    until: date | None,
    by_group: bool,
    form: Form,
) -> None:
    """Sort customers by how lately, how often and for how much they bought, of a workspace or of FILE."""
    from safar.measure.rfm import RFMQuestion
    from safar.measure.rfm import rfm as sorted_customers

    with orders_of(asked, reading, file=file, mapping=mapping, currency=currency) as orders:
        answer = sorted_customers(orders.log, RFMQuestion(until, orders.currency, orders.time_zone))
    _write(form, answer.table if by_group else answer.customer_table, answer.notes)


@value.command(short_help="What orders hold, and what is bought together.")
@_which
@click.option("--products", type=NUMBER, default=100, show_default=True, help="How many are paired.")
@click.option("--fewest", type=NUMBER, default=10, show_default=True, help="Orders of a pair, at least.")
@reading_options
@place_options
@form_options
@pass_reading
@pass_asked
def baskets(
    asked: Asked,
    reading: Reading,
    /,
    *,
    file: Path | None,
    mapping: Path | None,
    currency: str | None,
    until: date | None,
    products: float,
    fewest: float,
    form: Form,
) -> None:
    """Say what an order is worth and which products are bought together, of a workspace or of FILE."""
    from safar.measure.baskets import BasketsQuestion
    from safar.measure.baskets import baskets as held

    with orders_of(asked, reading, file=file, mapping=mapping, currency=currency) as orders:
        question = BasketsQuestion(
            until, orders.currency, orders.time_zone, products=round(products), fewest_orders=round(fewest)
        )
        answer = held(orders.log, question)
    _write(form, answer.table, answer.notes)
    unit = "" if orders.is_plain or answer.currency is None else f" {answer.currency}"
    if answer.average_order_value is not None:
        say(f"Average order value: {_with_interval(answer.average_order_value)}{unit}.")
    if answer.basket_size is not None:
        say(f"Products in an order: {_with_interval(answer.basket_size)}.")
    clear = sum(each.is_clear for each in answer.bundles)
    say(f"{clear:,} of {answer.looked_at:,} pairs are bought together more than by chance.")


def _write(form: Form, table: Table, notes: tuple[Note, ...]) -> None:
    rows = table.rows()
    write_rows(form, table.names, rows[:_SHOWN] if form is Form.TABLE else rows)
    if form is Form.TABLE and len(rows) > _SHOWN:
        say(f"… and {len(rows) - _SHOWN:,} rows more; --csv has all of them.")
    for note in notes:
        say(sentence(note))


def _say_value(answer: CLVAnswer) -> None:
    """Say the total, and how earlier predictions did."""
    unit = f" {answer.currency}" if answer.currency else ""
    total, days = answer.total, answer.question.horizon_days
    say(f"{total.customers:,} customers brought {total.historic:,.0f}{unit} so far.")
    say(f"In {days:,} days they will bring {_with_interval(total.value)}{unit}, discounted to today.")
    for each in answer.backtest.of_model:
        say(
            f"Asked on {each.at}, {each.model} would have said {each.predicted:,.0f} purchases in {each.days:,} days;"
            f" there were {each.actual:,.0f} ({each.aggregate_error:+.1%})."
        )
    if answer.simple.value is not None:
        say(
            f"The simple formula says {answer.simple.value:,.2f}{unit} a customer: it takes everybody for the same."
        )


def _with_interval(estimate: Estimate) -> str:
    digits = 0 if abs(estimate.value) >= 1000 else 2
    around = estimate.interval
    return f"{estimate.value:,.{digits}f} ({around.low:,.{digits}f} to {around.high:,.{digits}f})"


for _command in (
    churn,
    survival,
    sbg,
    retention,
    service,
    drivers,
    at_risk,
    mediation,
    contrasts,
    paths,
    experiment,
    plan,
    recommend,
    actions,
):
    value.add_command(_command)
