"""Every text of a survey by its path, such as ``pages[p1].questions[q1].title``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

from .anatomy import Survey
from .questions import Part, Words

P = TypeVar("P", bound=Part)

#: Fields that hold words by language.
WORD_FIELDS: Final = (
    "name",
    "title",
    "about",
    "words",
    "opposite",
    "low_words",
    "high_words",
    "first_words",
    "second_words",
    "unit",
)
_IDS: Final = ("page_id", "question_id", "choice_id", "node_id", "area_id", "ending_id", "quota_id")


def texts(survey: Survey) -> dict[str, Words]:
    """Return every text that is written in any language, in the order of the survey.

    Examples
    --------
    >>> from safar.listen.questionnaire.anatomy import Page
    >>> texts(Survey(name={"en": "Delivery"}, pages=(Page(page_id="p"),)))
    {'name': {'en': 'Delivery'}}
    """
    return {path: words for path, words in _found(survey, "") if any(words.values())}


def all_texts(survey: Survey) -> Iterator[tuple[str, Words]]:
    """Yield the path and the words of every text that there is or may be."""
    return _found(survey, "")


def paths(survey: Survey) -> tuple[str, ...]:
    """Return the path of every text that there is or may be."""
    return tuple(path for path, _ in _found(survey, ""))


def with_texts(survey: Survey, changed: Mapping[str, Words]) -> Survey:
    """Return the survey with other words in these places; paths that it does not have are passed over."""
    return _changed(survey, "", changed)


def _found(part: Part, path: str) -> Iterator[tuple[str, Words]]:
    for field in part.__struct_fields__:
        value, at = getattr(part, field), _join(path, field)
        if field in WORD_FIELDS and isinstance(value, dict):
            yield at, value
        elif isinstance(value, tuple):
            for place, each in enumerate(value):
                if isinstance(each, Part):
                    yield from _found(each, f"{at}[{_id(each, place)}]")


def _changed(part: P, path: str, changed: Mapping[str, Words]) -> P:
    values: dict[str, Any] = {}
    for field in part.__struct_fields__:
        value, at = getattr(part, field), _join(path, field)
        if field in WORD_FIELDS and at in changed:
            values[field] = dict(changed[at])
        elif isinstance(value, tuple) and any(isinstance(each, Part) for each in value):
            values[field] = tuple(
                _changed(each, f"{at}[{_id(each, place)}]", changed) for place, each in enumerate(value)
            )
    return msgspec.structs.replace(part, **values) if values else part


def _join(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field


def _id(part: Part, place: int) -> str:
    """Return the id of a part of a list; its place where it has none."""
    return next((getattr(part, name) for name in _IDS if name in part.__struct_fields__), str(place))
