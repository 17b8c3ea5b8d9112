"""Erasing a person: their events leave the log, and every byte that is left is searched for them."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from safar.vocabulary.errors import Fault, Json

from .erasure_beside import Beside
from .erasure_search import Search, Survey, survey
from .rewrite import Amendment, OfCustomers, Rewriter, Rewritten
from .segment import all_segments, wait_until_sealed
from .traces import Mentions

if TYPE_CHECKING:
    from .compaction import Compactor
    from .home import Home
    from .log import Log

_SHOWN: Final = 20


class ErasureIncomplete(Fault, RuntimeError):
    """After an erasure, a trace of the person was still found."""

    code = "erasure.incomplete"


@dataclass(frozen=True, slots=True)
class ErasureProof:
    """What was erased, and what was searched afterwards without finding any of it.

    Attributes
    ----------
    erased_at
        Aware UTC instant at which the search ended.
    salt, id_digests
        The ids of the person, as scrypt digests with this salt, both in hexadecimal: `is_of` tells whether an id is
        among them; nobody can read them.
    events_removed
        Events of the person.
    mentions_removed
        Events of others from which an id of the person was taken out.
    lines_removed
        Lines of rejected rows and reports of imports.
    parts_rewritten, parts_dropped
        Of the log.
    texts_sought, texts_shared
        Distinct texts that could give the person away: those looked for, and those that others have too, which stay
        theirs and were not looked for.
    files_searched, bytes_searched, rows_searched
        How much was read to find nothing. Rows are those of Parquet, unpacked.
    segments_begun_since
        Segments with events that arrived after the erasure began. They were not searched: what arrives later is new.
    matches
        Always 0; had there been one, there would be no proof.
    """

    erased_at: datetime
    salt: str
    id_digests: tuple[str, ...]
    events_removed: int
    mentions_removed: int
    lines_removed: int
    parts_rewritten: int
    parts_dropped: int
    texts_sought: int
    texts_shared: int
    files_searched: int
    bytes_searched: int
    rows_searched: int
    segments_begun_since: int
    matches: int = 0

    def is_of(self, customer_id: str) -> bool:
        """Tell whether this id was erased; takes some milliseconds, so that ids cannot be guessed in number."""
        return _digest(customer_id, bytes.fromhex(self.salt)) in self.id_digests

    def as_json(self) -> dict[str, Json]:
        """Return the proof as a JSON object."""
        return {
            name: value.isoformat()
            if isinstance(value, datetime)
            else list(value)
            if name == "id_digests"
            else value
            for name in self.__slots__
            for value in [getattr(self, name)]
        }


def erase(log: Log, customer_id: str, *, seal_seconds: float, imports: Path | None = None) -> ErasureProof:
    """Erase the person of ``customer_id``; see `Log.erase`. ``imports`` is the workspace's folder of imports."""
    with Beside(imports) as beside, log.alone() as compactor:
        begun = frozenset(path.stem for path in all_segments(log.layout.segments))
        wait_until_sealed(log.layout.segments, seconds=seal_seconds)
        compactor.compact()
        return _Erasure(log, compactor, customer_id, beside).done(begun)


def erase_customer(
    home: Home, workspace_id: str, customer_id: str, *, seal_seconds: float = 30.0
) -> ErasureProof:
    """Erase a person from a workspace: from its log, and from what its imports kept.

    Parameters
    ----------
    home
        The home of the workspace.
    customer_id
        Any id of the person.
    seal_seconds
        How long to wait for writers to seal what they have written so far.

    Raises
    ------
    UnknownWorkspace, WriterStillWriting, ImportBusy
        Nothing was erased.
    DiskFull, ErasureIncomplete
        See `Log.erase`.

    Notes
    -----
    The tables of the people's door are its own to erase.
    """
    return erase(
        home.log(workspace_id),
        customer_id,
        seal_seconds=seal_seconds,
        imports=home.workspace_folder(workspace_id) / "imports",
    )


class _Erasure:
    """One erasure. The log is locked and compacted."""

    def __init__(self, log: Log, compactor: Compactor, customer_id: str, beside: Beside) -> None:
        self._log = log
        self._compactor = compactor
        self._beside = beside
        self._ids = log.identity.ids_of(log.identity.person_of(customer_id))
        self._selection = OfCustomers(self._ids, log.manifest.shard_count)

    def done(self, begun: frozenset[str]) -> ErasureProof:
        """Erase, search, and return the proof. ``begun`` are the segments that there were when it was asked for."""
        log = self._log
        found = survey(log.layout, log.manifest.snapshot(), self._selection, self._ids, self._beside.folder)
        rewritten = self._rewrite(found)
        self._clean(found)
        log.identity.forget(self._ids)
        lines = self._beside.remove(self._ids, found.sought)
        consumed = log.manifest.snapshot().consumed
        search = Search(self._ids, found.sought)
        search.folder(log.layout.folder, younger_than=(log.layout.segments, begun | consumed))
        self._beside.search(search)
        if search.left:
            raise _incomplete(search)
        salt = secrets.token_bytes(16)
        return ErasureProof(
            erased_at=datetime.now(UTC),
            salt=salt.hex(),
            id_digests=tuple(_digest(text, salt) for text in self._ids),
            events_removed=rewritten.rows,
            mentions_removed=found.mentions,
            lines_removed=lines,
            parts_rewritten=rewritten.parts_rewritten,
            parts_dropped=rewritten.parts_dropped,
            texts_sought=len(found.sought.unpacked),
            texts_shared=found.shared,
            files_searched=search.files,
            bytes_searched=search.bytes,
            rows_searched=search.rows,
            segments_begun_since=search.passed_over,
        )

    def _rewrite(self, found: Survey) -> Rewritten:
        mentions = Mentions(self._ids)
        amendment = (
            Amendment(found.parts_with_mentions, mentions.amended) if found.parts_with_mentions else None
        )
        return Rewriter(self._log.layout, self._log.manifest).remove(self._selection, amendment)

    def _clean(self, found: Survey) -> None:
        """Delete at once what readers might still hold: they notice, and ask again."""
        self._compactor.clean(grace_seconds=0)
        layout = self._log.layout
        for path in layout.scratch.glob("**/*"):
            if path.is_file():
                path.unlink(missing_ok=True)
        for path in layout.segments.glob("*.damaged"):
            if found.sought.raw.found_in(path.read_bytes()).any():
                path.unlink()


def _incomplete(search: Search) -> ErasureIncomplete:
    left = {str(path): sorted(what) for path, what in sorted(search.left.items())}
    shown = json.dumps(dict(list(left.items())[:_SHOWN]), ensure_ascii=False)
    return ErasureIncomplete(
        f"{len(left)} file(s) still hold a trace of the person: {shown}.",
        hint="The person's events are no longer in the log. Run the erasure again; if it fails again, report it.",
        files=[*list(left)[:_SHOWN]],
    )


def _digest(customer_id: str, salt: bytes) -> str:
    text = customer_id.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=1 << 13, r=8, p=1, dklen=16).hex()
