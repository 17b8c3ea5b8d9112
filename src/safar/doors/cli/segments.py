"""`safar segment`: definitions of customers, how large they are, who is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from safar.vocabulary.errors import Refusal

from .asked import Asked, pass_asked, place_options
from .output import Form, form_options, say, write_record, write_rows

if TYPE_CHECKING:
    from safar.store.registry import Workspace

_LISTED = ("segment_id", "name", "size", "share", "value_share", "entered", "left", "size_at", "text")


class SegmentMissing(Refusal, LookupError):
    """The workspace has no such segment."""

    code = "cli.segment_unknown"


@click.group(short_help="Segments: who belongs to them, how many they are.")
@place_options
def segment() -> None:
    """Segments of a workspace: define them, see their size and members, bring them up to date."""


@segment.command("list", short_help="List the segments.")
@click.option("--archived", is_flag=True, help="Those in the archive instead.")
@place_options
@form_options
@pass_asked
def list_(asked: Asked, *, archived: bool, form: Form) -> None:
    """List the segments of the workspace by name, each with its size when it was looked at last."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.segments.queries import segments_of

        found = segments_of(workspace, archived=archived)
    write_rows(form, _LISTED, [[_values(each)[name] for name in _LISTED] for each in found])


@segment.command(short_help="Define a segment.")
@click.argument("name")
@click.argument("text")
@place_options
@form_options
@pass_asked
def define(asked: Asked, name: str, text: str, *, form: Form) -> None:
    """Define the segment NAME by TEXT, such as "did order_placed >= 2 within last 90d; has city = Shiraz"."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.audit.actor import Actor
        from safar.doors.web.segments.queries import segment_of
        from safar.doors.web.segments.services import catch_up
        from safar.doors.web.segments.services import define as define_it

        made = define_it(workspace, name, text, by=Actor.at_terminal())
        catch_up(workspace)
        found = segment_of(workspace, made)
    write_record(form, _values(found))


@segment.command(short_help="Show a segment, and its size day by day.")
@click.argument("segment_id")
@click.option("--days", type=click.IntRange(1), default=30, show_default=True, help="At most so many days.")
@place_options
@form_options
@pass_asked
def show(asked: Asked, segment_id: str, *, days: int, form: Form) -> None:
    """Show how large the segment SEGMENT_ID was at the end of each day, and how many came and left."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.segments.queries import history_of

        found = _segment(workspace, segment_id)
        history = history_of(workspace, segment_id, days=days)
    say(f"{found.name}: {found.text}")
    names = ("on", "size", "customers", "value_share", "entered", "left")
    write_rows(form, names, [[getattr(day, name) for name in names] for day in history])


@segment.command(short_help="List the members of a segment.")
@click.argument("segment_id")
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="At most so many customers."
)
@place_options
@form_options
@pass_asked
def members(asked: Asked, segment_id: str, *, limit: int, form: Form) -> None:
    """List the members of the segment SEGMENT_ID, those first who did something last."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.segments.queries import members_page

        _segment(workspace, segment_id)
        found = members_page(workspace, segment_id, limit=limit)
    rows = [[facts.customer_id, facts.name, at, facts.events, facts.orders] for facts, at in found.customers]
    write_rows(form, ("customer_id", "name", "active_at", "events", "orders"), rows)


@segment.command("catch-up", short_help="Bring all segments up to date.")
@place_options
@form_options
@pass_asked
def catch_up(asked: Asked, *, form: Form) -> None:
    """Bring all segments of the workspace up to what its log shows now; a serving process does so each minute."""
    with asked.open_workspace() as workspace:
        from safar.doors.web.segments.services import catch_up as catch_them_up

        found = catch_them_up(workspace)
    counts = {"segments": 0, "customers": 0, "looked_at": 0}
    if found is not None:
        counts = {
            "segments": len(found.segments),
            "customers": found.customers,
            "looked_at": found.looked_at,
        }
    write_record(form, counts)


def _values(found: Any) -> dict[str, object]:
    names = ("name", "size", "share", "value_share", "entered", "left", "size_at", "text")
    return {"segment_id": found.public_id, **{name: getattr(found, name) for name in names}}


def _segment(workspace: Workspace, segment_id: str) -> Any:
    from safar.doors.web.segments.queries import segment_of

    found = segment_of(workspace, segment_id)
    if found is None:
        raise SegmentMissing(f"There is no segment {segment_id!r}.", hint="List them: safar segment list.")
    return found
