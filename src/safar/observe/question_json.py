"""Questions as JSON and back: one form for addresses, saved questions, the API, the terminal and the notebook.

>>> from safar.observe.flow import FlowQuestion
>>> from datetime import timedelta
>>> told(FlowQuestion(pause=timedelta(minutes=30)))
{'kind': 'flow', 'pause': '30m'}
>>> read({"kind": "flow", "pause": "30m"}).pause
datetime.timedelta(seconds=1800)
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from safar.vocabulary.errors import Json

from .question_shapes import TAG, Field, Record, refused
from .questions import Kind, kind_named, kind_of, names


def told(question: object) -> dict[str, Json]:
    """Return a question as JSON: its kind, and what is not as it is by default.

    Raises
    ------
    UnknownQuestion
        It is of no kind.
    """
    return _record(kind_of(question)).tell(question)


def read(data: Json, *, kind: str | None = None) -> Any:
    """Return the question that JSON says.

    Parameters
    ----------
    data
        An object with ``kind`` and the fields of that question's class. A step rule is a text (`rule_text.rule_of`) or
        an object, so are conditions and segments; a length of time is a text (``7d``, ``PT30M``); a stretch of time is
        ``{"start": …, "end": …}`` or a text (``2026-01-01..2026-03-01``); an instant is ISO 8601 with its zone; tuples
        are lists.
    kind
        Of what kind it is; then ``kind`` may be left out, and if it is there it must be the same.

    Raises
    ------
    UnknownQuestion
    QuestionRefused
        A field is not known, missing or of the wrong type: its ``context`` has the JSON pointer ``path``.
    Refusal
        What the question itself refuses, such as a funnel of one step.
    """
    if not isinstance(data, dict):
        raise refused("", data, "an object")
    found = data.get(TAG, kind)
    if not isinstance(found, str):
        raise refused(f"/{TAG}", found, f"one of {', '.join(names())}")
    of = kind_named(found)
    if kind is not None and found != kind:
        raise refused(f"/{TAG}", found, repr(kind))
    return of.question(**_record(of).values(data, ""))


def question_key(question: object) -> str:
    """Return a text of 32 hexadecimal digits that stands for a question: equal ones, and no others, have the same."""
    text = json.dumps(told(question), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def schema(kind: str) -> dict[str, Json]:
    """Return the JSON schema of the questions of a kind.

    Raises
    ------
    UnknownQuestion
    """
    of = kind_named(kind)
    doc = (of.question.__doc__ or "").partition("\n")[0]
    return {"title": of.name, "description": doc, **_record(of).schema()}


def fields_of(kind: str) -> tuple[Field, ...]:
    """Return the fields of the questions of a kind, in order.

    Raises
    ------
    UnknownQuestion
    """
    return _record(kind_named(kind)).fields


@cache
def _record(kind: Kind) -> Record:
    return Record(kind.question, kind.name)
