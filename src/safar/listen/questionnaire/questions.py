"""The kinds of questions: what each asks and on which scale. Drawing them is the doors' matter.

A *score* belongs to a question key with its metric, scale and direction, not to a survey: the same key in two waves is
the same question.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

import msgspec

from safar.listen.answer_counts import Scale
from safar.listen.surveys import HIGHER_IS_BETTER

from .conditions import Condition

#: A text by language: ``{"fa": "…", "en": "…"}``.
Words = dict[str, str]
#: The end of a text, not a line break before it, which ``$`` alone would take.
Id = Annotated[
    str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,40}$(?!\n)", description="Stable within the survey.")
]
#: A question key: what scores are gathered by, over surveys and years.
Key = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,60}$(?!\n)")]
Direction = Literal["higher_is_better", "lower_is_better"]
Look = Literal["numbers", "stars", "smileys"]
_Fraction = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of a survey: immutable, read strictly, told without what is as usual."""


class Choice(Part, frozen=True, kw_only=True):
    """Something to choose, or the row of a table.

    Parameters
    ----------
    choice_id
        What is kept as the answer, whatever the words are in any language.
    words, opposite
        As it is read; the other end of a semantic differential's row.
    picture
        Id of an uploaded picture.
    is_other
        Asks for words of one's own when chosen.
    is_exclusive
        Takes the others away when chosen: “none of these”.
    stays
        Keeps its place when the order is shuffled.
    """

    choice_id: Id
    words: Words = {}
    opposite: Words = {}
    picture: str = ""
    is_other: bool = False
    is_exclusive: bool = False
    stays: bool = False


class Asked(Part, frozen=True, kw_only=True, tag_field="kind"):
    """What every question has.

    Parameters
    ----------
    question_id
        Stable within the survey; conditions, piping and jumps name it.
    key
        The question key that answers are gathered by; the id when empty.
    title, about
        The question and a line of help beneath. ``{{question.<id>}}``, ``{{variable.<name>}}``, ``{{hidden.<name>}}``
        and, in a repeated page, ``{{item}}`` are filled in.
    is_required
        Must be answered before one goes on.
    can_not_apply
        Offers “not applicable”, which is an answer but counts in no score.
    show_when
        Asked only where this holds.
    """

    question_id: Id
    key: Key = ""
    title: Words = {}
    about: Words = {}
    is_required: bool = False
    can_not_apply: bool = False
    show_when: Condition | None = None

    #: What the answers' events call the metric.
    metric: ClassVar[str] = ""

    @property
    def question_key(self) -> str:
        """The key that answers are gathered by."""
        return self.key or self.question_id


class Scored(Asked, frozen=True, kw_only=True):
    """A question whose answer is a point of a scale.

    Parameters
    ----------
    low_words, high_words
        What stands at the ends of the scale.
    """

    low_words: Words = {}
    high_words: Words = {}

    @property
    def scale(self) -> Scale:
        """The points one may choose from."""
        raise NotImplementedError


class Nps(Scored, frozen=True, kw_only=True, tag="nps"):
    """How likely one would recommend, 0–10."""

    metric: ClassVar[str] = "nps"

    @property
    def scale(self) -> Scale:  # noqa: D102 - as of the base
        return Scale(0, 10)


class Csat(Scored, frozen=True, kw_only=True, tag="csat"):
    """How satisfied one is, 1–5."""

    look: Look = "smileys"
    metric: ClassVar[str] = "csat"

    @property
    def scale(self) -> Scale:  # noqa: D102 - as of the base
        return Scale(1, 5)


class Ces(Scored, frozen=True, kw_only=True, tag="ces"):
    """How far one agrees that it was easy, 1–7."""

    metric: ClassVar[str] = "ces"

    @property
    def scale(self) -> Scale:  # noqa: D102 - as of the base
        return Scale(1, 7)


class Rating(Scored, frozen=True, kw_only=True, tag="rating"):
    """Stars, smileys or numbers from 1 to ``points``."""

    look: Look = "stars"
    points: Annotated[int, msgspec.Meta(ge=2, le=10)] = 5
    direction: Direction = "higher_is_better"
    metric: ClassVar[str] = "rating"

    @property
    def scale(self) -> Scale:  # noqa: D102 - as of the base
        return Scale(1, self.points, self.direction)


class Slider(Scored, frozen=True, kw_only=True, tag="slider"):
    """A point on a line, in steps."""

    lowest: int = 0
    highest: int = 100
    step: Annotated[int, msgspec.Meta(ge=1)] = 1
    direction: Direction = "higher_is_better"
    metric: ClassVar[str] = "rating"

    @property
    def scale(self) -> Scale:  # noqa: D102 - as of the base
        return Scale(self.lowest, self.highest, self.direction)


class Single(Asked, frozen=True, kw_only=True, tag="single"):
    """One of several."""

    choices: tuple[Choice, ...] = ()
    look: Literal["list", "dropdown", "pictures"] = "list"
    is_shuffled: bool = False
    metric: ClassVar[str] = "choice"


class Multiple(Asked, frozen=True, kw_only=True, tag="multiple"):
    """Any of several, at least and at most so many."""

    choices: tuple[Choice, ...] = ()
    look: Literal["list", "pictures"] = "list"
    is_shuffled: bool = False
    at_least: Annotated[int, msgspec.Meta(ge=0)] = 0
    at_most: Annotated[int, msgspec.Meta(ge=1)] | None = None
    metric: ClassVar[str] = "choice"


class Matrix(Asked, frozen=True, kw_only=True, tag="matrix"):
    """A table: each row gets one of the columns (or any of them).

    Parameters
    ----------
    is_scale
        The columns are the points of a scale, 1 to n in their order, and a row's answer is a number.
    """

    rows: tuple[Choice, ...] = ()
    columns: tuple[Choice, ...] = ()
    is_multiple: bool = False
    is_scale: bool = False
    direction: Direction = "higher_is_better"
    is_shuffled: bool = False
    metric: ClassVar[str] = "rating"

    @property
    def scale(self) -> Scale:
        """The points of a row."""
        return Scale(1, len(self.columns), self.direction)


class Dual(Asked, frozen=True, kw_only=True, tag="dual"):
    """Each row rated twice: importance and satisfaction, or expectation and perception (as SERVQUAL does)."""

    rows: tuple[Choice, ...] = ()
    pair: Literal["importance_satisfaction", "expectation_perception"] = "importance_satisfaction"
    first_words: Words = {}
    second_words: Words = {}
    low_words: Words = {}
    high_words: Words = {}
    points: Annotated[int, msgspec.Meta(ge=2, le=10)] = 5
    metric: ClassVar[str] = "rating"

    @property
    def scale(self) -> Scale:
        """The points of either rating of a row."""
        return Scale(1, self.points, HIGHER_IS_BETTER)


class Differential(Asked, frozen=True, kw_only=True, tag="differential"):
    """Rows between two opposite words; 1 is the row's ``words``, the highest its ``opposite``."""

    rows: tuple[Choice, ...] = ()
    points: Annotated[int, msgspec.Meta(ge=3, le=9)] = 7
    metric: ClassVar[str] = "rating"

    @property
    def scale(self) -> Scale:
        """The points of a row."""
        return Scale(1, self.points, HIGHER_IS_BETTER)


class Ranking(Asked, frozen=True, kw_only=True, tag="ranking"):
    """What comes first, second, third; ``at_most`` so many are ranked (all of them when None)."""

    choices: tuple[Choice, ...] = ()
    at_most: Annotated[int, msgspec.Meta(ge=1)] | None = None
    is_shuffled: bool = True
    metric: ClassVar[str] = "rank"


class ConstantSum(Asked, frozen=True, kw_only=True, tag="constant_sum"):
    """A total that is divided among choices, in whole numbers."""

    choices: tuple[Choice, ...] = ()
    total: Annotated[int, msgspec.Meta(ge=1)] = 100
    unit: Words = {}
    is_shuffled: bool = False
    metric: ClassVar[str] = "sum"


class Text(Asked, frozen=True, kw_only=True, tag="text"):
    """Words of one's own.

    Parameters
    ----------
    comments_on
        Id of the scored question of the same survey that these words explain: they are kept with its answer.
    """

    is_long: bool = False
    at_least: Annotated[int, msgspec.Meta(ge=0)] = 0
    at_most: Annotated[int, msgspec.Meta(ge=1, le=20_000)] = 4_000
    comments_on: str = ""
    metric: ClassVar[str] = "text"


class Number(Asked, frozen=True, kw_only=True, tag="number"):
    """A number, in any digits."""

    lowest: float | None = None
    highest: float | None = None
    is_whole: bool = False
    unit: Words = {}
    metric: ClassVar[str] = "number"


class Date(Asked, frozen=True, kw_only=True, tag="date"):
    """A civil day, in the calendar of the respondent's language unless one is named; kept as ISO, Gregorian."""

    calendar: Literal["", "jalali", "hijri", "gregorian"] = ""
    earliest: str = ""
    latest: str = ""
    metric: ClassVar[str] = "date"


class Phone(Asked, frozen=True, kw_only=True, tag="phone"):
    """A phone number, kept in E.164.

    Parameters
    ----------
    region
        The country of numbers without a prefix, else the workspace's.
    identifies
        The number becomes one of the customer's: answers of a visitor then join whoever has the same.
    """

    region: str = ""
    identifies: bool = False
    metric: ClassVar[str] = "phone"


class Email(Asked, frozen=True, kw_only=True, tag="email"):
    """An e-mail address; ``identifies`` as of a phone number."""

    identifies: bool = False
    metric: ClassVar[str] = "email"


class File(Asked, frozen=True, kw_only=True, tag="file"):
    """Files of these kinds (``image``, ``pdf``, ``text``, ``audio``), each at most so many MB of 1,048,576 bytes."""

    takes: tuple[Literal["image", "pdf", "text", "audio"], ...] = ("image", "pdf")
    most_mb: Annotated[int, msgspec.Meta(ge=1, le=25)] = 5
    at_most: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    metric: ClassVar[str] = "file"


class Consent(Asked, frozen=True, kw_only=True, tag="consent"):
    """Agreement to a purpose, which the customer's consents then hold."""

    purpose: Key = ""
    metric: ClassVar[str] = "consent"


class Statement(Asked, frozen=True, kw_only=True, tag="statement"):
    """Words to read; nothing is answered."""


class TreeNode(Part, frozen=True, kw_only=True):
    """A place in a menu, and those within."""

    node_id: Id
    words: Words = {}
    nodes: tuple[TreeNode, ...] = ()


class TreeTest(Asked, frozen=True, kw_only=True, tag="tree_test"):
    """Where in this menu would you look for it? ``right`` are the ids of the places that are right."""

    nodes: tuple[TreeNode, ...] = ()
    right: tuple[str, ...] = ()
    metric: ClassVar[str] = "findability"


class Area(Part, frozen=True, kw_only=True):
    """A rectangle of a picture: shares of its width and height, from its top left corner."""

    area_id: Id
    words: Words = {}
    x: _Fraction
    y: _Fraction
    width: _Fraction
    height: _Fraction
    is_right: bool = False


class FirstClick(Asked, frozen=True, kw_only=True, tag="first_click"):
    """Where on this picture would you click first?"""

    picture: str = ""
    areas: tuple[Area, ...] = ()
    metric: ClassVar[str] = "findability"


class Goal(Asked, frozen=True, kw_only=True, tag="goal"):
    """What did you come for (one of ``choices``); did you do it (yes, partly, no); why not, in words."""

    choices: tuple[Choice, ...] = ()
    asks_why: bool = True
    metric: ClassVar[str] = "goal"


Question = (
    Nps
    | Csat
    | Ces
    | Rating
    | Slider
    | Single
    | Multiple
    | Matrix
    | Dual
    | Differential
    | Ranking
    | ConstantSum
    | Text
    | Number
    | Date
    | Phone
    | Email
    | File
    | Consent
    | Statement
    | TreeTest
    | FirstClick
    | Goal
)
#: Every kind, in the order a builder offers them.
KINDS: Final[tuple[type[Asked], ...]] = (
    Nps,
    Csat,
    Ces,
    Rating,
    Single,
    Multiple,
    Matrix,
    Dual,
    Differential,
    Ranking,
    ConstantSum,
    Slider,
    Text,
    Number,
    Date,
    Phone,
    Email,
    File,
    Consent,
    Statement,
    TreeTest,
    FirstClick,
    Goal,
)
