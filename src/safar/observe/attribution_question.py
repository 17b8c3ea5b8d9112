"""What is asked of attribution: which events convert, what touches them, by which models."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Final

from safar.vocabulary.errors import Refusal
from safar.vocabulary.interval import DEFAULT_LEVEL, normal_quantile
from safar.vocabulary.window import Window

from .among import EVERYBODY, Among
from .attribution_models import MOST_IN_GAME
from .steps import StepRule
from .touches import BY_CHANNEL, BY_RULE

#: Touch names told apart at most: a table of more is read by nobody.
MOST_NAMES: Final = 200


class AttributionRefused(Refusal, ValueError):
    """The touches, the models or the times of an attribution make no sense."""

    code = "attribution.refused"


class Model(Enum):
    """Who gets credit for a conversion."""

    #: The first touch, the last one, the last one that is not direct (the last one where all are).
    FIRST = "first"
    LAST = "last"
    LAST_NON_DIRECT = "last_non_direct"
    #: Every touch the same.
    LINEAR = "linear"
    #: The first and the last one most, the others the rest.
    POSITION = "position"
    #: Half as much for each half-life a touch is older.
    DECAY = "decay"
    #: By how much conversions would fall without the touches of a name, in a first-order Markov chain.
    MARKOV = "markov"
    #: The Shapley value where a set of names is worth the conversions of paths touched by none but these.
    SHAPLEY = "shapley"
    #: The Shapley value where it is worth their conversion rate: who lost counts too.
    SHAPLEY_RATE = "shapley_rate"


@dataclass(frozen=True, slots=True)
class AttributionQuestion:
    """Which touches get credit for conversions?

    Parameters
    ----------
    conversion
        The events that convert. They are no touches.
    touches
        The events that may be touches; all but conversions and recorded costs when empty.
    by
        What a touch is called: ``@channel``, the channel of its event; ``@rule``, the first of ``touches`` that takes
        it; or the name of a property, such as ``utm_source``. An event without it is no touch.
    value
        What a conversion is worth: ``@amount``, each currency by itself; the name of a property that is a number; None
        to count conversions alone.
    models
        See `Model`.
    lookback
        A touch counts for a conversion for so long.
    joined
        A touch of the same name within so long before the next one is the same touch; each event is one when None.
    half_life
        Of `Model.DECAY`.
    to_first, to_last
        Shares of `Model.POSITION`; the touches in between get the rest.
    direct
        Names that `Model.LAST_NON_DIRECT` passes over.
    most
        Names told apart, those with the most touches; the others are put together under None.
    window
        Conversions, and last touches of paths without one, in this stretch of time; all of them when None.
    level, seed
        Of the intervals, and of the draw of customers into groups they are made from.
    among
        Among whom and what to look; see `Among`.

    Raises
    ------
    AttributionRefused, StepsRefused, ImpossibleLevel
    """

    conversion: StepRule
    touches: tuple[StepRule, ...] = ()
    by: str = BY_CHANNEL
    value: str | None = field(default="@amount", kw_only=True)
    models: tuple[Model, ...] = field(default=tuple(Model), kw_only=True)
    lookback: timedelta = field(default=timedelta(days=30), kw_only=True)
    joined: timedelta | None = field(default=None, kw_only=True)
    half_life: timedelta = field(default=timedelta(days=7), kw_only=True)
    to_first: float = field(default=0.4, kw_only=True)
    to_last: float = field(default=0.4, kw_only=True)
    direct: tuple[str, ...] = field(default=("direct", "(direct)", "(none)"), kw_only=True)
    most: int = field(default=14, kw_only=True)
    window: Window | None = field(default=None, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    seed: int = field(default=0, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)

    def __post_init__(self) -> None:
        for rule in _RULES:
            refusal = rule(self)
            if refusal is not None:
                raise refusal
        normal_quantile(self.level)


def _models_are_named(question: AttributionQuestion) -> AttributionRefused | None:
    """An attribution by no model says nothing."""
    if question.models and len(set(question.models)) == len(question.models):
        return None
    return AttributionRefused("No model is named, or one twice.", hint="Name each model once.")


def _names_are_told(question: AttributionQuestion) -> AttributionRefused | None:
    """Touches are called by something, and rules that call them exist."""
    if question.by.strip() and (question.by != BY_RULE or question.touches):
        return None
    return AttributionRefused(
        f"Touches are called by {question.by!r}, which calls them nothing.",
        hint="Name a property, @channel, or @rule together with rules of touches.",
    )


def _names_fit(question: AttributionQuestion) -> AttributionRefused | None:
    """Sets of names are counted one by one: there are two to the power of the names of them."""
    limit = MOST_IN_GAME if Model.SHAPLEY_RATE in question.models else MOST_NAMES
    if 1 <= question.most <= limit:
        return None
    return AttributionRefused(
        f"{question.most} names of touches cannot be told apart by these models.",
        hint=f"Ask for 1 to {limit}; the rarest are put together.",
        most=limit,
    )


def _times_are_there(question: AttributionQuestion) -> AttributionRefused | None:
    """A touch counts for some time, and halves in some time."""
    zero = timedelta(0)
    if question.lookback > zero and question.half_life > zero and (question.joined or zero) >= zero:
        return None
    return AttributionRefused(
        f"A lookback of {question.lookback} and a half-life of {question.half_life} give nobody credit.",
        hint="Give durations above zero, such as 30d and 7d.",
    )


def _shares_are_shares(question: AttributionQuestion) -> AttributionRefused | None:
    """First and last touch get something, and together no more than all."""
    if question.to_first > 0 and question.to_last > 0 and question.to_first + question.to_last <= 1:
        return None
    return AttributionRefused(
        f"Shares of {question.to_first} for the first and {question.to_last} for the last touch are impossible.",
        hint="Give two shares above 0 that come to 1 at most, such as 0.4 and 0.4.",
    )


def _value_is_named(question: AttributionQuestion) -> AttributionRefused | None:
    """What conversions are worth has a name; a seed is a whole number from 0 on."""
    if (question.value is None or question.value.strip()) and 0 <= question.seed < 1 << 63:
        return None
    return AttributionRefused("The value has no name, or the seed is below 0.", hint="Name it, or say None.")


_RULES: Final = (
    _models_are_named,
    _names_are_told,
    _names_fit,
    _times_are_there,
    _shares_are_shares,
    _value_is_named,
)
