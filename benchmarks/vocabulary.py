"""How fast days are grouped, texts are folded and dates, numbers and telephone numbers are read, beside the peers.

    python benchmarks/vocabulary.py --instants 10_000_000

The peers are the libraries one would reach for: they convert one value at a time, so they are run on fewer values and
rates are compared. One process, one core; nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import time
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import hijridate
import jdatetime
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from safar.show.locale import Locale
from safar.vocabulary.calendar import CALENDARS, GREGORIAN, HIJRI, JALALI
from safar.vocabulary.dates import DateFormat
from safar.vocabulary.digits import PERSIAN_DIGITS, parse_number
from safar.vocabulary.phone import e164
from safar.vocabulary.text import fold

ZONE = "Asia/Tehran"
FEW = 100_000
PERSIAN = str.maketrans("0123456789.,", PERSIAN_DIGITS + "٫٬")
COMMENT = "ارسال خیلي دير بود و بسته‌بندي هم خراب شده بود، ناراضي‌ام. سفارش "


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Return the shortest of a few runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def beside(ours: float, peer: float) -> dict[str, float]:
    """Return two rates per second and their ratio."""
    return {
        "per_second": round(ours),
        "peer_per_second": round(peer),
        "times_the_peer": round(ours / peer, 1),
    }


def grouping(instants: NDArray[np.int64]) -> dict[str, Any]:
    """Measure instants to periods: ours over the column, the libraries one by one, pandas over the column."""
    zone = ZoneInfo(ZONE)
    few = (instants[:FEW] // 1_000_000).tolist()

    def jalali_months() -> list[tuple[int, int]]:
        dates = (
            jdatetime.date.fromgregorian(date=dt.datetime.fromtimestamp(each, zone).date()) for each in few
        )
        return [(each.year, each.month) for each in dates]

    def hijri_months() -> list[tuple[int, int]]:
        days = (dt.datetime.fromtimestamp(each, zone).date() for each in few)
        dates = (hijridate.Gregorian(each.year, each.month, each.day).to_hijri() for each in days)
        return [(each.year, each.month) for each in dates]

    def gregorian_months() -> object:
        return pd.to_datetime(instants, unit="us", utc=True).tz_convert(ZONE).tz_localize(None).to_period("M")

    count = len(instants)
    found: dict[str, Any] = {
        f"{name}_{period}_seconds": round(seconds(lambda: of.period_of(instants, period, ZONE)), 3)  # noqa: B023 - called at once
        for name, of in CALENDARS.items()
        for period in ("day", "week", "month", "year")
    }
    peers = {
        "jalali_month_beside_jdatetime": (JALALI, FEW / seconds(jalali_months, 1)),
        "hijri_month_beside_hijridate": (HIJRI, FEW / seconds(hijri_months, 1)),
        "gregorian_month_beside_pandas": (GREGORIAN, count / seconds(gregorian_months, 2)),
    }
    for name, (of, peer) in peers.items():
        found[name] = beside(count / seconds(lambda: of.period_of(instants, "month", ZONE)), peer)  # noqa: B023 - called at once
    return found


def reading(instants: NDArray[np.int64]) -> dict[str, Any]:
    """Measure texts to instants, numbers and telephone numbers."""
    moments = [dt.datetime.fromtimestamp(int(each) // 1_000_000, dt.UTC) for each in instants[:FEW]]
    jalali = [
        "{:04}/{:02}/{:02}".format(*JALALI.date(int(each) // 86_400_000_000)) for each in instants[:FEW]
    ]
    slashed = [each.strftime("%d/%m/%Y %H:%M") for each in moments]
    columns: dict[str, tuple[DateFormat, Sequence[str]]] = {
        "iso": (DateFormat("ymd"), [each.strftime("%Y-%m-%d %H:%M:%S") for each in moments]),
        "day_first_in_tehran": (DateFormat("dmy", time_zone=ZONE), slashed),
        "jalali_in_persian_digits": (
            DateFormat("ymd", "jalali", ZONE),
            [each.translate(PERSIAN) for each in jalali],
        ),
        "epoch_seconds": (DateFormat("epoch_s"), [str(int(each.timestamp())) for each in moments]),
    }
    found: dict[str, Any] = {
        f"dates_{name}_per_second": round(FEW / seconds(lambda: form.instants(texts)))  # noqa: B023 - called at once
        for name, (form, texts) in columns.items()
    }
    form, texts = columns["day_first_in_tehran"]
    peer = FEW / seconds(lambda: [dt.datetime.strptime(text, "%d/%m/%Y %H:%M") for text in texts], 1)  # noqa: DTZ007 - as the peer reads
    found["day_first_beside_strptime"] = beside(FEW / seconds(lambda: form.instants(texts)), peer)
    plain = [f"{number / 100:.2f}" for number in range(FEW)]
    persian = [f"{number / 100:,.2f}".translate(PERSIAN) for number in range(FEW)]
    found["numbers_plain_per_second"] = round(
        FEW / seconds(lambda: [parse_number(t, decimal=".") for t in plain])
    )
    found["numbers_persian_per_second"] = round(FEW / seconds(lambda: [parse_number(t) for t in persian]))
    comments = [COMMENT + str(number) for number in range(FEW)]
    found["fold_persian_comments_per_second"] = round(
        FEW / seconds(lambda: [fold(text) for text in comments])
    )
    numbers = [f"0912{number:07d}" for number in range(10_000)]
    found["phones_per_second"] = round(10_000 / seconds(lambda: [e164(text) for text in numbers], 1))
    return found


def showing() -> dict[str, Any]:
    """Measure numbers and days to words."""
    locale = Locale("fa")
    return {
        "numbers_shown_per_second": round(
            FEW / seconds(lambda: [locale.number(n * 1.25) for n in range(FEW)])
        ),
        "days_shown_per_second": round(
            FEW / seconds(lambda: [locale.date(15_000 + n % 2_000) for n in range(FEW)])
        ),
    }


def main() -> None:
    """Run and print one JSON object."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--instants", type=int, default=10_000_000)
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    instants = rng.integers(1_577_836_800, 1_787_000_000, options.instants) * 1_000_000  # 2020 to 2026
    found = {
        "python": platform.python_version(),
        "instants": options.instants,
        "grouping": grouping(instants),
        "reading": reading(instants),
        "showing": showing(),
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
