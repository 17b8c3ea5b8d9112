"""A map of twelve steps over generated journeys, asked of Safar, DuckDB and PM4Py; each in a process of its own.

    python -m peers.maps_asked safar 1000000
    python -m peers.maps_asked lanes 1000000

The map takes twenty-four of the thirty event names of `journeys_log`, two a step; a passage ends after thirty days.
With ``lanes`` each step is bound to answers, promises and money too, over a log that has them (`maps_lanes`).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from itertools import pairwise
from typing import Any, Final

from safar.observe.journey_moves import OFF_MAP, JourneyMoves
from safar.store.log import Log

from .journeys_log import Made, made
from .maps_lanes import STEPS, binding_of, check_full

#: The main line, one branch and one loop.
MOVES: Final = (*pairwise(STEPS), ("step_03", "step_06"), ("step_11", "step_00"))
PAUSE: Final = timedelta(days=30)
_ENOUGH_SECONDS: Final = 3.0
_MOST_RUNS: Final = 9
#: What an engine is asked, and what it found: moves as [source, target, count, customers], and fitness, where it tells.
Asked = dict[str, Callable[[], Any]]


def safar(found: Made, *, has_lanes: bool = False) -> tuple[Asked, Callable[[Any], Any]]:
    """Return the question about the map, the whole lived map, and the same again when nothing has changed."""
    from safar.doors.web.design.answers import answer as kept
    from safar.maps.anatomy import Binding, JourneyMap, Move, Stage, Step
    from safar.maps.lived import lived_map
    from safar.maps.lived_question import lived_question
    from safar.observe.conformance import conformance

    bound = tuple(
        Step(
            step_id=step,
            binding=binding_of(step) if has_lanes else Binding(events=f"{step}: {', '.join(names)}"),
        )
        for step, names in STEPS.items()
    )
    document = JourneyMap(
        stages=(Stage(stage_id="all", steps=bound),),
        moves=tuple(Move(source=source, target=target) for source, target in MOVES),
        pause="30d",
    )
    question = lived_question(document)
    log, pool = Log.open(found.log), ThreadPoolExecutor(os.cpu_count())

    def whole(log: Log, question: Any) -> Any:
        answer = lived_map(log, question, executor=pool)
        if has_lanes:
            check_full(answer)
        return answer

    def told(answer: Any) -> Any:
        moves = [(each.source, each.target, each.count, each.customers) for each in answer.moves]
        return {"moves": sorted(moves), "fitness": answer.fitness.value}

    return {
        "conformance": lambda: conformance(log, question.conformance, executor=pool),
        "lived map": lambda: whole(log, question),
        "lived map, nothing new": lambda: kept("bench", log, whole, question),
    }, told


def duckdb(found: Made) -> tuple[Asked, Callable[[Any], Any]]:
    """Return the same counts by windows over a table in memory; medians of gaps with them."""
    import duckdb as engine

    base = engine.connect(config={"threads": os.cpu_count() or 1})
    step_of = " ".join(
        f"WHEN event IN {tuple(names)} THEN {place}" for place, names in enumerate(STEPS.values())
    )
    base.execute(
        f"CREATE TABLE events AS SELECT customer, event::VARCHAR AS event, time FROM '{found.parquet}'"
    )
    base.execute(f"CREATE TABLE mapped AS SELECT customer, time, CASE {step_of} END AS step FROM events")
    query = f"""
        WITH steps AS (SELECT * FROM mapped WHERE step IS NOT NULL),
        pairs AS (
            SELECT customer, step, lag(step) OVER one AS source, time - lag(time) OVER one AS gap
            FROM steps WINDOW one AS (PARTITION BY customer ORDER BY time)
        )
        SELECT source, step, count(*), count(DISTINCT customer), median(epoch_us(gap)) FROM pairs
        WHERE gap <= INTERVAL {PAUSE.days} DAY GROUP BY ALL"""
    names = list(STEPS)

    def told(rows: Any) -> Any:
        moves = sorted(
            (names[source], names[target], count, people) for source, target, count, people, _ in rows
        )
        kinds = JourneyMoves.of(_journey()).kinds
        off = sum(row[2] for row in rows if kinds[row[0] * len(names) + row[1]] == OFF_MAP)
        made_ = sum(row[2] for row in rows if row[0] != row[1])
        return {"moves": moves, "fitness": 1 - off / made_}

    return {"conformance": lambda: base.execute(query).fetchall()}, told


def pm4py(found: Made) -> tuple[Asked, Callable[[Any], Any]]:
    """Return token replay on the net of the map's arrows, and footprints; passages are cut before the clock starts."""
    import pandas as pd
    import pm4py as engine

    frame = pd.read_parquet(found.parquet, columns=["customer", "event", "time"])
    step_of = {name: step for step, names in STEPS.items() for name in names}
    frame = frame.assign(step=frame["event"].astype(str).map(step_of)).dropna(subset=["step"])
    frame = frame.sort_values(["customer", "time"], kind="stable")
    begins = (frame["customer"] != frame["customer"].shift()) | (frame["time"].diff() > PAUSE)
    frame = frame.assign(passage=begins.cumsum().astype(str))
    frame = frame[begins | (frame["step"] != frame["step"].shift())]
    log = engine.format_dataframe(frame, case_id="passage", activity_key="step", timestamp_key="time")
    arrows = dict.fromkeys(MOVES, 1)
    first, last = next(iter(STEPS)), list(STEPS)[-1]
    net = engine.convert_to_petri_net(arrows, {first: 1}, {last: 1})
    drawn = engine.discover_footprints(*net)

    def told(answer: Any) -> Any:
        if isinstance(answer, list):
            kept = [each["trace_fitness"] for each in answer]
            return {"fitness": sum(kept) / len(kept)}
        return {}

    return {
        "token replay": lambda: engine.conformance_diagnostics_token_based_replay(log, *net),
        "footprints": lambda: engine.conformance_diagnostics_footprints(log, drawn),
    }, told


def _journey() -> Any:
    from safar.observe.journey import Journey
    from safar.observe.steps import StepRule

    return Journey(tuple(StepRule(step, tuple(names)) for step, names in STEPS.items()), MOVES)


ENGINES: Final = {"safar": safar, "lanes": partial(safar, has_lanes=True), "duckdb": duckdb, "pm4py": pm4py}


def timed(ask: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Ask twice, and again while that is cheap; return the first time, the least after it, its CPU, and the answer."""
    walls: list[float] = []
    cpus: list[float] = []
    while len(walls) < 2 or (len(walls) < _MOST_RUNS and sum(walls) < _ENOUGH_SECONDS):
        start, cpu = time.perf_counter(), time.process_time()
        answer = ask()
        walls.append(time.perf_counter() - start)
        cpus.append(time.process_time() - cpu)
    return {"first": walls[0], "wall": min(walls[1:]), "cpu": min(cpus[1:])}, answer


def main() -> None:
    """Answer what the command line asks; print seconds and answers as JSON."""
    engine = sys.argv[1]
    questions, told = ENGINES[engine](made(int(sys.argv[2]), with_lanes=engine == "lanes"))
    every = {}
    for name, ask in questions.items():
        seconds, answer = timed(ask)
        every[name] = seconds | {"told": None if "map" in name else told(answer)}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"questions": every, "memory": memory}))


if __name__ == "__main__":
    main()
