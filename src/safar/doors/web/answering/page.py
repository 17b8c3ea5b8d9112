"""What the pages of respondents are given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from safar.doors.web.design.words import filled
from safar.listen.questionnaire.anatomy import END, Answer, Survey
from safar.listen.questionnaire.piping import piped
from safar.listen.questionnaire.questions import File
from safar.listen.questionnaire.walk import Screen, Step, Walk
from safar.store.registry import Workspace

from .card import Card, Drawing
from .cards import card_of
from .filled_in import values_of
from .interface import Tongue, locale_of, tongue


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyPage:
    """What every page of a survey has.

    Attributes
    ----------
    title
        The survey's name.
    company
        Whose survey it is.
    tongue, languages
        The language of the page, and those it can be switched to.
    is_test
        What is answered counts nowhere.
    is_embedded
        It stands in a frame of another page.
    """

    title: str
    company: str
    tongue: Tongue
    languages: tuple[Tongue, ...] = ()
    is_test: bool = False
    is_embedded: bool = False
    is_kiosk: bool = False

    @property
    def company_apart(self) -> str:
        """The company's name, kept apart from the words around it, which may run the other way."""
        return f"\u2068{self.company}\u2069"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenPage(SurveyPage):
    """A page of questions.

    Attributes
    ----------
    action
        Where the form is sent.
    ticket, place, asked
        What the form carries: whose response, which page it is, and the keys of its questions.
    progress
        From 0 to 1; None where the survey does not show it.
    is_first, is_last
        Whether anything lies before, and whether something surely lies behind.
    notice
        Said above the questions, such as that an answer was marked already.
    """

    action: str
    ticket: str
    place: str
    cards: tuple[Card, ...]
    progress: float | None
    progress_words: str
    is_first: bool
    is_last: bool
    can_go_back: bool
    takes_files: bool
    notice: str = ""

    @property
    def asked(self) -> str:
        """Keys of the questions, as the form carries them."""
        return " ".join(card.key for card in self.cards)

    @property
    def problems(self) -> tuple[Card, ...]:
        """Questions whose answers were not taken."""
        return tuple(card for card in self.cards if card.error)

    @property
    def progress_value(self) -> int:
        """The share that is done, of 100."""
        return round(100 * (self.progress or 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingPage(SurveyPage):
    """The end of a survey, or why there is none to answer."""

    heading: str
    about: str = ""
    redirect: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a page of a survey is drawn from, whoever asks for it: a respondent, or a member who looks at a draft.

    Attributes
    ----------
    values
        What stands in the controls where something was sent that could not be kept; what was answered is put there by
        itself.
    errors
        Why answers were not taken, by key.
    """

    workspace: Workspace
    survey: Survey
    walk: Walk
    answers: Mapping[str, Answer]
    picture_address: Callable[[str], str]
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    file_names: Mapping[str, str] = field(default_factory=dict)
    picture_size: Callable[[str], tuple[int, int] | None] = lambda _: None
    action: str = ""
    ticket: str = ""
    notice: str = ""
    is_test: bool = False
    is_embedded: bool = False


def screen_page(scene: Scene) -> ScreenPage | None:
    """Return the page of questions that the respondent sees now; None where he is at the end."""
    survey, walk = scene.survey, scene.walk
    screen = walk.screen(survey, scene.answers)
    if screen is None:
        return None
    locale = locale_of(walk.language, scene.workspace)
    facts = msgspec.structs.replace(walk.facts(survey, scene.answers), item=screen.item)
    values: dict[str, Sequence[str]] = {}
    for each in screen.questions:
        values |= values_of(each.question, each.key, scene.answers.get(each.key), calendar=locale.calendar)
    drawing = Drawing(
        facts,
        locale,
        scene.values or values,
        scene.errors,
        scene.picture_address,
        scene.file_names,
        picture_size=scene.picture_size,
    )
    is_first = len(walk.way) == 1
    return ScreenPage(
        **_frame(scene),
        action=scene.action,
        ticket=scene.ticket,
        place=told_step(walk.way[-1]),
        cards=tuple(card_of(each, drawing) for each in screen.questions),
        progress=_progress(survey, screen, is_first=is_first),
        progress_words=filled(_("%(share)s done"), share=locale.percent(screen.progress)),
        is_first=is_first,
        is_last=_is_last(survey, screen),
        can_go_back=screen.can_go_back,
        takes_files=any(isinstance(each.question, File) for each in screen.questions),
        notice=scene.notice,
    )


def ending_page(scene: Scene, *, state: str) -> EndingPage:
    """Return the end that the respondent has come to."""
    survey, walk = scene.survey, scene.walk
    facts = walk.facts(survey, scene.answers)
    ending = walk.ending(survey)
    number = locale_of(walk.language, scene.workspace).number
    title = piped(ending.title, facts, number=number) if ending is not None else ""
    about = piped(ending.about, facts, number=number) if ending is not None else ""
    is_plain = ending is None or ending.ending_id == END
    return EndingPage(
        **_frame(scene),
        heading=title or _("Thank you"),
        about=about or (_("Your answers have been kept.") if is_plain and not title else ""),
        redirect=ending.redirect if ending is not None and ending.redirect.startswith("https://") else "",
        state=state,
    )


def over_page(workspace: Workspace, survey: Survey, language: str, why: str) -> EndingPage:
    """Return why nothing is answered here any more."""
    headings = {
        "answered": _("You have answered already"),
        "over": _("This survey is over"),
        "stopped": _("This survey was left a while ago"),
    }
    sentences = {
        "answered": _("Thank you: each invitation can be answered once."),
        "over": _("The time for answering has passed. Thank you for your interest."),
        "stopped": _("What you had answered by then has been kept. Thank you."),
    }
    return EndingPage(
        title=piped_name(survey, language),
        company=workspace.name,
        tongue=tongue(language),
        heading=headings.get(why, _("This survey is closed")),
        about=sentences.get(why, _("It takes no answers at the moment. Thank you for your interest.")),
        state="closed",
    )


def piped_name(survey: Survey, language: str) -> str:
    """Return the survey's name in a language."""
    return survey.name.get(language) or next(iter(survey.name.values()), "")


def told_step(step: Step) -> str:
    """Return a page of a way as a form carries it."""
    return f"{step.page_id}@{step.item}" if step.item else step.page_id


def read_step(text: str) -> Step:
    """Return the page that a form carried."""
    page_id, _, item = text.partition("@")
    return Step(page_id, item)


def _frame(scene: Scene) -> dict[str, Any]:
    return {
        "title": piped_name(scene.survey, scene.walk.language),
        "company": scene.workspace.name,
        "tongue": tongue(scene.walk.language),
        "languages": tuple(tongue(each) for each in scene.survey.languages),
        "is_test": scene.is_test,
        "is_embedded": scene.is_embedded,
    }


def _progress(survey: Survey, screen: Screen, *, is_first: bool) -> float | None:
    return screen.progress if survey.shows_progress and len(survey.pages) > 1 and not is_first else None


def _is_last(survey: Survey, screen: Screen) -> bool:
    """Whether this is the survey's last page: a jump may end it sooner, but none goes on after it."""
    return bool(survey.pages) and survey.pages[-1].page_id == screen.page_id and not screen.item
