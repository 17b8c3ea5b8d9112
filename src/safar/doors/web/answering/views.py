"""The pages of respondents: whoever has the link may answer, nobody signs in, no cookie is set."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial, wraps
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from safar.doors.web.inviting.services import note_opened
from safar.doors.web.members.guard import public
from safar.doors.web.surveys.queries import picture_of
from safar.listen.questionnaire.anatomy import Answer, Survey
from safar.listen.questionnaire.questions import File
from safar.listen.questionnaire.walk import Walk
from safar.store.registry import Workspace

from . import tickets
from .interface import chosen_language, locale_of, tongue
from .keeping import KEEPER, AnswersNotKept
from .models import Response, ResponseFile, State
from .page import EndingPage, Scene, ScreenPage, ending_page, over_page, screen_page
from .passage import Moved, Sent, answers_of, taken_back, walk_of
from .pictures import picture_size
from .places import ONCE, NowhereToAnswer, Place, place_of, survey_at
from .sent_form import SentForm, read_form
from .visitors import guessed_too_often, guesses, seconds_to_wait, visitor_of

logger: Final = logging.getLogger("safar.web")

#: Everything comes from this host; a picture of the survey too. Who may show it in a frame is put behind.
_POLICY: Final = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; img-src 'self' data:; object-src 'none';"
    " frame-ancestors "
)


#: So long whoever finds the tables busy is asked to wait.
_LATER_SECONDS: Final = 10
#: Of a page without files.
_FORM_BYTES: Final = 2 << 20


#: First pages as they were drawn, with this in the place of the ticket.
_TICKET: Final = "{ticket}"
_MOST_FIRST_PAGES: Final = 200
_first_pages: Final[dict[tuple[object, ...], str]] = {}


class _SeeOther(HttpResponseRedirectBase):
    """303: look there, whatever was sent here."""

    status_code = 303


def at_place(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a view the place of the token, and its answers the headers of a page that is nobody else's business."""

    @wraps(view)
    def answer(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            seconds = guessed_too_often(request)
            if seconds and not _shows_its_own(request, token, kwargs):
                return too_many(seconds)
            place = place_of(token)
            response = view(request, place, *args, **kwargs)
        except NowhereToAnswer:
            seconds = guesses(request)
            if seconds:
                return too_many(seconds)
            raise Http404 from None
        except OperationalError as error:
            logger.warning("a page of a respondent waits for the tables: %s", error)
            response = _later()
        response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return public(csrf_exempt(answer))


def _shows_its_own(request: HttpRequest, token: str, named: Mapping[str, Any]) -> bool:
    """Return whether somebody is on with a response, whoever guesses addresses in the same network.

    The address of a response, which nobody guesses, or a page that the token opened: neither tells whether a token that
    was made up is one of ours.
    """
    if "public_id" in named or request.method != "POST":
        return "public_id" in named
    if int(request.META.get("CONTENT_LENGTH") or 0) > _FORM_BYTES:  # large files have to wait
        return False
    return tickets.is_of_token(request.POST.get("_ticket", ""), token)


@at_place
def survey(request: HttpRequest, place: Place) -> HttpResponseBase:
    """Show the first page of a survey, or take a page that was filled in."""
    if request.method == "POST":
        return _taken(request, place)
    if request.method not in {"GET", "HEAD"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
    ticket = tickets.new_ticket(place, request.GET.dict())
    if place.kind == ONCE:
        row = _row(place, ticket.public_id)
        if row is not None:
            return _go_to(request, place, row.public_id)
        _note_opened(place)
    language = chosen_language(place.survey, request, wanted=(request.GET.get("lang", ""), place.language))
    if place.over:
        return closed_page(place, language, place.over)
    is_embedded = _is_embedded(request, place)
    kept = (
        None if {"q", "v"} & request.GET.keys() else _first_page_key(place, language, is_embedded=is_embedded)
    )
    page = _first_pages.get(kept) if kept else None
    if page is None:
        walk = Walk.begin(place.survey, language=language, seed=ticket.seed, hidden=ticket.hidden)
        scene = _scene(request, place, ticket, walk, {})
        if kept is None:
            return _drawn(place, _marked(request, scene), state="none")
        drawn = _drawn(place, replace(scene, ticket=_TICKET), state="none")
        page = drawn.content.decode()
        if len(_first_pages) >= _MOST_FIRST_PAGES:
            _first_pages.clear()
        _first_pages[kept] = page
    answer = HttpResponse(page.replace(_TICKET, tickets.told(ticket, place)))
    return with_policy(answer, place if is_embedded else None, language)


def _first_page_key(place: Place, language: str, *, is_embedded: bool) -> tuple[object, ...] | None:
    """Return what the first page follows from, where it is the same for everybody but for the ticket; else None."""
    is_same_for_all = (
        place.version
        and not (place.survey.hidden or place.survey.quotas)
        and not any(
            getattr(each, "is_shuffled", False) for each in (*place.survey.pages[:1], *place.survey.questions)
        )
    )
    if not is_same_for_all:
        return None
    return place.token, place.version, place.workspace.name, language, is_embedded


@at_place
@require_safe
def response(request: HttpRequest, place: Place, public_id: str) -> HttpResponseBase:
    """Show where a response is: the page it waits at, or its end. Whoever has its address may go on."""
    row = _row(place, public_id)
    if row is None:
        raise NowhereToAnswer("There is no such response.", hint="Open the link again.")
    asked = survey_at(place, row.version)
    language = chosen_language(asked, request, wanted=(request.GET.get("lang", ""), row.language))
    if row.state == State.STOPPED:
        return closed_page(place, language, "stopped")
    if row.state == State.OPEN and place.over:
        return closed_page(place, language, place.over)
    walk = walk_of(row, asked).in_language(language)
    scene = _scene(request, place, _ticket_of(row), walk, answers_of(row))
    return _drawn(place, scene, state=row.state)


@at_place
@require_safe
def picture(request: HttpRequest, place: Place, picture_id: str) -> HttpResponseBase:
    """Show a picture of the survey."""
    found = picture_of(place.workspace, place.survey_id, picture_id)
    if found is None:
        raise NowhereToAnswer("There is no such picture.", hint="Open the link again.")
    content, content_type = found
    answer = HttpResponse(content, content_type=content_type)
    answer.headers["Cache-Control"] = "private, max-age=86400, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def _taken(request: HttpRequest, place: Place) -> HttpResponseBase:
    """Take a page that was filled in."""
    seconds = seconds_to_wait(request, place.link)
    if seconds:
        return too_many(seconds)
    if int(request.META.get("CONTENT_LENGTH") or 0) > _most_bytes(place.survey):
        raise RequestDataTooBig("The files are larger than what the survey takes.")
    ticket = tickets.read(request.POST.get("_ticket", ""), place)
    if ticket is None:  # of another key, or not ours: the survey begins
        return _SeeOther(_address(place.token))
    asked = survey_at(place, ticket.version)
    language = request.POST.get("_language", "")
    if language not in asked.languages:
        language = chosen_language(asked, request, wanted=(place.language,))
    if place.over and not (place.over == "answered" and _row(place, ticket.public_id)):
        return closed_page(place, language, place.over)
    if request.FILES and _is_ended(place, ticket):  # what comes too late is not kept
        return _go_to(request, place, ticket.public_id)
    with translation.override(tongue(language).interface):
        form = read_form(request, place, asked, ticket, language)
    if form.is_refused or form.only_shows:
        return _again(request, place, ticket, form)
    return _kept(request, place, ticket, form, language)


def _kept(
    request: HttpRequest, place: Place, ticket: tickets.Ticket, form: SentForm, language: str
) -> HttpResponseBase:
    """Keep a page, and lead on."""
    sent = Sent(
        place=place,
        ticket=ticket,
        at=timezone.now(),
        answers=form.answers,
        asked=form.asked,
        page=form.step,
        does=form.does,
        language=language,
        visitor=visitor_of(request),
    )
    try:
        moved = KEEPER.keep(sent)
    except AnswersNotKept:
        return _send_again(request, place, ticket, form)
    if form.does == "next" and not moved.is_stale and _stays(moved, form):
        return _again(request, place, ticket, form.lacking(moved.missing), moved)
    return _go_to(request, place, moved.row.public_id)


def _most_bytes(asked: Survey) -> int:
    """Return what a page of a survey may be large, files and all."""
    files = (each for each in asked.questions if isinstance(each, File))
    return _FORM_BYTES + sum(each.most_mb * each.at_most << 20 for each in files)


def _stays(moved: Moved, form: SentForm) -> bool:
    return not moved.walk.is_over and moved.walk.way[-1] == form.step


def _note_opened(place: Place) -> None:
    """Keep that an invitation was opened; where the tables take nothing now, its survey is shown all the same."""
    try:
        note_opened(place.token)
    except DatabaseError as error:
        logger.warning("it is not noted that an invitation was opened: %s", error)


def _send_again(
    request: HttpRequest, place: Place, ticket: tickets.Ticket, form: SentForm
) -> HttpResponseBase:
    """Show a page that could not be kept once more, with what was typed in it, and ask to send it again."""
    with translation.override(tongue(form.language).interface):
        notice = _(
            "Your answers could not be kept at this moment. They are still here: please send them again."
        )
    answer = _again(request, place, ticket, form, notice=notice)
    if isinstance(answer, _SeeOther):  # of a page that is not on the way any more
        return answer
    answer.status_code = 503
    answer.headers["Retry-After"] = str(_LATER_SECONDS)
    return answer


def _later() -> HttpResponse:
    """Ask to come again, where not even the page can be drawn."""
    words = _("This page cannot be shown at this moment. Please try it again in a minute.")
    answer = HttpResponse(f"{words}\n", status=503, content_type="text/plain; charset=utf-8")
    answer.headers["Retry-After"] = str(_LATER_SECONDS)
    return answer


def _again(
    request: HttpRequest,
    place: Place,
    ticket: tickets.Ticket,
    form: SentForm,
    moved: Moved | None = None,
    *,
    notice: str = "",
) -> HttpResponseBase:
    """Show the page once more, with what was typed in it: something is wrong, or it is to be seen otherwise."""
    asked = survey_at(place, ticket.version)
    if moved is not None:
        walk, answers = moved.walk, moved.answers
    else:
        row = _row(place, ticket.public_id)
        if row is not None and row.state == State.OPEN:
            walk, answers = walk_of(row, asked), answers_of(row)
        else:
            walk = Walk.begin(asked, language=form.language, seed=ticket.seed, hidden=ticket.hidden)
            answers = {}
    if form.step not in walk.way:
        return _go_to(request, place, ticket.public_id)
    walk = taken_back(walk, form.step).in_language(form.language)
    scene = _scene(request, place, ticket, walk, {**answers, **form.answers})
    with translation.override(tongue(form.language).interface):
        errors = form.errors(locale_of(form.language, place.workspace))
    scene = replace(scene, values=form.values, errors=errors, notice=notice)
    answer = _drawn(place, scene, state="open")
    if errors:
        answer.status_code = 422
    return answer


def _scene(
    request: HttpRequest, place: Place, ticket: tickets.Ticket, walk: Walk, answers: Mapping[str, Answer]
) -> Scene:
    is_embedded = _is_embedded(request, place)
    action = _address(place.token)
    return Scene(
        workspace=place.workspace,
        survey=survey_at(place, ticket.version),
        walk=walk,
        answers=answers,
        picture_address=lambda picture_id: reverse(
            "answer-picture", kwargs={"token": place.token, "picture_id": picture_id}
        ),
        action=f"{action}?embed=1" if is_embedded else action,
        file_names=_file_names(place, ticket),
        picture_size=partial(_picture_size, place.workspace, place.survey_id),
        ticket=tickets.told(ticket, place),
        is_test=place.is_test,
        is_embedded=is_embedded,
    )


def _is_embedded(request: HttpRequest, place: Place) -> bool:
    return bool(place.origins) and (request.GET.get("embed") or request.POST.get("embed")) == "1"


def _file_names(place: Place, ticket: tickets.Ticket) -> dict[str, str]:
    """Return the names of the files that came with a response, by id."""
    if not any(isinstance(each, File) for each in survey_at(place, ticket.version).questions):
        return {}
    rows = ResponseFile.objects.filter(response_id=ticket.public_id)
    return dict(rows.values_list("public_id", "name"))


@lru_cache(256)
def _picture_size(workspace: Workspace, survey_id: str, picture_id: str) -> tuple[int, int] | None:
    found = picture_of(workspace, survey_id, picture_id)
    return None if found is None else picture_size(found[0])


def _marked(request: HttpRequest, scene: Scene) -> Scene:
    """Return the first page with an answer marked that a mail brought along: it is sent only by a press of a button,
    for programs that look at the links of mails open them too."""
    name, value = request.GET.get("q", ""), request.GET.get("v", "")
    screen = scene.walk.screen(scene.survey, {})
    if not name or not value or screen is None or name not in {each.key for each in screen.questions}:
        return scene
    with translation.override(tongue(scene.walk.language).interface):
        notice = _("Your answer is marked. Send it with the button below.")
    return replace(scene, values={name: [value[:100]]}, notice=notice)


def _drawn(place: Place, scene: Scene, *, state: str) -> HttpResponse:
    found = tongue(scene.walk.language)
    with translation.override(found.interface):
        page: ScreenPage | EndingPage | None = screen_page(scene)
        template = "answering/screen.html"
        if page is None:
            page, template = ending_page(scene, state=state), "answering/ending.html"
        answer = HttpResponse(render_to_string(template, {"page": page}))
    return with_policy(answer, place if scene.is_embedded else None, scene.walk.language)


def closed_page(place: Place, language: str, why: str) -> HttpResponse:
    """Say why nothing is answered here any more."""
    with translation.override(tongue(language).interface):
        page = over_page(place.workspace, place.survey, language, why)
        answer = HttpResponse(render_to_string("answering/closed.html", {"page": page}), status=410)
    return with_policy(answer, place if place.origins else None, language)


def with_policy(answer: HttpResponse, framed: Place | None, language: str) -> HttpResponse:
    """Return a page that says what it may load, and who may show it in a frame: pages of the place's origins, or
    nobody."""
    ancestors = " ".join(framed.origins) if framed is not None else "'none'"
    answer.headers["Content-Security-Policy"] = _POLICY + ancestors
    answer.headers["Content-Language"] = language
    return answer


def _go_to(request: HttpRequest, place: Place, public_id: str) -> HttpResponseBase:
    address = f"{_address(place.token)}/{public_id}"
    return _SeeOther(f"{address}?embed=1" if _is_embedded(request, place) else address)


@lru_cache(1_024)
def _address(token: str) -> str:
    """Return where a survey is answered; a response of it is behind that."""
    return reverse("answer", kwargs={"token": token})


def _row(place: Place, public_id: str) -> Response | None:
    """Return a response of this place; of another link, or another survey, there is none."""
    found: Response | None = Response.objects.filter(public_id=public_id).first()
    if found is None or found.link != place.link or found.survey_id != place.survey_id:
        return None
    return found


def _is_ended(place: Place, ticket: tickets.Ticket) -> bool:
    row = _row(place, ticket.public_id)
    return row is not None and row.state != State.OPEN


def _ticket_of(row: Response) -> tickets.Ticket:
    return tickets.Ticket(row.public_id, row.version, row.started_at, dict(row.hidden), row.customer_id)


def too_many(seconds: int) -> HttpResponse:
    """Ask for patience."""
    answer = HttpResponse(f"429 · {seconds} s\n", status=429, content_type="text/plain; charset=utf-8")
    answer.headers["Retry-After"] = str(seconds)
    return answer
