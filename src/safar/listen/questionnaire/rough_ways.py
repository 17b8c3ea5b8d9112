"""Where respondents may come, roughly: each condition is looked at by itself.

For surveys whose ways are too many to be followed (`ways`). What is out of reach here is out of reach; a circle that is
left here can be left. What lies between stays open.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Final

from msgspec.structs import replace

from .anatomy import END, Answer, Page, Survey
from .conditions import AllOf, AnyOf, Condition, Test
from .logic import Facts, holds, leaves
from .samples import Samples, Uses, samples, uses_of

_MOST: Final = 4_096


class RoughWays:
    """What can be said of a survey without following its ways."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._uses = uses_of(survey)
        self._samples: dict[str, Samples] = {}

    def leads(self) -> dict[str, tuple[str, ...]]:
        """Return what may come after each page; under the empty id, what may come first. Endings are there as `END`."""
        found = {page.page_id: tuple(dict.fromkeys(self._leads(page))) for page in self._survey.pages}
        return {"": tuple(self._following(0)), **found}

    def reachable(self) -> set[str]:
        """Return the ids of pages that are not out of reach, with `END`."""
        leads = self.leads()
        found: set[str] = set()
        waiting = list(leads[""])
        while waiting:
            at = waiting.pop()
            if at not in found:
                found.add(at)
                waiting += leads.get(at, ())
        return found

    def can_hold(self, condition: Condition | None) -> bool:
        """Return whether any answers fulfil a condition; True where that cannot be told."""
        if condition is None:
            return True
        asked = {name: self._of(name) for name in _questions(condition)}
        if any(test.of.partition(".")[0] != "question" or "@" in test.of for test in leaves(condition)):
            return True
        if not all(each.is_whole for each in asked.values()):
            return True
        mixes = product(*((*each.answers, None) for each in asked.values()))
        facts = Facts(self._survey)
        for mix in islice(mixes, _MOST):
            answers = {name: each for name, each in zip(asked, mix, strict=True) if each is not None}
            if holds(condition, replace(facts, answers=answers)):
                return True
        return next(mixes, None) is not None

    def can_be_left_forwards(self, page: Page) -> bool:
        """Return whether some answers on a page keep every jump back from being taken, whatever else is known."""
        survey = self._survey
        order = {each.page_id: place for place, each in enumerate(survey.pages)}
        here = order[page.page_id]
        back = [
            jump
            for jump in survey.jumps
            if jump.after == page.page_id and order.get(jump.to, len(order)) <= here
        ]
        if page.repeats_for:
            return not back
        sure = [each for each in page.questions if each.show_when is None]
        names = {name for jump in back for name in _questions(jump.when)}
        asked = [each.question_id for each in sure if each.question_id in names]
        mixes = product(*(self._of(name).answers for name in asked))
        for mix in islice(mixes, _MOST):
            known = dict(zip(asked, mix, strict=True))
            if all(_verdict(jump.when, survey, known) is False for jump in back):
                return True
        return False

    def _of(self, name: str) -> Samples:
        if name not in self._samples:
            question = self._survey.question(name)
            if question is None:
                self._samples[name] = Samples((None,), is_whole=True)
            else:
                self._samples[name] = samples(question, self._uses.get(name, Uses()))
        return self._samples[name]

    def _leads(self, page: Page) -> Iterator[str]:
        """Yield what may come after a page."""
        survey = self._survey
        for jump in survey.jumps:
            if jump.after == page.page_id and self.can_hold(jump.when):
                target = survey.page(jump.to)
                if target is not None:
                    yield from self._following(survey.pages.index(target))
                else:
                    yield END
                if jump.when is None:
                    return
        if page.repeats_for:
            yield page.page_id
        yield from self._following(survey.pages.index(page) + 1)

    def _following(self, first: int) -> Iterator[str]:
        """Yield the pages that may be the first that is seen from a place on; endings where none need be."""
        for page in self._survey.pages[first:]:
            seen = [each for each in page.questions if self.can_hold(each.show_when)]
            if not seen or not self.can_hold(page.show_when):
                continue
            yield page.page_id
            is_sure = page.show_when is None and not page.repeats_for
            if is_sure and any(each.show_when is None for each in seen):
                return
        yield END


def _questions(condition: Condition | None) -> list[str]:
    """Return the ids of the questions that a condition looks at."""
    named = (test.of.partition(".") for test in leaves(condition))
    ids = (rest.partition(".")[0].partition("@")[0] for kind, _, rest in named if kind == "question")
    return list(dict.fromkeys(ids))


def _verdict(condition: Condition | None, survey: Survey, known: Mapping[str, Answer | None]) -> bool | None:
    """Return whether a condition holds by some answers alone; None where it hangs on others."""
    if condition is None:
        return True
    if isinstance(condition, Test):
        name = condition.of.partition(".")[2].partition(".")[0]
        if not condition.of.startswith("question.") or name not in known:
            return None
        return holds(condition, Facts(survey, {key: each for key, each in known.items() if each is not None}))
    parts = [_verdict(part, survey, known) for part in condition.parts]
    if isinstance(condition, AllOf):
        return False if False in parts else None if None in parts else True
    some = True if True in parts else None if None in parts else False
    if isinstance(condition, AnyOf) or some is None:
        return some
    return not some
