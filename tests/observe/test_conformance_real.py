"""Conformance of real shops: every count is the one of a separate computation by pandas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from designs import main_line
from real_paths import real_paths
from safar.collect.importing import import_file
from safar.collect.shipped import shipped_mapping
from safar.observe.conformance import ConformanceAnswer, ConformanceQuestion, conformance
from safar.observe.journey import Journey
from safar.store.log import Log

pytestmark = pytest.mark.data

FUNNEL = (
    "home",
    "catalog",
    "product_view",
    "add_to_cart",
    "cart",
    "shipping_details",
    "payment_details",
    "purchase",
)
SHOP = Journey(
    main_line(*FUNNEL).steps,
    (*main_line(*FUNNEL).moves, ("catalog", "home"), ("product_view", "catalog"), ("home", "product_view")),
)
ORDERS = Journey(main_line("order_placed", "order_returned").steps, (("order_placed", "order_returned"),))


def by_pandas(events: pd.DataFrame, journey: Journey, pause: timedelta | None) -> dict[str, object]:
    """The same of a table of customer, name and time, by shifting columns against each other."""
    steps = [rule.name for rule in journey.steps]
    mapped = events[events["name"].isin(steps)].sort_values(["customer", "time"], kind="stable")
    before = mapped.groupby("customer").shift()
    gap = mapped["time"] - before["time"]
    begins = before["name"].isna() | (gap > pause if pause else False)
    mapped = mapped.assign(passage=begins.cumsum(), begins=begins, source=before["name"], gap=gap)
    is_last = mapped["begins"].shift(-1, fill_value=True)
    open_ = is_last & (events["time"].max() - mapped["time"] <= pause) if pause else is_last & False
    moved = mapped[~mapped["begins"] & (mapped["name"] != mapped["source"])]
    pairs = moved.groupby(["source", "name"])
    off = {
        pair: count
        for pair, count in pairs.size().items()
        if pair not in journey.moves and steps.index(pair[1]) < steps.index(pair[0])
    }
    visits = mapped[mapped["begins"] | (mapped["name"] != mapped["source"])]
    seen = visits.groupby(["passage", "name"]).cumcount()
    return {
        "passages": int(begins.sum()),
        "customers": mapped["customer"].nunique(),
        "events": mapped.groupby("name").size().to_dict(),
        "at": mapped.groupby("name")["customer"].nunique().to_dict(),
        "began": mapped[begins].groupby("name").size().to_dict(),
        "ended": mapped[is_last & ~open_].groupby("name").size().to_dict(),
        "open": mapped[open_].groupby("name").size().to_dict(),
        "again": visits[seen > 0].groupby("name")["customer"].nunique().to_dict(),
        "moves": pairs.size().to_dict(),
        "movers": pairs["customer"].nunique().to_dict(),
        "median": {pair: gap.to_pytimedelta() for pair, gap in pairs["gap"].median().items()},
        "fitness": round(1 - sum(off.values()) / len(moved), 12),
    }


def told(answer: ConformanceAnswer) -> dict[str, object]:
    def of_steps(name: str) -> dict[str, int]:
        return {step.step: getattr(step, name) for step in answer.steps if getattr(step, name)}

    moves = {(move.source, move.target): move for move in answer.moves if move.kind != "stay"}
    return {
        "passages": answer.passages,
        "customers": answer.customers,
        "events": of_steps("events"),
        "at": of_steps("customers"),
        "began": of_steps("began"),
        "ended": of_steps("ended"),
        "open": of_steps("open"),
        "again": of_steps("again"),
        "moves": {pair: move.count for pair, move in moves.items()},
        "movers": {pair: move.customers for pair, move in moves.items()},
        "median": {pair: move.median_gap for pair, move in moves.items()},
        "fitness": round(answer.fitness.value, 12),
    }


@pytest.fixture(scope="module")
def shop(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Log, pd.DataFrame]]:
    read = pd.read_csv(shared_data / "ecom" / "ecom.csv.gz", parse_dates=["timestamp"])
    table = pd.DataFrame({"customer": read["user_id"], "name": read["event"], "time": read["timestamp"]})
    with real_paths("ecom_users", shared_data, tmp_path_factory.mktemp("ecom")) as log:
        yield log, table


@pytest.mark.parametrize("pause", [None, timedelta(minutes=30), timedelta(days=7)])
def test_a_shop_by_user(shop: tuple[Log, pd.DataFrame], pause: timedelta | None) -> None:
    log, table = shop
    answer = conformance(log, ConformanceQuestion(SHOP, pause=pause))
    assert told(answer) == by_pandas(table, SHOP, pause)
    # home > product_view is designed, so is home > catalog: the shortest way to the cart has one step between
    skips = {(move.source, move.target): move.skipped for move in answer.moves if move.kind == "skip"}
    assert skips["home", "cart"] == ("product_view", "add_to_cart")
    assert skips["catalog", "add_to_cart"] == ("product_view",)


def test_invoices_of_a_wholesaler(shared_data: Path, tmp_path: Path) -> None:
    file = shared_data / "online_retail" / "online_retail_2010_2011.csv.gz"
    mapping = shipped_mapping("online_retail")
    assert mapping is not None
    with Log.create(tmp_path / "log", shard_count=4) as log:
        with log.writer() as writer:
            import_file(file, mapping, writer, folder=tmp_path / "imports")
        log.compact()
        answers = [
            conformance(log, ConformanceQuestion(ORDERS, pause=pause)) for pause in (None, timedelta(days=90))
        ]
    lines = pd.read_csv(file, dtype={"CustomerID": "Int64", "InvoiceNo": str}, parse_dates=["InvoiceDate"])
    lines = lines[lines["CustomerID"].notna() & (lines["UnitPrice"] > 0)]
    is_back = lines["InvoiceNo"].str.startswith("C")
    lines = lines[is_back == (lines["Quantity"] < 0)]
    # The importer takes lines of one invoice for one event where they stand together; one invoice is interrupted.
    together = (lines["InvoiceNo"] != lines["InvoiceNo"].shift()).cumsum()
    first = lines.groupby(together.to_numpy()).first()
    table = pd.DataFrame(
        {
            "customer": first["CustomerID"],
            "name": first["InvoiceNo"]
            .str.startswith("C")
            .map({True: "order_returned", False: "order_placed"}),
            "time": first["InvoiceDate"].dt.tz_localize("Europe/London").dt.tz_convert("UTC"),
        }
    )
    for answer, pause in zip(answers, (None, timedelta(days=90)), strict=True):
        assert told(answer) == by_pandas(table, ORDERS, pause)
