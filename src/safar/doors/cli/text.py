"""`safar text`: comments of any file understood on this machine, without a home or a workspace."""

from __future__ import annotations

import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
import msgspec

from safar.vocabulary.errors import Refusal, nearest

from .output import Form, form_options, say, write_rows

if TYPE_CHECKING:
    from safar.collect.mapping import FileOptions
    from safar.listen.text import Label, Model

_STDIN: Final = "-"
_BLOCK: Final = 1 << 20
_SHOWN: Final = (
    "row", "language", "sentiment", "probability", "emotion", "kind", "actionable", "aspects", "redacted",
)  # fmt: skip


class ColumnUnknown(Refusal, LookupError):
    """The file has no column of that name."""

    code = "cli.column_unknown"


@click.group(short_help="Understand comments: language, sentiment, topics.")
def text() -> None:
    """Understand comments in Persian, Arabic and English. Nothing leaves this machine."""


@text.command("label", short_help="Label the comments of a file.")
@click.argument("file", type=click.Path(path_type=str, allow_dash=True))
@click.option("--column", help="The column with the comments. Default: text, or the only one.")
@click.option("--lines", is_flag=True, help="Every line is a comment; there is no header.")
@click.option(
    "--aspects",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Lists of words of aspects, as JSON. Default: those that Safar brings.",
)
@click.option(
    "--model",
    type=click.Choice(["small", "larger"]),
    default="small",
    help="What reads their sentiment. The larger one is an extra, and slow: pip install 'safar[larger-text]'.",
)
@click.option("--encoding", help="How its text is encoded, such as windows-1256.")
@click.option("--delimiter", help="What parts its columns: one character, or whitespace.")
@click.option("--sheet", help="Which sheet of a workbook.")
@form_options
def label_(
    *,
    file: str,
    column: str | None,
    lines: bool,
    aspects: Path | None,
    model: Model,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    form: Form,
) -> None:
    """Label the comments of FILE – CSV, TSV, Excel, JSON lines or Parquet, packed or not; - for standard input.

    With --json one object a line: language, sentiment and its probability, emotion, kind, whether there is something to
    do, aspects, phrases, and the comment without personal data. Comments themselves are never printed.
    """
    from safar.collect.mapping import FileOptions
    from safar.listen.text import label_in_pieces
    from safar.listen.text.aspects import DEFAULT, AspectWords

    words = AspectWords.from_json(aspects.read_bytes()) if aspects else DEFAULT
    with _on_disk(file) as path:
        numbers: deque[int] = deque()  # of the comments that are read and not written yet
        if lines:
            comments = _of_lines(path, encoding, numbers)
        else:
            options = FileOptions(encoding=encoding, delimiter=delimiter, sheet=sheet)
            comments = _of_column(path, column, options, numbers)
        count = 0
        labels = label_in_pieces(comments, aspects=words, model=model)
        if form is Form.JSON:
            for found in labels:
                click.echo(msgspec.json.encode(_record(numbers.popleft(), found)))
                count += 1
        else:
            rows = [_row(numbers.popleft(), found) for found in labels]
            count = len(rows)
            write_rows(form, _SHOWN, rows)
    say(f"{count:,} comments.")


@contextmanager
def _on_disk(file: str) -> Iterator[Path]:
    """Give the file; what comes in at standard input is put on disk first, since readers look twice."""
    if file != _STDIN:
        yield Path(file)
        return
    with tempfile.TemporaryDirectory(prefix="safar-") as folder:
        path = Path(folder) / "standard input"
        with path.open("wb") as held:
            while block := sys.stdin.buffer.read(_BLOCK):
                held.write(block)
        yield path


def _of_lines(path: Path, encoding: str | None, numbers: deque[int]) -> Iterator[str]:
    """Yield every line, and note its number, from 1."""
    from safar.collect.encoding import checked_encoding, detect_encoding
    from safar.collect.opening import buffered, opened
    from safar.collect.shape import SAMPLE_BYTES

    with opened(path) as source:
        told = detect_encoding(buffered(source).read(SAMPLE_BYTES)).name
    name = checked_encoding(encoding) if encoding else told
    with opened(path) as source:
        for number, line in enumerate(buffered(source), start=1):
            numbers.append(number)
            yield line.decode(name, "replace").rstrip("\r\n")


def _of_column(path: Path, column: str | None, options: FileOptions, numbers: deque[int]) -> Iterator[str]:
    """Return the cells of a column, one by one, and note their rows."""
    from safar.collect.shape import detect_shape, read_rows
    from safar.store.foreign import parquet

    shape = detect_shape(path, options, foreign=parquet)
    name = _column(shape.names, column, path.name)

    def cells() -> Iterator[str]:
        for rows in read_rows(path, shape, wanted=[name], foreign=parquet):
            numbers.extend(rows.numbers.tolist())
            yield from rows.texts(name)

    return cells()


def _column(names: Sequence[str], asked: str | None, file: str) -> str:
    """Return the column of the comments.

    Raises
    ------
    ColumnUnknown
    """
    wanted = asked or "text"
    if wanted in names:
        return wanted
    if asked is None and len(names) == 1:
        return names[0]
    there = ", ".join(names[:20])
    raise ColumnUnknown(
        f"{file} has no column {wanted!r}. It has: {there}.",
        hint=nearest(wanted, names) or "Say which one holds the comments: --column NAME.",
        column=wanted,
        columns=list(names[:100]),
    )


def _record(row: int, found: Label) -> dict[str, object]:
    return {
        "row": row,
        "language": found.language,
        "sentiment": found.sentiment,
        "probability": round(found.probability, 4),
        "probabilities": dict(
            zip(
                ("negative", "neutral", "positive"),
                (round(each, 4) for each in found.probabilities),
                strict=True,
            )
        ),
        "emotion": found.emotion,
        "emotion_probability": round(found.emotion_probability, 4),
        "kind": found.kind,
        "actionable": found.is_actionable,
        "aspects": [
            {"aspect": each.aspect, "sentiment": each.sentiment, "words": each.words}
            for each in found.aspects
        ],
        "phrases": found.phrases,
        "redacted": found.redacted,
    }


def _row(row: int, found: Label) -> Sequence[object]:
    told = ", ".join(f"{each.aspect} ({each.sentiment})" for each in found.aspects)
    return [
        row,
        found.language,
        found.sentiment,
        round(found.probability, 2),
        found.emotion,
        found.kind,
        found.is_actionable,
        told,
        " ".join(found.redacted.split()),
    ]
