"""What a demo shows of listening: surveys whose answers the simulated company told, who was asked, visits, cases.

Its working time is that of the company's support.

Made once, like the rest of the showcase.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final

import msgspec

from safar.listen.questionnaire.anatomy import read
from safar.listen.questionnaire.templates import LANGUAGES, template
from safar.store.registry import Workspace
from safar.vocabulary.calendar import WEEKDAYS
from safar.vocabulary.window import Window, from_microseconds

from .audit.actor import SYSTEM
from .cases.furnishing import furnish as furnish_cases
from .cases.services import keep_working_time
from .homes import current_home
from .inviting.furnishing import DemoRound
from .inviting.furnishing import furnish as furnish_rounds
from .inviting.services import make_link
from .results.told_events import adopt
from .showcase_visits import furnish_visits
from .surveys.queries import published, surveys_of
from .surveys.services import create, publish

#: Templates, and what the simulated company calls the survey.
_SURVEYS: Final = {"relational": "relational", "delivery": "post_delivery", "support": "post_support"}
#: How far back its answers are shown as responses, and how many at most.
_SHOWN: Final = timedelta(days=120)
_MOST: Final = 1_500
#: Whom each is sent after what, by which channels.
_ASKED_AFTER: Final = {
    "relational": ("order_placed", ("email",)),
    "delivery": ("order_delivered", ("sms", "email")),
    "support": ("conversation_resolved", ("sms",)),
}
#: What the rounds are called, by survey.
_ROUNDS: Final = {
    "relational": {"fa": "پس از سفارش", "ar": "بعد الطلب", "en": "After an order"},
    "delivery": {"fa": "روز پس از تحویل", "ar": "اليوم التالي للتسليم", "en": "The day after delivery"},
    "support": {"fa": "پس از حل مشکل", "ar": "بعد حل المشكلة", "en": "Once a problem is solved"},
}
#: Minutes of the day in which the simulated company's support is at work, every day of the week.
_SUPPORT_HOURS: Final = ((8 * 60, 22 * 60),)
#: What the link of a demo's survey is called.
_LINK: Final = {"fa": "برای آزمودن", "ar": "للتجربة", "en": "To try it"}


def furnish_listening(workspace: Workspace, language: str) -> None:
    """Give a demo its surveys with their answers, and its cases; nothing where surveys are.

    Parameters
    ----------
    workspace
        With the events of the simulated company.
    language
        ``fa``, ``ar`` or ``en``: of names that are told in one language.
    """
    if surveys_of(workspace) or surveys_of(workspace, archived=True):
        return
    seen = current_home().log(workspace.workspace_id).sight().present
    present = None if seen is None else from_microseconds(seen)
    rounds = []
    for key, called in _SURVEYS.items():
        survey_id = create(workspace, msgspec.structs.replace(template(key), key=called), by=SYSTEM)
        publish(workspace, survey_id, by=SYSTEM)
        make_link(workspace, survey_id, "open", by=SYSTEM, name=_LINK[language])
        _adopt_answers(workspace, survey_id, present)
        event_name, channels = _ASKED_AFTER[key]
        name = _ROUNDS[key][language]
        rounds += [DemoRound(survey_id, called, name, event_name, channel) for channel in channels]
    if present is not None:
        furnish_visits(workspace, language, present)
        furnish_rounds(workspace, rounds, present, _SHOWN)
    _publish_others(workspace, present)
    keep_working_time(workspace, [_SUPPORT_HOURS] * len(WEEKDAYS), (), by=SYSTEM)
    furnish_cases(workspace, language)


def _publish_others(workspace: Workspace, present: datetime | None) -> None:
    """Publish the other surveys that the company told of, with their answers."""
    wallet = tomllib.loads(files("safar.demo").joinpath("words", "wallet.toml").read_text("utf-8"))
    for survey in (template("kano"), read({"languages": LANGUAGES, **wallet}), template("post_purchase")):
        survey_id = create(workspace, survey, by=SYSTEM)
        publish(workspace, survey_id, by=SYSTEM)
        _adopt_answers(workspace, survey_id, present)


def _adopt_answers(workspace: Workspace, survey_id: str, present: datetime | None) -> None:
    """Show the newest answers that the company told of a survey as its responses."""
    asked = published(workspace, survey_id)
    if present is not None and asked is not None:
        until = present + timedelta(seconds=1)
        adopt(workspace, asked, Window(until - _SHOWN, until), most=_MOST)
