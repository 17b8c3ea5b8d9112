"""Who takes up a case, and who is told when it is late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from safar.vocabulary.text import fold
from safar.vocabulary.working_time import WorkingTime


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may handle cases.

    Attributes
    ----------
    key
        Of the member.
    names
        What he may be called by on a map: his name, his address.
    language
        What he reads; empty where that is not known.
    open_cases
        How many he has.
    """

    key: int
    names: tuple[str, ...]
    language: str
    open_cases: int


def owner_of(
    candidates: Sequence[Candidate],
    *,
    step_owners: Iterable[str] = (),
    language: str = "",
    chosen: int | None = None,
) -> Candidate | None:
    """Choose who takes up a case; None where nobody may.

    Parameters
    ----------
    candidates
        Who may handle cases.
    step_owners
        Who answers for the step, as the map says it: a name or an address. A team or somebody who is no candidate is
        passed over.
    language
        The customer's: who reads it goes before others.
    chosen
        The member whom the rule names; he goes before everybody.

    Notes
    -----
    In this order: whom the rule names; who answers for the step; who reads the customer's language. Among equals who
    has the fewest open cases, then who came first.

    Examples
    --------
    >>> sara, omar = Candidate(1, ("Sara",), "fa", 4), Candidate(2, ("Omar",), "ar", 0)
    >>> [owner_of([sara, omar], language=each).names[0] for each in ("fa", "ar", "en")]
    ['Sara', 'Omar', 'Omar']
    >>> owner_of([sara, omar], step_owners=["sara"], language="ar").names
    ('Sara',)
    """
    responsible = {fold(each) for each in step_owners}

    def rank(candidate: Candidate) -> tuple[bool, bool, bool, int, int]:
        is_responsible = any(fold(name) in responsible for name in candidate.names if name)
        speaks = bool(language) and candidate.language == language
        return (
            candidate.key != chosen,
            not is_responsible,
            not speaks,
            candidate.open_cases,
            candidate.key,
        )

    return min(candidates, key=rank, default=None)


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told when a case is late.

    Attributes
    ----------
    after
        Working time past the due time.
    role
        Members of this role in the workspace: ``manager`` or ``owner``.
    """

    after: timedelta
    role: str


def escalations_reached(
    due_at: datetime, levels: Sequence[Escalation], *, now: datetime, working: WorkingTime
) -> int:
    """Return how many levels of escalation a case that nobody has answered has reached by now.

    Parameters
    ----------
    levels
        The earliest first.
    working
        Lateness is counted in working time: nobody is told at night that nobody answered at night.
    """
    if now < due_at:
        return 0
    late = working.between(due_at, now)
    return sum(late >= each.after for each in levels)
