"""Two members write one survey at once: what each changed is brought together, part by part.

A survey is compared by what it consists of: a page, a question, a choice, a text in one language. What only one of them
changed is taken; what both changed differently is a conflict, which is told and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from safar.listen.questionnaire.anatomy import Survey, read, told

#: What names a part within its list.
_IDS: Final = ("page_id", "question_id", "choice_id", "ending_id", "quota_id", "node_id", "area_id", "name")
_GONE: Final = object()


@dataclass(frozen=True, slots=True)
class Conflict:
    """What two members changed in two ways.

    Attributes
    ----------
    path
        Where, such as ``questions/q1/title/fa``.
    mine, theirs
        What each made of it; None where he removed it.
    """

    path: str
    mine: Any
    theirs: Any

    def told(self) -> dict[str, Any]:
        """Return it as JSON-able data."""
        return {"path": self.path, "mine": self.mine, "theirs": self.theirs}


def merged(base: Survey, mine: Survey, theirs: Survey) -> tuple[Survey, tuple[Conflict, ...]]:
    """Return a survey with the changes of both, and what both changed differently: there theirs stands.

    Parameters
    ----------
    base
        What both began with.
    """
    if theirs == base:
        return mine, ()
    conflicts: list[Conflict] = []
    parts = _merge(_apart(base), _apart(mine), _apart(theirs), (), conflicts)
    return read(_together(parts)), tuple(conflicts)


def _apart(survey: Survey) -> dict[str, Any]:
    """Return a survey with its questions beside its pages: so a question may move while its words change."""
    data = told(survey)
    data["questions"] = [question for page in data.get("pages", ()) for question in page.get("questions", ())]
    data["pages"] = [
        {**page, "questions": [each["question_id"] for each in page.get("questions", ())]}
        for page in data.get("pages", ())
    ]
    return data


def _together(data: dict[str, Any]) -> dict[str, Any]:
    questions = {each["question_id"]: each for each in data.pop("questions", ())}
    pages = []
    for page in data.get("pages", ()):
        here = [questions.pop(each) for each in page.get("questions", ()) if each in questions]
        pages.append({**page, "questions": here})
    if questions:  # their page was removed by the other one
        if not pages:
            pages.append({"page_id": "page", "questions": []})
        pages[-1]["questions"] += questions.values()
    return {**data, "pages": pages}


def _merge(base: Any, mine: Any, theirs: Any, path: tuple[str, ...], conflicts: list[Conflict]) -> Any:
    if mine in (theirs, base):
        return theirs
    if theirs == base:
        return mine
    if path[-1:] == ("questions",) and path[:1] == ("pages",):
        return _order(base, mine, theirs)
    if all(_is_parts(each) for each in (base, mine, theirs)):
        return _merge_lists(base, mine, theirs, path, conflicts)
    if _are_alike(base, mine, theirs):
        return _merge_mappings({} if base is _GONE else base, mine, theirs, path, conflicts)
    conflicts.append(Conflict("/".join(path), _plain(mine), _plain(theirs)))
    return theirs


def _merge_mappings(
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    theirs: Mapping[str, Any],
    path: tuple[str, ...],
    conflicts: list[Conflict],
) -> dict[str, Any]:
    found = {}
    for name in dict.fromkeys([*theirs, *mine]):
        value = _merge(
            base.get(name, _GONE), mine.get(name, _GONE), theirs.get(name, _GONE), (*path, name), conflicts
        )
        if value is not _GONE:
            found[name] = value
    return found


def _merge_lists(base: Any, mine: Any, theirs: Any, path: tuple[str, ...], conflicts: list[Conflict]) -> Any:
    old, own, other = ({_id_of(part): part for part in _parts(each)} for each in (base, mine, theirs))
    found = _merge_mappings(old, own, other, path, conflicts)
    order = _order(list(old), list(own), list(other))
    return [found[name] for name in [*order, *(each for each in found if each not in order)] if name in found]


def _order(base: Any, mine: Any, theirs: Any) -> list[str]:
    """Return my order, without what they removed, and with what they added behind what it stood behind."""
    old, own, other = (list(_parts(each)) for each in (base, mine, theirs))
    if own == old:
        return other
    found = [each for each in own if each in other or each not in old]
    for place, name in enumerate(other):
        if name in found or name in old:
            continue
        before = next((each for each in reversed(other[:place]) if each in found), None)
        found.insert(found.index(before) + 1 if before is not None else 0, name)
    return found


def _are_alike(base: Any, mine: Any, theirs: Any) -> bool:
    """Whether these can be merged name by name: texts and parts can, a question that became another kind cannot.

    A condition (it has a ``type``) is one thing: half of one and half of another would hold for nobody's reason.
    """
    found = [each for each in (base, mine, theirs) if each is not _GONE]
    if mine is _GONE or theirs is _GONE or not all(isinstance(each, Mapping) for each in found):
        return False
    return not any("type" in each for each in found) and len({each.get("kind") for each in found}) == 1


def _parts(value: Any) -> Sequence[Any]:
    return () if value is _GONE else value


def _is_parts(value: Any) -> bool:
    """Whether it is a list of things that have an id, or nothing yet."""
    return value is _GONE or (isinstance(value, list) and all(_id_of(each) for each in value))


def _id_of(part: Any) -> str:
    if not isinstance(part, Mapping):
        return ""
    return next((str(part[name]) for name in _IDS if isinstance(part.get(name), str)), "")


def _plain(value: Any) -> Any:
    return None if value is _GONE else value
