"""`safar value drivers, at-risk`: why, straight from a file of answers or occasions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from safar.doors.notebook.note_sentences import sentence

from .numbers import NUMBER
from .output import Form, form_options, say, write_rows
from .reading import Reading, pass_reading, reading_options

if TYPE_CHECKING:
    from safar.explain.value_at_risk import MoneyEstimate
    from safar.vocabulary.answer import Note
    from safar.vocabulary.interval import Estimate

#: Arguments and options that commands about reasons share.
FILE: Final = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_KINDS: Final = ("number", "nps", "csat", "ces", "return", "spend")
LEVEL: Final = click.option(
    "--level", type=NUMBER, default=95, show_default=True, help="Of intervals, in percent."
)
CUSTOMER: Final = click.option(
    "--customer", metavar="COLUMN", help="Whose each row is. Default: each its own."
)


class Scale(click.ParamType[tuple[float, float]]):
    """The least and the greatest valid answer: ``1-5``."""

    name = "scale"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Return both ends."""
        if isinstance(value, tuple):
            return value
        low, dash, high = str(value).partition("-")
        try:
            ends = float(low), float(high)
        except ValueError:
            ends = (0.0, 0.0)
        if not dash or ends[0] >= ends[1]:
            self.fail(f"{value!r} is no scale; write 1-5.", param, ctx)
        return ends


@click.command(short_help="What goes with an outcome, of a file of answers.")
@FILE
@click.option("--outcome", required=True, metavar="COLUMN", help="What is explained.")
@click.option(
    "--driver", required=True, multiple=True, metavar="COLUMN", help="What may explain it. Repeatable."
)
@click.option(
    "--of", "kind", type=click.Choice(_KINDS), default="number", show_default=True, help="What it is."
)
@click.option(
    "--scale", type=Scale(), metavar="LOW-HIGH", help="Answers outside are missing: codes such as 0 or 99."
)
@CUSTOMER
@click.option("--weight", metavar="COLUMN", help="Of the rows.")
@LEVEL
@reading_options
@form_options
@pass_reading
def drivers(
    reading: Reading,
    /,
    *,
    file: Path,
    outcome: str,
    driver: tuple[str, ...],
    kind: Any,
    scale: tuple[float, float] | None,
    customer: str | None,
    weight: str | None,
    level: float,
    form: Form,
) -> None:
    """Tell which answers in FILE go with an outcome, and how much of it is whose: one row a driver.

    \b
    safar value drivers answers.csv --outcome overall --driver food --driver signs --scale 1-5
    """
    from safar.explain import drivers as of_outcome

    columns = columns_of(file, reading, outcome, *driver, customer, weight)
    found = of_outcome.fit(
        numbers_on(columns, outcome, scale if kind in {"number", "csat", "ces"} else None),
        {name: numbers_on(columns, name, scale) for name in driver},
        of=kind,
        customers=columns.texts[customer] if customer else None,
        weights=numbers_on(columns, weight, None) if weight else None,
        level=level / 100,
    )
    write_found(form, found.table.names, found.table.rows(), found.notes)
    say(f"{found.method}: {_told(found.r_squared)} of the variance is explained, of {found.n:,} rows.")


@click.command("at-risk", short_help="What a bad experience costs, of a file of occasions.")
@FILE
@click.option(
    "--value", "worth", required=True, metavar="COLUMN", help="What the customer brought afterwards."
)
@click.option("--exposed", required=True, metavar="COLUMN[=VALUE]", help="Who had the experience: late=yes.")
@click.option("--known", multiple=True, metavar="COLUMN", help="Known before it: town, goods. Repeatable.")
@click.option("--currency", required=True, help="ISO 4217 code of the values.")
@CUSTOMER
@click.option(
    "--learner",
    type=click.Choice(["best", "linear", "boosting"]),
    default="best",
    show_default=True,
    help="Lines, trees, or whichever errs less.",
)
@LEVEL
@reading_options
@form_options
@pass_reading
def at_risk(
    reading: Reading,
    /,
    *,
    file: Path,
    worth: str,
    exposed: str,
    known: tuple[str, ...],
    currency: str,
    customer: str | None,
    learner: Any,
    level: float,
    form: Form,
) -> None:
    """Tell what a bad experience in FILE costs, between customers who were alike before it: one row an occasion.

    \b
    safar value at-risk orders.csv --value brought --exposed late=yes --known town --known goods --currency USD
    """
    import numpy as np

    from safar.explain.value_at_risk import risk

    columns = columns_of(file, reading, worth, exposed, *known, customer)
    found = risk(
        numbers_on(columns, worth, None),
        np.asarray(columns.flags(exposed), np.float64),
        {name: columns.features(name) for name in known},
        currency=currency,
        customers=np.array(columns.texts[customer]) if customer else None,
        learner=learner,
        level=level / 100,
    )
    rows = [
        ("lost_each", *_amounts(found.lost_each)),
        ("at_risk", *_amounts(found.at_risk)),
        ("to_halve", *_amounts(found.to_halve)),
        ("plain_difference", *_ends(found.value.naive)),
        ("adjusted_difference", *_ends(found.value.effect)),
    ]
    write_found(form, ("number", "value", "low", "high"), rows, found.notes)
    value = found.value
    say(
        f"{found.exposed:,} of {found.occasions:,} had it; {value.overlap.exposed_share_kept:.0%} of them can be"
        f" compared, {value.overlap.imbalance_after:.2f} standard deviations still apart at most."
    )
    say(
        f"Something hidden would have to explain {value.sensitivity.robustness_value_of_interval:.1%} of both sides"
        " before the interval reaches 0."
    )


def columns_of(file: Path, reading: Reading, *wanted: str | None) -> Any:
    """Return the columns that are named, once each; of ``late=yes`` that is late."""
    from .file_columns import FileColumns

    names = dict.fromkeys(name.partition("=")[0] for name in wanted if name)
    return FileColumns.of(file, list(names), reading)


def numbers_on(columns: Any, name: str, scale: tuple[float, float] | None) -> Any:
    """Return a column of numbers, NaN where there is none; with a scale also where it is none of its numbers."""
    import numpy as np

    from safar.vocabulary.digits import parse_number
    from safar.vocabulary.errors import Refusal

    if scale is None:
        return columns.numbers(name)

    def read(text: str) -> float:
        try:
            value = float(parse_number(text))
        except Refusal:
            return float("nan")
        return value if scale[0] <= value <= scale[1] else float("nan")

    known = {text: read(text) for text in set(columns.texts[name])}
    return np.array([known[text] for text in columns.texts[name]])


def _amounts(estimate: MoneyEstimate) -> tuple[float, float, float]:
    return tuple(float(each.decimal) for each in (estimate.value, estimate.low, estimate.high))  # type: ignore[return-value]


def _ends(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.interval.low, estimate.interval.high


def _told(estimate: Estimate) -> str:
    return f"{estimate.value:.1%} ({estimate.interval.low:.1%} to {estimate.interval.high:.1%})"


def write_found(form: Form, names: Any, rows: Any, notes: tuple[Note, ...]) -> None:
    """Write a table, and say what is to be borne in mind."""
    write_rows(form, names, rows)
    for note in notes:
        say(sentence(note))
