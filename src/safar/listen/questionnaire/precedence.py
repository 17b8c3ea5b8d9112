"""Which answers can be given by the time something is looked at."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from .anatomy import Survey
from .paths import page_of
from .rough_ways import RoughWays

_PLACE: Final = re.compile(r"pages\[([^\]]+)\](?:\.questions\[([^\]]+)\])?")


class Precedence:
    """Which page of a survey can come before which."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._order = {page.page_id: place for place, page in enumerate(survey.pages)}

    def is_given(self, name: str, path: str) -> bool:
        """Return whether the answer ``question.q1`` can be there when the part at a path is shown.

        An ending, and what is no part of a page, comes after everything.
        """
        question_id = name.partition(".")[2].partition(".")[0].partition("@")[0]
        found = _PLACE.match(path)
        page = page_of(self._survey, question_id)
        if found is None or page is None:
            return True
        here, own = found[1], found[2]
        if page.page_id != here:
            return self.is_before(page.page_id, here)
        ids = [each.question_id for each in page.questions]
        return own is not None and own in ids and ids.index(question_id) < ids.index(own)

    def is_before(self, page_id: str, other_id: str) -> bool:
        """Return whether a page can have been seen when another one is come to.

        One that lies behind can, where jumps lead past the other to it and then back.
        """
        if self._order[page_id] < self._order[other_id]:
            return True
        return page_id in self._reached("", without=other_id) and other_id in self._reached(page_id)

    @cached_property
    def _leads(self) -> dict[str, tuple[str, ...]]:
        return RoughWays(self._survey).leads()

    def _reached(self, page_id: str, *, without: str = "") -> set[str]:
        """Return what can be come to from a page (from the beginning when empty) without passing another."""
        found: set[str] = set()
        waiting = list(self._leads[page_id])
        while waiting:
            at = waiting.pop()
            if at not in found and at != without:
                found.add(at)
                waiting += self._leads.get(at, ())
        return found
