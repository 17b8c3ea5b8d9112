"""The form of a sheet: of which period; and the address of the page, which keeps how the reader looks at it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Literal, get_args
from urllib.parse import parse_qsl, urlencode

from django.http import QueryDict

from safar.doors.web.journeys.forms import QuestionForm
from safar.vocabulary.window import Window

Mode = Literal["lived", "designed", "compare"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
#: What a sheet is compared with where nothing is said: the stretch of time before.
BEFORE: Final = "before"
#: Where nothing stands beside the sheet.
CLOSED: Final = "nothing"
_LONGEST: Final = 120
_MOST_HIDDEN: Final = 80


class PeriodForm(QuestionForm):
    """Of which period; the same periods as the questions of the desk have."""

    saved = None  # type: ignore[assignment] # a form's way to leave a field out
    pause = None  # type: ignore[assignment] # a form's way to leave a field out
    events = None  # type: ignore[assignment] # a form's way to leave a field out
    channel = None  # type: ignore[assignment] # a form's way to leave a field out
    segment = None  # type: ignore[assignment] # a form's way to leave a field out
    where = None  # type: ignore[assignment] # a form's way to leave a field out
    of_scope: ClassVar[tuple[str, ...]] = ("period",)
    of_more: ClassVar[tuple[str, ...]] = ("since", "until")

    def _offer_channels(self) -> None:
        """Offer none: a sheet shows all channels."""

    @property
    def window(self) -> Window | None:
        """The stretch of time of a valid form; None for all of it."""
        return self._window()

    def question(self) -> Any:
        """Return nothing: the question is that of the map."""
        return None


@dataclass(frozen=True, slots=True)
class SheetState:
    """How a reader looks at a map: all of it stands in the address.

    Attributes
    ----------
    mode
        What was lived, what was designed, or two of the former.
    whom
        Key of a persona or a segment (`whom.Whom`); empty for everybody.
    period
        Pairs of the period's form.
    hidden
        Keys of the lanes that are not shown.
    stage
        The stage that a telephone shows; empty for the first one.
    versus
        What it is compared with: `BEFORE`, or the key of somebody else.
    customer
        Whose walk lights up; empty for nobody's.
    is_closed
        Nothing is opened beside the sheet unless the address names it.
    """

    mode: Mode = "lived"
    whom: str = ""
    period: tuple[tuple[str, str], ...] = ()
    hidden: tuple[str, ...] = ()
    stage: str = ""
    versus: str = BEFORE
    customer: str = ""
    is_closed: bool = False

    @classmethod
    def read(cls, data: QueryDict, form: PeriodForm) -> SheetState:
        """Return the state that an address names; what it does not name is as usual."""
        mode: Mode = next((each for each in MODES if each == data.get("mode")), "lived")
        return cls(
            mode,
            data.get("of", "")[:_LONGEST],
            tuple(form.state()),
            tuple(dict.fromkeys(each[:_LONGEST] for each in data.getlist("hide")[:_MOST_HIDDEN] if each)),
            data.get("stage", "")[:_LONGEST],
            data.get("with", "")[:_LONGEST] or BEFORE,
            data.get("customer", "")[:500],
            data.get("beside") == CLOSED,
        )

    def query(self, **changes: Any) -> str:
        """Return the state as a query, some of it changed; what is usual is left out."""
        state = replace(self, **changes)
        pairs = [
            ("mode", "" if state.mode == "lived" else state.mode),
            ("of", state.whom),
            *state.period,
            ("with", "" if state.versus == BEFORE or state.mode != "compare" else state.versus),
            ("customer", state.customer),
            ("stage", state.stage),
            ("beside", CLOSED if state.is_closed else ""),
            *(("hide", each) for each in state.hidden),
        ]
        return urlencode([pair for pair in pairs if pair[1]])

    def pairs(self, *without: str) -> list[tuple[str, str]]:
        """Return the state as pairs for hidden fields of a form, without those the form has itself."""
        return [pair for pair in parse_qsl(self.query()) if pair[0] not in without]
