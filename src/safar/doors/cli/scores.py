"""`safar score`: what customers said, as scores with intervals, over time, by group, and why they changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click

from safar.doors.notebook.opening import of_home
from safar.doors.notebook.score_questions import Margins, ScoreFound
from safar.listen.groups import BY_KINDS
from safar.listen.trend import BESIDES
from safar.listen.weighting import MarginRefused
from safar.vocabulary.digits import parse_number

from .asked import Asked, pass_asked, place_options
from .output import Form, form_options, say, write_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from safar.doors.notebook.journeys import Journeys

_WINDOW: Final = click.option("--window", metavar="FROM..TO", help="When; all time if left out.")


@click.group(short_help="What customers said, as scores with intervals.")
@place_options
def score() -> None:
    """Scores of question keys: NPS, CSAT, CES, ratings, goals, each with its interval and count."""


def _which(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that say which answers."""
    options = (
        click.argument("question_key"),
        click.option("--kind", default="", help="Which scale, such as csat:1-5, where there are several."),
        click.option(
            "--only",
            multiple=True,
            metavar="SIDE=VALUE",
            help="Only these answers, such as channel=web. Repeatable.",
        ),
        click.option(
            "--leave-out", multiple=True, metavar="MARK", help="Quality mark to leave out. Repeatable."
        ),
        click.option("--segment", help="Only customers of this segment, such as 'did pay >= 2'."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@score.command("list", short_help="List every score.")
@_WINDOW
@place_options
@form_options
@pass_asked
def list_(asked: Asked, *, window: str | None, form: Form) -> None:
    """List every question key that has a score, those with most answers first."""
    with _opened(asked) as journeys:
        found = journeys.scores(window=window)
    write_rows(form, found.names, found.rows())


@score.command(short_help="One score, weighted if you like.")
@_which
@_WINDOW
@click.option(
    "--weigh",
    multiple=True,
    metavar="BY: GROUP=SHARE, …",
    help="Known shares of everybody, such as 'channel: web=40%, app=60%'. Repeatable.",
)
@click.option("--design-weights", is_flag=True, help="Use the weights that came with the answers.")
@click.option("--highest-weight", type=float, help="The largest weight, times their mean.")
@place_options
@form_options
@pass_asked
def show(
    asked: Asked,
    /,
    *,
    question_key: str,
    window: str | None,
    weigh: tuple[str, ...],
    design_weights: bool,
    highest_weight: float | None,
    form: Form,
    **which: Any,
) -> None:
    """Show the score of QUESTION_KEY with its interval and count."""
    with _narrowed(asked, which) as journeys:
        found = journeys.score(
            question_key,
            window=window,
            margins=margins_of(weigh),
            uses_design=design_weights,
            highest_weight=highest_weight,
            **_kept(which),
        )
    _write(form, found)


@score.command(short_help="A score over time.")
@_which
@_WINDOW
@click.option(
    "--every", type=click.Choice(["week", "month", "quarter", "year"]), default="month", show_default=True
)
@click.option("--beside", type=click.Choice(BESIDES), default="previous", show_default=True)
@click.option(
    "--season", type=click.Choice(["jalali", "hijri", "gregorian"]), help="By whose year seasons compare."
)
@place_options
@form_options
@pass_asked
def trend(
    asked: Asked,
    /,
    *,
    question_key: str,
    window: str | None,
    every: Any,
    beside: Any,
    season: str | None,
    form: Form,
    **which: Any,
) -> None:
    """Show how the score of QUESTION_KEY goes over time, in the workspace's calendar."""
    with _narrowed(asked, which) as journeys:
        found = journeys.score_trend(
            question_key, every=every, beside=beside, season=season, window=window, **_kept(which)
        )
    _write(form, found)


@score.command(short_help="A score by group, and which stand out.")
@_which
@_WINDOW
@click.option(
    "--by", required=True, metavar="WHAT", help=f"{', '.join(BY_KINDS)}; of a question: question:KEY."
)
@click.option("--named", multiple=True, metavar="NAME=SEGMENT", help="For --by segment. Repeatable.")
@place_options
@form_options
@pass_asked
def groups(
    asked: Asked,
    /,
    *,
    question_key: str,
    window: str | None,
    by: str,
    named: tuple[str, ...],
    form: Form,
    **which: Any,
) -> None:
    """Show the score of QUESTION_KEY in each group, judged together with Holm's rule."""
    with _narrowed(asked, which) as journeys:
        found = journeys.score_groups(question_key, by, segments=_pairs(named), window=window, **_kept(which))
    _write(form, found)


@score.command(short_help="Real change, or other people answering?")
@_which
@click.option(
    "--by", required=True, metavar="WHAT", help=f"{', '.join(BY_KINDS)}; of a question: question:KEY."
)
@click.option("--named", multiple=True, metavar="NAME=SEGMENT", help="For --by segment. Repeatable.")
@click.option("--now", required=True, metavar="FROM..TO", help="The time that changed.")
@click.option("--before", required=True, metavar="FROM..TO", help="The time it is compared with.")
@place_options
@form_options
@pass_asked
def mix(
    asked: Asked,
    /,
    *,
    question_key: str,
    by: str,
    named: tuple[str, ...],
    now: str,
    before: str,
    form: Form,
    **which: Any,
) -> None:
    """Split the change of QUESTION_KEY into what groups changed and what their shares did; both add up to it."""
    with _narrowed(asked, which) as journeys:
        found = journeys.score_mix(
            question_key, by, now=now, before=before, segments=_pairs(named), **_kept(which)
        )
    _write(form, found)
    split = found.answer.split
    for name, part in (("change", split.total), ("within", split.within), ("mix", split.mix)):
        say(f"{name}: {part.value:+.4f} ({part.interval.low:+.4f} to {part.interval.high:+.4f})")


def margins_of(texts: tuple[str, ...]) -> Margins:
    """Return known shares as people type them: ``channel: web=40%, app=60%``, in any digits.

    Raises
    ------
    MarginRefused
        A text is not written like that.
    """
    found: dict[str, dict[str, float]] = {}
    for text in texts:
        by, colon, rest = text.rpartition(":")
        shares = [part.rpartition("=") for part in rest.replace("،", ",").split(",")]
        if not colon or not all(name.strip() for name, _, _ in shares):
            raise MarginRefused(
                f"{text!r} says no shares.", hint="Write them like this: 'channel: web=40%, app=60%'."
            )
        found[by.strip()] = {name.strip(): _share(share.strip()) for name, _, share in shares}
    return found


def _share(text: str) -> float:
    bare = text.rstrip("%٪ ")
    return float(parse_number(bare)) / (100 if bare != text else 1)


def _pairs(texts: tuple[str, ...]) -> dict[str, str]:
    return {name.strip(): rest.strip() for name, _, rest in (text.partition("=") for text in texts)}


def _kept(which: dict[str, Any]) -> dict[str, Any]:
    """Return which answers are meant, as the questions take it."""
    pairs = [
        (side.strip(), value.strip()) for side, _, value in (text.partition("=") for text in which["only"])
    ]
    return {"kind": which["kind"], "only": pairs, "leave_out": which["leave_out"]}


@contextmanager
def _opened(asked: Asked) -> Iterator[Journeys]:
    with asked.open_home() as home:
        yield of_home(home, asked.workspace_of(home))


@contextmanager
def _narrowed(asked: Asked, which: dict[str, Any]) -> Iterator[Journeys]:
    with _opened(asked) as journeys:
        yield journeys.segment(which["segment"]) if which["segment"] else journeys


def _write(form: Form, found: ScoreFound[Any]) -> None:
    write_rows(form, found.table.names, found.table.rows())
    for note in found.notes:
        say(note)
