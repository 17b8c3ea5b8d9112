"""How the machine stands: disk, memory, versions."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import connection

import safar

_PROCESS: Final = Path("/proc/self/statm")
_KILOBYTE: Final = 1024


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine and this process.

    Attributes
    ----------
    free_bytes, disk_bytes
        Of the disk that a folder is on.
    memory_bytes
        What this process holds of the memory now; its highest mark where the system does not tell.
    safar, python, database
        Versions.
    """

    free_bytes: int
    disk_bytes: int
    memory_bytes: int
    safar: str
    python: str
    database: str


def machine(folder: Path) -> Machine:
    """Return how the machine stands that has this folder."""
    disk = shutil.disk_usage(folder)
    return Machine(
        free_bytes=disk.free,
        disk_bytes=disk.total,
        memory_bytes=_memory(),
        safar=safar.__version__,
        python=platform.python_version(),
        database=_database(),
    )


def days_left(free_bytes: int, bytes_a_day: float) -> int | None:
    """Return for how many days the disk suffices at a pace; None where nothing comes in."""
    return int(free_bytes / bytes_a_day) if bytes_a_day > 0 else None


def _memory() -> int:
    try:
        return int(_PROCESS.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return highest if sys.platform == "darwin" else highest * _KILOBYTE


def _database() -> str:
    version = ".".join(str(number) for number in connection.get_database_version())
    return f"{connection.display_name} {version}"
