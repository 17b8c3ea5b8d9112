"""Whether a workbook fits in memory: tried in a process apart, since its reader ends the one that it does not fit in.

One cell in the last corner of a sheet makes a table of 17 thousand million cells of a file of two kilobytes. What a
workbook says of its size is told in a different way by each of its four formats, and may be a lie.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Final

from .opening import FileExpandsTooFar

#: A full sheet of a million rows has this with some sixty columns.
_MOST_BYTES: Final = 4 << 30
_MOST_SECONDS: Final = 600
#: Reads what `spreadsheet` reads. What is refused in words there is no matter here.
_TRIAL: Final = """
import resource, sys
path, sheet, most, seconds = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_DATA, (int(most), int(most)))
resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
from python_calamine import CalamineError, CalamineWorkbook
try:
    book = CalamineWorkbook.from_path(path)
    names = book.sheet_names
    for name in [sheet] if sheet in names else [] if sheet else names:
        if book.get_sheet_by_name(name).height:
            break
except (CalamineError, OSError):
    pass
"""


def refuse_unless_it_fits(path: Path, sheet: str) -> None:
    """Raise when a sheet of a workbook cannot be held in memory; a file is tried once as long as it stays the same.

    Raises
    ------
    FileExpandsTooFar
    """
    try:
        found = path.stat()
    except OSError:
        return  # whoever opens it says so
    if not _fits(str(path.absolute()), sheet, found.st_size, found.st_mtime_ns):
        raise FileExpandsTooFar(
            f"{path.name} has {found.st_size:,} bytes, and its table is larger than memory can hold.",
            hint="Look for a lone cell far below or beside the table, and save it without; or save it as CSV.",
            file=path.name,
            bytes=found.st_size,
        )


@lru_cache(maxsize=256)
def _fits(
    path: str, sheet: str, size: int, changed_at: int
) -> bool:  # the last two name the state of the file
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [str(min(_MOST_BYTES, physical // 2)), str(_MOST_SECONDS)]
    tried = subprocess.run(  # noqa: S603 - our own words; the path is no option, for it is whole
        [sys.executable, "-I", "-c", _TRIAL, path, sheet, *limits],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return tried.returncode == 0
