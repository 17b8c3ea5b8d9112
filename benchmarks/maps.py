"""Opening a map of twelve steps: Safar, and the same counts by DuckDB and conformance by PM4Py.

    python benchmarks/maps.py                           # a million events, both peers
    python benchmarks/maps.py --events 1e7 --engines duckdb
    python benchmarks/maps.py --events 1e7 --lanes      # answers, promises, voices and money on all steps; Safar alone

Safar is asked three times: compiled code is made by the first process; the second finds its files out of the page cache
(cold) and goes on (warm: the least of up to nine); in it, at last, the same question finds its answer kept, for nothing
has changed. Moves, customers and fitness of DuckDB must be equal, or the program ends with an error. Those of PM4Py are
other numbers (docs/concepts/conformance.md says which), shown beside ours. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from typing import Any

from journeys import ENVIRONMENT, HERE, facts, leave_page_cache, machine
from peers.journeys_log import Made, made

#: What is too slow beyond a million events.
SMALL = 1_000_000


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=float, nargs="+", default=[1e6])
    parser.add_argument("--engines", nargs="*", choices=("duckdb", "pm4py"))
    parser.add_argument(
        "--peer-seconds", type=float, default=900, help="a peer that takes longer has no answer"
    )
    parser.add_argument("--lanes", action="store_true", help="bind all lanes, over a log that has them")
    options = parser.parse_args()
    print(f"{machine()}\n", flush=True)
    differ = []
    for events in map(int, options.events):
        found = made(events, with_lanes=options.lanes)
        print(f"## {events:,} events\n\n{facts(found)}\n", flush=True)
        own = safar(found, "lanes" if options.lanes else "safar")
        peers = {}
        usual = ["duckdb", *(["pm4py"] if events <= SMALL else [])]
        for engine in [] if options.lanes else options.engines or usual:
            peers[engine] = asked(engine, found, options.peer_seconds)
        print(table(own, peers), flush=True)
        differ += [engine for engine, theirs in peers.items() if not agree(own, theirs)]
    if differ:
        raise SystemExit(f"Answers differ: {', '.join(differ)}.")


def safar(found: Made, engine: str) -> dict[str, Any]:
    """Ask Safar with everything made that is made once, its files out of the page cache."""
    asked(engine, found, 3600)
    leave_page_cache(found.log)
    own = asked(engine, found, 3600)
    assert own is not None
    return own


def asked(engine: str, found: Made, seconds: float) -> dict[str, Any] | None:
    """Return what a process of an engine prints; None where it takes too long or fails."""
    command = [sys.executable, "-W", "ignore", "-m", "peers.maps_asked", engine, str(found.events)]
    try:
        done = subprocess.run(
            command, env=ENVIRONMENT, cwd=HERE, check=True, capture_output=True, text=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return None
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def table(own: dict[str, Any], peers: dict[str, dict[str, Any] | None]) -> str:
    """Return times as Markdown, each beside how many times as long as Safar's conformance it took."""
    base = own["questions"]["conformance"]["wall"]
    lines = [["engine", "question", "first", "again", "CPU", "times", "fitness", "memory"], ["---"] * 8]
    for engine, answer in {"safar": own, **peers}.items():
        if answer is None:
            lines.append([engine, "no answer in time", *[""] * 6])
            continue
        for question, found in answer["questions"].items():
            fitness = (found["told"] or {}).get("fitness")
            lines.append(
                [
                    engine,
                    question,
                    f"{found['first']:.3f} s",
                    f"{found['wall']:.4f} s",
                    f"{found['cpu']:.4f} s",
                    f"{found['wall'] / base:.1f}",
                    "" if fitness is None else f"{fitness:.4f}",
                    f"{answer['memory'] / 2**20:,.0f} MiB",
                ]
            )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def agree(own: dict[str, Any], theirs: dict[str, Any] | None) -> bool:
    """Tell whether a peer that counts moves counted the same ones."""
    told = {} if theirs is None else theirs["questions"].get("conformance", {}).get("told", {})
    ours = own["questions"]["conformance"]["told"]
    return not told or (
        told["moves"] == ours["moves"] and math.isclose(told["fitness"], ours["fitness"], abs_tol=1e-12)
    )


if __name__ == "__main__":
    main()
