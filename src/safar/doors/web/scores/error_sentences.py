"""A sentence for each refusal of scores."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, Promise | str]] = {
    "notebook.scores_need_a_log": _("Scores are read from the answers of a log."),
    "score.grouping_refused": _("Answers cannot be grouped like this."),
    "score.impossible_power": _(
        "No number of answers can be planned for this: give a change other than zero."
    ),
    "score.mixed_scales": _(
        "This question was answered on several scales, and a mean over scales means nothing. Choose one of them."
    ),
    "score.nothing_to_split": _("One of the two times has no answers: there is no change to take apart."),
    "score.trend_refused": _("This score cannot be told over time like this."),
    "score.unknown_key": _("No answer to this question has a score here."),
    "score.unknown_side": _("Answers cannot be told apart by this."),
    "weighting.margin_missing": _(
        "A group has a share but no answers, or answers but no share. Every group needs both."
    ),
    "weighting.margin_refused": _("The shares of the groups must all be above zero and add up to 100%."),
    "weighting.margin_unmet": _(
        "No weights meet all these shares together. Join small groups, give fewer margins, or raise the limit."
    ),
}
