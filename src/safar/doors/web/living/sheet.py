"""The page of a sheet: its head, its facts, its rows, and what is opened beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from safar.doors.web.design.answers import Kept
from safar.doors.web.design.fact import Definition
from safar.doors.web.design.parts import EmptyState, Tab
from safar.doors.web.design.words import filled
from safar.doors.web.journeys.forms import EVER
from safar.doors.web.maps.queries import OpenMap
from safar.doors.web.maps.words import STATE_NAMES
from safar.doors.web.members.policies import Capability
from safar.doors.web.work.queries import WorkFacts
from safar.maps.lived import LivedMap
from safar.show.locale import Locale
from safar.store.registry import Workspace

from .cells import LaneRow
from .compare_page import Compared
from .facts import FactCard
from .form import MODES, Mode, PeriodForm, SheetState
from .lanes import LaneChoice
from .months import Month
from .note_sentences import note_sentence
from .panel_parts import PanelShown
from .scene import Scene
from .thread_page import ThreadShown
from .whom import Whom

_MODE_NAMES: Final = {
    "designed": gettext_lazy("Designed"),
    "lived": gettext_lazy("Lived"),
    "compare": gettext_lazy("Compare"),
}
_FILES: Final = (
    ("pdf", "PDF"),
    ("png", "PNG"),
    ("svg", "SVG"),
    ("html", "HTML"),
    ("json", "JSON"),
    ("csv", "CSV"),
)
_ORDER: Final[tuple[Mode, ...]] = ("designed", "lived", "compare")


@dataclass(frozen=True, slots=True)
class StageHead:
    """A stage above its steps; on a telephone its name opens it. ``unreached``: that nobody got here, else empty."""

    stage_id: str
    name: str
    about: str
    span: int
    is_open: bool
    query: str
    unreached: str = ""


@dataclass(frozen=True, slots=True)
class StepHead:
    """A step at the head of its column.

    Attributes
    ----------
    nested
        Address of the map that shows it in detail; empty for none.
    comments
        How many open comments it has, in words; empty for none.
    """

    step_id: str
    stage_id: str
    name: str
    about: str
    href: str
    is_open: bool
    is_hot: bool
    nested: str = ""
    comments: str = ""


@dataclass(frozen=True, slots=True)
class SheetPage:
    """What the template of a sheet is given.

    Attributes
    ----------
    title, subtitle, state_name
        Of the map.
    modes
        Designed, lived, compared.
    whoms, other_whoms
        The bar, and those beyond it.
    form, months
        Of which period.
    scope
        Of when and whom, in words.
    caution
        That the address asks for somebody whom the workspace does not have; empty otherwise.
    facts, stages, steps, rows, lanes
        The sheet.
    panel
        What is opened beside it; None for nothing.
    work
        Background work that finds out how it was lived; None where that is known.
    problem
        Why nothing lived can be shown, in words; None otherwise.
    empty
        What to say of a map without steps.
    definition
        Where the numbers come from.
    links, files
        Where else to go with the map, and the files it leaves as.
    bare_stages
        Names of the stages that have no step yet, in words; empty for none.
    thread
        The walk of one customer; None for nobody's.
    compared
        Both sides of a comparison; None where nothing is compared.
    """

    workspace: Workspace
    public_id: str
    title: str
    subtitle: str
    state_name: str
    tabs: tuple[Tab, ...]
    modes: tuple[Tab, ...]
    state: SheetState
    form: PeriodForm
    months: tuple[Month, ...]
    whoms: tuple[Whom, ...]
    other_whoms: tuple[Whom, ...]
    scope: str
    as_of: str
    facts: tuple[FactCard, ...]
    stages: tuple[StageHead, ...]
    steps: tuple[StepHead, ...]
    rows: tuple[LaneRow, ...]
    lanes: tuple[LaneChoice, ...]
    panel: PanelShown | None
    work: WorkFacts | None
    problem: EmptyState | None
    empty: EmptyState | None
    definition: Definition | None
    links: tuple[Tab, ...]
    files: tuple[Tab, ...] = ()
    bare_stages: str = ""
    caution: str = ""
    thread: ThreadShown | None = None
    compared: Compared | None = None

    @property
    def address(self) -> str:
        """The page as it stands."""
        query = self.state.query()
        own = sheet_address(self.workspace, self.public_id)
        return f"{own}?{query}" if query else own

    @property
    def shows_everything(self) -> bool:
        """Whether no lane is hidden."""
        return not self.state.hidden

    @property
    def all_query(self) -> str:
        """The query that shows all lanes."""
        return self.state.query(hidden=())

    @property
    def closed_query(self) -> str:
        """The query that closes what is opened beside the sheet."""
        return self.state.query(is_closed=True)

    @property
    def compare_pairs(self) -> list[tuple[str, str]]:
        """The state besides what it is compared with, for hidden fields of that form."""
        return self.state.pairs("with")

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The state besides the period, for hidden fields of its form."""
        return self.state.pairs("period", "since", "until")


def sheet_address(workspace: Workspace, public_id: str, name: str = "living-map") -> str:
    """Return the address of a sheet, or of something below it."""
    return reverse(name, kwargs={"workspace_id": workspace.workspace_id, "map_id": public_id})


def modes(scene: Scene) -> tuple[Tab, ...]:
    """Return the switch: designed, lived, compared."""
    assert set(_ORDER) == set(MODES)
    return tuple(
        Tab(str(_MODE_NAMES[mode]), f"?{scene.state.query(mode=mode)}", scene.state.mode == mode)
        for mode in _ORDER
    )


def stage_heads(scene: Scene) -> tuple[StageHead, ...]:
    """Return the stages that have steps."""
    return tuple(
        StageHead(
            stage.stage_id,
            scene.stage_name(stage),
            scene.words(stage.about),
            len(stage.steps),
            stage.stage_id == scene.open_stage,
            scene.state.query(stage=stage.stage_id),
            _("Nobody got here in this period.")
            if scene.state.mode == "lived" and scene.is_unreached(stage) and not scene.is_unwalked
            else "",
        )
        for stage in scene.document.stages
        if stage.steps
    )


def unwalked(scene: Scene, scope: str) -> EmptyState | None:
    """Return what to say of a map that nobody walked, and where somebody may have; None where somebody did."""
    if not scene.is_unwalked:
        return None
    state, href, words = scene.state, "", ""
    if state.whom:
        href, words = f"?{state.query(whom='')}", _("Show everybody’s journey")
    elif dict(state.period).get("period") != EVER:
        href, words = f"?{state.query(period=(('period', EVER),))}", _("Show all time")
    return EmptyState(
        _("Nobody was on this journey"),
        filled(_("Nobody did any of its steps: %(scope)s. What stands below is the design."), scope=scope),
        words,
        href,
    )


def bare_stages(scene: Scene) -> str:
    """Return the stages that have no step yet, as a sentence; empty where all have some."""
    bare = [scene.stage_name(stage) for stage in scene.document.stages if not stage.steps]
    if not bare:
        return ""
    names = " · ".join(f"\u2068{name}\u2069" for name in bare)
    return filled(
        ngettext("Stage without a step yet: %(names)s", "Stages without a step yet: %(names)s", len(bare)),
        names=names,
    )


def step_heads(scene: Scene, nested: Mapping[str, str], comments: Mapping[str, int]) -> tuple[StepHead, ...]:
    """Return the heads of the columns."""
    return tuple(
        StepHead(
            step.step_id,
            stage.stage_id,
            scene.step_name(step),
            scene.words(step.about),
            scene.about(f"step.{step.step_id}"),
            stage.stage_id == scene.open_stage,
            step.step_id in scene.hot,
            nested.get(step.nested, ""),
            _comments(comments.get(f"step/{step.step_id}", 0), scene.locale),
        )
        for stage, step in scene.columns
    )


def _comments(count: int, locale: Locale) -> str:
    if not count:
        return ""
    return filled(ngettext("%(count)s comment", "%(count)s comments", count), count=locale.number(count))


def definition(kept: Kept[LivedMap], scope: str, locale: Locale) -> Definition:
    """Return where the numbers of a sheet come from."""
    lived = kept.answer
    notes = (*lived.notes, *(lived.conformance.notes if lived.conformance else ()))
    return Definition(
        meaning=locale.shape(
            _(
                "Each step is a question to the log: who was here, what they answered, what broke. A walk is what one "
                "customer did on the map without a long pause; moves between its steps are on the map, past some of "
                "its steps, or beside it."
            )
        ),
        method=locale.shape(
            _(
                "Intervals hold at 95 % and take all that one customer did as one cluster. A period counts what "
                "happens in it; what was before and comes after is known, so no walk is cut in two."
            )
        ),
        cautions=tuple(dict.fromkeys(note_sentence(note, locale) for note in notes)),
        origin=(
            (_("Asked about"), scope),
            (_("Events read"), locale.number(lived.provenance.rows_read)),
            (_("Version of the log"), lived.provenance.log_version),
        ),
    )


def subtitle(scene: Scene) -> str:
    """Return what the map is about; what the page shows where nobody said."""
    about = scene.words(scene.document.about)
    if about:
        return about
    return _("As designed") if scene.lived is None else _("As lived, over as designed")


def state_name(scene: Scene) -> str:
    """Return whether the map shows what is or what is to be."""
    return str(STATE_NAMES[scene.document.state])


def links(
    workspace: Workspace, opened: OpenMap, capabilities: frozenset[Capability], query: str
) -> tuple[Tab, ...]:
    """Return where else the reader can go with this map."""
    found = []
    if Capability.EDIT_MAPS in capabilities:
        found.append(Tab(_("Edit the map"), sheet_address(workspace, opened.public_id, "map-edit")))
    if Capability.SEE_CUSTOMERS in capabilities:
        address = sheet_address(workspace, opened.public_id, "living-thread")
        found.append(Tab(_("One customer’s walk"), f"{address}?{query}"))
    return tuple(found)


def file_links(
    workspace: Workspace, opened: OpenMap, capabilities: frozenset[Capability], query: str
) -> tuple[Tab, ...]:
    """Return the files that the map leaves as."""
    forms = [(form, name) for form, name in _FILES if form != "csv" or Capability.EXPORT in capabilities]
    named = {"workspace_id": workspace.workspace_id, "map_id": opened.public_id}
    return tuple(
        Tab(name, f"{reverse('living-export', kwargs=named | {'form': form})}?{query}")
        for form, name in forms
    )
