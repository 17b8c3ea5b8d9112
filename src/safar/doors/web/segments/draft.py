"""A segment while it is being built: what stands in the fields of the builder, and what can be done with the parts.

A draft need not be right: it holds what was typed. `parts_form` makes parts of it, or says what is wrong and where.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from safar.doors.web.design.asked_number import number_in

#: Where a part stands: its place among the parts of the segment, then within that group, and so on.
Path = tuple[int, ...]

GROUPS: Final = ("all", "any", "none")
KINDS: Final = ("did", "order", "has", "answered", "spent", "ordered", "step", "text")
#: Groups within groups that the builder offers; text may go deeper.
DEEPEST: Final = 4
#: Parts of one segment: more nobody keeps in mind, and no form carries.
MOST_PARTS: Final = 60
_PREFIX: Final = "p."


@dataclass(frozen=True, slots=True)
class Draft:
    """One part.

    Attributes
    ----------
    kind
        One of `KINDS`, or of `GROUPS`.
    values
        What stands in its fields.
    inside
        The parts of a group.
    """

    kind: str
    values: Mapping[str, str] = field(default_factory=dict)
    inside: tuple[Draft, ...] = ()

    @property
    def is_group(self) -> bool:
        """Whether it holds parts."""
        return self.kind in GROUPS

    def at(self, path: Path) -> Draft | None:
        """Return the part at a place; None where there is none."""
        here = self
        for place in path:
            if not 0 <= place < len(here.inside):
                return None
            here = here.inside[place]
        return here

    def count(self) -> int:
        """Return how many parts there are, groups too."""
        return sum(1 + each.count() for each in self.inside)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a draft: the draft, and the place where the reader goes on; None where nothing was done."""

    draft: Draft
    focus: Path | None


def from_fields(fields: Mapping[str, str]) -> Draft:
    """Return the draft of a form that was sent: ``p.kind`` of all of it, ``p.0.kind`` of its first part, and so on."""
    own: dict[Path, dict[str, str]] = {}
    for name, value in fields.items():
        if not name.startswith(_PREFIX):
            continue
        *steps, last = name.removeprefix(_PREFIX).split(".")
        if last.isidentifier() and all(step.isdecimal() and len(step) < 4 for step in steps):
            own.setdefault(tuple(map(int, steps)), {})[last] = value
    root = _gathered((), own, 0)
    return root if root is not None and root.is_group else Draft("all")


def _gathered(path: Path, own: Mapping[Path, Mapping[str, str]], depth: int) -> Draft | None:
    values = dict(own.get(path, {}))
    kind = values.pop("kind", "")
    if kind not in (*KINDS, *GROUPS):
        return None
    if kind not in GROUPS or depth > DEEPEST:
        return Draft(kind, values)
    places = sorted({each[len(path)] for each in own if each[: len(path)] == path and len(each) > len(path)})
    inside = (_gathered((*path, place), own, depth + 1) for place in places)
    return Draft(kind, values, tuple(each for each in inside if each is not None))


def walked(draft: Draft, path: Path = ()) -> Iterator[tuple[Path, Draft]]:
    """Go through the parts of a draft, groups before what they hold; not through the draft itself."""
    for place, each in enumerate(draft.inside):
        yield (*path, place), each
        yield from walked(each, (*path, place))


def done(draft: Draft, act: str) -> Done:
    """Return a draft after what a button asks: ``add.1.did`` adds a part to the group at 1, ``up.1.0`` moves one, and
    so on. What cannot be done leaves it as it is."""
    word, _, rest = act.partition(".")
    steps = rest.split(".") if rest else []
    kind = steps.pop() if word == "add" and steps else ""
    path = tuple(place for step in steps if (place := number_in(step)) is not None)
    if len(path) < len(steps):
        return Done(draft, None)
    verb = _VERBS.get(word)
    if word == "add":
        return _add(draft, path, kind)
    if verb is None or not path or draft.at(path) is None:
        return Done(draft, None)
    return verb(draft, path)


def _add(draft: Draft, path: Path, kind: str) -> Done:
    group = draft.at(path)
    if group is None or not group.is_group or kind not in (*KINDS, *GROUPS) or draft.count() >= MOST_PARTS:
        return Done(draft, None)
    if kind in GROUPS and len(path) >= DEEPEST:
        return Done(draft, None)
    added = replace(group, inside=(*group.inside, Draft(kind)))
    return Done(_with(draft, path, added), (*path, len(group.inside)))


def _remove(draft: Draft, path: Path) -> Done:
    left = _without(draft, path)
    group = left.at(path[:-1])
    assert group is not None
    focus = (*path[:-1], min(path[-1], len(group.inside) - 1)) if group.inside else path[:-1]
    return Done(left, focus)


def _up(draft: Draft, path: Path) -> Done:
    return _moved(draft, path, -1)


def _down(draft: Draft, path: Path) -> Done:
    return _moved(draft, path, 1)


def _moved(draft: Draft, path: Path, by: int) -> Done:
    group, place = draft.at(path[:-1]), path[-1]
    assert group is not None
    to = place + by
    if not 0 <= to < len(group.inside):
        return Done(draft, None)
    inside = list(group.inside)
    inside[place], inside[to] = inside[to], inside[place]
    return Done(_with(draft, path[:-1], replace(group, inside=tuple(inside))), (*path[:-1], to))


def _out(draft: Draft, path: Path) -> Done:
    """Take a part out of its group: it stands behind the group then."""
    part = draft.at(path)
    if len(path) < 2 or part is None:
        return Done(draft, None)
    above, place = path[:-2], path[-2] + 1
    return Done(_put(_without(draft, path), above, place, part), (*above, place))


def _in(draft: Draft, path: Path) -> Done:
    """Put a part into the group that stands before it, as its last."""
    part = draft.at(path)
    before = draft.at((*path[:-1], path[-1] - 1)) if path[-1] else None
    if part is None or before is None or not before.is_group:
        return Done(draft, None)
    to = (*path[:-1], path[-1] - 1)
    return Done(_put(_without(draft, path), to, len(before.inside), part), (*to, len(before.inside)))


def _wrap(draft: Draft, path: Path) -> Done:
    """Put a part into a group of its own."""
    part = draft.at(path)
    if part is None or len(path) > DEEPEST or draft.count() >= MOST_PARTS:
        return Done(draft, None)
    return Done(_with(draft, path, Draft("any", {}, (part,))), (*path, 0))


def _with(draft: Draft, path: Path, part: Draft) -> Draft:
    """Return the draft with another part at a place."""
    if not path:
        return part
    inside = list(draft.inside)
    inside[path[0]] = _with(inside[path[0]], path[1:], part)
    return replace(draft, inside=tuple(inside))


def _without(draft: Draft, path: Path) -> Draft:
    group = draft.at(path[:-1])
    assert group is not None
    return _with(
        draft, path[:-1], replace(group, inside=group.inside[: path[-1]] + group.inside[path[-1] + 1 :])
    )


def _put(draft: Draft, path: Path, place: int, part: Draft) -> Draft:
    group = draft.at(path)
    assert group is not None
    return _with(draft, path, replace(group, inside=(*group.inside[:place], part, *group.inside[place:])))


_VERBS: Final = {"remove": _remove, "up": _up, "down": _down, "out": _out, "in": _in, "wrap": _wrap}
