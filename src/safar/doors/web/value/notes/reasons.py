"""Why: what moves answers, purchases and scores; a sentence for each caveat."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from safar.doors.web.journeys.note_sentences import Sentence, counted, ngettext_noop, plainly
from safar.show.locale import Locale
from safar.vocabulary.answer import Note

from .said import of_experience, of_experience_alone

#: Why a driver is left out.
_LEFT_OUT: Final = {
    "few": of_experience(
        *ngettext_noop(
            "“%(driver)s” is left out: it has %(count)s answer only, too few.",
            "“%(driver)s” is left out: it has %(count)s answers only, too few.",
        )
    ),
    "alike": of_experience(
        *ngettext_noop(
            "“%(driver)s” is left out: its %(count)s answer is the same as ever.",
            "“%(driver)s” is left out: its %(count)s answers are nearly all the same.",
        )
    ),
    "beside": of_experience(
        *ngettext_noop(
            "“%(driver)s” is left out: its %(count)s answer hardly ever stands beside answers to the others.",
            "“%(driver)s” is left out: its %(count)s answers hardly ever stand beside answers to the others.",
        )
    ),
}


def _left_out(note: Note, locale: Locale) -> str:
    facts = dict(note.facts)
    return _LEFT_OUT[str(facts["because"])](note, locale)


OF_REASONS: Final[dict[str, Sentence]] = {
    "drivers.filled": counted(
        *ngettext_noop(
            "%(count)s answer is missing and was allowed for by what else was answered.",
            "%(count)s answers are missing and were allowed for by what else was answered.",
        )
    ),
    "drivers.left_out": _left_out,
    "drivers.no_answers": counted(
        *ngettext_noop(
            "%(count)s answer has nothing known before it and is left out.",
            "%(count)s answers have nothing known before them and are left out.",
        )
    ),
    "drivers.no_outcome": counted(
        *ngettext_noop(
            "Of %(count)s row it is not known what came of it: it is left out.",
            "Of %(count)s rows it is not known what came of them: they are left out.",
        )
    ),
    "drivers.nothing_spent": counted(
        *ngettext_noop(
            "%(count)s row brought nothing afterwards: spending is explained among those who spent.",
            "%(count)s rows brought nothing afterwards: spending is explained among those who spent.",
        )
    ),
    "drivers.relative_weights": counted(
        *ngettext_noop(
            "%(count)s thing is too many for all orders: shares are told a shorter way (Johnson's relative weights).",
            "%(count)s things are too many for all orders: shares are told a shorter way (Johnson's relative weights).",
        )
    ),
    "drivers.turned": counted(
        *ngettext_noop(
            "%(count)s goes one way by itself and the other way beside the rest.",
            "%(count)s go one way by themselves and the other way beside the rest.",
        )
    ),
    "effect.few": counted(
        *ngettext_noop(
            "With %(count)s customer on the smaller side the interval is rough.",
            "With %(count)s customers on the smaller side the interval is rough.",
        )
    ),
    "effect.skewed": plainly(
        gettext_noop(
            "A few customers bring most of it: the loss is below the interval more often than above it."
        )
    ),
    "experience.no_order": counted(
        *ngettext_noop(
            "%(count)s occasion is of customers who never ordered, of unknown currency, and is left out.",
            "%(count)s occasions are of customers who never ordered, of unknown currency, and are left out.",
        )
    ),
    "experience.not_followed": counted(
        *ngettext_noop(
            "%(count)s occasion is too recent to know what came of it.",
            "%(count)s occasions are too recent to know what came of them.",
        )
    ),
    "experience.other_currency": counted(
        *ngettext_noop(
            "%(count)s occasion of customers who pay in another currency is left out.",
            "%(count)s occasions of customers who pay in another currency are left out.",
        )
    ),
    "value_at_risk.association": plainly(
        gettext_noop(
            "These are associations between customers who were alike before, not proven effects: something hidden may"
            " be behind them."
        )
    ),
    "value_at_risk.fragile": plainly(
        gettext_noop(
            "It is fragile: something hidden that explains less than a twentieth both of who had it and of what"
            " they brought is enough for the interval to reach zero."
        )
    ),
    "value_at_risk.too_few": of_experience(
        *ngettext_noop(
            "%(experience)s cannot be judged: %(count)s customer on one side is too few.",
            "%(experience)s cannot be judged: %(count)s customers on one side are too few.",
        )
    ),
    "mediation.assumption": plainly(
        gettext_noop(
            "These are associations. What is hidden in both the answer and coming back, such as mood, makes the part"
            " through satisfaction look larger than it is."
        )
    ),
    "mediation.incomplete": counted(
        *ngettext_noop(
            "%(count)s occasion without an answer is left out.",
            "%(count)s occasions without an answer are left out.",
        )
    ),
    "mediation.no_share": plainly(
        gettext_noop(
            "What goes through satisfaction and what goes past it point in opposite directions: no share is told."
        )
    ),
    "mediation.opposed": of_experience_alone(
        gettext_noop(
            "%(experience)s: what goes through satisfaction and what goes past it point in opposite directions, so each"
            " hides some of the other and no share is told."
        )
    ),
    "mediation.too_few": of_experience(
        *ngettext_noop(
            "%(experience)s cannot be judged: too few of %(count)s answer are of customers with it, or of others.",
            "%(experience)s cannot be judged: too few of %(count)s answers are of customers with it, or of others.",
        )
    ),
    "penalty_reward.incomplete": counted(
        *ngettext_noop(
            "%(count)s row without an answer to everything that is compared is left out.",
            "%(count)s rows without an answer to everything that is compared are left out.",
        )
    ),
    "penalty_reward.left_out": of_experience(
        *ngettext_noop(
            "%(driver)s is left out: its %(count)s answer hardly stands beside the others, or is always the same.",
            "%(driver)s is left out: its %(count)s answers hardly stand beside the others, or are always the same.",
        )
    ),
    "kano.few": of_experience(
        *ngettext_noop(
            "%(feature)s: with %(count)s customer the category is hardly more than chance.",
            "%(feature)s: with %(count)s customers the category is hardly more than chance.",
        )
    ),
    "kano.questionable": of_experience(
        *ngettext_noop(
            "%(feature)s: %(count)s customer gave answers that contradict each other.",
            "%(feature)s: %(count)s customers gave answers that contradict each other.",
        )
    ),
    "kano.unpaired": counted(
        *ngettext_noop(
            "%(count)s answer to one of the two questions alone is left out.",
            "%(count)s answers to one of the two questions alone are left out.",
        )
    ),
    "path_model.association": plainly(
        gettext_noop("The arrows were assumed, not found: numbers are associations along them.")
    ),
    "path_model.filled": counted(
        *ngettext_noop(
            "%(count)s answer is missing and was allowed for by what else was answered.",
            "%(count)s answers are missing and were allowed for by what else was answered.",
        )
    ),
    "path_model.guessed": plainly(
        gettext_noop("Which question shows what was guessed from the names of the keys.")
    ),
    "path_model.left_out": of_experience(
        *ngettext_noop(
            "%(question)s is left out: its %(count)s answer hardly stands beside the others, or is always the same.",
            "%(question)s is left out: its %(count)s answers hardly stand beside the others, or are always the same.",
        )
    ),
    "chain.assumption": plainly(
        gettext_noop(
            "It is assumed that who is spared an experience goes on like those alike who never had it, that the others"
            " stay as frequent as they are, and that twice as much of one moves twice as much: an association, not an"
            " effect that was tried."
        )
    ),
    "chain.fewer_known": counted(
        *ngettext_noop(
            "There are few answers: %(count)s thing that was known before is not held equal among them.",
            "There are few answers: %(count)s things that were known before are not held equal among them.",
        )
    ),
    "chain.at_most": of_experience_alone(
        gettext_noop("%(experience)s cannot happen more often than always: it is taken to happen each time.")
    ),
    "change.association": plainly(
        gettext_noop(
            "Touchpoints explain the difference, they need not have caused it: it is an association."
        )
    ),
    "change.too_few": counted(
        *ngettext_noop(
            "One side has %(count)s answer only: too few to tell which touchpoints moved the score.",
            "One side has %(count)s answers only: too few to tell which touchpoints moved the score.",
        )
    ),
    "change.untouched": of_experience_alone(
        gettext_noop("%(touchpoint)s: everybody or nobody lived through it, so it explains nothing.")
    ),
    "change.same_people": counted(
        *ngettext_noop(
            "%(count)s customer answered on both sides: intervals are a little too wide.",
            "%(count)s customers answered on both sides: intervals are a little too wide.",
        )
    ),
}
