"""`safar demo`: a simulated shop, filled once, then served with a sign-in link."""

from __future__ import annotations

import os
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from safar.vocabulary.errors import Refusal

from .asked import Asked, home_option, pass_asked
from .output import say
from .progress import progress

if TYPE_CHECKING:
    from safar.store.home import Home

WORKSPACE: Final = "demo"
MEMBER: Final = "demo@safar.example"
DEFAULT_HOME: Final = Path("var") / "demo"
SIZES: Final = ("small", "medium", "large")
LANGUAGES: Final = ("fa", "ar", "en")
_MARK: Final = "demo.json"
_PORTS_TRIED: Final = 20
_LINK_LIVES: Final = timedelta(hours=12)


class DemoDiffers(Refusal, ValueError):
    """The home holds a simulated shop of another size, or something that is no demo."""

    code = "cli.demo_differs"


class DemoMarkUnreadable(Refusal, ValueError):
    """The note of what a home was filled with is cut off or was changed by hand."""

    code = "cli.demo_mark_unreadable"


class Filled(msgspec.Struct):
    """What a home was filled with. The same three give the same events, so a fill that was killed is done again."""

    size: str
    seed: int
    until: datetime
    done: bool = False


@click.command(short_help="A simulated shop, with a sign-in link.")
@click.option(
    "--size",
    type=click.Choice(SIZES),
    default="small",
    show_default=True,
    help="2 k, 50 k or 1 M known customers.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another shop.")
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help="What the pages begin with. Default: as the browser asks.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="The next free one when it is taken.",
)
@click.option("--no-serve", is_flag=True, help="Only fill the home.")
@home_option
@pass_asked
def demo(
    asked: Asked, *, size: str, seed: int, language: str | None, host: str, port: int, no_serve: bool
) -> None:
    """Fill a home with a simulated shop in Iran and the Arab world, once, then serve it. Default home: ./var/demo.

    The link that signs you in is the only line on standard output.
    """
    from safar.store.home import Home

    with Home.create(asked.home or DEFAULT_HOME) as home:
        folder = home.folder
        filled_now = _fill_once(home, size, seed)
    if no_serve:
        return
    if filled_now:
        # The simulation leaves some 300 MiB behind that a server has no use for: the same command, begun anew, serves.
        os.execv(sys.executable, [sys.executable, "-P", "-m", __package__, *sys.argv[1:]])  # noqa: S606 - our own words
    _serve(folder, language or "", host, port)


def _fill_once(home: Home, size: str, seed: int) -> bool:
    """Fill the home, unless it was filled with the same before; return whether there was something to do."""
    mark = home.folder / _MARK
    known = [workspace.workspace_id for workspace in home.workspaces()]
    filled = _read_mark(mark)
    if filled is None:
        if known:
            raise DemoDiffers(
                f"{home.folder} holds {', '.join(known)}, which is no demo.",
                hint="Name another folder with --home.",
            )
        this_hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        filled = Filled(size, seed, this_hour)
        _write_mark(mark, filled)
    if (filled.size, filled.seed) != (size, seed):
        raise DemoDiffers(
            f"{home.folder} holds a demo of size {filled.size} and seed {filled.seed}.",
            hint=f"Say --size {filled.size} --seed {filled.seed}, or name another folder with --home.",
        )
    if WORKSPACE not in known:
        home.create_workspace(
            "Safar demo",
            workspace_id=WORKSPACE,
            language="fa",
            calendar="jalali",
            time_zone="Asia/Tehran",
            currency="IRR",
        )
    if filled.done:
        return False
    _fill(home, filled)
    filled.done = True
    _write_mark(mark, filled)
    return True


def _read_mark(mark: Path) -> Filled | None:
    """Return what the home was filled with; None where nothing was begun."""
    try:
        return msgspec.json.decode(mark.read_bytes(), type=Filled)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise DemoMarkUnreadable(
            f"{mark} does not say what the demo was filled with: {error}.",
            hint=f"Delete {mark.parent} and run this again, or name another folder with --home.",
            file=str(mark),
        ) from error


def _write_mark(mark: Path, filled: Filled) -> None:
    from safar.store.disk import new_file, sync_folder

    with new_file(mark) as temporary:
        temporary.write_bytes(msgspec.json.encode(filled))
    sync_folder(mark.parent)


def _fill(home: Home, filled: Filled) -> None:
    from safar.demo import fill

    log = home.log(WORKSPACE)
    with log.writer() as writer, progress("A simulated shop comes to life") as tell:
        events = fill(
            writer,
            filled.size,
            seed=filled.seed,
            until=filled.until,
            progress=lambda done, customers, events: tell(done / customers, f"{events:,} events"),
        )
    log.compact(settle=True)
    say(f"{events:,} events of a simulated shop are in {home.folder}.")


def _serve(folder: Path, language: str, host: str, port: int) -> None:
    """Serve the home; print the link once it answers."""
    from safar.doors.serve import serve
    from safar.doors.web.setup import prepare

    prepare(folder)
    from safar.doors.web.homes import current_home
    from safar.doors.web.members.services import add_member, create_sign_in_link
    from safar.doors.web.showcase import furnish_showcase

    add_member(MEMBER, "", language, WORKSPACE, "owner", is_administrator=True)
    furnish_showcase(current_home().workspace(WORKSPACE), language or "fa")
    free = free_port(host, port)
    if free != port:
        say(f"Port {port} is taken; taking {free}.")

    def tell(address: str) -> None:
        say(f"\nSafar serves a simulated shop at {address}\nOpen this link in a browser to sign in:\n")
        with ThreadPoolExecutor(
            1
        ) as beside:  # the server calls from its event loop, where tables must not be read
            link = beside.submit(create_sign_in_link, MEMBER, address, valid_for=_LINK_LIVES).result()
        click.echo(link)
        say("\nCtrl+C stops it. The next `safar demo` starts at once.")

    serve(folder, host, free, on_ready=tell)


def free_port(host: str, port: int) -> int:
    """Return the first port from ``port`` on that can be listened on; ``port`` itself when none of twenty can.

    0 stays 0: the operating system chooses.
    """
    for candidate in range(port, min(port + _PORTS_TRIED, 65536) if port else 1):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    return port
