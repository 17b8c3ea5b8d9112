"""Ask Node's Intl (ICU and CLDR) how it writes numbers and days: an outside truth for ours."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_suffix(".mjs")


def ask(node: str, questions: Iterable[Mapping[str, Any]]) -> list[Any]:
    """Return the answers to questions of ``intl.mjs``, in order."""
    lines = "\n".join(map(json.dumps, questions))
    ran = subprocess.run([node, SCRIPT], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]
