"""Why an answer is not taken, in the respondent's words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from safar.doors.web.design.words import filled
from safar.listen.questionnaire.refusals import AnswerRefused
from safar.show.locale import Locale

_SENTENCES: Final = {
    "answer.missing": gettext_lazy("Please answer this question."),
    "answer.rows_missing": gettext_lazy("Please answer every line."),
    "answer.one_only": gettext_lazy("Please choose one answer only."),
    "answer.no_such_choice": gettext_lazy("Please choose one of the answers."),
    "answer.not_together": gettext_lazy("One of your answers stands alone: please remove it or the others."),
    "answer.other_wordless": gettext_lazy("Please say in your own words what you mean."),
    "answer.no_number": gettext_lazy("Please give a number."),
    "answer.not_whole": gettext_lazy("Please give a whole number."),
    "answer.no_date": gettext_lazy("Please give a day, a month and a year that there is."),
    "answer.no_phone": gettext_lazy("Please check the telephone number: it cannot be right."),
    "answer.no_email": gettext_lazy("Please check the e-mail address: something is missing."),
    "answer.no_ranking": gettext_lazy("Please give each place once, from 1 on."),
    "answer.no_point": gettext_lazy("Please click on the picture."),
}


def answer_sentence(error: AnswerRefused, locale: Locale) -> str:
    """Return what is wrong with an answer and what would be taken."""
    found = _COUNTED.get(error.code)
    if found is not None:
        return found(error.context, locale)
    plain = _SENTENCES.get(error.code, gettext_lazy("This answer cannot be taken as it is."))
    return locale.shape(str(plain))


def missing_sentence(locale: Locale) -> str:
    """Return that a question must be answered."""
    return locale.shape(str(_SENTENCES["answer.missing"]))


def _too_few(facts: Any, locale: Locale) -> str:
    count = facts["at_least"]
    sentence = ngettext(
        "Please choose at least %(count)s answer.", "Please choose at least %(count)s answers.", count
    )
    return filled(sentence, count=locale.number(count))


def _too_many(facts: Any, locale: Locale) -> str:
    count = facts["at_most"]
    sentence = ngettext(
        "Please choose at most %(count)s answer.", "Please choose at most %(count)s answers.", count
    )
    return filled(sentence, count=locale.number(count))


def _too_short(facts: Any, locale: Locale) -> str:
    count = facts["at_least"]
    sentence = ngettext(
        "Please write at least %(count)s letter.", "Please write at least %(count)s letters.", count
    )
    return filled(sentence, count=locale.number(count))


def _too_long(facts: Any, locale: Locale) -> str:
    count = facts["at_most"]
    sentence = ngettext("Please keep to %(count)s letter.", "Please keep to %(count)s letters.", count)
    return filled(sentence, count=locale.number(count))


def _out_of_range(facts: Any, locale: Locale) -> str:
    lowest, highest = facts.get("lowest"), facts.get("highest")
    if isinstance(lowest, str) or isinstance(highest, str):
        return _("Please choose another day: this one lies outside what is asked for.")
    if lowest is None:
        return filled(_("Please give a number of at most %(highest)s."), highest=locale.number(highest))
    if highest is None:
        return filled(_("Please give a number of at least %(lowest)s."), lowest=locale.number(lowest))
    return filled(
        _("Please give a number from %(lowest)s to %(highest)s."),
        lowest=locale.number(lowest),
        highest=locale.number(highest),
    )


def _file_refused(facts: Any, locale: Locale) -> str:
    return filled(
        _("This file cannot be taken: it is larger than %(size)s MB, or of another kind than is asked for."),
        size=locale.number(facts["most_mb"]),
    )


def _wrong_sum(facts: Any, locale: Locale) -> str:
    return filled(
        _("Your parts make %(given)s together: please divide exactly %(total)s."),
        given=locale.number(facts["given"]),
        total=locale.number(facts["total"]),
    )


_COUNTED: Final[dict[str, Callable[[Any, Locale], str]]] = {
    "answer.too_few": _too_few,
    "answer.too_many": _too_many,
    "answer.too_short": _too_short,
    "answer.too_long": _too_long,
    "answer.out_of_range": _out_of_range,
    "answer.file_refused": _file_refused,
    "answer.wrong_sum": _wrong_sum,
}
