"""One process, one port: the outer ASGI application and the server around it.

``/v1/…`` and ``/i/…`` go to the ingest door; the rest to the people's door, a WSGI application in a pool of threads.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import quote_from_bytes

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from safar.store.home import Home
from safar.vocabulary.errors import Refusal

from .bounded_http import BoundedHttp
from .ingest.app import IngestDoor
from .ingest.limits import Limits
from .page_threads import PageThreads
from .patience import PatientPages, stopping_when_gone
from .upkeep import Upkeep

if TYPE_CHECKING:
    from .web.work.worker import Worker

Message = MutableMapping[str, Any]
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_INGEST: Final = ("/v1/", "/i/")
#: Says that the process lives, and nothing of what it holds.
_LIVENESS: Final = "/healthz"
_TICK_SECONDS: Final = 1.0
_MOST_FILES: Final = 65_536
#: So long a thread that computes keeps the others waiting. A request asks the database a dozen times and waits for its
#: turn after each: with Python's own 5 ms the slowest of four at once took twice as long
#: (`benchmarks/recommend_doors.py`).
_TURN_SECONDS: Final = 0.0005
#: Requests under way may take this long to finish after a signal to stop.
_GRACE_SECONDS: Final = 20


class AddressUnavailable(Refusal, OSError):
    """Another program listens on the port, or the host name is not one of this machine."""

    code = "serve.address_unavailable"


class ModesExclude(Refusal, ValueError):
    """A process serves one part alone, or everything."""

    code = "serve.modes_exclude"


class OuterApplication:
    """Routes each request to its door, and keeps the home in order while it serves.

    Parameters
    ----------
    door
        Takes the events; None where another process does.
    pages
        The people's door as an ASGI application; None where only events are taken.
    upkeep, worker
        Run while the application lives; None where another process does it.
    """

    def __init__(
        self,
        door: IngestDoor | None,
        *,
        pages: Application | None,
        upkeep: Upkeep | None,
        worker: Worker | None = None,
    ) -> None:
        self._door = door
        self._pages = pages
        self._beside = [each for each in (upkeep, worker) if each is not None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or live through one lifespan."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == _LIVENESS:
            await _alive(send)
        elif self._door is not None and (self._pages is None or scope["path"].startswith(_INGEST)):
            await self._door(scope, receive, send)
        elif self._pages is not None:
            await self._pages(_for_wsgi(scope), receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        for each in self._beside:
            each.start()
        ticking = asyncio.create_task(self._tick())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        ticking.cancel()
        with suppress(asyncio.CancelledError):
            await ticking
        if self._door is not None:
            await self._door.close()
        for each in self._beside:
            await asyncio.to_thread(each.stop)
        await send({"type": "lifespan.shutdown.complete"})

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            if self._door is not None:
                await self._door.tick()


async def _alive(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok\n"})


def app_for(
    home: Home,
    *,
    ingest_only: bool = False,
    web_only: bool = False,
    compaction: bool = True,
    limits: Limits | None = None,
) -> OuterApplication:
    """Return the ASGI application that serves an open home.

    Parameters
    ----------
    home
        For the pages too when they are served: the process then belongs to this home.
    ingest_only
        Leave the pages and background work to another process.
    web_only
        Leave events, background work and compaction to another process.
    compaction, limits
        See `serve`.
    """
    return OuterApplication(
        None if web_only else IngestDoor(home, limits=limits),
        pages=None if ingest_only else _pages(home.folder),
        upkeep=Upkeep(home) if compaction and not web_only else None,
        worker=None if ingest_only or web_only else _worker(),
    )


def serve(
    home_folder: str | os.PathLike[str] | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    ingest_only: bool = False,
    web_only: bool = False,
    worker_only: bool = False,
    compaction: bool = True,
    limits: Limits | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve a home until SIGTERM or SIGINT; what was acknowledged is on disk, what is under way is finished.

    Parameters
    ----------
    home_folder
        Made where it is missing; `safar.store.home.default_home` when None.
    host, port
        Where to listen. Port 0 takes a free one.
    ingest_only
        Only take events. Several such processes may serve one home at a time, each on its port.
    web_only
        Only the pages. Several such processes may serve one home at a time, each on its port; events and background
        work need others.
    worker_only
        Only background work and upkeep, without a port. Several such processes may work for one home at a time.
    compaction
        Turn sealed segments into parts beside serving. Without it some other process must: another `serve`, or
        ``safar log compact`` now and then.
    limits
        Of the ingest door.
    on_ready
        Called with the address, such as ``http://127.0.0.1:8000``, once requests are answered; with an empty text
        once a process without a port works.

    Raises
    ------
    AddressUnavailable, ModesExclude
        Nothing was started.
    """
    _check_modes(ingest_only=ingest_only, web_only=web_only, worker_only=worker_only)
    if worker_only:
        _work(home_folder, compaction=compaction, on_ready=on_ready)
        return
    _take_all_files()
    listening = _listen(host, port)
    with listening, _open_home(home_folder, ingest_only=ingest_only) as home:
        _speak()
        config = uvicorn.Config(
            app_for(home, ingest_only=ingest_only, web_only=web_only, compaction=compaction, limits=limits),
            http=BoundedHttp,
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,  # only the pages look at them
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        warming = nullcontext(on_ready) if ingest_only else _warming(home, on_ready)
        with _sparing_what_is_there(), _taking_short_turns(), _calm_signals(), warming as ready:
            _Server(config, ready).run(sockets=[listening])


@contextmanager
def _warming(home: Home, on_ready: Callable[[str], None] | None) -> Iterator[Callable[[str], None]]:
    """Lend what to do once requests are answered: say so, and make the first view of numbers quick."""
    from .web.warming import Warming  # noqa: PLC0415 - an ingest process never loads Django

    warming = Warming(home)

    def ready(address: str) -> None:
        warming.start()
        if on_ready is not None:
            on_ready(address)

    try:
        yield ready
    finally:
        warming.stop()


def _check_modes(**modes: bool) -> None:
    asked = [f"--{name.replace('_', '-')}" for name, is_asked in modes.items() if is_asked]
    if len(asked) > 1:
        raise ModesExclude(
            f"{' and '.join(asked)} exclude each other: each leaves the rest to other processes.",
            hint="Name one of them, or none to do everything in one process.",
        )


def _work(
    home_folder: str | os.PathLike[str] | None,
    *,
    compaction: bool,
    on_ready: Callable[[str], None] | None,
) -> None:
    """Do background work and upkeep until SIGTERM or SIGINT; what runs then is put back."""
    ended = threading.Event()
    with _open_home(home_folder, ingest_only=False) as home, _signals(lambda *_: ended.set()):
        _speak()
        beside: list[Worker | Upkeep] = [_worker(), *([Upkeep(home)] if compaction else [])]
        for each in beside:
            each.start()
        if on_ready is not None:
            on_ready("")
        while not ended.wait(3600):
            pass
        for each in beside:
            each.stop()


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[str], None] | None) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then say where."""
        await super().startup(sockets)
        if self.started and self._on_ready is not None and sockets:
            host, port = sockets[0].getsockname()[:2]
            self._on_ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")


def _take_all_files() -> None:
    """Let the process open as many files as the system allows: logs and connections take more than 1,024."""
    with suppress(ImportError, ValueError, OSError):  # not on every system, not in every sandbox
        import resource  # noqa: PLC0415 - not there on every system

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address."""
    if not 0 <= port <= 65_535:  # the resolver would cut it to 16 bits
        raise _unavailable(host, port, ValueError("no port has this number"))
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _unavailable(host, port, error) from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise _unavailable(host, port, error) from error
    return bound


def _unavailable(host: str, port: int, error: Exception) -> AddressUnavailable:
    return AddressUnavailable(
        f"Cannot listen on {host} port {port}: {error}.",
        hint="Choose another port, or stop the program that has it; port 0 takes a free one.",
        host=host,
        port=port,
    )


def _open_home(folder: str | os.PathLike[str] | None, *, ingest_only: bool) -> Home:
    """Return the home to serve: with the pages, the one that they have open."""
    home = Home.create(folder)
    if ingest_only:
        return home
    from .web.homes import current_home  # noqa: PLC0415 - an ingest process never loads Django
    from .web.setup import prepare  # noqa: PLC0415 - an ingest process never loads Django

    home.close()
    prepare(home.folder)
    return current_home()


def _pages(folder: Path) -> Application:
    from .web.wsgi import application_for  # noqa: PLC0415 - an ingest process never loads Django

    pages = PatientPages(PageThreads(stopping_when_gone(application_for(folder))))
    trusted = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
    return cast(Application, ProxyHeadersMiddleware(cast(Any, pages), trusted_hosts=trusted))


def _worker() -> Worker:
    from .web.work.worker import Worker  # noqa: PLC0415 - an ingest process never loads Django

    return Worker()


def _for_wsgi(scope: Scope) -> Scope:
    """Return the scope as WSGI can carry it: an ASCII query, and no header that only looks like another one."""
    query: bytes = scope["query_string"]
    return {
        **scope,
        "query_string": query
        if query.isascii()
        else quote_from_bytes(query, safe="%&=+;/?:@!$'()*,~").encode(),
        "headers": [header for header in scope["headers"] if b"_" not in header[0]],
    }


def _calm_signals() -> AbstractContextManager[None]:
    """Let a stop by signal end as a success: the server raises the signal again when it has finished."""
    return _signals(lambda *_: None)


@contextmanager
def _signals(handler: Callable[..., None]) -> Iterator[None]:
    """Hand signals to stop to a handler; elsewhere than in the main thread they cannot be had."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handled in before.items():
            signal.signal(number, handled)


@contextmanager
def _sparing_what_is_there() -> Iterator[None]:
    """Leave what start-up made out of every later garbage collection, and collect less often.

    A full collection walked all modules' objects and held every request for some 40 ms; single events go a fifth faster
    without (`benchmarks/ingest.py`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)
    try:
        yield
    finally:
        gc.unfreeze()  # what stays frozen is never let go of: its engines complain at the end of the process


@contextmanager
def _taking_short_turns() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def _speak() -> None:
    """Let the door's minute line and the upkeep's warnings be read on standard error."""
    safar = logging.getLogger("safar")
    if not safar.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        safar.addHandler(handler)
        safar.propagate = False
    logging.getLogger("safar.ingest").setLevel(logging.INFO)
