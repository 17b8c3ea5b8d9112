"""`safar value recommend`: which items customers would be shown, of a workspace or straight from a file of orders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import numpy as np

from safar.doors.notebook.note_sentences import sentence

from .asked import Asked, pass_asked, place_options
from .file_columns import FileColumns
from .numbers import NUMBER
from .order_files import orders_of
from .output import Form, form_options, say, write_rows
from .progress import progress
from .reading import Reading, pass_reading, reading_options

if TYPE_CHECKING:
    from safar.act.recommend.evaluation import Evaluation
    from safar.act.recommend.interactions import Interactions
    from safar.act.recommend.recommender import Recommender
    from safar.act.recommend.rules import Rules

_EXISTING: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_MODELS: Final = ("popular", "also_bought", "item_cosine", "graph_filter", "ease")
#: Customers that a table on a terminal shows where none is named; CSV and JSON have all of them.
_SHOWN: Final = 5
_AT_A_TIME: Final = 200


@click.command(short_help="Items that customers would be shown, and why.")
@click.argument("file", type=_EXISTING, required=False)
@click.option("--mapping", type=_EXISTING, help="How the file is read. Default: a draft.")
@click.option(
    "--customer", metavar="COLUMN", help="Who; with --item, of a file that is read column by column."
)
@click.option("--item", metavar="COLUMN", help="What: one row for each item of each order.")
@click.option("--time", "at", metavar="COLUMN", help="When. Without it nothing can be judged or fade.")
@click.option(
    "--order", metavar="COLUMN", help="In which order. Default: the same customer at the same time."
)
@click.option("--for", "who", multiple=True, metavar="ID", help="For this customer alone. Repeatable.")
@click.option("--count", type=NUMBER, default=10, show_default=True, help="How many items.")
@click.option("--model", type=click.Choice(_MODELS), help="Default: the one that does best.")
@click.option("--again", is_flag=True, help="Items that a customer has had may come again.")
@click.option("--never", multiple=True, metavar="ITEM", help="Never this item. Repeatable.")
@click.option("--judge", is_flag=True, help="Only tell how well each model would have done.")
@reading_options
@place_options
@form_options
@pass_reading
@pass_asked
def recommend(
    asked: Asked,
    reading: Reading,
    /,
    *,
    file: Path | None,
    mapping: Path | None,
    customer: str | None,
    item: str | None,
    at: str | None,
    order: str | None,
    who: tuple[str, ...],
    count: float,
    model: Any,
    again: bool,
    never: tuple[str, ...],
    judge: bool,
    form: Form,
) -> None:
    """Say which items customers would be shown and why, of a workspace or of FILE.

    Models are judged by what customers took later, as far as times are known; the best one is used.

    \b
    safar value recommend retail.csv --customer CustomerID --item StockCode --time InvoiceDate --for 12583
    safar value recommend orders.csv --judge
    """
    from safar.act.recommend.recommender import fit
    from safar.act.recommend.rules import Rules

    if bool(customer) != bool(item):
        raise click.UsageError("Give both --customer and --item, or none of them.")
    rules = Rules(again=again, never=frozenset(never))
    if file is not None and customer and item:
        interactions = _of_columns(file, reading, customer, item, at, order)
    else:
        interactions = _of_orders(asked, reading, file, mapping)
    judged = _judged(interactions, rules, round(count))
    if judge:
        return _write_qualities(form, judged)
    chosen = model or (judged.chosen if judged else "item_cosine")
    if judged:
        found = judged.of(chosen)
        say(
            f"{chosen}: of what {judged.customers:,} customers took later, {found.recall.value:.1%}"
            f" ({found.recall.interval.low:.1%} to {found.recall.interval.high:.1%}) would have been shown."
        )
        for note in judged.notes:
            say(sentence(note))
    _write_lists(form, fit(interactions, chosen), list(who), round(count), rules)
    return None


def _of_columns(  # noqa: PLR0917 - the columns of a file
    file: Path, reading: Reading, customer: str, item: str, at: str | None, order: str | None
) -> Interactions:
    from safar.act.recommend.interactions import interactions_of

    from .file_columns import UNKNOWN

    columns = FileColumns.of(file, [each for each in (customer, item, at, order) if each], reading)
    whose, what = (np.array(columns.texts[each]) for each in (customer, item))
    when = columns.instants(at) if at else None
    orders = np.array(columns.texts[order]) if order else None
    kept = np.ones(len(whose), np.bool_) if when is None else when != UNKNOWN
    return interactions_of(
        whose[kept],
        what[kept],
        None if when is None else when[kept],
        basket=None if orders is None else orders[kept],
    )


def _of_orders(asked: Asked, reading: Reading, file: Path | None, mapping: Path | None) -> Interactions:
    from dataclasses import replace

    from safar.act.recommend.bought import bought

    with orders_of(asked, reading, file=file, mapping=mapping, currency=None) as orders:
        found = bought(orders.log).interactions
        return replace(found, customers=np.array(orders.log.ids_of(found.customers)))


def _judged(interactions: Interactions, rules: Rules, k: int) -> Evaluation | None:
    from safar.act.recommend.evaluation import evaluate
    from safar.act.recommend.interactions import InteractionsRefused

    try:
        with progress("Judging models"):
            return evaluate(interactions, k=k, rules=rules)
    except InteractionsRefused as refused:
        say(f"Models cannot be judged: {refused.message}")
        return None


def _write_qualities(form: Form, judged: Evaluation | None) -> None:
    heads = (
        "model",
        "is_chosen",
        "customers",
        "recall",
        "recall_low",
        "recall_high",
        "ndcg",
        "ndcg_low",
        "ndcg_high",
    )
    rows = [
        (
            each.model,
            judged is not None and each.model == judged.chosen,
            each.recall.n,
            each.recall.value,
            each.recall.interval.low,
            each.recall.interval.high,
            each.ndcg.value,
            each.ndcg.interval.low,
            each.ndcg.interval.high,
            each.hit_rate.value,
            each.coverage,
            each.novelty.value,
        )
        for each in (judged.qualities if judged else ())
    ]
    write_rows(form, (*heads, "hit_rate", "coverage", "novelty"), rows)


def _write_lists(form: Form, learnt: Recommender, who: list[str], k: int, rules: Rules) -> None:
    everybody = who or learnt.customers.tolist()
    shown = everybody[:_SHOWN] if form is Form.TABLE and not who else everybody

    def rows() -> Any:
        for start in range(0, len(shown), _AT_A_TIME):
            some = shown[start : start + _AT_A_TIME]
            for customer, items in zip(some, learnt.recommend(some, k, rules=rules), strict=True):
                for place, each in enumerate(items, 1):
                    title = learnt.titles.get(each.item, each.item)
                    yield customer, place, each.item, title, round(each.score, 6), each.because or ""

    write_rows(form, ("customer_id", "place", "item", "title", "score", "because_item"), rows())
    if len(shown) < len(everybody):
        say(f"… and {len(everybody) - len(shown):,} customers more; --csv has all of them.")
