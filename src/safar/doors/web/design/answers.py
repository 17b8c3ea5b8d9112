"""Answers of the library, kept as long as they are true.

An answer depends on the question and on the log's version alone, so these are its key. Of many readers who
ask the same at once one computes, the others wait for it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Final, TypeVar

from safar.store.log import Log

Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")

_MOST_KEPT: Final = 512
_kept: OrderedDict[Hashable, Future[object]] = OrderedDict()
_lock = threading.Lock()


def answer(
    workspace_id: str, log: Log, function: Callable[[Log, Question], Answer], question: Question
) -> Answer:
    """Return ``function(log, question)``, computed at most once for each version of the log.

    Raises
    ------
    Whatever the function raises; an error is not kept.
    """
    key = (workspace_id, log.version, function, question)
    with _lock:
        known = _kept.get(key)
        if known is None:
            future: Future[object] = Future()
            _kept[key] = future
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
        else:
            _kept.move_to_end(key)
    if known is not None:
        return known.result()  # type: ignore[return-value]
    try:
        found = function(log, question)
    except BaseException as error:
        with _lock:
            _kept.pop(key, None)
        future.set_exception(error)
        raise
    future.set_result(found)
    return found
