"""From what changed to where it hurts: the step of the newest map that an event shows, and what bad experiences cost.

Links alone: nothing is worked out for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from safar.doors.web.homes import current_home
from safar.doors.web.maps.queries import map_of, maps_of
from safar.explain.usual_experiences import usual_steps
from safar.maps.lived_question import lived_question
from safar.store.registry import Workspace
from safar.vocabulary.errors import Refusal

from .listen_links import Links


@dataclass(frozen=True)
class PainfulSteps:
    """Where a change of a workspace is looked into."""

    workspace: Workspace

    @property
    def of_all(self) -> Links:
        """The newest map as it is lived, and what bad experiences cost."""
        return (
            (_("Painful steps on the map"), self._address("journeys")),
            (_("What bad experiences cost"), self._value),
        )

    def of_event(self, event_name: str) -> Links:
        """Return the step that an event shows, and what the experience costs that it is; none where it is neither."""
        found = []
        if event_name in self._steps:
            found.append((_("Its step on the map"), self._steps[event_name]))
        if event_name in self._costs:
            found.append((_("What it costs"), self._costs[event_name]))
        return tuple(found)

    @cached_property
    def _steps(self) -> Mapping[str, str]:
        """The address of the first step of the newest map that each event shows."""
        newest = next(iter(maps_of(self.workspace)), None)
        opened = None if newest is None else map_of(self.workspace, newest.public_id)
        if opened is None:
            return {}
        try:
            steps = lived_question(opened.document).steps
        except Refusal:
            return {}  # the map says itself what cannot be read
        address = self._address("living-map", map_id=opened.public_id)
        found: dict[str, str] = {}
        for step in steps:
            for name in step.events.event_names if step.events is not None else ():
                found.setdefault(name, f"{address}?{urlencode({'about': f'step.{step.step_id}'})}")
        return found

    @cached_property
    def _costs(self) -> Mapping[str, str]:
        """The address of what is at risk where an event by itself is a bad experience."""
        names = current_home().log(self.workspace.workspace_id).present().names
        found: dict[str, str] = {}
        for place, (step, question) in enumerate(usual_steps(names).items()):
            address = f"{self._value}?{urlencode({'step': step})}" if place else self._value
            shown = (each.shown_by for each in question.experiences if not each.shown_by.where)
            found |= {name: address for rule in shown for name in rule.event_names if name not in found}
        return found

    @property
    def _value(self) -> str:
        return self._address("value-kind", kind="value_at_risk")

    def _address(self, name: str, **parts: str) -> str:
        return reverse(name, kwargs={"workspace_id": self.workspace.workspace_id, **parts})
