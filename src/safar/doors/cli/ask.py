"""`safar ask`: ask about journeys or value. The options of each kind follow from the fields of its question."""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from safar.act.questions import KINDS
from safar.doors.notebook.inputs import Inputs
from safar.doors.notebook.opening import of_home
from safar.doors.notebook.opening import open as open_journeys
from safar.observe.among import Among
from safar.observe.answer_parts import MAIN
from safar.observe.conditions import Condition
from safar.observe.question_json import fields_of, read
from safar.observe.question_shapes import Field
from safar.observe.questions import kind_named
from safar.observe.steps import StepRule
from safar.observe.time_text import instant_text_of
from safar.vocabulary.digits import fold_digits
from safar.vocabulary.errors import Json, Refusal
from safar.vocabulary.window import Window

from .asked import Asked, pass_asked, place_options
from .output import Form, form_options, say, write_rows

if TYPE_CHECKING:
    from safar.doors.notebook.journeys import Journeys

_KIND: Final = f"{__name__}.kind"
_AMONG: Final[Mapping[str, str]] = {
    "channel": "Only events that came by this channel. Repeatable.",
    "where": "Only events for which this condition holds, such as 'plan = pro'. Repeatable.",
    "segment": "Only customers of this segment, such as 'did pay >= 2; did not refund'.",
}


class QuestionFileRefused(Refusal, ValueError):
    """The file holds no JSON."""

    code = "cli.question_file_refused"


class AskCommand(click.Command):
    """A command whose options depend on its first word, the kind of the question."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the kind off, then read the options."""
        has_kind = bool(args) and not args[0].startswith("-")
        ctx.meta[_KIND] = kind_named(args[0]).name if has_kind else None
        return super().parse_args(ctx, args[1:] if has_kind else args)

    def make_parser(self, ctx: click.Context) -> Any:
        """Return the parser of the kind's options; before the kind is known, one of the options of every kind."""
        parser = super().make_parser(ctx)
        if _KIND not in ctx.meta:
            known = {flag for param in self.params for flag in param.opts}
            for option in [option for kind in KINDS for option in options_of(kind)]:
                if known.isdisjoint(option.opts):
                    known.update(option.opts)
                    option.add_to_parser(parser, ctx)
        return parser

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the options of every question, and those of this kind."""
        kind = ctx.meta.get(_KIND)
        return [*(options_of(kind) if kind else ()), *super().get_params(ctx)]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the kind before the options."""
        return [ctx.meta.get(_KIND) or "KIND", *super().collect_usage_pieces(ctx)]


def _in_a_folder(_: click.Context, __: click.Parameter, path: Path | None) -> Path | None:
    """Refuse a file whose folder is not there before the question is asked."""
    if path is not None and not path.absolute().parent.is_dir():
        raise click.BadParameter(f"There is no folder {str(path.parent)!r}. Make it first.")
    return path


@click.command(cls=AskCommand, short_help="Ask a question about journeys or value.")
@click.option("--list", "is_list", is_flag=True, help="List the kinds of questions.")
@click.option(
    "--question",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the question as JSON; options outrank it.",
)
@click.option(
    "--log",
    "folder",
    metavar="PATH",
    help="A log, or published paths, in place of a home.",
)
@click.option(
    "--parquet",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_in_a_folder,
    help="Write the table to a Parquet file.",
)
@click.option(
    "--drawing",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_in_a_folder,
    help="Write the drawing, as .svg, .png or .html.",
)
@click.option(
    "--part",
    default=MAIN,
    metavar="NAME",
    help="Which table: `totals` for the single numbers, `groups` of a funnel that is told apart, …; a name that there"
    " is not says all names.",
)
@click.option("--echo", is_flag=True, help="Say the question as JSON, for files, notebooks and the API.")
@place_options
@form_options
@pass_asked
@click.pass_context
def ask(
    ctx: click.Context,
    asked: Asked,
    /,
    *,
    is_list: bool,
    question: Path | None,
    folder: str | None,
    parquet: Path | None,
    drawing: Path | None,
    part: str,
    echo: bool,
    form: Form,
    **options: Any,
) -> None:
    """Ask a question about journeys or value. KIND is which: flow, funnel, retention … (`--list` says all).

    \b
    safar ask funnel --step visit --step "Pay: paid, settled" --within 7d
    safar ask flow --pause 30m --segment "did pay >= 2" --window 2026-01-01..2026-03-01
    safar ask funnel --help
    """
    if is_list:
        rows = [(kind.name, (kind.question.__doc__ or "").partition("\n")[0]) for kind in KINDS.values()]
        write_rows(form, ("kind", "question"), rows)
        return
    kind = ctx.meta.get(_KIND)
    said = {} if question is None else _from_file(question)
    if kind is None and "kind" not in said:
        raise click.UsageError("Say which question: safar ask flow. `safar ask --list` lists them.", ctx)
    with _opened(asked, folder) as journeys:
        said |= _said(kind or str(said["kind"]), options, journeys)
        if question is None:
            said = _here(str(kind), said, journeys)
        answer = journeys.ask(read(said, kind=kind))
        if echo:
            say(json.dumps(answer.json, ensure_ascii=False))
        for note in answer.notes:
            say(note)
        if drawing is not None:
            answer.chart().save(drawing)
        if parquet is not None:
            parquet.write_bytes(answer.part(part).parquet())
        if parquet is None and drawing is None:
            table = answer.part(part).in_seconds()
            write_rows(
                form, table.names, map(_readable, table.rows()) if form is Form.TABLE else table.rows()
            )


def _readable(row: tuple[Any, ...]) -> list[Any]:
    """Return a row with paths as people write them."""
    return [" > ".join(map(str, value)) if isinstance(value, list) else value for value in row]


def options_of(kind: str) -> Iterator[click.Option]:
    """Yield the options of a kind of question."""
    fields = fields_of(kind)
    names = {field.name for field in fields}
    for field in fields:
        if field.hint is Among and field.name == "among":
            for name, text in _AMONG.items():
                yield click.Option([f"--{name}"], multiple=name != "segment", help=text)
            continue
        flag = f"--{_flag(field, names)}"
        if _inner(field.hint) is bool:
            yield click.Option([f"{flag}/--no-{flag[2:]}", field.name], default=None, help=field.description)
        else:
            repeats = " Repeatable." if _is_many(field) else ""
            text = f"{field.description}{repeats}".strip()
            yield click.Option(
                [flag, field.name], multiple=_is_many(field), help=text, metavar=_metavar(field)
            )


@contextmanager
def _opened(asked: Asked, folder: str | None) -> Iterator[Journeys]:
    if folder is not None:
        with open_journeys(folder) as journeys:
            yield journeys
        return
    with asked.open_home() as home:
        yield of_home(home, asked.workspace_of(home))


def _here(kind: str, said: dict[str, Json], journeys: Journeys) -> dict[str, Json]:
    """Return what is said, by the workspace's calendar, week and time zone where it says no other."""
    own: dict[str, Json] = {
        "calendar": journeys.locale.calendar,
        "week_starts": journeys.locale.week_starts,
        "time_zone": journeys.locale.time_zone,
    }
    found = {field.name: own[field.name] for field in fields_of(kind) if field.name in own} | said
    periodic = found.get("periodic")
    return found | {"periodic": own | periodic} if isinstance(periodic, dict) else found


def _said(kind: str, options: Mapping[str, Any], journeys: Journeys) -> dict[str, Json]:
    """Return what the options say, as JSON."""
    fields = {field.name: field for field in fields_of(kind)}
    inputs = journeys.inputs()
    said: dict[str, Json] = {}
    among = {name: value for name in _AMONG if (value := options.get(name))}
    if among:
        shaped: dict[str, Json] = {
            "channels": list(among.get("channel", ())),
            "where": list(among.get("where", ())),
        }
        said["among"] = shaped | ({"segment": among["segment"]} if "segment" in among else {})
    for name, value in options.items():
        if name in fields and value is not None and value != ():
            said[name] = _shaped(fields[name], value, inputs)
    return said


def _shaped(field: Field, value: Any, inputs: Inputs) -> Json:
    """Return what was typed for a field as the JSON of its type."""
    if _is_many(field):
        inner = typing.get_args(_inner(field.hint))[0]
        return [_one(inner, each, inputs) for each in value]
    return _one(_inner(field.hint), value, inputs)


def _one(hint: Any, value: Any, inputs: Inputs) -> Json:
    found: Json = value
    if not isinstance(value, str):
        return found
    if hint is Window:
        window = inputs.window(value)
        assert window is not None
        found = {"start": instant_text_of(window.start), "end": instant_text_of(window.end)}
    elif hint is StepRule:
        inputs.rule(value)
    elif hint in {int, float}:
        with suppress(ValueError):
            found = hint(fold_digits(value))
    elif typing.get_origin(hint) is tuple and "=" in value:
        found = [*value.split("=", 1)]
    elif hint not in {str, Condition} and value.lstrip().startswith(("{", "[")):
        found = _json(value)
    return found


def _json(text: str) -> Json:
    try:
        found: Json = json.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise click.BadParameter(f"{text!r} is no JSON: {wrong}") from None
    return found


def _inner(hint: Any) -> Any:
    """Return the type without None."""
    others = [each for each in typing.get_args(hint) if each is not type(None)]
    return others[0] if len(others) == 1 and type(None) in typing.get_args(hint) else hint


def _is_many(field: Field) -> bool:
    arguments = typing.get_args(_inner(field.hint))
    return typing.get_origin(_inner(field.hint)) is tuple and arguments[-1] is Ellipsis


def _flag(field: Field, names: Set[str]) -> str:
    """Return the name of a field's option: of one thing where it is given again and again."""
    name = field.name
    if _is_many(field):
        one = name.removesuffix("es") if name.endswith("ches") else name.removesuffix("s")
        name = name if one in names - {name} else one
    return name.replace("_", "-")


def _metavar(field: Field) -> str:
    inner = _inner(field.hint)
    inner = typing.get_args(inner)[0] if _is_many(field) else inner
    if typing.get_origin(inner) is typing.Literal:
        return "|".join(map(str, typing.get_args(inner)))
    names = {StepRule: "RULE", Window: "FROM..UNTIL", int: "NUMBER", float: "NUMBER", str: "TEXT"}
    if inner in names:
        return names[inner]
    if isinstance(inner, type) and issubclass(inner, Enum):
        return "|".join(str(each.value) for each in inner)
    if typing.get_origin(inner) is tuple:
        return "NAME=VALUE"
    return "LENGTH" if getattr(inner, "__name__", "") == "timedelta" else "JSON"


def _from_file(path: Path) -> dict[str, Json]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as wrong:
        raise QuestionFileRefused(
            f"{path} holds no JSON: {wrong}", hint="Write the question as a JSON object."
        ) from None
    if not isinstance(found, dict):
        raise QuestionFileRefused(f"{path} holds no JSON object.", hint='Write {"kind": "flow"}.')
    return found
