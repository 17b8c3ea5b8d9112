"""Small parts of pages, as facts that a view fills and a template shows: empty state, tabs, steps, crumbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StepState = Literal["done", "current", "todo", "failed"]


@dataclass(frozen=True, slots=True)
class EmptyState:
    """What stands where nothing is yet.

    Attributes
    ----------
    title, sentence
        What is missing, and what would be here.
    action_name, action_href
        The one thing to do next; empty when there is none for this reader.
    """

    title: str
    sentence: str = ""
    action_name: str = ""
    action_href: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One place of a second navigation."""

    name: str
    href: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Crumb:
    """One page above this one."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of several that follow each other.

    Attributes
    ----------
    name
        In the reader's language.
    state
        ``"done"``, ``"current"``, ``"todo"`` or ``"failed"``.
    href
        Where it can be gone back to; empty when it cannot.
    """

    name: str
    state: StepState = "todo"
    href: str = ""


def steps(names: list[str], current: int, hrefs: list[str] | None = None) -> tuple[Step, ...]:
    """Return the steps of a wizard that stands at step ``current`` (0 is the first); done ones may be gone
    back to.

    Parameters
    ----------
    names
        In the order of doing.
    current
        Place of the open one; ``len(names)`` when all are done.
    hrefs
        An address for each; only those of done steps are used.
    """
    return tuple(
        Step(
            name,
            "done" if place < current else "current" if place == current else "todo",
            hrefs[place] if hrefs and place < current else "",
        )
        for place, name in enumerate(names)
    )
