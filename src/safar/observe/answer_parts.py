"""All tables of an answer by name: the main one, its single numbers as one row, and further ones."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from safar.store.table import Table, estimates
from safar.vocabulary.errors import Refusal, nearest
from safar.vocabulary.interval import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The name of the table that an answer is mainly about.
MAIN: Final = "main"
#: The name of that of single numbers: how many sessions there are, and how long.
TOTALS: Final = "totals"
_SUFFIX: Final = "_table"
#: It names customers, whom not everybody may see who may see numbers.
_OF_CUSTOMERS: Final = "customer_table"
_SINGLE: Final = (bool, int, float, str, timedelta, datetime)
_HINTS: Final = frozenset(each.__name__ for each in _SINGLE)
_NO_NUMBERS: Final = frozenset({"notes", "provenance", "question"})


class UnknownPart(Refusal, LookupError):
    """The answer has no table of that name."""

    code = "question.no_such_part"


def part_names(answer: object) -> tuple[str, ...]:
    """Return the names of the tables of an answer: ``main``, then ``totals`` where it has single numbers, then others.

    ``groups`` is the ``groups_table`` of a funnel. Tables that name customers are none of them.
    """
    totals = (TOTALS,) if next(_singles(answer), None) else ()
    return (MAIN, *totals, *_further(answer))


def part(answer: object, name: str) -> Table:
    """Return a table of an answer by its name, one of `part_names`.

    The row of ``totals`` has a column for each number of the answer that stands in no list, estimates with the ends of
    their intervals; those of a part of the answer have its name before theirs, ``total_views``.

    Raises
    ------
    UnknownPart
    """
    names = part_names(answer)
    if name not in names:
        raise UnknownPart(
            f"The answer has no table {name!r}.",
            hint=nearest(name, names) or f"It has: {', '.join(names)}.",
            part=name,
        )
    if name == TOTALS:
        return Table.of(dict(_singles(answer)))
    found: Table = getattr(answer, "table" if name == MAIN else f"{name}{_SUFFIX}")
    return found


def _further(answer: object) -> tuple[str, ...]:
    return tuple(
        name.removesuffix(_SUFFIX)
        for name, each in vars(type(answer)).items()
        if isinstance(each, property) and name.endswith(_SUFFIX) and name != _OF_CUSTOMERS
    )


def _singles(answer: Any) -> Iterator[tuple[str, list[Any]]]:
    """Yield columns of one value."""
    for each in fields(answer):
        value = getattr(answer, each.name)
        if each.name in _NO_NUMBERS:
            continue
        if is_dataclass(value) and not isinstance(value, Estimate):
            for inner in fields(value):
                name = f"{each.name}_{inner.name}"
                yield from _columns(name, getattr(value, inner.name), str(inner.type))
        else:
            yield from _columns(each.name, value, str(each.type))


def _columns(name: str, value: object, hint: str) -> Iterator[tuple[str, list[Any]]]:
    """Yield the columns of a value; what is not there has those of its type."""
    if isinstance(value, Estimate) or (value is None and hint == "Estimate | None"):
        yield from estimates(name, [value]).items()
    elif (isinstance(value, _SINGLE) and value != "") or (
        value is None and hint.removesuffix(" | None") in _HINTS
    ):
        yield name, [value]
