"""`safar serve`: pages and events on one port."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import click

from .asked import Asked, home_option, pass_asked
from .output import called, say


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
@click.option("--web-only", is_flag=True, help="Only the pages, without events and background work.")
@click.option("--worker-only", is_flag=True, help="Only background work, without a port.")
@home_option
@pass_asked
@click.pass_context
def serve(
    ctx: click.Context,
    asked: Asked,
    *,
    host: str,
    port: int,
    ingest_only: bool,
    web_only: bool,
    worker_only: bool,
) -> None:
    """Serve the pages and take events in, on one port, until interrupted. The home is made where it is missing."""
    from safar.doors.serve import serve as serve_home
    from safar.store.home import Home

    for name in ("host", "port"):
        if worker_only and ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--worker-only listens nowhere: leave --{name} out.")
    with Home.create(asked.home) as home:
        folder = home.folder
        is_empty = not home.workspaces()

    def tell(address: str) -> None:
        if worker_only:
            say(
                f"Safar does the background work of {folder}. Ctrl+C stops it; what is under way is put back."
            )
            return
        say(f"Safar serves {folder} at {address}")
        welcome = "" if ingest_only else _set_up_link(os.environ.get("SAFAR_PUBLIC_URL") or address)
        if welcome:
            say(
                f"Nobody can sign in yet. Open this address to make the first account and workspace:\n\n{welcome}\n"
            )
        elif is_empty:
            say(FIRST_STEPS.replace("safar ", f"{called()} "))
        say("Ctrl+C stops it; what was acknowledged is on disk.")

    serve_home(
        folder,
        host,
        port,
        ingest_only=ingest_only,
        web_only=web_only,
        worker_only=worker_only,
        on_ready=tell,
    )


def _set_up_link(base_url: str) -> str:
    """Return the address where the first member is made; empty where there is one."""
    from safar.doors.web.members.services import create_set_up_link

    # the server calls from its event loop, where tables must not be read
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(create_set_up_link, base_url).result() or ""


FIRST_STEPS = """It has no workspace yet. In another terminal:
  safar workspaces create "My shop" --id shop --language en --calendar gregorian --time-zone UTC --currency USD
      (or --language fa --calendar jalali --time-zone Asia/Tehran --currency IRR)
  safar members add you@example.com --role owner
  safar members link you@example.com                      prints a sign-in link
  safar import orders.csv                                 a file
  safar keys create website                               or a key to send events with"""
