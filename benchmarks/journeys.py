"""Questions about lived journeys, asked of Safar and of its peers, on generated logs of a million events and more.

    python benchmarks/journeys.py                               # a million events, all peers
    python benchmarks/journeys.py --events 1e7 1e8              # DuckDB, Polars, chDB; and how cost grows
    python benchmarks/journeys.py --events 1e8 --questions flow funnel --engines duckdb

Each question is answered by a process of its own: Safar's first with the files out of the page cache (cold), then again
(first answer after a start, then warm); a peer's with its data in memory before the clock starts. All answers must be
equal, or the table says so and the program ends with an error. Logs are kept under build/journeys: a hundred million
events take some 20 GB there. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src")]

from peers.journeys_log import Made, made
from peers.journeys_questions import NOT_ASKED, WHAT, equal

from safar.store.log import Log

ENGINES = ("duckdb", "polars", "chdb")
#: What is too slow or too large beyond a million events.
SMALL_ENGINES = ("pandas", "pm4py", "retentioneering")
SMALL = 1_000_000
#: Retentioneering's gaps are whole seconds; the others round halves of a microsecond in their own way.
MEDIANS_WITHIN_US = {"retentioneering": 1_000_000}
#: Of which it is told how near they come to reading memory, and the bytes of a row that they need.
ROW_BYTES = {"flow": 9, "funnel": 9, "retention": 8}
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": f"{HERE.parent / 'src'}{os.pathsep}{HERE}",
    "RETENTIONEERING_NO_TRACK": "1",
}


@dataclass
class Measured:
    """One question on one log: what Safar needs, and each peer."""

    question: str
    #: Empty where there is no answer.
    safar: dict[str, Any]
    peers: dict[str, dict[str, Any] | str] = field(default_factory=dict)

    def ratio(self, engine: str, what: str) -> float:
        found = self.peers[engine]
        return found[what] / self.safar[what] if isinstance(found, dict) else float("nan")


def main() -> None:
    """Measure, print tables, keep the numbers beside the logs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=float, nargs="+", default=[1e6])
    parser.add_argument("--questions", nargs="+", choices=WHAT, default=list(WHAT))
    parser.add_argument("--engines", nargs="*", choices=(*ENGINES, *SMALL_ENGINES))
    parser.add_argument(
        "--peer-seconds", type=float, default=900, help="a peer that takes longer has no answer"
    )
    options = parser.parse_args()
    print(f"{machine()}\n", flush=True)
    memory = json.loads(answered("memory", [], 300)[0])
    every: dict[int, list[Measured]] = {}
    for events in map(int, options.events):
        found = made(events)
        engines = options.engines
        if engines is None:
            engines = [*ENGINES, *(SMALL_ENGINES if events <= SMALL else ())]
        print(f"## {events:,} events\n\n{facts(found)}\n", flush=True)
        every[events] = []
        for question in options.questions:
            every[events].append(measured(found, question, engines, options.peer_seconds))
            kept = json.dumps([vars(each) for each in every[events]], indent=1)
            (found.folder / "measured.json").write_text(kept)
        print(table(every[events], engines), flush=True)
        print(remarks(found, every[events], memory), flush=True)
    if len(every) > 1:
        print(growth(every), flush=True)
    wrong = [
        f"{each.question} on {events:,} events: no answer"
        for events, rows in every.items()
        for each in rows
        if not each.safar
    ] + [
        f"{each.question} on {events:,} events: {engine}"
        for events, rows in every.items()
        for each in rows
        for engine, answer in each.peers.items()
        if isinstance(answer, dict) and not answer["equal"]
    ]
    if wrong:
        raise SystemExit("Answers differ, or there is none:\n" + "\n".join(wrong))


def machine() -> str:
    """Return what the numbers are measured on."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return f"{os.cpu_count()} cores of {model}, {platform.system()}, Python {platform.python_version()}; load {load}"


def facts(found: Made) -> str:
    """Return what the log holds and how large it is."""
    with Log.open(found.log) as log:
        info, paths = log.info(), log.paths()
        customers = sum(len(shard.first) for shard in paths.shards)
    return (
        f"{info.events:,} events of {customers:,} customers; {info.shards} shards; per event "
        f"{info.parquet_bytes / info.events:.1f} bytes of Parquet and {info.index_bytes / info.events:.1f} of "
        f"index and ids; the peers' file {found.parquet.stat().st_size / info.events:.1f}"
    )


def measured(found: Made, question: str, engines: Sequence[str], peer_seconds: float) -> Measured:
    """Ask Safar and the peers one question."""
    print(f"- {WHAT[question]}", end="", flush=True)
    for column in found.log.glob("parts/*.column"):
        column.unlink()
    # What is made once is made now: compiled code; properties, taken out of the JSON when they are first asked for.
    prepared = asked("safar", found.events, question, 3600)
    leave_page_cache(found.log)
    cold = asked("safar", found.events, question, 3600)
    warm = asked("safar", found.events, question, 3600)
    if not (isinstance(prepared, dict) and isinstance(cold, dict) and isinstance(warm, dict)):
        print(f": {warm}", flush=True)
        return Measured(question, {}, dict.fromkeys(engines, "not asked"))
    answer = warm.pop("answer")
    once = {"made_once": prepared["first_wall"], "cold": cold["first"], "cold_read": cold["read"]}
    row = Measured(question, warm | once)
    for engine in engines:
        theirs = asked(engine, found.events, question, peer_seconds)
        if isinstance(theirs, dict):
            within = MEDIANS_WITHIN_US.get(engine, 2)
            theirs["equal"] = equal(question, answer, theirs.pop("answer"), within_us=within)
        row.peers[engine] = theirs
        print(f" · {engine}", end="", flush=True)
    print(flush=True)
    return row


def asked(engine: str, events: int, question: str, seconds: float) -> dict[str, Any] | str:
    """Return what a worker measured, or why there is no answer; ``first`` is from its start to its first answer."""
    try:
        text, started_at = answered(engine, [str(events), question], seconds)
    except subprocess.TimeoutExpired:
        return f"> {seconds:,.0f} s"
    except subprocess.CalledProcessError as error:
        if error.returncode == NOT_ASKED:
            return "–"
        print(f"\n{engine}: {error.stderr[-2000:]}", file=sys.stderr)
        return "killed" if error.returncode < 0 else "failed"
    found = dict(json.loads(text.splitlines()[-1]))
    return found | {"first": found["first_at"] - started_at}


def answered(module: str, words: Sequence[str], seconds: float) -> tuple[str, float]:
    """Run a worker; return what it printed, and when it was started."""
    started_at = time.time()
    command = [sys.executable, "-W", "ignore", "-m", f"peers.journeys_{module}", *words]
    done = subprocess.run(
        command, env=ENVIRONMENT, cwd=HERE, check=True, capture_output=True, text=True, timeout=seconds
    )
    return done.stdout, started_at


def leave_page_cache(folder: Path) -> None:
    """Have the operating system forget the files of a folder, so that the next reader goes to the disk."""
    os.sync()
    for path in folder.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


def table(rows: Sequence[Measured], engines: Sequence[str]) -> str:
    """Return Safar's times and the peers' beside them, as Markdown."""
    heads = ["question", "Safar warm", "CPU", "first", "cold", "read cold", "memory", *engines, "best peer"]
    lines = [heads, ["---"] * len(heads)]
    for row in rows:
        own = row.safar
        if not own:
            lines.append([WHAT[row.question], "no answer", *[""] * (len(heads) - 2)])
            continue
        answers = [engine for engine in engines if isinstance(row.peers[engine], dict)]
        best = min(answers, key=lambda engine: row.ratio(engine, "wall"), default=None)
        cells = [WHAT[row.question], *(f"{own[key]:.3f} s" for key in ("wall", "cpu", "first", "cold"))]
        cells += [f"{own['cold_read'] / 1e6:,.0f} MB", f"{own['memory'] / 2**20:,.0f} MiB"]
        cells += [_peer(row, engine) for engine in engines]
        least_cpu = min((row.ratio(engine, "cpu") for engine in answers), default=float("nan"))
        cells.append(f"{best} ×{row.ratio(best, 'wall'):.1f}, CPU ×{least_cpu:.1f}" if best else "–")
        lines.append(cells)
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _peer(row: Measured, engine: str) -> str:
    found = row.peers[engine]
    if isinstance(found, str):
        return found
    differs = "" if found["equal"] else " **differs**"
    return f"{found['wall']:.3f} s (×{row.ratio(engine, 'wall'):.1f}), CPU {found['cpu']:.3f}{differs}"


def remarks(found: Made, rows: Sequence[Measured], memory: dict[str, float]) -> str:
    """Return how near questions come to reading their rows once from memory, and what is made once."""
    speeds = ", ".join(
        f"{name.replace('_', ' on ')}: {speed / 1e9:.1f} GB/s" for name, speed in memory.items()
    )
    lines = [f"Memory, threads: {speeds}."]
    for row in filter(lambda row: row.safar, rows):
        if row.question.startswith("ruled"):
            lines.append(
                f"{WHAT[row.question]}: {row.safar['made_once']:.1f} s when first asked on this log."
            )
        if row.question in ROW_BYTES:
            least = found.events * ROW_BYTES[row.question] / memory["read_2"]
            lines.append(
                f"{WHAT[row.question]}: {ROW_BYTES[row.question]} bytes an event read once by two threads take "
                f"{least:.4f} s, {least / row.safar['wall']:.0%} of what the answer took."
            )
    return "\n".join(lines) + "\n"


def growth(every: dict[int, list[Measured]]) -> str:
    """Return Safar's time an event on each log."""
    heads = ["nanoseconds an event, warm", *(f"{events:,}" for events in every)]
    lines = [heads, ["---"] * len(heads)]
    for rows in zip(*every.values(), strict=True):
        times = [
            f"{row.safar['wall'] / events * 1e9:.2f}" if row.safar else "–"
            for row, events in zip(rows, every, strict=True)
        ]
        lines.append([WHAT[rows[0].question], *times])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


if __name__ == "__main__":
    main()
