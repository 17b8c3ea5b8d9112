"""What each metric means and how it is counted, and what each caveat of a score says."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from safar.doors.web.journeys.note_sentences import Sentence, counted, ngettext_noop

#: By metric and unit: what it means, and how it is counted.
DEFINITIONS: Final[dict[tuple[str, str], tuple[Promise | str, Promise | str]]] = {
    ("nps", "points"): (
        _("Net Promoter Score: would they recommend us? From −100 to 100, not a percentage."),
        _(
            "Share of promoters (9–10) less share of detractors (0–6). Its variance is p + d − (p − d)²; the interval"
            " is the adjusted Wald interval, which stays honest with few answers."
        ),
    ),
    ("csat", "share"): (
        _("Customer satisfaction: the share of answers in the two highest boxes of the scale."),
        _("Wilson's interval. The mean stands beside the distribution."),
    ),
    ("ces", "mean"): (
        _("Customer effort score 2.0: how far people agree that we made it easy. High is easy."),
        _("The mean answer, with Student's interval inside the scale, made for few answers."),
    ),
    ("goal", "share"): (
        _("Goal completion: of those who came for something, the share who could do it."),
        _("Only “done” counts; “partly” does not, and is told apart. Wilson's interval."),
    ),
    ("findability", "share"): (
        _("Findability: the share who found the right place, in a menu or on a picture."),
        _("Wilson's interval. Directness, time and first clicks stand below."),
    ),
}
#: Of everything else that has a mean.
OTHERS: Final[tuple[Promise | str, Promise | str]] = (
    _("The mean of what was answered."),
    _("With Student's interval, inside the scale where there is one."),
)

NOTE_SENTENCES: Final[dict[str, Sentence]] = {
    "score.unreadable": counted(
        *ngettext_noop(
            "%(count)s answer has no value on the scale (not applicable, or a code for missing) and is not in the"
            " score.",
            "%(count)s answers have no value on the scale (not applicable, or codes for missing) and are not in the"
            " score.",
        )
    ),
    "score.left_out": counted(
        *ngettext_noop(
            "%(count)s answer is left out for its quality mark.",
            "%(count)s answers are left out for their quality marks.",
        )
    ),
    "score.repeated": counted(
        *ngettext_noop(
            "%(count)s answer is of somebody who had answered before in this time; the interval is a little too"
            " narrow.",
            "%(count)s answers are of people who had answered before in this time; the interval is a little too"
            " narrow.",
        )
    ),
    "score.no_weight": counted(
        *ngettext_noop(
            "%(count)s answer came without a weight and has the mean weight.",
            "%(count)s answers came without a weight and have the mean weight.",
        )
    ),
    "score.few_in_group": counted(
        *ngettext_noop(
            "%(count)s group has fewer than ten answers and gets no verdict.",
            "%(count)s groups have fewer than ten answers and get no verdict.",
        )
    ),
    "mix.one_sided": counted(
        *ngettext_noop(
            "%(count)s group has answers at one of the two times only: all that it does counts as mix.",
            "%(count)s groups have answers at one of the two times only: all that they do counts as mix.",
        )
    ),
    "trend.unweighted": counted(
        *ngettext_noop(
            "%(count)s period lacks a group whose share is given, and is not weighted.",
            "%(count)s periods lack a group whose share is given, and are not weighted.",
        )
    ),
    "completion.screened": counted(
        *ngettext_noop(
            "%(count)s respondent was turned away by a full quota, and is not among those who began.",
            "%(count)s respondents were turned away by a full quota, and are not among those who began.",
        )
    ),
    "completion.no_response": counted(
        *ngettext_noop(
            "%(count)s end of a survey names no response and is counted as one of its own.",
            "%(count)s ends of surveys name no response and are counted as one each.",
        )
    ),
    "response.still_open": counted(
        *ngettext_noop(
            "%(count)s invitation can still be answered and is not in the response rate.",
            "%(count)s invitations can still be answered and are not in the response rate.",
        )
    ),
    "response.no_id": counted(
        *ngettext_noop(
            "%(count)s invitation without a number is not in the response rate.",
            "%(count)s invitations without a number are not in the response rate.",
        )
    ),
}


def definition_of(metric: str, unit: str) -> tuple[str, str]:
    """Return what a metric means, and how it is counted."""
    meaning, method = DEFINITIONS.get((metric, unit), OTHERS)
    return str(meaning), str(method)
