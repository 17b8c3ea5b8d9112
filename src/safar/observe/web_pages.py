"""Pages and where visits come from: views, visitors, entries and exits, bounces, time on page; referrers, campaigns."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.lifecycle import VISITED
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .behind import Adds, Cell
from .label_ranks import adds_to_label, ranked_labels
from .labels import CHANNEL, Counted, Shape
from .lines import LabelCount, labels_of
from .own_acts import own_acts
from .sessions import USUAL_PAUSE
from .steps import StepRule, marked
from .walk import Lived, Walk, checked_pause

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

#: Events that are views of a page or a screen, where nobody says which are.
VIEWED: Final = StepRule("view", tuple(sorted(VISITED)))
#: Who stays on his only page for so long has not left at once.
ENGAGED: Final = timedelta(seconds=10)
#: More rows than these nobody reads.
MOST_ROWS: Final = 10_000
_MICROSECOND: Final = timedelta(microseconds=1)


class PagesRefused(Refusal, ValueError):
    """The question about pages makes no sense."""

    code = "pages.refused"


class PagesBy(Enum):
    """What views are gathered by."""

    PAGE = "page"
    TITLE = "title"
    REFERRER = "referrer"
    SOURCE = "source"
    MEDIUM = "medium"
    CAMPAIGN = "campaign"
    CHANNEL = "channel"


#: Where each is found, the first that has a value: our collector's names, the Segment spec's, plain ones.
_FOUND_IN: Final[dict[PagesBy, tuple[tuple[str, ...], Shape]]] = {
    PagesBy.PAGE: (("path", "url", "context.page.path", "name"), Shape.PAGE),
    PagesBy.TITLE: (("title", "name", "context.page.title"), Shape.TERM),
    PagesBy.REFERRER: (("referrer", "context.page.referrer", "context.referrer.url"), Shape.HOST),
    PagesBy.SOURCE: (("context.campaign.source", "utm_source"), Shape.TERM),
    PagesBy.MEDIUM: (("context.campaign.medium", "utm_medium"), Shape.TERM),
    PagesBy.CAMPAIGN: (("context.campaign.name", "utm_campaign"), Shape.TERM),
    PagesBy.CHANNEL: ((CHANNEL,), Shape.PLAIN),
}


@dataclass(frozen=True, slots=True)
class PagesQuestion:
    """Which pages are viewed, where do visits begin and end, and where do they come from?

    Parameters
    ----------
    by
        What views are gathered by. A session is one of its first view: of its page, referrer, source.
    window
        Only events in this stretch of time; all of them when None. A session across its edge is cut.
    views
        Which events are views.
    of
        Properties in which to look for what views are gathered by, the first that has a value; usual ones when empty.
    pause
        A session ends after so long without an event of the customer's own; what the company does is none.
    engaged
        A session of a single view in which nothing comes so long after its first event is a bounce.
    most
        So many rows, those with most views.
    level
        Confidence level of the intervals.
    among
        Among whom and what to look; see `Among`.

    Raises
    ------
    PagesRefused, PauseRefused, ImpossibleLevel
    """

    by: PagesBy = PagesBy.PAGE
    window: Window | None = None
    views: StepRule = field(default=VIEWED, kw_only=True)
    of: tuple[str, ...] = field(default=(), kw_only=True)
    pause: timedelta = field(default=USUAL_PAUSE, kw_only=True)
    engaged: timedelta = field(default=ENGAGED, kw_only=True)
    most: int = field(default=100, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        if not 1 <= self.most <= MOST_ROWS:
            raise PagesRefused(f"{self.most} rows were asked for.", hint=f"Ask for 1 to {MOST_ROWS:,}.")
        if self.engaged < timedelta(0):
            raise PagesRefused("Nobody stays for less than no time.", hint="Give a duration from 0s on.")
        checked_pause(self.pause)
        normal_quantile(self.level)

    @property
    def found_in(self) -> tuple[tuple[str, ...], Shape]:
        """In which properties to look, and what becomes of their values."""
        names, shape = _FOUND_IN[self.by]
        return self.of or names, shape


@dataclass(frozen=True, slots=True)
class Page:
    """One page, or one source of visits.

    Attributes
    ----------
    label
        Its path, host or name; empty where views say none (of sources: visits that came directly).
    views, visitors, sessions
        Views of it; customers and sessions with at least one.
    entries, exits
        Sessions whose first view, whose last view it is.
    views_per_session
        Of the sessions that it began; None where it began none.
    bounce_rate
        Of the sessions that it began, those that ended at once, with Wilson's interval; None where it began none.
    exit_rate
        Of its views, those that were the last of their session.
    mean_time
        From a view to the next, or from the last view to the last event of its session; views that nothing followed
        are left out. None where nothing followed any.
    timed
        Views whose time is known.
    """

    label: str
    views: int
    visitors: int
    sessions: int
    entries: int
    exits: int
    views_per_session: float | None
    bounce_rate: Estimate | None
    exit_rate: Estimate | None
    mean_time: timedelta | None
    timed: int


@dataclass(frozen=True, slots=True)
class PagesAnswer:
    """Pages or sources, those with the most views first.

    Attributes
    ----------
    pages
        At most as many as asked for.
    total
        All views together.
    different
        How many labels there are in all.
    notes
        ``pages.dependent``: customers have several sessions, intervals of rates are too narrow.
    """

    pages: tuple[Page, ...]
    total: Page
    different: int
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a page: ``label``, counts, rates with the ends of their intervals, ``mean_time``."""
        rows = self.pages
        plain = ("label", "views", "visitors", "sessions", "entries", "exits", "views_per_session")
        return Table.of(
            {
                **{name: [getattr(row, name) for row in rows] for name in plain},
                **estimates("bounce_rate", [row.bounce_rate for row in rows]),
                **estimates("exit_rate", [row.exit_rate for row in rows]),
                "mean_time": [row.mean_time for row in rows],
                "timed": [row.timed for row in rows],
            }
        )


def pages_of_shard(shard: PathShard, question: PagesQuestion) -> Counted:
    """Count the views of one shard by label; of all together under `labels.EVERYTHING`."""
    from .group_kernels import raw_codes  # noqa: PLC0415 - compiled code only when needed
    from .web_kernels import MAIN, PAGE_COUNTS, SEEN, walk_pages  # noqa: PLC0415 - compiled code only when needed

    shard = question.among.of(shard)
    found = labels_of(shard, *question.found_in, question.views, question.among)
    codes, bits = marked(shard, [(own_acts(shard), SEEN), (question.views, MAIN)], question.among.seen)
    since, until, pause = Walk.bounds(question.window, question.pause)
    counts = np.zeros((len(found.keys) + 1, PAGE_COUNTS), np.int64)
    walk_pages(
        shard.first, shard.end, shard.time, codes, bits, *raw_codes(found.codes), found.group, since, until, pause,
        question.engaged // _MICROSECOND, counts,
    )  # fmt: skip
    return Counted.of(found.keys, counts)


def pages(log: Lived, question: PagesQuestion, *, executor: Executor | None = None) -> PagesAnswer:
    """Answer which pages are viewed, where visits begin and end, and where they come from.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        By what, when, what a view is.
    executor
        What walks the shards side by side; one after another when None.

    Notes
    -----
    Sessions of one customer are not independent of one another: intervals of rates are somewhat too narrow.
    """
    from .web_kernels import PAGE_COUNTS  # noqa: PLC0415 - compiled code only when needed

    paths = log.paths()
    bounds = Walk.bounds(question.window, None)[:2]
    found = ranked_labels(
        paths.shards,
        partial(pages_of_shard, question=question),
        LabelCount(*question.found_in, question.views, question.among, bounds),
        columns=PAGE_COUNTS,
        most=question.most,
        executor=executor,
    )
    whole = _page("", found.total, question.level)
    return PagesAnswer(
        tuple(_page(label, counts, question.level) for label, counts in found.rows),
        whole,
        found.different,
        (Note.of("pages.dependent"),) if whole.sessions > whole.visitors else (),
        Provenance(question, paths.version, whole.views),
    )


#: Numbers of a page that customers stand behind, by name, and where `walk_pages` counts them.
_BEHIND: Final = {"views": 0, "visitors": 1, "sessions": 2, "entries": 3, "exits": 4, "bounces": 5}


def adds_to_page(paths: Paths, question: PagesQuestion, cell: Cell) -> Adds:
    """Return whether persons are behind a number: ``label`` as shown (of everything, where it is not said), and
    ``number``: ``views`` (where it is not said), ``entries``, ``exits`` or ``bounces``.

    Raises
    ------
    CellRefused
    """
    counted = partial(pages_of_shard, question=question)
    return adds_to_label(cell, question.found_in[1], counted, numbers=_BEHIND, noun="page")


def _page(label: str, counts: list[int], level: float) -> Page:
    views, visitors, sessions, entries, exits, bounces, timed, time, entry_views = counts
    return Page(
        label=label,
        views=views,
        visitors=visitors,
        sessions=sessions,
        entries=entries,
        exits=exits,
        views_per_session=entry_views / entries if entries else None,
        bounce_rate=share(bounces, entries, level=level),
        exit_rate=share(exits, views, level=level),
        mean_time=timedelta(microseconds=round(time / timed)) if timed else None,
        timed=timed,
    )
