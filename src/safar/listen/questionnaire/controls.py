"""What a form, the API or a kiosk sent for one question: texts by the names of controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from safar.vocabulary.digits import NumberAmbiguous, NumberUnreadable, parse_number
from safar.vocabulary.errors import Json

from .questions import Asked, Choice
from .refusals import (
    AnswerRefused,
    NoNumber,
    NoSuchChoice,
    NotWhole,
    OneOnly,
    OtherWordless,
    OutOfRange,
    TooLong,
)

YES: Final = frozenset({"1", "yes", "true", "on"})
NO: Final = frozenset({"0", "no", "false", "off"})
#: Signs of the words of “other”, and the most texts one control may send.
MOST_OTHER: Final = 500
MOST_TEXTS: Final = 500
#: What cannot be kept: zero bytes and halves of signs.
_LOST: Final = {0: None, **dict.fromkeys(range(0xD800, 0xE000))}


@dataclass(frozen=True, slots=True)
class Controls:
    """What was sent for a question.

    Attributes
    ----------
    key
        The root of the names: what the answer is kept by.
    raw
        Texts by the names of controls; of other questions too.
    calendar
        In which a typed day is read.
    region
        Whose telephone numbers have no prefix.
    """

    question: Asked
    key: str
    raw: Mapping[str, Sequence[str]]
    calendar: str = "gregorian"
    region: str = "ZZ"

    def many(self, *names: str) -> tuple[str, ...]:
        """Return the texts of a control, none of them empty; ``names`` follow the key after dots."""
        texts = self.raw.get(".".join((self.key, *names)), ())
        clean = (text.translate(_LOST).replace("\r\n", "\n").strip() for text in texts[:MOST_TEXTS])
        return tuple(text for text in clean if text)

    def one(self, *names: str) -> str:
        """Return the text of a control, empty when there is none.

        Raises
        ------
        OneOnly
        """
        texts = tuple(dict.fromkeys(self.many(*names)))
        if len(texts) > 1:
            raise self.refused(
                OneOnly, f"{len(texts)} answers were given where one is wanted.", "Choose one."
            )
        return texts[0] if texts else ""

    def is_yes(self, *names: str) -> bool:
        """Return whether a box is ticked."""
        return any(text.lower() in YES for text in self.many(*names))

    def number(self, text: str) -> float:
        """Return a number in digits of any of the three scripts; a percent sign is read over.

        A mark that parts thousands or decimals alike is the one of JSON: ``1,234`` is a thousand, ``1.234`` is not.

        Raises
        ------
        NoNumber
        """
        bare = text.strip("%٪﹪％ \u00a0")
        try:
            return float(parse_number(bare, decimal="."))
        except (NumberUnreadable, NumberAmbiguous):
            pass
        try:
            return float(parse_number(bare))
        except (NumberUnreadable, NumberAmbiguous) as wrong:
            raise self.refused(NoNumber, f"{text[:40]!r} is not a number.", wrong.hint) from wrong

    def between(
        self, number: float, lowest: float | None, highest: float | None, step: int | None = None
    ) -> float:
        """Return a number that lies within bounds, and on a step counted from the lowest.

        Raises
        ------
        OutOfRange, NotWhole
        """
        if (lowest is not None and number < lowest) or (highest is not None and number > highest):
            raise self.refused(
                OutOfRange,
                f"{number:g} lies outside what is asked for.",
                f"Give a number {_bounds(lowest, highest)}.",
                lowest=lowest,
                highest=highest,
            )
        if step is not None and (number - (lowest or 0)) % step:
            raise self.refused(
                NotWhole,
                f"{number:g} lies between the steps.",
                f"Give a number in steps of {step}.",
                step=step,
            )
        return number

    def known(self, name: str, parts: Sequence[Choice]) -> Choice:
        """Return the choice of an id.

        Raises
        ------
        NoSuchChoice
        """
        found = next((part for part in parts if part.choice_id == name), None)
        if found is None:
            raise self.no_choice(name)
        return found

    def no_choice(self, name: str) -> AnswerRefused:
        """Return the refusal of what is not among the choices."""
        return self.refused(
            NoSuchChoice, f"There is no choice {name[:40]!r}.", "Take one of the choices.", choice=name[:40]
        )

    def other_words(self, *, is_needed: bool) -> str:
        """Return the words of “other”.

        Raises
        ------
        OtherWordless, TooLong
        """
        words = self.one("other")
        if is_needed and not words:
            raise self.refused(OtherWordless, "“Other” was chosen without words.", "Say it in words.")
        return self.short(words, MOST_OTHER)

    def short(self, words: str, at_most: int) -> str:
        """Return words that are not too long.

        Raises
        ------
        TooLong
        """
        if len(words) > at_most:
            raise self.refused(
                TooLong,
                f"{len(words)} signs are too many.",
                f"Keep to {at_most} signs.",
                at_most=at_most,
                given=len(words),
            )
        return words

    def seconds(self) -> float | None:
        """Return how long a task took, as the page measured it; None where it did not, or beyond a day."""
        text = self.one("seconds")
        try:
            seconds = float(parse_number(text, decimal=".")) if text else -1.0
        except (NumberUnreadable, NumberAmbiguous):
            return None
        return seconds if 0 <= seconds <= 86_400 else None

    def refused(self, kind: type[AnswerRefused], message: str, hint: str, **context: Json) -> AnswerRefused:
        """Return a refusal that names the question."""
        return kind(message, hint=hint, question_id=self.question.question_id, key=self.key, **context)


def _bounds(lowest: float | None, highest: float | None) -> str:
    if lowest is None:
        return f"of at most {highest:g}"
    return f"of at least {lowest:g}" if highest is None else f"from {lowest:g} to {highest:g}"
