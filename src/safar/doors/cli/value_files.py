"""`safar value survival, churn, retention, service`: of a workspace, or straight from a file."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from safar.doors.notebook.note_sentences import sentence
from safar.vocabulary.window import duration
from safar.vocabulary.working_time import WEEKENDS, WorkingTime

from .asked import Asked, pass_asked, place_options
from .order_files import orders_of
from .output import Form, form_options, say, write_rows
from .reading import Reading, pass_reading, reading_options

if TYPE_CHECKING:
    from safar.measure.churn_scores import ChurnScores
    from safar.store.table import Table
    from safar.vocabulary.answer import Note

_EXISTING: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_FILE: Final = click.argument("file", type=_EXISTING)
_MODELS: Final = ("cox", "weibull", "log_normal", "log_logistic")


@click.command(short_help="Survival curves and models of a file.")
@_FILE
@click.option("--duration", "lasted", required=True, metavar="COLUMN", help="How long, in any one unit.")
@click.option(
    "--ended", required=True, metavar="COLUMN[=VALUE]", help="Whether the end was seen, such as Churn=Yes."
)
@click.option("--by", metavar="COLUMN", help="A curve for each of its values, and the log-rank test.")
@click.option(
    "--after", type=float, multiple=True, help="Tell the share still there after so long. Repeatable."
)
@click.option(
    "--model", type=click.Choice(_MODELS), help="A model of --covariate in place of curves: risk, or time."
)
@click.option("--covariate", multiple=True, metavar="COLUMN", help="Of the model. Repeatable.")
@reading_options
@form_options
@pass_reading
def survival(
    reading: Reading,
    /,
    *,
    file: Path,
    lasted: str,
    ended: str,
    by: str | None,
    after: tuple[float, ...],
    model: str | None,
    covariate: tuple[str, ...],
    form: Form,
) -> None:
    """Tell how many are still there after so long, from FILE: one row a customer.

    \b
    safar value survival telco.csv --duration tenure --ended Churn=Yes --by Contract --after 12 --after 24
    safar value survival telco.csv --duration tenure --ended Churn=Yes --model cox --covariate Contract
    """
    from safar.measure import aft, cox
    from safar.measure import survival as curves

    columns = _columns(file, reading, lasted, ended, by, *covariate)
    durations, seen = columns.numbers(lasted), columns.flags(ended)
    if model is None:
        fitted = curves.fit(durations, seen, groups=columns.texts[by] if by else None)
        if after:
            rows = [
                (curve.label, curve.n, time, *_ends(curve.at(time)))
                for curve in fitted.curves
                for time in after
            ]
            names = ("group", "n", "after", "survival", "survival_low", "survival_high")
            write_rows(form, names, rows)
        else:
            _write(form, fitted.table)
        for curve in fitted.curves:
            median = curve.median
            told = (
                "more than half are still there" if median is None else f"half have left by {median.value:g}"
            )
            say(f"{curve.label or 'all'}: n {curve.n:,}, {curve.observed:,} left, {told}")
        if fitted.log_rank is not None:
            test = fitted.log_rank
            say(f"log-rank: chi-squared {test.statistic:.4f}, {test.degrees} degrees, p {test.p_value:.4g}")
        return
    features: dict[str, Any] = {name: columns.features(name) for name in covariate}
    if model == "cox":
        found = cox.fit(durations, seen, features)
        _write(form, found.table, found.notes)
        say(f"log likelihood {found.log_likelihood:.4f}, concordance {found.concordance:.4f}")
        return
    stretched = aft.fit(durations, seen, features or None, family=model)  # type: ignore[arg-type]
    _write(form, stretched.table, stretched.notes)
    say(
        f"log likelihood {stretched.log_likelihood:.4f}, AIC {stretched.aic:.2f}, sigma {stretched.sigma:.4f}"
    )


@click.command(short_help="Who is about to leave, and why.")
@click.argument("file", type=_EXISTING, required=False)
@click.option(
    "--churned", metavar="COLUMN[=VALUE]", help="FILE is of customers, and says who left, such as Churn=Yes."
)
@click.option(
    "--id", "key", metavar="COLUMN", help="With --churned: who each row is; then customers are listed."
)
@click.option(
    "--leave-out", multiple=True, metavar="COLUMN", help="With --churned: not a feature. Repeatable."
)
@click.option("--learner", type=click.Choice(["logistic", "boosting"]), default="logistic", show_default=True)
@click.option("--folds", type=click.IntRange(2), default=5, show_default=True, help="With --churned.")
@click.option(
    "--horizon",
    type=click.IntRange(1),
    default=90,
    show_default=True,
    help="Gone who orders nothing for so many days.",
)
@click.option("--alive", is_flag=True, help="By P(alive) alone, for short histories.")
@click.option("--risk-first", is_flag=True, help="The likeliest to leave first, not the dearest.")
@click.option(
    "--most", type=click.IntRange(1), default=20, show_default=True, help="So many customers are listed."
)
@click.option("--mapping", type=_EXISTING, help="How a file of orders is read. Default: a draft.")
@click.option("--currency", help="ISO 4217 code. Default: that of most orders.")
@reading_options
@place_options
@form_options
@pass_reading
@pass_asked
def churn(
    asked: Asked,
    reading: Reading,
    /,
    *,
    file: Path | None,
    churned: str | None,
    mapping: Path | None,
    currency: str | None,
    horizon: int,
    alive: bool,
    risk_first: bool,
    form: Form,
    **table: Any,
) -> None:
    """Say which customers are about to leave and why: of a workspace, of a FILE of orders, or of one of customers.

    From orders a model learns from days of the past and is judged on later ones. A file of customers says itself who
    left (--churned): there each forecast is of a model that did not see the customer.

    \b
    safar value churn orders.csv --horizon 60
    safar value churn telco.csv --churned Churn=Yes --id customerID
    """
    if churned is not None:
        if file is None:
            raise click.UsageError("--churned needs a FILE of customers.")
        _of_customers(file, reading, churned, form, **table)
        return
    from safar.measure.churn import ChurnQuestion
    from safar.measure.churn import churn as at_risk

    with orders_of(asked, reading, file=file, mapping=mapping, currency=currency) as orders:
        answer = at_risk(
            orders.log,
            ChurnQuestion(
                horizon_days=horizon,
                method="p_alive" if alive else "classifier",
                learner=table["learner"],
                order="risk" if risk_first else "expected_loss",
                most=table["most"],
                currency=orders.currency,
            ),
        )
    _write(form, answer.customer_table, answer.notes)
    if answer.expected_churn is not None:
        say(f"{answer.customers:,} customers; {answer.expected_churn.value:.1%} are expected to leave.")
    if answer.total_loss is not None:
        unit = "" if orders.is_plain else f" {answer.currency}"
        say(f"Expected loss in a year: {answer.total_loss:,.0f}{unit}.")
    if answer.report is not None:
        _say_scores(answer.report)


def _of_customers(
    file: Path,
    reading: Reading,
    churned: str,
    form: Form,
    *,
    key: str | None,
    leave_out: tuple[str, ...],
    learner: Any,
    folds: int,
    most: int,
) -> None:
    """Learn who leaves from a file of customers."""
    import numpy as np

    from safar.measure import churn_model
    from safar.measure.churn_scores import scores

    from .file_columns import names_of

    label = churned.partition("=")[0]
    names = [name for name in names_of(file, reading) if name not in {label, key, *leave_out}]
    columns = _columns(file, reading, *names, label, key)
    left = columns.flags(churned)
    features: dict[str, Any] = {name: columns.features(name) for name in names}
    risk = churn_model.out_of_fold(features, left, folds=folds, learner=learner)
    found = scores(risk, left)
    if key is None:
        _write(form, found.table)
    else:
        first = np.argsort(-risk, kind="stable")[:most]
        model = churn_model.fit(features, left, learner=learner)
        listed: dict[str, Any] = {name: values[first] for name, values in features.items()}
        reasons = churn_model.most_of(model.contributions(listed), 3)
        rows = [
            (columns.texts[key][place], round(float(risk[place]), 4), [name for name, _ in reason])
            for place, reason in zip(first.tolist(), reasons, strict=True)
        ]
        write_rows(form, (key, "risk", "reasons"), rows)
    _say_scores(found)


def _say_scores(found: ChurnScores) -> None:
    auc = found.auc
    say(
        f"Judged on {found.n:,} customers of whom {found.churned.value:.4f} left: AUC {auc.value:.4f}"
        f" ({auc.interval.low:.4f} to {auc.interval.high:.4f}), average precision {found.average_precision:.4f},"
        f" Brier {found.brier.value:.4f}, lift of the top tenth {found.lift.value:.2f}."
    )


@click.command(short_help="Revenue kept from one period to the next.")
@click.argument("file", type=_EXISTING, required=False)
@click.option("--mapping", type=_EXISTING, help="How the file is read. Default: a draft.")
@click.option("--currency", help="ISO 4217 code. Default: that of most orders.")
@click.option(
    "--period", type=click.Choice(["week", "month", "quarter", "year"]), default="month", show_default=True
)
@click.option(
    "--months-of",
    type=click.Choice(["gregorian", "jalali", "hijri"]),
    default="gregorian",
    show_default=True,
    help="By whose calendar.",
)
@click.option("--most", type=click.IntRange(1, 60), default=12, show_default=True, help="So many periods.")
@click.option(
    "--apart", type=click.IntRange(1, 60), default=1, show_default=True, help="12 months: a year before."
)
@reading_options
@place_options
@form_options
@pass_reading
@pass_asked
def retention(
    asked: Asked,
    reading: Reading,
    /,
    *,
    file: Path | None,
    mapping: Path | None,
    currency: str | None,
    period: Any,
    months_of: str,
    most: int,
    apart: int,
    form: Form,
) -> None:
    """Say what the customers of a period bring in the next: NRR, GRR, the bridge. Of a workspace, or a FILE of orders.

    \b
    safar value retention orders.csv --period quarter
    safar value retention --months-of jalali --apart 12
    """
    from safar.measure.revenue_retention import RevenueRetentionQuestion
    from safar.measure.revenue_retention import revenue_retention as kept

    with orders_of(asked, reading, file=file, mapping=mapping, currency=currency) as orders:
        answer = kept(
            orders.log,
            RevenueRetentionQuestion(
                period=period,
                most=most,
                apart=apart,
                currency=orders.currency,
                calendar=months_of,
                time_zone=orders.time_zone,
                earned_by=("referral",),
            ),
        )
    _write(form, answer.table, answer.notes)


@click.command(short_help="Service clocks, from a file of tickets.")
@_FILE
@click.option("--opened", required=True, metavar="COLUMN", help="When each was opened.")
@click.option("--resolved", metavar="COLUMN", help="When it was resolved.")
@click.option("--closed", metavar="COLUMN", help="When it was closed.")
@click.option("--first", metavar="COLUMN", help="When it was first answered.")
@click.option(
    "--id", "key", metavar="COLUMN", help="Whose row it is, where there is one a change: the last holds."
)
@click.option("--kept", metavar="COLUMN[=VALUE]", help="Whether the promise was kept, as the table says.")
@click.option("--reopened", metavar="COLUMN", help="How often it was opened again.")
@click.option("--by", metavar="COLUMN", help="Numbers for each of its values too.")
@click.option(
    "--hours", metavar="FROM-TO", help="When somebody is at work, such as 09:00-17:00. Default: always."
)
@click.option("--weekend", type=click.Choice(sorted(WEEKENDS)), default="none", show_default=True)
@click.option("--within", metavar="LENGTH", help="Resolution promised within, such as 8h.")
@reading_options
@form_options
@pass_reading
def service(
    reading: Reading,
    /,
    *,
    file: Path,
    opened: str,
    resolved: str | None,
    closed: str | None,
    first: str | None,
    key: str | None,
    kept: str | None,
    reopened: str | None,
    by: str | None,
    hours: str | None,
    weekend: str,
    within: str | None,
    form: Form,
) -> None:
    """Tell how fast tickets of FILE are dealt with: one row a ticket, or one a change. Lengths are in seconds.

    \b
    safar value service incidents.csv --id number --opened opened_at --resolved resolved_at --kept made_sla=true
    """
    import numpy as np

    from safar.measure.incidents import incidents, last_rows

    columns = _columns(file, reading, opened, resolved, closed, first, key, kept, reopened, by)
    rows = last_rows(columns.texts[key]) if key else np.arange(len(columns))

    def when(column: str | None) -> Any:
        return None if column is None else columns.instants(column)[rows]

    found = incidents(
        when(opened),
        first_response=when(first),
        resolved=when(resolved),
        closed=when(closed),
        promise_kept=None if kept is None else columns.flags(kept)[rows],
        times_reopened=None if reopened is None else np.nan_to_num(columns.numbers(reopened))[rows],
        groups=None if by is None else np.array(columns.texts[by])[rows],
        working=_working(hours, weekend, reading.time_zone or "UTC"),
        targets=_promised(within),
    )
    _write(form, found.table, found.notes)


def _columns(file: Path, reading: Reading, *wanted: str | None) -> Any:
    """Return the columns that are named, once each; of ``Churn=Yes`` that is Churn."""
    from .file_columns import FileColumns

    names = dict.fromkeys(name.partition("=")[0] for name in wanted if name)
    return FileColumns.of(file, list(names), reading)


def _working(hours: str | None, weekend: str, zone: str) -> WorkingTime | None:
    if hours is None and weekend == "none":
        return None
    begins, _, ends = (hours or "00:00-24:00").partition("-")
    return WorkingTime.usual(begins.strip(), ends.strip(), weekend=weekend, time_zone=zone)


def _promised(within: str | None) -> tuple[tuple[str, timedelta], ...]:
    return () if within is None else (("resolution", duration(within)),)


def _ends(found: Any) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if found is None else (found.value, found.interval.low, found.interval.high)


def _write(form: Form, table: Table, notes: tuple[Note, ...] = ()) -> None:
    write_rows(form, table.names, table.rows())
    for note in notes:
        say(sentence(note))
