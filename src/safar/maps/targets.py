"""What an edit writes, as a path, and whether two edits touch each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from .edits import AddCard, AddLane, AddMove, AddStage, AddStep, Edit, Remove, RemoveMove, SetValue, SetWords


def target(edit: Edit) -> str:
    """Return what an edit writes, as a path: ``card/c1/text/fa``, ``step/s1/binding.events``, ``move/s1/s2``.

    Two edits touch each other where one's path is the other's or leads into it (`touching`).
    """
    if isinstance(edit, SetWords):
        return "/".join(filter(None, (edit.part, edit.of, edit.field, edit.language)))
    if isinstance(edit, SetValue):
        return "/".join(filter(None, (edit.part, edit.of, edit.field)))
    if isinstance(edit, Remove):
        return f"{edit.part}/{edit.of}"
    if isinstance(edit, AddMove | RemoveMove):
        return f"move/{edit.source}/{edit.target}"
    kind, _, verb = str(edit.__struct_config__.tag).partition(".")
    return f"{kind}/{added_id(edit)}" if verb == "add" else f"{kind}/{edit.of}/place"  # type: ignore[attr-defined]


def added_id(edit: Edit) -> str:
    """Return the id of the part that an edit adds; empty for other edits."""
    match edit:
        case AddStage():
            return edit.of
        case AddStep():
            return edit.step.step_id
        case AddLane():
            return edit.lane.lane_id
        case AddCard():
            return edit.card.card_id
    return ""


def touching(written: Iterable[str]) -> Callable[[str], bool]:
    """Return whether a target touches one of those written: is the same, stands within it, or it within the other.

    >>> touches = touching(["card/c1/text/fa", "step/s1"])
    >>> touches("card/c1"), touches("card/c1/text/en"), touches("card/c12"), touches("step/s1/binding.events")
    (True, False, False, True)
    """
    there = set(written)
    around = {above for each in there for above in _paths_to(each)}
    return lambda mine: mine in around or not there.isdisjoint(_paths_to(mine))


def _paths_to(path: str) -> Iterator[str]:
    """Yield a target and all that it stands within."""
    while path:
        yield path
        path = path.rpartition("/")[0]
