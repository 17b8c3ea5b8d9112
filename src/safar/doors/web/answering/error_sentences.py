"""What a reader is told for the error codes of answering."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "answer.file_refused": _("This file is larger than what the question takes, or of another kind."),
    "answering.closed": _("The survey is closed."),
    "answering.no_such_link": _("There is no survey, and no response, at this address."),
    "answering.not_kept": _("The answers could not be kept at this moment. Please send them again."),
    "answering.single_responses": _(
        "This survey promises its respondents that single answers are shown to nobody."
    ),
    "answering.unknown_questions": _("Answers were brought to questions that the survey does not have."),
}
