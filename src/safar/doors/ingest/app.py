"""The ingest door: one bare ASGI application, events in and verdicts out, nothing else.

``202`` means on disk. See ``docs/http-api.md`` for the paths and answers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Literal

import msgspec

from safar.store.home import Home
from safar.store.keys import Key
from safar.vocabulary.errors import Json, Refusal, SafarError

from . import collector
from .accepted import Judged, Terms
from .bodies import LARGE_PLAIN, BodyReader, check_headers, decompressed
from .calls import KINDS, Kind, Request, read_batch, read_single, write_key_in
from .commit import Committer
from .credentials import secret_in_header
from .journal import Journal, log_fault
from .limits import Limits
from .origins import Header, check_origin, cors_headers, may_ask, preflight
from .problems import (
    AllRejected,
    Closing,
    NoSuchPath,
    RateLimited,
    Unauthorized,
    Unexpected,
    WrongMethod,
    problem_body,
    retry_after,
    status_of,
)
from .rates import Rates
from .recommending import PATH as _RECOMMENDATIONS
from .recommending import Asked, Recommending
from .verdicts import Judge

Message = MutableMapping[str, Any]
Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What is sent back."""

    status: int
    headers: list[Header]
    body: bytes


#: Libraries that take any answer but 200 for a failure, and would send the same events again and again.
_WANT_200: Final = (b"analytics-python/", b"analytics-php/", b"rudder")

#: Short names as Segment's own endpoint has them; "import" is what old libraries call a batch.
_NAMES: Final[Mapping[str, Kind | Literal["batch"]]] = {
    **{kind: kind for kind in KINDS},
    **{kind[0]: kind for kind in KINDS},
    "batch": "batch",
    "b": "batch",
    "import": "batch",
}
_ROUTES: Final[Mapping[str, Kind | Literal["batch"]]] = {
    prefix + name: target for prefix in ("/v1/", "/i/v1/", "/i/") for name, target in _NAMES.items()
}
_HEALTH: Final = "/i/health"
_NO_SNIFF: Final = (b"x-content-type-options", b"nosniff")
_JSON: Final = [(b"content-type", b"application/json"), _NO_SNIFF]
_LISTED: Final = 1000
_CURRENCY_SECONDS: Final = 5.0
_SAY_SECONDS: Final = 60.0
_WRITER_THREADS: Final = 4
#: More calls than these that have to be judged one by one are judged in a thread.
_MANY_UNUSUAL: Final = 500


class _Intake:
    """One workspace's way into the log."""

    __slots__ = ("_home", "_read_at", "_workspace_currency", "committer", "workspace_id")

    def __init__(self, home: Home, workspace_id: str, threads: ThreadPoolExecutor) -> None:
        self.workspace_id = workspace_id
        self.committer = Committer(lambda: home.log(workspace_id).writer(), threads)
        self._home = home
        self._workspace_currency = ""
        self._read_at = float("-inf")

    @property
    def currency(self) -> str:
        """The workspace's currency, as it was a few seconds ago."""
        now = time.monotonic()
        if now - self._read_at > _CURRENCY_SECONDS:
            self._workspace_currency = self._home.workspace(self.workspace_id).currency
            self._read_at = now
        return self._workspace_currency


class IngestDoor:
    """The ASGI application. Its methods belong to one event loop.

    Parameters
    ----------
    home
        An open home; the door reads its keys and writes its logs. Whoever opened it closes it, after `close`.
    limits
        What the door takes.
    """

    def __init__(self, home: Home, *, limits: Limits | None = None) -> None:
        self.journal = Journal()
        self._home = home
        self._limits = limits or Limits()
        self._bodies = BodyReader(self._limits)
        self._judge = Judge(self._limits)
        self._rates = Rates()
        self._threads = ThreadPoolExecutor(_WRITER_THREADS, thread_name_prefix="safar-log")
        self._intakes: dict[str, _Intake] = {}
        self._recommending = Recommending(home, self._limits.recommendations_per_second)
        self._said_at = time.monotonic()
        self._closing = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        answer = await self._answer(scope, receive)
        headers = answer.headers
        if answer.status not in {204, 304}:
            headers = [*headers, (b"content-length", str(len(answer.body)).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def tick(self) -> None:
        """Seal segments that are due, give up on slow senders; call it about once a second."""
        self._bodies.give_up_on_the_slow()
        for intake in list(self._intakes.values()):
            try:
                await intake.committer.roll_if_due()
            except OSError as error:
                log_fault("A segment could not be sealed", error)
        if time.monotonic() - self._said_at >= _SAY_SECONDS:
            self._said_at = time.monotonic()
            self.journal.say()

    async def close(self) -> None:
        """Refuse new requests, wait for what is under way, seal the segments."""
        self._closing = True
        closing = (intake.committer.close() for intake in self._intakes.values())
        for outcome in await asyncio.gather(*closing, return_exceptions=True):
            if (
                outcome is not None
            ):  # what was acknowledged is on disk; an unsealed segment is found by its lock
                log_fault("A segment could not be sealed", outcome)
        self._threads.shutdown()
        self._recommending.close()
        self.journal.say()

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        headers = dict(scope["headers"])
        try:
            if scope["path"] == _RECOMMENDATIONS:
                return await self._recommend(scope["method"], scope["query_string"], headers)
            return await self._route(scope["method"], scope["path"], headers, receive)
        except SafarError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - the last resort: a defect must answer, and must not log a body
            log_fault("A request failed", error)
            failure = Unexpected("The door failed.")
        self.journal.refused([failure.code])
        return self._problem(failure, headers)

    async def _route(self, method: str, path: str, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        target = _ROUTES.get(path)
        if target is not None:
            if method == "POST":
                return await self._take(target, headers, receive)
            if method == "OPTIONS":
                return self._preflight(headers)
            raise _wrong_method(method, path, "POST, OPTIONS")
        script = collector.SCRIPTS.get(path)
        if script is None and path != _HEALTH:
            raise NoSuchPath(
                f"There is nothing at {path[:120]!r}.",
                hint="Events go to /v1/track, /v1/batch and their like.",
            )
        if method not in {"GET", "HEAD"}:
            raise _wrong_method(method, path, "GET, HEAD")
        if script is not None:
            return Answer(*script.answer(headers))
        return self._health()

    async def _take(
        self, target: Kind | Literal["batch"], headers: dict[bytes, bytes], receive: Receive
    ) -> Answer:
        if self._closing:
            raise Closing("The server is shutting down.")
        check_headers(headers, self._limits)
        secret = secret_in_header(headers.get(b"authorization", b""))
        key = self._admitted(secret, headers) if secret else None
        body = await self._bodies.read(receive)
        held = len(body)
        try:
            body = await decompressed(body, headers, self._limits)
            self._bodies.hold(len(body) - held)
            held = len(body)
            is_large = len(body) > LARGE_PLAIN
            if key is None:
                secret = await asyncio.to_thread(write_key_in, body) if is_large else write_key_in(body)
                key = self._admitted(secret, headers)
            intake = self._intake_of(key)
            now = time.time_ns() // 1000
            terms = Terms(now, key.source, key.channel, intake.currency, bool(key.origins))
            request = (
                await asyncio.to_thread(self._read, target, body) if is_large else self._read(target, body)
            )
            if is_large or (len(request.calls) > _MANY_UNUSUAL and not request.is_plain):
                judged = await asyncio.to_thread(self._judge.judge, request, terms)
            else:
                judged = self._judge.judge(request, terms)
            if self._closing:
                raise Closing("The server is shutting down.")
            if len(judged.accepted):
                await intake.committer.commit(judged.accepted)
        finally:
            self._bodies.give_back(held)
        return self._verdict(judged, headers)

    async def _recommend(self, method: str, query: bytes, headers: dict[bytes, bytes]) -> Answer:
        if method not in {"GET", "HEAD"}:
            raise _wrong_method(method, _RECOMMENDATIONS, "GET, HEAD")
        asked, shown = Asked.of(query), secret_in_header(headers.get(b"authorization", b""))
        key = self._admitted(shown or asked.key, headers)
        # in a header, without origins and not from a page: nobody but a server of the company shows a key so
        is_server = bool(shown) and not key.origins and b"origin" not in headers
        body = await self._recommending.answer(key, asked, is_server=is_server)
        return Answer(200, [*_JSON, (b"cache-control", b"private, no-store"), *self._cors(headers)], body)

    def _read(self, target: Kind | Literal["batch"], body: bytes) -> Request:
        return read_single(body, target) if target != "batch" else read_batch(body, self._limits)

    def _admitted(self, secret: str, headers: dict[bytes, bytes]) -> Key:
        """Return the key of ``secret`` when it may send now, from where it sends."""
        key = self._home.key_of(secret) if secret else None
        if key is None:
            raise Unauthorized(
                "The request shows no write key that is in use.",
                hint="Make one with `safar keys`; send it as user of basic auth, as bearer token, or as writeKey.",
            )
        origin = headers.get(b"origin")
        if origin is not None:
            check_origin(key, origin.decode("latin-1"), headers.get(b"host", b"").decode("latin-1"))
        rate = key.requests_per_second or self._limits.requests_per_second
        wait = self._rates.whole_seconds_to_wait(key.key_id, rate, time.monotonic())
        if wait and rate:
            raise RateLimited(key.name, rate, wait)
        return key

    def _intake_of(self, key: Key) -> _Intake:
        intake = self._intakes.get(key.workspace_id)
        if intake is None:
            intake = self._intakes[key.workspace_id] = _Intake(self._home, key.workspace_id, self._threads)
        return intake

    def _verdict(self, judged: Judged, headers: dict[bytes, bytes]) -> Answer:
        accepted = len(judged.accepted)
        self.journal.accepted(accepted, judged.duplicates)
        if not judged.rejected:
            body = b'{"accepted":%d,"duplicate_in_request":%d,"rejected":[]}' % (accepted, judged.duplicates)
            return Answer(_success(headers), [*_JSON, *self._cors(headers)], body)
        self.journal.refused(reason.code for reason in judged.rejected.values())
        facts = _facts(judged)
        if not accepted:
            return self._problem(_all_rejected(judged.rejected), headers, facts)
        return Answer(_success(headers), [*_JSON, *self._cors(headers)], msgspec.json.encode(facts))

    def _problem(
        self, error: SafarError, headers: dict[bytes, bytes], extra: Mapping[str, Json] | None = None
    ) -> Answer:
        found = [(b"content-type", b"application/problem+json"), _NO_SNIFF, *self._cors(headers)]
        status = status_of(error)
        if seconds := retry_after(error):
            found.append((b"retry-after", str(seconds).encode()))
        if status == 401:
            found.append((b"www-authenticate", b'Bearer realm="safar"'))
        if isinstance(error, WrongMethod):
            found.append((b"allow", str(error.context["allow"]).encode()))
        if status == 408:  # a body too large is read and dropped instead: a reset would hide the answer
            found.append((b"connection", b"close"))
        return Answer(status, found, problem_body(error, extra))

    def _cors(self, headers: dict[bytes, bytes]) -> list[Header]:
        """Return the headers that let a known page read the answer, also that of a refused request."""
        found = headers.get(b"origin")
        if found is None:
            return []
        origin = found.decode("latin-1")
        host = headers.get(b"host", b"").decode("latin-1")
        return cors_headers(origin) if may_ask(self._home, origin, host) else []

    def _preflight(self, headers: dict[bytes, bytes]) -> Answer:
        origin = headers.get(b"origin", b"").decode("latin-1")
        host = headers.get(b"host", b"").decode("latin-1")
        return Answer(204, preflight(self._home, origin, host), b"")

    def _health(self) -> Answer:
        status = "closing" if self._closing else "ok"
        body = msgspec.json.encode({"status": status})
        return Answer(503 if self._closing else 200, [*_JSON, (b"cache-control", b"no-store")], body)


def _success(headers: dict[bytes, bytes]) -> int:
    return 200 if headers.get(b"user-agent", b"").lower().startswith(_WANT_200) else 202


def _facts(judged: Judged) -> dict[str, Json]:
    """Return the verdicts as JSON: the first thousand refused, and how many there are."""
    places = sorted(judged.rejected)
    return {
        "accepted": len(judged.accepted),
        "duplicate_in_request": judged.duplicates,
        "rejected": [_reason(place, judged.rejected[place]) for place in places[:_LISTED]],
        "rejected_count": len(places),
    }


def _reason(place: int, refusal: Refusal) -> dict[str, Json]:
    return {"index": place, "code": refusal.code, "message": refusal.message, "hint": refusal.hint}


def _all_rejected(rejected: Mapping[int, Refusal]) -> AllRejected:
    first = rejected[min(rejected)]
    if len(rejected) == 1:
        return AllRejected(first.message, hint=first.hint)
    return AllRejected(
        f"None of {len(rejected)} events could be accepted. The first: {first.message}",
        hint="See rejected for the reason of each.",
    )


def _wrong_method(method: str, path: str, allow: str) -> WrongMethod:
    return WrongMethod(f"{method[:20]} is not for {path}.", hint=f"Use {allow}.", allow=allow)
