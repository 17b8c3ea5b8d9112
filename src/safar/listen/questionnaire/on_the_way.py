"""The answers that count, of very many responses to one survey."""

from __future__ import annotations

from typing import Final

import msgspec

from .anatomy import Answer, Answers, Survey
from .walk import Walk, WalkLost, answers_on_the_way, key_of

_WALKS: Final = msgspec.json.Decoder(Walk)


class OnTheWay:
    """What `walk.answers_on_the_way` says of each response, many times sooner.

    Where no question appears for some respondents alone, what stands on the pages of a way is all that was seen on it.

    Parameters
    ----------
    survey
        As it stood in the version that the responses were given to.
    """

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._is_plain = all(question.show_when is None for question in survey.questions)
        self._on_page = {
            page.page_id: tuple(question.question_id for question in page.questions) for page in survey.pages
        }

    def answers(self, walk: str | bytes, answers: Answers) -> dict[str, Answer]:
        """Return the answers that count.

        Parameters
        ----------
        walk
            As `Walk.told` gives it, in JSON.
        answers
            All that was ever answered.

        Raises
        ------
        WalkLost
            The walk is none, or one through pages that this survey does not have.
        """
        try:
            way = _WALKS.decode(walk)
        except msgspec.MsgspecError as wrong:
            raise _lost(str(wrong)) from wrong
        for step in way.way:
            if step.page_id not in self._on_page:
                raise _lost(f"there is no page {step.page_id!r}")
        if not self._is_plain:
            return answers_on_the_way(self._survey, way, answers)
        keys = (key_of(each, step.item) for step in way.way for each in self._on_page[step.page_id])
        return {key: answers[key] for key in keys if key in answers}


def _lost(problem: str) -> WalkLost:
    return WalkLost(f"The way through the survey is lost: {problem}.", hint="Begin the survey again.")
