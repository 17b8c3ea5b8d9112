"""Rules that close the loop: which answers, comments and silences open a case, how urgent it is, when it is due.

Decisions only: nothing is written and nobody is told here. A rule looks at what is known of one customer at one moment
(`Heard`) and says whether it opens a case (`decide`); who takes it up is chosen by `safar.act.case_owners`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from safar.listen import ces, csat, nps
from safar.vocabulary.errors import Refusal
from safar.vocabulary.text import fold

#: What a rule waits for: an answer or a comment, an invitation without an answer, a customer who stays away.
Trigger = Literal["answer", "unanswered", "unseen"]
Operator = Literal["<", "<=", ">", ">=", "="]
#: An answer that is older opens nothing: the import of last year's answers is no reason to call anybody.
OLDEST: Final = timedelta(days=3)


class LoopRuleRefused(Refusal, ValueError):
    """The rule asks for what cannot be known together, or for nothing."""

    code = "loop.rule_refused"


class Priority(StrEnum):
    """How urgent a case is, the least first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a customer at the moment something was heard, or was not.

    Attributes
    ----------
    trigger
        What happened.
    key
        Stands for it for ever: the event's id, or of a silence what it is counted from.
    at
        Aware: when it was said, or when the silence had lasted long enough.
    customer_id
        The id the person goes by.
    question_key, survey, metric, value, scale
        Of the answer; an empty text or None where there is none. The scale is its lowest and highest point.
    higher_is_better
        The direction of the scale.
    words, language
        The comment and its language; empty without one.
    sentiment, emotion, comment_kind, topics
        How the comment was labelled.
    channel
        By which it came.
    steps
        Ids of the steps of maps that the question belongs to.
    segments
        Public ids of the segments the customer is in.
    top_share
        Where he stands among customers by what they spent: 0.05 is within the top 5 %; None for who spent nothing.
    spent
        Orders less returns, in major units of the workspace's currency.
    silent_days
        How long nothing was heard; 0 for an answer.
    """

    trigger: Trigger
    key: str
    at: datetime
    customer_id: str
    question_key: str = ""
    survey: str = ""
    metric: str = ""
    value: float | None = None
    scale: tuple[float, float] | None = None
    higher_is_better: bool = True
    words: str = ""
    language: str = ""
    sentiment: str = ""
    emotion: str = ""
    comment_kind: str = ""
    topics: frozenset[str] = frozenset()
    channel: str = ""
    steps: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    top_share: float | None = None
    spent: float = 0.0
    silent_days: float = 0.0

    @property
    def height(self) -> float | None:
        """How far up its scale the answer is, from the bad end (0) to the good one (100)."""
        if self.value is None or self.scale is None or self.scale[0] >= self.scale[1]:
            return None
        share = (self.value - self.scale[0]) / (self.scale[1] - self.scale[0])
        return 100 * (share if self.higher_is_better else 1 - share)


def _of_metric(name: str, *scales: object) -> Callable[[Heard], float | None]:
    ends = [(scale.lowest, scale.highest) for scale in scales]  # type: ignore[attr-defined]

    def value(heard: Heard) -> float | None:
        is_ours = heard.metric == name and heard.scale in ends and heard.higher_is_better
        return heard.value if is_ours else None

    return value


#: What can be compared with a number.
NUMBERS: Final[dict[str, Callable[[Heard], float | None]]] = {
    "nps": _of_metric("nps", nps.SCALE),
    "csat": _of_metric("csat", *csat.SCALES),
    "ces": _of_metric("ces", ces.SCALE),
    "score": lambda heard: heard.value,
    "height": lambda heard: heard.height,
    "top": lambda heard: None if heard.top_share is None else 100 * heard.top_share,
    "spent": lambda heard: heard.spent,
    "unanswered": lambda heard: heard.silent_days if heard.trigger == "unanswered" else None,
    "unseen": lambda heard: heard.silent_days if heard.trigger == "unseen" else None,
}


def _one(name: str) -> Callable[[Heard], frozenset[str]]:
    def values(heard: Heard) -> frozenset[str]:
        text = getattr(heard, name)
        return frozenset({text}) if text else frozenset()

    return values


#: What can be one of some words.
NAMES: Final[dict[str, Callable[[Heard], frozenset[str]]]] = {
    "question": _one("question_key"),
    "survey": _one("survey"),
    "metric": _one("metric"),
    "topic": lambda heard: heard.topics,
    "sentiment": _one("sentiment"),
    "emotion": _one("emotion"),
    "comment": _one("comment_kind"),
    "segment": lambda heard: heard.segments,
    "step": lambda heard: heard.steps,
    "language": _one("language"),
    "channel": _one("channel"),
}
#: Fields that say what the rule waits for.
SILENCES: Final[dict[str, Trigger]] = {"unanswered": "unanswered", "unseen": "unseen"}
#: Fields that only an answer or a comment has.
_OF_ANSWERS: Final = frozenset(
    {
        "nps",
        "csat",
        "ces",
        "score",
        "height",
        "question",
        "metric",
        "topic",
        "sentiment",
        "emotion",
        "comment",
    }
)
_COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "=": lambda value, bound: value == bound,
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A number stands so to a bound; what is not known does not."""

    field: str
    operator: Operator
    bound: float

    def holds(self, heard: Heard) -> bool:
        """Whether it is so."""
        value = NUMBERS[self.field](heard)
        return value is not None and _COMPARED[self.operator](value, self.bound)


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words is among those of a field."""

    field: str
    words: tuple[str, ...]

    def holds(self, heard: Heard) -> bool:
        """Whether it is so, in any spelling."""
        there = {fold(each) for each in NAMES[self.field](heard)}
        return any(fold(each) in there for each in self.words)


@dataclass(frozen=True, slots=True)
class Contains:
    """The comment has one of some pieces of text in it."""

    pieces: tuple[str, ...]

    def holds(self, heard: Heard) -> bool:
        """Whether it is so, in any spelling."""
        said = fold(heard.words)
        return any(fold(each) in said for each in self.pieces)


@dataclass(frozen=True, slots=True)
class Every:
    """All of several conditions hold."""

    parts: tuple[Condition, ...]

    def holds(self, heard: Heard) -> bool:
        """Whether it is so."""
        return all(part.holds(heard) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Some:
    """One of several conditions holds."""

    parts: tuple[Condition, ...]

    def holds(self, heard: Heard) -> bool:
        """Whether it is so."""
        return any(part.holds(heard) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Opposite:
    """A condition does not hold; so it is where what it asks for is not known."""

    part: Condition

    def holds(self, heard: Heard) -> bool:
        """Whether it is so."""
        return not self.part.holds(heard)


Condition = Compared | OneOf | Contains | Every | Some | Opposite


def leaves_of(condition: Condition) -> Iterator[Compared | OneOf | Contains]:
    """Yield the single conditions of one, in order."""
    match condition:
        case Every() | Some():
            for part in condition.parts:
                yield from leaves_of(part)
        case Opposite():
            yield from leaves_of(condition.part)
        case _:
            yield condition


@dataclass(frozen=True, slots=True)
class LoopRule:
    """Which customers a case is opened for, and what is asked of who takes it up.

    Parameters
    ----------
    when
        What must be true of what was heard.
    priority
        Of the case.
    due
        Working time until somebody has answered.
    quiet
        One case a customer: for so long after one was opened by this rule, and as long as that one is open, the rule
        opens no second one.

    Raises
    ------
    LoopRuleRefused
        Nothing must be true; or both a silence and an answer; or two silences.
    """

    when: Condition
    priority: Priority = Priority.NORMAL
    due: timedelta = timedelta(hours=8)
    quiet: timedelta = timedelta(days=14)
    trigger: Trigger = field(init=False)

    def __post_init__(self) -> None:
        named = {"words" if isinstance(each, Contains) else each.field for each in leaves_of(self.when)}
        silences = named & SILENCES.keys()
        if not named or self.due <= timedelta(0) or self.quiet < timedelta(0):
            raise LoopRuleRefused(
                "A rule says when it opens a case, and how soon it is due.",
                hint="Add a condition such as nps <= 6.",
            )
        if len(silences) > 1 or (silences and named & (_OF_ANSWERS | {"words"})):
            both = ", ".join(sorted(silences | (named & (_OF_ANSWERS | {"words"}))))
            raise LoopRuleRefused(
                f"Nobody who stayed silent has said anything: {both} cannot be asked together.",
                hint="Make two rules of it.",
                fields=", ".join(sorted(named)),
            )
        object.__setattr__(self, "trigger", SILENCES[silences.pop()] if silences else "answer")

    @property
    def silent_days(self) -> float | None:
        """The shortest silence that the rule waits for; None where it waits for an answer."""
        bounds = [
            each.bound
            for each in leaves_of(self.when)
            if isinstance(each, Compared) and each.field in SILENCES
        ]
        return min(bounds, default=None)


@dataclass(frozen=True, slots=True)
class Opened:
    """A case that a rule opened for a customer before."""

    at: datetime
    is_open: bool


#: Why a rule opens a case, or why not.
Reason = Literal["opens", "other_trigger", "too_old", "not_so", "already_open", "quiet"]


def decide(rule: LoopRule, heard: Heard, before: Sequence[Opened], *, now: datetime) -> Reason:
    """Say whether a rule opens a case for what was heard: ``opens``, or why not.

    Parameters
    ----------
    before
        Cases that this rule opened for this customer.
    now
        Aware: what was said longer ago than `OLDEST` opens nothing.

    Examples
    --------
    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 22, tzinfo=UTC)
    >>> heard = Heard("answer", "e1", now, "c1", metric="nps", value=3.0, scale=(0, 10))
    >>> rule = LoopRule(Compared("nps", "<=", 6))
    >>> decide(rule, heard, (), now=now), decide(rule, heard, [Opened(now, is_open=True)], now=now)
    ('opens', 'already_open')
    """
    if heard.trigger != rule.trigger:
        return "other_trigger"
    if heard.trigger == "answer" and now - heard.at > OLDEST:
        return "too_old"
    if not rule.when.holds(heard):
        return "not_so"
    if any(each.is_open for each in before):
        return "already_open"
    if any(heard.at - each.at < rule.quiet for each in before):
        return "quiet"
    return "opens"
