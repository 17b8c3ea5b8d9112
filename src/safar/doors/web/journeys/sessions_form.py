"""The form of sessions: after which pause one ends, and by which channel after another."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from safar.doors.web.design.words import filled
from safar.doors.web.events.words import channel_in_words, visible
from safar.observe.sessions import USUAL_PAUSE, SessionsQuestion

from .fields import DurationField, only_these_steps
from .forms import OWN, QuestionForm

_USUAL_GAP: Final = "30m"
#: Channels that can have a pause of their own.
_MOST_CHANNELS: Final = 12
#: In addresses before the name of a channel.
_OF: Final = "gap-"


class SessionsForm(QuestionForm):
    """Pauses, and what counts."""

    pause = None  # type: ignore[assignment] # Django takes the field away: a path is a session here
    gap = DurationField(
        label=_("A session ends after a pause of"),
        required=False,
        initial=_USUAL_GAP,
        help_text=_("Such as 30m, 2h or 1d."),
    )
    step = only_these_steps()
    usual_events: ClassVar = OWN
    of_scope: ClassVar = ("period", "since", "until", "events", "channel", "segment", "where")

    def _fill_in(self) -> None:
        """Add a pause for each channel before the fields are filled in."""
        asked = [name.removeprefix(_OF) for name in self.data if name.startswith(_OF)]
        known = [text for text in self.known.present.channels if text and visible(text) == text]
        self.own_gaps = tuple(dict.fromkeys([*known, *asked]))[:_MOST_CHANNELS]
        for channel in self.own_gaps:
            self.fields[f"{_OF}{channel}"] = DurationField(
                label=filled(gettext("After a step by “%(channel)s”"), channel=channel_in_words(channel)),
                required=False,
            )
        self.of_more = (*(f"{_OF}{channel}" for channel in self.own_gaps), *QuestionForm.of_more)  # type: ignore[misc] # as many as this log has
        super()._fill_in()

    @property
    def cautions(self) -> tuple[str, ...]:
        """What readers must bear in mind where everything is counted."""
        if "events" not in self.fields or self.sees_own_acts_alone or self.cleaned_data["step"]:
            return ()
        return (
            gettext(
                "What is sent to customers and done for them counts here as well: it opens sessions that nobody made,"
                " and most of these end at once."
            ),
        )

    def question(self) -> SessionsQuestion:
        """Return the question."""
        found, scope = self.cleaned_data, self.scope
        pauses: tuple[tuple[str, timedelta], ...] = tuple(
            (channel, found[f"{_OF}{channel}"])
            for channel in self.own_gaps
            if found[f"{_OF}{channel}"] is not None
        )
        return SessionsQuestion(
            found["gap"] or USUAL_PAUSE, found["step"], scope.window, pauses=pauses, among=scope.among
        )
