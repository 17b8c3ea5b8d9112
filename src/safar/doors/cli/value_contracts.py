"""`safar value sbg`: how long customers under contract stay, from how many are left at each renewal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from safar.doors.notebook.note_sentences import sentence

from .numbers import NUMBER
from .output import Form, form_options, say, write_rows
from .reading import Reading, pass_reading, reading_options

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command(short_help="How long contracts last, from renewals.")
@click.argument("given", nargs=-1, required=True, metavar="SURVIVORS... | FILE")
@click.option(
    "--survivors",
    multiple=True,
    metavar="COLUMN",
    help="What is given is a FILE; this column has a cohort, its start first. Repeatable.",
)
@click.option("--periods", type=click.IntRange(1, 1000), help="So many are told. Default: twice those known.")
@click.option("--discount", type=NUMBER, default=10, show_default=True, help="Percent a period.")
@click.option("--level", type=NUMBER, default=95, show_default=True, help="Of intervals, in percent.")
@reading_options
@form_options
@pass_reading
def sbg(
    reading: Reading,
    /,
    *,
    given: tuple[str, ...],
    survivors: tuple[str, ...],
    periods: int | None,
    discount: float,
    level: float,
    form: Form,
) -> None:
    """Tell how long contracts last, from how many customers of a cohort are left: at the start, after each renewal.

    One row a period to standard output: who is left as the model says, who of them renews, and the discounted lifetime
    to expect of who is about to renew. The parameters with their errors to standard error.

    \b
    safar value sbg 1000 869 743 653 593 551 517 491
    safar value sbg cohorts.csv --survivors started_2023 --survivors started_2024 --discount 15
    """
    from safar.doors.notebook.contracts import contracts

    cohorts = _of_file(given, survivors, reading) if survivors else [_typed(given)]
    found = contracts(*cohorts, periods=periods, discount_rate=discount / 100)
    write_rows(form, found.table.names, found.table.rows())
    intervals, errors = found.fit.interval(level / 100), found.fit.standard_errors
    for name in found.fit.names:
        around = intervals[name]
        say(
            f"{name} {getattr(found.fit, name):.4f}, standard error {errors[name]:.4f}"
            f" ({around.low:.4f} to {around.high:.4f})"
        )
    say(f"log likelihood {found.fit.log_likelihood:.4f}")
    for note in found.fit.notes:
        say(sentence(note))


def _typed(given: tuple[str, ...]) -> list[float]:
    """Return numbers that were typed, in any of the three scripts' digits."""
    if len(given) == 1 and Path(given[0]).is_file():
        raise click.UsageError("Say which column of the file has the survivors: --survivors COLUMN.")
    return [NUMBER.convert(each, None, None) for each in given]


def _of_file(given: tuple[str, ...], survivors: tuple[str, ...], reading: Reading) -> Sequence[Any]:
    """Return a cohort a column, each as far as it is known."""
    import numpy as np

    from .file_columns import FileColumns

    path = Path(given[0])
    if len(given) > 1 or not path.is_file():
        raise click.UsageError("--survivors needs one FILE that is there.")
    columns = FileColumns.of(path, list(dict.fromkeys(survivors)), reading)
    cohorts = []
    for name in survivors:
        values = columns.numbers(name)
        known = np.flatnonzero(~np.isnan(values))
        # a gap between two counts stays, and is refused
        cohorts.append(values[: known[-1] + 1] if len(known) else values[:0])
    return cohorts
