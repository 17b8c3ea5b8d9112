"""Recommenders kept ready: learnt once for a log, caught up as orders come, learnt anew when that is no longer enough.

Whoever asks for one customer's list waits for no learning, except the very first.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from safar.store.newest import key_of_id
from safar.vocabulary.window import Window

from .bought import InteractionsQuestion, bought
from .catalogue import Catalogue, catalogue, today
from .evaluation import evaluate
from .interactions import InteractionsRefused
from .recommender import Recommender, Shown, UnknownItem, fit
from .refusals import refusing
from .rules import Rules

if TYPE_CHECKING:
    from safar.store.log import Log

#: A log is looked at again for new orders after so many seconds.
LOOK_AGAIN_SECONDS: Final = 60.0
#: And learnt from anew after so many, where it has changed.
LEARN_ANEW_SECONDS: Final = 3_600.0
#: Weights are learnt anew when so many of the interactions came after them, or have items they do not know.
_STALE: Final = 0.05
_MOST_LOGS: Final = 16
_BEHIND_ALL_US: Final = 253_370_764_800_000_000


@dataclass(frozen=True, slots=True)
class Offered:
    """An item to show, with what a page needs for it.

    Attributes
    ----------
    item, score, because
        As of `recommender.Shown`.
    title, because_title
        What the item, and the one it is shown because of, are called; their ids where nothing is known.
    link, picture, group
        As of `catalogue.Item`.
    """

    item: str
    score: float
    because: str | None
    title: str
    because_title: str
    link: str
    picture: str
    group: str


@dataclass(slots=True)
class _Ready:
    recommender: Recommender
    catalogue: Catalogue
    refusing: frozenset[int]
    version: str
    withdrawals: str
    looked_at: float
    learnt_at: float
    until: int
    added: int = 0


class KeptRecommenders:
    """Recommenders of several logs, by a name each. Thread-safe.

    Parameters
    ----------
    model
        Which model; the one that does best in each log when None.
    look_again_seconds
        How old what is known of a log may be.
    in_background
        Whether catching up is done by a thread of its own, so that nobody waits for it.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        look_again_seconds: float = LOOK_AGAIN_SECONDS,
        in_background: bool = False,
    ) -> None:
        self._in_background = in_background
        self._model = model
        self._look_again = look_again_seconds
        self._ready: OrderedDict[str, _Ready] = OrderedDict()
        self._lock = threading.Lock()
        self._learning: dict[str, threading.Lock] = {}
        self._empty_at: dict[str, float] = {}

    def shown(
        self,
        name: str,
        log: Log,
        customer_id: str,
        k: int = 20,
        *,
        again: bool = False,
        never: frozenset[str] = frozenset(),
    ) -> tuple[Offered, ...]:
        """Return the items to show one customer now, best first: none that is out of stock or out of its days.

        Parameters
        ----------
        name
            Of the log: a workspace's id.
        log
            Whose orders are learnt from.
        customer_id
            Any id the customer goes by; who is not known (or has none), or has said no to it, is shown what is popular.
        k
            At most so many.
        again
            Whether items he has had may come again.
        never
            Items that may not come.

        Raises
        ------
        InteractionsRefused
            The log has nothing to learn from.
        """
        return _offered(self._of(name, log), log, customer_id, k, again=again, never=never)

    def at_hand(
        self, name: str, log: Log, customer_id: str, k: int = 20, *, again: bool = False, beside: str = ""
    ) -> tuple[Offered, ...]:
        """Return the same, but never wait for learning: nothing until it is learnt, which then begins.

        Parameters
        ----------
        beside
            The item of a page: what goes with it comes first. It says nothing of any customer, and is not shown itself.
        """
        ready = self._standing(name, log)
        if ready is None:
            self._begin(name, log)
            return ()
        if time.monotonic() - ready.looked_at >= self._look_again:
            ready = self._of(name, log)
        never = frozenset({beside}) if beside else frozenset()
        first = _beside(ready, beside, k) if beside else ()
        if len(first) >= k:
            return first
        there = never.union(each.item for each in first)
        return first + _offered(ready, log, customer_id, k - len(first), again=again, never=there)

    def _begin(self, name: str, log: Log) -> None:
        """Let a thread of its own learn, unless one does, or there was nothing to learn from a moment ago."""
        with self._lock:
            learning = self._learning.setdefault(name, threading.Lock())
            if time.monotonic() - self._empty_at.get(name, -math.inf) < self._look_again:
                return
        if learning.acquire(blocking=False):
            threading.Thread(target=self._learn_behind, args=(name, log, learning), daemon=True).start()

    def _learn_behind(self, name: str, log: Log, learning: threading.Lock) -> None:
        try:
            self._learn(name, log)
        except InteractionsRefused:
            with self._lock:
                self._empty_at[name] = time.monotonic()
        finally:
            learning.release()

    def of(self, name: str, log: Log) -> Recommender:
        """Return the recommender of a log: as it was up to a minute ago, and never with what was erased since.

        Once somebody was erased, an import taken back or ids parted, whoever asks next waits until it is learnt anew.
        """
        return self._of(name, log).recommender

    def _of(self, name: str, log: Log) -> _Ready:
        ready = self._standing(name, log)
        if ready is not None and time.monotonic() - ready.looked_at < self._look_again:
            return ready
        with self._lock:
            learning = self._learning.setdefault(name, threading.Lock())
        if ready is None:
            with learning:  # the first one waits, and all with him
                again = self._standing(name, log)
                return again if again is not None else self._learn(name, log)
        if learning.acquire(blocking=False):  # one catches up, the others go on with what there is
            if not self._in_background:
                return self._catch_up(name, log, ready, learning)
            threading.Thread(target=self._catch_up, args=(name, log, ready, learning), daemon=True).start()
        return ready

    def _standing(self, name: str, log: Log) -> _Ready | None:
        """Return what is kept of a log, unless something that it may know has been taken back."""
        withdrawals = log.withdrawals
        with self._lock:
            ready = self._ready.get(name)
            if ready is None or ready.withdrawals != withdrawals:
                return None
            self._ready.move_to_end(name)
            return ready

    def forget(self, name: str) -> None:
        """Forget a log's recommender: somebody was erased from it, or it is gone."""
        with self._lock:
            self._ready.pop(name, None)

    def _learn(self, name: str, log: Log, *, judging: bool = False) -> _Ready:
        version, withdrawals = log.version, log.withdrawals
        with self._lock:
            before = self._ready.get(name)
            if before is not None and before.withdrawals != withdrawals:
                del self._ready[name]
        interactions = bought(log).interactions
        model = self._model or (before.recommender.model if before is not None and not judging else None)
        if model is None:
            try:
                model = evaluate(interactions).chosen
            except InteractionsRefused:
                model = "item_cosine"
        learnt = fit(interactions, model)
        now = time.monotonic()
        known = (catalogue(log), refusing(log))
        return self._keep(name, _Ready(learnt, *known, version, withdrawals, now, now, learnt.learnt_until))

    def _catch_up(self, name: str, log: Log, ready: _Ready, learning: threading.Lock) -> _Ready:
        try:
            return self._caught_up(name, log, ready)
        finally:
            learning.release()

    def _caught_up(self, name: str, log: Log, ready: _Ready) -> _Ready:
        version = log.version
        if version == ready.version:
            ready.looked_at = time.monotonic()
            return ready
        if time.monotonic() - ready.learnt_at > LEARN_ANEW_SECONDS:
            return self._learn(name, log, judging=True)
        window = Window.from_us(ready.until + 1, _BEHIND_ALL_US)
        try:
            more = bought(log, InteractionsQuestion(window)).interactions
        except InteractionsRefused:  # other events came
            ready.catalogue, ready.refusing = catalogue(log), refusing(log)
            ready.version, ready.looked_at = version, time.monotonic()
            return ready
        caught = ready.recommender.caught_up(more)
        added = ready.added + len(more)
        if added > _STALE * caught.learnt_from or caught.unknown_items > _STALE * caught.learnt_from:
            return self._learn(name, log)
        until = int(np.max(more.time))
        now = time.monotonic()
        known = (catalogue(log), refusing(log))
        return self._keep(
            name,
            _Ready(caught, *known, version, ready.withdrawals, now, ready.learnt_at, until, added),
        )

    def _keep(self, name: str, ready: _Ready) -> _Ready:
        with self._lock:
            self._ready[name] = ready
            self._ready.move_to_end(name)
            while len(self._ready) > _MOST_LOGS:
                self._ready.popitem(last=False)
        return ready


def _offered(
    ready: _Ready,
    log: Log,
    customer_id: str,
    k: int,
    *,
    again: bool,
    never: frozenset[str] = frozenset(),
) -> tuple[Offered, ...]:
    learnt, known, on = ready.recommender, ready.catalogue, today()
    # what was learnt before ids were found to be one person stands under each of them
    keys = [key_of_id(each) for each in log.identity.ids_of(customer_id)] if customer_id else []
    if not ready.refusing.isdisjoint(keys):
        keys = []
    hidden = known.hidden(on)
    rules = Rules(again=again, never=hidden | never if never else hidden)
    return tuple(_with_words(each, learnt, known) for each in learnt.recommend_together(keys, k, rules=rules))


def _beside(ready: _Ready, item: str, k: int) -> tuple[Offered, ...]:
    """Return what goes with an item; nothing where it is not known."""
    learnt, known = ready.recommender, ready.catalogue
    try:
        found = learnt.beside(item, k, rules=Rules(never=known.hidden(today())))
    except UnknownItem:
        return ()
    return tuple(_with_words(replace(each, because=None), learnt, known) for each in found)


def _with_words(shown: Shown, learnt: Recommender, known: Catalogue) -> Offered:
    facts = known.of(shown.item)
    because = shown.because or ""
    return Offered(
        shown.item,
        shown.score,
        shown.because,
        facts.title or learnt.titles.get(shown.item, shown.item),
        because and (known.of(because).title or learnt.titles.get(because, because)),
        facts.link,
        facts.picture,
        facts.group or learnt.groups.get(shown.item, ""),
    )
