"""Why an answer is not taken: a code for each reason, and what would be taken."""

from __future__ import annotations

from safar.vocabulary.errors import Refusal


class AnswerRefused(Refusal, ValueError):
    """An answer that the question does not take; ``context["question_id"]`` names the question."""

    code = "answer.refused"


class AnswerMissing(AnswerRefused):
    """The question must be answered."""

    code = "answer.missing"


class RowsMissing(AnswerRefused):
    """Not every row of a required table was answered; ``rows`` are those without."""

    code = "answer.rows_missing"


class OneOnly(AnswerRefused):
    """Several were given where one is wanted."""

    code = "answer.one_only"


class NoSuchChoice(AnswerRefused):
    """What was chosen is not among the choices."""

    code = "answer.no_such_choice"


class TooFewChosen(AnswerRefused):
    """Fewer were chosen than wanted: ``at_least``."""

    code = "answer.too_few"


class TooManyChosen(AnswerRefused):
    """More were chosen than may be: ``at_most``."""

    code = "answer.too_many"


class NotTogether(AnswerRefused):
    """A choice that takes the others away was chosen with another."""

    code = "answer.not_together"


class OtherWordless(AnswerRefused):
    """“Other” was chosen and not said in words."""

    code = "answer.other_wordless"


class NoNumber(AnswerRefused):
    """What was typed is no number."""

    code = "answer.no_number"


class OutOfRange(AnswerRefused):
    """A number, or a day, outside ``lowest`` to ``highest``."""

    code = "answer.out_of_range"


class NotWhole(AnswerRefused):
    """A number between the steps of its scale: ``step``."""

    code = "answer.not_whole"


class TooShort(AnswerRefused):
    """Fewer signs than ``at_least``."""

    code = "answer.too_short"


class TooLong(AnswerRefused):
    """More signs than ``at_most``."""

    code = "answer.too_long"


class NoDate(AnswerRefused):
    """No day of the calendar."""

    code = "answer.no_date"


class NoPhone(AnswerRefused):
    """No telephone number."""

    code = "answer.no_phone"


class NoEmail(AnswerRefused):
    """No e-mail address."""

    code = "answer.no_email"


class NoRanking(AnswerRefused):
    """A rank was given twice, or one is left out."""

    code = "answer.no_ranking"


class WrongSum(AnswerRefused):
    """The parts give ``given``, not ``total``."""

    code = "answer.wrong_sum"


class NoPoint(AnswerRefused):
    """The click is not on the picture."""

    code = "answer.no_point"
