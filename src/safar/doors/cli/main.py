"""The root of `safar`: its commands by name, and how every failure ends.

A command's module is imported only when the command is asked for, so help and completion stay quick.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import click

import safar
from safar.vocabulary.errors import Refusal, SafarError, nearest

from .asked import Asked, root_options
from .output import called

DONE: Final = 0
FAILED: Final = 1
REFUSED: Final = 2
INTERRUPTED: Final = 130


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command lives and what the list of commands says of it."""

    module: str
    attribute: str
    help: str


#: In the order of a first day: see it, start it, bring data, ask, look after it.
COMMANDS: Final = {
    "demo": Place("demo", "demo", "A simulated shop, with a sign-in link."),
    "serve": Place("serve", "serve", "Serve the pages and take events in, on one port."),
    "import": Place("imports", "import_", "Import a file of orders or events."),
    "imports": Place("imports", "imports", "What was imported, and undoing it."),
    "ask": Place("ask", "ask", "Ask a question about journeys or value."),
    "map": Place("maps", "map_", "Journey maps as files, and how they are lived."),
    "survey": Place("survey_files", "survey", "Surveys: check, begin, translate, publish, ask."),
    "score": Place("scores", "score", "What customers said, as scores with intervals."),
    "value": Place("value", "value", "What customers are worth, also straight from a file."),
    "estimate": Place("estimates", "estimate", "Estimates made beforehand, and what came."),
    "segment": Place("segments", "segment", "Segments: who belongs to them, how many they are."),
    "comments": Place("comment_topics", "comments", "What customers wrote, with its labels."),
    "case": Place("case_loop", "case", "Cases: who somebody has to get back to."),
    "text": Place("text", "text", "Understand comments: language, sentiment, topics."),
    "sql": Place("sql", "sql", "Ask the log a question in SQL."),
    "log": Place("log", "log", "Look after a workspace's log."),
    "customer": Place("customer", "customer", "Show or erase one customer."),
    "workspaces": Place("workspaces", "workspaces", "List, create and change workspaces."),
    "keys": Place("keys", "keys", "Keys with which machines send events."),
    "members": Place("members", "members", "People who may sign in."),
    "backup": Place("backup", "backup", "Back up the home to a folder, also while serving."),
    "restore": Place("backup", "restore", "Restore a backup into a new home."),
    "doctor": Place("doctor", "doctor", "Check the home and say what is wrong."),
    "completion": Place("completion", "completion", "Print the completion script of a shell."),
}


class Commands(click.Group):
    """The commands of `COMMANDS`, each imported when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of `COMMANDS`."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        del ctx
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module = importlib.import_module(f"{__package__}.{place.module}")
        command: click.Command = getattr(module, place.attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command to run, naming the nearest one when there is none of that name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(
                " ".join(filter(None, [f"There is no command {args[0]!r}.", nearest(args[0], COMMANDS)]))
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@root_options
@click.version_option(safar.__version__, "--version", message="safar %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Safar: what happens to your customers, in one log with many lenses.

    Data goes to standard output, talk to standard error. Exit code 0 is done, 1 a failure or a failed check,
    2 a refusal: the command asked for something that cannot be.
    """
    ctx.ensure_object(Asked)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `safar` and return its exit code: 0 done, 1 failed, 2 refused, 130 interrupted."""
    try:
        end = cli.main(list(sys.argv[1:] if arguments is None else arguments), "safar", standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped.", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return REFUSED
    except SafarError as error:
        _tell(error)
        return REFUSED if isinstance(error, Refusal) else FAILED
    except Exception as error:  # noqa: BLE001 - the last line of defence: a person gets a sentence, not a dump
        _tell(error)
        return FAILED
    return end if isinstance(end, int) else DONE


def _tell(error: Exception) -> None:
    """Say on standard error what went wrong: one line and a hint; all of it where SAFAR_DEBUG is set."""
    if os.environ.get("SAFAR_DEBUG"):
        traceback.print_exception(error)
        return
    if isinstance(error, SafarError):
        click.echo(f"{click.style('Error', fg='red')}: {error.message} [{error.code}]", err=True)
        if error.hint:
            click.echo(f"  {error.hint.replace('`safar ', f'`{called()} ')}", err=True)
        return
    click.echo(f"{click.style('Error', fg='red')}: {type(error).__name__}: {error}", err=True)
    click.echo("  This is a bug in Safar. SAFAR_DEBUG=1 shows where it happened.", err=True)
