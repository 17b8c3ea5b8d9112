"""What other tools say about real logs, computed once and kept as goldens for the tests.

    python benchmarks/peers/journey_goldens.py retentioneering    # ecom, by session and by user
    python benchmarks/peers/journey_goldens.py pm4py              # receipt, running_example, incident_itsm, ecom

Writes ``tests/observe/goldens/*.json``: edges as [source, target, times, paths, seconds…], null for the start and the
end of paths. The data sets are looked for where the tests look for them.
"""

from __future__ import annotations

import argparse
import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("SAFAR_SHARED_DATA") or ROOT.parent / "shared" / "data")
GOLDENS = ROOT / "tests" / "observe" / "goldens"

ECOM = DATA / "ecom" / "ecom.csv.gz"
GRAINS = {"session": "session_id", "user": "user_id"}
FUNNELS = [
    ["product_view", "add_to_cart", "cart", "shipping_details", "payment_details", "purchase"],
    ["home", "catalog", "product_view", "add_to_cart", "purchase"],
    ["search", "search", "product_view", "product_view", "purchase"],
    ["catalog", "support_chat"],
]
SEGMENT = ("platform", "mobile", "desktop")


def main() -> None:
    """Compute the goldens of one peer."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("peer", choices=["retentioneering", "pm4py"])
    {"retentioneering": retentioneering, "pm4py": pm4py}[parser.parse_args().peer]()


def retentioneering() -> None:
    """Transition matrix, funnels and step matrices of ecom, by the headless functions."""
    os.environ["RETENTIONEERING_NO_TRACK"] = "1"  # it calls its makers when imported without
    from retentioneering.eventstream.eventstream import Eventstream  # after its telemetry is off

    stream = Eventstream(
        pd.read_csv(ECOM),
        {
            "path_cols": ["user_id", "session_id"],
            "event_col": "event",
            "timestamp_col": "timestamp",
            "segment_cols": ["platform"],
        },
    )
    grains = {}
    for grain, column in GRAINS.items():
        weights = {
            weight: stream.transition_graph_data(edge_weight=weight, path_col=column)
            for weight in ("count", "unique_paths", "proba_out", "time_median")
        }
        (around,) = stream.step_matrix_data(max_steps=4, path_col=column, path_pattern="add_to_cart")
        grains[grain] = {
            "edges": _edges(weights),
            "funnels": [stream.funnel_data(steps, path_col=column)["steps"] for steps in FUNNELS],
            "funnel_difference": stream.funnel_data(FUNNELS[0], diff=SEGMENT, path_col=column)["steps"],
            "step_matrix": _matrix(stream.step_matrix_data(max_steps=10, path_col=column)),
            "step_matrix_around_add_to_cart": _matrix(around),
        }
    _write("ecom_retentioneering", {"made_by": f"retentioneering {version('retentioneering')}", **grains})


def _edges(weights: dict[str, pd.DataFrame]) -> list[list[Any]]:
    edges = []
    for source, row in weights["count"].iterrows():
        for target, count in row.items():
            if count:
                paths = int(weights["unique_paths"].loc[source, target])
                share = round(float(weights["proba_out"].loc[source, target]), 12)
                median = weights["time_median"].loc[source, target].total_seconds()
                edges.append([_name(source), _name(target), int(count), paths, share, median])
    return edges


def _name(event: str) -> str | None:
    return None if event in {"path_start", "path_end"} else event


def _matrix(found: pd.DataFrame) -> dict[str, Any]:
    rows = {str(name): [round(value, 12) for value in row.tolist()] for name, row in found.iterrows()}
    return {"steps": [int(step) for step in found.columns], "shares": rows}


def pm4py() -> None:
    """Directly-follows graphs with median gaps, starts, ends and variants, of files as PM4Py reads them."""
    import pm4py as peer

    xes = {"case": "case:concept:name", "activity": "concept:name", "time": "time:timestamp"}
    logs: dict[str, tuple[Path, dict[str, str], dict[str, Any]]] = {
        "running_example": (DATA / "running_example" / "running-example.csv.gz", xes, {}),
        "receipt": (DATA / "receipt" / "receipt.csv.gz", xes, {"format": "ISO8601"}),
        "incident_itsm": (
            DATA / "incident_itsm" / "incident_event_log.csv.gz",
            {"case": "number", "activity": "incident_state", "time": "sys_updated_at"},
            {"format": "%d/%m/%Y %H:%M"},
        ),
        "ecom": (ECOM, {"case": "session_id", "activity": "event", "time": "timestamp"}, {}),
    }
    found: dict[str, Any] = {"made_by": f"pm4py {version('pm4py')}"}
    for name, (path, columns, times) in logs.items():
        frame = pd.read_csv(path, usecols=list(columns.values()), dtype={columns["case"]: str})
        frame[columns["time"]] = pd.to_datetime(frame[columns["time"]], utc=True, **times)
        # the order of the file decides between events of one instant, here as in Safar
        frame = frame.sort_values(columns["time"], kind="stable")
        log = peer.format_dataframe(
            frame, case_id=columns["case"], activity_key=columns["activity"], timestamp_key=columns["time"]
        )
        graph, starts, ends = peer.discover_dfg(log)
        gaps, _, _ = peer.discover_performance_dfg(log)
        variants = peer.get_variants(log)
        edges = [[*edge, count, gaps[edge]["median"]] for edge, count in graph.items()]
        top = sorted(variants.items(), key=lambda each: (-each[1], len(each[0]), each[0]))
        found[name] = {
            "edges": sorted(edges),
            "starts": dict(sorted(starts.items())),
            "ends": dict(sorted(ends.items())),
            "variants": len(variants),
            "top_variants": [[list(steps), count] for steps, count in top[:20]],
        }
    _write("process_logs_pm4py", found)


def _write(name: str, found: dict[str, Any]) -> None:
    path = GOLDENS / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(_text(found) + "\n", encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


def _text(value: Any) -> str:
    """Return JSON with one line for each entry of a table, so that a change can be read."""
    if isinstance(value, dict) and value:
        return "{\n" + ",\n".join(f"{json.dumps(key)}: {_text(each)}" for key, each in value.items()) + "\n}"
    if isinstance(value, list) and value and isinstance(value[0], list | dict):
        return "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in value) + "\n]"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
