"""Which home and which workspace a command is about.

`--home` and `--workspace` are understood before the command and after it; the environment says the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from safar.vocabulary.errors import Json, Refusal

if TYPE_CHECKING:
    from safar.store.home import Home
    from safar.store.log import Log
    from safar.store.registry import Workspace

Command = TypeVar("Command", bound=Callable[..., Any])


class WorkspaceUnclear(Refusal, LookupError):
    """The home holds several workspaces, or none, and none was named."""

    code = "cli.workspace_unclear"


@dataclass(slots=True)
class Asked:
    """What the command line named. None: not named."""

    home: Path | None = None
    workspace: str | None = None

    @contextmanager
    def open_home(self) -> Iterator[Home]:
        """Open the home that was named; it must be there.

        Raises
        ------
        HomeMissing
            Nothing was created there.
        """
        from safar.store.home import Home

        with Home.open(self.home) as home:
            yield home

    def workspace_of(self, home: Home) -> str:
        """Return the id of the workspace that was named, or of the only one there is.

        Raises
        ------
        WorkspaceUnclear
            None was named, and there is not exactly one.
        UnknownWorkspace
            The named one is not there.
        """
        if self.workspace:
            return home.workspace(self.workspace).workspace_id
        known = [workspace.workspace_id for workspace in home.workspaces()]
        if len(known) == 1:
            return known[0]
        if not known:
            from safar.store.home import FIRST_WORKSPACE

            raise WorkspaceUnclear(
                f"{home.folder} has no workspace yet.",
                hint=f"Create one: {FIRST_WORKSPACE}",
            )
        shown = ", ".join(known[:10]) + (", …" if len(known) > 10 else "")
        raise WorkspaceUnclear(
            f"{home.folder} has {len(known)} workspaces: {shown}.",
            hint="Name one with --workspace or SAFAR_WORKSPACE.",
            known=list[Json](known[:10]),
        )

    @contextmanager
    def open_log(self) -> Iterator[Log]:
        """Open the log of the workspace that was named."""
        with self.open_home() as home:
            yield home.log(self.workspace_of(home))

    @contextmanager
    def open_tables(self) -> Iterator[Home]:
        """Open the home with the tables of its people's door."""
        from safar.doors.web.setup import prepare

        with self.open_home() as home:
            prepare(home.folder)
            yield home

    @contextmanager
    def open_workspace(self) -> Iterator[Workspace]:
        """Open the workspace that was named, with the tables of its people's door."""
        with self.open_tables() as home:
            yield home.workspace(self.workspace_of(home))


def _remember(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Keep what was named; the innermost place that names something wins."""
    asked = ctx.ensure_object(Asked)
    if value is not None and parameter.name:
        setattr(asked, parameter.name, value)
    return value


def _complete_workspace(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the workspaces of the home that start like this."""
    del parameter
    asked = ctx.find_object(Asked) or Asked()
    try:
        with asked.open_home() as home:
            known = [workspace.workspace_id for workspace in home.workspaces()]
    except (Refusal, OSError):
        return []
    return [workspace_id for workspace_id in known if workspace_id.startswith(incomplete)]


def _options(*, from_environment: bool) -> tuple[Callable[[Command], Command], Callable[[Command], Command]]:
    """Return `--home` and `--workspace`. The environment speaks at the root, so that any flag outranks it."""
    home = click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="SAFAR_HOME" if from_environment else None,
        expose_value=False,
        callback=_remember,
        help="The folder that holds everything. Default: $SAFAR_HOME, else ./var/safar.",
    )
    workspace = click.option(
        "--workspace",
        metavar="ID",
        envvar="SAFAR_WORKSPACE" if from_environment else None,
        expose_value=False,
        callback=_remember,
        shell_complete=_complete_workspace,
        help="The workspace. Default: $SAFAR_WORKSPACE, else the only one there is.",
    )
    return home, workspace


def root_options(command: Command) -> Command:
    """Give the root `--home` and `--workspace`, read from the environment where they are not named."""
    home, workspace = _options(from_environment=True)
    return home(workspace(command))


def home_option(command: Command) -> Command:
    """Give a command `--home`."""
    home, _ = _options(from_environment=False)
    return home(command)


def place_options(command: Command) -> Command:
    """Give a command `--home` and `--workspace`."""
    home, workspace = _options(from_environment=False)
    return home(workspace(command))


pass_asked = click.make_pass_decorator(Asked, ensure=True)
