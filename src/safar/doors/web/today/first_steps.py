"""What to type when a workspace is empty: ready to copy."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """Commands for a shell. They are the same in every language."""

    dry_run: str
    take_in: str
    make_key: str
    send_event: str


def command() -> str:
    """Return what a shell in the folder of the server must be given to run Safar.

    ``safar`` where that is found; else the program beside the Python that runs the server, as ``make serve`` leaves it
    (``.venv/bin/safar``), seen from the folder the server was started in.
    """
    beside = Path(sys.executable).parent / "safar"
    if shutil.which("safar") or not beside.is_file():
        return "safar"
    if beside.is_relative_to(Path.cwd()):
        return os.fspath(beside.relative_to(Path.cwd()))
    return os.fspath(beside)


def first_steps(workspace_id: str, base_url: str) -> FirstSteps:
    """Return the commands that bring the first events into a workspace.

    Parameters
    ----------
    workspace_id
        Which one; a slug, safe in a shell.
    base_url
        Where these pages are: the events go to the same address.
    """
    safar = command()
    take_in = f"{safar} import orders.csv --workspace {workspace_id}"
    event = (
        '{"userId": "customer-1", "event": "order_placed", "properties": {"revenue": 25, "currency": "USD"}}'
    )
    return FirstSteps(
        dry_run=f"{take_in} --dry-run",
        take_in=take_in,
        make_key=f"{safar} keys create website --channel web --workspace {workspace_id}",
        send_event=(
            f"curl {base_url}/v1/track -u \"$SAFAR_KEY:\" -H 'Content-Type: application/json' \\\n  -d '{event}'"
        ),
    )
