"""What a question key means: on which scale it is asked. Answers of one key come together, so all must ask it alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safar.listen.answer_counts import Scale
from safar.listen.questionnaire.anatomy import Survey
from safar.listen.questionnaire.questions import Asked, Matrix, Question, Scored, Words


@dataclass(frozen=True, slots=True)
class AskedKey:
    """A question key as a survey asks it.

    Attributes
    ----------
    kind
        Of the question, such as ``"nps"``.
    metric
        What the events of its answers call it; empty where nothing is answered.
    scale
        The points, of a score or of each row; None where the answer is no point of a scale.
    title
        The question, by language.
    """

    key: str
    kind: str
    metric: str
    scale: Scale | None
    title: Words

    def means(self, other: AskedKey) -> bool:
        """Whether answers to both can be counted together."""
        return (self.metric, self.scale) == (other.metric, other.scale)


def asked_keys(survey: Survey) -> Iterator[AskedKey]:
    """Yield the question keys of a survey in the order they are asked; what asks nothing has none."""
    for question in survey.questions:
        if question.metric:
            yield asked_as(question)


def asked_as(question: Question) -> AskedKey:
    """Return what a question's key means."""
    return AskedKey(
        question.question_key, kind_of(question), question.metric, _scale(question), question.title
    )


def kind_of(question: Asked) -> str:
    """Return the kind of a question, such as ``"nps"``."""
    return str(type(question).__struct_config__.tag)


def _scale(question: Question) -> Scale | None:
    if isinstance(question, Matrix) and not question.is_scale:
        return None
    if isinstance(question, Scored) or hasattr(question, "scale"):
        return question.scale
    return None
