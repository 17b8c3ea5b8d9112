"""What a form of respondents sent: the answers it holds, and why others are not taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Literal, cast

from django.http import HttpRequest

from safar.listen.questionnaire import questions as kinds
from safar.listen.questionnaire.anatomy import Answer, Survey
from safar.listen.questionnaire.reading_answers import read_answer
from safar.listen.questionnaire.refusals import AnswerRefused
from safar.listen.questionnaire.walk import Step, key_of
from safar.show.locale import Locale
from safar.store.home import region_of

from .answer_words import answer_sentence, missing_sentence
from .cards_to_find import CLICK_WIDTH
from .files import FileOwner, keep_file
from .interface import locale_of
from .models import ResponseFile
from .page import read_step
from .places import Place
from .tickets import Ticket

Does = Literal["next", "back", "stay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """A page that was filled in.

    Attributes
    ----------
    step
        Which page.
    does
        What was pressed.
    answers, asked
        Answers by key, and the keys of all questions that were seen.
    refused
        Why answers are not taken, by key.
    missing
        Keys of questions that must be answered and are not.
    values
        What stood in the controls.
    language
        In which it is to be read on.
    only_shows
        Nothing was sent: it is to be shown in another language, or with a place of a menu opened.
    """

    step: Step
    does: Does
    answers: Mapping[str, Answer]
    asked: frozenset[str]
    values: Mapping[str, Sequence[str]]
    language: str
    refused: Mapping[str, AnswerRefused] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    only_shows: bool = False

    @property
    def is_refused(self) -> bool:
        """Whether an answer is not taken; who goes back is not held by it."""
        return bool(self.refused) and self.does == "next"

    def lacking(self, missing: Sequence[str]) -> SentForm:
        """Return the form with questions that must be answered."""
        return replace(self, missing=tuple(missing))

    def errors(self, locale: Locale) -> dict[str, str]:
        """Return why answers are not taken, in the words of a locale, by key."""
        if self.only_shows:
            return {}
        found = {key: answer_sentence(error, locale) for key, error in self.refused.items()}
        return found | dict.fromkeys(self.missing, missing_sentence(locale))


def read_form(request: HttpRequest, place: Place, survey: Survey, ticket: Ticket, language: str) -> SentForm:
    """Return what a form sent. Files that came with it are kept already."""
    values = {name: list(texts) for name, texts in request.POST.lists() if not name.startswith("_")}
    step = read_step(request.POST.get("_page", ""))
    asked = frozenset(request.POST.get("_asked", "").split())
    locale = locale_of(language, place.workspace)
    answers: dict[str, Answer] = {}
    refused: dict[str, AnswerRefused] = {}
    page = survey.page(step.page_id)
    for question in () if page is None else page.questions:
        key = key_of(question.question_id, step.item)
        if key not in asked:
            continue
        _complete(values, question, key)
        try:
            if isinstance(question, kinds.File):
                values[key] = [*_kept(ticket, key, values), *_uploaded(request, place, ticket, question, key)]
            answer = read_answer(
                question, values, key=key, calendar=locale.calendar, region=region_of(place.workspace)
            )
        except AnswerRefused as error:
            refused[key] = error
            continue
        if answer is not None:
            answers[key] = answer
    _open(values, request.POST.get("_open", ""))
    does: Does = "back" if request.POST.get("_does") == "back" else "next"
    language_to = request.POST.get("_language_to", "")
    return SentForm(
        step=step,
        does=does,
        answers=answers,
        asked=asked,
        values=values,
        language=language_to if language_to in survey.languages else language,
        refused=refused,
        only_shows=bool(language_to or request.POST.get("_open")),
    )


def _complete(values: dict[str, list[str]], question: kinds.Question, key: str) -> None:
    """Put a click on a picture where it is read from, wherever it was made."""
    if not isinstance(question, kinds.FirstClick):
        return
    part = next(iter(values.get(f"{key}.part", ())), "").split()
    kept = next(iter(values.get(f"{key}.kept", ())), "").split()
    pixels = [next(iter(values.get(f"{key}.pixel.{axis}", ())), "") for axis in ("x", "y")]
    if all(pixels) and pixels != ["0", "0"]:  # a press of the Enter key is a click at the very corner
        height = next(iter(values.get(f"{key}.shown", ())), "") or str(CLICK_WIDTH)
        values |= {
            f"{key}.x": [pixels[0]],
            f"{key}.y": [pixels[1]],
            f"{key}.width": [str(CLICK_WIDTH)],
            f"{key}.height": [height],
        }
    elif not any(values.get(f"{key}.{axis}") for axis in ("x", "y")):
        for point in (part, kept):
            if len(point) == 2:
                values |= {
                    f"{key}.x": [point[0]],
                    f"{key}.y": [point[1]],
                    f"{key}.width": [],
                    f"{key}.height": [],
                }
                break


def _kept(ticket: Ticket, key: str, values: Mapping[str, Sequence[str]]) -> list[str]:
    """Return which files that came with the page before are still wanted: of this very response alone."""
    mine = ResponseFile.objects.filter(
        response_id=ticket.public_id, question_id=key, public_id__in=values.get(key, ())
    )
    return list(mine.order_by("pk").values_list("public_id", flat=True))


def _uploaded(
    request: HttpRequest, place: Place, ticket: Ticket, question: kinds.File, key: str
) -> list[str]:
    """Keep the files that came with the page; return their ids.

    Raises
    ------
    FileRefused
    """
    owner = FileOwner(place.workspace.workspace_id, ticket.public_id, key)
    return [
        keep_file(owner, question, cast("IO[bytes]", each), each.name or "")
        for each in request.FILES.getlist(f"{key}.upload")[: question.at_most + 1]
    ]


def _open(values: dict[str, list[str]], wish: str) -> None:
    """Add a place of a menu that was opened; one that stood open is closed by opening what it lies in."""
    key, _, place = wish.partition(" ")
    if place:
        values.setdefault(f"{key}.opened", []).append(place)
