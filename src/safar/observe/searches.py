"""Searches: what people look for, whether they find anything, and what they do then (findability)."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, Estimate, normal_quantile, share
from safar.vocabulary.lifecycle import PRODUCT_VIEWED, SEARCHED
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .behind import Adds, Cell
from .label_ranks import adds_to_label, ranked_labels
from .labels import Counted, Shape, number_of_value
from .lines import LabelCount, labels_of
from .own_acts import own_acts
from .sessions import USUAL_PAUSE
from .steps import StepRule, marked
from .walk import Lived, Walk, checked_pause
from .web_pages import MOST_ROWS

if TYPE_CHECKING:
    from safar.store.paths import Paths, PathShard

#: Events that are searches, and that are views of what was found, where nobody says which are.
SEARCHED_FOR: Final = StepRule("search", tuple(sorted(SEARCHED | {"search", "Products Searched"})))
FOUND: Final = StepRule(
    "result", tuple(sorted(PRODUCT_VIEWED | {"Product Clicked", "product_clicked", "search_result_clicked"}))
)
#: Where the words and the number of results are found, the first that has a value.
_TERMS_IN: Final = ("query", "search_term", "search_query", "search", "q")
_RESULTS_IN: Final = ("result_count", "results_count", "results", "total_results")


class SearchesRefused(Refusal, ValueError):
    """The question about searches makes no sense."""

    code = "searches.refused"


@dataclass(frozen=True, slots=True)
class SearchesQuestion:
    """What do people search for, and do they find it?

    Parameters
    ----------
    window
        Only events in this stretch of time; all of them when None. A session across its edge is cut.
    searches, finds
        Which events are searches, and which show that something found was looked at.
    terms_in, results_in
        Properties in which the words and the number of results are, the first that has a value; usual ones when empty.
    pause
        A session ends after so long without an event of the customer's own; what the company does is none.
    most
        So many terms, the most searched ones.
    level
        Confidence level of the intervals.
    among
        Among whom and what to look; see `Among`.

    Raises
    ------
    SearchesRefused, PauseRefused, ImpossibleLevel
    """

    window: Window | None = None
    searches: StepRule = field(default=SEARCHED_FOR, kw_only=True)
    finds: StepRule = field(default=FOUND, kw_only=True)
    terms_in: tuple[str, ...] = field(default=(), kw_only=True)
    results_in: tuple[str, ...] = field(default=(), kw_only=True)
    pause: timedelta = field(default=USUAL_PAUSE, kw_only=True)
    most: int = field(default=100, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        if not 1 <= self.most <= MOST_ROWS:
            raise SearchesRefused(f"{self.most} terms were asked for.", hint=f"Ask for 1 to {MOST_ROWS:,}.")
        checked_pause(self.pause)
        normal_quantile(self.level)


@dataclass(frozen=True, slots=True)
class Term:
    """What was searched for, and what became of it.

    Attributes
    ----------
    term
        As it is most often typed; spellings that fold alike are one. Empty where searches say no words.
    searches, searchers
        How often, by how many customers.
    known
        Searches that say how much they found.
    zero_result_rate
        Of these, those that found nothing, with Wilson's interval; None where none says.
    click_rate, refinement_rate, repeat_rate, exit_rate, elsewhere_rate
        What came next in the session, of all searches; they sum to 1. A result was viewed; other words were searched
        for before any result was viewed; the same words were; nothing at all came; something else came, and the
        session ended without a result.
    """

    term: str
    searches: int
    searchers: int
    known: int
    zero_result_rate: Estimate | None
    click_rate: Estimate | None
    refinement_rate: Estimate | None
    repeat_rate: Estimate | None
    exit_rate: Estimate | None
    elsewhere_rate: Estimate | None


@dataclass(frozen=True, slots=True)
class SearchesAnswer:
    """Terms, the most searched first.

    Attributes
    ----------
    terms
        At most as many as asked for.
    total
        All searches together.
    different
        How many terms there are in all.
    notes
        ``searches.dependent``: customers searched several times, intervals of rates are too narrow;
        ``searches.results_unknown``: how many searches do not say how much they found.
    """

    terms: tuple[Term, ...]
    total: Term
    different: int
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row a term: counts, and each rate with the ends of its interval."""
        rows = self.terms
        rates = (
            "zero_result_rate",
            "click_rate",
            "refinement_rate",
            "repeat_rate",
            "exit_rate",
            "elsewhere_rate",
        )
        plain = ("term", "searches", "searchers", "known")
        told = [estimates(rate, [getattr(row, rate) for row in rows]) for rate in rates]
        return Table.of(
            {
                **{name: [getattr(row, name) for row in rows] for name in plain},
                **{name: values for each in told for name, values in each.items()},
            }
        )


def searches_of_shard(shard: PathShard, question: SearchesQuestion) -> Counted:
    """Count the searches of one shard by term; of all together under `labels.EVERYTHING`."""
    from .group_kernels import raw_codes  # noqa: PLC0415 - compiled code only when needed
    from .web_kernels import CLICK, MAIN, SEARCH_COUNTS, SEEN, walk_searches  # noqa: PLC0415 - compiled code only when needed

    shard = question.among.of(shard)
    terms = labels_of(shard, question.terms_in or _TERMS_IN, Shape.TERM, question.searches, question.among)
    results = labels_of(
        shard, question.results_in or _RESULTS_IN, Shape.PLAIN, question.searches, question.among
    )
    rules = [(own_acts(shard), SEEN), (question.searches, MAIN), (question.finds, CLICK)]
    codes, bits = marked(shard, rules, question.among.seen)
    since, until, pause = Walk.bounds(question.window, question.pause)
    told = np.fromiter((_told(results.value(code)) for code in range(len(results.group))), np.int32)
    counts = np.zeros((len(terms.keys) + 1, SEARCH_COUNTS), np.int64)
    walk_searches(
        shard.first, shard.end, shard.time, codes, bits, *raw_codes(terms.codes), terms.group,
        *raw_codes(results.codes), told, since, until, pause, counts,
    )  # fmt: skip
    return Counted.of(terms.keys, counts)


def _told(value: str) -> int:
    """Return what a number of results, or a list of them, tells."""
    from .web_kernels import NOT_KNOWN, NOTHING, SOMETHING  # noqa: PLC0415 - compiled code only when needed

    if value.startswith("["):
        return NOTHING if value[1:].lstrip().startswith("]") else SOMETHING
    number = number_of_value(value)
    if np.isnan(number):
        return NOT_KNOWN
    return SOMETHING if number > 0 else NOTHING


def searches(log: Lived, question: SearchesQuestion, *, executor: Executor | None = None) -> SearchesAnswer:
    """Answer what people search for, whether anything is found, and what they do then.

    Parameters
    ----------
    log
        Whose paths are walked.
    question
        When, what a search is and what shows that something was found.
    executor
        What walks the shards side by side; one after another when None.

    Notes
    -----
    Searches of one customer are not independent of one another: intervals of rates are somewhat too narrow.
    """
    from .web_kernels import SEARCH_COUNTS  # noqa: PLC0415 - compiled code only when needed

    paths = log.paths()
    bounds = Walk.bounds(question.window, None)[:2]
    found = ranked_labels(
        paths.shards,
        partial(searches_of_shard, question=question),
        LabelCount(question.terms_in or _TERMS_IN, Shape.TERM, question.searches, question.among, bounds),
        columns=SEARCH_COUNTS,
        most=question.most,
        executor=executor,
    )
    whole = _term("", found.total, question.level)
    unknown = whole.searches - whole.known
    return SearchesAnswer(
        tuple(_term(label, counts, question.level) for label, counts in found.rows),
        whole,
        found.different,
        (
            *((Note.of("searches.dependent"),) if whole.searches > whole.searchers else ()),
            *((Note.of("searches.results_unknown", count=unknown),) if unknown else ()),
        ),
        Provenance(question, paths.version, whole.searches),
    )


#: Numbers of a term that customers stand behind, by name, and where `walk_searches` counts them.
_BEHIND: Final = {
    "searches": 0,
    "zero_results": 3,
    "clicked": 4,
    "refined": 5,
    "repeated": 6,
    "exited": 7,
    "elsewhere": 8,
}


def adds_to_term(paths: Paths, question: SearchesQuestion, cell: Cell) -> Adds:
    """Return whether persons are behind a number: ``label``, a term (of everything, where it is not said), and
    ``number``: ``searches`` (where it is not said), ``zero_results``, ``clicked``, ``refined``, ``repeated``,
    ``exited`` or ``elsewhere``.

    Raises
    ------
    CellRefused
    """
    counted = partial(searches_of_shard, question=question)
    return adds_to_label(cell, Shape.TERM, counted, numbers=_BEHIND, noun="term")


def _term(term: str, counts: list[int], level: float) -> Term:
    total, searchers, known, zero, clicked, refined, repeated, exited, elsewhere = counts
    return Term(
        term,
        total,
        searchers,
        known,
        share(zero, known, level=level),
        *(share(each, total, level=level) for each in (clicked, refined, repeated, exited, elsewhere)),
    )
