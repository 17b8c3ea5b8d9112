"""`safar value paths, mediation, contrasts`: what leads to what, straight from a file of answers or occasions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .output import Form, form_options, say
from .reading import Reading, pass_reading, reading_options
from .value_why import CUSTOMER, FILE, LEVEL, Scale, columns_of, numbers_on, write_found

_SCALE = click.option(
    "--scale", type=Scale(), metavar="LOW-HIGH", help="Answers outside are missing: codes such as 0 or 99."
)


@click.command(short_help="A satisfaction index, of a file of answers.")
@FILE
@click.option(
    "--block",
    "told",
    multiple=True,
    metavar="THING=COLUMN,COLUMN",
    help="Which questions show image, expectation, quality, value, satisfaction, complaints or loyalty. Repeatable."
    " Default: guessed from the headings.",
)
@_SCALE
@click.option(
    "--scheme", type=click.Choice(["path", "factorial", "centroid"]), default="path", show_default=True
)
@CUSTOMER
@LEVEL
@reading_options
@form_options
@pass_reading
def paths(
    reading: Reading,
    /,
    *,
    file: Path,
    told: tuple[str, ...],
    scale: tuple[float, float] | None,
    scheme: Any,
    customer: str | None,
    level: float,
    form: Form,
) -> None:
    """Tell what image, expectation, quality and value in FILE move in satisfaction and loyalty: one row an arrow.

    \b
    safar value paths mobi.csv --scale 1-10
    safar value paths answers.csv --block quality=food,signs --block satisfaction=overall --block loyalty=nps
    """
    from safar.explain import path_model
    from safar.explain.path_model_rows import guessed, leads_among

    from .file_columns import names_of

    blocks = {name: tuple(keys.split(",")) for name, _, keys in (text.partition("=") for text in told)}
    if not blocks:
        names = [name for name in names_of(file, reading) if name != customer]
        blocks = {each.name: each.question_keys for each in guessed(names)}
        for name, keys in blocks.items():
            say(f"  {name} ← {', '.join(keys)}")
    questions = [key for keys in blocks.values() for key in keys]
    columns = columns_of(file, reading, *questions, customer)
    model = path_model.fit(
        {name: numbers_on(columns, name, scale) for name in questions},
        blocks,
        leads_among(list(blocks)),
        scheme=scheme,
        scale=scale,
        customers=columns.texts[customer] if customer else None,
        level=level / 100,
    )
    write_found(form, model.table.names, model.table.rows(), model.notes)
    for each in model.felt:
        explained = "" if each.r_squared is None else f"{each.r_squared.value:.4f} explained; "
        stands = "" if each.performance is None else f"stands at {each.performance:.1f} of 100; "
        say(f"{each.name}: {explained}{stands}reliability {each.composite_reliability:.2f}.")


@click.command(short_help="What goes through satisfaction, of a file of occasions.")
@FILE
@click.option("--exposed", required=True, metavar="COLUMN[=VALUE]", help="Who had the experience: late=yes.")
@click.option("--answer", required=True, metavar="COLUMN", help="How content they were after it.")
@click.option("--outcome", required=True, metavar="COLUMN", help="What came of it: 1 or 0, or a number.")
@click.option("--known", multiple=True, metavar="COLUMN", help="Known before it: town, goods. Repeatable.")
@CUSTOMER
@LEVEL
@reading_options
@form_options
@pass_reading
def mediation(
    reading: Reading,
    /,
    *,
    file: Path,
    exposed: str,
    answer: str,
    outcome: str,
    known: tuple[str, ...],
    customer: str | None,
    level: float,
    form: Form,
) -> None:
    """Tell how much of what an experience in FILE does goes through satisfaction: one row a part.

    \b
    safar value mediation orders.csv --exposed late=yes --answer csat --outcome returned --known town
    """
    import numpy as np

    from safar.explain import mediation as parts

    columns = columns_of(file, reading, exposed, answer, outcome, *known, customer)
    found = parts.fit(
        np.asarray(columns.flags(exposed), np.float64),
        numbers_on(columns, answer, None),
        numbers_on(columns, outcome, None),
        known={name: columns.features(name) for name in known},
        customers=columns.texts[customer] if customer else None,
        level=level / 100,
    )
    write_found(form, found.table.names, found.table.rows(), found.notes)
    say(f"Of {found.n:,} rows; a hidden correlation of {found.hidden_correlation:.2f} would explain it away.")


@click.command(short_help="What annoys and what delights, of a file of answers.")
@FILE
@click.option("--outcome", required=True, metavar="COLUMN", help="What is moved.")
@click.option(
    "--driver", required=True, multiple=True, metavar="COLUMN", help="What may move it. Repeatable."
)
@_SCALE
@CUSTOMER
@LEVEL
@reading_options
@form_options
@pass_reading
def contrasts(
    reading: Reading,
    /,
    *,
    file: Path,
    outcome: str,
    driver: tuple[str, ...],
    scale: tuple[float, float] | None,
    customer: str | None,
    level: float,
    form: Form,
) -> None:
    """Tell which answers in FILE annoy where they are low, and which delight where they are high: one row a driver.

    \b
    safar value contrasts answers.csv --outcome overall --driver food --driver signs --scale 1-5
    """
    from safar.explain import penalty_reward

    columns = columns_of(file, reading, outcome, *driver, customer)
    found = penalty_reward.fit(
        numbers_on(columns, outcome, scale),
        {name: numbers_on(columns, name, scale) for name in driver},
        customers=columns.texts[customer] if customer else None,
        level=level / 100,
    )
    write_found(form, found.table.names, found.table.rows(), found.notes)
    say(f"{found.r_squared:.1%} of the variance is explained, of {found.n:,} rows.")
