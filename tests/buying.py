"""Purchases for tests: the CDNOW sample, and customers simulated by a model with known parameters."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow.csv import ConvertOptions, read_csv

from safar.measure.purchases import Purchases, purchases_of

#: The first day after the 39 weeks that models of CDNOW are fitted on, and the last day of the data.
CDNOW_AT = date(1997, 10, 1)
CDNOW_UNTIL = date(1998, 7, 1)

Histories = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def cdnow_weeks(shared_data: Path) -> Histories:
    """Return frequency, recency and age in weeks of the 2,357 customers, with the two decimals of the literature."""
    with gzip.open(shared_data / "cdnow" / "cdnow_customers_summary.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    x, recent, old = (np.array([float(row[name]) for row in rows]) for name in ("frequency", "recency", "T"))
    return x, recent, old


def cdnow(shared_data: Path) -> Purchases:
    """Return all purchases of the same customers."""
    with gzip.open(shared_data / "cdnow" / "CDNOW_sample.txt.gz", "rt") as file:
        rows = [line.split() for line in file]
    return purchases_of(
        [row[1] for row in rows],
        [f"{row[2][:4]}-{row[2][4:6]}-{row[2][6:]}" for row in rows],
        [float(row[4]) for row in rows],
        until=CDNOW_UNTIL,
        currency="USD",
    )


@cache
def online_retail(shared_data: Path) -> pa.Table:
    """Return the lines of orders of customers in Online Retail: no cancellations, no gifts. ``paid``: amount."""
    with gzip.open(shared_data / "online_retail" / "online_retail_2010_2011.csv.gz") as file:
        table = read_csv(
            file,
            convert_options=ConvertOptions(
                include_columns=[
                    "InvoiceNo",
                    "StockCode",
                    "Quantity",
                    "InvoiceDate",
                    "UnitPrice",
                    "CustomerID",
                ],
                column_types={"InvoiceNo": pa.string(), "StockCode": pa.string(), "CustomerID": pa.string()},
                strings_can_be_null=True,
            ),
        )
    bought = pc.and_(pc.greater(table["Quantity"], 0), pc.greater(table["UnitPrice"], 0))
    known = pc.and_(pc.is_valid(table["CustomerID"]), pc.invert(pc.starts_with(table["InvoiceNo"], "C")))
    kept = table.filter(pc.and_(bought, known))
    return kept.append_column("paid", pc.multiply(kept["Quantity"].cast(pa.float64()), kept["UnitPrice"]))


def in_cents(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values rounded to cents, halves up, as the published summary of CDNOW has them."""
    return np.floor(values * 100 + 0.5 + 1e-6) / 100


def bgnbd_customers(
    count: int, parameters: tuple[float, float, float, float], rng: np.random.Generator, *, coins: int = 0
) -> Histories:
    """Return histories of customers who buy and leave by BG/NBD (MBG/NBD with ``coins`` 1), of ages up to 52."""
    r, alpha, a, b = parameters
    rate, leaves, old = rng.gamma(r, 1 / alpha, count), rng.beta(a, b, count), rng.uniform(13, 52, count)
    x, recent, now = np.zeros(count), np.zeros(count), np.zeros(count)
    alive = rng.random(count) >= leaves if coins else np.ones(count, bool)
    while alive.any():
        now = now + rng.standard_exponential(count) / np.maximum(rate, 1e-12)
        buys = alive & (now <= old)
        x, recent = x + buys, np.where(buys, now, recent)
        alive = buys & (rng.random(count) >= leaves)
    return x, recent, old


def pareto_customers(
    count: int, parameters: tuple[float, float, float, float], rng: np.random.Generator
) -> Histories:
    """Return histories of customers who buy and leave by Pareto/NBD, of ages up to 52."""
    r, alpha, s, beta = parameters
    rate, old = rng.gamma(r, 1 / alpha, count), rng.uniform(13, 52, count)
    until = np.minimum(rng.standard_exponential(count) / rng.gamma(s, 1 / beta, count), old)
    x, recent, now = np.zeros(count), np.zeros(count), np.zeros(count)
    buys = np.ones(count, bool)
    while buys.any():
        now = now + rng.standard_exponential(count) / np.maximum(rate, 1e-12)
        buys = now <= until
        x, recent = x + buys, np.where(buys, now, recent)
    return x, recent, old
