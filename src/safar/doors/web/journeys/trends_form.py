"""The form of trends: which number, of what, by which period, apart by what and beside what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from safar.doors.web.events.words import visible
from safar.observe.lines import AMOUNT, Breakdown, By
from safar.observe.measures import Measure, Metric
from safar.observe.series import SeriesQuestion
from safar.observe.series_time import Beside
from safar.observe.sessions import USUAL_PAUSE
from safar.vocabulary.periods import Periodic, SeriesPeriod
from safar.vocabulary.window import Window

from .attribution_form import campaign_properties
from .fields import RuleField
from .forms import QuestionForm
from .funnel_form import SegmentsField

#: Lines that the drawing tells apart, the others among them.
_MOST_LINES: Final = 6
_MOST_SEGMENTS: Final = 7
#: Up to so many days a period is fitting, where nobody chooses one.
_FITTING: Final[tuple[tuple[int, SeriesPeriod], ...]] = (
    (3, "hour"),
    (100, "day"),
    (400, "week"),
    (4000, "month"),
)
#: In addresses before the name of a property.
_OF: Final = "of:"
_CALENDARS: Final = ("jalali", "hijri", "gregorian")
_OF_VALUES: Final = ("sum", "mean")


class TrendsForm(QuestionForm):
    """Which number over time."""

    measure = forms.ChoiceField(
        label=_("Number"),
        required=False,
        choices=[
            ("", pgettext_lazy("measure", "How often it happened")),
            ("customers", pgettext_lazy("measure", "Customers who did it")),
            ("new_customers", pgettext_lazy("measure", "Customers who did it for the first time")),
            ("events_per_customer", pgettext_lazy("measure", "How often by each customer")),
            ("sessions", pgettext_lazy("measure", "Visits")),
            ("conversion", pgettext_lazy("measure", "Share who then also did something else")),
            ("sum", pgettext_lazy("measure", "Sum of a value")),
            ("mean", pgettext_lazy("measure", "Mean of a value")),
        ],
    )
    event = RuleField(
        label=_("Which events"),
        required=False,
        help_text=_(
            "The name of an event, with conditions if you like: order_placed [channel = web]. All if empty."
        ),
    )
    also = RuleField(
        label=_("Something else"),
        required=False,
        help_text=_("Only for the share: what they also did in the same period, such as order_placed."),
    )
    of = forms.ChoiceField(
        label=_("Value"),
        required=False,
        help_text=_("Only for sums and means."),
    )
    every = forms.ChoiceField(
        label=_("A point each"),
        required=False,
        choices=[
            ("", pgettext_lazy("a point each", "what fits the stretch of time")),
            ("hour", pgettext_lazy("a point each", "hour")),
            ("day", pgettext_lazy("a point each", "day")),
            ("week", pgettext_lazy("a point each", "week")),
            ("month", pgettext_lazy("a point each", "month")),
            ("quarter", pgettext_lazy("a point each", "quarter")),
            ("year", pgettext_lazy("a point each", "year")),
        ],
    )
    beside = forms.ChoiceField(
        label=_("Beside it"),
        required=False,
        choices=[
            ("", pgettext_lazy("beside it", "Nothing")),
            ("previous", pgettext_lazy("beside it", "The same length of time before")),
            ("jalali", pgettext_lazy("beside it", "A Jalali year before: Nowruz")),
            ("hijri", pgettext_lazy("beside it", "A Hijri year before: Ramadan")),
            ("gregorian", pgettext_lazy("beside it", "A Gregorian year before: Christmas")),
        ],
    )
    by = forms.ChoiceField(label=_("Told apart by"), required=False)
    group = SegmentsField(
        label=_("One line each for customers who"),
        most=_MOST_SEGMENTS,
        help_text=_("Loyal: did order_placed >= 2 is a line called Loyal."),
    )
    of_scope: ClassVar = ("period", "since", "until", "events", "channel", "segment", "where")
    of_more: ClassVar = ("group", "since", "until", "channel", "segment", "where")
    pause = None  # type: ignore[assignment] # Django takes the field away

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [name for name in self.known.present.properties if visible(name) == name]
        by, of = str(self.data.get("by", "")), str(self.data.get("of", ""))
        asked = [by.removeprefix(_OF)] if by.startswith(_OF) else []
        splits = dict.fromkeys([*campaign_properties(known), *known, *asked])
        self.fields["by"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("line by", "Nothing: one line")),
            ("channel", pgettext_lazy("line by", "Channel")),
            ("event", pgettext_lazy("line by", "Event")),
            (str(_("A property")), [(f"{_OF}{name}", name) for name in splits]),
        ]
        values = [*known, *([of] if of and of not in known else [])]
        self.fields["of"].choices = [  # type: ignore[attr-defined]
            ("", pgettext_lazy("value", "Amount of money")),
            *((name, name) for name in values),
        ]

    def clean(self) -> Any:
        """Ask for the other thing where a share is wanted."""
        found = super().clean()
        if self.cleaned_data.get("measure") == "conversion" and self.cleaned_data.get("also") is None:
            self.add_error(
                "also", forms.ValidationError(_("Say what they should also have done."), code="missing")
            )
        return found

    def question(self) -> SeriesQuestion:
        """Return the question."""
        found, window = self.cleaned_data, self.bounded_window
        beside = found["beside"]
        season = beside if beside in _CALENDARS else None
        return SeriesQuestion(
            window,
            self._metric(),
            Periodic(
                cast("SeriesPeriod", found["every"] or _fitting(window)),
                self.locale.calendar,
                self.locale.week_starts,
                self.locale.time_zone,
            ),
            breakdown=self._breakdown(),
            beside=Beside.SEASON if season else Beside(beside or "nothing"),
            season=season,
            among=self.scope.among,
        )

    def _metric(self) -> Metric:
        found = self.cleaned_data
        measure = found["measure"] or "events"
        return Metric(
            Measure(measure),
            found["event"],
            found["also"] if measure == "conversion" else None,
            (found["of"] or AMOUNT) if measure in _OF_VALUES else "",
            USUAL_PAUSE if measure == "sessions" else None,
        )

    def _breakdown(self) -> Breakdown | None:
        by, groups = self.cleaned_data["by"], self.cleaned_data["group"]
        if groups:
            return Breakdown(By.SEGMENT, segments=groups)
        if by.startswith(_OF):
            return Breakdown(By.PROPERTY, by.removeprefix(_OF), most=_MOST_LINES)
        return Breakdown(By(by), most=_MOST_LINES) if by else None


def _fitting(window: Window) -> SeriesPeriod:
    """Return a period of which a window has a readable number."""
    return next((period for most, period in _FITTING if window.duration <= timedelta(days=most)), "quarter")
