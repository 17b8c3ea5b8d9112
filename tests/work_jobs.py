"""Jobs that only tests know; each process of a test that does background work imports them."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from safar.doors.web.members.policies import Capability
from safar.doors.web.work.jobs import Progress, job
from safar.vocabulary.errors import Fault, Refusal

#: What errors quote and nothing may keep.
SAID = "Sara's telephone is 0912…"


class Unwell(Refusal, ValueError):
    code = "test.unwell"


class Broken(Fault, OSError):
    code = "test.broken"


@job("test.add", name=_("Import"))
def add(progress: Progress, *, workspace_id: str, numbers: list[int]) -> dict[str, object]:
    progress.report(len(numbers), len(numbers), "ok")
    return {"sum": sum(numbers), "workspace": workspace_id}


@job("test.mark", name="Mark", resumable=True)
def mark(*, file: str) -> None:
    """Write who did it: one line for each time it was done."""
    with Path(file).open("a") as lines:
        lines.write(f"{os.getpid()}\n")
    time.sleep(0.02)


@job("test.count", name="Count", needs=Capability.IMPORT)
def count(progress: Progress, *, file: str, to: int, seconds: float = 0.05) -> dict[str, object]:
    return _count(progress, file, to, seconds)


@job("test.count_again", name="Count again", resumable=True)
def count_again(progress: Progress, *, file: str, to: int, seconds: float = 0.05) -> dict[str, object]:
    return _count(progress, file, to, seconds)


def _count(progress: Progress, file: str, to: int, seconds: float) -> dict[str, object]:
    for number in range(1, to + 1):
        with Path(file).open("a") as lines:
            lines.write(f"{number}\n")
        progress.report(number, to)
        time.sleep(seconds)
    return {"counted": to}


@job("test.heavy", name="Heavy", lane="heavy")
def heavy(*, file: str) -> None:
    with Path(file).open("a") as lines:
        lines.write("in\n")
    time.sleep(0.1)
    with Path(file).open("a") as lines:
        lines.write("out\n")


@job("test.fail", name="Fail")
def fail(*, how: str) -> dict[str, object] | None:
    if how == "refusal":
        raise Unwell(SAID)
    if how == "fault":
        raise Broken(SAID)
    if how == "defect":
        raise ValueError(SAID)
    return {"not": object()}


@job("test.deadly", name="Deadly", resumable=True)
def deadly() -> None:
    os._exit(9)
