"""How far work is that walks along all paths of a log, once or more often."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from safar.vocabulary.progress import watched

from .registry import Progress


@contextmanager
def walks_told(progress: Progress) -> Iterator[None]:
    """Tell how far the present walk is; what follows a walk has no share, so that nothing seems to stand at its end."""
    walks = parts = 0

    def watch(done: int, total: int) -> None:
        nonlocal walks, parts
        walks, parts = walks + (done == 1), total
        if done == total:
            progress.report(0, None, _("Putting the answer together"))
        else:
            progress.report(
                done, total, _("Walking along all paths") if walks < 2 else _("Walking once more")
            )

    with watched(watch):
        yield
    progress.report(parts, parts)
