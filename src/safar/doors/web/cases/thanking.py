"""Thanks to the customer of a case, by mail where that can be, and asking him again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from safar.doors.web.audit.actor import SYSTEM, Actor
from safar.doors.web.design.reader import LANGUAGE_NAMES
from safar.doors.web.design.words import filled
from safar.doors.web.inviting.services import AskedAgain, can_write, invite_after_case, may_hear
from safar.doors.web.surveys.queries import keys_of, surveys_of
from safar.doors.web.work.services import start
from safar.listen.contact_budget import Verdict
from safar.maps.anatomy import said
from safar.store.registry import Workspace

from .errors import CaseNotSo, UnknownCase
from .models import Case, CaseEntry, EntryKind, Thanked
from .queries import CaseFacts, case_of, is_thanked
from .services import note

_MOST_SIGNS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Thanks:
    """A message to a customer in one language."""

    language: str
    language_name: str
    direction: str
    text: str


def thanks_of(workspace: Workspace, case: CaseFacts, *, is_closed: bool) -> tuple[Thanks, ...]:
    """Return what may be said to the customer of a case, in each language, his own first.

    Parameters
    ----------
    is_closed
        Whether what was wrong is put right, or he is only told that somebody looks into it.
    """
    first = case.language if case.language in LANGUAGE_NAMES else workspace.language
    languages = (first, *(each for each in LANGUAGE_NAMES if each != first))
    return tuple(
        Thanks(each, LANGUAGE_NAMES[each], _direction(each), _said(workspace, each, is_closed=is_closed))
        for each in languages
    )


def thank(workspace: Workspace, public_id: str, text: str, *, by: Actor) -> Thanked.Status:
    """Thank the customer of a case by mail, in the background; the case says what became of it.

    Once while it is open, and once when it is closed: of each he hears something else.

    Who does not want mails, has not agreed, cannot be reached, or has heard from the company as often as the budget of
    contacts allows, is not mailed: the case says why, and the words are there to be said in another way.

    Parameters
    ----------
    text
        What is said to him, in his language; the usual words where it is empty.

    Raises
    ------
    UnknownCase
        There is none, or its customer was erased.
    CaseNotSo
        He was thanked already, or this installation sends no mails.
    """
    found = case_of(workspace, public_id)
    if found is None or not found.customer_id:
        raise UnknownCase(
            "There is no such case here, or its customer was erased.", hint="Look at the queue."
        )
    first = thanks_of(workspace, found, is_closed=found.closed_at is not None)[0]
    status = foreseen(workspace, found.customer_id)
    said = text.replace("\x00", "").strip()[:_MOST_SIGNS] or first.text
    with transaction.atomic():
        rows = Case.objects.select_for_update()  # of two members who thank at once, one does
        case = rows.get(workspace_id=workspace.workspace_id, public_id=public_id)
        if is_thanked(workspace, found) or not can_write():
            raise CaseNotSo(
                "The customer cannot be thanked by mail now.",
                hint="Thank once while the case is open and once when it is closed; see that mails can be sent.",
            )
        Thanked.objects.create(
            case=case,
            customer_id=found.customer_id,
            language=first.language,
            text=said,
            status=status,
            made_by=by.member,
        )
        is_asked = status == Thanked.Status.WAITING
        CaseEntry.objects.create(
            case=case,
            kind=EntryKind.THANKED,
            member=by.member,
            text=said if is_asked else "",
            facts={"status": str(status)},
        )
        if is_asked:
            from .jobs import tell_one  # noqa: PLC0415 - the job calls back to this module's neighbours

            start(tell_one, by=SYSTEM, workspace_id=workspace.workspace_id)
    return status


def foreseen(workspace: Workspace, customer_id: str) -> Thanked.Status:
    """Return what becomes of thanking a customer by mail now: ``waiting``, or the reason why he is not mailed."""
    verdict = may_hear(workspace, customer_id, timezone.now())
    return Thanked.Status.WAITING if verdict is Verdict.ASK else Thanked.Status(str(verdict))


def surveys_to_ask(workspace: Workspace, language: str) -> list[tuple[str, str]]:
    """Return the surveys that are open, to ask a customer again: ids and names."""
    return [
        (each.public_id, said(each.name, language, *each.languages) or each.key)
        for each in surveys_of(workspace)
        if each.state == "open"
    ]


def survey_of_question(workspace: Workspace, question_key: str) -> str:
    """Return the open survey that asks a question, the newest of several: its id; empty where there is none."""
    asking = next((each.survey_ids for each in keys_of(workspace) if each.asked.key == question_key), ())
    open_ids = [each.public_id for each in surveys_of(workspace) if each.state == "open"]
    return next((each for each in reversed(asking) if each in open_ids), "")


def ask_again(workspace: Workspace, case: CaseFacts, survey_id: str, *, by: Actor) -> str:
    """Invite the customer of a case to a survey, and note at the case what became of it; return that sentence.

    Raises
    ------
    UnknownCase
        The customer was erased.
    NotPublished
    """
    if not case.customer_id:
        raise UnknownCase("The customer was erased.", hint="Nobody can be asked.")
    title = filled(_("After a case: %(title)s"), title=case.rule_name or case.public_id)
    found = invite_after_case(workspace, survey_id, case.customer_id, name=title, by=by)
    surveys = dict(surveys_to_ask(workspace, workspace.language))
    said = filled(_became(found), survey=surveys.get(survey_id, survey_id))
    note(workspace, case.public_id, said, is_message=found.is_asked, by=by)
    return said


def _became(found: AskedAgain) -> str:
    """Return what became of asking somebody again; a sentence with a place for the survey's name."""
    if found.is_asked and found.is_mailed:
        return _("Asked again by mail: %(survey)s")
    if found.is_asked:
        return _("To be asked again: %(survey)s. The personal link is among the invitations of the survey.")
    reasons = {
        "opted_out": _("Not asked again (%(survey)s): the customer does not want to be asked."),
        "no_consent": _("Not asked again (%(survey)s): the customer has not agreed to it."),
        "no_address": _("Not asked again (%(survey)s): no address of the customer is known."),
        "budget": _(
            "Not asked again (%(survey)s): the customer was asked as often as the budget of contacts allows."
        ),
    }
    return reasons.get(found.verdict, _("Not asked again: %(survey)s"))


def _said(workspace: Workspace, language: str, *, is_closed: bool) -> str:
    with translation.override(language):
        words = (
            _(
                "Thank you for telling us. You wrote to %(company)s, and we have looked into it and put right what we"
                " could. May we ask you again in a few days how it is now?"
            )
            if is_closed
            else _(
                "Thank you for telling us. You wrote to %(company)s, and we are looking into it. We will tell you what"
                " we have done."
            )
        )
        return filled(words, company=workspace.name)


def _direction(language: str) -> str:
    return "ltr" if language == "en" else "rtl"


def offered(texts: Mapping[str, str], language: str) -> str:
    """Return a text in a language, else in any that it is written in."""
    return texts.get(language) or next((text for text in texts.values() if text), "")
