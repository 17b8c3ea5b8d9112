"""`safar serve`: pages and events on one port."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import click

from .asked import Asked, home_option, pass_asked
from .output import say


@click.command(short_help="Serve the pages and take events in, on one port.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Where to listen; 0.0.0.0 for every network. The pages answer to other names than this machine's own only"
    " when SAFAR_PUBLIC_URL or SAFAR_HOSTS names them.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one."
)
@click.option("--ingest-only", is_flag=True, help="Only take events, without pages.")
@home_option
@pass_asked
def serve(asked: Asked, *, host: str, port: int, ingest_only: bool) -> None:
    """Serve the pages and take events in, on one port, until interrupted. The home is made where it is missing."""
    from safar.doors.serve import serve as serve_home  # noqa: PLC0415 - help and completion need no server
    from safar.store.home import Home  # noqa: PLC0415

    with Home.create(asked.home) as home:
        folder = home.folder
        is_empty = not home.workspaces()

    def tell(address: str) -> None:
        say(f"Safar serves {folder} at {address}")
        if is_empty:
            say(FIRST_STEPS.replace("safar ", f"{called()} "))
        say("Ctrl+C stops it; what was acknowledged is on disk.")

    serve_home(folder, host, port, ingest_only=ingest_only, on_ready=tell)


def called() -> str:
    """Return how `safar` was called, so that what it says can be typed: ``.venv/bin/safar`` where that was."""
    words = Path(sys.argv[0])
    if words.name != "safar":
        return "safar"  # as a module, or within another program
    found = shutil.which("safar")
    return "safar" if found and Path(found).absolute() == words.absolute() else shlex.quote(_from_here(words))


def _from_here(path: Path) -> str:
    """Return the path as it is typed in this folder, where it lies below."""
    here = Path.cwd()
    return str(path.absolute().relative_to(here) if path.absolute().is_relative_to(here) else path)


FIRST_STEPS = """It has no workspace yet. In another terminal:
  safar workspaces create "My shop"                       (--language fa --calendar jalali --currency IRR)
  safar members add you@example.com --role owner
  safar members link you@example.com                      prints a sign-in link
  safar keys create website                               a key to send events with
  safar import orders.csv                                 or a file"""
