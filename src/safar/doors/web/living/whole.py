"""The whole page of a sheet, from a request that was read."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from safar.doors.web.cases.queries import open_at_steps
from safar.doors.web.design.parts import EmptyState
from safar.doors.web.journeys.asking import Underway
from safar.doors.web.journeys.page import tabs
from safar.doors.web.maps.queries import maps_of, open_comment_counts, snapshots_of
from safar.doors.web.members.policies import Capability

from .asking import score_before
from .compare_page import compared
from .facts import HeadScore, facts, head_score
from .lanes import lane_rows
from .months import months
from .nested import nested_section
from .panel import first_key, panel
from .panel_parts import PanelScene, PanelShown, Term
from .reading import Reading
from .scene import Scene
from .sheet import (
    SheetPage,
    bare_stages,
    definition,
    file_links,
    links,
    modes,
    sheet_address,
    stage_heads,
    state_name,
    step_heads,
    subtitle,
    unwalked,
)
from .sounding import sounds_at
from .thread_page import thread_shown
from .whom import MOST_IN_BAR, bar


def whole_page(reading: Reading, *, about: str = "", panel_only: bool = False) -> SheetPage:
    """Return the page of a sheet.

    Parameters
    ----------
    reading
        The request.
    about
        What is opened beside it; what hurts most where nothing is said.
    panel_only
        Only that is needed: the rows are not made.
    """
    workspace, opened, state, locale = reading.workspace, reading.opened, reading.state, reading.locale
    is_designed = state.mode == "designed"
    scene = reading.scene(is_lived=not is_designed)
    kept = None if is_designed else reading.kept
    answer = None if is_designed else reading.answer
    scope = "" if is_designed else reading.scope
    thread = None if state.mode != "lived" or panel_only else thread_shown(reading, scene)
    is_compared = state.mode == "compare"
    rows, lanes = (
        ((), ())
        if panel_only or is_compared
        else lane_rows(scene, thread.steps if thread is not None else ())
    )
    return SheetPage(
        workspace=workspace,
        public_id=opened.public_id,
        title=scene.words(opened.document.name) or _("Journey map"),
        subtitle=subtitle(scene),
        state_name=state_name(scene),
        tabs=tabs(workspace, "maps"),
        modes=modes(scene),
        state=state,
        form=reading.form,
        months=()
        if panel_only
        else months(reading.known, reading.form, state, locale, snapshots_of(workspace, opened.public_id)),
        whoms=bar(reading.whoms, reading.whom, lambda key: state.query(whom=key)),
        other_whoms=bar(reading.whoms[MOST_IN_BAR:], None, lambda key: state.query(whom=key)),
        scope=scope,
        as_of="" if kept is None or kept.is_current else locale.time(kept.as_of, seconds=True),
        facts=() if panel_only else facts(scene, _head(reading, scene)),
        stages=stage_heads(scene),
        steps=() if panel_only else step_heads(scene, _nested(reading), _comments(reading)),
        rows=rows,
        lanes=lanes,
        panel=None if is_compared and not panel_only else _panel(reading, scene, about),
        work=answer.work if isinstance(answer, Underway) else None,
        problem=None if is_designed else reading.problem or (None if is_compared else unwalked(scene, scope)),
        empty=None if scene.columns else _no_steps(reading),
        definition=None if kept is None else definition(kept, scope, locale),
        links=links(workspace, opened, reading.capabilities, state.query()),
        files=file_links(workspace, opened, reading.capabilities, state.query()) if scene.columns else (),
        bare_stages=bare_stages(scene),
        caution=_(
            "This address asks for a persona or a segment that is not there, or whose segment is gone: the map shows"
            " everybody’s journey."
        )
        if reading.is_of_unknown and not is_designed
        else "",
        thread=thread,
        compared=compared(reading, scene) if is_compared and not panel_only and scene.columns else None,
    )


def _head(reading: Reading, scene: Scene) -> HeadScore | None:
    found = head_score(scene.lived) if scene.lived is not None else None
    question = reading.question
    if found is None or question is None:
        return None
    step, score = found
    return HeadScore(step, score, score_before(reading.workspace, question, step, score.question_key))


def _panel(reading: Reading, scene: Scene, about: str) -> PanelShown | None:
    def rows(key: str) -> str:
        if not reading.sees_customers:
            return ""
        own = sheet_address(reading.workspace, reading.opened.public_id, "living-behind")
        query = reading.state.query()
        return f"{own}?{query}{'&' if query else ''}{urlencode({'about': key})}"

    def comments(step_id: str) -> Term | None:
        count = _comments(reading).get(f"step/{step_id}", 0)
        address = sheet_address(reading.workspace, reading.opened.public_id, "map-comments")
        return Term(_("Open ones"), reading.locale.number(count), href=address)

    def cases(step_id: str) -> Term | None:
        count = open_cases.get(step_id, 0)
        if not count or Capability.SEE_CUSTOMERS not in reading.capabilities:
            return None
        address = reverse("cases", kwargs={"workspace_id": reading.workspace.workspace_id})
        query = urlencode({"which": "live", "step": step_id})
        return Term(_("Open ones"), reading.locale.number(count), href=f"{address}?{query}")

    open_cases = open_at_steps(reading.workspace, reading.opened.public_id)
    at = PanelScene(
        scene,
        Capability.EDIT_MAPS in reading.capabilities and not reading.opened.facts.is_archived,
        rows if scene.lived is not None else lambda _key: "",
        comments,
        lambda step: nested_section(reading, step),
        cases,
        lambda step_id: sounds_at(reading, step_id),
    )
    is_quiet = reading.state.is_closed or bool(reading.state.customer)
    key = about or ("" if is_quiet else first_key(scene))
    return panel(key, at) if key else None


def _nested(reading: Reading) -> dict[str, str]:
    """Return the addresses of the maps that show steps in detail."""
    wanted = {step.nested for step in reading.opened.document.steps if step.nested}
    if not wanted:
        return {}
    return {
        facts.public_id: sheet_address(reading.workspace, facts.public_id)
        for facts in maps_of(reading.workspace)
        if facts.public_id in wanted
    }


def _comments(reading: Reading) -> Mapping[str, int]:
    return open_comment_counts(reading.workspace, reading.opened.public_id)


def _no_steps(reading: Reading) -> EmptyState:
    if Capability.EDIT_MAPS not in reading.capabilities:
        return EmptyState(_("This map has no steps yet"), _("Whoever draws it has not begun."))
    return EmptyState(
        _("This map has no steps yet"),
        _("Add stages and steps, and bind them to events: then it shows how they are lived."),
        _("Edit the map"),
        sheet_address(reading.workspace, reading.opened.public_id, "map-edit"),
    )
