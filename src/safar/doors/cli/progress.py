"""Progress on a terminal: one line on standard error, with an estimate. Anywhere else nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

import click

#: Into how many steps the bar is divided; finer than any terminal draws.
_STEPS: Final = 1000

Tell = Callable[[float, str], None]


@contextmanager
def progress(label: str) -> Iterator[Tell]:
    """Yield a function to call with the share that is done, 0 to 1, and a few words about it."""
    words = [""]
    drawn: AbstractContextManager[Any] = click.progressbar(
        length=_STEPS,
        label=label,
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
        item_show_func=lambda _: words[0],
    )
    with drawn as bar:

        def tell(done: float, text: str) -> None:
            words[0] = text
            bar.update(max(0, round(done * _STEPS) - bar.pos))

        yield tell
