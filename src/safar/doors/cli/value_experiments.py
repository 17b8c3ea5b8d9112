"""`safar value experiment, plan`: what an experiment found, from a table, and how large the next one must be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import click

from safar.doors.notebook.note_sentences import sentence
from safar.explain.experiments.refusals import ColumnsDoNotFit

from .file_columns import FileColumns
from .numbers import NUMBER
from .output import Form, form_options, say, write_record, write_rows
from .reading import Reading, pass_reading, reading_options

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from safar.explain.experiments.experiment import ArmResult, Metric
    from safar.explain.experiments.group_sequential import Shape
    from safar.explain.experiments.planned_looks import Look, PlannedLooks
    from safar.vocabulary.interval import Estimate

_FILE: Final = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_HEADS: Final = (
    "metric",
    "arm",
    "kind",
    "customers",
    "control",
    "value",
    "effect",
    "effect_low",
    "effect_high",
    "relative",
    "relative_low",
    "relative_high",
    "always_valid_low",
    "always_valid_high",
    "p_value",
    "is_clear",
    "variance_ratio",
    "detectable",
)
_LOOK_HEADS: Final = ("z", "z_bound", "at_look_low", "at_look_high", "may_end")
_BOUNDS: Final = ("spending_obrien_fleming", "spending_pocock", "obrien_fleming", "pocock")


@click.command(short_help="What an experiment found, from a table.")
@_FILE
@click.option("--arm", required=True, metavar="COLUMN", help="Which arm each customer was in.")
@click.option("--control", required=True, metavar="NAME", help="The arm that others are compared with.")
@click.option(
    "--metric",
    "metrics",
    required=True,
    multiple=True,
    metavar="COLUMN[/COLUMN]",
    help="What is compared: zeros and ones, numbers, or a ratio of sums. Repeatable.",
)
@click.option(
    "--before",
    multiple=True,
    metavar="METRIC=COLUMN",
    help="What was known of it before the start: takes noise out (CUPED). Repeatable.",
)
@click.option("--share", multiple=True, metavar="ARM=PERCENT", help="What an arm was to get. Repeatable.")
@click.option("--primary", metavar="METRIC", help="The one that decides; others are judged together.")
@click.option("--expected", type=NUMBER, help="Customers for which always-valid intervals are narrowest.")
@click.option("--looks", type=NUMBER, help="How many looks were planned before the start.")
@click.option("--bound", type=click.Choice(_BOUNDS), help="Which bounds the looks have.")
@click.option("--look", type=NUMBER, help="Which look this is, from 1.")
@click.option("--arm-size", type=NUMBER, help="Instead of --look: customers each arm was to get in the end.")
@click.option("--level", type=NUMBER, default=95, show_default=True, help="Of intervals, in percent.")
@reading_options
@form_options
@pass_reading
def experiment(
    reading: Reading,
    /,
    *,
    file: Path,
    arm: str,
    control: str,
    metrics: tuple[str, ...],
    before: tuple[str, ...],
    share: tuple[str, ...],
    primary: str | None,
    expected: float | None,
    looks: float | None,
    bound: str | None,
    look: float | None,
    arm_size: float | None,
    level: float,
    form: Form,
) -> None:
    """Compare the arms of an experiment, from FILE: one row a customer.

    \b
    safar value experiment hillstrom.csv --arm segment --control "No E-Mail" --metric visit --metric spend
    safar value experiment checkout.csv --arm arm --control old --metric bought --looks 5 --look 3
    """
    from safar.explain.experiments.experiment import experiment as compared

    past = _pairs(before)
    columns = FileColumns.of(
        file, [arm, *(part for text in metrics for part in text.split("/")), *past.values()], reading
    )
    found = compared(
        columns.texts[arm],
        [_metric(columns, text, past) for text in metrics],
        control=control,
        shares={name: float(percent) / 100 for name, percent in _pairs(share).items()} or None,
        primary=primary,
        expected_n=round(expected) if expected else None,
        looks=_looks(looks, bound, look, arm_size),
        level=level / 100,
    )
    write_rows(form, (*_HEADS, *(_LOOK_HEADS if looks else ())), map(_row, found.results))
    counts = ", ".join(f"{name} {count:,}" for name, count in found.arms.items())
    say(f"Customers: {counts}; the chance of counts like these is {found.sample_ratio.p_value:.3g}.")
    for note in found.notes:
        say(sentence(note))


@click.command(short_help="How many customers an experiment needs.")
@click.option("--rate", type=NUMBER, help="Percent who do it now, of a share.")
@click.option("--spread", type=NUMBER, help="Standard deviation by customer, of a mean.")
@click.option("--effect", type=NUMBER, help="The smallest change that matters: points of a share, or units.")
@click.option("--customers", type=NUMBER, help="In each arm: tells the smallest effect that they show.")
@click.option("--arms", type=NUMBER, default=1, show_default=True, help="Besides the control.")
@click.option(
    "--power", type=NUMBER, default=80, show_default=True, help="How often it is noticed, in percent."
)
@click.option("--level", type=NUMBER, default=95, show_default=True, help="Of the verdict, in percent.")
@click.option(
    "--explained", type=NUMBER, default=0, show_default=True, help="Percent that the time before explains."
)
@click.option(
    "--looks", type=NUMBER, default=1, show_default=True, help="How often it is looked at, as planned."
)
@click.option("--a-day", type=NUMBER, help="Customers who come a day: tells how long it takes.")
@form_options
def plan(
    *,
    rate: float | None,
    spread: float | None,
    effect: float | None,
    customers: float | None,
    arms: float,
    power: float,
    level: float,
    explained: float,
    looks: float,
    a_day: float | None,
    form: Form,
) -> None:
    """Say how many customers an experiment needs, or how small an effect so many show.

    \b
    safar value plan --rate 10.6 --effect 1 --a-day 2000
    safar value plan --spread 40 --customers 5000 --looks 5
    """
    from safar.explain.experiments.group_sequential import bounds
    from safar.explain.experiments.planning import detectable_effect
    from safar.explain.experiments.planning import plan as planned

    if (rate is None) == (spread is None) or (effect is None) == (customers is None):
        raise click.UsageError("Give --rate or --spread, and --effect or --customers.")
    unit = 100.0 if rate is not None else 1.0
    variance = spread**2 if spread is not None else (rate or 0.0) / 100 * (1 - (rate or 0.0) / 100)
    looked = bounds(round(looks), level=level / 100)
    said: dict[str, Any] = {
        "arms": round(arms),
        "level": level / 100,
        "power": power / 100,
        "variance_ratio": 1 - explained / 100,
        "inflation": looked.inflation(power / 100) if round(looks) > 1 else 1.0,
    }
    if customers is not None:
        smallest = detectable_effect(variance, round(customers), round(customers), **said) * unit
        write_record(form, {"customers_by_arm": round(customers), "effect": smallest})
        return
    found = planned(variance, (effect or 0.0) / unit, **said)
    record: dict[str, object] = {
        "customers": found.customers,
        "customers_by_arm": found.treated,
        "effect": found.effect * unit,
    }
    if a_day:
        record["days"] = found.duration(a_day).days
    if round(looks) > 1:
        record["bounds"] = [round(each, 4) for each in looked.critical]
    write_record(form, record)


def _metric(columns: FileColumns, text: str, past: Mapping[str, str]) -> Metric:
    from safar.explain.experiments.experiment import Metric

    above, slash, below = text.partition("/")
    known: NDArray[np.float64] | None = columns.numbers(past[text]) if text in past else None
    return Metric(
        text,
        columns.numbers(above),
        denominators=columns.numbers(below) if slash else None,
        before=known,
    )


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in texts:
        name, equals, rest = text.rpartition("=")
        if not equals or not name.strip() or not rest.strip():
            raise ColumnsDoNotFit(f"{text!r} says nothing.", hint="Write it like this: NAME=VALUE.")
        found[name.strip()] = rest.strip()
    return found


def _row(each: ArmResult) -> tuple[object, ...]:
    return (
        each.metric,
        each.arm,
        each.kind,
        each.treated.n,
        each.control.value,
        each.treated.value,
        *_ends(each.best.absolute),
        *_ends(each.best.relative),
        *_ends(each.always_valid.absolute)[1:],
        each.p_value,
        each.is_clear,
        each.variance_ratio,
        each.detectable,
        *(_at_look(each.look) if each.look else ()),
    )


def _at_look(look: Look) -> tuple[object, ...]:
    return look.z, look.bound, *_ends(look.estimate)[1:], look.ends


def _looks(
    count: float | None, bound: str | None, look: float | None, arm_size: float | None
) -> PlannedLooks | None:
    from safar.explain.experiments.planned_looks import PlannedLooks

    if count is None:
        if bound or look or arm_size:
            raise click.UsageError("Give --looks with --bound, --look and --arm-size.")
        return None
    return PlannedLooks(
        round(count),
        cast("Shape", bound or _BOUNDS[0]),
        None if look is None else round(look),
        None if arm_size is None else round(arm_size),
    )


def _ends(estimate: Estimate | None) -> tuple[float | None, float | None, float | None]:
    if estimate is None:
        return None, None, None
    return estimate.value, estimate.interval.low, estimate.interval.high
