"""How fast files become events in a log, and with how much memory; beside pandas and DuckDB reading the same file.

    python benchmarks/import_files.py --rows 1_000_000

Files are generated here. Each import runs in a process of its own, into a log of its own, and is durable when the clock
stops; its memory is the peak of that process, the libraries counted. The peers only read the CSV, parse its dates and
write Parquet: no ids, no rejects, no mapping. Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from safar.collect.importing import import_file
from safar.collect.mapping import Amount, Customer, EventRule, Mapping, Property
from safar.collect.mapping_file import load_mapping
from safar.store.foreign import parquet
from safar.store.log import Log

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "mappings"
START = np.datetime64("2025-01-01T00:00:00")
NAMES = ["home", "catalog", "product_view", "search", "add_to_cart", "checkout", "payment", "support_chat"]
PIECE = 100_000


def pieces(rows: int) -> Iterator[tuple[np.random.Generator, np.ndarray]]:
    """Yield a generator and the numbers of the next rows."""
    rng = np.random.default_rng(1405)
    for first in range(0, rows, PIECE):
        yield rng, np.arange(first, min(rows, first + PIECE))


def instants(rng: np.random.Generator, numbers: np.ndarray) -> np.ndarray:
    """Return instants that rise from row to row, to the second."""
    return START + (numbers * 30 + rng.integers(0, 30, len(numbers))).astype("timedelta64[s]")


def event_log(path: Path, rows: int) -> None:
    """Write who, what, when and four columns more; every instant is another."""
    with path.open("w") as file:
        file.write("customer_id,activity,timestamp,channel,page,amount,session\n")
        for rng, numbers in pieces(rows):
            at = np.datetime_as_string(instants(rng, numbers), unit="s")
            customers = rng.zipf(1.3, len(numbers)) % 200_000
            names, pages = rng.integers(0, len(NAMES), len(numbers)), rng.integers(0, 5_000, len(numbers))
            amounts, sessions = rng.integers(0, 1_000_000, len(numbers)) / 100, numbers // 7
            file.writelines(
                f"c{customer},{NAMES[name]},{when.replace('T', ' ')},web,/p/{page},{amount:.2f},s{session}\n"
                for customer, name, when, page, amount, session in zip(
                    customers, names, at, pages, amounts, sessions, strict=True
                )
            )


def orders(path: Path, rows: int) -> None:
    """Write an order a row with four instants, two of them missing on some rows."""
    with path.open("w") as file:
        file.write(
            "order_id,customer_id,placed_at,shipped_at,promised_at,delivered_at,returned_at,total,currency\n"
        )
        for rng, numbers in pieces(rows):
            at = instants(rng, numbers)
            days = [at + np.timedelta64(more, "h") for more in (20, 72, 80, 200)]
            texts = [np.datetime_as_string(each, unit="s") for each in (at, *days)]
            totals, returned = rng.integers(100, 100_000, len(numbers)) / 100, rng.random(len(numbers)) < 0.06
            customers = rng.integers(0, 150_000, len(numbers))
            for number, customer, total, back, *when in zip(
                numbers, customers, totals, returned, *texts, strict=True
            ):
                last = when[4] if back else ""
                file.write(
                    f"o{number},c{customer},{when[0]},{when[1]},{when[2]},{when[3]},{last},{total:.2f},USD\n"
                )


def lines(path: Path, rows: int) -> None:
    """Write lines of invoices in the columns of Online Retail, twenty an invoice, some without a customer."""
    with path.open("w") as file:
        file.write("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n")
        for rng, numbers in pieces(rows):
            at = np.datetime_as_string(START + (numbers // 20 * 600).astype("timedelta64[s]"), unit="s")
            skus, quantities = rng.integers(0, 4_000, len(numbers)), rng.integers(1, 40, len(numbers))
            prices = rng.integers(5, 2_000, len(numbers)) / 100
            for number, when, sku, quantity, price in zip(numbers, at, skus, quantities, prices, strict=True):
                invoice = 500_000 + number // 20
                customer = "" if invoice % 4 == 0 else 12_000 + invoice % 5_000
                file.write(
                    f'{invoice},{sku},"ITEM {sku}, SET OF 6",{quantity},{when.replace("T", " ")},{price:.2f},'
                    f"{customer},United Kingdom\n"
                )


def calls(path: Path, rows: int) -> None:
    """Write Segment calls as JSON lines."""
    with path.open("w") as file:
        for rng, numbers in pieces(rows):
            at = np.datetime_as_string(instants(rng, numbers), unit="ms")
            customers, names = (
                rng.integers(0, 200_000, len(numbers)),
                rng.integers(0, len(NAMES), len(numbers)),
            )
            file.writelines(
                f'{{"type":"track","userId":"u{customer}","event":"{NAMES[name]}","timestamp":"{when}Z",'
                f'"messageId":"ajs-next-{number:032d}",'
                f'"properties":{{"sku":"s{number % 5000}","position":{number % 9}}},'
                '"context":{"locale":"fa-IR","page":{"url":"https://example.com/p","path":"/p"},"ip":"203.0.113.7"}}\n'
                for number, customer, name, when in zip(numbers, customers, names, at, strict=True)
            )


EVENT_LOG = Mapping(
    name="event_log",
    currency="USD",
    channel="{channel}",
    customer=Customer(id="customer_id"),
    event=[
        EventRule(
            name="{activity}",
            at="timestamp",
            amount=Amount(column="amount"),
            properties={"page": "page", "session": Property(column="session", type="text")},
        )
    ],
)

KINDS: dict[str, tuple[Callable[[Path, int], None], str, Mapping | str]] = {
    "event log, CSV": (event_log, "events.csv", EVENT_LOG),
    "orders of four instants, CSV": (orders, "orders.csv", "orders"),
    "lines of invoices, CSV": (lines, "lines.csv", "online_retail"),
    "Segment calls, JSON lines": (calls, "calls.jsonl", "segment"),
}


def importing(folder: Path, file: str, mapping: Mapping | str) -> dict[str, object]:
    """Import one file into a new log."""
    chosen = load_mapping(EXAMPLES / f"{mapping}.toml") if isinstance(mapping, str) else mapping
    with Log.create(folder / f"log of {file}") as log, log.writer() as writer:
        start, worked = time.perf_counter(), time.process_time()
        report = import_file(folder / file, chosen, writer, folder=folder / "imports", foreign=parquet)
        seconds, worked = time.perf_counter() - start, time.process_time() - worked
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(worked, 2),
        "rows_per_second": round(report.rows / seconds),
        "events_per_second": round(report.events / seconds),
        "rows": report.rows,
        "events": report.events,
        "rejected": report.rows_rejected,
        "file_MiB": round((folder / file).stat().st_size / 2**20, 1),
    }


def with_pandas(folder: Path) -> dict[str, object]:
    """Read, parse dates and write Parquet with pandas."""
    import pandas  # its memory is its own

    start = time.perf_counter()
    table = pandas.read_csv(folder / "events.csv", parse_dates=["timestamp"])
    table.to_parquet(folder / "pandas.parquet")
    return {"seconds": round(time.perf_counter() - start, 2), "rows": len(table)}


def with_duckdb(folder: Path) -> dict[str, object]:
    """Read, parse dates and write Parquet with DuckDB."""
    import duckdb  # its memory is its own

    start = time.perf_counter()
    query = (
        f"copy (from read_csv('{folder / 'events.csv'}')) to '{folder / 'duckdb.parquet'}' (format parquet)"
    )
    duckdb.connect().execute(query)
    return {"seconds": round(time.perf_counter() - start, 2)}


def measured(work: Callable[..., dict[str, object]], *arguments: object) -> dict[str, object]:
    """Run in a process of its own and add the peak of its memory."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_with_memory, (work, arguments))


def _with_memory(work: Callable[..., dict[str, object]], arguments: tuple[object, ...]) -> dict[str, object]:
    found = work(*arguments)
    return found | {"peak_MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def main() -> None:
    """Run and print one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    try:
        found: dict[str, object] = {
            "python": platform.python_version(),
            "processors": multiprocessing.cpu_count(),
        }
        for name, (write, file, mapping) in KINDS.items():
            write(folder / file, options.rows)
            found[name] = measured(importing, folder, file, mapping)
        found["pandas, event log to Parquet"] = measured(with_pandas, folder)
        found["DuckDB, event log to Parquet"] = measured(with_duckdb, folder)
        print(json.dumps(found, indent=1))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
