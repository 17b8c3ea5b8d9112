"""Path models out of a log: question keys that show image, expectation, quality, value, satisfaction and loyalty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from safar.listen.answer_rows import Given, NoSuchScore, Which, all_answers, given, scored_keys
from safar.observe.among import EVERYBODY, Among
from safar.store.table import Table, estimates
from safar.vocabulary.answer import Note, Provenance
from safar.vocabulary.interval import DEFAULT_LEVEL, normal_quantile
from safar.vocabulary.progress import tell
from safar.vocabulary.window import Window

from . import path_model
from .columns import Floats
from .driver_rows import cannot_be_judged, ends_of
from .path_model import ModelRefused, PathModel
from .path_solver import Scheme

if TYPE_CHECKING:
    from safar.store.log import Log

#: The felt things of ACSI and ECSI, and for each what leads to it.
INDEX: Final[Mapping[str, tuple[str, ...]]] = {
    "image": (),
    "expectation": ("image",),
    "quality": ("expectation",),
    "value": ("expectation", "quality"),
    "satisfaction": ("image", "expectation", "quality", "value"),
    "complaints": ("satisfaction",),
    "loyalty": ("image", "satisfaction", "complaints"),
}

_EVER: Final = Window.from_us(-(1 << 55), 1 << 55)
#: What keys of each thing hold in their names, in the order they are looked for: those of the published
#: questionnaires, and what people write. ``csat`` alone is satisfaction, ``csat_delivery`` the quality of a step.
_MARKS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("expectation", r"\.first$"),
        ("quality", r"\.second$"),
        ("complaints", r"complain|cusco"),
        ("loyalty", r"loy|cusl|nps|recommend|repurchase|again"),
        ("image", r"imag|reputation|brand|trust"),
        ("expectation", r"expect|expe[0-9]|cuex"),
        ("quality", r"csat[_.]|qual|perq|(^|_)ces|ease|easy"),
        ("satisfaction", r"csat|satis|sat[0-9]|cusa|overall"),
        ("value", r"val(ue|[0-9])|perv|price|worth"),
    )
)


@dataclass(frozen=True, slots=True)
class Block:
    """The questions that show one felt thing.

    Parameters
    ----------
    name
        Of the thing, such as ``quality``.
    question_keys
        Those that show it.
    """

    name: str
    question_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PathModelQuestion:
    """What do image, expectation, quality and value move in satisfaction, and it in loyalty?

    Parameters
    ----------
    blocks
        Which questions show which thing; guessed from the names of all keys with scores when empty. Arrows are those of
        ACSI and ECSI, see `INDEX`; where a thing has no questions, what led to it leads on.
    scheme
        See `path_model.fit`.
    window
        Answers in this stretch of time; all when None.
    among
        Whose.
    level
        Confidence level.
    resamples
        Bootstrap samples.
    seed
        Of the resampling.

    Raises
    ------
    ModelRefused
        A thing is none of the index, stands twice or without questions, or a question shows two.
    """

    blocks: tuple[Block, ...] = ()
    scheme: Scheme = "path"
    window: Window | None = field(default=None, kw_only=True)
    among: Among = field(default=EVERYBODY, kw_only=True)
    level: float = field(default=DEFAULT_LEVEL, kw_only=True)
    resamples: int = field(default=300, kw_only=True)
    seed: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        normal_quantile(self.level)
        names = [each.name for each in self.blocks]
        keys = [key for each in self.blocks for key in each.question_keys]
        wrong = {
            "something is none of the index": not set(names) <= set(INDEX),
            "something stands twice": len(set(names)) < len(names),
            "something has no questions": not all(each.question_keys for each in self.blocks),
            "a question shows two things": len(set(keys)) < len(keys),
        }
        for what, is_so in wrong.items():
            if is_so:
                raise ModelRefused(f"The model cannot be: {what}.", hint=f"There are {', '.join(INDEX)}.")


@dataclass(frozen=True, slots=True)
class PathModelAnswer:
    """A path model of the answers of a log, one row a customer: the last answer to each question.

    Attributes
    ----------
    model
        See `path_model.PathModel`; performance is on 0…100.
    blocks
        What was used.
    notes
        Those of the model; ``path_model.left_out`` for each ``question`` with its ``count`` of answers that is hardly
        answered, always the same, or hardly answered beside the others; ``path_model.guessed`` where blocks were.
    """

    model: PathModel
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]
    provenance: Provenance

    @property
    def table(self) -> Table:
        """One row an arrow, in standard deviations."""
        return self.model.table

    @property
    def felt(self) -> Table:
        """One row a thing: how much of it is explained, how well it stands, whether its questions go together."""
        things = self.model.felt
        return Table.of(
            {
                "felt": [each.name for each in things],
                **estimates("r_squared", [each.r_squared for each in things]),
                "performance": [each.performance for each in things],
                "alpha": [each.alpha for each in things],
                "composite_reliability": [each.composite_reliability for each in things],
                "average_variance": [each.average_variance for each in things],
            }
        )

    @property
    def indicators(self) -> Table:
        """One row a question: what it shows, its weight and its loading."""
        questions = self.model.indicators
        return Table.of(
            {
                "question_key": [each.name for each in questions],
                "felt": [each.felt for each in questions],
                **estimates("weight", [each.weight for each in questions]),
                **estimates("loading", [each.loading for each in questions]),
            }
        )


def guessed(question_keys: Iterable[str]) -> tuple[Block, ...]:
    """Return which thing each question shows, as far as its key tells, in the order of the index.

    Examples
    --------
    >>> [(each.name, each.question_keys) for each in guessed(["IMAG1", "PERQ1", "PERQ2", "nps", "csat"])]
    [('image', ('IMAG1',)), ('quality', ('PERQ1', 'PERQ2')), ('satisfaction', ('csat',)), ('loyalty', ('nps',))]
    """
    found: dict[str, list[str]] = {name: [] for name in INDEX}
    for key in question_keys:
        low = key.lower()
        for name, pattern in _MARKS:
            if pattern.search(low):
                found[name].append(key)
                break
    return tuple(Block(name, tuple(keys)) for name, keys in found.items() if keys)


def leads_among(names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return for each of some things of the index what leads to it, straight or through things that are left out.

    Examples
    --------
    >>> leads_among(["image", "quality", "loyalty"])
    {'quality': ('image',), 'loyalty': ('image', 'quality')}
    """
    leads: dict[str, set[str]] = {name: set(sources) for name, sources in INDEX.items()}
    for gone in [name for name in INDEX if name not in names]:
        before = leads.pop(gone)
        for sources in leads.values():
            if gone in sources:
                sources.remove(gone)
                sources.update(before)
    return {
        name: tuple(each for each in INDEX if each in sources) for name, sources in leads.items() if sources
    }


def path_model_of(log: Log, question: PathModelQuestion) -> PathModelAnswer:
    """Answer what the felt things of a customer satisfaction index move in one another.

    Parameters
    ----------
    log
        Whose answers.
    question
        Which questions show what.

    Raises
    ------
    NoSuchScore
        A question has no answers, or the names of keys tell of fewer than two things.
    TooFewRows, ColumnsRefused, MixedScales
        As of `path_model.fit`.
    """
    everything = all_answers(log, question.window or _EVER)
    if question.among.segment is not None:
        members = [question.among.of(shard).person for shard in log.paths().shards]
        everything = everything.where(
            np.isin(everything.person, np.concatenate(members or [np.zeros(0, np.uint64)]))
        )
    blocks = question.blocks or guessed(scored_keys(everything))
    if len(blocks) < 2:
        raise NoSuchScore(
            "The names of the question keys do not tell what leads to what.",
            hint="Say which questions show image, expectation, quality, value, satisfaction, complaints, loyalty.",
            question_key="",
        )
    keys = [key for block in blocks for key in block.question_keys]
    those = []
    for place, key in enumerate(keys):
        tell(place, len(keys) + 1)
        those.append(given(everything, Which(key)))
    person = np.unique(np.concatenate([each.rows.person for each in those]))
    columns = {key: _last_share(each, person) for key, each in zip(keys, those, strict=True)}
    left_out = cannot_be_judged(np.zeros(len(person)), columns)
    kept = {block.name: tuple(key for key in block.question_keys if key not in left_out) for block in blocks}
    kept = {name: kept[name] for name in INDEX if kept.get(name)}
    model = path_model.fit(
        {key: columns[key] for block in kept.values() for key in block},
        kept,
        leads_among(list(kept)),
        scheme=question.scheme,
        scale=(0.0, 100.0),
        level=question.level,
        resamples=question.resamples,
        seed=question.seed,
    )
    notes = [Note.of("path_model.left_out", question=key, count=count) for key, count in left_out.items()]
    if not question.blocks:
        notes.append(Note.of("path_model.guessed"))
    return PathModelAnswer(
        model,
        tuple(Block(name, used) for name, used in kept.items()),
        (*notes, *model.notes),
        Provenance(question, log.paths().version, len(person)),
    )


def _last_share(those: Given, person: NDArray[np.uint64]) -> Floats:
    """Return each person's last answer, 0 the worst and 100 the best; as it is where there is no scale."""
    found = np.full(len(person), np.nan)
    order = np.argsort(those.rows.time, kind="stable")
    found[np.searchsorted(person, those.rows.person[order])] = those.values[order]
    scale = ends_of(those)
    if scale is None:
        return found
    worst, best = scale
    return np.asarray(100 * (found - worst) / (best - worst))
