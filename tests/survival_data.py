"""Data that papers and peers publish their numbers of.

``rossi.csv``: P. Rossi, R. Berk, K. Lenihan (1980), Money, Work and Crime: 432 released convicts followed for a year.
``waltons.csv``: Walton and others: 163 fruit flies. Both as lifelines (MIT) ships them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "measure" / "peers"
COVARIATES = ("fin", "age", "race", "wexp", "mar", "paro", "prio")


def columns(name: str) -> dict[str, np.ndarray]:
    """Return the columns of a table as texts."""
    lines = (FOLDER / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in lines]
    return {head: np.array([row[place] for row in rows[1:]]) for place, head in enumerate(rows[0])}


def rossi() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return weeks to the arrest, whether there was one, and the covariates."""
    found = {name: values.astype(float) for name, values in columns("rossi").items()}
    return found["week"], found["arrest"], {name: found[name] for name in COVARIATES}
